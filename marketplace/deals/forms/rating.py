"""The rating of a manager."""

from __future__ import annotations

from flask_babel import gettext, ngettext
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from marketplace.core.messages import N_
from marketplace.managers.rules import RATING_LIMIT, STARS
from marketplace.web.forms import Form, SelectChoice


def _choices() -> list[SelectChoice]:
    words = {1: gettext("poor"), 3: gettext("as expected"), 5: gettext("excellent")}
    return [
        SelectChoice(
            str(count),
            " – ".join(
                filter(None, (ngettext("%(num)s star", "%(num)s stars", count), words.get(count)))
            ),
        )
        for count in reversed(STARS)
    ]


class RatingForm(Form):
    """Stars and a sentence."""

    stars = RadioField(
        N_("How did the manager do?"), [InputRequired(N_("Give 1 to 5 stars."))], choices=_choices
    )
    text = TextAreaField(
        N_("What you say of the manager"),
        [Optional(), Length(max=RATING_LIMIT, message=N_("Use at most 1,000 characters."))],
        description=N_("Public, with your organization's name. It can't be changed afterwards."),
        render_kw={"rows": "4"},
    )
