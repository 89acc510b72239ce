"""Several rankings into one sum, in parts that can be told apart afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from search.results import Scored
    from search.weights import Weights

#: The ranking by words; every other one is a vector space.
WORDS: Final = "words"


@dataclass(frozen=True, slots=True)
class Fused:
    """A candidate with what its words and its meaning add to its sum, and its ranks (1 is best)."""

    id: str
    words: float
    meaning: float
    ranks: Mapping[str, int]

    @property
    def total(self) -> float:
        """What the candidates are ordered by."""
        return self.words + self.meaning


def fuse(
    rankings: Mapping[str, Sequence[Scored]], weights: Weights, *, same_language: bool
) -> list[Fused]:
    """Give every candidate of any ranking, best first.

    A ranking that lacks a candidate counts with its last score, for that is the most the
    candidate can have. Words count absolutely and as a share of the best, so that neither a long
    nor a short question outweighs its meaning.
    """
    words: dict[str, float] = {}
    meaning: dict[str, float] = {}
    ranks: dict[str, dict[str, int]] = {}
    everyone = {one.id for ranking in rankings.values() for one in ranking}
    for name, ranking in rankings.items():
        for place, one in enumerate(ranking, 1):
            ranks.setdefault(one.id, {})[name] = place
        added = (
            _word_parts(ranking, weights, same_language=same_language)
            if name == WORDS
            else _space_parts(name, ranking, weights, same_language=same_language)
        )
        target = words if name == WORDS else meaning
        least = 0.0 if name == WORDS else min(added.values(), default=0.0)
        for identity in everyone:
            target[identity] = target.get(identity, 0.0) + added.get(identity, least)
    fused = [Fused(one, words.get(one, 0.0), meaning.get(one, 0.0), ranks[one]) for one in everyone]
    return sorted(fused, key=lambda one: (-one.total, one.id))


def _word_parts(
    ranking: Sequence[Scored], weights: Weights, *, same_language: bool
) -> dict[str, float]:
    absolute, share = weights.signals["words"], weights.signals["share"]
    best = max((one.score for one in ranking), default=0.0)
    if best <= 0:
        return {}
    alike = same_language
    by_score = (absolute.same if alike else absolute.cross) / absolute.step
    by_share = (share.same if alike else share.cross) / best
    return {one.id: one.score * (by_score + by_share) for one in ranking}


def _space_parts(
    name: str, ranking: Sequence[Scored], weights: Weights, *, same_language: bool
) -> dict[str, float]:
    signal = weights.signals.get(name.partition("_")[0], weights.signals["space"])
    weight = signal.same if same_language else signal.cross
    return {one.id: weight * (one.score - signal.floor) / signal.step for one in ranking}
