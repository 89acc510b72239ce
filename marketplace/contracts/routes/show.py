"""The contract's tab on a deal: text before signing, drawing up, state afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, render_template, url_for
from flask_babel import gettext

from marketplace.contracts import queries
from marketplace.contracts.clauses.builder import build
from marketplace.contracts.installments import installments
from marketplace.contracts.routes.blueprint import bp, shared, the_deal
from marketplace.contracts.services import drawing
from marketplace.deals.models import DealStage
from marketplace.papers import typesetting, watermark
from marketplace.papers.typesetting.sheet import laid_out, stamp_time
from marketplace.terms.queries.offers import current_agreement
from marketplace.terms.value import from_json
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.downloads import download
from marketplace.web.extensions import db, limiter
from marketplace.web.languages import current_language
from marketplace.web.pages import see_other

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue


@bp.get("")
def show(deal_id: UUID) -> ResponseReturnValue:
    """Show the contract: what is missing, the text, its signatures, and what follows."""
    deal = the_deal(deal_id)
    contract = queries.find_contract(db.session, deal.id)
    agreement = current_agreement(db.session, deal)
    terms = from_json(agreement.content) if agreement else None
    parts = []
    if terms is not None:
        number = contract.shown_number if contract else "—"
        content = build(terms, drawing.facts_of(db.session, deal, number))
        parts = list(laid_out(content.blocks, current_language()))
    open_points = []
    if deal.stage is DealStage.NOTICE and terms is not None:
        open_points = drawing.still_open(db.session, deal, now())
    return render_template(
        "contracts/show.html",
        **shared(deal, contract),
        terms=terms,
        is_stale=bool(contract and agreement and contract.terms_sha256 != agreement.sha256),
        payments=installments(terms) if terms else (),
        open_points=open_points,
        parts=parts,
        registration=queries.find_registration(db.session, contract) if contract else None,
    )


@bp.post("/draw-up")
@limiter.limit("60/hour")
def draw_up(deal_id: UUID) -> ResponseReturnValue:
    """Make the text that both sides sign."""
    paper = drawing.draw_up(db.session, actor=current_actor(), deal_id=deal_id, now=now())
    flash(gettext("The contract is drawn up. Both sides are asked to sign."), "success")
    return see_other(url_for("papers.show", paper_id=paper.id))


@bp.get("/draft.pdf")
@limiter.limit("120/hour")
def draft(deal_id: UUID) -> ResponseReturnValue:
    """Send the text for reading, marked as a draft."""
    content = drawing.draft(db.session, actor=current_actor(), deal_id=deal_id)
    language = current_language()
    title = content.title_en if language == "en" else content.title
    made = typesetting.document(title, content.blocks, language=language)
    mark = f"{gettext('Draft')}  {current_actor().name}  {stamp_time(now())[:16]}"
    return download(watermark.stamp(made, mark), "application/pdf", f"{title}.pdf")
