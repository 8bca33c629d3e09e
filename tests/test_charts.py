"""The sheet "Biểu đồ": the right units in the right order, live figures, nothing drawn that is not known."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest
from judge import recalculate
from lxml import etree
from submissions import child, make

from cchc_xl.catalogue.load import load_charts, load_form
from cchc_xl.consolidation.rollup import consolidate
from cchc_xl.consolidation.summary import Summary
from cchc_xl.merging import MergeRequest, merge
from cchc_xl.summary_workbook.build import build_summary_workbook
from cchc_xl.summary_workbook.plan import plan_sheet
from cchc_xl.summary_workbook.ranking import MOST_BARS, Ranking, rank_units

FORM = "cam-giang-2024"
ON_TIME, ONLINE, PLAN = (chart.title for chart in load_charts())
# Settled, on time; planned, done. Unit 12 is small and bad, 11 large and good: the whole is far from the average.
FIGURES = {
    "11": {35: "1000", 36: "990", 4: "10", 5: "5"},
    "12": {35: "10", 36: "1", 4: "10", 5: "10"},
    "13": {35: "100", 36: "100"},
    "14": {35: "0", 36: "0", 4: "5", 5: "5"},
}
WHOLE = 100 * 1091 / 1110


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four units with figures and one that sent nothing."""
    folder = tmp_path_factory.mktemp("bieu-do") / "nop"
    folder.mkdir()
    for code, figures in FIGURES.items():
        make(folder, code, f"xã {code}", {"PL1": figures}, form=FORM)
    units = "ma\tten\tcap tren\n1\thuyện Trên\t\n" + "".join(f"{code}\txã {code}\t1\n" for code in range(11, 16))
    (folder.parent / "don-vi.tsv").write_text(units, encoding="utf-8")
    target = folder.parent / "th.xlsx"
    merge(MergeRequest(folder, target, FORM, folder.parent / "don-vi.tsv", "1", "2023-NAM"))
    return target


def tables(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """The rows of each chart's table, by the chart's heading."""
    found: dict[str, list[tuple[object, ...]]] = {}
    heading = ""
    for row in openpyxl.load_workbook(path, data_only=True)["Biểu đồ"].iter_rows(values_only=True, max_col=6):
        if isinstance(row[0], str) and row[0].startswith("Tỷ lệ"):
            heading = row[0]
        elif row[1] and row[1] != "Đơn vị":
            found.setdefault(heading, []).append(row)
    return found


def test_best_first_and_who_has_no_figures_is_marked(target: Path) -> None:
    """A ratio over zero, a blank and a missing unit are named and have no figure at all, not even 0."""
    assert tables(target) == {
        ON_TIME: [
            (1, "xã 13", 100, 100, 100, pytest.approx(WHOLE)),
            (2, "xã 11", 990, 1000, 99, pytest.approx(WHOLE)),
            (3, "xã 12", 1, 10, 10, pytest.approx(WHOLE)),
            ("–", "xã 14 (mẫu số bằng 0)", None, None, None, None),
            ("–", "xã 15 (chưa nộp)", None, None, None, None),
        ],
        PLAN: [
            (1, "xã 12", 10, 10, 100, 80),
            (1, "xã 14", 5, 5, 100, 80),
            (3, "xã 11", 5, 10, 50, 80),
            ("–", "xã 13 (không có số liệu)", None, None, None, None),
            ("–", "xã 15 (chưa nộp)", None, None, None, None),
        ],
    }


def test_every_figure_is_linked_and_libreoffice_computes_the_same(target: Path, tmp_path: Path, soffice: Path) -> None:
    """Numerators, denominators and the whole come from "Theo đơn vị"; the ratio is computed beside them."""
    rows = openpyxl.load_workbook(target)["Biểu đồ"].iter_rows(min_row=7, max_row=9, min_col=3, max_col=6)
    for top, bottom, ratio, whole in rows:
        assert all(str(cell.value).startswith("='Theo đơn vị'!") for cell in (top, bottom, whole))
        assert ratio.value == f'=IF({bottom.coordinate}=0,"",100*{top.coordinate}/{bottom.coordinate})'
    [judged] = recalculate([target], tmp_path)
    assert {
        name: [tuple(pytest.approx(v) if isinstance(v, float) else v for v in row) for row in table]
        for name, table in tables(judged).items()
    } == tables(target)


def test_charts_are_native_described_and_print_on_a4(target: Path) -> None:
    """A column for each unit, a line for the whole over the drawn units only, alternative text, landscape A4."""
    sheet = openpyxl.load_workbook(target)["Biểu đồ"]
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    with zipfile.ZipFile(target) as package:
        charts = [package.read(f"xl/charts/chart{number}.xml").decode() for number in (1, 2)]
        drawing = package.read("xl/drawings/drawing1.xml").decode()
    for chart in charts:
        assert "<c:barChart>" in chart
        assert "<c:lineChart>" in chart
        assert 'val="zero"' not in chart  # blanks leave a gap
    assert "'Biểu đồ'!$E$7:$E$11" in charts[0]
    assert "'Biểu đồ'!$F$7:$F$9" in charts[0]
    assert "thấp nhất: xã 12 10. Toàn bộ: 98,29. Không vẽ: xã 14 (mẫu số bằng 0), xã 15 (chưa nộp)." in drawing


def test_a_chart_that_the_form_or_the_figures_lack_is_left_out_in_words(target: Path, tmp_path: Path) -> None:
    """Nobody gave online figures: no empty chart but a sentence; without any figures there is only the sentence."""
    said = [str(cell.value) for cell in openpyxl.load_workbook(target)["Biểu đồ"]["A"]]
    assert f"Không có biểu đồ “{ONLINE}”: biểu không có chỉ tiêu, hoặc chưa có số liệu." in said
    form = load_form(FORM)
    build_summary_workbook(Summary(form, "2023-NAM", "", "", None, [], [], consolidate(form, [])), tmp_path / "o.xlsx")
    bare = openpyxl.load_workbook(tmp_path / "o.xlsx")["Biểu đồ"]
    assert not bare._charts
    assert any(str(cell.value).startswith("Không có biểu đồ") and PLAN in str(cell.value) for cell in bare["A"])


def rankings(form: str, *children: object) -> dict[str, Ranking]:
    """The charts of submissions in memory, by title."""
    parent = load_form(form)
    summary = Summary(parent, "2023-NAM", "", "", None, [], children, consolidate(parent, children))  # type: ignore[arg-type]
    return {ranking.spec.title: ranking for ranking in rank_units(load_charts(), summary, plan_sheet(parent, summary))}


def test_of_very_many_units_the_best_and_the_worst(tmp_path: Path) -> None:
    """More than forty: twenty from each end, their true ranks, and the title says so."""
    units = [child(str(n), {"PL1": {35: "100", 36: str(n)}}, FORM) for n in range(1, MOST_BARS + 4)]
    ranking = rankings(FORM, *units)[ON_TIME]
    assert [int(bar.ratio) for bar in ranking.shown] == [*range(43, 23, -1), *range(20, 0, -1)]
    assert ranking.title == f"{ON_TIME} (20 đơn vị cao nhất và 20 thấp nhất trong 43 đơn vị)"
    form = load_form(FORM)
    summary = Summary(form, "2023-NAM", "", "", None, [], units, consolidate(form, units))
    build_summary_workbook(summary, tmp_path / "o.xlsx")
    table = tables(tmp_path / "o.xlsx")[ranking.title]
    assert [row[0] for row in table] == [*range(1, 21), *range(24, 44)]


def test_where_the_whole_waits_for_the_parent_there_is_no_line() -> None:
    """On the district's form online submission counts the district's own part too: units are ranked, no line."""
    units = [
        child("1", {"PL6": {126: "100", 127: "40", 56: "10", 57: "9"}}),
        child("2", {"PL6": {126: "50", 127: "30"}}),
    ]
    drawn = rankings("ninh-hai-2023", *units)
    assert [(bar.name, int(bar.ratio)) for bar in drawn[ONLINE].bars] == [("xã 2", 60), ("xã 1", 40)]
    assert drawn[ONLINE].whole is None
    assert drawn[ON_TIME].whole == 90
    assert PLAN not in drawn


def test_names_that_xml_cannot_carry_do_no_harm(tmp_path: Path) -> None:
    """A unit's name with control characters and markup: every part of the workbook is sound XML."""
    from dataclasses import replace

    unit = replace(child("1", {"PL1": {35: "10", 36: "9"}}, FORM), unit='=xã \x01\ud800<b>"&\x0b Một')
    form = load_form(FORM)
    summary = Summary(form, "2023-NAM", "", "", None, [], [unit], consolidate(form, [unit]))
    build_summary_workbook(summary, tmp_path / "o.xlsx")
    with zipfile.ZipFile(tmp_path / "o.xlsx") as package:
        for name in package.namelist():
            etree.fromstring(package.read(name))
    assert tables(tmp_path / "o.xlsx")[ON_TIME][0][1] == '=xã <b>"& Một'
