"""doi-chieu: a summary against the original files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from cchc_xl.audit.accounts import disagreeing, name, unaccounted
from cchc_xl.audit.charts import charts_disagree
from cchc_xl.audit.claims import Claims, UnitClaim, address, at, lines_with_parts, read_claims, words
from cchc_xl.audit.discrepancy import Audit, Discrepancy, Kind, Shown
from cchc_xl.audit.figures import Figures, Given, Row
from cchc_xl.audit.formulas import Formulas
from cchc_xl.audit.originals import UnitFile, by_content, read_originals
from cchc_xl.audit.table import table_disagrees
from cchc_xl.audit.totals import Expected, adds_up, agree, as_number, ends, same, together, total_of, with_own_part
from cchc_xl.audit.wording import said
from cchc_xl.catalogue.model import CellKind, Rollup
from cchc_xl.consolidation.changes import figure_key
from cchc_xl.consolidation.contribution import figure_cells
from cchc_xl.consolidation.rollup import rollup_of
from cchc_xl.errors import InputFault
from cchc_xl.of_units import OF_UNITS_SHEET, OfUnits
from cchc_xl.own_part import OWN_SHEET
from cchc_xl.receiving.folder import submissions_in
from cchc_xl.summary_workbook.plan import BY_UNIT_SHEET, COUNTED, HIGHEST, LOWEST
from cchc_xl.summary_workbook.received import RECEIVED_SHEET
from cchc_xl.summary_workbook.remarks import ROLLUP_WORDS
from cchc_xl.summary_workbook.totals import RANGED
from cchc_xl.values import format_number

Progress = Callable[[int, int, str], None]
_AGAIN = "hãy hỏi lại ai đã sửa sổ, hoặc tổng hợp lại từ tệp gốc"


def _silent(done: int, total: int, file: str) -> None:
    """No progress wanted."""


def audit(summary: Path, folder: Path, progress: Progress = _silent) -> Audit:
    """Compare a summary with the files in a folder (and its subfolders). Nothing is written.

    Raises ``CchcError`` when the summary or the folder cannot be read at all.
    """
    if not folder.is_dir():
        raise InputFault(f"Không tìm thấy thư mục {folder}: hãy chọn thư mục chứa các tệp gốc đã tổng hợp.")
    claims = read_claims(summary)
    paths = submissions_in(folder, summary)
    content, unreadable = by_content(paths)
    found = [*disagreeing(claims), *unaccounted(claims, content, unreadable, folder)]
    originals = _originals(claims, content, folder, progress, found)
    rows, totals = _rows(claims), 0
    figures = Figures(claims, originals, rows)
    formulas = Formulas(claims, rows) if len(originals) == len(claims.units) else None
    typed: list[str] = []
    found += _lines_of_the_form(claims, rows)
    for line, below in lines_with_parts(claims.lines):
        row = rows.get(line.key)
        if row is None or row.line is not line:
            found.append(_unknown_line(line.row, line.key))
            continue
        given = Given()
        found += figures.line(row, below, given)
        given.additive = adds_up(row.spec, claims.form)
        expected = _expected(claims, row, given)
        wrong = list(_totals(claims, row, given, expected, typed))
        found += wrong
        if formulas is not None and not given.unknown:
            cells = {discrepancy.cell for discrepancy in wrong}
            found += (one for one in formulas.line(row, below, given, expected) if one.cell not in cells)
        totals += 1
    found += figures.own_rows()
    found += figures.strangers()
    found += figures.without_row()
    found += table_disagrees(claims, rows, summary, figures.truth)
    found += charts_disagree(claims, figures.truth)
    stamp = claims.stamp
    return Audit(
        str(summary),
        str(folder),
        claims.form.id,
        stamp.period,
        len(claims.units),
        len(paths),
        figures.compared,
        totals,
        tuple(found),
        tuple(typed),
    )


def _originals(
    claims: Claims, content: Mapping[str, list[Path]], folder: Path, progress: Progress, found: list[Discrepancy]
) -> dict[str, UnitFile]:
    """Find and read the units' files; what hinders that is added to what was found, in the order of the units."""
    wanted, units, wrong = [], [], {}
    for place, unit in enumerate(claims.units):
        if unit.sha256 in content:
            wanted.append((content[unit.sha256][0], unit.sha256))
            units.append(place)
        else:
            wrong[place] = _lost(unit, content, folder)
    read: dict[int, UnitFile] = {}
    codes = Counter(unit.code for unit in claims.units)
    for done, (index, file) in enumerate(read_originals(wanted), start=1):
        place = units[index]
        unit = claims.units[place]
        progress(done, len(wanted), unit.file)
        if isinstance(file, str):
            wrong[place] = Discrepancy(Kind.FILE, file, unit.code, unit.name, unit.file)
            continue
        read[place] = file
        anothers = file.code != unit.code and codes[file.code] > 0
        if file.form.id != unit.form or anothers:
            what = f"theo biểu {file.form.id}" if file.form.id != unit.form else f"của đơn vị mã {file.code}"
            message = f"Sổ tổng hợp ghi tệp {unit.file} cho {unit.name} nhưng tệp đó là {what}: {_AGAIN}."
            wrong[place] = Discrepancy(Kind.UNIT, message, unit.code, unit.name, unit.file)
    found += [wrong[place] for place in sorted(wrong)]
    return {claims.units[place].code: read[place] for place in sorted(read)}


def _lost(unit: UnitClaim, content: Mapping[str, list[Path]], folder: Path) -> Discrepancy:
    here = any(name(path, folder) == unit.file for paths in content.values() for path in paths)
    what = "đã bị thay đổi" if here else "không còn trong thư mục"
    message = f"Tệp {unit.file} của {unit.name} {what} từ sau khi tổng hợp: hãy tìm lại bản gốc của tệp."
    return Discrepancy(Kind.FILE, message, unit.code, unit.name, unit.file)


def _rows(claims: Claims) -> dict[str, Row]:
    """The lines that are of the form, each with how it rolls up by the form and its units."""
    known = {figure_key(spec.ref): spec for spec in figure_cells(claims.form)}
    same_form = bool(claims.units) and all(unit.form == claims.form.id for unit in claims.units)
    rows: dict[str, Row] = {}
    for line in claims.lines:
        spec = known.get(line.key)
        if spec is not None and line.key not in rows:
            rollup = rollup_of(spec, same_form)
            if rollup is Rollup.SPREAD and line.rollup == ROLLUP_WORDS[Rollup.RECOMPUTE]:
                rollup = Rollup.RECOMPUTE  # the units' forms have the parts that the summary's form lacks
            rows[line.key] = Row(line, spec, rollup)
    return rows


def _lines_of_the_form(claims: Claims, rows: Mapping[str, Row]) -> Iterator[Discrepancy]:
    for spec in figure_cells(claims.form):
        if not spec.row.spare and figure_key(spec.ref) not in rows:
            message = f"Trang “{BY_UNIT_SHEET}” mất dòng {spec.ref.appendix} {spec.row.title()}: {_AGAIN}."
            yield Discrepancy(Kind.SOURCE, message, row=f"{spec.ref.appendix} {spec.row.title()}")
    for row in rows.values():
        if row.line.rollup != ROLLUP_WORDS[row.rollup]:
            message = (
                f"Trang “{BY_UNIT_SHEET}” hàng {row.line.row + 1} ghi cách tổng hợp “{row.line.rollup}”, theo biểu "
                f"phải là “{ROLLUP_WORDS[row.rollup]}” ({row.words}): {_AGAIN}."
            )
            yield Discrepancy(Kind.TOTAL, message, row=row.words, shown=row.line.rollup)


def _unknown_line(row: int, key: str) -> Discrepancy:
    return Discrepancy(
        Kind.SOURCE,
        f"Trang “{BY_UNIT_SHEET}” hàng {row + 1} không phải dòng của biểu, hoặc lặp lại một dòng (khóa “{key[:60]}”): "
        f"{_AGAIN}.",
    )


def _expected(claims: Claims, row: Row, given: Given) -> Expected:
    """What the line's total may be."""
    told, numbers = _told(given), _numbers(given)
    if row.rollup is not Rollup.OWN_PLUS_CHILDREN:
        return total_of(row.rollup, numbers, list(given.parts.values()), given.additive, told)
    own = claims.own.get(row.spec.ref)
    if own is None:
        return Expected(None, None)
    return with_own_part(own, total_of(Rollup.SUM, numbers, (), additive=True).low)


def _told(given: Given) -> list[OfUnits]:
    return [found for found in given.of_units.values() if found.parts is None]


def _numbers(given: Given) -> list[Decimal]:
    """The figures of the units, but for what summaries say of theirs together."""
    told = {code for code, found in given.of_units.items() if found.parts is None}
    return [number for code, number in given.numbers.items() if code not in told]


def _totals(claims: Claims, row: Row, given: Given, expected: Expected, typed: list[str]) -> Iterator[Discrepancy]:
    """The total in "Theo đơn vị", in the parent's own sheet and in the form, against the sum of the units' figures."""
    if given.unknown:
        return
    ref = row.spec.ref
    told, numbers, parts = _told(given), _numbers(given), list(given.parts.values())
    own = claims.own.get(ref)
    if row.rollup is Rollup.OWN_PLUS_CHILDREN and own is not None:
        units = total_of(Rollup.SUM, numbers, (), additive=True).low
        if (units is None) != (own.children is None) or (
            units is not None and own.children is not None and not same(units, own.children)
        ):
            where = f"“{OWN_SHEET}”, cột “Các đơn vị cộng lại”"
            yield _wrong_total(Kind.TOTAL, row, where, own.children, Expected(units, units), len(numbers))
    shown = at(row.line.cells, claims.total)
    if not expected.fits(shown):
        cell = address(BY_UNIT_SHEET, row.line.row, claims.total)
        yield _wrong_total(Kind.TOTAL, row, cell, shown, expected, len(numbers))
    yield from _counted(claims, row, len(parts) if row.rollup is Rollup.RECOMPUTE else len(numbers) + len(told))
    yield from _range(claims, row, numbers, told)
    right = together(row.rollup, numbers, parts, given.additive, told, as_number(shown))
    if not agree(claims.together.get(ref), right):
        message = f"Trang ẩn “{OF_UNITS_SHEET}” nói khác số liệu của các đơn vị gộp lại, {row.words}: {_AGAIN}."
        yield Discrepancy(Kind.TOTAL, message, row=row.words, cell=f"“{OF_UNITS_SHEET}”")
    yield from _in_form(claims, row, expected, own is not None, shown, typed)


def _counted(claims: Claims, row: Row, units: int) -> Iterator[Discrepancy]:
    """Of how many units there are figures, as the text ``7/9``."""
    shown = at(row.line.cells, claims.total + COUNTED)
    right = f"{units}/{claims.owing}" if claims.columns and row.rollup is not Rollup.NONE else ""
    if shown in (right, right or None):
        return
    cell = address(BY_UNIT_SHEET, row.line.row, claims.total + COUNTED)
    count, _, owing = str(shown).partition("/")
    if count.isdigit() and owing.isdigit() and int(owing) != claims.owing:
        message = f"Trang {cell} ghi {owing} đơn vị phải nộp, trang “{RECEIVED_SHEET}” có {claims.owing}: {_AGAIN}."
        yield Discrepancy(Kind.TOTAL, message, row=row.words, cell=cell, shown=owing, expected=Decimal(claims.owing))
    if count != str(units) or not owing.isdigit():
        message = (
            f"Trang {cell} ghi {said(shown)} ở cột số đơn vị có số liệu, {row.words}; đếm lại phải là "
            f"{said(right)}: {_AGAIN}."
        )
        yield Discrepancy(Kind.TOTAL, message, row=row.words, cell=cell, shown=said(shown), expected=right)


def _range(claims: Claims, row: Row, numbers: Sequence[Decimal], told: Sequence[OfUnits]) -> Iterator[Discrepancy]:
    """The lowest and the highest figure; of codes and marks there is none."""
    lows, highs = ends(numbers, told) if row.rollup in RANGED else ([], [])
    for column, right in ((LOWEST, min(lows, default=None)), (HIGHEST, max(highs, default=None))):
        shown = at(row.line.cells, claims.total + column)
        expected = Expected(right, right)
        if not expected.fits(shown):
            cell = address(BY_UNIT_SHEET, row.line.row, claims.total + column)
            yield _wrong_total(Kind.TOTAL, row, cell, shown, expected, len(numbers))


def _in_form(
    claims: Claims, row: Row, expected: Expected, asked: bool, total: object, typed: list[str]
) -> Iterator[Discrepancy]:
    """The form's own cell; where no single figure is right the parent may type one: it is added to ``typed``."""
    spec = row.spec
    place = claims.shown.get(spec.ref)
    if expected.low is None and not asked and row.rollup is not Rollup.NONE and spec.ref in claims.typed and place:
        number = as_number(place[2])
        if number is not None:
            typed.append(f"{place[0]} ô {place[1]}, {row.words}: {format_number(number)}")
    if row.rollup is Rollup.COUNT_YES and not spec.kind.numeric:
        return
    if spec.kind is CellKind.YESNO or (expected.low is None and not asked):
        return
    if expected.blank and as_number(total) is None:
        return
    if place is None:
        message = f"{row.words}: không tìm thấy ô của chỉ tiêu ở trang {spec.ref.appendix} của sổ tổng hợp: {_AGAIN}."
        yield Discrepancy(Kind.FORM, message, row=row.words)
        return
    sheet, cell, shown = place
    if not expected.fits(shown):
        yield _wrong_total(Kind.FORM, row, f"{sheet} ô {cell}", shown, expected, None)


def _wrong_total(kind: Kind, row: Row, cell: str, shown: object, expected: Expected, units: int | None) -> Discrepancy:
    low, high = expected.low, expected.high
    if low is None or high is None:
        right = "trống"
    elif same(low, high):
        right = format_number(low)
    else:
        right = f"từ {format_number(low)} đến {format_number(high)}"
    of = f" từ số liệu của {units} đơn vị" if units is not None else ""
    number = as_number(shown)
    said: Shown = number if number is not None else words(shown) or None
    seen = format_number(number) if number is not None else f"“{words(shown)[:60]}”" if words(shown) else "trống"
    message = f"Trang {cell} ghi {seen}, {row.words}; cộng lại{of} phải là {right}: {_AGAIN}."
    return Discrepancy(kind, message, row=row.words, cell=cell, shown=said, expected=low)
