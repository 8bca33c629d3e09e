"""Every unit's figure of a line against the cell that the summary names as its source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from cchc_xl.audit.claims import Claims, LineClaim, SourceClaim, UnitClaim, address, at, lines_with_parts, words
from cchc_xl.audit.discrepancy import Discrepancy, Kind, Shown
from cchc_xl.audit.originals import UnitFile, form_places
from cchc_xl.audit.totals import Parts, as_number, same
from cchc_xl.audit.wording import AGAIN, said, wrong_claim, wrong_figure, wrong_source
from cchc_xl.catalogue.model import CellSpec, Form, Rollup, RowRole
from cchc_xl.consolidation.changes import figure_key
from cchc_xl.consolidation.contribution import figure_cells
from cchc_xl.consolidation.counterparts import counterparts
from cchc_xl.expressions import CellRef, Ratio
from cchc_xl.of_units import OfUnits
from cchc_xl.summary_workbook.plan import BY_UNIT_SHEET, HIGHEST

_MOST_WORDS = 200  # of a text in a figure's cell; the summary cuts very long ones
Truth = dict[tuple[str, int], Decimal | None]
ADDED = (Rollup.SUM, Rollup.OWN_PLUS_CHILDREN)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the summary as the form knows it, and how it rolls up."""

    line: LineClaim
    spec: CellSpec
    rollup: Rollup

    @property
    def words(self) -> str:
        """``PL6 1.2 “Số văn bản …”``."""
        appendix, stt, label = self.line.titles
        short = label if len(label) <= 80 else label[:79].rstrip() + "…"
        return " ".join(filter(None, (appendix, stt, f"“{short}”")))


@dataclass(slots=True)
class Given:
    """What the units give of a line, each by the best that is known: its file, or where that is gone the summary.

    ``unknown``: a unit's numerator and denominator stand nowhere, so that the ratio cannot be computed anew.
    """

    numbers: dict[str, Decimal] = field(default_factory=dict)
    parts: dict[str, Parts] = field(default_factory=dict)
    unknown: bool = False
    # Of summaries: what their own units gave together.
    of_units: dict[str, OfUnits] = field(default_factory=dict)
    # Whether a ratio's parts are amounts.
    additive: bool = True


class Sources:
    """The sources that the summary names, by line."""

    def __init__(self, claims: Claims) -> None:
        self.common: dict[tuple[str, str], list[SourceClaim]] = {}
        self.single: dict[tuple[str, str], list[SourceClaim]] = {}
        for claim in claims.sources:
            where, owner = (self.single, claim.unit) if claim.unit else (self.common, claim.form)
            where.setdefault((claim.key, owner), []).append(claim)
        self.named: dict[str, set[tuple[str, str]]] = {}
        for (_, unit), places in self.single.items():
            self.named.setdefault(unit, set()).update(claim.place for claim in places)


class Figures:
    """The figures of all units, line by line."""

    def __init__(self, claims: Claims, originals: Mapping[str, UnitFile], rows: Mapping[str, Row]) -> None:
        self.claims = claims
        self.rows = rows
        self.form = claims.form
        self.sources = Sources(claims)
        self.originals = originals
        self.compared = 0
        # What should stand in the cells of "Theo đơn vị" that are wrong, by the line's key and the column.
        self.truth: Truth = {}
        self.forms = {file.form.id: file.form for file in originals.values()}
        self.standard = {
            form.id: {place: ref for ref, place in form_places(form).items()} for form in self.forms.values()
        }
        self._moved: dict[int, dict[tuple[str, str], CellRef]] = {}
        columns = {column.code: column.index for column in claims.columns if column.sha256}
        self.units = [(unit, columns[unit.code]) for unit in claims.units if unit.code in columns]

    def line(self, row: Row, below: Sequence[LineClaim], given: Given) -> Iterator[Discrepancy]:
        """Compare one line; ``given`` is filled with what the units give."""
        common: dict[str, list[tuple[Decimal | None, Parts | None]]] = {}
        usual = {form.id: self._usual(row, below, form) for form in self.forms.values()}
        for unit, column in self.units:
            shown = at(row.line.cells, column)
            file = self.originals.get(unit.code)
            if file is None:  # gone: reported once, and the summary's own figure is all that is left
                number = as_number(shown)
                if number is not None:
                    given.numbers[unit.code] = number
                parts = self._shown_parts(row, below, column)
                if parts is not None:
                    given.parts[unit.code] = parts
                elif number is not None and row.rollup is Rollup.RECOMPUTE:
                    given.unknown = True
                continue
            self.compared += 1
            ref = usual[file.form.id]
            if ref is not None and (row.line.key, unit.code) not in self.sources.single:
                number = file.numbers.get(ref)
                agrees = shown == "" and ref not in file.parts if number is None else shown == number
                if agrees and ref not in file.moved and ref not in file.of_units and not isinstance(shown, bool):
                    if number is not None:
                        given.numbers[unit.code] = number
                    common.setdefault(file.form.id, []).append((number, None))
                    continue
            yield from self._unit(row, below, unit, file, column, shown, given, common)
        for (key, form), claims in self.sources.common.items():
            if key == row.line.key:
                yield from self._common(row, form, claims, common.get(form, []))

    def _usual(self, row: Row, below: Sequence[LineClaim], form: Form) -> CellRef | None:
        """The one cell that decides what a unit of this form gives, so that a look at it is enough where all agrees."""
        if row.rollup in (Rollup.NONE, Rollup.RECOMPUTE) or part_lines(below):
            return None
        claims = self.sources.common.get((row.line.key, form.id), ())
        return next((ref for claim in claims for ref in self._at(claim)), None)

    def _unit(
        self,
        row: Row,
        below: Sequence[LineClaim],
        unit: UnitClaim,
        file: UnitFile,
        column: int,
        shown: object,
        given: Given,
        common: dict[str, list[tuple[Decimal | None, Parts | None]]],
    ) -> Iterator[Discrepancy]:
        key, cell = row.line.key, address(BY_UNIT_SHEET, row.line.row, column)
        asked = _asked(self.form, row.spec.ref, file.form)
        if row.rollup is Rollup.NONE:
            asked = []  # the parent's own figure: nothing of a unit stands there
        single = self.sources.single.get((key, unit.code), ())
        refs = [self._figure_at(file, claim.place) for claim in single]
        if any(ref is None for ref in refs):
            lost = next(claim for claim, ref in zip(single, refs, strict=True) if ref is None)
            yield wrong_source(row, unit, file, cell, f"{lost.at} chỉ tới ô không có số liệu", lost.place)
        known = [ref for ref in refs if ref is not None]
        codes = _codes(row.spec)
        strange = next((ref for ref in known if ref not in asked and file.form.cells[ref].code not in codes), None)
        if strange is not None:
            yield wrong_source(row, unit, file, cell, "nguồn là ô của chỉ tiêu khác", file.place(strange))
        from_common = False
        if not single:
            known = [ref for claim in self.sources.common.get((key, file.form.id), ()) for ref in self._at(claim)][:1]
            from_common = bool(known)
            if known and (known[0] in file.numbers or known[0] in file.parts) and known[0] in file.moved:
                yield wrong_source(row, unit, file, cell, "số liệu đã bị dời chỗ trong tệp", file.place(known[0]))
        if not known:
            known = [ref for ref in asked if ref in file.numbers][:1]
            if known:
                yield wrong_source(row, unit, file, cell, "không ghi nguồn của số liệu", file.place(known[0]))
        number, parts = _together(row, file, known)
        if row.rollup is Rollup.RECOMPUTE and known and not asked and not single:
            parts = self._halves(row.spec, file) or parts  # a ratio that the unit's form does not ask for
            number = _ratio(parts)
        if number is not None:
            given.numbers[unit.code] = number
        told = next((file.of_units[ref] for ref in (*known, *asked) if ref in file.of_units), None)
        if told is not None:
            given.of_units[unit.code] = told
        if parts is not None and row.rollup is Rollup.RECOMPUTE:
            given.parts[unit.code] = parts
        if from_common:
            common.setdefault(file.form.id, []).append((number, given.parts.get(unit.code)))
        expected: Shown = number
        if number is None:
            own = (ref for ref in file.words if file.form.cells[ref].row.spare and file.form.cells[ref].code in codes)
            texts = {file.words[ref][:_MOST_WORDS] for ref in (*known, *asked, *own) if ref in file.words}
            right = shown in ("", None) or words(shown)[:_MOST_WORDS] in texts
            expected = next(iter(texts), None)
        else:
            there = as_number(shown)
            right = there is not None and same(there, number)
        if not right:
            self.truth[key, column] = number
            yield wrong_figure(row, unit, file, cell, shown, expected, known)
        for index, line in enumerate(part_lines(below)):
            half = as_number(at(line.cells, column))
            wanted = parts[index] if parts is not None else None
            if (half is None) != (wanted is None) or (
                half is not None and wanted is not None and not same(half, wanted)
            ):
                place = address(BY_UNIT_SHEET, line.row, column)
                yield wrong_figure(row, unit, file, place, at(line.cells, column), wanted, known)

    def _figure_at(self, file: UnitFile, place: tuple[str, str]) -> CellRef | None:
        """The figure that stands at a place of a unit's own file."""
        if id(file) not in self._moved:
            self._moved[id(file)] = {there: ref for ref, there in file.moved.items()}
        moved = self._moved[id(file)].get(place)
        ref = moved or self.standard[file.form.id].get(place)
        if ref is None or (moved is None and ref in file.moved):
            return None
        return ref if ref in file.numbers or ref in file.parts else None

    def _at(self, claim: SourceClaim) -> list[CellRef]:
        """The figure at a place of the units' form."""
        ref = self.standard.get(claim.form, {}).get(claim.place)
        return [] if ref is None else [ref]

    def _halves(self, spec: CellSpec, file: UnitFile) -> Parts | None:
        ratio = spec.derived[0] if spec.derived else None
        if not isinstance(ratio, Ratio):
            return None
        halves = []
        for half in (ratio.numerator, ratio.denominator):
            if not isinstance(half, CellRef):
                return None
            asked = _asked(self.form, half.at(spec.row.order), file.form)
            halves.append(next((file.numbers[ref] for ref in asked if ref in file.numbers), None))
        top, bottom = halves
        return None if top is None or bottom is None else (top, bottom)

    def _common(
        self, row: Row, form: str, claims: Sequence[SourceClaim], found: Sequence[tuple[Decimal | None, Parts | None]]
    ) -> Iterator[Discrepancy]:
        """How many units the sources count in a form's own cell, their sum, and whether the cell is the row's."""
        claim = claims[0]
        theirs = self.forms.get(form)
        if theirs is None:
            return
        if len(claims) > 1:
            yield wrong_claim(row, claim, f"{claims[1].at} và {claim.at} cùng ghi một nguồn")
        places = self._at(claim)
        asked = _asked(self.form, row.spec.ref, theirs) or self._numerators(row.spec, theirs)
        if not places or places[0] not in asked:
            yield wrong_claim(row, claim, f"{claim.at} chỉ tới ô {'!'.join(claim.place)} không phải của chỉ tiêu này")
        if any(unit.form == form and unit.code not in self.originals for unit, _ in self.units):
            return  # without all files nobody can count
        numbers = [number for number, _ in found if number is not None]
        units = sum(number is not None or parts is not None for number, parts in found)
        if as_number(claim.units) != units:
            yield wrong_claim(row, claim, f"{claim.at} ghi {said(claim.units)} đơn vị, các tệp có {units}")
        total = sum(numbers, Decimal(0))
        given = as_number(claim.given)
        if row.rollup in ADDED and numbers and (given is None or not same(given, total)):
            yield wrong_claim(row, claim, f"{claim.at} ghi đóng góp {said(claim.given)}, các tệp có {said(total)}")

    def _numerators(self, spec: CellSpec, theirs: Form) -> list[CellRef]:
        ratio = spec.derived[0] if spec.derived else None
        if not isinstance(ratio, Ratio) or not isinstance(ratio.numerator, CellRef):
            return []
        return _asked(self.form, ratio.numerator.at(spec.row.order), theirs)

    def _shown_parts(self, row: Row, below: Sequence[LineClaim], column: int) -> Parts | None:
        """What the summary itself shows of a ratio's parts: below it, or in the rows that they are."""
        ratio = row.spec.derived[0] if row.spec.derived else None
        lines: Sequence[LineClaim] = part_lines(below)
        if not lines and isinstance(ratio, Ratio):
            halves = (half for half in (ratio.numerator, ratio.denominator) if isinstance(half, CellRef))
            keys = (figure_key(half.at(row.spec.row.order)) for half in halves)
            lines = [self.rows[key].line for key in keys if key in self.rows]
        numbers = [number for line in lines if (number := as_number(at(line.cells, column))) is not None]
        return (numbers[0], numbers[1]) if len(numbers) == 2 else None

    def own_rows(self) -> Iterator[Discrepancy]:
        """Amounts in rows that a unit added itself and that stand in no source."""
        codes = {
            row.spec.code
            for row in self.rows.values()
            if row.rollup in ADDED and row.spec.row.role is not RowRole.TOTAL and self._listed(row.spec)
        }
        for unit, _ in self.units:
            file = self.originals.get(unit.code)
            if file is None:
                continue
            named = self.sources.named.get(unit.code, set())
            for ref in file.numbers:
                spec = file.form.cells[ref]
                if spec.row.spare and spec.code in codes and file.place(ref) not in named:
                    place = "!".join(file.place(ref))
                    message = (
                        f"{unit.name}: tệp {file.name} ô {place} có {said(file.numbers[ref])} ở dòng đơn vị tự thêm "
                        f"nhưng không có trong nguồn số liệu của sổ tổng hợp: {AGAIN}."
                    )
                    yield Discrepancy(
                        Kind.SOURCE, message, unit.code, unit.name, file.name, source=place, expected=file.numbers[ref]
                    )

    def _listed(self, spec: CellSpec) -> bool:
        return bool(self.form.appendix(spec.ref.appendix).printed_items)

    def strangers(self) -> Iterator[Discrepancy]:
        """Figures in columns of units that are not in the summary: they would be added up all the same."""
        strange = [column for column in self.claims.columns if not column.sha256]
        for line in self.claims.lines:
            for column in strange:
                shown = as_number(at(line.cells, column.index))
                if shown is not None:
                    cell = address(BY_UNIT_SHEET, line.row, column.index)
                    message = (
                        f"Trang {cell} có {said(shown)} ở cột “{column.heading}”, là đơn vị không được tổng hợp: "
                        f"{AGAIN}."
                    )
                    yield Discrepancy(Kind.FIGURE, message, unit=column.heading, cell=cell, shown=shown)

    def without_row(self) -> Iterator[Discrepancy]:
        """Figures beside lines of which there are none: headings, and the totals of a ratio's parts."""
        claims = self.claims
        units = [column.index for column in claims.columns if column.sha256]
        totals = range(claims.total, claims.total + HIGHEST + 1)
        parts = {part.row for _, below in lines_with_parts(claims.lines) for part in part_lines(below)}
        for line in claims.lines:
            if line.key:
                continue
            for column in totals if line.row in parts else (*units, *totals):
                shown = as_number(at(line.cells, column))
                if shown is not None:
                    cell = address(BY_UNIT_SHEET, line.row, column)
                    message = (
                        f"Trang {cell} có {said(shown)} ở hàng không có chỉ tiêu “{line.titles[2][:80]}”: {AGAIN}."
                    )
                    yield Discrepancy(Kind.SOURCE, message, cell=cell, shown=shown)


def _asked(form: Form, ref: CellRef, theirs: Form) -> list[CellRef]:
    """The cells of a unit's form that ask for what the summary's cell asks for."""
    cells = figure_cells(theirs)
    return [cells[place].ref for place in counterparts(form, ref, theirs)]


def _codes(spec: CellSpec) -> tuple[str, ...]:
    below = spec.row.below
    return (spec.code, *(below.codes if below is not None else ()))


def _together(row: Row, file: UnitFile, refs: Sequence[CellRef]) -> tuple[Decimal | None, Parts | None]:
    """What a unit's cells give together: amounts and parts add up, of anything else there is one cell."""
    numbers = [file.numbers[ref] for ref in refs if ref in file.numbers]
    pairs = [file.parts[ref] for ref in refs if ref in file.parts]
    parts = (sum((p[0] for p in pairs), Decimal(0)), sum((p[1] for p in pairs), Decimal(0))) if pairs else None
    if row.rollup is Rollup.RECOMPUTE and (ratio := _ratio(parts)) is not None:
        return ratio, parts  # whatever the unit printed there
    return (sum(numbers, Decimal(0)) if numbers else None), parts


def _ratio(parts: Parts | None) -> Decimal | None:
    return 100 * parts[0] / parts[1] if parts is not None and parts[1] else None


def part_lines(below: Sequence[LineClaim]) -> list[LineClaim]:
    """The lines of a ratio's numerators and denominators, where they have lines of their own."""
    found = [line for line in below[:2] if line.titles[2].startswith(("Tử số của “", "Mẫu số của “"))]
    return found if len(found) == 2 else []
