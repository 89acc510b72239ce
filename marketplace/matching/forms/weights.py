"""Adding a version of the weights."""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from wtforms import DecimalField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from marketplace.core.messages import N_
from marketplace.matching.services.weights import FIRST_PUSH_FROM
from marketplace.web.forms import Form

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marketplace.matching.models import MatchWeights

#: The highest number that can be given.
HIGHEST = 100
_LIMITS = N_("Give a number between 0 and 100.")

#: Numbers that a version may change, by their place in the weights, as people read them. The
#: floors and steps of the rankings belong to the models and stay.
LABELS: dict[tuple[str, ...], str] = {
    ("signals", "words", "same"): N_("Shared words, same language"),
    ("signals", "words", "cross"): N_("Shared words, across languages"),
    ("signals", "share", "same"): N_("Words against the best, same language"),
    ("signals", "share", "cross"): N_("Words against the best, across languages"),
    ("signals", "use", "same"): N_("Meaning, first model, same language"),
    ("signals", "use", "cross"): N_("Meaning, first model, across languages"),
    ("signals", "e5", "same"): N_("Meaning, second model, same language"),
    ("signals", "e5", "cross"): N_("Meaning, second model, across languages"),
    ("signals", "space", "same"): N_("Meaning, other models, same language"),
    ("signals", "space", "cross"): N_("Meaning, other models, across languages"),
    ("facts", "field"): N_("Same field"),
    ("facts", "industry"): N_("Same industry"),
    ("facts", "readiness"): N_("Readiness fits"),
    ("facts", "cooperation"): N_("Form of cooperation fits"),
    ("facts", "budget"): N_("Budget fits"),
    ("facts", "place"): N_("Same place"),
    ("middle",): N_("Sum at which the score is 50, same language"),
    ("cross_middle",): N_("Sum at which the score is 50, across languages"),
    ("slope",): N_("How steeply the score turns there"),
}


def read(weights: Mapping[str, Any], place: tuple[str, ...]) -> Any:  # noqa: ANN401 — JSON
    """Give the number at a place of the weights."""
    found: Any = weights
    for name in place:
        found = found[name]
    return found


def _name(place: tuple[str, ...]) -> str:
    return "_".join(("weight", *place))


class WeightsForm(Form):
    """A new version of the weights, starting from the ones in use."""

    push_from = DecimalField(
        N_("Notices from a score of"),
        [
            InputRequired(N_("Give a score between 0 and 100.")),
            NumberRange(0, 100, N_("Give a score between 0 and 100.")),
        ],
        description=N_("A new match of at least this score is told to both sides."),
        places=0,
    )
    note = StringField(
        N_("What is tried with this version"),
        [
            InputRequired(N_("Say in a few words what this version tries.")),
            Length(max=300, message=N_("At most 300 characters.")),
        ],
    )

    def parts(self) -> list[Any]:
        """Give the field of each number."""
        return [self[_name(place)] for place in LABELS]

    def show(self, weights: Mapping[str, Any], active: MatchWeights | None) -> None:
        """Start from the weights in use."""
        for place in LABELS:
            self[_name(place)].data = Decimal(str(read(weights, place)))
        self.push_from.data = Decimal(
            round(active.push_from * 100) if active else FIRST_PUSH_FROM * 100
        )

    def to_weights(self, start: Mapping[str, Any]) -> dict[str, Any]:
        """Give the weights in use with the numbers that were typed."""
        weights = deepcopy(dict(start))
        for place in LABELS:
            *above, last = place
            read(weights, tuple(above))[last] = float(self[_name(place)].data)
        return weights

    def to_push_from(self) -> float:
        """Give the threshold as a score between 0 and 1."""
        return float(self.push_from.data or 0) / 100


for _place, _label in LABELS.items():
    setattr(
        WeightsForm,
        _name(_place),
        DecimalField(
            _label,
            [InputRequired(_LIMITS), NumberRange(0, HIGHEST, _LIMITS)],
            places=None,
        ),
    )
