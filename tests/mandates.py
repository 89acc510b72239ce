"""Mandates as tests of several modules draft, offer and sign them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from marketplace.managers import services
from marketplace.managers.models import RecordKind
from marketplace.managers.rules import MandateDraft
from marketplace.managers.services.mandates import OBJECT_KIND
from marketplace.papers import services as papers
from marketplace.papers.models import PaperKind
from marketplace.papers.queries import current

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
TODAY = date(2026, 11, 20)


def draft_of(*records, **values):
    values = {
        "starts_on": TODAY,
        "ends_on": TODAY + timedelta(days=364),
        "tail_days": 180,
        "success_fee_bp": 500,
    } | values
    return MandateDraft(
        records=tuple(
            (
                RecordKind.LISTING if one.__tablename__ == "listing" else RecordKind.NEED,
                one.id,
            )
            for one in records
        ),
        **values,
    )


def drafted(session, actor, profile, record, **values):
    return services.draft_mandate(
        session,
        actor=actor,
        manager_id=profile.id,
        client_organization_id=record.organization_id,
        draft=draft_of(record, **values),
        now=NOON,
    )


def offered(session, actor, mandate):
    return services.offer_mandate(
        session, actor=actor, mandate_id=mandate.id, version=mandate.version, now=NOON
    )


def sign(session, actor, mandate):
    paper = current(session, PaperKind.MANDATE, OBJECT_KIND, mandate.id)
    party = next(
        one
        for one in paper.parties
        if one.person_id == actor.user_id or one.organization_id in actor.organization_ids
    )
    papers.sign(
        session,
        actor=actor,
        paper_id=paper.id,
        party_id=party.id,
        name="签署人",
        sha256=paper.sha256,
        now=NOON,
    )
    session.refresh(mandate)
