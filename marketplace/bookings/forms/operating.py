"""Forms of the operator: resources, slots, blocks, decisions."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    DecimalField,
    FieldList,
    FormField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from marketplace.bookings.forms.booking import WeeklyFields, given, moment_of
from marketplace.bookings.models import (
    AllocationKind,
    Approval,
    PriceUnit,
    QualificationState,
    RateKind,
    ResourceMode,
)
from marketplace.bookings.services.blocking import BlockWish
from marketplace.bookings.services.judging import REASON_LIMIT, Proposal
from marketplace.bookings.services.resources import PriceRow, ResourceInput
from marketplace.bookings.times import BEIJING, parse_local
from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.web.fields import Row
from marketplace.web.forms import Form, SelectChoice, options, text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from marketplace.bookings.models import Resource, Slot
    from marketplace.core.enums import LabelledEnum
    from marketplace.facilities.models import Instrument

_NUMBER = N_("Give a whole number.")


def labels(kind: type[LabelledEnum], *members: LabelledEnum) -> Any:  # noqa: ANN401 — WTForms' own type
    """Give an enum's members as choices in the reader's language."""
    return lambda: options([(one.value, one.label) for one in members or tuple(kind)])


def whole(label: str, default: int, description: str = "") -> IntegerField:
    """Make a field for a whole number that must be there."""
    return IntegerField(label, [InputRequired(_NUMBER)], default=default, description=description)


def fen(amount: Decimal | None) -> int | None:
    """Turn typed yuan into fen; RuleBroken for parts of a fen."""
    if amount is None:
        return None
    minor = amount * 100
    if not minor.is_finite() or minor != minor.to_integral_value():
        raise RuleBroken(N_("Give yuan with at most two decimals."), field="prices")
    return int(minor)


class PriceFields(Row):
    """A price of one unit from a quantity on."""

    rate = SelectField(N_("Kind of price"), choices=labels(RateKind))
    from_quantity = IntegerField(N_("from quantity"), [Optional()])
    unit = DecimalField(N_("yuan per unit"), [Optional()], places=2)


class QuestionFields(Row):
    """One question to everybody who books."""

    text = StringField(N_("Question in Chinese"), [Length(max=300)])
    text_en = StringField(N_("Question in English"), [Length(max=300)])
    required = BooleanField(N_("must be answered"))


class ResourceForm(Form):
    """Everything about a bookable resource."""

    name = StringField(
        N_("Name"), [InputRequired(N_("Give the resource a name.")), Length(max=120)]
    )
    name_en = StringField(N_("English name"), [Length(max=200)])
    about = TextAreaField(N_("What it is for"), [Length(max=4000)], render_kw={"rows": 3})
    about_en = TextAreaField(
        N_("What it is for, in English"), [Length(max=4000)], render_kw={"rows": 2}
    )
    instrument_id = SelectField(N_("Instrument or line"), [Optional()])
    mode = RadioField(
        N_("How is it booked?"),
        [InputRequired()],
        choices=labels(ResourceMode),
        default=ResourceMode.SLOTS.value,
    )
    approval = RadioField(
        N_("Who decides?"),
        [InputRequired()],
        choices=labels(Approval),
        default=Approval.BY_APPROVAL.value,
    )
    units = whole(N_("Units side by side"), 1)
    buffer_before_minutes = whole(N_("Minutes of preparation before"), 0)
    buffer_after_minutes = whole(N_("Minutes of cleaning after"), 0)
    minimum_notice_hours = whole(N_("Hours of notice"), 24)
    horizon_days = whole(N_("Days ahead that can be booked"), 90)
    daily_cap = IntegerField(N_("Bookings a day for one organization"), [Optional()])
    step_minutes = SelectField(
        N_("Grid of start times"),
        choices=lambda: options((("15", "15"), ("30", "30"), ("60", "60"))),
        default="30",
    )
    minimum_minutes = whole(N_("Shortest booking (minutes)"), 60)
    maximum_minutes = whole(N_("Longest booking (minutes)"), 480)
    overnight = BooleanField(N_("A booking may run through the night"))
    price_unit = SelectField(
        N_("Prices are counted"), choices=labels(PriceUnit), default=PriceUnit.SLOT.value
    )
    prices = FieldList(FormField(PriceFields), N_("Prices"), min_entries=1)
    deposit = DecimalField(N_("Deposit (yuan)"), [Optional()], places=2, default=Decimal(0))
    free_cancel_hours = whole(N_("Cancelling is free until hours before"), 48)
    late_fee_percent = whole(N_("Then it costs (percent of the price)"), 50)
    request_hours = whole(N_("Hours in which you answer a request"), 48)
    payment_minutes = whole(N_("Minutes to pay after approval"), 1440)
    needs_qualification = BooleanField(N_("Only people with a qualification may book"))
    needs_project = BooleanField(N_("A project account must be named"))
    safety_statement = TextAreaField(
        N_("Safety statement"), [Length(max=4000)], render_kw={"rows": 3}
    )
    safety_statement_en = TextAreaField(
        N_("Safety statement in English"), [Length(max=4000)], render_kw={"rows": 2}
    )
    questions = FieldList(FormField(QuestionFields), N_("Questions"), min_entries=1)

    def blank(self) -> None:
        """Show empty rows to start with; what is sent has as many rows as it has."""
        for _ in range(2):
            self.prices.append_entry()
        self.questions.append_entry()

    def instruments(self, rows: Sequence[Instrument]) -> None:
        """Say which instruments the facility has."""
        self.instrument_id.choices = [
            SelectChoice("", "–"),
            *(SelectChoice(str(one.id), one.name) for one in rows),
        ]

    def fill(self, resource: Resource) -> None:
        """Show a resource's values."""
        for name in ResourceInput.__dataclass_fields__:
            if name in ("prices", "questions", "deposit_minor"):
                continue
            value = getattr(resource, name)
            self._fields[name].data = str(value) if name in _TEXTS and value else value
        self.deposit.data = Decimal(resource.deposit_minor) / 100
        _refill(
            self.prices,
            [
                {
                    "rate": row.rate.value,
                    "from_quantity": row.from_quantity,
                    "unit": Decimal(row.unit_minor) / 100,
                }
                for row in resource.prices
            ],
        )
        _refill(self.questions, resource.questions)

    def to_input(self) -> ResourceInput:
        """Give the resource; raises RuleBroken for amounts that are none."""
        plain = {
            name: self._fields[name].data
            for name in ResourceInput.__dataclass_fields__
            if name in self._fields and name not in ("prices", "questions", *_TEXTS)
        }
        for name in _WORDS:
            plain[name] = text(self._fields[name])
        return ResourceInput(
            **plain,
            mode=ResourceMode(self.mode.data),
            approval=Approval(self.approval.data),
            price_unit=PriceUnit(self.price_unit.data),
            step_minutes=int(self.step_minutes.data),
            instrument_id=UUID(self.instrument_id.data) if self.instrument_id.data else None,
            deposit_minor=fen(self.deposit.data) or 0,
            prices=tuple(
                PriceRow(RateKind(row["rate"]), row["from_quantity"] or 1, fen(row["unit"]) or 0)
                for row in self.prices.data
                if row["unit"] is not None
            ),
            questions=tuple(
                {
                    "key": f"q{number}",
                    "text": row["text"],
                    "text_en": row["text_en"] or "",
                    "required": bool(row["required"]),
                }
                for number, row in enumerate(self.questions.data, 1)
                if row["text"]
            ),
        )


#: Fields whose form keeps text where the resource keeps something else.
_WORDS = ("name", "name_en", "about", "about_en", "safety_statement", "safety_statement_en")
_TEXTS = ("mode", "approval", "price_unit", "step_minutes", "instrument_id", "deposit_minor")


def _refill(rows: FieldList[Any], values: Sequence[dict[str, Any]]) -> None:
    while rows.entries:
        rows.pop_entry()
    for row in values:
        rows.append_entry(row)
    rows.append_entry()


class PublishForm(WeeklyFields):
    """Publishes slots on the dates of a weekly rule."""

    capacity = whole(N_("Places in each slot"), 1)
    price = DecimalField(
        N_("Price of one place (yuan)"),
        [Optional()],
        places=2,
        description=N_("Leave it empty to follow the resource's prices."),
    )


class CapacityForm(Form):
    """Changes a slot's places."""

    capacity = whole(N_("Places"), 1)


class ReasonForm(Form):
    """Ends somebody's booking with a reason."""

    reason = TextAreaField(
        N_("Reason"),
        [Length(max=REASON_LIMIT)],
        description=N_("The user reads it."),
        render_kw={"rows": 3},
    )


class BlockForm(Form):
    """Blocks a time."""

    kind = RadioField(
        N_("What for?"),
        [InputRequired()],
        choices=labels(AllocationKind, AllocationKind.MAINTENANCE, AllocationKind.BLACKOUT),
        default=AllocationKind.MAINTENANCE.value,
    )
    starts = DateTimeLocalField(N_("From (Beijing time)"), [InputRequired(N_("Say from when."))])
    ends = DateTimeLocalField(N_("To (Beijing time)"), [InputRequired(N_("Say until when."))])
    lane = SelectField(N_("Which unit"), [Optional()])
    note = StringField(
        N_("Reason"),
        [Length(max=300)],
        description=N_("Users whose bookings stand in the way read it."),
    )

    def units(self, count: int) -> None:
        """Say which units there are."""
        self.lane.choices = [
            SelectChoice("", "–"),
            *(SelectChoice(str(number), str(number)) for number in range(1, count + 1)),
        ]

    def fill(self, proposed: Mapping[str, str]) -> None:
        """Take over the time and unit that an address proposes; anything unreadable is left out."""
        for name in ("starts", "ends"):
            moment = parse_local(proposed.get(name, ""))
            if moment is not None:
                self[name].data = moment.astimezone(BEIJING)
        if proposed.get("lane") in {value for value, *_ in self.lane.iter_choices()}:
            self.lane.data = proposed["lane"]

    def to_wish(self, resource: Resource) -> BlockWish:
        """Give the block."""
        return BlockWish(
            resource_id=resource.id,
            kind=AllocationKind(self.kind.data),
            starts_at=given(self.starts).replace(tzinfo=BEIJING),
            ends_at=given(self.ends).replace(tzinfo=BEIJING),
            note=text(self.note),
            lane=int(self.lane.data) if self.lane.data else None,
        )


class ProposalForm(Form):
    """Proposes another time for a request."""

    slot_id = SelectField(N_("Another slot"), [Optional()])
    starts = DateTimeLocalField(N_("From (Beijing time)"), [Optional()])
    note = TextAreaField(N_("A word about it"), [Length(max=REASON_LIMIT)], render_kw={"rows": 2})

    def to_proposal(self, length: Any) -> Proposal:  # noqa: ANN401 — a timedelta
        """Give the proposal; a time of one's own has the request's length."""
        starts_at = moment_of(self.starts)
        return Proposal(
            slot_id=UUID(self.slot_id.data) if self.slot_id.data else None,
            starts_at=starts_at,
            ends_at=starts_at + length if starts_at else None,
            note=text(self.note),
        )


def slot_choices(slots: Sequence[Slot], say: Any) -> list[SelectChoice]:  # noqa: ANN401 — a filter
    """Give slots as choices by their local time."""
    return [
        SelectChoice("", "–"),
        *(SelectChoice(str(slot.id), say(slot.starts_at)) for slot in slots),
    ]


class DecideForm(Form):
    """Grants, refuses or takes back a qualification."""

    state = RadioField(
        N_("Decision"),
        [InputRequired()],
        choices=labels(
            QualificationState,
            QualificationState.GRANTED,
            QualificationState.REFUSED,
            QualificationState.REVOKED,
        ),
    )
    valid_until = DateField(N_("Valid until"), [Optional()])
    note = StringField(N_("Reason"), [Length(max=300)])


class MemberForm(Form):
    """Gives an organization the member rate."""

    credit_code = StringField(
        N_("Unified social credit code"),
        [InputRequired(N_("Give the code of the organization.")), Length(max=40)],
    )
    valid_until = DateField(N_("Valid until"), [InputRequired(N_("Say until when."))])
