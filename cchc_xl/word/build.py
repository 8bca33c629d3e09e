"""A workbook's appendices → one Word document, each in a section of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from cchc_xl.atomic import Seen, replacing
from cchc_xl.catalogue.model import Appendix
from cchc_xl.companions.checksum import cover_of
from cchc_xl.form_workbook.styles import FONT
from cchc_xl.layout import is_landscape
from cchc_xl.pages import (
    BOTTOM,
    LEFT,
    NUMBER_FROM_EDGE,
    PAGE_NUMBER_SIZE,
    RIGHT,
    TOP,
    page_size,
    text_width_on_page,
)
from cchc_xl.submission import Submission
from cchc_xl.word.elements import Look, element, paragraph, run
from cchc_xl.word.head import head, signature
from cchc_xl.word.package import describe, store
from cchc_xl.word.table import appendix_table

_TEXT_SIZE = 13
# What Word has called itself since 2013; an older number would open as "compatibility mode".
_WORD_2013 = "15"
# Of the template's styles: those without which Word has no text, no table and no page header.
_STYLES = {"Normal", "Header", "DefaultParagraphFont", "TableNormal", "NoList"}


def write_word(submission: Submission, target: Path, seen: Seen | None = None) -> None:
    """Write every appendix to ``target`` (.docx), whole or not at all; twice the same gives equal files.

    ``seen``: what lay at the target when the work began; something newer is not replaced. The submission must be sound
    in its structure. Raises ``CchcError`` when the target cannot be written.
    """
    document = Document()
    _prepare(document, submission.form.name)
    cover = cover_of(submission)
    for index, appendix in enumerate(submission.form.appendices):
        if index:
            _end_section(document)
        _page(document.sections[-1], appendix)
        body = document.element.body
        width = text_width_on_page(landscape=is_landscape(appendix))
        for part in (
            *head(appendix, cover, width),
            appendix_table(submission, appendix, width),
            *signature(submission.form, appendix, cover, width),
        ):
            body.insert(len(body) - 1, part)  # before the properties of the last section
    with replacing(target, seen) as temporary:
        store(document, temporary)


def _prepare(document: Any, title: str) -> None:
    """The library's template made ours: one font, Vietnamese, nothing of the template's own."""
    describe(document, title)
    _settings(document)
    styles = document.styles.element
    for style in list(styles.style_lst):
        if style.styleId not in _STYLES:
            styles.remove(style)
    normal = document.styles["Normal"]
    normal.font.size = Pt(_TEXT_SIZE)
    normal.paragraph_format.space_after = Pt(0)
    normal.paragraph_format.line_spacing = 1
    look = normal.element.get_or_add_rPr()
    fonts = look.get_or_add_rFonts()
    for letters in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{letters}"), FONT)
    look.append(element("w:lang", val="vi-VN", eastAsia="vi-VN"))
    number = Look(PAGE_NUMBER_SIZE, "center")
    field = element("w:fldSimple", run("2", number), instr=" PAGE ")
    header = document.sections[0].header
    header.is_linked_to_previous = False
    for old in list(header.paragraphs):
        old._element.getparent().remove(old._element)
    header._element.append(paragraph(number, field))


def _end_section(document: Any) -> None:
    """Begin a new section. Its end is told in the last paragraph that stands: one more could fill a page of its own."""
    document.add_section(WD_SECTION.NEW_PAGE)
    added = document.element.body[-2]
    last = added.getprevious()
    last.get_or_add_pPr().append(added.pPr.sectPr)
    added.getparent().remove(added)


def _settings(document: Any) -> None:
    """As today's Word writes documents, with Vietnamese signs."""
    settings = document.settings.element
    for tag, value in (("w:decimalSymbol", ","), ("w:listSeparator", ";")):
        settings.find(qn(tag)).set(qn("w:val"), value)
    compatibility = settings.find(qn("w:compat"))
    for old in compatibility.findall(qn("w:useFELayout")):
        compatibility.remove(old)
    for setting in compatibility:
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), _WORD_2013)


def _page(section: Any, appendix: Appendix) -> None:
    """A4 by the decree; each appendix has page numbers of its own, from the second page on."""
    landscape = is_landscape(appendix)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = map(Mm, page_size(landscape=landscape))
    section.left_margin, section.right_margin = Mm(LEFT), Mm(RIGHT)
    section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
    section.header_distance = section.footer_distance = Mm(NUMBER_FROM_EDGE)
    section.gutter = Mm(0)
    section.different_first_page_header_footer = True
    properties = section._sectPr
    for old in properties.findall(qn("w:pgNumType")):
        properties.remove(old)
    properties.insert_element_before(element("w:pgNumType", start=1), "w:cols", "w:titlePg", "w:docGrid")
