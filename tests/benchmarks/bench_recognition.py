"""How well foreign tables are recognised: the five real forms, distorted at random, against the truth.

    PYTHONPATH=tests python3 tests/benchmarks/bench_recognition.py [seeds] [first seed]

For each kind of distortion: how many rows were proposed rightly and wrongly, how many were accepted without a person
and how many of these wrongly, and what share of all rows that was (recall). Then how often each confidence was right.
"""

from __future__ import annotations

import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from distortions import Strength, distort
from recognition_tally import Tally, measure

from cchc_xl.catalogue.load import load_catalogue

KINDS = {
    "as printed": Strength(0, 0, 0, 0, columns=False, letters=False),
    "moved": Strength(0, 0, 0.3, 0, columns=False, letters=False),
    "missing": Strength(0.3, 0, 0, 0, columns=False, letters=False),
    "repeated": Strength(0, 0.2, 0, 0, columns=False, letters=False),
    "missing, renumbered": Strength(0.1, 0, 0, 0, renumbered=1, columns=False, letters=False),
    "reworded": Strength(0, 0, 0, 0.7, columns=False, letters=False),
    "columns and letters": Strength(0, 0, 0, 0),
    "all together": Strength(),
    "all, strong": Strength(0.25, 0.05, 0.15, 0.5),
    "with impostors": Strength(0.1, 0.02, 0.05, 0.2, impostor=0.3),
    "other times": Strength(times=0.7),
    "copies": Strength(copied=0.7),
    "columns in doubt": Strength(boxed=0.5, aside=0.5),
    "merged, broken": Strength(repeated=0, merged=0.7, broken=0.7, columns=False),
    "pages without a head": Strength(headless=0.8),
    "all of these": Strength(0.08, 0, 0.05, 0.2, 0.1, 0.1, True, True, 0.2, 0.2, 0.2, 0.2, 0.3, 0.3, 0.3),
}


def main(seeds: int, first: int) -> None:
    """Print the table."""
    calibration: dict[int, Counter[bool]] = defaultdict(Counter)
    print(
        f"{'':22}{'rows':>8}{'proposed':>10}{'wrong':>7}{'precision':>11}{'accepted':>10}{'wrong':>7}{'share':>8}{'ms':>7}"
    )
    for name, strength in KINDS.items():
        tally = Tally()
        start = time.perf_counter()
        files = 0
        for form in load_catalogue().values():
            for seed in range(first, first + seeds):
                measure(form, distort(form, seed, strength), tally, calibration)
                files += 1
        each = 1000 * (time.perf_counter() - start) / files
        print(
            f"{name:22}{tally.rows:8}{tally.proposed:10}{tally.proposed_wrong:7}{100 * tally.precision:10.2f}%"
            f"{tally.accepted:10}{tally.accepted_wrong:7}{100 * tally.accepted / tally.rows:7.1f}%{each:7.0f}"
        )
        for line in list(dict.fromkeys(tally.wrong))[: int(sys.argv[3]) if len(sys.argv) > 3 else 5]:
            print("    ", line)
    print("\nconfidence: right of all")
    for confidence, counts in sorted(calibration.items(), reverse=True):
        print(f"  {confidence / 100:.2f}: {counts[True]}/{sum(counts.values())}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10, int(sys.argv[2]) if len(sys.argv) > 2 else 0)
