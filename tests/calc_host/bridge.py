"""Answers the engine for a LibreOffice: the extension's own modules, run outside of it over a pipe (tests only).

Run by a Python that has `uno`, perhaps older than the project's: `bridge.py <folder of modules> <name of the pipe>`.
"""

import json
import sys

sys.path.insert(0, sys.argv[1])

import uno
import unohelper
from cchc_office.office import Office
from cchc_office.requests import answer
from cchc_office.undoing import Press
from com.sun.star.task import XInteractionHandler
from com.sun.star.ucb import XCommandEnvironment

office = None


def connect():
    """Connect to the office; False as long as it does not listen."""
    global office
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    try:
        context = resolver.resolve(f"uno:pipe,name={sys.argv[2]};urp;StarOffice.ComponentContext")
    except Exception:
        return False
    office = Office(context)
    return True


def fresh():
    """Close every document; a new press begins."""
    global office
    for component in office.books():
        component.setModified(False)
        component.close(True)
    office.restore()
    office = Office(office.context)


class Agreeing(unohelper.Base, XInteractionHandler, XCommandEnvironment):
    """Agrees to whatever the installing of an extension asks."""

    def handle(self, request):
        for continuation in request.getContinuations():
            if continuation.queryInterface(uno.getTypeByName("com.sun.star.task.XInteractionApprove")) is not None:
                continuation.select()
                return

    def getInteractionHandler(self):  # noqa: N802 - UNO's name
        return self

    def getProgressHandler(self):  # noqa: N802
        return None


def install(path):
    """Install an extension for the user of this profile, as the extension manager does."""
    manager = office.context.getByName("/singletons/com.sun.star.deployment.ExtensionManager")
    url = uno.systemPathToFileUrl(path)
    found = manager.addExtension(url, (), "user", manager.createAbortChannel(), Agreeing())
    return found.getIdentifier().Value


def click(button):
    """What a click does: the installed component is created and told the button."""
    service = office.context.ServiceManager.createInstanceWithContext("vn.cchc.Calc", office.context)
    service.trigger(button)


def one_undo(begin):
    """Begin or end what is one entry in the list of things to undo, as a click does."""
    if begin:
        office.press = Press(office.front_or_none(), "CCHC").__enter__()
    else:
        office.press.__exit__()
        office.press = None


def undo():
    """One undo in the workbook in front; the title of what was undone, None when there is nothing."""
    manager = office.front_or_none().UndoManager
    if not manager.isUndoPossible():
        return None
    title = manager.getCurrentUndoActionTitle()
    manager.undo()
    return title


TESTING = {
    "test.connect": connect,
    "test.fresh": fresh,
    "test.install": install,
    "test.click": click,
    "test.one_undo": one_undo,
    "test.undo": undo,
}

for line in sys.stdin.buffer:
    message = json.loads(line)
    if message["do"] in TESTING:
        try:
            reply = {"gave": TESTING[message["do"]](**message["with"])}
        except Exception as fault:
            reply = {"refused": f"{type(fault).__name__}: {fault}"}
    else:
        reply = answer(office, message)
    sys.stdout.write(json.dumps(reply) + "\n")
    sys.stdout.flush()
