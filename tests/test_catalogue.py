"""The built-in catalogue is whole, and a broken one reports every fault with file and row."""

import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cchc_xl.catalogue.load import catalogue_root, form_ids, load_catalogue, load_form
from cchc_xl.catalogue.model import Appendix, AppendixKind, CellKind, Form, Rollup, RowRole, Rule, RuleKind
from cchc_xl.errors import CatalogueFault, InputFault
from cchc_xl.expressions import CellRef, Expression, Ratio, as_excel, cell_refs
from cchc_xl.layout import form_layout

FORMS = load_catalogue()
ROWS = {
    "ninh-hai-2023": {"PL1": 21, "PL2": 13, "PL3": 43, "PL4": 21, "PL5": 16, "PL6": 13, "PL7": 17},
    "cu-lao-dung-2024": {"SL": 67},
    "cam-giang-2024": {"PL1": 89},
    "tinh-chau-2023": {"PL1": 68, "BNV": 8},
    "vinh-thanh-2023": {"PL1": 31, "PL2": 55, "PL3": 55, "PL4": 6, "PL5": 30, "PL6": 145},
}


def _appendices() -> Iterator[tuple[Form, Appendix]]:
    for form in FORMS.values():
        for appendix in form.appendices:
            yield form, appendix


def _parts(rule: Rule) -> list[Expression]:
    return [part for part in (rule.left, *rule.right, rule.when, rule.soften) if part is not None]


# the built-in catalogue -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form_id", sorted(ROWS))
def test_every_printed_row_is_there(form_id: str) -> None:
    """Each appendix has exactly the rows of its printed form."""
    assert {appendix.id: len(appendix.printed) for appendix in load_form(form_id).appendices} == ROWS[form_id]


def test_exactly_these_forms_are_known() -> None:
    """The catalogue holds the five forms, each loadable on its own, and refuses another by name."""
    assert form_ids() == sorted(ROWS) == sorted(FORMS)
    with pytest.raises(InputFault, match="ninh-hai-2023"):
        load_form("khong-co")


def test_every_tsv_row_became_a_row_in_its_place() -> None:
    """Order, STT and label of the files stand unchanged in the loaded form."""
    for form, appendix in _appendices():
        text = catalogue_root().joinpath("forms", form.id, f"{appendix.id}.tsv").read_text(encoding="utf-8")
        lines = [line.split("\t") for line in text.splitlines()]
        order, stt, label = (lines[0].index(name) for name in ("order", "stt", "label"))
        written = [(int(line[order]), line[stt], line[label].strip('"').replace('""', '"')) for line in lines[1:]]
        assert [(row.order, row.stt, row.label.strip('"')) for row in appendix.printed] == written


_CHOICES = (CellKind.CODE, CellKind.YESNO, CellKind.FLAG)


def test_one_code_is_one_kind_in_all_forms() -> None:
    """A canonical code names the same kind of cell everywhere (Có/Không and 1/0 ask for the same choice)."""
    kinds: dict[str, set[CellKind | str]] = defaultdict(set)
    for form in FORMS.values():
        for spec in form.specs():
            if spec.code:
                kinds[spec.code].add("choice" if spec.kind in _CHOICES else spec.kind)
    assert {code: found for code, found in kinds.items() if len(found) > 1} == {}


def test_one_code_has_one_list_of_options() -> None:
    """Where a coded quantity stands in several forms, the same number means the same."""
    meanings: dict[tuple[str, str], set[str]] = defaultdict(set)
    for form in FORMS.values():
        for spec in form.specs():
            if spec.kind is CellKind.CODE:
                for value, meaning in spec.row.options:
                    meanings[spec.code, value].add(meaning)
    assert {key: found for key, found in meanings.items() if len(found) > 1} == {}


def test_a_derived_ratio_is_a_percentage_and_rolls_up_by_recomputing() -> None:
    """R17 for computed ratios: unit %, kind percent, roll-up recompute, and nothing else is derived as a ratio."""
    ratios = [
        spec for form in FORMS.values() for spec in form.specs() if spec.derived and isinstance(spec.derived[0], Ratio)
    ]
    assert len(ratios) > 40
    for spec in ratios:
        assert (spec.row.unit.strip()[:1], spec.kind) == ("%", CellKind.PERCENT), spec.ref  # also "% (Hồ sơ)"
        assert spec.quantity is not None
        assert spec.quantity.rollup is Rollup.RECOMPUTE, spec.ref


def test_unit_and_label_disagree_only_where_the_print_does() -> None:
    """R17: a label that says Tỷ lệ has the unit %, and the other way round; the prints' own slips are known by name."""
    remarks = {
        (form.id, appendix.id, row.order)
        for form, appendix in _appendices()
        if appendix.kind is AppendixKind.INDICATORS
        for row in appendix.rows
        if row.role is not RowRole.HEADING and ("tỷ lệ" in row.label.casefold()) is not row.unit.startswith("%")
    }
    assert remarks == {
        ("ninh-hai-2023", "PL1", 11),  # "Số cơ quan, đơn vị được thanh tra" in %
        ("tinh-chau-2023", "PL1", 53),  # a Tỷ lệ without a unit
        ("vinh-thanh-2023", "PL6", 128),  # "Thanh toán trực tuyến …" in %
    }


def _gaps(stts: list[str]) -> list[str]:
    """STT codes that do not follow the brother before them (R18); codes that are no numbers are left out."""
    last: dict[tuple[int, ...], int] = {}
    found = []
    for stt in stts:
        if re.fullmatch(r"\d+(\.\d+)*\.?", stt):
            *parent, number = (int(part) for part in stt.rstrip(".").split("."))
            if number != last.get(tuple(parent), 0) + 1:
                found.append(stt)
            last[tuple(parent)] = number
    return found


def test_stt_codes_run_on_except_where_the_print_leaps() -> None:
    """R18: codes of one level follow each other without gap or repeat; the prints' own leaps are known by name."""
    remarks = {
        f"{form.id} {appendix.id}": gaps
        for form, appendix in _appendices()
        if (gaps := _gaps([row.stt for row in appendix.rows]))
    }
    assert remarks == {"ninh-hai-2023 PL1": ["3.3."], "ninh-hai-2023 PL3": ["4.4."]}


def test_the_words_of_a_rule_name_no_ids() -> None:
    """A clerk reads STT and labels, never r15, a column key or a placeholder; every rule has words ending well."""
    for form in FORMS.values():
        for rule in form.rules:
            assert rule.words.strip(), rule.id
            assert not re.search(r"\br\d+\b|[{}]|\bPL\d\.r|None", rule.words), (rule.id, rule.words)


def test_every_native_rule_is_a_formula_on_the_real_layout() -> None:
    """What is marked native = yes renders on its own sheet, below Excel's limit, in each row it holds for."""
    rendered = 0
    for form in FORMS.values():
        layout = form_layout(form)
        for rule in form.rules:
            if rule.native != "yes":
                assert len(rule.native) > 10, f"{rule.id}: a reason is needed"
                continue
            assert rule.at is not None
            orders = form.appendix(rule.appendix).items if rule.each else (rule.at.order,)
            for order in orders:
                for part in _parts(rule):
                    formula = as_excel(part, layout.addresses(rule.appendix), order)
                    assert formula.startswith("=")
                    assert len(formula) < 8192
                    rendered += 1
    assert rendered > 2000


def test_rules_speak_of_cells_that_the_form_has() -> None:
    """Every cell that a rule names is one of the form's (a given name in a join included); ids are unique in a form."""
    for form in FORMS.values():
        cells = {spec.ref for spec in form.specs()}
        cells |= {
            CellRef(a.id, row.order, c.key) for a in form.appendices for row in a.rows for c in a.columns if c.given
        }
        assert len({rule.id for rule in form.rules}) == len(form.rules)
        for rule in form.rules:
            for part in _parts(rule):
                for ref in cell_refs(part):
                    orders = form.appendix(ref.appendix).items if ref.order is None else (ref.order,)
                    assert all(ref.at(order) in cells for order in orders), rule.id


def test_each_ratio_and_total_brings_its_standard_rules() -> None:
    """A computed ratio is checked by R01–R05, a computed total by its own two, without a line in rules.tsv."""
    ids = {rule.id for rule in FORMS["ninh-hai-2023"].rules}
    assert {f"R0{n}-PL1-2" for n in (1, 2, 3, 4, 5)} <= ids
    assert {"R06-PL2-1", "R07-PL2-1"} <= ids
    kinds = {rule.kind for rule in FORMS["vinh-thanh-2023"].rules}
    assert {RuleKind.SINGLE_MARK, RuleKind.MARK_EVIDENCE, RuleKind.TOTAL} <= kinds


# a broken catalogue ---------------------------------------------------------------------------------------------------


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the catalogue that may be broken."""
    return Path(shutil.copytree(str(catalogue_root()), tmp_path / "catalogue", ignore=shutil.ignore_patterns("*.py")))


def _change(path: Path, old: str, new: str) -> str:
    """Replace the first occurrence in the file; gives the `:row` where it stood."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path.name} has no {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return f":{text[: text.index(old)].count(chr(10)) + 1}"


def _faults(root: Path) -> list[str]:
    with pytest.raises(CatalogueFault) as raised:
        load_catalogue(root)
    return raised.value.faults


# file, what is written there, what it is changed to, what the fault says
BREAKS = [
    ("quantities.tsv", "cddh.van_ban.ban_hanh\t", "CDDH.Văn_bản\t", "phải là chữ ASCII thường"),
    ("quantities.tsv", "recompute\tcumulative", "average\tcumulative", "rollup 'average'"),
    ("charts.tsv", "cddh.ke_hoach.ty_le\t", "cddh.ke_hoach.de_ra\t", "có rollup sum, không vẽ được"),
    ("charts.tsv", "tthc.hs.dia_phuong.giai_quyet", "", "có 1 mã ở numerator nhưng 0 mã ở denominator"),
    ("charts.tsv", "|tthc.hs.don_vi.ty_le_truc_tuyen|", "|tthc.hs.khong_co|", "mã tthc.hs.khong_co không có trong"),
    ("standard_rules.tsv", "ratio_missing\twarning", "ratio_missing\tterrible", "severity 'terrible'"),
    ("forms/ninh-hai-2023/PL2.tsv", "3\t1.2.\t2\t", "33\t1.2.\t2\t", "order '33' phải là 3"),
    ("forms/ninh-hai-2023/PL3.tsv", "ratio(r16, r15)", "ratio(r16 / r15)", "không thuộc ngôn ngữ"),
    ("forms/ninh-hai-2023/PL3.tsv", "ratio(r19, r18)", "ratio(r19, r17)", "derived gọi chính nó"),
    ("forms/ninh-hai-2023/PL6.tsv", "\tpercent\t", "\tpercnt\t", "kind 'percnt'"),
    ("forms/ninh-hai-2023/PL1.tsv", "1=Có;0=Không", "một=Có;0=Không", "options 'một=Có'"),
    ("forms/ninh-hai-2023/rules.tsv", "R09-PL1-4\tcompare", "R09-PL1-4\tcompair", "kind 'compair'"),
    ("forms/ninh-hai-2023/rules.tsv", "\tr13\t<=\tr12\t", "\tr13\t=<\tr12\t", "compare cần left, right và op"),
    ("forms/ninh-hai-2023/rules.tsv", "\tr16\t<=\tr15\t", "\tr16\t<=\t__import__('os')\t", "right:"),
    ("forms/ninh-hai-2023/rules.tsv", "\tr22\t<=\tr21\t", "\tr22\t<=\tr221\t", "dòng 221 cột value của PL3"),
    ("forms/cam-giang-2024/PL1.tsv", "cddh.ke_hoach.hoan_thanh", "cddh.ke_hoach.xong_het", "không có trong quantities"),
    ("forms/cam-giang-2024/rules.tsv", "\tskip_any\t", "\tskip_some\t", "missing 'skip_some'"),
    ("forms/vinh-thanh-2023/PL1.tsv", "\ttask", "\ttassk", "kind 'tassk'"),
    ("forms/vinh-thanh-2023/rules.tsv", "\tskip_any\terror\t", "\tskip_any\tgrave\t", "severity 'grave'"),
]
TOML_BREAKS = [
    ("forms/tinh-chau-2023/form.toml", 'level = "xa"', 'level = "lang"', "level 'lang'"),
    ("forms/tinh-chau-2023/form.toml", 'kind = "task_summary"', 'kind = "task_sum"', "[BNV]: kind 'task_sum'"),
    ("forms/vinh-thanh-2023/form.toml", '"sum(PL4.received)"', '"sum(PL4.recieved)"', "[PL4] cột received"),
    ("forms/vinh-thanh-2023/form.toml", 'key = "on_time"', 'key = "On Time"', "phải là tên ASCII thường"),
    ("forms/cu-lao-dung-2024/form.toml", 'version = 1', 'ver = 1', "thiếu version"),
]  # fmt: skip


def test_every_fault_of_a_broken_catalogue_is_reported_with_file_and_row(copy: Path) -> None:
    """Faults in many files at once are all found in one go, each with its file and, in tables, its row."""
    expected = []
    for file, old, new, says in BREAKS:
        expected.append((file.removeprefix("forms/") + _change(copy / file, old, new) + ":", says))
    for file, old, new, says in TOML_BREAKS:
        _change(copy / file, old, new)
        expected.append((file.removeprefix("forms/"), says))
    faults = _faults(copy)
    missing = [(place, says) for place, says in expected if not any(f.startswith(place) and says in f for f in faults)]
    assert missing == [], "\n".join(faults)


def test_the_error_shows_all_faults(copy: Path) -> None:
    """The text of the exception holds each fault on a line of its own."""
    _change(copy / "quantities.tsv", "recompute\tcumulative", "average\tcumulative")
    _change(copy / "forms/ninh-hai-2023/PL6.tsv", "\tpercent\t", "\tpercnt\t")
    with pytest.raises(CatalogueFault) as raised:
        load_catalogue(copy)
    lines = str(raised.value).splitlines()
    assert lines[0] == "Danh mục biểu mẫu có lỗi:"
    assert lines[1:] == raised.value.faults


def test_an_untouched_copy_has_no_faults(copy: Path) -> None:
    """A catalogue may lie anywhere; a sound one loads."""
    assert sorted(load_catalogue(copy)) == sorted(FORMS)


@pytest.mark.parametrize("file", ["quantities.tsv", "standard_rules.tsv", "charts.tsv", "forms/ninh-hai-2023/PL5.tsv",
                                  "forms/ninh-hai-2023/rules.tsv"])  # fmt: skip
def test_a_missing_file_is_a_fault(copy: Path, file: str) -> None:
    """A table that is not there is named."""
    (copy / file).unlink()
    assert f"{file.removeprefix('forms/')}: thiếu tệp" in _faults(copy)


def test_a_code_that_no_form_uses_is_a_fault(copy: Path) -> None:
    """A quantity that was left over is named."""
    with (copy / "quantities.tsv").open("a", encoding="utf-8") as file:
        file.write("so.khong_ai_dung\tSố không ai dùng\tsum\tin_period\n")
    assert _faults(copy) == ["quantities.tsv: mã so.khong_ai_dung không biểu mẫu nào dùng"]


NINH_HAI = "forms/ninh-hai-2023"


def _edit(file: str, old: str, new: str) -> Callable[[Path], object]:
    return lambda root: _change(root / file, old, new)


def _append_bytes(root: Path) -> None:
    path = root / NINH_HAI / "PL2.tsv"
    path.write_bytes(path.read_bytes() + "Tỷ lệ\n".encode("utf-16"))


def _drop_ids(root: Path) -> None:
    for name in ("PL1", "PL2"):
        _change(root / NINH_HAI / "form.toml", f'[[appendix]]\nid = "{name}"', "[[appendix]]")


CRASHES = [
    pytest.param(_edit(f"{NINH_HAI}/PL1.tsv", "ratio(r4, r3)", "ratio(r4, r999)"), "ninh-hai-2023/PL1.tsv:3",
                 id="derived names a row that is not there"),
    pytest.param(_edit(f"{NINH_HAI}/PL1.tsv", "\t7.\t", '\t7.\t1\t"'), "ninh-hai-2023/PL1.tsv",
                 id="a quotation mark left open"),
    pytest.param(_append_bytes, "ninh-hai-2023/PL2.tsv", id="a table that is not UTF-8"),
    pytest.param(_edit(f"{NINH_HAI}/form.toml", "version = 1", 'version = "một"'), "ninh-hai-2023/form.toml",
                 id="version is no number"),
    pytest.param(_edit(f"{NINH_HAI}/form.toml", "version = 1", 'version = 1\ndates = ["01/01/2023"]'),
                 "ninh-hai-2023/form.toml", id="one date only"),
    pytest.param(_drop_ids, "ninh-hai-2023/form.toml", id="two appendices without id"),
    pytest.param(_edit("standard_rules.tsv", "{at} phải bằng {formula}", "{o} phải bằng {formula}"),
                 "standard_rules.tsv:4", id="an unknown placeholder"),
    pytest.param(_edit(f"{NINH_HAI}/PL1.tsv", "3\t2.1.\t2\t", "3\t2.1.\t²\t"), "ninh-hai-2023/PL1.tsv:4",
                 id="level is a raised digit"),
    pytest.param(_edit(f"{NINH_HAI}/PL1.tsv", "de_ra\t-\t", "de_ra\t-\tsum(r2, r4)"), "ninh-hai-2023/PL1.tsv",
                 id="two figures derived from each other"),
    pytest.param(_edit(f"{NINH_HAI}/form.toml", '"2023-NAM"', '"2023-Q9"'), "ninh-hai-2023/form.toml",
                 id="a period that does not exist"),
    pytest.param(_edit(f"{NINH_HAI}/PL1.tsv", "1=Có;0=Không", "1=Có;1=Không"), "ninh-hai-2023/PL1.tsv:19",
                 id="one number with two meanings"),
    pytest.param(_edit("standard_rules.tsv", "warning\tyes\tyes\t{at} phải ghi", "warning\tyse\tyes\t{at} phải ghi"),
                 "standard_rules.tsv:2", id="active of a standard rule misspelt"),
]  # fmt: skip


@pytest.mark.parametrize(("damage", "place"), CRASHES)
def test_no_damage_gets_past_the_loader_or_breaks_it(copy: Path, damage: Callable[[Path], object], place: str) -> None:
    """Each damage is reported as a fault at its place: it is neither overlooked nor a crash."""
    damage(copy)
    assert any(fault.startswith(place) for fault in _faults(copy))
