"""Looks into a running LibreOffice for the tests: ``python3 observer.py PIPE``, run by a Python that has ``uno``.

Each line of standard input is a question ``{"ask": name, "with": {…}}``; each answer is one line of JSON, with
``{"answer": …}`` or ``{"failed": …}``. It looks and does not act: keys and mouse come from outside. The exceptions are
housekeeping that is not under test: opening a file, closing everything.

Standard library and ``uno`` only: it runs outside the tests' own environment.
"""

import json
import sys
import traceback
from contextlib import suppress
from pathlib import Path

import uno
from com.sun.star.accessibility import AccessibleRole, AccessibleStateType
from com.sun.star.beans import PropertyValue

ROLES = {
    value: name
    for name in dir(AccessibleRole)
    if name.isupper() and isinstance(value := getattr(AccessibleRole, name), int)
}
STATES = ("ENABLED", "SHOWING", "VISIBLE", "FOCUSED", "MODAL", "ACTIVE", "CHECKED", "DEFAULT", "EDITABLE", "SELECTED")
STATES = {getattr(AccessibleStateType, name): name for name in STATES}
# A sheet has thousands of millions of cells.
ENDLESS = {"DOCUMENT", "DOCUMENT_SPREADSHEET", "TABLE", "TREE_TABLE"}
MOST = 4000


class Observer:
    """Answers questions about one LibreOffice."""

    def __init__(self, pipe):
        self.pipe = pipe
        self.context = None
        self.known = {}

    # The office ------------------------------------------------------------------------------------------------------

    def connect(self):
        """Whether LibreOffice answers."""
        here = uno.getComponentContext()
        resolver = here.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", here)
        try:
            self.context = resolver.resolve(f"uno:pipe,name={self.pipe};urp;StarOffice.ComponentContext")
            self.desktop = self.service("com.sun.star.frame.Desktop")
            self.toolkit = self.service("com.sun.star.awt.Toolkit")
        except Exception:
            return False
        return True

    def service(self, name):
        return self.context.ServiceManager.createInstanceWithContext(name, self.context)

    def extensions(self):
        """Identifiers of the extensions that are installed."""
        provider = self.context.getValueByName("/singletons/com.sun.star.deployment.PackageInformationProvider")
        return [name for name, _ in provider.getExtensionList()]

    def open(self, path, read_only=False):
        """Load a file as the start centre does; gives whether it came to be a document."""
        options = (PropertyValue("ReadOnly", 0, read_only, 0),)
        return self.desktop.loadComponentFromURL(uno.systemPathToFileUrl(path), "_default", 0, options) is not None

    def close_all(self):
        """Close every document without a question; where no start centre stands, the last one makes room for it."""
        documents = self.documents()
        frames = [self.desktop.Frames.getByIndex(number) for number in range(self.desktop.Frames.getCount())]
        last = len(documents) == len(frames)
        helper = self.service("com.sun.star.frame.DispatchHelper")
        for number, document in enumerate(documents):
            with suppress(Exception):
                document.setModified(False)
                if last and number == 0:
                    continue
                document.close(True)
        if last and documents:
            helper.executeDispatch(documents[0].CurrentController.Frame, ".uno:CloseDoc", "", 0, ())

    def terminate(self):
        """Ask the office to end."""
        return self.desktop.terminate()

    # Documents -------------------------------------------------------------------------------------------------------

    def documents(self):
        components = self.desktop.getComponents().createEnumeration()
        found = []
        while components.hasMoreElements():
            found.append(components.nextElement())
        return [component for component in found if hasattr(component, "getCurrentController")]  # not the start centre

    def books(self):
        """What is open."""
        return [
            {
                "file": Path(uno.fileUrlToSystemPath(book.URL)).name if book.URL else "",
                "sheets": list(book.Sheets.ElementNames),
                "active": book.CurrentController.ActiveSheet.Name if book.CurrentController else "",
                "modified": book.isModified(),
                "read_only": book.isReadonly(),
                "filter": next((item.Value for item in book.getArgs() if item.Name == "FilterName"), ""),
            }
            for book in self.documents()
            if hasattr(book, "Sheets")
        ]

    def undo(self, file):
        """What Ctrl+Z would take back, the last first."""
        return list(self.book(file).UndoManager.getAllUndoActionTitles())

    def book(self, file):
        for book in self.documents():
            if hasattr(book, "Sheets") and book.URL and Path(uno.fileUrlToSystemPath(book.URL)).name == file:
                return book
        raise LookupError(f"{file} is not open")

    def selection(self, file):
        """Where the cursor is: sheet and address of the selected range."""
        chosen = self.book(file).CurrentSelection
        return chosen.AbsoluteName.replace("$", "").replace("'", "") if hasattr(chosen, "AbsoluteName") else ""

    def cell(self, file, sheet, address):
        """A cell as a person sees it, its number, its note."""
        found = self.book(file).Sheets[sheet].getCellRangeByName(address)
        return {
            "text": found.String,
            "value": found.Value,
            "note": found.Annotation.String,
        }

    def block(self, file, sheet):
        """The texts and numbers of all that is used of a sheet, row by row."""
        found = self.book(file).Sheets[sheet]
        cursor = found.createCursor()
        cursor.gotoEndOfUsedArea(False)
        end = cursor.RangeAddress
        area = found.getCellRangeByPosition(0, 0, end.EndColumn, end.EndRow)
        return [list(row) for row in area.getDataArray()]

    def protected(self, file, sheet):
        """Whether a sheet is protected."""
        return self.book(file).Sheets[sheet].isProtected()

    # The screen ------------------------------------------------------------------------------------------------------

    def windows(self):
        """The windows on the screen, dialogs too."""
        return [facts for _, facts in self.tops()]

    def tops(self):
        found = []
        for number in range(self.toolkit.getTopWindowCount()):
            with suppress(Exception):  # it may close while we look
                window = self.toolkit.getTopWindow(number)
                if window.isVisible():  # a dialog that was closed may still call itself SHOWING
                    context = window.getAccessibleContext()
                    found.append((context, self.facts(context)))
        return found

    def active(self):
        """The window that has the keys, by role and name; ``None`` while it changes from one to another."""
        window = self.toolkit.getActiveTopWindow()
        if window is None:
            return None
        facts = self.facts(window.getAccessibleContext())
        return [facts["role"], facts["name"]]

    def window(self, window):
        """What is to be seen of one window."""
        return self.facts(self.top(window))

    def top(self, window):
        """The window of this role and name: numbers of windows change whenever a menu opens."""
        for context, facts in self.tops():
            if [facts["role"], facts["name"]] == window:
                return context
        raise LookupError(f"no window {window}")

    def element(self, window, role, name="", toolbar=""):
        """The first of its role and name in a window, or on one of its toolbars; ``None`` where there is none.

        Walking through a window costs hundreds of calls into LibreOffice: where it was found before is looked at first.
        """
        sought = (*window, role, name, toolbar)
        with suppress(Exception):
            facts = self.facts(self.known[sought])
            if facts["role"] == role and name in ("", facts["name"]) and "SHOWING" in facts["states"]:
                return facts
        top = self.top(window)
        if toolbar:
            named = (node for node, kind, called in walk(top) if kind == "TOOL_BAR" and called == toolbar)
            top = next(named, None)
        for node, kind, called in walk(top) if top else ():
            if kind == role and name in ("", called):
                facts = self.facts(node)
                if "SHOWING" in facts["states"]:
                    self.known[sought] = node
                    return facts
        return None

    def elements(self, window, role="", toolbar=""):
        """All that stands in a window: buttons, fields, texts; or those of a role; or on a toolbar."""
        top = self.top(window)
        if toolbar:
            top = next(node for node, kind, called in walk(top) if kind == "TOOL_BAR" and called == toolbar)
        found = []
        for node, kind, _ in walk(top):
            if role in ("", kind):
                with suppress(Exception):  # it may go while we look
                    found.append(self.facts(node))
        return [facts for facts in found if "SHOWING" in facts["states"]]

    def menu(self, window, name):
        """The items of a menu that is open."""
        top = self.top(window)
        menu = next((node for node, kind, called in walk(top) if kind == "MENU" and called == name), None)
        if menu is None:
            raise LookupError(f"no menu {name}")
        items = [menu.getAccessibleChild(i).getAccessibleContext() for i in range(menu.getAccessibleChildCount())]
        shown = [facts for facts in map(self.facts, items) if "SHOWING" in facts["states"]]
        return [facts for facts in shown if facts["role"] != "SEPARATOR"]

    def facts(self, node):
        role = node.getAccessibleRole()
        return {
            "role": ROLES.get(role, str(role)),
            "name": node.getAccessibleName(),
            "states": [STATES[state] for state in node.getAccessibleStateSet().getStates() if state in STATES],
            "box": box(node),
            "text": text(node),
        }


def messages(fault):
    """What an exception says, and those that caused it."""
    while fault is not None:
        yield str(getattr(fault, "Message", "") or fault)
        try:
            fault = getattr(fault, "Cause", None)
        except SystemError:  # a cause that pyuno cannot lay hands on
            return


def walk(top):
    """All accessible nodes below ``top`` with role and name, breadth first."""
    waiting = [top]
    seen = 0
    while waiting and seen < MOST:
        node = waiting.pop(0)
        seen += 1
        try:
            role = ROLES.get(node.getAccessibleRole(), "")
            yield node, role, node.getAccessibleName()
            if role not in ENDLESS:
                children = range(node.getAccessibleChildCount())
                waiting += [node.getAccessibleChild(child).getAccessibleContext() for child in children]
        except Exception:
            continue  # it went away while we looked


def box(node):
    """x, y, width, height on the screen."""
    try:
        place, size = node.getLocationOnScreen(), node.getSize()
    except Exception:
        return None
    return [place.X, place.Y, size.Width, size.Height]


def text(node):
    """What is written in a field."""
    try:
        return node.getText()
    except Exception:
        return ""


def main():
    """Answer until standard input ends."""
    observer = Observer(sys.argv[1])
    for line in sys.stdin:
        question = json.loads(line)
        try:
            answer = {"answer": getattr(observer, question["ask"])(**question.get("with", {}))}
        except Exception as fault:
            last = traceback.extract_tb(fault.__traceback__)[-1]
            message = " <- ".join(messages(fault))
            answer = {"failed": f"{type(fault).__name__}: {message} (line {last.lineno})"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
