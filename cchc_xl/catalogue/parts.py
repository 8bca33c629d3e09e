"""A part of a form: one appendix with the rules that some of its rows and columns suffice for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from cchc_xl.catalogue.model import Form, Rule
from cchc_xl.expressions import CellRef, ColumnRef
from cchc_xl.expressions.tree import Argument, RowsRef, children


@cache
def part_of_form(form: Form, appendix_id: str, columns: frozenset[str], orders: frozenset[int]) -> Form:
    """The form cut down to what a table with these columns and rows of one appendix can be checked by.

    A rule that reads anything else is left out: what the table does not have is unknown, neither blank nor 0.
    """
    appendix = form.appendix(appendix_id)
    known = columns | {column.key for column in appendix.columns if column.given}
    whole = orders.issuperset(appendix.printed_items)

    def has(part: Argument) -> bool:
        match part:
            case CellRef(appendix=place, order=order, column=column):
                there = whole if order is None else order in orders
            case ColumnRef(appendix=place, column=column):
                there = whole
            case RowsRef(appendix=place):
                return place == appendix_id and whole
            case _:
                return True
        return place == appendix_id and column in known and there

    rules = tuple(rule for rule in form.rules if rule.appendix == appendix_id and all(map(has, _read(rule))))
    return replace(form, appendices=(appendix,), rules=rules)


def _read(rule: Rule) -> Iterator[Argument]:
    """Every node of the rule's expressions."""
    for node in (rule.at, rule.left, *rule.right, rule.when, rule.soften):
        if node is not None:
            yield from _nodes(node)


def _nodes(node: Argument) -> Iterator[Argument]:
    yield node
    for child in children(node):
        yield from _nodes(child)
