"""The extension's UNO component: a click on a button of CCHC arrives here as ``service:vn.cchc.Calc?<button>``.

Everything that runs inside LibreOffice (this file and ``pythonpath/cchc_office``) uses the standard library only and
runs on Python 3.8, which LibreOffice 7 brings along on Windows. What a button does is done by ``cchc_xl.hosts.calc`` in
the private Python.
"""

from __future__ import annotations

import unohelper
from cchc_office.press import press
from com.sun.star.task import XJobExecutor

SERVICE = "vn.cchc.Calc"


class Buttons(unohelper.Base, XJobExecutor):
    """Created by LibreOffice for every click."""

    def __init__(self, context):
        self.context = context

    def trigger(self, button):
        """Do what the button says; never raises (an exception here would open a macro error box)."""
        press(self.context, button)


g_ImplementationHelper = unohelper.ImplementationHelper()  # noqa: N816 - the name that LibreOffice looks for
g_ImplementationHelper.addImplementation(Buttons, SERVICE, (SERVICE,))
