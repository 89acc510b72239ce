"""What managers add to other pages: proposals beside a record, and the desk's part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template
from flask_babel import gettext

from marketplace.core.actor import MemberRole
from marketplace.listings.models import Listing
from marketplace.managers import permissions, queries
from marketplace.managers.forms.mandates import key_of
from marketplace.managers.models import LIVING, MandateStatus, RecordKind
from marketplace.managers.proposing import proposals_for
from marketplace.managers.queries.mandates import list_ending, list_for_record
from marketplace.managers.queries.register import count_waiting, find_own, list_expiring
from marketplace.managers.routes.blueprint import today
from marketplace.managers.rules import WARN_DAYS
from marketplace.web.extensions import db
from marketplace.web.languages import current_language

if TYPE_CHECKING:
    from marketplace.core.actor import Actor
    from marketplace.needs.models import Need

#: Mandates named on the desk.
SHOWN = 5


def of_record(record: Listing | Need, actor: Actor) -> str | None:
    """Propose managers to those who write for a record's owner, with the mandates there are."""
    kind = RecordKind.LISTING if isinstance(record, Listing) else RecordKind.NEED
    if record.published_at is None or not actor.may_write_for(record.organization_id):
        return None
    language = current_language()
    mandates = list_for_record(db.session, kind, record.id, actor=actor)
    engaged = {mandate.manager_id for mandate in mandates if mandate.status in LIVING}
    return render_template(
        "managers/_record.html",
        key=key_of(kind, record.id),
        mandates=mandates,
        proposals=[
            {
                "profile": proposal.profile,
                "points": proposal.fit.points,
                "reasons": [
                    (reason.text(language, gettext), reason.speaks_for)
                    for reason in proposal.fit.reasons
                ],
            }
            for proposal in proposals_for(db.session, record, today=today())
            if proposal.profile.id not in engaged
        ],
    )


def desk(_thing: object, actor: Actor) -> str | None:
    """Show a manager's entry, mandates that wait, and the register to the platform's people."""
    if actor.is_visitor:
        return None
    profile = find_own(db.session, actor)
    mandates = queries.list_mandates(db.session, actor=actor)
    reads = permissions.oversees(actor) or actor.is_city_officer
    is_broker = any(
        actor.has_role(one, MemberRole.TECHNOLOGY_MANAGER) for one in actor.organization_ids
    )
    if profile is None and not reads and not mandates.total and not is_broker:
        return None
    open_states = (MandateStatus.DRAFT, MandateStatus.OFFERED)
    waiting = [one for one in mandates.items if one.status in open_states]
    day = today()
    ending = list_ending(db.session, actor=actor, today=day, days=WARN_DAYS[0])
    expiring = (
        list_expiring(db.session, profile.id, today=day, days=WARN_DAYS[0]) if profile else []
    )
    return render_template(
        "managers/_desk.html",
        profile=profile,
        is_active=profile is not None and permissions.may_open_deals(profile, day),
        is_broker=is_broker,
        reviews=count_waiting(db.session) if actor.is_reviewer else 0,
        active=queries.counts(db.session, day).active if reads else None,
        waiting=waiting[:SHOWN],
        ending=ending[:SHOWN],
        expiring=expiring,
        today=day,
        days=WARN_DAYS[0],
        mandates=mandates.total,
    )
