"""Answers the engine for a LibreOffice: the extension's own modules, run outside of it over a pipe (tests only).

Run by a Python that has `uno`, perhaps older than the project's: `bridge.py <folder of modules> <name of the pipe>`.
"""

import json
import sys

sys.path.insert(0, sys.argv[1])

import pressing as buttons
import row_fitting
import uno
import unohelper
from cchc_office import boxes, requests
from cchc_office import press as pressing
from cchc_office.office import Office, properties
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


class Agreeing(unohelper.Base, XInteractionHandler):
    """Agrees to whatever the installing of an extension asks."""

    def handle(self, request):
        for continuation in request.getContinuations():
            if continuation.queryInterface(uno.getTypeByName("com.sun.star.task.XInteractionApprove")) is not None:
                continuation.select()
                return


class Environment(unohelper.Base, XCommandEnvironment):
    """Who is asked, and who is told how far it is."""

    def getInteractionHandler(self):  # noqa: N802 - UNO's name
        return Agreeing()

    def getProgressHandler(self):  # noqa: N802
        return None


def install(path):
    """Install an extension for the user of this profile, as the extension manager does."""
    manager = office.context.getByName("/singletons/com.sun.star.deployment.ExtensionManager")
    url = uno.systemPathToFileUrl(path)
    found = manager.addExtension(url, (), "user", manager.createAbortChannel(), Environment())
    return found.getIdentifier().Value


def click(button):
    """What a click does: the installed component is created and told the button."""
    service = office.context.ServiceManager.createInstanceWithContext("vn.cchc.Calc", office.context)
    service.trigger(button)


def press(button):
    """A click that is served here and not inside the office, and what it says instead of showing boxes."""
    said = []
    boxes.say = requests.REQUESTS["say"] = lambda _office, text: said.append(text)
    pressing.press(office.context, button)
    return said


def one_undo(begin):
    """Begin or end what is one entry in the list of things to undo, as a click does."""
    if begin:
        office.press = Press(office.front_or_none(), "CCHC")
    else:
        office.press.close()
        office.press = None


def open_as(path, read_only):
    """Open a file as a user may: to read only."""
    office.desktop.loadComponentFromURL(
        uno.systemPathToFileUrl(path), "_blank", 0, properties(ReadOnly=read_only)
    )


def dispatch(command):
    """A command of LibreOffice's own menus, in the workbook in front."""
    frame = office.front_or_none().getCurrentController().getFrame()
    office.create("com.sun.star.frame.DispatchHelper").executeDispatch(frame, f".uno:{command}", "", 0, ())


def titles():
    """The list of things to undo in the workbook in front, the last first."""
    return list(office.front_or_none().UndoManager.getAllUndoActionTitles())


def modified():
    """Whether the workbook in front has changes to save."""
    return office.front_or_none().isModified()


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
    "test.press": press,
    "test.open": open_as,
    "test.dispatch": dispatch,
    "test.titles": titles,
    "test.modified": modified,
    "test.one_undo": one_undo,
    "test.undo": undo,
    "test.macros": lambda task: buttons.macros(office.desktop, task),
    "test.row_heights": lambda path: row_fitting.row_heights(office.desktop, path),
}

for line in sys.stdin.buffer:
    message = json.loads(line)
    if message["do"] in TESTING:
        try:
            reply = {"gave": TESTING[message["do"]](**message["with"])}
        except Exception as fault:
            reply = {"refused": f"{type(fault).__name__}: {fault}"}
    else:
        reply = requests.answer(office, message)
    sys.stdout.write(json.dumps(reply) + "\n")
    sys.stdout.flush()
