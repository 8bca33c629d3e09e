"""``python -m cchc_xl.hosts.calc``: the helper that the extension starts once and keeps.

It reads which button was clicked from standard input and ends when LibreOffice does. What libraries print must not get
into the line to LibreOffice: standard output is taken away from them.
"""

from __future__ import annotations

import os
import sys

from cchc_xl.hosts.calc.channel import PROTOCOL, Channel, Closed


def main() -> int:
    """Answer clicks until LibreOffice ends."""
    incoming = os.fdopen(os.dup(sys.stdin.fileno()), "rb")
    outgoing = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, sys.stdin.fileno())
    os.dup2(nothing, sys.stdout.fileno())
    channel = Channel(incoming, outgoing)
    try:
        channel.send({"protocol": PROTOCOL})
        # The greeting is out: what the first click needs is loaded while LibreOffice looks at it.
        from cchc_xl.hosts.calc.dialogs import CalcDialogs
        from cchc_xl.hosts.calc.engine import running
        from cchc_xl.hosts.excel import kiem_tra  # noqa: F401
        from cchc_xl.hosts.excel.attach import end_no_excel
        from cchc_xl.hosts.excel.buttons import press

        end_no_excel()
        app = running(channel)
        while True:
            button = channel.receive()["press"]
            press(button, app, CalcDialogs(channel))
            channel.send({"done": True})
    except Closed:
        return 0


if __name__ == "__main__":
    sys.exit(main())
