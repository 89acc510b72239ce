"""What deals show on other pages: the desk, matches, a manager's bench and record."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import render_template
from flask_babel import gettext

from marketplace.deals import permissions
from marketplace.deals.models import RUNNING
from marketplace.deals.queries import boards, deals, managers, work
from marketplace.deals.routes.blueprint import name_of, title_of
from marketplace.deals.routes.boards import card
from marketplace.deals.services import matches, opening
from marketplace.managers.permissions import is_own, may_open_deals
from marketplace.matching.reasons import Wording, explain
from marketplace.needs.permissions import may_see_name
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.languages import current_language
from marketplace.web.templating import local, money

if TYPE_CHECKING:
    from collections.abc import Callable

    from marketplace.core.actor import Actor
    from marketplace.deals.models import DealOrigin, DealStage
    from marketplace.managers.models import ManagerProfile

#: Days ahead within which tasks stand on the desk.
SOON_DAYS = 7
#: Deals named in each part of the desk.
NAMED = 5
#: Matches on a bench.
FEW = 8


def desk(_thing: Any, actor: Actor) -> str | None:  # noqa: ANN401 — the desk is about no object
    """Show where deals stand, invitations, what is due in them, and which of them stand still."""
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
        most=NAMED,
    )
    running = boards.count_own(db.session, actor=actor)
    planned = boards.list_own(
        db.session, actor=actor, wanted=boards.Wanted(sort="next"), clock=clock, most=NAMED
    )
    last = today + timedelta(days=SOON_DAYS)
    if not (invitations or tasks or stuck or running):
        return None
    return render_template(
        "deals/_desk.html",
        invitations=invitations,
        tasks=tasks,
        stuck=[card(deal, clock) for deal in stuck],
        running=running,
        due=[deal for deal in planned if deal.next_on is not None and deal.next_on <= last],
        stages=_pipeline(actor) if running else [],
        today=today,
        title_of=title_of,
    )


def _pipeline(actor: Actor) -> list[tuple[DealStage, int]]:
    counts = boards.count_stages(db.session, actor=actor, wanted=boards.Wanted())
    return [(stage, counts[stage]) for stage in RUNNING if counts.get(stage)]


def of_origin(kind: DealOrigin) -> Callable[[Any, Actor], str | None]:
    """Make the panel of a match, answer or enquiry."""

    def panel(thing: Any, actor: Actor) -> str | None:  # noqa: ANN401 — a match, answer or enquiry
        known = opening.find_origin(db.session, kind, thing.id, actor=actor, now=now())
        if known is None:
            return None
        standing = opening.find_deal_of(db.session, kind, thing.id)
        if standing is not None and not permissions.may_see(actor, standing):
            return None
        if standing is None and not opening.may_open(db.session, known, actor=actor, now=now()):
            return None
        return render_template(
            "deals/_open.html", origin=kind.value, origin_id=thing.id, standing=standing
        )

    return panel


def bench(profile: ManagerProfile, actor: Actor) -> str | None:
    """Show the best matches that no deal has taken up, each to be sent to both sides."""
    if not is_own(actor, profile) or not may_open_deals(profile, local(now()).date()):
        return None
    wording = Wording(language=current_language(), translate=gettext, money=money)
    found = matches.list_unassigned(db.session, actor=actor, most=FEW)
    return render_template(
        "deals/_bench.html",
        rows=[
            {
                "match": match,
                "percent": round(match.score * 100),
                "reasons": explain(match.reasons, wording),
                "need": match.need,
                "listing": match.listing,
                "owner": name_of(match.listing.organization),
                "company": name_of(match.need.organization)
                if may_see_name(actor, match.need)
                else None,
            }
            for match in found
        ],
    )


def record(profile: ManagerProfile, _actor: Actor) -> str | None:
    """Show the manager's closed deals and the median days per stage; nobody's name is told."""
    steps = managers.stage_days(db.session, profile.id)
    figures = managers.count_deals(db.session, [profile.id]).get(profile.id)
    if figures is None:
        return None
    return render_template("deals/_record.html", steps=steps, figures=figures)
