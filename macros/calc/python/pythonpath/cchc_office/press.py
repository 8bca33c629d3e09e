"""A click: start the helper when it does not run, tell it the button, and do what it asks for until it is done."""

from __future__ import annotations

import contextlib

from cchc_office import boxes
from cchc_office.office import Office, Refused
from cchc_office.requests import answer
from cchc_office.starting import Ended, NotStarted, helper
from cchc_office.texts import HELPER_ENDED, PREVIEW, READ_ONLY, UNDO, UNEXPECTED
from cchc_office.undoing import Press

# These leave the open workbook alone: LibreOffice stays usable while they work.
_APART = ("tong-hop", "tao-so", "nhap")
_STEP = 0.05  # seconds between two looks at LibreOffice's own events
_SILENCE = 600.0  # seconds without a word after which the helper is given up

_working = False


def press(context, button):
    """Do what a button says. Never raises; a click while another one is at work is passed over."""
    global _working
    if _working:
        return
    _working = True
    office = None
    try:
        office = Office(context)
        _press(office, button)
    except (Refused, NotStarted, Ended) as fault:
        _say(office, str(fault))
    except Exception as fault:
        _say(office, UNEXPECTED.format(fault=type(fault).__name__))
    finally:
        _working = False


def _say(office, text):
    with contextlib.suppress(Exception):  # there is nobody left to tell
        boxes.say(office, text)


def _press(office, button):
    office.commit_typing()
    book = office.front_or_none()
    if book is not None and button in UNDO:
        _refuse_unwritable(book)
    helping = helper()
    with contextlib.ExitStack() as after:
        if book is not None and button in UNDO:
            office.press = after.enter_context(Press(book, UNDO[button]))
        after.callback(office.restore)
        try:
            helping.send({"press": button})
            _serve(office, helping, apart=button in _APART)
        except BaseException:
            helping.end()  # what it still waits for must not become the answer to the next press
            raise


def _refuse_unwritable(book):
    if book.isReadonly():
        raise Refused(READ_ONLY)
    if not hasattr(book.getCurrentController(), "getActiveSheet"):
        raise Refused(PREVIEW)


def _serve(office, helping, *, apart):
    silence = 0.0
    while True:
        message = helping.receive(_STEP)
        if message is None:
            silence += _STEP
            if silence > _SILENCE:
                helping.end()
                raise Ended(HELPER_ENDED)
            if apart:
                office.let_events_pass()
            continue
        silence = 0.0
        if message.get("done"):
            return
        helping.send(answer(office, message))
