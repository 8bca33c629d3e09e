"""What Kiểm tra finds: the printed reports against hand-worked lists, and a table of traps.

``tests/expected`` was worked out by hand, independently of the checker; a line there is found when a finding of the
same severity stands in the same cell. Traps are small fills through the real commands with all their findings.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest
from submissions import write_printed

from cchc_xl.catalogue.load import load_form
from cchc_xl.hosts import cli

EXPECTED = Path(__file__).parent / "expected"
PRINTED = Path(cli.__file__).parents[1] / "samples" / "printed"
FORMS = ("ninh-hai-2023", "cam-giang-2024", "vinh-thanh-2023")
HARD = ("error", "warning")
# A cover without faults.
WHO = ("--don-vi", "UBND xã Thử", "--ky", "2023-NAM")


class Place(NamedTuple):
    """A cell by row and column, with a severity."""

    appendix: str
    order: int
    column: str
    severity: str


def run(*args: object) -> tuple[int, str]:
    """Exit code and standard output of a command."""
    out = io.StringIO()
    with redirect_stdout(out):
        code = cli.main([str(arg) for arg in args])
    return code, out.getvalue()


def check(path: Path) -> dict:
    """``kiem-tra --json`` of one workbook; its exit code says whether there are errors."""
    code, out = run("kiem-tra", path, "--json")
    shown = json.loads(out)
    assert shown["state"] == "checked"
    assert code == (1 if shown["summary"]["error"] else 0)
    return shown


def place(finding: dict) -> Place:
    return Place(finding["appendix"], finding["order"], finding["column"], finding["severity"])


@pytest.fixture(scope="module")
def printed_books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The three printed reports as workbooks."""
    folder = tmp_path_factory.mktemp("printed")
    for form in FORMS:
        assert run("tao-so", form, "-o", folder / f"{form}.xlsx", *WHO)[0] == 0
        assert run("nhap", folder / f"{form}.xlsx", PRINTED / form)[0] == 0
    return {form: folder / f"{form}.xlsx" for form in FORMS}


@pytest.fixture(scope="module")
def findings(printed_books: dict[str, Path]) -> dict[str, list[dict]]:
    """All findings of the three printed reports."""
    return {form: check(path)["findings"] for form, path in printed_books.items()}


def expected(form: str) -> dict[Place, str]:
    """The hand-worked list: place → why."""
    with (EXPECTED / f"{form}.tsv").open(encoding="utf-8", newline="") as handle:
        lines = list(csv.DictReader(handle, dialect="excel-tab"))
    places = {
        Place(x["appendix"], int(x["order"]), x["column"], x["severity"]): f"{x['kind']}: {x['why']}" for x in lines
    }
    assert len(places) == len(lines)
    return places


# The printed reports ----------------------------------------------------------------------------------------------


def test_every_contradiction_is_found_and_nothing_else(findings: dict[str, list[dict]]) -> None:
    """Errors and warnings: recall 100 % and precision 100 % on every printed report, each reported once."""
    table = [f"{'form':<18}{'severity':<10}{'expected':>9}{'found':>7}{'recall':>9}{'precision':>11}"]
    wrong = []
    for form in FORMS:
        for severity in HARD:
            wanted = Counter(p for p in expected(form) if p.severity == severity)
            found = Counter(p for p in map(place, findings[form]) if p.severity == severity)
            hits = sum((wanted & found).values())
            recall, precision = hits / max(1, sum(wanted.values())), hits / max(1, sum(found.values()))
            table.append(
                f"{form:<18}{severity:<10}{sum(wanted.values()):>9}{sum(found.values()):>7}"
                f"{recall:>9.0%}{precision:>11.0%}"
            )
            wrong += [f"missed {form} {p}: {expected(form)[p]}" for p in wanted - found]
            wrong += [f"not in the list {form} {p}" for p in found - wanted]
    print("\n".join(table))
    assert not wrong, "\n".join([*table, *wrong])


@pytest.mark.parametrize("form", FORMS)
def test_every_expected_hint_is_found(form: str, findings: dict[str, list[dict]]) -> None:
    """Each expected hint stands in its cell, or names its cell beside the first repetition of a procedure code."""
    found = {place(f) for f in findings[form]}
    repeats = {
        Place(cell["appendix"], cell["order"], f["column"], f["severity"])
        for f in findings[form]
        if f["code"] == "trung-ma"
        for cell in f["related"]
    }
    hints = {p: why for p, why in expected(form).items() if p.severity == "info"}
    assert [(p, why) for p, why in hints.items() if p not in found and p not in repeats] == []


def test_every_repetition_of_a_procedure_code_is_its_own_hint(findings: dict[str, list[dict]]) -> None:
    """The code 016.07.044.3 stands in PL5 rows 1, 2 and 3: rows 2 and 3 both repeat it (expected list)."""
    found = {place(f) for f in findings["vinh-thanh-2023"]}
    assert Place("PL5", 3, "Mã thủ tục", "info") in found


@pytest.mark.parametrize("form", FORMS)
def test_no_hint_but_the_expected_ones(form: str, findings: dict[str, list[dict]]) -> None:
    """Consistent rows stay silent: the only other hints are formulas typed over."""
    hints = expected(form)
    extra = [f for f in findings[form] if f["severity"] == "info" and place(f) not in hints]
    assert [(place(f), f["code"]) for f in extra if f["code"] != "go-de-cong-thuc"] == []


def _reads_as(text: str) -> float | None:
    """The number at the beginning of a printed text: 99% is 99, 76/84 is 76."""
    match = re.match(r"-?\d+(?:\.\d{3})*(?:,\d+)?", text.strip())
    return float(match[0].replace(".", "").replace(",", ".")) if match else None


@pytest.mark.parametrize("form", FORMS)
def test_every_finding_names_the_cell_that_holds_its_figure(
    form: str, printed_books: dict[str, Path], findings: dict[str, list[dict]]
) -> None:
    """Another reader finds in each named cell what ``actual`` says: the figure, its text, or a blank.

    A finding about a number in a note stands at the figure beside it; the note holds the number.
    """
    book = openpyxl.load_workbook(printed_books[form])
    wrong = []
    for finding in findings[form]:
        cell, actual = book[finding["sheet"]][finding["cell"]], finding["actual"]
        held = cell.value
        note = str(cell.offset(0, 1).value)
        if actual in ("", None):
            good = held is None
        elif isinstance(actual, str) or isinstance(held, int | float):
            good = held == actual
        else:
            good = _reads_as(str(held)) == actual
        if not good and finding["code"] == "khong-khop" and "ghi chú" in finding["message"]:
            good = str(actual) in re.findall(r"\d+", note)
        if not good or book[finding["sheet"]].cell(cell.row, 1).value != finding["order"]:
            wrong.append((finding["rule"], finding["cell"], held, actual))
    assert wrong == []


@pytest.mark.parametrize("form", FORMS)
def test_numbers_of_findings_fit_together(form: str, findings: dict[str, list[dict]]) -> None:
    """The imbalance is actual − expected, and related cells carry sheet and address."""
    for finding in findings[form]:
        if finding["imbalance"] is not None:
            assert finding["imbalance"] == pytest.approx(finding["actual"] - finding["expected"])
        for cell in finding["related"]:
            assert re.fullmatch(r"[A-Z]+[1-9]\d*", cell["cell"])
            assert cell["sheet"]


def _bad_words(finding: dict) -> list[str]:
    faults = []
    for field in ("message", "remedy"):
        text = finding[field]
        if not re.search("[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", text.lower()):
            faults.append(f"{field} is not Vietnamese: {text!r}")
        if re.search(r"\br\d+\b|\b[A-Z]\d\d\b(?!\S*\))|[{}]|\b(None|nan|Decimal|True|False)\b", text):
            faults.append(f"{field} names an id or a program's word: {text!r}")
        if finding["rule"] in text:
            faults.append(f"{field} names its rule: {text!r}")
        if not text.endswith((".", ")", "”")) or "  " in text or ".." in text:
            faults.append(f"{field} is no clean sentence: {text!r}")
    return faults


@pytest.mark.parametrize("form", FORMS)
def test_messages_are_vietnamese_sentences(form: str, findings: dict[str, list[dict]]) -> None:
    """Every message and remedy is a Vietnamese sentence without a row id or a rule id."""
    assert [fault for f in findings[form] for fault in _bad_words(f)] == []


def test_a_denominator_that_explains_the_ratio_is_named(findings: dict[str, list[dict]]) -> None:
    """98,5 of vinh-thanh is 1.117 of the 1.134 files received, and the message says so with that row's cell."""
    [finding] = [f for f in findings["vinh-thanh-2023"] if (f["appendix"], f["order"]) == ("PL6", 54)]
    assert "1.117 / 1.134" in finding["message"]
    assert "tiếp nhận" in finding["message"]
    assert (finding["actual"], finding["expected"], finding["imbalance"]) == (98.5, 100, -1.5)


# Traps ------------------------------------------------------------------------------------------------------------

# form · name | fills | findings. A fill is [appendix.]order[.column key]=text; * stands for every task. A finding is
# severity code [appendix.]order[.column key]; all findings are listed, except those with ? which may be missing.
# A line that begins with spaces continues the one before.
TRAPS = """
cam-giang-2024 · truncated ratio agrees | 35=1.134; 36=233; 34=20,54 | info go-de-cong-thuc 34
cam-giang-2024 · rounded ratio agrees | 35=1.134; 36=233; 34=20,55 | info go-de-cong-thuc 34
cam-giang-2024 · ratio rounded to one digit agrees | 35=1.134; 36=233; 34=20,5 | info go-de-cong-thuc 34
cam-giang-2024 · ratio rounded to no digit agrees | 35=1.134; 36=233; 34=21 | info go-de-cong-thuc 34
cam-giang-2024 · ratio off by one in its last digit | 35=1.134; 36=233; 34=20,6 | error ty-le-sai 34
cam-giang-2024 · ratio off by one in the second digit | 35=1.134; 36=233; 34=20,53 | error ty-le-sai 34
cam-giang-2024 · blank ratio is the formula's | 35=1.134; 36=233 |
cam-giang-2024 · ratio written as a dash | 35=0; 36=0; 34=- |
cam-giang-2024 · 0/0 written as 0 | 35=0; 36=0; 34=0 |
cam-giang-2024 · 0/0 left blank | 35=0; 36=0 |
cam-giang-2024 · 0/0 written as 5 | 35=0; 36=0; 34=5 | info khong-tren-khong 34
cam-giang-2024 · 0 of 7 is 0 | 35=7; 36=0; 34=0 | info go-de-cong-thuc 34
cam-giang-2024 · files in time of no files | 35=0; 36=5 | error vuot-qua 36
cam-giang-2024 · files in time of no files and a ratio | 35=0; 36=5; 34=100 | error vuot-qua 36
cam-giang-2024 · everything left blank | |
cam-giang-2024 · a dash is not a blank | 35=-; 36=- |
cam-giang-2024 · blank numerator | 35=10 | warning thieu-tu-hoac-mau 36
cam-giang-2024 · blank denominator | 36=10 | warning thieu-tu-hoac-mau 35
cam-giang-2024 · a note explains the blank numerator | 35=10; 36.note=Công an huyện báo cáo |
cam-giang-2024 · ratio without inputs | 34=50 | warning ty-le-thieu-dau-vao 34
cam-giang-2024 · ratio above 100 without inputs | 34=120 | error tren-100 34; warning ty-le-thieu-dau-vao 34
cam-giang-2024 · disbursement above 100 without inputs | 65=120 | warning tren-100 65; warning ty-le-thieu-dau-vao 65
cam-giang-2024 · ratio above 100 with its inputs | 35=10; 36=12; 34=120 | error vuot-qua 36; info go-de-cong-thuc 34
cam-giang-2024 · ratio of 0 without inputs | 34=0 | info ty-le-thieu-dau-vao 34
cam-giang-2024 · files in time above files settled | 35=10; 36=12 | error vuot-qua 36
cam-giang-2024 · tasks above the total in spite of blanks | 7=5; 8=10 | error duoi-muc 7
cam-giang-2024 · tasks below the total leave room | 7=5; 8=3 |
cam-giang-2024 · tasks without a total are not judged | 8=3; 9=1; 10=0 |
cam-giang-2024 · total typed over agrees | 75=40; 79=35; 74=40; 78=35; 82=75; 83=75; 28=100 |
    info go-de-cong-thuc 82
cam-giang-2024 · total typed over does not agree | 75=40; 79=35; 74=40; 78=35; 82=76; 83=75; 28=100 |
    error tong-sai 82
cam-giang-2024 · shares above 100 | 69=500; 70=95; 71=10 | error vuot-qua 70
cam-giang-2024 · shares of exactly 100 | 69=500; 70=90,4; 71=9,6 |
cam-giang-2024 · same quantity twice, differently | 49=18; 54=19; 61=18 | error hai-noi-khac-nhau 54
cam-giang-2024 · decimals in a count | 35=10,5; 36=5 | error so-le 35
cam-giang-2024 · decimals in money are welcome | 66=10,5; 67=5,25 |
cam-giang-2024 · negative count | 2=-3 | error so-am 2
cam-giang-2024 · date as a text | 2=01/03/2024 | error khong-phai-so 2
cam-giang-2024 · 0.500 can be read in two ways | 2=0.500 | error khong-phai-so 2
cam-giang-2024 · 76/84 reads as 76 | 2=76/84 | warning so-doc-duoc 2
cam-giang-2024 · percent sign in a count | 2=16 (88,9%) | warning so-doc-duoc 2
cam-giang-2024 · words in a count | 2=nhiều | error khong-phai-so 2
cam-giang-2024 · leading zero and thousands are clean | 2=02; 35=15.667; 36=15.667 |
cam-giang-2024 · wrong word for yes or no | 11=Rồi | error ngoai-danh-sach 11
cam-giang-2024 · yes in capitals | 11=CÓ |
cam-giang-2024 · no in small letters | 11=không |
cam-giang-2024 · money spent of no plan | 66=0; 67=5 | error mau-so-bang-0 65; ?warning vuot-qua 67
cam-giang-2024 · a date as its serial number | 49=18; 50=45050; 51=0; 54=18; 55=45050; 61=18; 62=45050 |
    warning so-thanh-ngay 50; warning so-thanh-ngay 55; warning so-thanh-ngay 62; ?error vuot-qua 50;
    ?error vuot-qua 55; ?error vuot-qua 62
cam-giang-2024 · a date as its serial number, alone | 49=45050 | info so-thanh-ngay 49
cam-giang-2024 · a date as its serial number, small numbers elsewhere | 4=20; 5=7; 49=45050 | info so-thanh-ngay 49
cam-giang-2024 · a large number of another year's days | 49=43.955 |
cam-giang-2024 · large numbers of one unit are no dates | 35=45.120; 38=45.050; 36=45.120; 39=45.050 |
cam-giang-2024 · parts that leave a rest | 7=10; 8=5; 9=1; 10=0 | info chua-het 7
cam-giang-2024 · parts that leave no rest | 7=6; 8=5; 9=1; 10=0 |
cam-giang-2024 · a decimal point in a count | 2=1.5 | error so-le 2
ninh-hai-2023 · forms of a survey without its flag | PL1.19=200 | warning thieu-so-lieu PL1.18
ninh-hai-2023 · code outside the list | PL1.18=5 | error ngoai-danh-sach PL1.18
ninh-hai-2023 · code of the list | PL1.21=1 |
ninh-hai-2023 · survey without its forms | PL1.18=1 | warning thieu-so-lieu PL1.19; warning thieu-so-lieu PL1.20
ninh-hai-2023 · no survey but forms | PL1.18=0; PL1.19=5 | warning khong-khop PL1.19
ninh-hai-2023 · share of the eligible | PL3.7=300; PL3.8=82; PL3.28=200; PL3.29=150; PL3.30=10; PL3.37=150;
    PL3.27=75 | info go-de-cong-thuc PL3.27
ninh-hai-2023 · share of all procedures | PL3.7=300; PL3.8=82; PL3.28=200; PL3.29=150; PL3.30=10; PL3.37=150;
    PL3.27=39,27 | ?info go-de-cong-thuc PL3.27
ninh-hai-2023 · share of neither | PL3.7=300; PL3.8=82; PL3.28=200; PL3.29=150; PL3.30=10; PL3.37=150;
    PL3.27=60 | warning ty-le-hai-mau-so PL3.27
ninh-hai-2023 · the province's rows blank | PL5.14=0; PL5.15=1; PL5.16=0; PL5.12=1 | info go-de-cong-thuc PL5.12
ninh-hai-2023 · total below its parts in spite of blanks | PL5.14=3; PL5.12=1 | error tong-sai PL5.12
ninh-hai-2023 · part left blank between its brothers | PL5.14=0; PL5.15=3 | info thieu-so-lieu PL5.16
ninh-hai-2023 · percentage typed over with a sign | PL3.18=100; PL3.19=99; PL3.17=99% |
    warning so-doc-duoc PL3.17; ?info go-de-cong-thuc PL3.17
ninh-hai-2023 · share of all between those of the levels | PL7.10=90; PL7.12=100; PL7.13=80 |
ninh-hai-2023 · share of all above those of the levels | PL7.10=100; PL7.12=90; PL7.13=80 | warning vuot-qua PL7.10
ninh-hai-2023 · share of all below those of the levels | PL7.10=70; PL7.12=90; PL7.13=80 | warning duoi-muc PL7.10
ninh-hai-2023 · district and communes are the whole | PL3.15=11; PL3.16=10; PL3.18=6; PL3.19=5; PL3.21=5; PL3.22=5 |
ninh-hai-2023 · district and communes are more than the whole | PL3.15=10; PL3.16=9; PL3.18=6; PL3.19=5; PL3.21=5;
    PL3.22=5 | warning duoi-muc PL3.15; warning duoi-muc PL3.16
cam-giang-2024 · the commune's files are more than all | 35=10; 36=10; 38=12; 39=10 | warning vuot-qua 38
cu-lao-dung-2024 · late files leave the share | 17=210; 18=200; 20=10; 19=95 |
cu-lao-dung-2024 · late files contradict the share | 17=210; 18=200; 20=10; 19=100 | warning khong-khop 19
cu-lao-dung-2024 · the share is rounded | 17=2.100; 18=1.134; 20=17; 19=98,5 |
ninh-hai-2023 · note says how much is left | PL4.21=9,7; PL4.21.note=84/93 |
vinh-thanh-2023 · the district's rows blank in a commune | PL6.55=10; PL6.56=10; PL6.57=10 |
vinh-thanh-2023 · half of the district's rows | PL6.53=5 |
vinh-thanh-2023 · overlapping parts | PL6.138=56; PL6.139=56; PL6.140=47; PL6.141=47 |
vinh-thanh-2023 · whole below its greatest part | PL6.138=50; PL6.139=56; PL6.140=47; PL6.141=47 |
    error duoi-muc PL6.138
vinh-thanh-2023 · whole above all parts together | PL6.138=151; PL6.139=56; PL6.140=47; PL6.141=47 |
    warning vuot-qua PL6.138
vinh-thanh-2023 · whole left blank | PL6.139=56; PL6.140=47; PL6.141=47 | warning thieu-so-lieu PL6.138
vinh-thanh-2023 · share of all that is the commune's own | PL6.114=744; PL6.115=894; PL6.111=83,2 |
vinh-thanh-2023 · share of all above that of each level | PL6.114=744; PL6.115=894; PL6.111=100 |
    warning vuot-qua PL6.111
vinh-thanh-2023 · share of all below that of each level | PL6.114=744; PL6.115=894; PL6.111=50 |
    warning duoi-muc PL6.111
vinh-thanh-2023 · 10 + ? = 5 | PL4.1.received=5; PL4.1.on_time=10 | error khong-khop PL4.1.received
vinh-thanh-2023 · files received and nothing else | PL4.1.online=3; PL4.2.online=2; PL4.2.on_time=2 |
    warning thieu-so-lieu PL4.1.on_time
vinh-thanh-2023 · files received and pending | PL4.1.online=3; PL4.1.in_time=3 |
tinh-chau-2023 · tasks and nothing else | BNV.1.main=3 | warning thieu-so-lieu BNV.1.done_on_time
tinh-chau-2023 · tasks still open | BNV.1.main=3; BNV.1.open_in_time=3 |
vinh-thanh-2023 · matrix row that adds up | PL4.1.online=3; PL4.1.carried=1; PL4.1.direct=1; PL4.1.on_time=4;
    PL4.1.in_time=1 |
vinh-thanh-2023 · matrix total typed over wrongly | PL4.1.online=3; PL4.1.carried=1; PL4.1.direct=1;
    PL4.1.received=6; PL4.1.on_time=4; PL4.1.late=0; PL4.1.in_time=2 | error tong-sai PL4.1.received
vinh-thanh-2023 · checklist all done | PL1.*.done=x; PL1.*.result_note=xong |
vinh-thanh-2023 · capital X | PL1.*.done=X; PL1.*.result_note=xong |
vinh-thanh-2023 · marks typed by hand agree | PL1.*.done=x; PL1.*.result_note=xong; PL1.31.done=23;
    PL1.31.not_done=0 | info go-de-cong-thuc PL1.31.done; info go-de-cong-thuc PL1.31.not_done
vinh-thanh-2023 · wrong total of marks | PL1.*.done=x; PL1.*.result_note=xong; PL1.31.done=22 |
    error tong-sai PL1.31.done
vinh-thanh-2023 · double x | PL1.*.done=x; PL1.*.result_note=xong; PL1.2.not_done=x |
    error danh-dau-hai-o PL1.2.done
vinh-thanh-2023 · missing x | PL1.*.done=x; PL1.*.result_note=xong; PL1.2.done= | warning chua-danh-dau PL1.2.done
vinh-thanh-2023 · another sign than x | PL1.*.done=x; PL1.*.result_note=xong; PL1.2.done=v |
    error ngoai-danh-sach PL1.2.done
vinh-thanh-2023 · done without a result | PL1.*.done=x; PL1.*.result_note=xong; PL1.2.result_note= |
    warning thieu-ket-qua PL1.2.result_note
vinh-thanh-2023 · not done without a reason | PL1.*.not_done=x | info thieu-ket-qua PL1.*.result_note
"""


class Trap(NamedTuple):
    """One line of the table."""

    form: str
    name: str
    fills: str
    findings: str

    def cells(self, text: str) -> list[tuple[str, int, str]]:
        """``PL1.31.done``, ``PL6.56`` or, in a form of one appendix, ``35``: appendix, order, column key."""
        form = load_form(self.form)
        parts = text.split(".")
        appendix = parts.pop(0) if parts[0] in form.by_id else form.appendices[0].id
        order, column = parts[0], parts[1] if len(parts) > 1 else "value"
        orders = form.appendix(appendix).printed_items if order == "*" else [int(order)]
        return [(appendix, one, column) for one in orders]

    def figures(self) -> dict[str, dict[int, dict[str, str]]]:
        """The fills by appendix, order and column key; later ones overrule."""
        figures: dict[str, dict[int, dict[str, str]]] = {}
        for fill in filter(None, map(str.strip, self.fills.split("; "))):
            where, _, text = fill.partition("=")
            for appendix, order, column in self.cells(where):
                figures.setdefault(appendix, {}).setdefault(order, {})[column] = text.strip()
        return figures

    def expected(self, optional: bool) -> Counter[str]:
        """The findings that must, or may, be there."""
        lines: Counter[str] = Counter()
        for line in filter(None, map(str.strip, self.findings.split(";"))):
            if line.startswith("?") is optional:
                severity, code, where = line.lstrip("?").split()
                lines.update(f"{severity} {code} {a}.{order}.{column}" for a, order, column in self.cells(where))
        return lines


def _traps() -> list[object]:
    traps = []
    for line in re.sub(r"\n +", " ", TRAPS.strip()).splitlines():
        head, fills, findings = line.split("|")
        form, _, name = head.strip().partition(" · ")
        traps.append(pytest.param(Trap(form, name, fills, findings), id=name))
    assert len({trap.id for trap in traps}) == len(traps)
    return traps


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A blank workbook of a form, built once."""
    folder = tmp_path_factory.mktemp("blank")

    def build(form: str) -> Path:
        path = folder / f"{form}.xlsx"
        if not path.exists():
            assert run("tao-so", form, "-o", path, *WHO)[0] == 0
        return path

    return build


def summary(form: str, findings: Sequence[dict]) -> Counter[str]:
    """Findings as the table writes them."""
    keys = {(a.id, c.name): c.key for a in load_form(form).appendices for c in a.columns}
    return Counter(
        f"{f['severity']} {f['code']} {f['appendix']}.{f['order']}.{keys[f['appendix'], f['column']]}" for f in findings
    )


@pytest.mark.parametrize("trap", _traps())
def test_trap(trap: Trap, blank: Callable[[str], Path], tmp_path: Path) -> None:
    """A small fill gives exactly these findings, in clean Vietnamese."""
    path = blank(trap.form)
    if figures := trap.figures():
        write_printed(tmp_path, figures, trap.form)
        assert run("nhap", path, tmp_path, "-o", tmp_path / "so.xlsx")[0] == 0
        path = tmp_path / "so.xlsx"
    findings = check(path)["findings"]
    found, wanted = summary(trap.form, findings), trap.expected(optional=False)
    # A small fill leaves most rows blank: their hints are what R14 is for, and have tests of their own.
    found -= (
        summary(trap.form, [f for f in findings if f["rule"].startswith("R14-") and f["severity"] == "info"]) - wanted
    )
    assert sorted((found - trap.expected(optional=True) - wanted).elements()) == [], "too much"
    assert sorted((wanted - found).elements()) == [], "missed"
    assert [fault for f in findings for fault in _bad_words(f)] == []


# What only Excel leaves in a cell: by order of cam-giang-2024 PL1, the value put there, all findings.
_IN_EXCEL = {
    "a date": ({2: datetime(2024, 8, 5)}, ["error ngay-thang 2"]),
    "a number kept as text": ({2: "15667"}, ["warning so-dang-chu 2"]),
    "an error value": ({2: "#REF!"}, ["error o-bao-loi 2"]),
    "99% typed into a ratio": ({35: 100, 36: 99, 34: 0.99}, ["error ty-le-sai 34"]),
    "a deleted ratio formula": ({35: 10, 36: 5, 34: None}, ["warning ty-le-trong 34"]),
    "a note does not excuse a missing ratio": (
        {35: 10, 36: 5, 34: None, "F34": "chưa tính"},
        ["warning ty-le-trong 34"],
    ),
    "a deleted total formula": ({74: 40, 75: 40, 78: 35, 79: 35, 28: 100, 82: None}, ["warning tong-trong 82"]),
    "spaces only": ({2: "   "}, []),
    "binary noise of a float": ({70: 0.1 + 0.2, 69: 100, 71: 99.7}, ["info phan-tram-le 70"]),
}


@pytest.mark.parametrize("case", _IN_EXCEL)
def test_trap_in_excel(case: str, blank: Callable[[str], Path], tmp_path: Path) -> None:
    """What Excel makes of typing (dates, fractions, deleted formulas) gives exactly these findings."""
    values, wanted = _IN_EXCEL[case]
    book = openpyxl.load_workbook(blank("cam-giang-2024"))
    sheet = book["PL1"]
    rows = {sheet.cell(row, 1).value: row for row in range(2, sheet.max_row + 1) if sheet.cell(row, 1).value}
    for key, value in values.items():
        column, order = ("F", int(key[1:])) if isinstance(key, str) else ("E", key)
        cell = sheet[f"{column}{rows[order]}"]
        cell.value = value
        if isinstance(value, str) and value.startswith("#"):
            cell.data_type = "e"
    book.save(tmp_path / "so.xlsx")
    findings = check(tmp_path / "so.xlsx")["findings"]
    told = [f for f in findings if not (f["rule"].startswith("R14-") and f["severity"] == "info")]
    assert sorted(f"{f['severity']} {f['code']} {f['order']}" for f in told) == sorted(wanted)
    assert [fault for f in findings for fault in _bad_words(f)] == []


def test_a_blank_between_filled_brothers_is_a_hint(blank: Callable[[str], Path], tmp_path: Path) -> None:
    """R14: rows of one group are filled together; a note, another level and rows without brothers stay silent."""
    fills = {"PL6": {"12": "5", "13": "5", "41": "3", "42.note": "Tỉnh công bố"}}
    rows = {
        int(place.partition(".")[0]): {place.partition(".")[2] or "value": text} for place, text in fills["PL6"].items()
    }
    write_printed(tmp_path, {"PL6": rows}, "vinh-thanh-2023")
    assert run("nhap", blank("vinh-thanh-2023"), tmp_path, "-o", tmp_path / "so.xlsx")[0] == 0
    hints = [f for f in check(tmp_path / "so.xlsx")["findings"] if f["rule"].startswith("R14-")]
    assert [(f["order"], f["severity"], f["code"]) for f in hints] == [
        (14, "info", "thieu-so-lieu"), (15, "info", "thieu-so-lieu"), (40, "info", "thieu-so-lieu"),
    ]  # fmt: skip
