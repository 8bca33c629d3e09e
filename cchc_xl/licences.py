"""What the toolkit runs on, with the licence of each package: its own requirements and all that these ask for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import Protocol

from cchc_xl.errors import InputFault

OURS = "cchc-xl"
_MOST_SIGNS = 100  # where authors put the whole text of the licence


class Metadata(Protocol):
    """The core metadata of a package (PEP 566, PEP 639), as ``importlib.metadata`` reads it."""

    def get_all(self, name: str, failobj: list[str]) -> Sequence[str]:
        """All lines of a field."""


@dataclass(frozen=True, slots=True)
class Licence:
    """A package that is installed. ``licence``: its SPDX expression where it has one; empty when it says nothing."""

    name: str
    version: str
    licence: str


def run_time_licences() -> list[Licence]:
    """Every package that the toolkit imports at run time, or that one of these asks for, by name; the toolkit first.

    Raises ``InputFault`` where the toolkit runs without having been installed, so that nobody knows what it asks for.
    """
    try:
        own = distribution(OURS)
    except PackageNotFoundError:
        raise InputFault(
            "Bộ công cụ chạy từ mã nguồn chưa cài nên không biết các gói đi kèm: hãy cài bằng pip install -e ."
        ) from None
    found = {normal(OURS): own}
    waiting = [own]
    while waiting:
        for requirement in waiting.pop().requires or ():
            name = normal(requirement)
            # An extra is nobody's need here; what another system or another Python needs is not installed.
            if name in found or re.search(r";.*\bextra\b", requirement):
                continue
            try:
                found[name] = distribution(name)
            except PackageNotFoundError:
                continue
            waiting.append(found[name])
    ours, *others = found.values()
    return [_licence(one) for one in (ours, *sorted(others, key=lambda other: normal(other.metadata["Name"])))]


def normal(requirement: str) -> str:
    """The package's name at the beginning of a requirement, as indexes compare it (PEP 503)."""
    match = re.match(r"[A-Za-z0-9._-]+", requirement.strip())
    return re.sub(r"[-_.]+", "-", match[0]).lower() if match else ""


def stated(metadata: Metadata) -> str:
    """The licence in one line: its SPDX expression, else its classifiers, else what its author wrote."""
    classified = [line for line in metadata.get_all("Classifier", []) if line.startswith("License ::")]
    said = [
        *metadata.get_all("License-Expression", []),
        ", ".join(line.rpartition(" :: ")[2] for line in classified),
        *metadata.get_all("License", []),
    ]
    return next((text.strip().split("\n")[0][:_MOST_SIGNS] for text in said if text.strip()), "")


def _licence(found: Distribution) -> Licence:
    return Licence(found.metadata["Name"], found.version, stated(found.metadata))
