"""Binds deals to what lies below: papers, files, guards and effects, panels on other pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for

from marketplace.core.messages import N_
from marketplace.deals import effects, guards, tabs
from marketplace.deals import panels as shown
from marketplace.deals.models import DealOrigin
from marketplace.deals.queries import deals, managers
from marketplace.deals.routes import rating
from marketplace.deals.services import conditions, opening, room, secrecy
from marketplace.files import permissions as file_permissions
from marketplace.managers import figures as manager_figures
from marketplace.papers import registry as papers
from marketplace.papers.models import PaperKind
from marketplace.web import panels

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Flask
    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor


def _nobody(_session: Session, _actor: Actor, _object_id: UUID) -> bool:
    return False


def _hold(session: Session, deal_id: UUID) -> None:
    """Lock the deal before its agreement, as drawing one up does."""
    deals.load_deal(session, deal_id, lock=True)


def _address(deal_id: UUID) -> str:
    return url_for("deals.room", deal_id=deal_id)


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
        lock=_hold,
    )
    file_permissions.register(room.ATTACHED_TO, _nobody, closed=True)
    file_permissions.agree_by("listing", room.has_agreed, room.listing_file_opened)
    file_permissions.agree_by("need", room.has_agreed_about_need, room.need_file_opened)
    tabs.register("deals.show", N_("Overview of the deal"), 10)
    tabs.register("deals.records_", N_("Technology and need"), 20)
    tabs.register("deals.room", N_("Room"), 30)
    panels.fill("desk", shown.desk, rank=-1)
    panels.fill("match.card", shown.of_origin(DealOrigin.MATCH))
    panels.fill("answer.show", shown.of_origin(DealOrigin.ANSWER))
    panels.fill("enquiry.show", shown.of_origin(DealOrigin.ENQUIRY))
    panels.fill("manager.bench", shown.bench)
    panels.fill("manager.record", shown.record)
    panels.fill("deal.side", rating.panel)
    manager_figures.register(managers.count_deals)
