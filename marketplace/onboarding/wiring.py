"""Where the pages of organizations take part in others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template
from sqlalchemy import select

from marketplace.accounts.queries import list_own_memberships
from marketplace.core.actor import Actor, PlatformRole
from marketplace.core.messages import N_
from marketplace.files import permissions as files
from marketplace.onboarding import proof
from marketplace.organizations.models import Organization
from marketplace.organizations.permissions import may_see
from marketplace.organizations.queries import count_waiting
from marketplace.organizations.rules import RETURNED
from marketplace.web import panels
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.queues import register_queue

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Flask
    from sqlalchemy.orm import Session


def _may_see(session: Session, actor: Actor, organization_id: UUID) -> bool:
    organization = session.scalar(select(Organization).where(Organization.id == organization_id))
    return organization is not None and may_see(actor, organization)


def desk_panel(_page: object, actor: Actor) -> str | None:
    """Show the organizations that a person has to do something about."""
    if actor.user_id is None:
        return None
    to_verify = count_waiting(db.session) if actor.is_reviewer else 0
    waiting = {
        membership.organization
        for membership in list_own_memberships(db.session, actor.user_id, at=now())
        if not membership.organization.is_verified
    }
    if not waiting and not to_verify:
        return None
    ordered = sorted(waiting, key=lambda organization: organization.name)
    return render_template(
        "organizations/_desk.html", organizations=ordered, returned=RETURNED, to_verify=to_verify
    )


def install(app: Flask) -> None:  # noqa: ARG001 — the signature of every wiring
    """Open proofs to those who may see them, queue applications, and fill the desk."""
    files.register(proof.KIND, _may_see)
    register_queue(
        "organizations",
        N_("Organizations to verify"),
        count=lambda session, _actor: count_waiting(session),
        endpoint="verification.index",
        roles=frozenset({PlatformRole.REVIEWER, PlatformRole.ADMINISTRATOR}),
    )
    panels.fill("desk", desk_panel)
