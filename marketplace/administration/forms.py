"""What administrators type."""

from __future__ import annotations

from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, Optional

from marketplace.codes.models import HolidayKind
from marketplace.core.actor import PlatformRole
from marketplace.core.messages import N_
from marketplace.web.forms import Form, options


class RoleForm(Form):
    """A platform role to give."""

    role = SelectField(N_("Role"), [DataRequired(N_("Choose the role"))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 — WTForms' own types
        super().__init__(*args, **kwargs)
        self.role.choices = options([("", N_("Choose")), *PlatformRole.choices()])


class SuspendForm(Form):
    """Why somebody is shut out."""

    reason = TextAreaField(
        N_("Reason"),
        [
            DataRequired(N_("Say why, so that it can be mended.")),
            Length(max=2000, message=N_("Use at most 2,000 characters")),
        ],
        description=N_("Kept in the audit trail."),
        render_kw={"rows": "3"},
    )


class HolidayForm(Form):
    """A day that differs from the plain week."""

    on = DateField(N_("Day"), [DataRequired(N_("Give the day"))])
    kind = SelectField(N_("Kind"), [DataRequired(N_("Choose the kind"))])
    name = StringField(
        N_("Name"),
        [
            DataRequired(N_("Give the name")),
            Length(max=60, message=N_("Use at most 60 characters")),
        ],
        description=N_("For example 国庆节"),
    )
    source = StringField(
        N_("Source"),
        [Optional(), Length(max=200, message=N_("Use at most 200 characters"))],
        description=N_("The notice that sets the day."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 — WTForms' own types
        super().__init__(*args, **kwargs)
        self.kind.choices = options(HolidayKind.choices())


class RuleForm(Form):
    """A figure's new value, where it comes from and why it changes."""

    value = StringField(N_("Value"), [DataRequired(N_("Give the value"))])
    source = StringField(
        N_("Source"),
        [
            DataRequired(N_("Name the law, notice or decision.")),
            Length(max=300, message=N_("Use at most 300 characters")),
        ],
        description=N_("The law, notice or decision with its date and article."),
    )
    confirmed = BooleanField(N_("Read in its final text"))
    reason = TextAreaField(
        N_("Reason for the change"),
        [
            DataRequired(N_("Say why the figure changes.")),
            Length(max=1000, message=N_("Use at most 1,000 characters")),
        ],
        render_kw={"rows": "3"},
    )
    seen = HiddenField()
