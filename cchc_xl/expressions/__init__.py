"""One expression language for derived figures, rules and gates.

An expression is written once, in the catalogue. ``parse`` turns it into a tree that is refused at load time when bad;
``evaluate`` gives its exact value on a submission and ``as_excel`` the same thing as a native formula.
The language is described in ``catalogue/README.md``.
"""

from cchc_xl.expressions.evaluate import Figures, evaluate, holds, involved, note_slack, percentage
from cchc_xl.expressions.excel import Addresses, NotNative, as_excel, excel_condition, excel_values, marks_in
from cchc_xl.expressions.parse import ExpressionFault, Names, parse, parse_alternatives
from cchc_xl.expressions.tree import CellRef, ColumnRef, Expression, Ratio, cell_refs, column_refs

__all__ = [
    "Addresses",
    "CellRef",
    "ColumnRef",
    "Expression",
    "ExpressionFault",
    "Figures",
    "Names",
    "NotNative",
    "Ratio",
    "as_excel",
    "cell_refs",
    "column_refs",
    "evaluate",
    "excel_condition",
    "excel_values",
    "holds",
    "involved",
    "marks_in",
    "note_slack",
    "parse",
    "parse_alternatives",
    "percentage",
]
