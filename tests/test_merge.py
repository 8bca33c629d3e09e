"""tong-hop from the command line: every file ends in one state, with its reason, and no submission is touched."""

import hashlib
import json
import os
import shutil
from pathlib import Path

import openpyxl
import pytest
from submissions import make, stamp

import cchc_xl
from cchc_xl.hosts.cli import main
from cchc_xl.merging import MergeRequest, merge
from cchc_xl.summary_workbook import build

UNITS = Path(cchc_xl.__file__).parent / "samples" / "units" / "ninh-hai.tsv"
# The small form: a submission takes hardly any time. Files settled and settled on time; money planned and paid.
FORM = "cam-giang-2024"
GOOD = {"PL1": {35: "10", 36: "9"}}
ERROR = {"PL1": {35: "10", 36: "11"}}
WARNING = {"PL1": {35: "10", 36: "9", 66: "5", 67: "6"}}
STATES = {
    "included",
    "included_with_warnings",
    "excluded",
    "duplicate",
    "unexpected_unit",
    "unreadable",
    "ignored",
}


@pytest.fixture(autouse=True)
def _no_wait_for_the_disk(monkeypatch):
    """Half of the time of these tests is the disk's; what fsync is for no test can see."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "nop").mkdir()
    return tmp_path / "nop"


@pytest.fixture
def run(tmp_path, folder, capsys):
    """Run tong-hop on the folder; gives its JSON. Every file is accounted for, whatever the test asks."""

    def _run(*options: object, code: int = 0, out: Path = tmp_path / "tong-hop.xlsx") -> dict:
        before = contents(folder)
        before.pop(out, None)
        assert main(["tong-hop", str(folder), "-o", str(out), *map(str, options), "--json"]) == code
        output, errors = capsys.readouterr()
        assert errors == ""
        result = json.loads(output)
        after = contents(folder)
        after.pop(out, None)
        assert after == before, "submissions are never written to"
        expected = {p.relative_to(folder).as_posix() for p in before if not p.name.startswith("~$")}
        names = [file["file"] for file in result["files"]]
        assert sorted(names) == sorted(expected), "files in = files accounted for, once each"
        for file in result["files"]:
            assert file["state"] in STATES
            assert bool(file["reason"].strip()) == (file["state"] != "included")
            assert file["sha256"] == hashlib.sha256((folder / file["file"]).read_bytes()).hexdigest()
        assert type(result["units_expected"]) is type(result["units_included"]) is int
        taken = [file for file in result["files"] if file["state"].startswith("included")]
        assert result["units_included"] == len(taken) == len({file["unit_code"] for file in taken})
        if result["form"]:
            assert result["out"] == str(out)
            assert out.is_file()
        else:
            assert result["out"] is None
            assert not out.exists()
        return result

    return _run


@pytest.fixture
def refused(tmp_path, folder, capsys):
    """Run tong-hop where it cannot run: exit 2, one sentence, nothing written. Gives the sentence."""

    def _refused(*options: object, of: Path = folder, out: Path = tmp_path / "tong-hop.xlsx") -> str:
        before = contents(tmp_path)
        assert main(["tong-hop", str(of), "-o", str(out), *map(str, options)]) == 2
        output, errors = capsys.readouterr()
        assert output == ""
        assert len(errors.splitlines()) == 1
        assert errors.strip().endswith((".", "--help"))
        assert "Traceback" not in errors
        assert contents(tmp_path) == before
        return errors.strip()

    return _refused


def contents(folder: Path) -> dict[Path, tuple[bytes, int]]:
    """Every file with its bytes and the time it was saved."""
    return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()}


def submit(folder: Path, code: str, figures=GOOD, name: str | None = None, **others) -> Path:
    """A unit's submission on the small form."""
    return make(folder, code, f"xã {code}" if name is None else name, figures, form=FORM, **others)


def states(result: dict) -> dict[str, str]:
    return {file["file"]: file["state"] for file in result["files"]}


def reason(result: dict, file: str) -> str:
    return next(f["reason"] for f in result["files"] if f["file"] == file)


def row(result: dict, order: int, appendix: str = "PL1") -> dict:
    return next(r for r in result["rows"] if (r["appendix"], r["order"]) == (appendix, order))


def saved(path: Path, time: float) -> None:
    os.utime(path, (time, time))


class TestStates:
    def test_included(self, folder, run):
        submit(folder, "1")
        submit(folder, "2")
        result = run()
        assert states(result) == {"1.xlsx": "included", "2.xlsx": "included"}
        assert (result["form"], result["period"]) == (FORM, "2023-NAM")
        assert (result["units_expected"], result["units_included"], result["units_missing"]) == (2, 2, [])
        assert (row(result, 35)["value"], row(result, 35)["units"]) == (20, {"1": 10, "2": 10})

    def test_warnings_do_not_keep_a_file_out(self, folder, run):
        submit(folder, "1", WARNING)
        result = run()
        assert states(result) == {"1.xlsx": "included_with_warnings"}
        assert "1 cảnh báo" in reason(result, "1.xlsx")
        assert row(result, 67)["value"] == 6

    def test_errors_keep_a_file_out(self, folder, run):
        submit(folder, "1")
        submit(folder, "2", ERROR)
        result = run(code=1)
        assert states(result) == {"1.xlsx": "included", "2.xlsx": "excluded"}
        # The first error is named by its cell.
        assert "1 lỗi" in reason(result, "2.xlsx")
        assert "trang PL1 ô E" in reason(result, "2.xlsx")
        assert (result["units_expected"], result["units_included"]) == (2, 1)
        assert row(result, 35)["units"] == {"1": 10}

    @pytest.mark.parametrize("theirs", ["2023-Q4", ""])
    def test_another_period(self, folder, run, theirs):
        for code in "12":
            submit(folder, code)
        submit(folder, "3", period=theirs)
        result = run(code=1)
        assert states(result) == {"1.xlsx": "included", "2.xlsx": "included", "3.xlsx": "excluded"}
        assert (theirs or "chưa ghi") in reason(result, "3.xlsx")
        assert "2023-NAM" in reason(result, "3.xlsx")

    def test_the_period_asked_for_counts_not_that_of_most(self, folder, run):
        for code in "12":
            submit(folder, code)
        submit(folder, "3", period="2023-Q4")
        result = run("--ky", "2023-q4", code=1)
        assert result["period"] == "2023-Q4"
        assert states(result) == {"1.xlsx": "excluded", "2.xlsx": "excluded", "3.xlsx": "included"}

    def test_no_figures(self, folder, run):
        submit(folder, "1")
        submit(folder, "2", {})
        submit(folder, "3", {"PL1": {2: "0"}})  # a zero is a figure
        submit(folder, "4", {"PL1": {2: {"note": "sẽ gửi sau"}}})  # a remark is none
        result = run(code=1)
        assert list(states(result).values()) == ["included", "excluded", "included", "excluded"]
        for file in ("2.xlsx", "4.xlsx"):
            assert "chưa có số liệu" in reason(result, file)

    def test_no_unit(self, folder, run):
        submit(folder, "1")
        submit(folder, "", name="")
        result = run(code=1)
        assert states(result) == {"1.xlsx": "included", "blank.xlsx": "excluded"}
        assert "tên đơn vị" in reason(result, "blank.xlsx")

    def test_a_name_without_a_code_is_a_unit(self, folder, run):
        submit(folder, "1")
        submit(folder, "", name="xã Tân Hải")
        result = run()
        assert [file["unit"] for file in result["files"]] == ["xã 1", "xã Tân Hải"]
        assert row(result, 35)["units"] == {"1": 10, "xã Tân Hải": 10}

    def test_workbooks_of_others(self, folder, run):
        submit(folder, "1")
        openpyxl.Workbook().save(folder / "ke-toan.xlsx")
        stamp(submit(folder, "2"), form="bieu-khac-2030")
        stamp(submit(folder, "3"), version=99)
        (folder / "cu.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
        result = run(code=1)
        assert states(result) == {"1.xlsx": "included"} | dict.fromkeys(
            ["2.xlsx", "3.xlsx", "cu.xls", "ke-toan.xlsx"], "excluded"
        )
        assert "bieu-khac-2030" in reason(result, "2.xlsx")
        assert "phiên bản 99" in reason(result, "3.xlsx")
        assert "nhan-dang" in reason(result, "cu.xls")
        assert "không phải sổ CCHC" in reason(result, "ke-toan.xlsx")

    def test_broken_structure(self, folder, run):
        submit(folder, "1")
        path = submit(folder, "2")
        workbook = openpyxl.load_workbook(path)
        (key,) = [cell for (cell,) in workbook["PL1"].iter_rows(max_col=1) if str(cell.value) == "40"]
        key.value = None
        workbook.save(path)
        result = run(code=1)
        assert states(result) == {"1.xlsx": "included", "2.xlsx": "excluded"}
        assert "Cấu trúc" in reason(result, "2.xlsx")
        assert "3.4" in reason(result, "2.xlsx")

    def test_unreadable(self, folder, run):
        whole = submit(folder, "1").read_bytes()
        (folder / "2.xlsx").write_bytes(whole[: len(whole) // 2])
        (folder / "3.xlsx").write_text("không phải sổ", encoding="utf-8")
        (folder / "4.xlsx").write_bytes(b"")
        (folder / "5.xlsm").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
        result = run(code=1)
        assert states(result) == {"1.xlsx": "included"} | dict.fromkeys(
            ["2.xlsx", "3.xlsx", "4.xlsx", "5.xlsm"], "unreadable"
        )
        assert "mật khẩu" in reason(result, "5.xlsm")
        assert [file["unit"] for file in result["files"]] == ["xã 1", None, None, None, None]

    def test_files_that_are_no_workbooks_are_listed_and_do_no_harm(self, folder, run):
        submit(folder, "1")
        (folder / "ghi chú.txt").write_text("x", encoding="utf-8")
        (folder / "~$1.xlsx").write_bytes(b"lock")
        result = run()
        assert states(result) == {"1.xlsx": "included", "ghi chú.txt": "ignored"}

    def test_subfolders(self, folder, run):
        for part in ("a", "a/b"):
            (folder / part).mkdir()
        submit(folder, "1")
        submit(folder / "a", "2")
        submit(folder / "a" / "b", "3", ERROR)
        (folder / "a" / "~$2.xlsx").write_bytes(b"lock")
        result = run(code=1)
        assert states(result) == {"1.xlsx": "included", "a/2.xlsx": "included", "a/b/3.xlsx": "excluded"}

    def test_nothing_readable_leaves_no_workbook(self, folder, run):
        (folder / "1.xlsx").write_bytes(b"")
        result = run(code=1)
        assert (result["form"], result["rows"], result["units_included"]) == (None, [], 0)

    def test_every_state_at_once_as_the_functions_give_it(self, folder, tmp_path):
        submit(folder, "22855")
        shutil.copy2(folder / "22855.xlsx", folder / "0 bản sao.xlsx")  # saved at the same time: the later name
        submit(folder, "22858", WARNING)
        submit(folder, "22861", ERROR)
        submit(folder, "99999")
        (folder / "hong.xlsx").write_bytes(b"x")
        (folder / "thu.txt").write_bytes(b"x")
        seen = []
        request = MergeRequest(folder, tmp_path / "o.xlsx", units_file=UNITS, parent_code="586")
        summary = merge(request, lambda done, total, name: seen.append((done, total, name)))
        assert {file.state.value for file in summary.files} == STATES
        assert [(done, total) for done, total, _ in seen] == [(i, 7) for i in range(1, 8)]
        assert [name for *_, name in seen] == [file.received.file for file in summary.files]
        assert [file.received.file for file in summary.left_out] == [
            "0 bản sao.xlsx", "22861.xlsx", "99999.xlsx", "hong.xlsx",
        ]  # fmt: skip
        assert (summary.parent_code, summary.parent, len(summary.expected)) == ("586", "huyện Ninh Hải", 9)


class TestDuplicates:
    def test_the_higher_submission_number_counts_even_if_saved_earlier(self, folder, run):
        submit(folder, "1", {"PL1": {2: "1"}}, submission=2, file="a.xlsx")
        submit(folder, "1", {"PL1": {2: "2"}}, submission=10, file="b.xlsx")
        submit(folder, "1", {"PL1": {2: "3"}}, file="c.xlsx")
        for time, name in enumerate(["b.xlsx", "a.xlsx", "c.xlsx"], start=1):
            saved(folder / name, 1e9 + time)
        result = run(code=1)
        assert states(result) == {"a.xlsx": "duplicate", "b.xlsx": "included", "c.xlsx": "duplicate"}
        assert "b.xlsx" in reason(result, "a.xlsx")
        assert (row(result, 2)["value"], row(result, 2)["n_units"], result["units_expected"]) == (2, 1, 1)

    @pytest.mark.parametrize("later", ["a.xlsx", "b.xlsx"])
    def test_else_the_later_saved(self, folder, run, later):
        submit(folder, "1", {"PL1": {2: "1"}}, file="a.xlsx")
        submit(folder, "1", {"PL1": {2: "2"}}, file="b.xlsx")
        for name in ("a.xlsx", "b.xlsx"):
            saved(folder / name, 1e9 + (name == later))
        result = run(code=1)
        assert states(result)[later] == "included"
        assert list(states(result).values()).count("duplicate") == 1
        assert row(result, 2)["value"] == (1 if later == "a.xlsx" else 2)

    def test_identical_copies(self, folder, run):
        path = submit(folder, "1")
        (folder / "sub").mkdir()
        shutil.copy2(path, folder / "sub" / "1.xlsx")
        shutil.copy2(path, folder / "bản sao.xlsx")
        result = run(code=1)
        assert sorted(states(result).values()) == ["duplicate", "duplicate", "included"]
        (taken,) = [file["file"] for file in result["files"] if file["state"] == "included"]
        for file in result["files"]:
            if file["state"] == "duplicate":
                assert taken in file["reason"]
                assert "giống hệt" in file["reason"]

    def test_a_submission_for_another_period_is_no_duplicate(self, folder, run):
        submit(folder, "1")
        submit(folder, "2")
        submit(folder, "1", period="2023-Q4", submission=5, file="q4.xlsx")
        result = run(code=1)
        assert states(result) == {"1.xlsx": "included", "2.xlsx": "included", "q4.xlsx": "excluded"}

    def test_the_newest_counts_although_it_has_errors(self, folder, run):
        submit(folder, "1", file="a.xlsx")
        submit(folder, "1", ERROR, submission=2, file="b.xlsx")
        result = run(code=1)
        assert states(result) == {"a.xlsx": "duplicate", "b.xlsx": "excluded"}
        assert result["units_included"] == 0

    def test_the_reason_does_not_say_taken_of_a_file_that_is_left_out(self, folder, run):
        submit(folder, "1", file="a.xlsx")
        submit(folder, "1", ERROR, submission=2, file="b.xlsx")
        assert "đã có tệp b.xlsx được lấy" not in reason(run(code=1), "a.xlsx")


class TestUnits:
    def test_expected_missing_and_unexpected(self, folder, run):
        submit(folder, "22855")
        submit(folder, "22858", ERROR)
        submit(folder, "99999")
        result = run("--danh-sach", UNITS, code=1)
        assert states(result) == {
            "22855.xlsx": "included",
            "22858.xlsx": "excluded",
            "99999.xlsx": "unexpected_unit",
        }
        assert "99999" in reason(result, "99999.xlsx")
        assert (result["parent"], result["units_expected"], result["units_included"]) == ("586", 9, 1)
        missing = {unit["code"]: unit["name"] for unit in result["units_missing"]}
        assert len(missing) == 8
        assert missing["22858"] == "xã Xuân Hải"
        assert "22855" not in missing
        # The list's own name counts, whatever the workbook says.
        assert result["files"][0]["unit"] == "xã Tân Hải"

    def test_in_the_order_of_the_list(self, folder, run):
        for code in ("22846", "22855", "22834"):
            submit(folder, code)
        assert list(row(run("--danh-sach", UNITS), 35)["units"]) == ["22834", "22855", "22846"]

    def test_by_name_where_no_code_is_stamped(self, folder, run):
        submit(folder, "", name="XÃ  TÂN HẢI", file="a.xlsx")
        submit(folder, "", name="Xuân Hải", file="b.xlsx")
        submit(folder, "", name="Tân", file="c.xlsx")
        # A wrong code is not guessed away by the name.
        submit(folder, "12345", name="xã Hộ Hải", file="d.xlsx")
        result = run("--danh-sach", UNITS, code=1)
        assert [file["unit_code"] for file in result["files"][:2]] == ["22855", "22858"]
        assert list(states(result).values()) == ["included", "included", "unexpected_unit", "unexpected_unit"]

    def test_code_and_name_are_one_unit(self, folder, run):
        submit(folder, "22855", file="a.xlsx", submission=1)
        submit(folder, "", name="xã Tân Hải", file="b.xlsx")
        assert states(run("--danh-sach", UNITS, code=1)) == {"a.xlsx": "included", "b.xlsx": "duplicate"}

    @pytest.mark.parametrize(
        ("period", "parent", "expected", "khanh_hai", "ho_hai", "tan_hai"),
        [
            ("2023-NAM", "586", 9, "thị trấn Khánh Hải", "xã Hộ Hải", "included"),
            ("2025-6T", "586", 9, "thị trấn Khánh Hải", "xã Hộ Hải", "included"),
            ("2025-Q3", "56", 4, "phường Ninh Chử", "xã Xuân Hải", "unexpected_unit"),
            ("2025-NAM", "56", 4, "phường Ninh Chử", "xã Xuân Hải", "unexpected_unit"),
        ],
    )
    @pytest.mark.parametrize("named", [True, False])
    def test_validity(self, folder, run, period, parent, expected, khanh_hai, ho_hai, tan_hai, named):
        """Codes are reused: 22834 is another unit from 1/7/2025, 22861 as well; 22855 is no more."""
        for code in ("22834", "22855", "22861"):
            submit(folder, code, period=period)
        options = ["--cap-tren", parent] if named else []
        result = run("--danh-sach", UNITS, *options, code=int(tan_hai != "included"))
        assert (result["parent"], result["units_expected"]) == (parent, expected)
        assert [file["unit"] for file in result["files"]][::2] == [khanh_hai, ho_hai]
        assert states(result)["22855.xlsx"] == tan_hai
        assert len(result["units_missing"]) == expected - result["units_included"]

    def test_a_list_in_a_workbook(self, folder, run, tmp_path):
        book = openpyxl.Workbook()
        for line in UNITS.read_text(encoding="utf-8").splitlines():
            book.active.append([int(cell) if cell.isdigit() else cell or None for cell in line.split("\t")])
        book.save(tmp_path / "ds.xlsx")
        submit(folder, "22855")
        submit(folder, "1")
        by_workbook = run("--danh-sach", tmp_path / "ds.xlsx", "--cap-tren", "586", code=1)
        assert states(by_workbook) == {"1.xlsx": "unexpected_unit", "22855.xlsx": "included"}
        assert by_workbook == run("--danh-sach", UNITS, "--cap-tren", "586", code=1)

    def test_without_a_list_the_parent_is_named_by_the_user(self, folder, run):
        submit(folder, "1")
        result = run("--cap-tren", "586")
        assert (result["parent"], result["units_expected"]) == ("586", 1)


class TestOneCodeForTwoUnits:
    def test_neither_passes_for_a_copy_of_the_other(self, folder, run):
        """A commune that copied its neighbour's workbook and kept the code must not push the neighbour out."""
        submit(folder, "1", name="xã Tân Hải", file="a.xlsx")
        submit(folder, "1", name="xã Hộ Hải", file="b.xlsx")
        submit(folder, "2")
        result = run(code=1)
        assert states(result) == {"2.xlsx": "included", "a.xlsx": "excluded", "b.xlsx": "excluded"}
        for name in ("“xã Tân Hải” (a.xlsx)", "“xã Hộ Hải” (b.xlsx)"):
            assert name in reason(result, "a.xlsx")

    def test_the_list_says_whose_code_it_is(self, folder, run):
        """22855 is xã Tân Hải's."""
        submit(folder, "22855", name="UBND xã Tân Hải", file="a.xlsx")
        submit(folder, "22855", name="UBND xã Hộ Hải", file="b.xlsx")
        result = run("--danh-sach", UNITS, code=1)
        assert states(result) == {"a.xlsx": "included", "b.xlsx": "excluded"}
        assert "mã 22855 của xã Tân Hải nhưng tên đơn vị là “UBND xã Hộ Hải”" in reason(result, "b.xlsx")

    @pytest.mark.parametrize(
        "name", ["UBND xã Tân Hải", "ỦY BAN NHÂN DÂN XÃ TÂN HẢI", "Tân Hải", "xã Tân Hải, Ninh Hải", ""]
    )
    def test_one_name_is_written_in_many_ways(self, folder, run, name):
        submit(folder, "1", name="xã Tân Hải", file="a.xlsx", submission=1)
        submit(folder, "1", name=name, file="b.xlsx")
        assert states(run(code=1)) == {"a.xlsx": "included", "b.xlsx": "duplicate"}

    def test_the_officer_decides(self, folder, run):
        submit(folder, "1", name="xã Tân Hải", file="a.xlsx")
        submit(folder, "1", name="xã Hộ Hải", file="b.xlsx")
        result = run("--ke-ca", "b.xlsx", "--ly-do", "a.xlsx ghi nhầm mã", code=1)
        assert states(result) == {"a.xlsx": "duplicate", "b.xlsx": "included_with_warnings"}


class TestSummaryAmongSubmissions:
    @pytest.fixture
    def district(self, folder, tmp_path):
        """The folder of communes with an earlier summary of the district among them, on the district's form."""
        submit(folder, "22855", {"PL1": {38: "10", 39: "9"}})
        merge(MergeRequest(folder, tmp_path / "huyen.xlsx", "ninh-hai-2023", UNITS, "586", "2023-NAM"))
        shutil.move(tmp_path / "huyen.xlsx", folder / "huyen.xlsx")
        return folder

    def test_it_is_no_submission(self, district, run):
        """Its figures would count twice, and it has no say in form and period."""
        result = run(code=1)
        assert states(result) == {"22855.xlsx": "included", "huyen.xlsx": "excluded"}
        assert "sổ tổng hợp của UBND huyện Ninh Hải" in reason(result, "huyen.xlsx")
        assert (result["form"], result["units_expected"]) == (FORM, 1)

    def test_the_list_of_communes_does_not_expect_it(self, district, run):
        result = run("--danh-sach", UNITS, code=1)
        assert result["form"] == FORM
        assert states(result)["huyen.xlsx"] in ("excluded", "unexpected_unit")
        assert "sổ tổng hợp của UBND huyện Ninh Hải" in reason(result, "huyen.xlsx")

    def test_a_province_expects_it(self, district, run, tmp_path):
        """Listed among the units of the province it is a submission like any other."""
        (district / "22855.xlsx").unlink()
        (tmp_path / "tinh.tsv").write_text("ma\tten\n586\thuyện Ninh Hải\n585\thuyện Bác Ái\n", encoding="utf-8")
        result = run("--danh-sach", tmp_path / "tinh.tsv", "--mau", "ninh-hai-2023")
        assert states(result) == {"huyen.xlsx": "included"}
        assert row(result, 21, "PL3")["units"] == {"586": 10}

    def test_it_can_be_included_by_name(self, district, run):
        result = run("--mau", "ninh-hai-2023", "--ke-ca", "huyen.xlsx", "--ly-do", "huyện nộp thay")
        assert states(result)["huyen.xlsx"] == "included_with_warnings"

    def test_the_parents_own_summary_never_counts(self, district, run):
        """Alone in the folder, but of the very unit whose summary is made."""
        (district / "22855.xlsx").unlink()
        assert states(run("--cap-tren", "586", code=1)) == {"huyen.xlsx": "excluded"}


class TestInSpiteOf:
    def test_errors(self, folder, run):
        submit(folder, "1")
        submit(folder, "2", ERROR)
        result = run("--ke-ca", "2.xlsx", "--ly-do", "xã đã giải trình")
        assert states(result) == {"1.xlsx": "included", "2.xlsx": "included_with_warnings"}
        assert "xã đã giải trình" in reason(result, "2.xlsx")
        assert "1 lỗi" in reason(result, "2.xlsx")
        assert row(result, 36)["value"] == 20

    def test_another_period(self, folder, run):
        for code in "12":
            submit(folder, code)
        submit(folder, "3", period="2023-Q4")
        result = run("--ke-ca", "3.xlsx", "--ly-do", "nộp nhầm kỳ")
        assert states(result)["3.xlsx"] == "included_with_warnings"
        assert "nộp nhầm kỳ" in reason(result, "3.xlsx")
        assert "2023-Q4" in reason(result, "3.xlsx")
        assert (result["period"], row(result, 35)["value"]) == ("2023-NAM", 30)

    def test_a_file_included_by_name_has_no_vote_on_the_period(self, folder, run):
        submit(folder, "1", period="2023-Q3")
        submit(folder, "2", period="2023-Q4")
        assert run("--ke-ca", "2.xlsx", "--ly-do", "x")["period"] == "2023-Q3"

    def test_several_and_by_path(self, folder, run):
        (folder / "sub").mkdir()
        submit(folder, "1", ERROR)
        submit(folder / "sub", "2", ERROR)
        submit(folder / "sub", "3", ERROR)
        result = run(
            "--ke-ca", folder / "1.xlsx", "--ly-do", "một",
            "--ke-ca", "sub/2.xlsx", "--ly-do", "hai",
            "--ke-ca", "3.xlsx", "--ly-do", "ba",
        )  # fmt: skip
        assert set(states(result).values()) == {"included_with_warnings"}
        for file, why in {"1.xlsx": "một", "sub/2.xlsx": "hai", "sub/3.xlsx": "ba"}.items():
            assert f"theo yêu cầu: {why}" in reason(result, file)

    def test_the_reason_is_kept_where_nothing_is_wrong(self, folder, run):
        submit(folder, "1")
        result = run("--ke-ca", "1.xlsx", "--ly-do", "cho chắc")
        assert states(result) == {"1.xlsx": "included_with_warnings"}

    def test_what_cannot_be_used_stays_out(self, folder, run):
        submit(folder, "1")
        submit(folder, "2", {})
        (folder / "3.xlsx").write_bytes(b"x")
        result = run("--ke-ca", "2.xlsx", "--ly-do", "a", "--ke-ca", "3.xlsx", "--ly-do", "b", code=1)
        assert states(result) == {"1.xlsx": "included", "2.xlsx": "excluded", "3.xlsx": "unreadable"}

    @pytest.mark.parametrize(
        "options",
        [
            ["--ke-ca", "2.xlsx", "--ly-do", "x"],
            ["--ke-ca", "khong/1.xlsx", "--ly-do", "x"],
            ["--ke-ca", "1.xlsx"],
            ["--ke-ca", "1.xlsx", "--ly-do", " "],
            ["--ke-ca", "1.xlsx", "--ke-ca", "1.xlsx", "--ly-do", "x"],
            ["--ly-do", "x"],
        ],
    )
    def test_wrong_name_or_no_reason(self, folder, refused, options):
        submit(folder, "1", ERROR)
        assert "--ke-ca" in refused(*options)

    def test_a_name_that_two_files_bear(self, folder, refused):
        for part in ("a", "b"):
            (folder / part).mkdir()
            submit(folder / part, "1")
        assert "nhiều tệp" in refused("--ke-ca", "1.xlsx", "--ly-do", "x")


class TestForms:
    def test_different_forms_need_the_summary_form_named(self, folder, refused, run):
        submit(folder, "1", {"PL1": {38: "10", 39: "9"}})
        make(folder, "2", "xã 2", {"PL6": {34: "3"}})
        sentence = refused()
        assert "--mau" in sentence
        assert "cam-giang-2024" in sentence
        assert "vinh-thanh-2023" in sentence
        result = run("--mau", "ninh-hai-2023")
        assert result["form"] == "ninh-hai-2023"
        assert set(states(result).values()) == {"included"}
        assert row(result, 21, "PL3")["value"] == 10
        assert row(result, 15, "PL3")["children"] == 10

    def test_the_form_of_the_submissions_may_be_named(self, folder, run):
        submit(folder, "1")
        assert run("--mau", FORM) == run()

    def test_with_a_form_named_nothing_readable_still_gives_a_workbook(self, folder, run):
        (folder / "1.xlsx").write_bytes(b"")
        result = run("--mau", FORM, code=1)
        assert (result["form"], result["units_included"], row(result, 35)["value"]) == (FORM, 0, None)


class TestCannotRun:
    def test_wrong_folder(self, tmp_path, refused):
        assert "khong-co" in refused(of=tmp_path / "khong-co")

    def test_a_file_instead_of_a_folder(self, folder, refused):
        refused(of=submit(folder, "1"))

    @pytest.mark.parametrize("others", [[], ["thu.txt"], ["~$1.xlsx"]])
    def test_no_workbook_in_the_folder(self, folder, refused, others):
        for name in others:
            (folder / name).write_bytes(b"x")
        assert "không có sổ Excel nào" in refused()

    @pytest.mark.parametrize(
        "options",
        [
            ["--mau", "khong-co-2023"],
            ["--ky", "2023"],
            ["--ky", "2023-Q5"],
            ["--danh-sach", "khong-co.tsv"],
            ["--danh-sach", UNITS, "--cap-tren", "999"],
            ["--danh-sach", UNITS, "--ky", "2023-NAM", "--cap-tren", "56"],
            ["--cap-tren"],
            ["--khong-co"],
        ],
    )
    def test_wrong_options(self, folder, refused, options):
        submit(folder, "1")
        refused(*options)

    def test_a_list_needs_a_period(self, folder, refused):
        submit(folder, "22855", period="")
        assert "--ky" in refused("--danh-sach", UNITS)

    @pytest.mark.parametrize("name", ["o.xls", "o", "khong-co/o.xlsx"])
    def test_wrong_output(self, folder, tmp_path, refused, name):
        submit(folder, "1")
        refused(out=tmp_path / name)

    def test_the_output_is_no_submission(self, folder, refused):
        """A slip of the pen (-o nop/1.xlsx) must not cost the commune's only copy."""
        submit(folder, "1")
        submit(folder, "2")
        refused(out=folder / "1.xlsx")

    def test_the_output_is_not_the_list_of_units(self, folder, tmp_path, refused):
        book = openpyxl.Workbook()
        book.active.append(["code", "name"])
        book.active.append(["1", "A"])
        book.save(tmp_path / "ds.xlsx")
        submit(folder, "1")
        refused("--danh-sach", tmp_path / "ds.xlsx", out=tmp_path / "ds.xlsx")

    def test_no_output_named(self, folder, capsys):
        assert main(["tong-hop", str(folder)]) == 2
        assert len(capsys.readouterr().err.splitlines()) == 1

    def test_an_output_that_cannot_be_written(self, folder, tmp_path, monkeypatch, capsys):
        """Open in Excel, or read-only: one sentence, the old output whole, nothing left beside it."""
        submit(folder, "1")
        out = tmp_path / "o.xlsx"
        merge(MergeRequest(folder, out))
        old = out.read_bytes()
        monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != out)
        assert main(["tong-hop", str(folder), "-o", str(out)]) == 2
        assert capsys.readouterr().err.strip() == (
            "Tệp o.xlsx đang mở trong Excel hoặc thư mục chỉ đọc: hãy đóng tệp rồi làm lại."
        )
        assert out.read_bytes() == old
        assert sorted(path.name for path in tmp_path.iterdir()) == ["nop", "o.xlsx"]

    def test_all_left_out_says_so_and_keeps_the_old_summary(self, folder, tmp_path, capsys):
        """A wrong period is a slip of the pen: what was merged before is not lost."""
        submit(folder, "1")
        out = tmp_path / "o.xlsx"
        merge(MergeRequest(folder, out))
        old = out.read_bytes()
        assert main(["tong-hop", str(folder), "-o", str(out), "--ky", "2023-Q4"]) == 1
        said = capsys.readouterr().out
        assert "Không có sổ nào được đưa vào" in said
        assert "bản cũ được giữ ở o - bản trước 1.xlsx" in said
        assert (tmp_path / "o - bản trước 1.xlsx").read_bytes() == old

    def test_workbooks_of_others_alone(self, folder, tmp_path, capsys):
        """Nothing of ours in the folder: a sentence, and no workbook."""
        openpyxl.Workbook().save(folder / "ke-toan.xlsx")
        assert main(["tong-hop", str(folder), "-o", str(tmp_path / "o.xlsx")]) == 1
        assert "nên không lập sổ tổng hợp" in capsys.readouterr().out
        assert not (tmp_path / "o.xlsx").exists()

    def test_a_fault_while_writing_leaves_the_old_output(self, folder, tmp_path, monkeypatch):
        submit(folder, "1")
        out = tmp_path / "o.xlsx"
        merge(MergeRequest(folder, out))
        old = out.read_bytes()

        def fail(*_: object) -> None:
            raise RuntimeError

        monkeypatch.setattr(build, "write_data", fail)
        with pytest.raises(RuntimeError):
            merge(MergeRequest(folder, out))
        assert out.read_bytes() == old
        assert sorted(path.name for path in tmp_path.iterdir()) == ["nop", "o.xlsx"]


class TestAgain:
    def test_the_same_twice(self, folder, run):
        for code, figures in {"1": GOOD, "2": WARNING, "3": ERROR, "4": {}}.items():
            submit(folder, code, figures)
        assert run(code=1) == run(code=1)

    def test_the_output_in_the_folder_is_passed_over_the_second_time(self, folder, run):
        submit(folder, "1")
        out = folder / "tong-hop.xlsx"
        first = run(out=out)
        assert run(out=out) == first
        assert states(first) == {"1.xlsx": "included"}

    def test_a_summary_with_a_unit_left_out_of_a_ratio_is_in_order(self, folder, run, tmp_path, capsys):
        """The ratio counts the units that have both parts, the totals all units: no contradiction of the summary's."""
        for code, (planned, done) in {"1": ("10", "5"), "2": ("30", ""), "3": ("20", "20")}.items():
            make(folder, code, f"xã {code}", {"PL1": {4: planned, 5: done}}, form="cam-giang-2024")
        row = next(r for r in run(code=0)["rows"] if r["order"] == 3)
        assert (round(row["value"], 2), row["n_units"]) == (83.33, 2)
        out = next(path for path in (tmp_path, folder) for path in path.glob("tong-hop.xlsx"))
        assert main(["kiem-tra", str(out)]) == 0

    def test_a_summary_is_a_submission_to_the_next_level(self, folder, run, tmp_path):
        (tmp_path / "xa").mkdir()
        for code in ("22855", "22858"):
            submit(tmp_path / "xa", code)
        out = folder / "huyen.xlsx"
        merge(MergeRequest(tmp_path / "xa", out, units_file=UNITS, parent_code="586"))
        result = run()
        assert states(result)["huyen.xlsx"].startswith("included")
        assert (result["files"][0]["unit"], row(result, 35)["units"]) == ("UBND huyện Ninh Hải", {"586": 20})

    def test_a_resubmission_moves_the_totals(self, folder, run):
        for code in "12":
            submit(folder, code)
        assert row(run(), 35)["value"] == 20
        submit(folder, "1", {"PL1": {35: "15"}}, submission=1, file="lan-2.xlsx")
        assert row(run(code=1), 35)["units"] == {"1": 15, "2": 10}

    def test_large_totals_are_exact(self, folder, run):
        for code, figure in {"1": "999.999.999.999", "2": "1.000.000.000.000", "3": "1"}.items():
            submit(folder, code, {"PL1": {35: figure}})
        assert row(run(), 35)["value"] == 2_000_000_000_000


def test_the_text_report_names_every_file(folder, tmp_path, capsys):
    submit(folder, "22855")
    submit(folder, "22858", ERROR)
    (folder / "thu.txt").write_bytes(b"x")
    out = tmp_path / "o.xlsx"
    assert main(["tong-hop", str(folder), "-o", str(out), "--danh-sach", str(UNITS)]) == 1
    text = capsys.readouterr().out
    for words in ("22855.xlsx", "22858.xlsx", "thu.txt", "1/9 đơn vị", "xã Hộ Hải", str(out)):
        assert words in text
