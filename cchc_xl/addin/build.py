"""The add-in ``macros/CCHC.xlam`` and form workbooks with buttons (.xlsm), without Excel. Equal parts each time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cchc_xl.addin.sources import MACROS, RIBBON, addin_modules, sheet_button_modules
from cchc_xl.addin.vba_project import Module, sheet_module, workbook_module, write_vba_project
from cchc_xl.atomic import replacing
from cchc_xl.catalogue.load import form_ids, load_form
from cchc_xl.catalogue.model import Form
from cchc_xl.cover import standard_place
from cchc_xl.form_workbook.build import build_form_workbook
from cchc_xl.form_workbook.package import BUILD_DATE
from cchc_xl.stamp import Stamp

ADDIN = MACROS / "CCHC.xlam"
WITH_BUTTONS = MACROS.parent / "workbooks" / "co-nut"
COMMAND = "python -m cchc_xl.addin"

_WORKBOOK_CODE_NAME = "ThisWorkbook"
_ADDIN_SHEET = "CCHC"
_MACRO_TYPE = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
_ADDIN_TYPE = "application/vnd.ms-excel.addin.macroEnabled.main+xml"
_RIBBON_PART = "customUI/customUI.xml"
_RIBBON_RELATION = "http://schemas.microsoft.com/office/2006/relationships/ui/extensibility"
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)

# Caption and macro of the buttons on a sheet; the macros are those of CchcSheetButtons.bas.
BUTTONS = (("Kiểm tra", "CchcNutKiemTra"), ("Tổng hợp", "CchcNutTongHop"))
_BUTTON_WIDTH, _BUTTON_HEIGHT, _BUTTON_GAP = 110, 32, 10  # pixels


# the add-in -------------------------------------------------------------------------------------------------------


def build_addin(target: Path = ADDIN) -> None:
    """Write the add-in to ``target``, whole or not at all."""
    package = addin_package()
    with replacing(target) as temporary:
        temporary.write_bytes(package)


def addin_package() -> bytes:
    """The bytes of the add-in."""
    return _as_addin(_macro_workbook(), RIBBON.read_bytes())


def _macro_workbook() -> bytes:
    """A macro workbook with one sheet, which nobody sees: Excel wants one."""
    import xlsxwriter

    stream = io.BytesIO()
    workbook = xlsxwriter.Workbook(stream, {"in_memory": True})
    workbook.set_properties(
        {
            # Excel's dialog of add-ins shows title and comments.
            "title": "CCHC",
            "comments": "Kiểm tra, nộp và tổng hợp báo cáo cải cách hành chính.",
            "created": BUILD_DATE,
        }
    )
    sheet = workbook.add_worksheet(_ADDIN_SHEET)
    sheet.write_string(0, 0, "Bổ trợ CCHC: các nút nằm ở thẻ CCHC trên thanh lệnh của Excel.")
    _add_project(workbook, "CCHC", addin_modules())
    workbook.close()
    return stream.getvalue()


def _as_addin(package: bytes, ribbon: bytes) -> bytes:
    """A macro workbook as an add-in with a ribbon; all parts but the two that say so stay byte for byte."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        parts = {name: source.read(name) for name in source.namelist()}
        parts["[Content_Types].xml"] = _swap(parts["[Content_Types].xml"], _MACRO_TYPE, _ADDIN_TYPE)
        relation = f'<Relationship Id="cchcRibbon" Type="{_RIBBON_RELATION}" Target="{_RIBBON_PART}"/>'
        end = "</Relationships>"
        parts["_rels/.rels"] = _swap(parts["_rels/.rels"], end, relation + end)
        parts[_RIBBON_PART] = ribbon
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, _ZIP_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, content)
    return result.getvalue()


def _swap(part: bytes, old: str, new: str) -> bytes:
    if part.count(old.encode()) != 1:
        raise ValueError(f"not exactly once in the part: {old}")
    return part.replace(old.encode(), new.encode())


# workbooks with buttons -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ButtonPlace:
    """Where the buttons stand: a sheet by name, and the cell (from zero) of their upper left corner."""

    sheet: str
    row: int
    column: int


def build_macro_workbook(
    form: Form, target: Path, stamp: Stamp | None = None, place: ButtonPlace | None = None
) -> None:
    """Write the blank workbook of a form with the buttons Kiểm tra and Tổng hợp (.xlsm), whole or not at all.

    Sheets, stamp and keys are those of the .xlsx. ``place``: by default the cover, right of what it prints.
    """
    cover = standard_place(form)
    at = place or ButtonPlace(cover.sheet, cover.rows["unit"], max(cover.columns.values()) + 2)

    def add_buttons(workbook: Any) -> None:
        sheet = workbook.get_worksheet_by_name(at.sheet)
        if sheet is None:
            raise ValueError(f"no sheet {at.sheet!r} for the buttons")
        for number, (caption, macro) in enumerate(BUTTONS):
            sheet.insert_button(
                at.row,
                at.column,
                {
                    "caption": caption,
                    "macro": macro,
                    "width": _BUTTON_WIDTH,
                    "height": _BUTTON_HEIGHT,
                    "x_offset": number * (_BUTTON_WIDTH + _BUTTON_GAP),
                },
            )
        _add_project(workbook, "CCHC_So", sheet_button_modules())

    build_form_workbook(form, stamp or Stamp(form.id, form.version), target, add_buttons)


def build_macro_workbooks(folder: Path = WITH_BUTTONS) -> list[Path]:
    """Write the .xlsm of every form into ``folder``."""
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{form_id}.xlsm" for form_id in form_ids()]
    for path in paths:
        build_macro_workbook(load_form(path.stem), path)
    return paths


def _add_project(workbook: Any, name: str, modules: Sequence[Module]) -> None:
    """Give a workbook under construction its project: a document module for itself and each sheet, then ours."""
    workbook.set_vba_name(_WORKBOOK_CODE_NAME)
    documents = [workbook_module(_WORKBOOK_CODE_NAME)]
    for number, sheet in enumerate(workbook.worksheets(), 1):
        sheet.set_vba_name(f"Sheet{number}")
        documents.append(sheet_module(f"Sheet{number}"))
    project = write_vba_project(name, [*documents, *modules])
    workbook.add_vba_project(io.BytesIO(project), is_stream=True)


# is the committed one fresh? --------------------------------------------------------------------------------------


def package_parts(package: Path | bytes) -> Mapping[str, bytes]:
    """The unpacked parts of a package: compressed bytes differ from machine to machine, these do not."""
    source = io.BytesIO(package) if isinstance(package, bytes) else package
    with zipfile.ZipFile(source) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
