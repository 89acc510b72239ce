"""A manager's bench, the introductions of three sides, and claims."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, render_template
from flask_babel import gettext

from marketplace.managers import claims, permissions, queries
from marketplace.managers.models import RecordKind
from marketplace.managers.proposing import bench_of
from marketplace.managers.queries.mandates import record_lines
from marketplace.managers.queries.record import get_claim, get_introduction
from marketplace.managers.queries.register import own
from marketplace.managers.routes.blueprint import bp, today
from marketplace.needs.permissions import may_see_name
from marketplace.papers.typesetting import document
from marketplace.web.access import current_actor
from marketplace.web.arguments import page_number
from marketplace.web.extensions import db
from marketplace.web.languages import current_language

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.managers.models import Introduction
    from marketplace.managers.queries.mandates import RecordLine


def _lines(introductions: Iterable[Introduction]) -> dict[UUID, RecordLine]:
    named = [
        (kind, identity)
        for one in introductions
        for kind, identity in (
            (RecordKind.LISTING, one.listing_id),
            (RecordKind.NEED, one.need_id),
        )
        if identity is not None
    ]
    return {line.id: line for line in record_lines(db.session, dict.fromkeys(named))}


@bp.get("/managers/me/bench")
def bench() -> ResponseReturnValue:
    """Show what a manager could take on: needs without a manager, and matches from above."""
    actor = current_actor()
    profile = own(db.session, actor)
    rows = bench_of(db.session, profile, actor=actor)
    language = current_language()
    return render_template(
        "managers/bench.html",
        profile=profile,
        is_active=permissions.may_open_deals(profile, today()),
        rows=[
            {
                "need": row.need,
                "named": may_see_name(actor, row.need),
                "points": row.fit.points,
                "reasons": [
                    (reason.text(language, gettext), reason.speaks_for)
                    for reason in row.fit.reasons
                ],
            }
            for row in rows
        ],
    )


@bp.get("/introductions")
def introductions() -> ResponseReturnValue:
    """List who introduced whom to what, for the three of each."""
    found = queries.list_introductions(db.session, actor=current_actor(), number=page_number())
    return render_template("managers/introductions.html", found=found, lines=_lines(found.items))


@bp.get("/introductions/<uuid:introduction_id>")
def introduction(introduction_id: UUID) -> ResponseReturnValue:
    """Show one introduction to its three."""
    actor = current_actor()
    found = get_introduction(db.session, introduction_id, actor=actor)
    return render_template(
        "managers/introduction.html",
        introduction=found,
        lines=_lines([found]).values(),
        is_own=permissions.is_own(actor, found.manager),
    )


@bp.get("/managers/me/claims/<uuid:claim_id>")
def claim(claim_id: UUID) -> ResponseReturnValue:
    """Show the facts of a claim to the manager whose it is."""
    found = get_claim(db.session, claim_id, actor=current_actor())
    return render_template(
        "managers/claim.html",
        claim=found,
        blocks=list(claims.claim_blocks(found)),
        fee=claims.fee_of(found.facts),
    )


@bp.get("/managers/me/claims/<uuid:claim_id>.pdf")
def claim_file(claim_id: UUID) -> ResponseReturnValue:
    """Give the claim file."""
    found = get_claim(db.session, claim_id, actor=current_actor())
    language = current_language()
    made = document(
        claims.TITLE[0 if language == "zh" else 1],
        list(claims.claim_blocks(found)),
        language=language,
        subtitle=str(found.id),
    )
    return Response(
        made,
        mimetype="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="hanqiao-claim-{found.id}.pdf"',
            "Cache-Control": "private, no-store",
        },
    )
