"""The workbooks that lie ready in ``workbooks/``: blank forms, printed figures, a small merge. For maintainers.

Two builds of one source are equal part by part (the zip around the parts may be compressed otherwise elsewhere).
Nothing of the machine goes in: fixed dates, and the submissions of the merge are packed without compression, because
the summary shows their hashes.
"""

from __future__ import annotations

import os
import tempfile
import zipfile
from datetime import datetime
from importlib.resources import as_file, files
from pathlib import Path

from cchc_xl.atomic import replacing
from cchc_xl.catalogue.load import form_ids, load_form
from cchc_xl.errors import InputFault
from cchc_xl.hosts.demo import DISTRICT, PRINTED, commune_books, unit_of
from cchc_xl.merging import MergeRequest, merge
from cchc_xl.operations import NewWorkbook, create_workbook, fill_workbook

WORKBOOKS = Path(__file__).resolve().parents[2] / "workbooks"
BLANK, FILLED = "bieu-mau", "mau-da-dien"
COMMAND = "cchc-xl dong-bo-mau"
_SUMMARY = "tong-hop-ninh-hai-2023.xlsx"
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
_SAVED = datetime(2024, 1, 5, 12)  # noon: the same day wherever it is built


def build_all(folder: Path) -> list[Path]:
    """Build every workbook into ``folder``; gives their paths within it."""
    blank, filled = folder / BLANK, folder / FILLED
    blank.mkdir(parents=True)
    filled.mkdir()
    for form_id in form_ids():
        create_workbook(NewWorkbook(form_id), blank / f"{form_id}.xlsx")
    samples = files("cchc_xl.samples")
    with as_file(samples.joinpath("printed")) as printed, as_file(samples.joinpath("units")) as units:
        for form_id in PRINTED:
            form = load_form(form_id)
            path = filled / f"{form_id}.xlsx"
            create_workbook(
                NewWorkbook(form_id, unit_of(form.locality), "", form.period, *(form.dates or ("", ""))), path
            )
            fill_workbook(path, printed / form_id)
        with tempfile.TemporaryDirectory() as scratch:
            communes = commune_books(Path(scratch), units / "ninh-hai.tsv")
            for book in communes.iterdir():
                _store(book)
            request = MergeRequest(
                communes, filled / _SUMMARY, "ninh-hai-2023", units / "ninh-hai.tsv", DISTRICT, "2023-NAM", links=False
            )
            merge(request)
    return sorted(path.relative_to(folder) for path in folder.rglob("*.xlsx"))


def synchronise(folder: Path = WORKBOOKS) -> tuple[list[Path], list[Path]]:
    """Bring the two folders under ``folder`` up to date; gives what was written and what was taken away.

    A workbook whose parts are as they should be stays as it is, so that version control sees true changes only.
    """
    if not folder.is_dir():
        raise InputFault(f"Không có thư mục {folder}: lệnh này chỉ chạy trong bản sao của kho mã nguồn.")
    written, removed = [], []
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch)
        built = build_all(fresh)
        for name in built:
            target = folder / name
            if target.is_file() and parts(target) == parts(fresh / name):
                continue
            target.parent.mkdir(exist_ok=True)
            with replacing(target) as temporary:
                temporary.write_bytes((fresh / name).read_bytes())
            written.append(name)
    for name in workbooks_in(folder):
        if name not in built:
            (folder / name).unlink()
            removed.append(name)
    return written, removed


def workbooks_in(folder: Path) -> list[Path]:
    """The workbooks that lie in the two folders; all of them are the command's own."""
    return sorted(path.relative_to(folder) for kind in (BLANK, FILLED) for path in (folder / kind).glob("*.xlsx"))


def parts(path: Path) -> dict[str, bytes]:
    """The unzipped parts of a workbook; a file that is none has no parts."""
    try:
        with zipfile.ZipFile(path) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    except zipfile.BadZipFile:
        return {}


def _store(path: Path) -> None:
    """Pack a workbook anew without compression: its bytes then depend on nothing but its parts."""
    content = parts(path)
    with replacing(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        for name, part in content.items():
            entry = zipfile.ZipInfo(name, _FIXED_TIME)
            entry.create_system = 0
            archive.writestr(entry, part)
    # The summary says when a file without a day of sending was saved.
    saved = _SAVED.timestamp()
    os.utime(path, (saved, saved))
