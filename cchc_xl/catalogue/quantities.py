"""The canonical quantities (``quantities.tsv``): what a code means, how it rolls up, over what time."""

from __future__ import annotations

import re
from importlib.resources.abc import Traversable

from cchc_xl.catalogue.model import Keeps, PeriodKind, Quantity, Rollup
from cchc_xl.catalogue.tables import Faults, read_table

_CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")


def read_quantities(root: Traversable, faults: Faults) -> dict[str, Quantity]:
    """The quantities by code, from the catalogue's ``quantities.tsv``; faults go to the collector."""
    quantities: dict[str, Quantity] = {}
    table = root.joinpath("quantities.tsv")
    for line in read_table(table, "quantities.tsv", ("code", "name", "rollup", "period"), faults):
        code = line["code"]
        if not _CODE.fullmatch(code):
            faults.add(line.place, f"mã '{code}' phải là chữ ASCII thường, nối bằng dấu chấm")
        if code in quantities:
            faults.add(line.place, f"mã {code} đã có ở trên")
        rollup = faults.choice(line.place, "rollup", line["rollup"], Rollup, Rollup.NONE)
        if rollup is Rollup.OWN_PLUS_CHILDREN:
            faults.add(line.place, "own_plus_children thuộc về cặp dòng (cột below), không thuộc về mã")
        period = faults.choice(line.place, "period", line["period"], PeriodKind, PeriodKind.TIMELESS)
        keeps = faults.choice(line.place, "keeps", line["keeps"], Keeps, Keeps.NEVER)
        quantities[code] = Quantity(code, line["name"], rollup, period, keeps)
    return quantities
