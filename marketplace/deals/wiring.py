"""Binds deals to what lies below: papers, files, guards and effects, panels on other pages."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import render_template, url_for

from marketplace.core.messages import N_
from marketplace.deals import effects, guards, permissions, tabs
from marketplace.deals.models import DealOrigin
from marketplace.deals.queries import boards, deals, work
from marketplace.deals.routes.blueprint import title_of
from marketplace.deals.routes.boards import card
from marketplace.deals.services import conditions, opening, room, secrecy
from marketplace.files import permissions as file_permissions
from marketplace.papers import registry as papers
from marketplace.papers.models import PaperKind
from marketplace.web import panels
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.templating import local

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Flask
    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor

#: Days ahead within which tasks stand on the desk.
SOON_DAYS = 7
#: Deals named on the desk.
FEW = 8


def _nobody(_session: Session, _actor: Actor, _object_id: UUID) -> bool:
    return False


def _address(deal_id: UUID) -> str:
    return url_for("deals.room", deal_id=deal_id)


def desk(_thing: Any, actor: Actor) -> str | None:  # noqa: ANN401 — the desk is about no object
    """Show invitations, tasks of the person's side, and deals that stand still."""
    if actor.is_visitor:
        return None
    clock = boards.timers(db.session, now=now())
    today = local(now()).date()
    invitations = deals.list_invitations(db.session, actor=actor)
    tasks = work.list_due(db.session, actor=actor, until=today + timedelta(days=SOON_DAYS))
    stuck = boards.list_own(
        db.session,
        actor=actor,
        wanted=boards.Wanted(stuck=True, sort="since"),
        clock=clock,
        most=FEW,
    )
    running = boards.count_own(db.session, actor=actor)
    if not (invitations or tasks or stuck or running):
        return None
    return render_template(
        "deals/_desk.html",
        invitations=invitations,
        tasks=tasks,
        stuck=[card(deal, clock) for deal in stuck],
        running=running,
        today=today,
        title_of=title_of,
    )


def _origin_panel(kind: DealOrigin) -> Any:  # noqa: ANN401 — a panel
    def panel(thing: Any, actor: Actor) -> str | None:  # noqa: ANN401 — a match, answer or enquiry
        """Offer to open a deal, or lead to the one that is there."""
        known = opening.find_origin(db.session, kind, thing.id, actor=actor, now=now())
        if known is None:
            return None
        standing = opening.find_deal_of(db.session, kind, thing.id)
        if standing is not None and not permissions.may_see(actor, standing):
            return None
        may_open = opening.may_open(db.session, known, actor=actor, now=now())
        if standing is None and not may_open:
            return None
        return render_template(
            "deals/_open.html", origin=kind.value, origin_id=thing.id, standing=standing
        )

    return panel


def install(app: Flask) -> None:  # noqa: ARG001 — the signature of every wiring
    """Fill the places and registries."""
    guards.register("parties_verified", conditions.parties_verified)
    guards.register("licensee_named", conditions.licensee_named)
    guards.register("blocking_tasks_done", conditions.blocking_tasks_done)
    guards.register("confidentiality_signed", secrecy.signed_obstacles)
    effects.register("draw_up_confidentiality", secrecy.draw_up_agreement)
    effects.register("open_confidential", secrecy.open_confidential)
    effects.register("contract_concluded", opening.note_success)
    papers.register(
        PaperKind.CONFIDENTIALITY,
        object_kind=secrecy.OBJECT_KIND,
        may_see=secrecy.may_read,
        may_sign=secrecy.may_sign,
        signed=secrecy.after_signature,
        address=_address,
    )
    file_permissions.register(room.ATTACHED_TO, _nobody, closed=True)
    file_permissions.agree_by("listing", room.has_agreed, room.listing_file_opened)
    tabs.register("deals.show", N_("Overview of the deal"), 10)
    tabs.register("deals.records_", N_("Technology and need"), 20)
    tabs.register("deals.room", N_("Room"), 30)
    panels.fill("desk", desk)
    panels.fill("match.card", _origin_panel(DealOrigin.MATCH))
    panels.fill("answer.show", _origin_panel(DealOrigin.ANSWER))
    panels.fill("enquiry.show", _origin_panel(DealOrigin.ENQUIRY))
