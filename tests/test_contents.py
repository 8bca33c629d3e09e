"""The bare package that calamine gets: a sheet's name comes out of it as it went in."""

from __future__ import annotations

import zipfile

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from cchc_xl.readers.contents import WORKBOOK, Contents, plain_package

letters = st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t\r")
names = st.text(letters, min_size=1, max_size=31)


@given(names.filter(lambda name: not set(name) & {"\ufffe", "\uffff"}))
def test_any_name_of_a_sheet_survives(name: str) -> None:
    """Quotes, markup, line ends and letters of any script."""
    package = plain_package(Contents({name: ""}, "", "", from_1904=False), {name: b"<worksheet/>"}, b"", b"")
    with zipfile.ZipFile(package) as archive:
        workbook = etree.fromstring(archive.read(WORKBOOK))
    assert [sheet.get("name") for sheet in workbook.iter("{*}sheet")] == [name]
