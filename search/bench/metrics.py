"""How good a ranking is where each question has one right answer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: Places that count.
DEPTH: Final = 10


@dataclass(frozen=True)
class Figures:
    """Means over questions."""

    ndcg: float
    recall: float
    mrr: float
    n: int

    def as_dict(self) -> dict[str, float | int]:
        """Give the figures under their usual names, to four digits."""
        return {
            f"ndcg@{DEPTH}": round(self.ndcg, 4),
            f"recall@{DEPTH}": round(self.recall, 4),
            "mrr": round(self.mrr, 4),
            "n": self.n,
        }


def place(ranking: Sequence[str], answer: str) -> int | None:
    """Give the place of the answer, from 1 on; None where it is missing."""
    try:
        return list(ranking).index(answer) + 1
    except ValueError:
        return None


def figures(places: Iterable[int | None]) -> Figures:
    """Give the means: nDCG and recall over the first ten places, MRR over all of the ranking."""
    found = list(places)
    if not found:
        return Figures(0.0, 0.0, 0.0, 0)
    first = [at for at in found if at is not None and at <= DEPTH]
    return Figures(
        ndcg=sum(1 / math.log2(at + 1) for at in first) / len(found),
        recall=len(first) / len(found),
        mrr=sum(1 / at for at in found if at is not None) / len(found),
        n=len(found),
    )
