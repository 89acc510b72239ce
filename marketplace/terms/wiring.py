"""Binds terms to deals: guards, effects, tabs, panels; and files of terms to who reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template
from sqlalchemy import select

from marketplace.accounts.services import personal_data
from marketplace.core.cooperation import CooperationForm
from marketplace.core.messages import N_
from marketplace.deals import effects, guards, tabs
from marketplace.deals.models import Deal
from marketplace.files import permissions as file_permissions
from marketplace.listings.models import ListingStatus
from marketplace.terms import guarding, permissions, settings
from marketplace.terms.models import Objection, TermsOffer
from marketplace.terms.queries import offers, trials, university
from marketplace.terms.queries.diligence import ATTACHED_TO
from marketplace.terms.routes.blueprint import today, wording
from marketplace.terms.routes.offers import state_of
from marketplace.terms.services import notices
from marketplace.terms.services import trials as trial_services
from marketplace.terms.wording import LABELS
from marketplace.web import panels
from marketplace.web.extensions import db

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from flask import Flask
    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.listings.models import Listing
    from marketplace.organizations.models import Organization

__all__ = ["settings"]

#: Fields of the agreed terms that the deal's page shows in short.
SHORT = (
    "contract_kind",
    "license_kind",
    "term_months",
    "upfront_fee_minor",
    "milestones",
    "royalty_base",
    "royalty_steps",
    "equity_bp",
)


def _is_insider(session: Session, actor: Actor, deal_id: UUID) -> bool:
    """Whether the actor reads an institution's papers of a deal's price."""
    deal = session.get(Deal, deal_id)
    return deal is not None and permissions.may_read_diligence(actor, deal)


def _reopened(session: Session, deal: Deal, actor: Actor | None, now: datetime) -> None:
    notices.close_running(session, deal, actor=actor, now=now)


def _lapsed(session: Session, deal: Deal, actor: Actor | None, now: datetime) -> None:
    notices.close_running(session, deal, actor=actor, now=now)
    trial_services.end_living(session, deal, actor=actor, now=now)


def deal_panel(deal: Deal, actor: Actor) -> str | None:
    """Show on a deal's page what is offered or agreed."""
    if not permissions.may_see(actor, deal):
        return None
    latest = offers.latest_offer(db.session, deal.id)
    agreed = offers.agreed_terms(db.session, deal)
    terms = agreed or (latest.terms if latest else None)
    words = wording()
    return render_template(
        "terms/_panel.html",
        deal=deal,
        latest=latest,
        state=state_of(latest) if latest else None,
        is_agreed=agreed is not None,
        facts=[(LABELS[name], words.lines(terms, name)) for name in SHORT] if terms else [],
        may_offer=permissions.may_offer(actor, deal),
        trials=[
            trial
            for trial in trials.list_trials(db.session, deal.id)
            if trial.status in trials.LIVING
        ],
    )


def notice_panel(deal: Deal, actor: Actor) -> str | None:
    """Show beside a deal the clock of its price notice."""
    if not permissions.may_see(actor, deal):
        return None
    found = university.list_deal_notices(db.session, deal.id)
    if not found:
        return None
    objections = university.list_objections(db.session, [found[0].id])[found[0].id]
    return render_template(
        "terms/_clock.html",
        notice=found[0],
        reading=university.reading_of(found[0], objections, today=today()),
    )


def open_license_panel(listing: Listing, actor: Actor) -> str | None:
    """Show on a listing's page that its open license can be accepted."""
    declared = CooperationForm.OPEN_LICENSE in listing.cooperation
    if not declared or listing.status is not ListingStatus.PUBLISHED:
        return None
    return render_template(
        "terms/_open_license.html",
        listing=listing,
        is_own=actor.is_member(listing.organization_id),
    )


def desk_panel(_thing: Any, actor: Actor) -> str | None:  # noqa: ANN401 — the desk has no object
    """Tell an institution's officers which objections wait for them."""
    own = [one for one in actor.organization_ids if permissions.may_set_tiers(actor, one)]
    running = university.list_running_of(db.session, own) if own else []
    if not running:
        return None
    objections = university.list_objections(db.session, [notice.id for notice in running])
    return render_template(
        "terms/_desk.html",
        rows=[
            (
                notice,
                university.reading_of(notice, objections[notice.id], today=today()),
            )
            for notice in running
        ],
    )


def trials_panel(_thing: Any, actor: Actor) -> str | None:  # noqa: ANN401 — the desk has no object
    """Show the living trials of the person's deals with the day of the decision."""
    if actor.is_visitor:
        return None
    rows = trials.list_own(db.session, actor=actor)
    return render_template("terms/_desk_trials.html", rows=rows) if rows else None


def tiers_panel(organization: Organization, actor: Actor) -> str | None:
    """Lead an institution's officers from its page to its approval tiers."""
    if not permissions.is_public_body(organization):
        return None
    if not permissions.may_set_tiers(actor, organization.id):
        return None
    return render_template(
        "terms/_tiers.html",
        organization=organization,
        tiers=university.list_tiers(db.session, organization.id),
    )


def _written_by(session: Session, user_id: UUID) -> list[dict[str, Any]]:
    """List what a person offered and objected to."""
    return personal_data.plain_rows(
        [
            *session.scalars(select(TermsOffer).where(TermsOffer.offered_by == user_id)),
            *session.scalars(select(Objection).where(Objection.raised_by == user_id)),
        ]
    )


def install(app: Flask) -> None:  # noqa: ARG001 — the signature of every wiring
    """Register what terms know about deals, and show it on their pages."""
    for name, check in guarding.GUARDS.items():
        guards.register(name, check)
    effects.register("terms_reopened", _reopened)
    effects.register("deal_lapsed", _lapsed)
    tabs.register("terms.index", N_("Terms"), 25)
    panels.fill("deal.terms", deal_panel)
    panels.fill("deal.side", notice_panel)
    panels.fill("listing.show", open_license_panel)
    panels.fill("organization.show", tiers_panel)
    panels.fill("desk", desk_panel, rank=-1)
    panels.fill("desk", trials_panel, rank=-1)
    file_permissions.register(ATTACHED_TO, _is_insider)
    personal_data.register("terms", _written_by)
