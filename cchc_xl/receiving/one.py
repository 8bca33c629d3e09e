"""One file of the folder: read, checked, and reduced to what a merge keeps."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from stat import S_ISDIR

from cchc_xl.checks.run import check
from cchc_xl.consolidation.contribution import Contribution, contribution
from cchc_xl.consolidation.states import FileState, ReceivedFile
from cchc_xl.errors import CchcError, ForeignWorkbook, own_fault
from cchc_xl.ooxml.limits import MAX_FILE_BYTES
from cchc_xl.readers.file_book import FileBook
from cchc_xl.readers.grid import WORKBOOKS
from cchc_xl.readers.read_submission import read_book
from cchc_xl.receiving.cache import Cache
from cchc_xl.receiving.codec import decode, encode
from cchc_xl.submission import SubmissionFigures

OTHER_WORKBOOKS = (".xls", ".xlsb", ".ods")
# A report's text, mostly; in many offices the figures themselves.
DOCUMENTS = (".docx", ".doc", ".odt", ".rtf")
# In which submissions come, and from which nobody would miss them without a list of the units.
ARCHIVES = (".zip", ".rar", ".7z", ".eml", ".msg")
_RECOGNISE = "hãy chạy nhan-dang với tệp này, để sổ lập được vào đây và chuyển tệp này ra ngoài thư mục"


@dataclass(frozen=True, slots=True)
class Parcel:
    """A received file on its way: ``data`` is what was read of it (``codec``), ``fresh`` unless the cache had it."""

    file: ReceivedFile
    data: bytes | None = None
    fresh: bool = False

    def opened(self) -> ReceivedFile:
        """The file with its content. Raises what ``decode`` raises."""
        if self.data is None:
            return self.file
        return replace(self.file, given=replace(decode(self.data), file=self.file.file))


def receive(path: Path, name: str, cache: Cache | None = None) -> Parcel:
    """Read one file, known in the merge as ``name``; whatever it is, it gets an entry.

    Its bytes are read once: what is hashed is what is read. A content that the cache knows is not read again.
    """
    suffix = path.suffix.lower()
    try:
        status = path.stat()
        if S_ISDIR(status.st_mode):
            fault = (
                f"{name} là liên kết tới một thư mục khác, không đọc vào trong: hãy chép các tệp nộp trong đó vào đây."
            )
            return Parcel(ReceivedFile(name, "", status.st_mtime, fault=fault))
        content = path.read_bytes() if suffix in WORKBOOKS and status.st_size <= MAX_FILE_BYTES else None
        sha256 = hashlib.sha256(content).hexdigest() if content is not None else _sha256(path)
    except OSError:
        return Parcel(ReceivedFile(name, "", 0.0, fault=f"Không đọc được tệp {name}: hãy kiểm tra quyền và thử lại."))
    file = ReceivedFile(name, sha256, status.st_mtime)
    if suffix in OTHER_WORKBOOKS:
        fault = f"Tệp {path.name} ở dạng {suffix}, không phải sổ CCHC: {_RECOGNISE}."
        return Parcel(replace(file, fault=fault, fault_state=FileState.EXCLUDED))
    if suffix in ARCHIVES:
        fault = (
            f"Tệp {path.name} là tệp nén hoặc thư, không đọc vào trong: nếu có sổ nộp, hãy lấy sổ ra để vào thư mục; "
            "rồi chuyển tệp này ra ngoài thư mục."
        )
        return Parcel(replace(file, fault=fault, fault_state=FileState.EXCLUDED))
    if suffix in DOCUMENTS:
        fault = f"Tệp {path.name} không phải sổ Excel; nếu số liệu nộp nằm trong tệp thì {_RECOGNISE}."
        return Parcel(replace(file, fault=fault, fault_state=FileState.IGNORED))
    if suffix not in WORKBOOKS:
        return Parcel(replace(file, fault=f"Tệp {path.name} không phải sổ Excel.", fault_state=FileState.IGNORED))
    if content is None:
        limit = MAX_FILE_BYTES // 2**20
        return Parcel(replace(file, fault=f"Tệp {path.name} lớn hơn {limit} MB: không mở vì an toàn."))
    known = cache.find(sha256) if cache is not None else None
    if known is not None:
        return Parcel(file, known)
    try:
        return Parcel(file, encode(_read(path, content, name)), fresh=True)
    except ForeignWorkbook as fault:
        return Parcel(replace(file, fault=str(fault), fault_state=FileState.EXCLUDED))
    except CchcError as fault:
        return Parcel(replace(file, fault=str(fault)))
    except Exception as error:  # it costs this file, with these words, and not the merge
        return Parcel(replace(file, fault=own_fault(path.name, error)))


def _read(path: Path, content: bytes, name: str) -> Contribution:
    with FileBook(path, content) as book:
        submission = read_book(book, name)
    figures = SubmissionFigures(submission)
    return contribution(submission, figures, check(submission, figures=figures))


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
