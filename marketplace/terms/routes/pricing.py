"""The institution's side of a deal: pricing, decisions, notice, and the diligence file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, flash, render_template, url_for
from flask_babel import force_locale, gettext

from marketplace.codes import rules as figures
from marketplace.core.actor import require
from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.deals.models import DealStage
from marketplace.deals.routes.blueprint import frame
from marketplace.files.forms import taken
from marketplace.papers import typesetting
from marketplace.terms import diligence, permissions, settings
from marketplace.terms.forms.decisions import (
    DecisionForm,
    NoticeForm,
    PricingForm,
    ValuationForm,
)
from marketplace.terms.models import Decision, NoticeStatus, PricingMethod
from marketplace.terms.queries import diligence as diligence_queries
from marketplace.terms.queries import university
from marketplace.terms.routes.blueprint import bp, side_names, the_deal, today, wording
from marketplace.terms.rules import approval
from marketplace.terms.services import notices
from marketplace.terms.services import pricing as services
from marketplace.terms.wording import Wording
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import text
from marketplace.web.languages import current_language
from marketplace.web.pages import see_other

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.deals.models import Deal
    from marketplace.terms.diligence import Diligence
    from marketplace.terms.value import Terms
    from marketplace.web.forms import Form


@bp.get("/deals/<uuid:deal_id>/terms/pricing")
def pricing(deal_id: UUID) -> ResponseReturnValue:
    """Show how the price came about, who decided, and the notice."""
    return _page(_own_deal(deal_id))


def _own_deal(deal_id: UUID) -> Deal:
    deal = the_deal(deal_id)
    require(permissions.may_read_diligence(current_actor(), deal))
    return deal


def _say_in(language: str) -> Wording:
    def say(message: str) -> str:
        with force_locale(language):
            return str(gettext(message))

    return Wording(say=say)


def _forms(found: Diligence, deal: Deal) -> dict[str, Form]:
    """Give every form of the page with what is known already."""
    pricing = found.pricing
    record = PricingForm(
        formdata=None,
        data={
            name: getattr(pricing, name)
            for name in ("method", "basis", "house", "permit", "held_on", "result", "appraiser")
        }
        | {
            "appraised_on": pricing.appraised_on,
            "amount_minor": services.typed(pricing.amount_minor),
            "appraised_minor": services.typed(pricing.appraised_minor),
        }
        if pricing
        else {"method": PricingMethod.AGREEMENT.value},
    )
    amount = approval.worth_minor(found.terms) if found.terms else 0
    amount = max(amount, pricing.amount_minor) if pricing else amount
    tier = approval.tier_of(found.tiers, amount)
    decision = DecisionForm(
        formdata=None,
        data={
            "body": tier.body if tier else "",
            "decided_on": today(),
            "decision": Decision.APPROVED.value,
            "subject": deal.title,
        },
    )
    terms = found.terms
    notice = NoticeForm(
        formdata=None,
        data={
            "name": deal.title,
            "summary": deal.listing.summary if deal.listing else "",
            "inventors": "、".join(
                str(row.get("name", "")) for row in (deal.listing.inventors if deal.listing else [])
            ),
            "buyer": "" if deal.licensee_hidden else deal.licensee.name,
            "price_note": _price_note(terms) if terms else "",
            "days": figures.number(db.session, settings.PRICE_NOTICE_DAYS),
        },
    )
    return {
        "pricing_form": record,
        "decision_form": decision,
        "notice_form": notice,
        "valuation_form": ValuationForm(formdata=None),
    }


def _price_note(terms: Terms) -> str:
    words = wording()
    parts = [
        f"{gettext(label)}：{line}"
        for name, label in services.PRICE_PARTS
        for line in words.lines(terms, name)
    ]
    return "\n".join(parts)


def _page(deal: Deal, *, status: int = 200, **refused: Form) -> ResponseReturnValue:
    found = diligence_queries.load(db.session, deal, now=now())
    forms = _forms(found, deal) | refused
    readings = {
        notice.id: university.reading_of(notice, found.objections[notice.id], today=today())
        for notice in found.notices
    }
    amount = approval.worth_minor(found.terms) if found.terms else 0
    if found.pricing:
        amount = max(amount, found.pricing.amount_minor)
    actor = current_actor()
    page = render_template(
        "terms/pricing.html",
        **frame(deal, "terms.index"),
        found=found,
        readings=readings,
        has_running=any(notice.status is NoticeStatus.RUNNING for notice in found.notices),
        amount=amount,
        tier=approval.tier_of(found.tiers, amount),
        names=side_names(deal),
        least_days=figures.get_rule(db.session, settings.PRICE_NOTICE_DAYS),
        can={
            "price": permissions.may_price(actor, deal),
            "tiers": permissions.may_set_tiers(actor, deal.licensor_id),
            "publish": permissions.may_price(actor, deal)
            and found.agreed is not None
            and deal.stage is DealStage.NOTICE,
        },
        **forms,
    )
    return page, status


@bp.post("/deals/<uuid:deal_id>/terms/pricing")
def price(deal_id: UUID) -> ResponseReturnValue:
    """Record the pricing method."""
    deal, form = _own_deal(deal_id), PricingForm()
    if form.takes(
        lambda: services.record_pricing(
            db.session,
            actor=current_actor(),
            deal_id=deal_id,
            record=services.PricingRecord(
                method=PricingMethod(form.method.data),
                amount_minor=form.amount_minor.hundredths,
                house=text(form.house),
                permit=text(form.permit),
                held_on=form.held_on.data,
                result=text(form.result),
                appraiser=text(form.appraiser),
                appraised_minor=form.appraised_minor.hundredths,
                appraised_on=form.appraised_on.data,
                basis=text(form.basis),
            ),
            now=now(),
        )
    ):
        flash(gettext("The way to the price is recorded."), "success")
        return see_other(url_for(".pricing", deal_id=deal_id))
    return _page(deal, status=422, pricing_form=form)


@bp.post("/deals/<uuid:deal_id>/terms/decisions")
def decide(deal_id: UUID) -> ResponseReturnValue:
    """Record who decided on what and when."""
    deal, form = _own_deal(deal_id), DecisionForm()
    if form.takes(
        lambda: services.record_decision(
            db.session,
            actor=current_actor(),
            deal_id=deal_id,
            record=services.DecisionRecord(
                decision=Decision(form.decision.data),
                body=text(form.body),
                subject=text(form.subject),
                decided_on=form.decided_on.data or today(),
                participants=text(form.participants),
                note=text(form.note),
            ),
            minutes=taken(form.minutes),
            now=now(),
        )
    ):
        flash(gettext("The decision is recorded."), "success")
        return see_other(url_for(".pricing", deal_id=deal_id))
    return _page(deal, status=422, decision_form=form)


@bp.post("/deals/<uuid:deal_id>/terms/valuations")
def valuation(deal_id: UUID) -> ResponseReturnValue:
    """Keep a valuation report."""
    deal, form = _own_deal(deal_id), ValuationForm()
    try:
        upload = taken(form.report)
        if upload is not None:
            services.attach_valuation(
                db.session, actor=current_actor(), deal_id=deal_id, upload=upload, now=now()
            )
        else:
            form.reject(RuleBroken(N_("Choose a file first."), field="report"))
    except RuleBroken as error:
        form.reject(error)
    if form.report.errors or form.general_errors:
        return _page(deal, status=422, valuation_form=form)
    flash(gettext("The valuation report is kept."), "success")
    return see_other(url_for(".pricing", deal_id=deal_id) + "#valuations")


@bp.post("/deals/<uuid:deal_id>/terms/notice")
def publish(deal_id: UUID) -> ResponseReturnValue:
    """Publish the price notice."""
    deal, form = _own_deal(deal_id), NoticeForm()
    if form.accepted():
        try:
            notice = notices.post_notice(
                db.session,
                actor=current_actor(),
                deal_id=deal_id,
                text=notices.NoticeText(
                    name=text(form.name),
                    summary=text(form.summary),
                    inventors=text(form.inventors),
                    buyer=text(form.buyer),
                    price_note=text(form.price_note),
                    days=form.days.data or 0,
                    also_at=text(form.also_at),
                    is_related=bool(form.is_related.data),
                    related_note=text(form.related_note),
                ),
                now=now(),
            )
        except RuleBroken as error:
            form.reject(error)
        else:
            flash(gettext("The notice is public; its clock starts tomorrow."), "success")
            return see_other(url_for(".notice", notice_id=notice.id))
    return _page(deal, status=422, notice_form=form)


@bp.get("/deals/<uuid:deal_id>/terms/diligence.pdf")
def diligence_file(deal_id: UUID) -> ResponseReturnValue:
    """Give the diligence file as one PDF in the language of the page."""
    deal = _own_deal(deal_id)
    found = diligence_queries.load(db.session, deal, now=now())
    language = current_language()
    body = typesetting.document(
        "尽职调查与决策档案" if language == "zh" else "Diligence and decision file",
        diligence.blocks(found, zh=_say_in("zh"), en=_say_in("en")),
        language=language,
        subtitle=f"{deal.reference} · {deal.title}",
    )
    return Response(
        body,
        mimetype="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{deal.reference}-diligence.pdf"',
            "Cache-Control": "private, no-store",
        },
    )
