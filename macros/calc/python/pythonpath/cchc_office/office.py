"""The running LibreOffice: its open workbooks, and what is changed in it for the time of a press."""

from __future__ import annotations

import contextlib

import uno
from com.sun.star.beans import PropertyValue

_WORKBOOK = "com.sun.star.sheet.SpreadsheetDocument"


class Refused(Exception):
    """LibreOffice cannot do what is asked for; the message says why."""


class Gone(Refused):
    """The workbook, sheet or place is not there (any more)."""


def properties(**values):
    """Arguments as UNO takes them."""
    return tuple(PropertyValue(name, 0, value, 0) for name, value in values.items())


class Office:
    """LibreOffice for the time of a press."""

    def __init__(self, context):
        self.context = context
        self.desktop = self.create("com.sun.star.frame.Desktop")
        self._front = None  # the workbook that this press brought to the front
        self._locked = []
        self._calculating = {}  # the workbooks that were told to recalculate or not, and whether they did before
        self._indicator = None
        self.press = None  # the entry in the list of things to undo, while a press changes a workbook

    def create(self, service):
        """A UNO service."""
        return self.context.ServiceManager.createInstanceWithContext(service, self.context)

    # workbooks

    def books(self):
        """The open workbooks."""
        found = []
        components = self.desktop.getComponents().createEnumeration()
        while components.hasMoreElements():
            component = components.nextElement()
            if _is_workbook(component):
                found.append(component)
        return found

    def front_or_none(self):
        """The workbook that the user works in."""
        if self._front is not None and self._front in self.books():
            return self._front
        current = self.desktop.getCurrentComponent()
        return current if _is_workbook(current) else None

    def bring_to_front(self, book):
        """Show a workbook; from now on it is the one the press works in."""
        self._front = book
        controller = book.getCurrentController()
        if controller is not None:
            controller.getFrame().getContainerWindow().toFront()
            controller.getFrame().activate()

    def book(self, key):
        """The open workbook with this key. Raises ``Gone``."""
        for book in self.books():
            if book.RuntimeUID == key:
                return book
        raise Gone("the workbook is not open any more")

    def sheet(self, key, name):
        """A sheet by the key of its workbook and its name. Raises ``Gone``."""
        sheets = self.book(key).getSheets()
        if not sheets.hasByName(name):
            raise Gone(f"no sheet {name!r}")
        return sheets.getByName(name)

    # the window

    def frame(self):
        """The frame of the workbook in front, or any; ``None`` without one."""
        book = self.front_or_none()
        controller = book.getCurrentController() if book is not None else None
        return controller.getFrame() if controller is not None else self.desktop.getCurrentFrame()

    def commit_typing(self):
        """Finish a cell that is being typed into: else the text is lost when a sheet changes."""
        book = self.front_or_none()
        controller = book.getCurrentController() if book is not None else None
        if controller is not None:
            dispatcher = self.create("com.sun.star.frame.DispatchHelper")
            # The second takes figures and texts only; LibreOffice before 7.1 has not the first.
            for command in (".uno:AcceptFormula", ".uno:Calculate"):
                dispatcher.executeDispatch(controller.getFrame(), command, "", 0, ())

    def let_events_pass(self):
        """Let LibreOffice repaint and answer its user."""
        toolkit = self.create("com.sun.star.awt.Toolkit")
        with contextlib.suppress(AttributeError):
            toolkit.processEventsToIdle()

    def status(self, text):
        """Show a text in the status bar; an empty one gives the bar back."""
        if self._indicator is not None and not text:
            self._indicator.end()
            self._indicator = None
        elif self._indicator is not None:
            self._indicator.setText(text)
        elif text:
            frame = self.frame()
            if frame is not None:
                self._indicator = frame.createStatusIndicator()
                self._indicator.start(text, 0)

    def hold_screen(self, hold):
        """Stop repainting the open workbooks, or go on."""
        if hold and not self._locked:
            self._locked = self.books()
            for book in self._locked:
                book.lockControllers()
                book.addActionLock()
        elif not hold:
            locked, self._locked = self._locked, []
            for book in locked:
                with contextlib.suppress(Exception):  # closed in the meantime
                    book.removeActionLock()
                    book.unlockControllers()

    def recalculate(self, book, by_itself):
        """Let a workbook recalculate by itself, or not."""
        self._calculating.setdefault(book.RuntimeUID, (book, bool(book.isAutomaticCalculationEnabled())))
        book.enableAutomaticCalculation(by_itself)

    def step(self):
        """A change of a workbook is coming."""
        if self.press is not None:
            self.press.step()

    def restore(self):
        """Give back what was held for the press, whoever forgot to."""
        self.hold_screen(False)
        for book, by_itself in self._calculating.values():
            with contextlib.suppress(Exception):  # closed in the meantime
                if bool(book.isAutomaticCalculationEnabled()) != by_itself:
                    book.enableAutomaticCalculation(by_itself)
        self._calculating.clear()
        with contextlib.suppress(Exception):
            self.status("")


def _is_workbook(component):
    return component is not None and hasattr(component, "supportsService") and component.supportsService(_WORKBOOK)


def path_of(url):
    """The path in the file system for a URL; the URL itself where there is none (or nothing: never saved)."""
    if not url:
        return ""
    try:
        return uno.fileUrlToSystemPath(url)
    except Exception:
        return url
