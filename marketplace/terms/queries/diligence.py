"""Loads all that the diligence file shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.codes import rules as figures
from marketplace.files.models import Attachment
from marketplace.terms import settings
from marketplace.terms.diligence import Diligence
from marketplace.terms.queries import offers, university
from marketplace.terms.value import from_json

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.deals.models import Deal

#: Object kind of files that hang on a deal's terms, and what they are.
ATTACHED_TO = "deal_terms"
VALUATION = "valuation"


def list_files(session: Session, deal_id: UUID, *, purpose: str = "") -> Sequence[Attachment]:
    """Give the files of a deal's terms; the caller has judged that the institution reads them."""
    statement = (
        select(Attachment)
        .where(
            Attachment.object_kind == ATTACHED_TO,
            Attachment.object_id == deal_id,
            Attachment.removed_at.is_(None),
        )
        .order_by(Attachment.created_at, Attachment.id)
    )
    if purpose:
        statement = statement.where(Attachment.purpose == purpose)
    return session.scalars(statement).all()


def names_of(session: Session, ids: Collection[UUID | None]) -> Mapping[UUID, str]:
    """Give the names of people."""
    wanted = {one for one in ids if one is not None}
    rows = session.execute(select(User.id, User.name).where(User.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def load(session: Session, deal: Deal, *, now: datetime) -> Diligence:
    """Gather the diligence file of a deal that the caller has loaded and judged."""
    agreed = offers.current_agreement(session, deal)
    pricing = university.find_pricing(session, deal.id)
    decisions = university.list_decisions(session, deal.id)
    notices = university.list_deal_notices(session, deal.id)
    objections = university.list_objections(session, [notice.id for notice in notices])
    files = list_files(session, deal.id)
    people: set[UUID | None] = {row.recorded_by for row in decisions}
    people |= {agreed.accepted_by if agreed else None, pricing.recorded_by if pricing else None}
    for rows in objections.values():
        people |= {row.raised_by for row in rows}
    return Diligence(
        deal=deal,
        terms=from_json(agreed.content) if agreed else None,
        agreed=agreed,
        pricing=pricing,
        tiers=university.list_tiers(session, deal.licensor_id),
        decisions=decisions,
        valuations=[file for file in files if file.purpose == VALUATION],
        files={file.id: file for file in files},
        notices=notices,
        objections=objections,
        people=names_of(session, people),
        exemption=figures.get_rule(session, settings.LIABILITY_EXEMPTION),
        made_at=now,
    )
