"""The terms of a mandate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask_babel import gettext
from wtforms import BooleanField, DateField, IntegerField, RadioField, SelectField
from wtforms.validators import DataRequired, InputRequired, NumberRange, Optional
from wtforms.widgets import HiddenInput

from marketplace.core.messages import N_
from marketplace.managers.models import FeePayer, RecordKind
from marketplace.managers.rules import MandateDraft
from marketplace.needs.forms.fields import Choices, WanField, translated, words
from marketplace.web.fields import ScaledField
from marketplace.web.forms import Form, SelectChoice, number, options, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

    from marketplace.managers.models import Mandate
    from marketplace.managers.queries.mandates import RecordLine

#: Basis points in one percent; half of the value is the most that a fee may be.
PERCENT_BP = 100
_MOST_PERCENT = 50
_LONGEST_TAIL = 1095


class PercentField(ScaledField):
    """A share typed in percent, kept in basis points."""

    scale = PERCENT_BP
    too_fine = N_("Give at most two digits behind the point.")
    ignored = "%％ "

    def judge(self, amount: Decimal) -> None:
        """Refuse more than half of the value."""
        if not amount.is_finite() or not 0 <= amount <= _MOST_PERCENT:
            raise ValueError(gettext("Give a percentage between 0 and 50, such as 5 or 7.5."))


def key_of(kind: RecordKind, identity: UUID) -> str:
    """Name a record as a value of a field."""
    return f"{kind.value}:{identity}"


def record_of(key: str) -> tuple[RecordKind, UUID]:
    """Read such a name back; the field has checked that it was offered."""
    kind, _, identity = key.partition(":")
    return RecordKind(kind), UUID(identity)


class MandateForm(Form):
    """What both sides agree on."""

    records = Choices(
        N_("Technologies and needs"),
        validators=[DataRequired(N_("Choose at least one technology or need."))],
    )
    other_organization_id = SelectField(
        N_("Only for contracts with"),
        [Optional()],
        description=N_("Leave open to let the manager look for any partner."),
    )
    starts_on = DateField(
        N_("First day of the mandate"), [InputRequired(N_("Give the first day."))]
    )
    ends_on = DateField(N_("Last day of the mandate"), [InputRequired(N_("Give the last day."))])
    exclusive = BooleanField(N_("Exclusive: no other manager for these records in this time"))
    success_fee = PercentField(
        N_("Share of the contract's value"), description=N_("Owed only if a contract is made.")
    )
    fixed_fee = WanField(N_("Fixed fee"), description=N_("Added to the share once it is made."))
    floor = WanField(N_("At least"))
    cap = WanField(N_("At most"), description=N_("Leave empty for no limit."))
    payer = RadioField(N_("Who pays"), [InputRequired()], choices=lambda: translated(FeePayer))
    costs = WanField(
        N_("Costs without a contract, at most"),
        description=N_("Necessary costs on receipts if no contract is made; empty for none."),
    )
    tail_days = IntegerField(
        N_("Tail in days"),
        [
            InputRequired(N_("Give a number of days; 0 for none.")),
            NumberRange(0, _LONGEST_TAIL, N_("Give between 0 and 1,095 days.")),
        ],
        description=N_(
            "A contract with somebody the manager introduced still owes the fee for so long."
        ),
    )
    note = words(N_("Special agreements"), rows=3, limit=3000, checks=[Optional()])

    def offer(self, lines: Iterable[RecordLine], language: str) -> None:
        """Set the records to choose from."""
        self.records.choices = [
            SelectChoice(key_of(line.kind, line.id), line.name(language)) for line in lines
        ]

    def add_records(self, lines: Iterable[RecordLine], language: str) -> None:
        """Keep records choosable that were chosen before they were hidden."""
        choices: list[Any] = list(self.records.choices or ())
        offered = {choice.value for choice in choices if isinstance(choice, SelectChoice)}
        self.records.choices = [
            *choices,
            *(
                SelectChoice(key_of(line.kind, line.id), line.name(language))
                for line in lines
                if key_of(line.kind, line.id) not in offered
            ),
        ]

    def offer_others(self, others: Sequence[tuple[str, str]]) -> None:
        """Set the organizations to which the mandate may be bound."""
        self.other_organization_id.choices = options([("", N_("Any partner")), *others])

    def to_draft(self) -> MandateDraft:
        """Give what was typed as a plain value."""
        other = text(self.other_organization_id)
        return MandateDraft(
            records=tuple(record_of(key) for key in self.records.data or ()),
            starts_on=self.starts_on.data,  # type: ignore[arg-type]
            ends_on=self.ends_on.data,  # type: ignore[arg-type]
            tail_days=number(self.tail_days),
            payer=FeePayer(text(self.payer)),
            other_organization_id=UUID(other) if other else None,
            success_fee_bp=self.success_fee.data or 0,
            fixed_fee_minor=self.fixed_fee.data or 0,
            floor_minor=self.floor.data or 0,
            cap_minor=self.cap.data,
            costs_cap_minor=self.costs.data or 0,
            exclusive=bool(self.exclusive.data),
            note=text(self.note),
        )


class EditMandateForm(MandateForm):
    """A change, with the version that its author saw."""

    version = IntegerField(N_("Version"), [DataRequired()], widget=HiddenInput())


def data_of(mandate: Mandate) -> dict[str, Any]:
    """Give a mandate as the form shows it."""
    return {
        "records": [key_of(row.object_kind, row.object_id) for row in mandate.records],
        "other_organization_id": str(mandate.other_organization_id or ""),
        "starts_on": mandate.starts_on,
        "ends_on": mandate.ends_on,
        "exclusive": mandate.exclusive,
        "success_fee": mandate.success_fee_bp,
        "fixed_fee": mandate.fixed_fee_minor or None,
        "floor": mandate.floor_minor or None,
        "cap": mandate.cap_minor,
        "payer": mandate.payer.value,
        "costs": mandate.costs_cap_minor or None,
        "tail_days": mandate.tail_days,
        "note": mandate.note,
        "version": mandate.version,
    }
