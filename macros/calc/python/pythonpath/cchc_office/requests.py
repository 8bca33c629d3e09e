"""What the helper may ask for, by name, and the answers as plain data (``cchc_xl/hosts/calc/channel.py`` asks)."""

from __future__ import annotations

from cchc_office import books, boxes, cells, formats, notes, sheets
from cchc_office.office import Gone, Refused

REQUESTS = {
    "books": books.all_open,
    "book.open": books.open_file,
    "book.close": books.close,
    "book.show": books.show,
    "book.recalculates": books.recalculates,
    "book.set_recalculates": books.set_recalculates,
    "book.freeze": books.freeze,
    "book.show_grid": books.show_grid,
    "book.store_copy": books.store_copy,
    "sheets": sheets.all_of,
    "sheet.add": sheets.add,
    "sheet.rename": sheets.rename,
    "sheet.delete": sheets.delete,
    "sheet.show": sheets.show,
    "sheet.activate": sheets.activate,
    "sheet.protected": sheets.protected,
    "sheet.protect": sheets.protect,
    "sheet.unprotect": sheets.unprotect,
    "sheet.used": sheets.used,
    "sheet.show_all_rows": sheets.show_all_rows,
    "cells.read": cells.read,
    "cells.formulas": cells.formulas,
    "cells.write": cells.write,
    "cells.clear": cells.clear,
    "cells.select": cells.select,
    "formats.read": formats.read,
    "formats.write": formats.write,
    "formats.add_condition": formats.add_condition,
    "formats.style": formats.style,
    "formats.fit_rows": formats.fit_rows,
    "notes": notes.all_on,
    "note": notes.at,
    "note.set": notes.put,
    "status": lambda office, text: office.status(text),
    "hold_screen": lambda office, hold: office.hold_screen(hold),
    "say": boxes.say,
    "agree": boxes.agree,
    "text": boxes.text,
    "folder": boxes.folder,
    "file": boxes.file,
    "save_as": boxes.save_as,
}

# These change a workbook, so that it is one step more to undo.
_CHANGES = frozenset(
    name
    for name in REQUESTS
    if name.partition(".")[0] in ("cells", "formats", "note", "sheet")
    and name.rpartition(".")[2] not in ("note", "read", "formulas", "used", "protected", "activate", "select")
)


def answer(office, message):
    """The answer to a request ``{"do": name, "with": arguments}``: ``gave``, or ``refused`` and why.

    Whatever goes wrong is an answer too: the helper is waiting for one.
    """
    try:
        if message["do"] in _CHANGES:
            office.step()
        return {"gave": REQUESTS[message["do"]](office, **message["with"])}
    except Refused as fault:
        return {"refused": str(fault), "kind": "gone" if isinstance(fault, Gone) else "refused"}
    except Exception as fault:
        return {"refused": f"{message.get('do')}: {type(fault).__name__}: {fault}", "kind": "fault"}
