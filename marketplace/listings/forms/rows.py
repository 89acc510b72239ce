"""Rows of the tables inside the wizard's steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wtforms import DateField, HiddenField
from wtforms.validators import Optional

from marketplace.core.messages import N_
from marketplace.listings.forms.fields import choose, line, words
from marketplace.listings.models import IpRightKind, LegalStatus
from marketplace.web.fields import Row

if TYPE_CHECKING:
    from wtforms import FieldList


class GainRow(Row):
    """One measured figure against today's solution."""

    name = line(N_("What was measured"))
    today = line(N_("Today's solution"), limit=100)
    ours = line(N_("Ours"), limit=100)
    unit = line(N_("Unit"), limit=60)


def rows_of(field: FieldList[Any], names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Give the filled rows of a table as plain texts."""
    rows = [{name: str(entry.form[name].data or "").strip() for name in names} for entry in field]
    return [row for row in rows if any(row.values())]


class ProofRow(Row):
    """What proves one level."""

    statement = words(N_("What was tested, where, by whom"), rows=2)
    attachment_id = HiddenField()


class RightRow(Row):
    """One right behind the technology."""

    kind = choose(N_("Kind"), IpRightKind)
    number = line(N_("Number"), limit=60)
    title = line(N_("Title"))
    applicant = line(N_("Owner or applicant"))
    legal_status = choose(N_("Legal status"), LegalStatus)
    filed_on = DateField(N_("Filed on"), [Optional()])
    granted_on = DateField(N_("Granted on"), [Optional()])
    expires_on = DateField(N_("Ends on"), [Optional()])
    renewal_due_on = DateField(N_("Fee due on"), [Optional()])


class PersonRow(Row):
    """One inventor."""

    name = line(N_("Full name"), limit=80)
    unit = line(N_("Department"), limit=120)
