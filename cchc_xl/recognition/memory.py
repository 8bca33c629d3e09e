"""What a person has confirmed of a sender's earlier files, so that the next one need not be asked again.

It counts for a row with the same words, the same number, unit, head and doubts, between the same neighbours, in a file
of the same sender for the same version of a form; for anything else it says nothing. Kept in the user's own folder,
labels only, no figures; safe to delete.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from cchc_xl.atomic import replacing
from cchc_xl.catalogue.model import Form
from cchc_xl.errors import CchcError
from cchc_xl.own_folder import own_folder
from cchc_xl.recognition.mapping_layout import column_key, row_key
from cchc_xl.recognition.recognise import FoundColumn, Part, Recognition
from cchc_xl.values import normalise

_FILE = "ghep-dong.json"
_MOST_BYTES = 32 * 2**20
_MOST_SENDERS = 1_000  # the latest; a province has some hundreds of communes


def sender_key(unit: str, code: str) -> str:
    """Who sends: the code of the unit, else its name; empty when neither is known."""
    return code.strip() or normalise(unit)


def recall(sender: str, form: Form) -> Mapping[str, str]:
    """What was confirmed of the sender's files, by context; nothing where nothing can be read."""
    kept = _read().get(sender, {}) if sender else {}
    found = kept.get(f"{form.id}/{form.version}", {}) if isinstance(kept, dict) else {}
    return {str(key): str(code) for key, code in found.items()} if isinstance(found, dict) else {}


def remember(sender: str, form: Form, confirmed: Mapping[str, str]) -> None:
    """Remember these too, by context. That it cannot be written is no reason to stop."""
    if not sender or not confirmed:
        return
    with suppress(OSError, ValueError, CchcError, RuntimeError):
        kept = _read()
        mine = kept.pop(sender, {})
        mine = mine if isinstance(mine, dict) else {}
        form_key = f"{form.id}/{form.version}"
        mine[form_key] = {**recall(sender, form), **confirmed}
        kept = dict(list(kept.items())[1 - _MOST_SENDERS :])
        kept[sender] = mine
        with replacing(own_folder() / _FILE) as temporary:
            Path(temporary).write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")


def _read() -> dict[str, object]:
    with suppress(OSError, ValueError, RuntimeError, RecursionError):
        path = own_folder() / _FILE
        if path.stat().st_size <= _MOST_BYTES:
            read = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(read, dict):
                return read
    return {}


def contexts(recognition: Recognition) -> dict[str, str]:
    """The context of every row and column, by its key. One that another row shares is no context."""
    found: dict[str, str] = {}
    for part in recognition.parts:
        found.update(_row_contexts(part))
    for column in recognition.columns():
        found[column_key(column)] = _column_context(column)
    shared = Counter(found.values())
    return {key: context for key, context in found.items() if shared[context] == 1}


def _row_contexts(part: Part) -> dict[str, str]:
    found = {}
    labels = ["", *(normalise(row.source.label) for row in part.rows), ""]
    head = "+".join(appendix.id for appendix in part.appendices)
    for at, row in enumerate(part.rows):
        if labels[at + 1]:
            # What was doubtful then, a person has looked at; anything else is a new question.
            doubts = " ".join(row.match.doubts)
            parts = (head, row.source.key, labels[at + 1], row.source.unit, labels[at], labels[at + 2], doubts)
            found[row_key(row)] = "\n".join(parts)
    return found


def _column_context(column: FoundColumn) -> str:
    headings = [" > ".join(map(normalise, tiers)) for tiers in column.segment.headings]
    # Without a head only the shape of the table tells one from another.
    shape = headings or [str(column.segment.width)]
    return "\n".join(("cột", column.appendix.id, "+".join(column.choices), str(column.match.index), *shape))
