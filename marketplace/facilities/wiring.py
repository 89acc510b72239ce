"""Binds facilities to what lies beside them: files, the desk, the queues, a person's own data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template
from sqlalchemy import or_, select

from marketplace.accounts.services import personal_data
from marketplace.core.actor import PlatformRole
from marketplace.core.messages import N_
from marketplace.facilities import documents, permissions, queries
from marketplace.facilities.models import Facility, FacilityQuestion
from marketplace.files import permissions as file_permissions
from marketplace.indexing.sources import Source, register
from marketplace.organizations.models import Organization, OrganizationKind
from marketplace.web import panels
from marketplace.web.extensions import db
from marketplace.web.queues import register_queue
from search.documents import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from flask import Flask
    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor

#: Kinds of organizations that are shown the way to their first facility.
OPERATING = (
    OrganizationKind.OPERATOR,
    OrganizationKind.UNIVERSITY,
    OrganizationKind.INSTITUTE,
)
#: Facilities shown on the desk; the rest stands on the operator's page.
SHOWN = 5


def _questions_of(session: Session, user_id: UUID) -> list[dict[str, Any]]:
    """List what a person asked and replied."""
    return personal_data.plain_rows(
        session.scalars(
            select(FacilityQuestion).where(
                or_(FacilityQuestion.sender_id == user_id, FacilityQuestion.replied_by == user_id)
            )
        )
    )


def _operators(writes: frozenset[UUID]) -> Sequence[Organization]:
    """Give the organizations of these that run facilities, or are of a kind that does."""
    runs = select(Facility.id).where(Facility.organization_id == Organization.id).exists()
    return db.session.scalars(
        select(Organization)
        .where(Organization.id.in_(writes), or_(runs, Organization.kind.in_(OPERATING)))
        .order_by(Organization.name)
    ).all()


def desk_panel(_thing: object, actor: Actor) -> str | None:
    """Give the desk's fragment: own facilities, questions, applications of the own district."""
    writes = permissions.writing_organizations(actor)
    districts = queries.districts_of(db.session, actor)
    own = queries.list_own(db.session, *writes, size=SHOWN) if writes else None
    applications = 0
    if districts:
        applications = queries.list_applications(db.session, districts=districts).total
    elif actor.is_city_officer:
        applications = queries.count_applications(db.session)
    speaks = bool(districts) or actor.is_city_officer
    organizations = _operators(writes)
    if (own is None or not own.total) and not speaks and not organizations:
        return None
    return render_template(
        "facilities/desk.html",
        own=own,
        organizations=organizations,
        questions=queries.count_open_questions(db.session, actor),
        applications=applications,
        speaks=speaks,
    )


def install(app: Flask) -> None:  # noqa: ARG001 — the signature of every wiring
    """Say who sees a facility's files, and what waits for whom."""
    personal_data.register("facility_questions", _questions_of)
    panels.fill("desk", desk_panel)
    judges = frozenset({PlatformRole.REVIEWER, PlatformRole.ADMINISTRATOR})
    register_queue(
        "facilities",
        N_("Facilities to review"),
        count=lambda session, _actor: queries.QUEUE.count(session),
        endpoint="facilities.review_queue",
        roles=judges,
    )
    register_queue(
        "facility_filings",
        N_("Applications for the city's file"),
        count=lambda session, _actor: queries.count_applications(session),
        endpoint="facilities.applications",
        roles=judges | {PlatformRole.CITY_OFFICER},
    )
    file_permissions.register(queries.ATTACHED_TO, queries.is_shown_to)
    register(Source(Kind.FACILITY, Facility, documents.load_documents))
