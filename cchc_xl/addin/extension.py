"""The extension for LibreOffice ``macros/CCHC.oxt`` from the plain sources in ``macros/calc/``. Equal parts each time.

An extension is a zip: a manifest, settings that add a menu, a toolbar and keys, and one UNO component in Python.
Format: https://wiki.documentfoundation.org/Documentation/DevGuide/Extensions
"""

from __future__ import annotations

import tomllib
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import quoteattr

from cchc_xl.addin.sources import MACROS
from cchc_xl.atomic import replacing
from cchc_xl.errors import CchcError

EXTENSION = MACROS / "CCHC.oxt"
SOURCES = MACROS / "calc"
IDENTIFIER = "vn.cchc.calc"
SERVICE = "vn.cchc.Calc"
VERSION = "0.1.0"

_MENU, _TOOLBAR = f"{IDENTIFIER}.menu", f"{IDENTIFIER}.toolbar"
_CALC, _START_CENTER = "com.sun.star.sheet.SpreadsheetDocument", "com.sun.star.frame.StartModule"
_KEY_MODIFIERS = "MOD1_MOD2"  # Ctrl+Alt
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_CONFIGURATION = "application/vnd.sun.star.configuration-data"
_COMPONENT = "application/vnd.sun.star.uno-component;type=Python"


@dataclass(frozen=True, slots=True)
class Button:
    """A button of the extension; ``name`` is the command's."""

    name: str
    label: str
    tip: str
    key: str
    without_workbook: bool = False

    @property
    def url(self) -> str:
        """What LibreOffice calls at a click: the UNO component with the name."""
        return f"service:{SERVICE}?{self.name}"


def build_extension(target: Path = EXTENSION) -> None:
    """Write the extension to ``target``, whole or not at all."""
    package = extension_package()
    with replacing(target) as temporary:
        temporary.write_bytes(package)


def extension_package() -> bytes:
    """The bytes of the extension."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in extension_parts().items():
            info = zipfile.ZipInfo(name, _ZIP_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return stream.getvalue()


def extension_parts() -> Mapping[str, bytes]:
    """The parts of the package by their names. Raises ``CchcError`` where the sources are missing."""
    buttons = read_buttons()
    texts = {
        "META-INF/manifest.xml": _manifest(),
        "description.xml": _description(),
        "Addons.xcu": _addons(buttons),
        "Accelerators.xcu": _keys(buttons),
        "CalcWindowState.xcu": _toolbar_state(),
    }
    files = [
        path
        for folder in ("python", "icons")
        for path in sorted((SOURCES / folder).rglob("*"))
        if path.is_file() and path.suffix in (".py", ".svg")
    ]
    return {
        **{name: text.encode() for name, text in texts.items()},
        **{path.relative_to(SOURCES).as_posix(): path.read_bytes().replace(b"\r\n", b"\n") for path in files},
    }


def read_buttons() -> Sequence[Button]:
    """The buttons of ``buttons.toml``."""
    source = SOURCES / "buttons.toml"
    if not source.is_file():
        raise CchcError(f"Không có mã nguồn tiện ích {source}: hãy chạy từ thư mục mã nguồn của dự án.")
    return [Button(**entry) for entry in tomllib.loads(source.read_text(encoding="utf-8"))["button"]]


# the parts --------------------------------------------------------------------------------------------------------


def _manifest() -> str:
    parts = [(_CONFIGURATION, name) for name in ("Addons.xcu", "Accelerators.xcu", "CalcWindowState.xcu")]
    parts.append((_COMPONENT, "python/cchc_calc.py"))
    entries = "".join(
        f' <manifest:file-entry manifest:media-type="{kind}" manifest:full-path="{name}"/>\n' for kind, name in parts
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<manifest:manifest xmlns:manifest="http://openoffice.org/2001/manifest">\n{entries}</manifest:manifest>\n'
    )


def _description() -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<description xmlns="http://openoffice.org/extensions/description/2006" '
        'xmlns:xlink="http://www.w3.org/1999/xlink">\n'
        f' <identifier value="{IDENTIFIER}"/>\n <version value="{VERSION}"/>\n'
        " <display-name>\n"
        '  <name lang="vi">CCHC: kiểm tra và tổng hợp báo cáo cải cách hành chính</name>\n'
        '  <name lang="en">CCHC: kiểm tra và tổng hợp báo cáo cải cách hành chính</name>\n'
        " </display-name>\n</description>\n"
    )


def _addons(buttons: Sequence[Button]) -> str:
    """Menu, toolbar and icons."""
    menu = _node(
        _MENU,
        _value("Title", "CCHC", localised=True),
        _value("Context", f"{_CALC},{_START_CENTER}"),
        _value("Target", "_self"),
        _node("Submenu", *(_entry(number, button) for number, button in enumerate(buttons)), new=False),
    )
    # In the Start Center, which has no toolbars, one of ours would float about as a window of its own.
    toolbar = _node(_TOOLBAR, *(_entry(number, button, anywhere=False) for number, button in enumerate(buttons)))
    icons = [
        _node(
            f"{IDENTIFIER}.{button.name}",
            _value("URL", button.url),
            _node(
                "UserDefinedImages",
                *(_value(size, f"%origin%/icons/{button.name}.svg") for size in ("ImageSmallURL", "ImageBigURL")),
                new=False,
            ),
        )
        for button in buttons
    ]
    groups = [("OfficeMenuBar", [menu]), ("OfficeToolBar", [toolbar]), ("Images", icons)]
    inner = _node("AddonUI", *(_node(name, *nodes, new=False) for name, nodes in groups), new=False)
    return _settings("Addons", "org.openoffice.Office", inner)


def _entry(number: int, button: Button, *, anywhere: bool = True) -> str:
    return _node(
        f"m{number}",
        _value("URL", button.url),
        _value("Title", button.label, localised=True),
        _value("Target", "_self"),
        _value("Context", f"{_CALC},{_START_CENTER}" if anywhere and button.without_workbook else _CALC),
    )


def _keys(buttons: Sequence[Button]) -> str:
    nodes = [
        _node(f"{button.key}_{_KEY_MODIFIERS}", _value("Command", button.url, localised=True)) for button in buttons
    ]
    module = _node("Modules", _node(_CALC, *nodes, new=False), new=False)
    return _settings("Accelerators", "org.openoffice.Office", _node("PrimaryKeys", module, new=False))


def _toolbar_state() -> str:
    """The toolbar's name, and that it shows."""
    state = _node(
        f"private:resource/toolbar/addon_{_TOOLBAR}",
        _value("UIName", "CCHC", localised=True),
        '<prop oor:name="Style" oor:type="xs:int"><value>2</value></prop>',
        '<prop oor:name="Visible" oor:type="xs:boolean"><value>true</value></prop>',
    )
    inner = _node("UIElements", _node("States", state, new=False), new=False)
    return _settings("CalcWindowState", "org.openoffice.Office.UI", inner)


def _settings(name: str, package: str, inner: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<oor:component-data xmlns:oor="http://openoffice.org/2001/registry" '
        f'xmlns:xs="http://www.w3.org/2001/XMLSchema" oor:name="{name}" oor:package="{package}">\n'
        f"{inner}\n</oor:component-data>\n"
    )


def _node(name: str, *inner: str, new: bool = True) -> str:
    operation = ' oor:op="replace"' if new else ""
    return f"<node oor:name={quoteattr(name)}{operation}>{_lines(inner)}</node>"


def _lines(parts: Iterable[str]) -> str:
    return "".join(f"\n{part}" for part in parts) + "\n"


def _value(name: str, text: str, *, localised: bool = False) -> str:
    # English is what LibreOffice falls back to, so that every language of its surface shows the text.
    language = ' xml:lang="en-US"' if localised else ""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return f'<prop oor:name="{name}" oor:type="xs:string"><value{language}>{escaped}</value></prop>'
