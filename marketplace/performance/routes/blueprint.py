"""The blueprint of all pages of performance, and what they share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint
from sqlalchemy import select

from marketplace.core.errors import RuleBroken
from marketplace.deals.exits import day_of
from marketplace.deals.queries.deals import get_deal
from marketplace.deals.routes.blueprint import frame
from marketplace.files.forms import taken
from marketplace.files.models import Attachment
from marketplace.payments.models import Payment
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.languages import current_language

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from datetime import date
    from uuid import UUID

    from flask_wtf.file import FileField

    from marketplace.deals.models import Deal
    from marketplace.files.store import Upload
    from marketplace.performance.models import Milestone, PaymentPart
    from marketplace.web.forms import Form

bp = Blueprint("performance", __name__)
HERE = "performance.show"


def found(deal_id: UUID) -> Deal:
    """Give a deal that the person may know of, or answer 404."""
    return get_deal(db.session, deal_id, actor=current_actor())


def page_of(deal: Deal) -> dict[str, Any]:
    """Give the frame of a deal's money page."""
    return frame(deal, HERE)


def today() -> date:
    """Give the day in Beijing."""
    return day_of(now())


def is_english() -> bool:
    """Whether the reader reads English."""
    return current_language() == "en"


def name_of(milestone: Milestone) -> str:
    """Give a milestone's name in the reader's language where there is one."""
    return (milestone.name_en or milestone.name) if is_english() else milestone.name


def upload_of(field: FileField) -> Upload | None:
    """Judge and keep the sent file; None when none was sent."""
    return taken(field)


def files_of(ids: Iterable[UUID | None]) -> Mapping[UUID, Attachment]:
    """Give the files by id; whoever opens one is judged again."""
    wanted = [one for one in ids if one is not None]
    rows = db.session.scalars(select(Attachment).where(Attachment.id.in_(wanted)))
    return {row.id: row for row in rows}


def payments_of(parts: Collection[PaymentPart]) -> Mapping[UUID, Payment]:
    """Give the payments of parts by the payment's id."""
    wanted = [part.payment_id for part in parts if part.payment_id is not None]
    rows = db.session.scalars(select(Payment).where(Payment.id.in_(wanted)))
    return {row.id: row for row in rows}


def tried(form: Form, step: Callable[[], object]) -> bool:
    """Take a step that a form asks for; a broken rule is shown at its field."""
    if not form.accepted():
        return False
    try:
        with db.session.begin_nested():
            step()
    except RuleBroken as error:
        form.reject(error)
        return False
    return True
