"""The packages that the toolkit runs on, as text and as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from cchc_xl.licences import Licence

_UNKNOWN = "không ghi"


def licences_text(licences: Sequence[Licence]) -> str:
    """For the terminal: one package a line."""
    name, version = (max(len(getattr(one, field)) for one in licences) for field in ("name", "version"))
    return "\n".join(f"{one.name:<{name}}  {one.version:<{version}}  {one.licence or _UNKNOWN}" for one in licences)


def licences_json(licences: Sequence[Licence]) -> list[dict[str, str]]:
    """For programs."""
    return [{"name": one.name, "version": one.version, "licence": one.licence} for one in licences]
