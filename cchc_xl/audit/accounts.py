"""Files in = files accounted for: the folder of today against the files that the summary knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from cchc_xl.audit.claims import Claims, FileClaim
from cchc_xl.audit.discrepancy import Discrepancy, Kind
from cchc_xl.consolidation.states import FileState
from cchc_xl.summary_workbook.received import RECEIVED_SHEET

_DIGEST = 12
_TAKEN = {state.word for state in FileState if state.taken}


def unaccounted(
    claims: Claims, found: Mapping[str, Sequence[Path]], unreadable: Sequence[Path], folder: Path
) -> Iterator[Discrepancy]:
    """What does not agree. ``found``: the folder's files by hash; files are known by content, names only help."""
    included = {unit.sha256 for unit in claims.units}
    here = {name(path, folder): sha256 for sha256, paths in found.items() for path in paths}
    listed = {claim.digest for claim in claims.files}
    if claims.counted is not None and claims.counted != len(claims.files):
        yield Discrepancy(
            Kind.FILE,
            f"Trang “{RECEIVED_SHEET}” ghi {claims.counted} tệp trong thư mục nhưng liệt kê {len(claims.files)} tệp: "
            "hãy hỏi lại ai đã sửa trang này.",
        )
    known = {sha256[:_DIGEST] for sha256 in found}
    for claim in claims.files:
        if any(sha256.startswith(claim.digest) for sha256 in included) and claim.digest:
            continue  # the units' files are looked for one by one, by the whole hash
        if claim.digest and claim.digest not in known:
            yield _gone(claim, here)
    accounted = {unit.file for unit in claims.units} | {claim.file for claim in claims.files}
    unread = {claim.file for claim in claims.files if not claim.digest}
    for path in unreadable:
        if name(path, folder) in unread:
            continue  # nor could it be read when the merge was made, which the summary says
        yield Discrepancy(
            Kind.FILE,
            f"Không đọc được tệp {name(path, folder)} trong thư mục nên không biết nội dung có thay đổi không: hãy "
            "kiểm tra quyền rồi đối chiếu lại.",
            file=name(path, folder),
        )
    for sha256, paths in found.items():
        if sha256[:_DIGEST] in listed:
            continue  # a further copy of what is accounted for adds nothing
        for path in paths:
            file = name(path, folder)
            if file in unread:
                continue  # could not be read when the merge was made
            old = " (tên này đã có, nội dung thì khác)" if file in accounted else ""
            message = (
                f"Tệp {file}{old} ở trong thư mục nhưng không có ở trang “{RECEIVED_SHEET}”: hãy kiểm tra tệp đến sau "
                "khi tổng hợp hay bị bỏ sót."
            )
            yield Discrepancy(Kind.FILE, message, file=file)


def disagreeing(claims: Claims) -> Iterator[Discrepancy]:
    """Where the three sheets do not name the same units with the same files."""
    columns = {column.code: column.sha256 for column in claims.columns if column.sha256}
    counted = Counter(unit.code for unit in claims.units)
    taken: dict[str, list[str]] = {}
    for claim in claims.files:
        if claim.state in _TAKEN:
            taken.setdefault(claim.code, []).append(claim.digest)
    for unit in claims.units:
        remedy = "hãy hỏi lại ai đã sửa sổ, hoặc tổng hợp lại"
        wrong = ""
        if counted[unit.code] > 1:
            wrong = "đứng nhiều lần trong bảng tệp của trang “Nguồn số liệu”"
        elif columns.get(unit.code) != unit.sha256:
            wrong = "ở trang “Theo đơn vị” lấy từ tệp khác với tệp ghi ở trang “Nguồn số liệu”"
        elif taken.get(unit.code) != [unit.sha256[:_DIGEST]]:
            wrong = f"không có ở trang “{RECEIVED_SHEET}” với đúng tệp đã tổng hợp"
        if wrong:
            message = f"{unit.name} ({unit.code}) {wrong}: {remedy}."
            yield Discrepancy(Kind.UNIT, message, unit.code, unit.name, unit.file)
    for code in (columns.keys() | taken.keys()) - counted.keys():
        message = (
            f"Đơn vị mã {code} được ghi là đã tổng hợp nhưng không có trong bảng tệp của trang “Nguồn số liệu”: hãy "
            "hỏi lại ai đã sửa sổ, hoặc tổng hợp lại."
        )
        yield Discrepancy(Kind.UNIT, message, code)


def name(path: Path, folder: Path) -> str:
    """A file as the merge names it."""
    return path.relative_to(folder).as_posix()


def _gone(claim: FileClaim, here: Mapping[str, str]) -> Discrepancy:
    what = "đã thay đổi nội dung" if claim.file in here else "không còn trong thư mục"
    message = f"Tệp {claim.file} ({claim.state}) {what} từ sau khi tổng hợp: hãy tìm lại bản gốc của tệp."
    return Discrepancy(Kind.FILE, message, claim.code, file=claim.file)
