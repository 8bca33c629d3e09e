"""Boxes in which the user is told or asked something, drawn by LibreOffice. An answer ``None``: the user gave up."""

from __future__ import annotations

from pathlib import Path

import uno
from com.sun.star.awt.MessageBoxType import INFOBOX, QUERYBOX

from cchc_office.texts import TITLE

_OK, _YES_NO = 1, 3  # com.sun.star.awt.MessageBoxButtons
_YES = 2  # com.sun.star.awt.MessageBoxResults
_ACCEPTED = 1  # com.sun.star.ui.dialogs.ExecutableDialogResults
_OPEN, _SAVE = 0, 10  # com.sun.star.ui.dialogs.TemplateDescription: FILEOPEN_SIMPLE, FILESAVE_AUTOEXTENSION
_XLSX = "Sổ Excel (*.xlsx)"


def say(office, text):
    """Show a message."""
    _message(office, INFOBOX, _OK, text)


def agree(office, text):
    """Ask yes or no."""
    return _message(office, QUERYBOX, _YES_NO, text) == _YES


def _message(office, kind, buttons, text):
    frame = office.frame()
    window = frame.getContainerWindow() if frame is not None else None
    return office.create("com.sun.star.awt.Toolkit").createMessageBox(window, kind, buttons, TITLE, text).execute()


def folder(office, title, start):
    """Ask for a folder."""
    picker = office.create("com.sun.star.ui.dialogs.FolderPicker")
    picker.setTitle(title)
    if start and Path(start).is_dir():
        picker.setDisplayDirectory(uno.systemPathToFileUrl(start))
    if picker.execute() != _ACCEPTED:
        return None
    return uno.fileUrlToSystemPath(picker.getDirectory())


def file(office, title, start):
    """Ask for an existing file."""
    picker = _file_picker(office, title, start, _OPEN)
    return _chosen(picker)


def save_as(office, title, start):
    """Ask where to write an .xlsx."""
    picker = _file_picker(office, title, start, _SAVE)
    picker.appendFilter(_XLSX, "*.xlsx")
    picker.setCurrentFilter(_XLSX)
    return _chosen(picker)


def _file_picker(office, title, start, kind):
    picker = office.create("com.sun.star.ui.dialogs.FilePicker")
    picker.initialize((kind,))
    picker.setTitle(title)
    path = Path(start)
    if start and path.is_dir():
        picker.setDisplayDirectory(uno.systemPathToFileUrl(start))
    elif start:
        if path.is_absolute() and path.parent.is_dir():
            picker.setDisplayDirectory(uno.systemPathToFileUrl(str(path.parent)))
        picker.setDefaultName(path.name)
    return picker


def _chosen(picker):
    if picker.execute() != _ACCEPTED:
        return None
    return uno.fileUrlToSystemPath(picker.getSelectedFiles()[0])


_WIDTH, _MARGIN, _LINE, _BUTTON = 260, 8, 8, (50, 16)  # in units of the dialogue's font
_LINE_CHARACTERS = 66
_POSITION = 3  # com.sun.star.awt.PosSize.POS


def text(office, question, default):
    """Ask for a line of text."""
    lines = sum(1 + len(line) // _LINE_CHARACTERS for line in question.split("\n"))
    at_field = _MARGIN + _LINE * lines + 4
    at_buttons = at_field + 14 + _MARGIN
    model = office.create("com.sun.star.awt.UnoControlDialogModel")
    model.Title = TITLE
    model.Width, model.Height = _WIDTH, at_buttons + _BUTTON[1] + _MARGIN
    inner = _WIDTH - 2 * _MARGIN
    # NoLabel: no letter of the question becomes a key.
    label = {"Label": question, "MultiLine": True, "NoLabel": True}
    _put(model, "FixedText", "question", (_MARGIN, _MARGIN, inner, _LINE * lines), **label)
    _put(model, "Edit", "answer", (_MARGIN, at_field, inner, 14), Text=default, TabIndex=0)
    right = _WIDTH - _MARGIN - _BUTTON[0]
    _put(model, "Button", "ok", (right - _BUTTON[0] - 6, at_buttons, *_BUTTON), PushButtonType=1, DefaultButton=True)
    _put(model, "Button", "cancel", (right, at_buttons, *_BUTTON), PushButtonType=2, Label="Hủy")
    model.getByName("ok").Label = "Đồng ý"
    dialog = office.create("com.sun.star.awt.UnoControlDialog")
    dialog.setModel(model)
    frame = office.frame()
    window = frame.getContainerWindow() if frame is not None else None
    dialog.createPeer(office.create("com.sun.star.awt.Toolkit"), window)
    if window is not None:
        around, own = window.getPosSize(), dialog.getPosSize()
        left, top = (around.Width - own.Width) // 2, (around.Height - own.Height) // 3
        dialog.setPosSize(max(0, left), max(0, top), 0, 0, _POSITION)
    field = dialog.getControl("answer")
    field.setFocus()
    field.setSelection(uno.createUnoStruct("com.sun.star.awt.Selection", 0, len(default)))
    try:
        return field.getText().strip() if dialog.execute() == _ACCEPTED else None
    finally:
        dialog.dispose()


def _put(model, kind, name, place, **values):
    control = model.createInstance(f"com.sun.star.awt.UnoControl{kind}Model")
    control.PositionX, control.PositionY, control.Width, control.Height = place
    for key, value in values.items():
        setattr(control, key, value)
    model.insertByName(name, control)
