"""What formulas ask of single cells. Written for Excel 2010, LibreOffice and WPS alike.

``"-" >= 0`` is TRUE in Excel and a blank text is no number: each test names the kind of content that it is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from cchc_xl.catalogue.model import CellKind, CellSpec, Form
from cchc_xl.expressions import CellRef, Expression, excel_values
from cchc_xl.expressions.tree import Call
from cchc_xl.layout import FormAddresses, form_layout
from cchc_xl.submission import LABEL, NOTE
from cchc_xl.values import DASHES, State, Value

# More decimals than these count as these: half a millionth is no longer a rounding that anybody printed.
_DECIMALS = 6
_SIGNS = 9  # decimals beyond which binary floats are noise
_PERCENT_SIGNS = 9  # of a text that is read as a percentage, spaces included
_ROUNDED = (CellKind.PERCENT, CellKind.DECIMAL, CellKind.MONEY)


class Cells:
    """Tests on the cells of a form as formulas on the sheet ``home`` write them."""

    def __init__(self, form: Form, home: str) -> None:
        self.form = form
        self.addresses: FormAddresses = form_layout(form).addresses(home)

    def at(self, ref: CellRef) -> str:
        """The address."""
        return self.addresses.cell(ref)

    def blank(self, ref: CellRef) -> str:
        """Nothing stands there; spaces are nothing."""
        return f'TRIM({self.at(ref)})=""'

    def in_use(self, refs: Iterable[CellRef]) -> str:
        """Anything stands in one of the cells of a row; an error value makes the whole formula one."""
        return f'TRIM({"&".join(map(self.at, refs))})<>""'

    def number(self, ref: CellRef) -> str:
        """A number stands there."""
        return f"ISNUMBER({self.at(ref)})"

    def marked(self, ref: CellRef) -> str:
        """An x stands there."""
        return f'TRIM({self.at(ref)})="x"'

    def one_of(self, ref: CellRef, words: Sequence[str]) -> str:
        """Nothing, a dash, or one of these words stands there, whatever its case."""
        allowed = "|".join(("", "", *DASHES, *(word.lower() for word in words), ""))
        return f'ISNUMBER(FIND("|"&LOWER(TRIM({self.at(ref)}))&"|","{allowed}"))'

    def no_number_at_all(self, ref: CellRef) -> str:
        """Where no number stands: neither nothing, nor a dash, nor a text that begins with a digit."""
        cell, dashes = f"TRIM({self.at(ref)})", "|".join(("", "", *DASHES, ""))
        return f'AND(ISERROR(FIND("|"&{cell}&"|","{dashes}")),ISERROR(FIND(LEFT({cell}&"z"),"0123456789")))'

    def begins_with_digit(self, ref: CellRef) -> str:
        """A text that begins with a digit stands there: a number with something around it."""
        cell = self.at(ref)
        return f'AND(ISTEXT({cell}),ISNUMBER(FIND(LEFT(TRIM({cell})&"z"),"0123456789")))'

    def percent_text(self, ref: CellRef) -> tuple[str, str, str]:
        """A text like 99% or 88,9% stands there; the number that it says; its decimals. The last two are errors else.

        Only whole numbers are made of texts: a PC's decimal sign changes nothing about them. What Excel would not write
        the same way (leading zeros, points, dates) is not read. ``percent_of_text`` is the counterpart in Python.
        """
        cell = self.at(ref)
        body = f'TRIM(SUBSTITUTE({cell},"%","",1))'
        comma = f'FIND(",",{body}&",")'
        whole, digits = f"LEFT({body},{comma}-1)", f"1&MID({body},{comma}+1,{_PERCENT_SIGNS})"
        plain = f'RIGHT(TRIM({cell}))="%",INT({whole})&""={whole},INT({whole})>=0,INT({digits})&""={digits}'
        there = f"IF(ISTEXT({cell}),IF(LEN({cell})<={_PERCENT_SIGNS},IFERROR(AND({plain}),FALSE),FALSE),FALSE)"
        decimals = f"(LEN({digits})-1)"
        return there, f"(INT({whole})+INT({digits})/10^{decimals}-1)", decimals

    def unexcused(self, ref: CellRef) -> list[str]:
        """No note beside the cell explains a blank."""
        note = CellRef(ref.appendix, ref.order, NOTE)
        return [self.blank(note)] if note in self.form.cells else []

    def own_value(self, node: Expression, order: int | None) -> str:
        """What a figure's own formula gives, for a comparison with what stands in its cell."""
        known, (value,) = excel_values([node], self.addresses, order)
        if isinstance(node, Call):
            return value  # a sum of nothing is 0: no error, and no figure that is in doubt
        return f'IF({known},{value},"")' if known else value

    # rounding

    def decimals(self, ref: CellRef) -> str:
        """Number of digits behind the decimal sign."""
        number = f"N({self.at(ref)})"
        digits = ",".join(map(str, range(_DECIMALS)))
        return f"SUMPRODUCT(--(ROUND({number},{{{digits}}})<>{number}))"

    def half_unit(self, ref: CellRef) -> str:
        """What the rounded figure in a cell may be off by; a formula's result is exact."""
        spec, cell = self.form.cells[ref], self.at(ref)
        rounded = f"ISNUMBER({cell})" if spec.kind is CellKind.PERCENT else f"(N({cell})<>INT(N({cell})))"
        half = f"{rounded}*0.5/10^{self.decimals(ref)}"
        if spec.derived:
            half = f"({cell}<>{self.own_value(spec.derived[0], spec.row.order)})*{half}"
        return half

    def slack(self, refs: Iterable[CellRef]) -> str:
        """Sum of the half-units of rounded figures; empty for counts, which are exact."""
        return "+".join(self.half_unit(ref) for ref in dict.fromkeys(refs) if rounds(self.form, ref))


def percent_of_text(value: Value) -> Decimal | None:
    """What ``Cells.percent_text`` reads: 99 of “99%”, 88.9 of “88,9%”."""
    if value.state is not State.TEXT or len(value.text) > _PERCENT_SIGNS:
        return None
    match = _PERCENT.fullmatch(value.text)
    return Decimal(f"{match[1]}.{match[2] or 0}") if match else None


_PERCENT = re.compile(r" *(0|[1-9][0-9]*)(?:,([0-9]*))? *% *")


def named(form: Form, ref: CellRef) -> str:
    """The spare row of a cell has a name; empty for a printed row."""
    spare = form.appendix(ref.appendix).spare_cells
    if ref.order not in spare:
        return ""
    return f'TRIM({Cells(form, ref.appendix).at(CellRef(ref.appendix, ref.order, LABEL))})<>""'


def rounds(form: Form, ref: CellRef) -> bool:
    """Whether a cell may hold a rounded figure."""
    spec: CellSpec | None = form.cells.get(ref)
    return spec is not None and spec.kind in _ROUNDED


def exceeds(gap: str, slack: str, *, strictly: bool = True) -> str:
    """A gap is above its slack (or reaches it), without the noise of binary floats."""
    return f"ROUND({gap}-({slack}),{_SIGNS}){'>' if strictly else '>='}0"


def both(*tests: str) -> str:
    """All tests hold."""
    kept = [test for test in tests if test]
    return kept[0] if len(kept) == 1 else f"AND({','.join(kept)})"


def either(*tests: str) -> str:
    """One of the tests holds."""
    return tests[0] if len(tests) == 1 else f"OR({','.join(tests)})"


def guarded(known: str, test: str) -> str:
    """A test that may be computed only when something is known; AND would compute both."""
    return f"IF({known},{test},FALSE)" if known else test


def literal(text: str) -> str:
    """A text in a formula."""
    return '"' + text.replace('"', '""') + '"'


def constant(number: Decimal) -> str:
    """A number in a formula."""
    return f"{number:f}"
