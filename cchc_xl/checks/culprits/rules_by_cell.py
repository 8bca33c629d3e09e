"""Which error rules of a form a cell touches, directly or through formulas."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from cchc_xl.catalogue.model import Form, Rule, RuleKind
from cchc_xl.expressions import CellRef, cell_refs, column_refs
from cchc_xl.expressions.tree import Argument
from cchc_xl.severity import Severity

_KINDS = frozenset({RuleKind.RATIO, RuleKind.TOTAL, RuleKind.COMPARE, RuleKind.SAME_CODE, RuleKind.SINGLE_MARK})


class Instance(NamedTuple):
    """A rule, and for an ``each`` rule the row."""

    rule: Rule
    order: int | None


class RulesByCell:
    """The error rules of a form that can be reckoned with, by rule and by the cells they depend on.

    What a cell touches is looked up when it is asked for: a search asks for a few of a form's thousand cells.
    """

    def __init__(self, form: Form) -> None:
        self.form = form
        self.rank = {ref: rank for rank, ref in enumerate(form.cells)}
        self.by_rule: dict[str, list[Instance]] = {}
        self._instances: list[Instance] = []
        # Positions in ``_instances`` of those that name a cell; cells whose formula names a cell.
        self._naming: dict[CellRef, list[int]] = {}
        self._users: dict[CellRef, list[CellRef]] = {}
        self._touching: dict[CellRef, tuple[Instance, ...]] = {}
        for rule in form.rules:
            if rule.active and rule.severity is Severity.ERROR and rule.kind in _KINDS:
                for order in form.appendix(rule.appendix).items if rule.each else (None,):
                    self._add(Instance(rule, order))
        for ref, spec in form.cells.items():
            if spec.derived:
                for part in cells_of(spec.derived[0], spec.row.order, form):
                    self._users.setdefault(part, []).append(ref)

    def _add(self, instance: Instance) -> None:
        number = len(self._instances)
        self._instances.append(instance)
        self.by_rule.setdefault(instance.rule.id, []).append(instance)
        for ref in _named(instance, self.form):
            self._naming.setdefault(ref, []).append(number)

    def touching(self, ref: CellRef) -> tuple[Instance, ...]:
        """The rules that depend on a cell, in form order."""
        if ref not in self._touching:
            found = {number for cell in self._with_users(ref) for number in self._naming.get(cell, ())}
            self._touching[ref] = tuple(self._instances[number] for number in sorted(found))
        return self._touching[ref]

    def touched(self, instance: Instance) -> set[CellRef]:
        """The cells that a rule depends on."""
        named = set(_named(instance, self.form))
        return {ref for ref in {*self.form.cells, *named} if named & self._with_users(ref)}

    def _with_users(self, ref: CellRef) -> set[CellRef]:
        """The cell and every cell whose formula depends on it."""
        found = {ref}
        waiting = [ref]
        while waiting:
            for user in self._users.get(waiting.pop(), ()):
                if user not in found:
                    found.add(user)
                    waiting.append(user)
        return found


@cache
def rules_by_cell(form: Form) -> RulesByCell:
    """Of a form; a form compares by identity, so this is made once for each."""
    return RulesByCell(form)


def _named(instance: Instance, form: Form) -> Iterator[CellRef]:
    rule, order = instance
    if rule.kind is RuleKind.SINGLE_MARK:
        assert rule.at is not None
        yield from mark_pair(rule.at)
        return
    for part in (rule.left, *rule.right, rule.when, rule.soften):
        if part is not None:
            yield from cells_of(part, order, form)


def cells_of(node: Argument, order: int | None, form: Form) -> Iterator[CellRef]:
    """The cells that an expression names; ``order``: the current row. A column stands for the rows that count in it."""
    if isinstance(node, CellRef):
        yield node.at(order)
        return
    for ref in cell_refs(node):
        yield ref.at(order)
    for column in column_refs(node):
        for row in form.appendix(column.appendix).items:
            yield CellRef(column.appendix, row, column.column)


def mark_pair(done: CellRef) -> tuple[CellRef, CellRef]:
    """The two cells of a task of which one is marked."""
    return done, CellRef(done.appendix, done.order, "not_done")
