"""The weights of matching: data with a version, so that a kept match can say how it was made."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


class WrongWeights(Exception):
    """The text holds no weights; the message says what is wrong."""


@dataclass(frozen=True)
class Signal:
    """How one ranking counts.

    A score counts from ``floor`` on, in steps of ``step``; ``same`` weighs it where question and
    most records share a language, ``cross`` where they do not.
    """

    floor: float
    step: float
    same: float
    cross: float


#: Rankings by name: ``words`` is the engine's score, ``share`` that score as a share of the best
#: one; the others are vector spaces, named as their names begin, and ``space`` any other space.
SIGNALS: Final[Mapping[str, Signal]] = {
    "words": Signal(floor=0.0, step=10.0, same=0.0, cross=0.7),
    "share": Signal(floor=0.0, step=1.0, same=2.25, cross=1.4),
    "use": Signal(floor=0.10, step=0.068, same=0.7, cross=0.7),
    "e5": Signal(floor=0.70, step=0.0227, same=2.2, cross=2.45),
    "space": Signal(floor=0.20, step=0.068, same=1.5, cross=1.75),
}
#: What facts add when need and result agree in them.
FACTS: Final[Mapping[str, float]] = {
    "field": 0.8,
    "industry": 0.8,
    "readiness": 0.5,
    "cooperation": 0.5,
    "budget": 0.5,
    "place": 0.3,
}


@dataclass(frozen=True, kw_only=True)
class Weights:
    """All that turns rankings and facts into one score."""

    version: int
    signals: Mapping[str, Signal] = field(default_factory=lambda: dict(SIGNALS))
    facts: Mapping[str, float] = field(default_factory=lambda: dict(FACTS))
    #: The sum at which a match is as likely right as wrong, and how steeply it turns. Across
    #: languages the meaning weighs more, so all sums are higher there.
    middle: float = 11.5
    cross_middle: float = 10.5
    slope: float = 0.5

    def to_json(self) -> str:
        """Give the weights as text, the same for the same weights."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Weights:
        """Read weights; raises WrongWeights."""
        try:
            found: Any = json.loads(text)
            weights = cls(
                version=int(found["version"]),
                signals={
                    name: Signal(**{key: float(value) for key, value in values.items()})
                    for name, values in found["signals"].items()
                },
                facts={name: float(value) for name, value in found["facts"].items()},
                middle=float(found["middle"]),
                cross_middle=float(found["cross_middle"]),
                slope=float(found["slope"]),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            message = f"These are no weights: {error!r}"
            raise WrongWeights(message) from error
        missing = (SIGNALS.keys() - weights.signals.keys()) | (FACTS.keys() - weights.facts.keys())
        if missing:
            message = f"These weights lack {', '.join(sorted(missing))}"
            raise WrongWeights(message)
        if any(signal.step <= 0 for signal in weights.signals.values()):
            message = "A step must be above 0"
            raise WrongWeights(message)
        return weights


DEFAULT_WEIGHTS: Final = Weights(version=1)
