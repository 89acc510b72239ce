"""A manager's profile, as everybody sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template

from marketplace.managers import permissions, queries, rules
from marketplace.managers.queries.register import list_credentials
from marketplace.managers.routes.blueprint import bp, languages_of, today
from marketplace.web.access import current_actor, public
from marketplace.web.arguments import page_number
from marketplace.web.extensions import db

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue


@bp.get("/managers/<uuid:manager_id>")
@public
def show(manager_id: UUID) -> ResponseReturnValue:
    """Show a manager: level, fields, credentials, deals (filled from above), ratings."""
    actor = current_actor()
    profile = queries.get_manager(db.session, manager_id, actor=actor)
    credentials = [one for one in list_credentials(db.session, profile.id) if one.is_checked]
    clients = [one for one in actor.organization_ids if actor.may_write_for(one)]
    return render_template(
        "managers/show.html",
        profile=profile,
        languages=languages_of(profile),
        credentials=[(one, rules.runs(one, today())) for one in credentials],
        is_active=permissions.may_open_deals(profile, today()),
        is_own=permissions.is_own(actor, profile),
        may_review=permissions.may_suspend(actor, profile),
        may_engage=any(permissions.may_draft_mandate(actor, client, profile) for client in clients),
        rating=queries.rating_of(db.session, profile.id),
        ratings=queries.list_ratings(db.session, profile.id, number=page_number()),
    )
