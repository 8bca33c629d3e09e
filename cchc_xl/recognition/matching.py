"""Rows of a foreign table ↔ rows of the form, and how surely. Pure.

Rounds, the surest evidence first, each a ground for the next:

1. A label that only one row of the form has, worded the same.
2. Labels that several rows have ("twins"): what else the form prints in them, their number where the numbering is the
   form's, or the row that contains them. A container decides only when the containers of all twins are there, in the
   form's order: else a row that is missing would hand its figure to its twin.
3. Other wording: the best row that is left, if it is by far the best and nobody else wants it.

Then doubts: what contradicts a pair (another container, another unit, a row that came twice) takes it below the
acceptance of ``ACCEPTED``. Nothing below is taken without a person.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from cchc_xl.recognition.source_rows import SourceRow
from cchc_xl.recognition.target import TargetRow
from cchc_xl.recognition.units import is_money, same_measure
from cchc_xl.recognition.wording import Comparer, Comparison, Likeness
from cchc_xl.values import normalise

# From here on a row is taken without a person; from there on it is proposed. Measured by bench_recognition.
ACCEPTED = 0.95
PROPOSED = 0.6
_SURE, _TWIN, _NEAR, _MOST_REWORDED = 0.99, 0.97, 0.96, 0.9
DOUBTFUL = 0.85  # the most that a pair keeps which something contradicts
_ALIKE = 0.55  # below this two labels are not compared any further
_MARGIN_NEAR, _MARGIN_REWORDED = 0.08, 0.12
# Words of a label that make it say what it counts without its container.
_TELLING = 5
_ENOUGH = 5
_SAME_NUMBERING = 0.9
# A label that ends so goes on somewhere.
_OPEN = frozenset(["và", "hoặc", "của", "tại", "về", "với", "cho", "do", "theo", "bằng", "từ", "trong", "ở", "các"])
_NEIGHBOURS = 12  # how far the nearest numbered row is looked for


@dataclass(frozen=True, slots=True)
class Match:
    """What a source row was found to be. ``target`` is ``None`` for none; ``doubts`` say what keeps it from more."""

    source: int
    target: int | None
    confidence: float
    doubts: tuple[str, ...] = ()
    # Rows of the form that it could be as well, where nothing decides.
    candidates: tuple[int, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether it is taken without a person."""
        return self.target is not None and self.confidence >= ACCEPTED


def match_rows(sources: Sequence[SourceRow], targets: Sequence[TargetRow], comparer: Comparer) -> list[Match]:
    """The match of every source row, in their order. No row of the form is proposed twice unless a row came twice."""
    return _Matching(sources, targets, comparer).run()


class _Matching:
    def __init__(self, sources: Sequence[SourceRow], targets: Sequence[TargetRow], comparer: Comparer) -> None:
        self.sources = sources
        self.targets = targets
        self.comparer = comparer
        self.alike = [self._alike(row) for row in sources]
        # Target by source, with the confidence.
        self.found: dict[int, tuple[int, float]] = {}
        self.same: list[tuple[int, ...]] = [
            tuple(j for j, c in alike.items() if c.likeness >= Likeness.UNMARKED) for alike in self.alike
        ]
        self.repeated: dict[int, list[int]] = {}
        self.doubts: dict[int, list[str]] = defaultdict(list)
        self.same_numbering = False
        self._ordered: list[int] = []

    def run(self) -> list[Match]:
        self._unique()
        self.same_numbering = self._numbering_is_the_forms()
        for _ in range(3):  # containers may be twins themselves
            if not self._twins():
                break
        self._near()
        self._reworded()
        self._doubt()
        return [self._match(i) for i in range(len(self.sources))]

    # Likeness -------------------------------------------------------------------------------------------------------

    def _alike(self, source: SourceRow) -> dict[int, Comparison]:
        found: dict[int, Comparison] = {}
        words = set(source.wording.folded)
        if not words:
            return found
        for target in self.targets:
            theirs = set(target.wording.folded)
            alike = 2 * len(words & theirs) >= _ALIKE * 0.8 * (len(words) + len(theirs))
            if alike or source.wording.bare == target.wording.bare:
                comparison = self.comparer.compare(source.wording, target.wording)
                if comparison.score >= _ALIKE:
                    found[target.index] = comparison
        return found

    # 1. Labels that one row has -------------------------------------------------------------------------------------

    def _unique(self) -> None:
        claims: dict[int, list[int]] = defaultdict(list)
        for i, same in enumerate(self.same):
            if len(same) == 1:
                claims[same[0]].append(i)
        for j, rows in claims.items():
            self._take(rows, j, _SURE)

    def _take(self, rows: Sequence[int], j: int, confidence: float) -> None:
        """One row gets the target; of several that claim it each is proposed, and none is sure."""
        for i in rows:
            self.found[i] = (j, confidence if len(rows) == 1 else min(confidence, DOUBTFUL))
        if len(rows) > 1:
            self.repeated[j] = list(rows)

    def _numbering_is_the_forms(self) -> bool:
        pairs = [
            (self.sources[i].key, self.targets[j].stt)
            for i, (j, _) in self.found.items()
            if self.sources[i].key and self.targets[j].stt
        ]
        return len(pairs) >= _ENOUGH and sum(a == b for a, b in pairs) >= _SAME_NUMBERING * len(pairs)

    # 2. Twins -------------------------------------------------------------------------------------------------------

    def _twins(self) -> bool:
        claims: dict[int, list[int]] = defaultdict(list)
        for i, same in enumerate(self.same):
            if len(same) > 1 and i not in self.found:
                decided = self._by_what_is_printed(i, same)
                if decided is None:
                    decided = self._by_number(i, same)
                if decided is None and not (self.same_numbering and self.sources[i].key):
                    decided = self._by_container(i, same)
                if decided is not None:
                    claims[decided].append(i)
        taken = {j for j, _ in self.found.values()}
        for j, rows in claims.items():
            if j in taken:  # it came before, by other evidence: both are in doubt
                earlier = [i for i, (target, _) in self.found.items() if target == j]
                self._take([*earlier, *rows], j, DOUBTFUL)
            else:
                self._take(rows, j, _TWIN)
        return bool(claims)

    def _by_what_is_printed(self, i: int, same: Sequence[int]) -> int | None:
        others = {key: normalise(text) for key, text in self.sources[i].others.items()}
        if not others:
            return None
        fitting = [j for j in same if all(others.get(key) == text for key, text in self.targets[j].others.items())]
        return fitting[0] if len(fitting) == 1 and self.targets[fitting[0]].others else None

    def _by_number(self, i: int, same: Sequence[int]) -> int | None:
        if not self.same_numbering or not self.sources[i].key:
            return None
        fitting = [j for j in same if self.targets[j].stt == self.sources[i].key]
        if len(fitting) != 1 or not self._numbered_as_the_form_beside(i):
            return None
        [j] = fitting
        rows = self._order()
        at = bisect_left(rows, i)
        before = self.found[rows[at - 1]][0] if at else -1
        # Below the container of a twin the number lies: a group was left out, and the others numbered anew.
        twins = [k for k in same if k != j and self._within(before, self.targets[k].parent)]
        return None if twins and not self._within(before, self.targets[j].parent) else j

    def _numbered_as_the_form_beside(self, i: int) -> bool:
        """Whether the nearest rows that were found before and after a row bear the form's numbers."""
        rows = self._order()
        at = bisect_left(rows, i)
        for side in (reversed(rows[max(0, at - _NEIGHBOURS) : at]), rows[at : at + _NEIGHBOURS]):
            numbers = ((self.sources[k].key, self.targets[self.found[k][0]].stt) for k in side if k != i)
            theirs, ours = next(((a, b) for a, b in numbers if a and b), ("", ""))
            if theirs != ours:
                return False
        return True

    def _by_container(self, i: int, same: Sequence[int]) -> int | None:
        containers = [self.targets[j].parent for j in same]
        if len(set(containers)) < len(same) or -1 in containers:
            return None
        where = {j: k for k, (j, _) in self.found.items() if j in containers and j not in self.repeated}
        if len(where) < len(containers):
            return None
        if sorted(where, key=lambda j: where[j]) != sorted(where):
            return None
        before = [container for container in containers if where[container] < i]
        if not before:
            return None
        container = max(before)
        rows = self._order()
        at = bisect_left(rows, i)
        if not at or not self._within(self.found[rows[at - 1]][0], container):
            return None
        return same[containers.index(container)]

    def _within(self, j: int, container: int) -> bool:
        """Whether a row of the form is the container or stands in it."""
        while j != container and j >= 0:
            j = self.targets[j].parent
        return j == container

    # 3. Other wording -----------------------------------------------------------------------------------------------

    def _near(self) -> None:
        claims: dict[int, list[int]] = defaultdict(list)
        taken = {j for j, _ in self.found.values()}
        for i, alike in enumerate(self.alike):
            near = [j for j, c in alike.items() if c.likeness is Likeness.NEAR]
            if i in self.found or self.same[i] or len(near) != 1:
                continue
            [j] = near
            rival = max((c.score for k, c in alike.items() if k != j), default=0.0)
            if alike[j].score - rival >= _MARGIN_NEAR and j not in taken:
                claims[j].append(i)
        for j, rows in claims.items():
            support = self._supported(rows[0], j)
            self._take(rows, j, _NEAR if support and len(rows) == 1 else _MOST_REWORDED)

    def _reworded(self) -> None:
        """The best pair first, as long as it is far better than what either row could have instead."""
        taken = {j for j, _ in self.found.values()}
        open_rows = [i for i in range(len(self.sources)) if i not in self.found and not self.same[i]]
        scores = {
            (i, j): self._with_context(i, j, c.score)
            for i in open_rows
            for j, c in self.alike[i].items()
            if c.likeness >= Likeness.REWORDED
        }
        for (i, j), score in sorted(scores.items(), key=lambda item: -item[1]):
            if i in self.found or j in taken or score < PROPOSED:
                continue
            others = [s for (a, b), s in scores.items() if (a == i) != (b == j)]
            if score - max(others, default=0.0) >= _MARGIN_REWORDED and self._supported(i, j):
                self.found[i] = (j, min(score, _MOST_REWORDED))
                taken.add(j)

    def _with_context(self, i: int, j: int, score: float) -> float:
        """A label's likeness, corrected by the number, the unit and what kind of row it is."""
        source, target = self.sources[i], self.targets[j]
        if self.same_numbering and source.key and target.stt and score >= PROPOSED:
            score += 0.05 if source.key == target.stt else -0.15
        if not same_measure(source.unit, target.unit):
            score -= 0.15
        return min(score, 1.0)

    def _supported(self, i: int, j: int) -> bool:
        """Whether number or neighbours speak for a pair: the rows found before and after it stand so on the form."""
        source, target = self.sources[i], self.targets[j]
        if self.same_numbering and source.key and source.key == target.stt:
            return True
        rows = self._order()
        at = bisect_left(rows, i)
        before = self.found[rows[at - 1]][0] if at else -1
        after = self.found[rows[at]][0] if at < len(rows) and rows[at] != i else len(self.targets)
        return before < j < after

    def _order(self) -> list[int]:
        """The source rows that were found something, in their order."""
        if len(self._ordered) != len(self.found):  # they only ever become more
            self._ordered = sorted(self.found)
        return self._ordered

    # Doubts ---------------------------------------------------------------------------------------------------------

    def _doubt(self) -> None:
        for rows in self.repeated.values():
            places = "; ".join(self.sources[i].place for i in rows)
            for i in rows:
                self.doubts[i].append(f"dòng này có {len(rows)} lần trong tệp ({places})")
        numbers = Counter(row.key for row in self.sources if row.key)
        for i, (j, _) in self.found.items():
            source, target = self.sources[i], self.targets[j]
            if not same_measure(source.unit, target.unit):
                self.doubts[i].append(f"đơn vị tính khác biểu (“{source.unit}”, biểu: “{target.unit}”)")
            elif not source.unit and is_money(target.unit):
                self.doubts[i].append(f"không ghi đơn vị tính (biểu: “{target.unit}”)")
            differing = [key for key, text in target.others.items() if normalise(source.others.get(key, text)) != text]
            if differing:
                given = "; ".join(f"“{source.others[key]}”, biểu: “{target.others[key]}”" for key in differing)
                self.doubts[i].append(f"phần in sẵn khác biểu ({given})")
            last = source.wording.words[-1]
            if last in _OPEN and last != target.wording.words[-1]:
                self.doubts[i].append(f"tên chưa hết câu (“… {last}”)")
            if len(self.same[i]) == 1 and not self._at_home(i, j, numbers):
                self.doubts[i].append("đứng dưới mục khác so với biểu")

    def _at_home(self, i: int, j: int, numbers: Counter[str]) -> bool:
        """Whether nothing speaks against a row that was found by its label alone."""
        source, target = self.sources[i], self.targets[j]
        if target.parent < 0 or (
            self.same_numbering and source.key and source.key == target.stt and numbers[source.key] == 1
        ):
            return True
        telling = len(set(target.wording.words)) >= _TELLING
        rival = max((c.score for k, c in self.alike[i].items() if k != j), default=0.0)
        if telling and rival < 0.8:
            return True
        rows = self._order()
        at = bisect_left(rows, i)
        return at > 0 and self._within(self.found[rows[at - 1]][0], target.parent)

    def _match(self, i: int) -> Match:
        if i not in self.found:
            return Match(i, None, 0.0, candidates=self.same[i] or self._best(i))
        j, confidence = self.found[i]
        doubts = tuple(self.doubts.get(i, ()))
        if doubts:
            confidence = min(confidence, DOUBTFUL)
        return replace(Match(i, j, confidence), doubts=doubts)

    def _best(self, i: int) -> tuple[int, ...]:
        ranked = sorted(self.alike[i], key=lambda j: -self.alike[i][j].score)
        return tuple(ranked[:3])
