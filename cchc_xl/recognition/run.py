"""Nhận dạng, without any host: a file → what was recognised; a file with its answers → a workbook of the form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cchc_xl.atomic import replacing
from cchc_xl.catalogue.load import load_form
from cchc_xl.errors import InputFault
from cchc_xl.filling import Filling, PrintedFigures, fill
from cchc_xl.operations import NewWorkbook, check_output, create_workbook, existing_workbook, keep_foreign
from cchc_xl.periods import parse_period
from cchc_xl.readers.foreign.open_file import read_foreign
from cchc_xl.readers.read_submission import read_file
from cchc_xl.recognition.confirmed import Confirmation, read_confirmation
from cchc_xl.recognition.decide import Decision, LeftOut, decide, row_codes
from cchc_xl.recognition.doubts import figure_doubt
from cchc_xl.recognition.mapping_layout import ROWS_SHEET, row_key
from cchc_xl.recognition.memory import contexts, recall, remember, sender_key
from cchc_xl.recognition.recognise import Recognition, recognise
from cchc_xl.stamp import Stamp

_MOST_SAID = 10


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose file it is, and of which period (``2024-Q1``); empty where nobody said."""

    unit: str = ""
    unit_code: str = ""
    period: str = ""


@dataclass(frozen=True, slots=True)
class Recognised:
    """A file as recognised, and what its sender's earlier files tell of it: codes by row or column, empty for none."""

    recognition: Recognition
    sender: Sender
    remembered: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Transferred:
    """What became of a file with confirmed answers."""

    stamp: Stamp
    filling: Filling
    left_out: tuple[LeftOut, ...]


def recognise_file(path: Path, form: str = "", sender: Sender | None = None) -> Recognised:
    """Recognise a file; nothing is written. Raises ``CchcError`` when it cannot be read, or is of no known form."""
    who = sender or Sender()
    if who.period:
        parse_period(who.period)
    recognition = recognise(read_foreign(path), load_form(form) if form else None)
    known = recall(sender_key(who.unit, who.unit_code), recognition.form)
    doubtful = _doubtful(recognition, known)
    remembered = {
        key: known[context]
        for key, context in contexts(recognition).items()
        if context in known and (key, known[context]) not in doubtful
    }
    return Recognised(recognition, who, remembered)


def _doubtful(recognition: Recognition, known: Mapping[str, str]) -> set[tuple[str, str]]:
    """Rows whose figures this time are doubtful in the row where they went before: about those memory says nothing."""
    codes = row_codes(recognition.form) if known else {}
    return {
        (row_key(row), code)
        for row in recognition.rows()
        for code in set(known.values()) & codes.keys()
        if row.of_place
        or any(figure_doubt(recognition.form, *codes[code], key, value) for key, (_, value) in row.figures.items())
    }


def transfer(path: Path, mapping: Path, target: Path, sender: Sender | None = None) -> Transferred:
    """Fill a new workbook of the form at ``target`` from a file and its confirmed mapping.

    ``sender``: what is given here goes before what stands in the mapping. Raises ``CchcError``, with nothing written,
    as long as anything waits for an answer, and when the file has changed since the mapping was made.
    """
    answers = read_confirmation(mapping)
    check_output(target, [path, mapping])
    _refuse_figures(target)
    file = read_foreign(path)
    if file.sha256 != answers.sha256:
        raise InputFault(
            f"{path.name} không phải tệp mà {mapping.name} được lập từ đó, hoặc đã bị sửa: hãy nhận dạng lại tệp."
        )
    form = load_form(answers.form)
    if form.version != answers.version:
        raise InputFault(
            f"{mapping.name} lập cho phiên bản {answers.version} của biểu {form.id}: hãy nhận dạng lại tệp."
        )
    who = _identity(answers, sender or Sender())
    recognition = recognise(file, form)
    decision = decide(recognition, answers)
    _refuse_waiting(decision, mapping)
    request = NewWorkbook(form.id, unit=who.unit, unit_code=who.unit_code, period=who.period)
    with replacing(target) as temporary:
        stamp = create_workbook(request, temporary)
        appendices = tuple(dict.fromkeys(ref.appendix for ref in decision.texts))
        printed = PrintedFigures(decision.texts, appendices, ())
        filling = fill(read_file(temporary), temporary, temporary, printed)
    places = contexts(recognition)
    confirmed = {places[key]: code for key, code in decision.persons.items() if key in places}
    remember(sender_key(who.unit, who.unit_code), form, confirmed)
    return Transferred(stamp, filling, tuple(decision.left_out))


def _refuse_figures(target: Path) -> None:
    keep_foreign(target)
    existing = existing_workbook(target)
    if existing is not None and existing.has_figures():
        raise InputFault(f"Sổ {target.name} đã có số liệu: hãy đặt tên khác, hoặc xóa tệp cũ trước.")


def _identity(answers: Confirmation, given: Sender) -> Sender:
    who = Sender(
        given.unit or answers.unit,
        given.unit_code or answers.unit_code,
        given.period or answers.period.replace(" ", ""),
    )
    if not (who.unit or who.unit_code) or not who.period:
        raise InputFault(
            f"Chưa biết số liệu của đơn vị nào, kỳ nào: hãy ghi ở đầu trang {ROWS_SHEET} của {answers.name}, "
            "hoặc ghi --don-vi, --ma, --ky."
        )
    parse_period(who.period)
    return who


def _refuse_waiting(decision: Decision, mapping: Path) -> None:
    waiting = decision.waiting
    if waiting:
        more = f"; và {len(waiting) - _MOST_SAID} chỗ khác" if len(waiting) > _MOST_SAID else ""
        said = "; ".join(waiting[:_MOST_SAID])
        raise InputFault(f"Trong {mapping.name} còn {len(waiting)} chỗ phải xem: {said}{more}. Chưa lập sổ.")
    if not decision.texts:
        raise InputFault(f"{mapping.name} không ghép số liệu nào: hãy chọn {ROWS_SHEET} rồi chạy lại. Chưa lập sổ.")
