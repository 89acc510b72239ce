"""Puts needs where other pages leave a place: the desk, and an organization's page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template

from marketplace.codes.holidays import load_table
from marketplace.core.actor import PlatformRole
from marketplace.core.messages import N_
from marketplace.files import permissions as file_permissions
from marketplace.needs import clock, permissions, rules, views
from marketplace.needs.queries import answers as find_answers
from marketplace.needs.queries import needs as find
from marketplace.needs.routes.blueprint import organizations
from marketplace.web import panels
from marketplace.web.clock import now
from marketplace.web.extensions import db, settings
from marketplace.web.languages import current_language
from marketplace.web.queues import register_queue
from marketplace.web.templating import local

if TYPE_CHECKING:
    from flask import Flask

    from marketplace.core.actor import Actor
    from marketplace.organizations.models import Organization

#: Needs named on an organization's page.
NEWEST = 10


def desk(_thing: Any, actor: Actor) -> str | None:  # noqa: ANN401 — the desk is about no object
    """Show what waits: returned texts, answers with their clock, questions, near deadlines.

    People who write for an organization find the way to its needs and answers here in any case.
    """
    own = [one for one in actor.organization_ids if actor.may_write_for(one)]
    waiting_reviews = find.QUEUE.count(db.session) if actor.is_reviewer else 0
    if not own and not waiting_reviews:
        return None
    table = load_table(db.session)
    unreacted = find_answers.list_unreacted(db.session, own)
    shown = {
        "returned": find.list_returned(db.session, own),
        "unreacted": unreacted,
        "asked": find_answers.list_asked(db.session, own),
        "near": find.list_deadline_near(
            db.session, own, today=local(now()).date(), within=rules.DEADLINE_NEAR
        ),
        "waiting_reviews": waiting_reviews,
    }
    clocks = {
        answer.id: clock.clock_of(
            answer.sent_at,
            now=now(),
            target_days=settings().reply_target_days,
            table=table,
        )
        for answer in unreacted
    }
    return render_template(
        "needs/_desk.html",
        clocks=clocks,
        own=organizations(own),
        waits=any(shown.values()),
        **shown,
    )


def of_organization(organization: Organization, actor: Actor) -> str | None:
    """Show an organization's reply clock, and those open needs that may carry its name here."""
    record = find_answers.reply_record(
        db.session,
        organization.id,
        now=now(),
        target_days=settings().reply_target_days,
        table=load_table(db.session),
    )
    needs = [
        need
        for need in find.list_named_of(db.session, organization.id, limit=NEWEST)
        if permissions.may_see_name(actor, need)
    ]
    is_member = actor.is_member(organization.id)
    if not needs and not is_member and not record.reacted and not record.open:
        return None
    return render_template(
        "needs/_organization.html",
        organization=organization,
        record=record,
        target=settings().reply_target_days,
        needs=needs,
        titles={need.id: views.told(need, "title", current_language()) for need in needs},
        is_member=is_member,
    )


def install(app: Flask) -> None:  # noqa: ARG001 — the signature of every wiring
    """Fill the places."""
    file_permissions.register(find.ATTACHED_TO, find.is_shown_to)
    panels.fill("desk", desk)
    register_queue(
        "needs",
        N_("Needs to review"),
        count=lambda session, _actor: find.QUEUE.count(session),
        endpoint="needs.queue",
        roles=frozenset({PlatformRole.REVIEWER}),
    )
    panels.fill("organization.show", of_organization)
