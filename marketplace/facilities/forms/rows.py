"""Rows of the tables inside the steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wtforms import BooleanField, DateField, HiddenField, IntegerField, SelectField, StringField
from wtforms.validators import Length, NumberRange, Optional

from marketplace.core.messages import N_
from marketplace.facilities.models import InstrumentKind
from marketplace.facilities.values import CAPABILITY_FIELDS, MOST_INSTRUMENTS
from marketplace.web.fields import Row
from marketplace.web.forms import options

if TYPE_CHECKING:
    from wtforms import FieldList


def cell(label: str, hint: str = "", *, limit: int = 300, **kind: str) -> StringField:
    """Make an optional field of one line; ``kind`` are attributes such as ``inputmode``."""
    return StringField(
        label,
        [Length(max=limit, message=N_("Shorten this."))],
        description=hint,
        render_kw=kind or None,
    )


class InstrumentRow(Row):
    """One instrument, line or room."""

    id = HiddenField()
    kind = SelectField(
        N_("Sort"),
        choices=lambda: options(InstrumentKind.choices()),
        default=InstrumentKind.INSTRUMENT.value,
    )
    name = cell(N_("Name of it"), limit=120)
    name_en = cell(N_("Name in English"), limit=200)
    model = cell(N_("Model"), limit=120)
    maker = cell(N_("Maker"), limit=120)
    count = IntegerField(
        N_("Pieces"),
        [
            Optional(),
            NumberRange(1, MOST_INSTRUMENTS, N_("The number of pieces lies between 1 and 10,000.")),
        ],
        default=1,
    )
    note = cell(N_("What it does, within which limits"), limit=1000)
    bookable = BooleanField(N_("Can be booked"), default=True)
    needs_qualification = BooleanField(N_("Users need a qualification"))


class CapabilityRow(Row):
    """One process: what goes in and what comes out."""

    operation = cell(N_("Process or test"), limit=200)
    material = cell(N_("Material that goes in"), limit=200)
    amount_from = cell(N_("Amount from"), limit=40, inputmode="decimal")
    amount_to = cell(N_("Amount to"), limit=40, inputmode="decimal")
    unit = cell(N_("Unit"), limit=40)
    form = cell(N_("Form of the material"), limit=100)
    output = cell(N_("What comes out"), limit=200)
    accuracy = cell(N_("Accuracy"), limit=100)


class LimitRow(Row):
    """One limit of safety."""

    name = cell(N_("What is limited"), limit=200)
    limit = cell(N_("Limit"), limit=200)


class CertificateRow(Row):
    """One certificate of the facility."""

    kind = cell(N_("Certificate, such as CNAS or CMA"), limit=80)
    number = cell(N_("Number"), limit=80)
    scope = cell(N_("Scope"), limit=300)
    expires_on = DateField(N_("Valid until"), [Optional()])


class StaffRow(Row):
    """One person of the facility."""

    name = cell(N_("Full name"), limit=80)
    role = cell(N_("Role"), limit=80)
    field = cell(N_("Field of work"), limit=200)


class DayRow(Row):
    """The hours of one weekday: two spans at most."""

    opens = StringField(N_("opens"), render_kw={"type": "time"})
    closes = StringField(N_("closes"), render_kw={"type": "time"})
    opens_again = StringField(N_("opens again"), render_kw={"type": "time"})
    closes_again = StringField(N_("closes again"), render_kw={"type": "time"})


class ClosureRow(Row):
    """Days closed."""

    first = DateField(N_("First day"), [Optional()])
    last = DateField(N_("Last day"), [Optional()])
    reason = cell(N_("Reason"), limit=200)


def texts_of(field: FieldList[Any], names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Give the filled rows of a table as plain texts."""
    rows = [{name: str(entry.form[name].data or "").strip() for name in names} for entry in field]
    return [row for row in rows if any(row.values())]


def instruments_of(field: FieldList[Any]) -> list[dict[str, Any]]:
    """Give the named instruments; a row without a name is left out."""
    rows = []
    for entry in field:
        values = {name: entry.form[name].data for name in entry.form._fields}
        if str(values["name"] or "").strip():
            rows.append({**values, "id": values["id"] or None, "count": values["count"] or 1})
    return rows


def capabilities_of(field: FieldList[Any]) -> list[dict[str, Any]]:
    """Give the filled rows of the capability sheet."""
    return texts_of(field, CAPABILITY_FIELDS)


def certificates_of(field: FieldList[Any]) -> list[dict[str, Any]]:
    """Give the filled certificates, days as texts."""
    rows = []
    for entry in field:
        form = entry.form
        values = {name: str(form[name].data or "").strip() for name in ("kind", "number", "scope")}
        expires = form.expires_on.data
        if any(values.values()) or expires:
            rows.append({**values, "expires_on": expires.isoformat() if expires else None})
    return rows


def closures_of(field: FieldList[Any]) -> list[dict[str, Any]]:
    """Give the filled closures; a missing last day means one day."""
    rows = []
    for entry in field:
        form = entry.form
        if form.first.data or form.last.data:
            first = form.first.data or form.last.data
            last = form.last.data or form.first.data
            rows.append(
                {
                    "from": first.isoformat(),
                    "to": last.isoformat(),
                    "reason": str(form.reason.data or ""),
                }
            )
    return rows
