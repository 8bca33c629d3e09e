"""The small window for PCs on which Office may not start other programs: the ribbon's buttons, without any macro.

``python -m cchc_xl.hosts.window`` stays in front of Excel, attaches to the Excel that is running and presses the same
buttons as the ribbon. ``Window`` knows what happens and no Tk; ``show`` draws it. Where Python has no Tk (the
embeddable one) a sentence says so.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from cchc_xl.hosts.excel.faults import sentence
from cchc_xl.hosts.message_box import message_box
from cchc_xl.hosts.turn import Turn, our_turn

TITLE = "CCHC"
READY = "Mở sổ trong Excel rồi bấm nút."
NO_EXCEL = "Chưa mở Excel: hãy mở sổ bằng Excel rồi bấm lại."
AT_WORK = "Nút CCHC bấm trên thẻ của Excel còn đang làm: hãy đợi xong rồi bấm lại."
NO_TK = "Python trên máy này không có Tk nên không mở được cửa sổ: hãy dùng thẻ CCHC trong Excel hoặc lệnh cchc-xl."
NO_DISPLAY = "Không mở được cửa sổ vì máy không có màn hình: hãy dùng lệnh cchc-xl."


@dataclass(frozen=True, slots=True)
class Button:
    """A button: its id, as ``buttons.press`` knows it, its label, and the place of its Alt key in the label."""

    id: str
    label: str
    alt: int

    @property
    def key(self) -> str:
        """The Alt key, a plain letter that every keyboard layout has."""
        return self.label[self.alt].lower()


LABELS = (
    Button("kiem-tra", "Kiểm tra", 0),
    Button("tong-hop", "Tổng hợp", 0),
    Button("cong-ky", "Cộng kỳ", 0),
    Button("tao-so", "Tạo sổ mới", 4),
    Button("nhap", "Nhập số liệu", 0),
    Button("nop", "Nộp", 2),
    Button("xoa-danh-dau", "Xóa đánh dấu", 0),
    Button("huong-dan", "Hướng dẫn", 0),
)


def _pressing(button: str) -> Callable[[Any], bool]:
    def press(app: Any) -> bool:
        # Loaded at the first press: the window stands at once.
        from importlib import import_module

        return bool(import_module("cchc_xl.hosts.excel.buttons").press(button, app))

    return press


BUTTONS: Mapping[str, Callable[[Any], bool]] = {button.id: _pressing(button.id) for button in LABELS}


def running_excel() -> Any:
    """The Excel that the user works in, as an ``xlwings.App``; ``None`` when none runs."""
    # xlwings, too, is loaded at the first press.
    from cchc_xl.hosts.excel import attach

    return attach.running_excel()


class Window:
    """What the window shows and does: ``status`` and whether it is ``working``; ``changed`` is called when they change.

    The handlers show their own messages in Excel; here stands what keeps them from being reached.
    """

    def __init__(
        self,
        buttons: Mapping[str, Callable[[Any], bool]] = BUTTONS,
        excel: Callable[[], Any] = running_excel,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.status = READY
        self.working = False
        self.changed = changed
        self._buttons = buttons
        self._excel = excel

    def press(self, button: Button) -> None:
        """Do what the button says, once: a press while another is at work is passed over."""
        if self.working:
            return
        self.working = True
        self._say(f"Đang làm: {button.label}…")
        try:
            status = self._run(button)
        except Exception as fault:
            status = sentence(button.id, fault)
        finally:
            self.working = False
        self._say(status)

    def _run(self, button: Button) -> str:
        app = self._excel()
        if app is None:
            return NO_EXCEL
        with our_turn() as turn:
            if turn is not Turn.OURS:
                return AT_WORK
            return self._pressed(button, app)

    def _pressed(self, button: Button, app: Any) -> str:
        if not self._buttons[button.id](app):
            return f"Chưa làm được: {button.label} (lý do ở thông báo vừa hiện)."
        return f"Đã xong: {button.label}."

    def _say(self, status: str) -> None:
        self.status = status
        self.changed()


# Tk -------------------------------------------------------------------------------------------------------------------

_FONT = ("Segoe UI", 13)
_SMALL = ("Segoe UI", 11)
_WIDTH = 300  # pixels of the status text


def build(root: Any, window: Window) -> dict[str, Any]:
    """Lay the window out in a Tk root; gives the buttons by id, and the status line as ``status``."""
    import tkinter as tk

    root.title(TITLE)
    root.resizable(False, False)
    root.attributes("-topmost", True)
    widgets: dict[str, Any] = {}
    status = tk.StringVar(root, window.status)

    def press(button: Button) -> None:
        window.press(button)
        # Clicks made meanwhile wait in the queue: they shall meet buttons that are still off. One may close the window.
        with suppress(tk.TclError):
            root.update()
            _enable(widgets, "normal")

    def changed() -> None:
        status.set(window.status)
        if window.working:
            _enable(widgets, "disabled")
            root.update()

    for button in LABELS:
        widget = tk.Button(
            root,
            text=button.label,
            underline=button.alt,
            font=_FONT,
            command=lambda b=button: press(b),  # type: ignore[misc]
        )
        widget.pack(fill="x", padx=10, pady=3, ipady=4)
        widget.bind("<Return>", lambda event: event.widget.invoke())
        for key in (button.key, button.key.upper()):
            root.bind(f"<Alt-{key}>", lambda event, b=widget: b.invoke())
        widgets[button.id] = widget
    line = tk.Label(root, textvariable=status, font=_SMALL, wraplength=_WIDTH, justify="left", anchor="w", height=4)
    line.pack(fill="x", padx=10, pady=(4, 8))
    widgets["status"] = line
    window.changed = changed
    root.bind("<Escape>", lambda event: _close(root, window))
    root.protocol("WM_DELETE_WINDOW", lambda: _close(root, window))
    widgets[LABELS[0].id].focus_set()
    return widgets


def _enable(widgets: Mapping[str, Any], state: str) -> None:
    for button in LABELS:
        widgets[button.id].configure(state=state)


def _close(root: Any, window: Window) -> None:
    """Close, but not in the middle of a handler's work on the open workbook."""
    if not window.working:
        root.destroy()


def main() -> int:
    """Show the window until it is closed."""
    try:
        import tkinter as tk
    except ImportError:
        message_box(NO_TK)
        return 2
    try:
        root = tk.Tk()
    except tk.TclError:
        message_box(NO_DISPLAY)
        return 2
    build(root, Window())
    root.mainloop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
