"""The gallery of components."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

from flask import Blueprint, abort, render_template
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.core.actor import MemberRole
from marketplace.core.cooperation import CooperationForm
from marketplace.core.messages import N_
from marketplace.core.paging import Page
from marketplace.listings.models import ListingStatus
from marketplace.needs.models import NeedStatus
from marketplace.organizations.models import OrganizationStatus
from marketplace.web.access import public
from marketplace.web.extensions import settings
from marketplace.web.forms import Form

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("gallery", __name__)

#: The longest words that a component must hold without breaking.
LONG_ZH = "面向新能源与智能网联汽车产业的车规级激光雷达用高可靠窄线宽光纤激光器产业化示范项目"
LONG_EN = (
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft-compatible"
)


class SampleForm(Form):
    """One field of each kind."""

    line = StringField(
        N_("Name"), [InputRequired()], description=N_("As it stands in the register.")
    )
    long = TextAreaField(N_("Note"))
    amount = IntegerField(N_("Amount"))
    day = DateField(N_("Day"))
    one = SelectField(N_("Role"), choices=MemberRole.choices())
    radio = RadioField(N_("Role"), choices=MemberRole.choices()[:3])
    several = SelectMultipleField(
        N_("Cooperation"),
        choices=CooperationForm.choices(),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    agreed = BooleanField(N_("I agree"))
    file = FileField(N_("File"))


@bp.get("/development/gallery")
@public
def index() -> ResponseReturnValue:
    """Show every component in its states."""
    if not settings().is_development:
        abort(404)
    calm = SampleForm(formdata=None, prefix="calm")
    refused = SampleForm(formdata=None, prefix="refused", data={"line": LONG_ZH})
    for field in refused:
        field.errors = [N_("Say what, where and how to mend it.")]
    refused.general_errors = [LONG_EN]
    return render_template(
        "gallery/index.html",
        calm=calm,
        refused=refused,
        states=[*ListingStatus, *NeedStatus, *OrganizationStatus],
        long_zh=LONG_ZH,
        long_en=LONG_EN,
        page=Page(items=(), total=2000, number=7, size=20),
        record=SimpleNamespace(is_demo=True),
    )
