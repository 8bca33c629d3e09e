"""A recognition and a person's answers → the figures for the form, what stays out, and what still waits. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cchc_xl.catalogue.model import Form
from cchc_xl.catalogue.wording import prints
from cchc_xl.expressions import CellRef
from cchc_xl.recognition.confirmed import Answer, Confirmation
from cchc_xl.recognition.doubts import Figures, doubts_in, place_doubts
from cchc_xl.recognition.mapping_layout import (
    AUTOMATIC,
    CONFIRM,
    NO,
    OTHER,
    OTHER_COLUMN,
    PERSONS,
    REMEMBERED,
    YES,
    code_of,
    column_choices,
    column_key,
    row_key,
)
from cchc_xl.recognition.recognise import FoundColumn, FoundRow, Recognition
from cchc_xl.recognition.segments import NOTE
from cchc_xl.recognition.target import LABEL, STT
from cchc_xl.values import Value

_LONGEST = 1_000  # letters of a figure (a note) that are shown
_NO_ANSWER = Answer("", "", "", "", 0)
_ANOTHER = "đề nghị của máy nay khác trong sổ ghép; hãy chọn ở cột {}, hoặc nhận dạng lại tệp"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A figure of the file that does not go into the form, and why."""

    place: str
    label: str
    figure: str
    reason: str


@dataclass(slots=True)
class Decision:
    """``texts`` by cell of the form; ``waiting``: sentences about what a person must answer first.

    ``persons``: what a person said of rows and columns, by key: a code, empty for none.
    """

    texts: dict[CellRef, str] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    persons: dict[str, str] = field(default_factory=dict)


def figures_text(row: FoundRow) -> str:
    """The figures of a row as the workbook shows them."""
    headings = {key: row.source.segment.headings[at][-1:] for key, (at, _) in row.figures.items() if _has(row, at)}
    texts = [
        (f"{headings[key][0]}: " if len(row.figures) > 1 and headings.get(key) else "")
        + _short(value.text.strip(), _LONGEST)
        for key, (_, value) in row.figures.items()
    ]
    return "\n".join(texts)


def _has(row: FoundRow, column: int) -> bool:
    return column < len(row.source.segment.headings)


def decide(recognition: Recognition, answers: Confirmation) -> Decision:
    """What goes where. Nothing goes anywhere that neither the threshold nor a person has let through."""
    return _Deciding(recognition, answers).run()


class _Deciding:
    def __init__(self, recognition: Recognition, answers: Confirmation) -> None:
        self.recognition = recognition
        self.answers = answers
        self.out = Decision()
        self.form: Form = recognition.form
        self.codes = row_codes(self.form)
        self.came_from: dict[CellRef, str] = {}

    def run(self) -> Decision:
        for part in self.recognition.parts:
            columns = self._columns(part.columns)
            for row in part.rows:
                self._row(row, columns)
        return self.out

    # Columns --------------------------------------------------------------------------------------------------------

    def _columns(self, columns: Sequence[FoundColumn]) -> Mapping[tuple[int, int], str]:
        """The form's column by segment (its identity) and column of the table."""
        chosen: dict[tuple[int, int], str] = {}
        for column in columns:
            key = self._column(column)
            taken = [i for (s, i), k in chosen.items() if s == id(column.segment) and k == key and key]
            if taken:
                self.out.waiting.append(
                    f"trang Ghép cột: hai cột của {column.segment.table.name} cùng ghép vào cột “{key}”"
                )
                continue
            chosen[id(column.segment), column.match.index] = key
        mapped = {run for (run, _), key in chosen.items() if key not in ("", NOTE)}
        for column in nameless_columns(columns):
            unanswered = not self.answers.columns.get(column_key(column), _NO_ANSWER).word
            if unanswered and id(column.segment) not in mapped:
                self.out.waiting.append(
                    f"trang Ghép cột: chưa biết cột nào của {column.segment.table.name} là số liệu, hãy chọn ở "
                    f"{OTHER_COLUMN}, hoặc {NO}"
                )
                mapped.add(id(column.segment))  # said once
        return chosen

    def _column(self, column: FoundColumn) -> str:
        answer = self.answers.columns.get(column_key(column), _NO_ANSWER)
        at = f"trang Ghép cột hàng {answer.line}"
        if answer.other:
            keys = {code_of(text): key for key, text in column_choices(column).items()}
            if answer.other not in keys:
                self.out.waiting.append(f"{at}: “{answer.other}” không phải cột của biểu")
                return ""
            self.out.persons[column_key(column)] = keys[answer.other]
            return keys[answer.other]
        if answer.word == NO:
            self.out.persons[column_key(column)] = ""
            return ""
        proposed = code_of(column_choices(column).get(column.match.key, ""))
        if answer.word in (YES, REMEMBERED, AUTOMATIC) and answer.proposed != proposed:
            self.out.waiting.append(f"{at}: {_ANOTHER.format(OTHER_COLUMN)}")
            return ""
        if answer.word in (YES, REMEMBERED) and column.match.key:
            self.out.persons[column_key(column)] = column.match.key
            return column.match.key
        if column.accepted and answer.word == AUTOMATIC:
            return column.match.key
        if column.match.filled and (column.match.key or answer.word):
            self.out.waiting.append(f"{at}: cột “{column.match.heading}” chưa được xác nhận")
        return ""

    # Rows -----------------------------------------------------------------------------------------------------------

    def _row(self, row: FoundRow, columns: Mapping[tuple[int, int], str]) -> None:
        answer = self.answers.rows.get(row_key(row))
        if answer is None:
            self.out.waiting.append(f"sổ ghép thiếu dòng của {row.source.place}: hãy lập lại sổ ghép")
            return
        if _letters(answer.figures) != _letters(figures_text(row)):
            self.out.waiting.append(
                f"hàng {answer.line}: số liệu trong sổ ghép khác trong tệp; hãy sửa ở tệp nguồn rồi nhận dạng lại"
            )
            return
        figures: dict[str, tuple[int, Value]] = {}
        segment = row.source.segment
        for index, value in enumerate(segment.table.rows[row.source.row]):
            key = columns.get((id(segment), index), "")
            if key and value.filled and index != row.source.label_column:
                figures[key] = index, value
            elif value.filled and not key and (id(segment), index) in columns:
                self._leave_out(row, value, "cột không ghép")
        code = self._target(row, answer, at_stake=bool(figures))
        if code is None or not figures:
            return
        if answer.word in (AUTOMATIC, REMEMBERED) and code:
            # Of a column that a person has mapped nobody has looked at the figures yet.
            new = {key: figure for key, figure in figures.items() if key not in row.figures}
            taken = [index for (run, index), key in columns.items() if run == id(segment) and key]
            doubts = doubts_in(self.form, *self.codes[code], row.source, new) + place_doubts(row.source, new, taken)
            if doubts:
                self.out.waiting.append(f"hàng {answer.line}: {doubts[0]}; hãy chọn {YES} hoặc {NO}")
                return
        if not code:
            for _, value in figures.values():
                self._leave_out(row, value, "người dùng chọn không ghép")
            return
        self._put(row, code, figures, answer)

    def _target(self, row: FoundRow, answer: Answer, *, at_stake: bool) -> str | None:
        """The code of the row's target, empty for none; ``None`` while a person must answer."""
        at = f"hàng {answer.line}"
        if answer.other:
            if answer.other not in self.codes:
                self.out.waiting.append(f"{at}: “{answer.other}” không phải dòng của biểu")
                return None
            self.out.persons[row_key(row)] = answer.other
            return answer.other
        if answer.word == NO:
            self.out.persons[row_key(row)] = ""
            return ""
        if answer.word in (YES, REMEMBERED, AUTOMATIC) and answer.proposed != (row.target.code if row.target else ""):
            if at_stake:
                self.out.waiting.append(f"{at}: {_ANOTHER.format(OTHER)}")
            return None
        if answer.word in (YES, REMEMBERED) and row.target is not None:
            self.out.persons[row_key(row)] = row.target.code
            return row.target.code
        if answer.word == AUTOMATIC and row.accepted and row.target is not None:
            return row.target.code
        if at_stake and answer.word in (YES, REMEMBERED):
            self.out.waiting.append(f"{at}: không có dòng đề nghị để chọn {YES}; hãy chọn ở cột {OTHER}, hoặc {NO}")
        elif at_stake:
            self.out.waiting.append(
                f"{at}: dòng “{_short(row.source.label)}” chưa được xác nhận (cột {CONFIRM}: {', '.join(PERSONS)}; "
                f"hoặc chọn ở cột {OTHER})"
            )
        return None

    def _put(self, row: FoundRow, code: str, figures: Figures, answer: Answer) -> None:
        appendix_id, order = self.codes[code]
        appendix = self.form.appendix(appendix_id)
        texts = {key: value.text for key, (_, value) in figures.items()}
        if appendix.row(order).spare:
            texts = {STT: row.source.stt, LABEL: row.source.label, **row.source.others, **texts}
        for key, text in texts.items():
            ref = CellRef(appendix_id, order, key)
            if ref not in self.form.cells:
                if key in figures and not prints(appendix.row(order), key, text):
                    self._leave_out(row, figures[key][1], f"dòng {code} của biểu không có ô này")
            elif ref in self.came_from:
                self.out.waiting.append(f"hàng {answer.line}: dòng {code} đã nhận số liệu từ {self.came_from[ref]}")
                return
            elif text.strip():
                self.came_from[ref] = row.source.place
                self.out.texts[ref] = text

    def _leave_out(self, row: FoundRow, value: Value, reason: str) -> None:
        self.out.left_out.append(LeftOut(row.source.place, row.source.label, value.text, reason))


def row_codes(form: Form) -> Mapping[str, tuple[str, int]]:
    """Every row of the form, spare ones included, by its code."""
    return {
        f"{appendix.id}.{row.order}": (appendix.id, row.order) for appendix in form.appendices for row in appendix.rows
    }


def nameless_columns(columns: Sequence[FoundColumn]) -> list[FoundColumn]:
    """Columns that hold something, in runs of which no column of figures is known: they may hold all the figures."""
    known = {id(column.segment) for column in columns if column.match.key not in ("", NOTE)}
    return [
        column for column in columns if not column.match.key and column.match.filled and id(column.segment) not in known
    ]


def waiting_rows(recognition: Recognition) -> list[FoundRow]:
    """Rows with figures that a person must confirm or map."""
    return [row for row in recognition.rows() if row.source.has_figures and not row.accepted]


def _letters(text: str) -> str:
    """A text without spaces, line breaks and what programs write in their own ways."""
    return "".join(letter for letter in text if letter.isprintable() and not letter.isspace())


def _short(text: str, most: int = 60) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
