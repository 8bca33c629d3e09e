"""The line to LibreOffice: requests out, answers in, one JSON object a line (``macros/calc/python`` answers)."""

from __future__ import annotations

import json
from typing import IO, Any

PROTOCOL = 1


class Refusal(Exception):
    """LibreOffice does not do what was asked for."""


class Gone(Refusal):
    """The workbook, sheet or place is not there."""


class Closed(Exception):
    """LibreOffice has ended."""


class Channel:
    """Requests over a pair of binary streams."""

    def __init__(self, incoming: IO[bytes], outgoing: IO[bytes]) -> None:
        self._incoming, self._outgoing = incoming, outgoing
        self.asked = 0  # requests so far: what a handler costs

    def ask(self, request: str, **arguments: Any) -> Any:
        """Ask for something and wait for it.

        Raises ``Refusal`` (``Gone``) when LibreOffice refuses, ``Closed`` when it has ended.
        """
        self.asked += 1
        self.send({"do": request, "with": arguments})
        answer = self.receive()
        if "refused" in answer:
            raise (Gone if answer.get("kind") == "gone" else Refusal)(answer["refused"])
        return answer["gave"]

    def send(self, message: dict[str, Any]) -> None:
        """Send one message."""
        try:
            self._outgoing.write(json.dumps(message).encode("ascii") + b"\n")
            self._outgoing.flush()
        except OSError as error:
            raise Closed from error

    def receive(self) -> dict[str, Any]:
        """Wait for the next message. Raises ``Closed`` at the end."""
        line = self._incoming.readline()
        if not line:
            raise Closed
        message: dict[str, Any] = json.loads(line)
        return message
