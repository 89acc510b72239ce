"""The transfer office: splits of a deal, costs, consent on paper, notice, books, payouts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, render_template, url_for
from flask_babel import gettext

from marketplace.codes import rules as figures_of
from marketplace.core.errors import NotFound
from marketplace.listings.models import Listing
from marketplace.performance import permissions, settings
from marketplace.performance.forms.splits import (
    AwardOutcomeForm,
    CostForm,
    PaperConsentForm,
    PayoutForm,
    SplitForm,
    rows_of,
)
from marketplace.performance.forms.steps import ReasonForm
from marketplace.performance.models import Pool, SplitState
from marketplace.performance.queries import figures
from marketplace.performance.queries import splits as queries
from marketplace.performance.routes.blueprint import (
    bp,
    files_of,
    found,
    page_of,
    today,
    tried,
    upload_of,
)
from marketplace.performance.services import notices, payouts
from marketplace.performance.services import splits as services
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import text
from marketplace.web.pages import form_page, see_other

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.deals.models import Deal
    from marketplace.web.forms import Form

_BASE = "/deals/<uuid:deal_id>/splits"
_ONE = f"{_BASE}/<uuid:split_id>"


def _office_deal(deal_id: UUID) -> Deal:
    """Give a deal to its supplier's office; to everybody else its splits don't exist."""
    deal = found(deal_id)
    if not permissions.may_split(current_actor(), deal):
        raise NotFound
    return deal


@bp.get(_BASE)
def splits(deal_id: UUID) -> ResponseReturnValue:
    """List the splits of a deal, and what is left to share out."""
    deal = _office_deal(deal_id)
    return render_template(
        "performance/splits.html",
        **page_of(deal),
        splits=queries.list_splits(db.session, deal.id),
        earned=figures.earned(db.session, deal.id),
        left=figures.to_share(db.session, deal.id),
        policy=queries.policy_of(db.session, deal.licensor_id),
    )


@bp.route(f"{_BASE}/new", methods=["GET", "POST"])
def new_split(deal_id: UUID) -> ResponseReturnValue:
    """Begin a split: gross from the books, rates from the policy, inventors from the listing."""
    deal = _office_deal(deal_id)
    left = figures.to_share(db.session, deal.id)
    form = SplitForm()
    if not form.is_submitted():
        form.gross.process_data(max(0, left))
        form.show_rates(queries.policy_of(db.session, deal.licensor_id).rates)
        form.show_people(inventors_of(deal))
    made: list[Any] = []
    if tried(
        form,
        lambda: made.append(
            services.draft_split(
                db.session,
                actor=current_actor(),
                deal_id=deal_id,
                draft=form.to_draft(),
                now=now(),
            )
        ),
    ):
        flash(gettext("The split is kept as a draft."), "success")
        return see_other(url_for(".split", deal_id=deal_id, split_id=made[0].id))
    return _form_page(deal, form, left)


def inventors_of(deal: Deal) -> list[dict[str, Any]]:
    """Give the inventors of a deal's technology and the acting officer as rows of the form."""
    listing = db.session.get(Listing, deal.listing_id) if deal.listing_id else None
    people = listing.inventors if listing else []
    rows = [{"pool": Pool.INVENTOR.value, "name": one["name"], "weight": "1"} for one in people]
    return [*rows, {"pool": Pool.STAFF.value, "name": current_actor().name, "weight": "1"}]


def _form_page(deal: Deal, form: SplitForm, left: int) -> ResponseReturnValue:
    form.spare()
    return form_page(
        "performance/edit_split.html",
        form,
        **page_of(deal),
        left=left,
        floor=figures_of.get_rule(db.session, settings.INVENTOR_FLOOR_BP),
        hubei=figures_of.get_rule(db.session, settings.HUBEI_BP),
    )


@bp.route(f"{_ONE}/edit", methods=["GET", "POST"])
def edit_split(deal_id: UUID, split_id: UUID) -> ResponseReturnValue:
    """Change a draft."""
    deal = _office_deal(deal_id)
    row = queries.get_split(db.session, deal, split_id)
    form = SplitForm()
    if not form.is_submitted():
        form.gross.process_data(row.gross_minor)
        form.college_name.data, form.note.data = row.college, row.note
        form.show_rates(queries.rates_of(row))
        form.show_people(rows_of(queries.list_shares(db.session, row.id)))
    if tried(
        form,
        lambda: services.edit_split(
            db.session,
            actor=current_actor(),
            deal_id=deal_id,
            split_id=split_id,
            draft=form.to_draft(),
            now=now(),
        ),
    ):
        flash(gettext("The split is kept as a draft."), "success")
        return see_other(url_for(".split", deal_id=deal_id, split_id=split_id))
    return _form_page(deal, form, figures.to_share(db.session, deal.id, besides=row.id))


@bp.get(_ONE)
def split(deal_id: UUID, split_id: UUID) -> ResponseReturnValue:
    """Show a split with everybody in it."""
    return _page(deal_id, split_id, {})


def _page(
    deal_id: UUID, split_id: UUID, forms: Mapping[str, Form], *, status: int = 200
) -> ResponseReturnValue:
    deal = _office_deal(deal_id)
    row = queries.get_split(db.session, deal, split_id)
    shares = queries.list_shares(db.session, row.id)
    costs = queries.list_costs(db.session, row.id)
    ids = [share.id for share in shares]
    body = render_template(
        "performance/split.html",
        **page_of(deal),
        split=row,
        outcome=services.outcome_of(db.session, row),
        rates=queries.rates_of(row),
        shares=shares,
        costs=costs,
        files=files_of(cost.attachment_id for cost in costs),
        objections=queries.list_objections(db.session, row.id),
        payouts=queries.payouts_of(db.session, ids),
        owed=figures.award_owed(db.session, ids),
        today=today(),
        states=SplitState,
        is_over=row.notice_to is not None and today() > row.notice_to,
        all_agreed=all(share.consent.value == "consent_agreed" for share in shares),
        cost_form=forms.get("cost") or CostForm(formdata=None),
        back_form=forms.get("back") or ReasonForm(formdata=None),
        payout_form=forms.get("payout") or PayoutForm(formdata=None, paid_on=today()),
        paper_form=forms.get("paper") or PaperConsentForm(formdata=None),
        objection_form=forms.get("objection") or AwardOutcomeForm(formdata=None),
        refused=next(iter(forms), ""),
    )
    return body, status


def _step(
    name: str, form: Form, deal_id: UUID, split_id: UUID, step: Callable[[], object]
) -> ResponseReturnValue:
    queries.get_split(db.session, _office_deal(deal_id), split_id)
    if tried(form, step):
        return _done(deal_id, split_id)
    status = 409 if form.general_errors else 422
    return _page(deal_id, split_id, {name: form}, status=status)


def _done(deal_id: UUID, split_id: UUID) -> ResponseReturnValue:
    flash(gettext("The step was taken."), "success")
    return see_other(url_for(".split", deal_id=deal_id, split_id=split_id))


@bp.post(f"{_ONE}/costs")
def add_cost(deal_id: UUID, split_id: UUID) -> ResponseReturnValue:
    """Enter a direct cost."""
    form = CostForm()
    return _step(
        "cost",
        form,
        deal_id,
        split_id,
        lambda: services.add_cost(
            db.session,
            actor=current_actor(),
            deal_id=deal_id,
            split_id=split_id,
            amount_minor=form.amount.minor or 0,
            text=text(form.text),
            upload=upload_of(form.file),
            now=now(),
        ),
    )


@bp.post(f"{_ONE}/costs/<uuid:cost_id>/remove")
def remove_cost(deal_id: UUID, split_id: UUID, cost_id: UUID) -> ResponseReturnValue:
    """Take a direct cost out."""
    services.remove_cost(
        db.session,
        actor=current_actor(),
        deal_id=deal_id,
        split_id=split_id,
        cost_id=cost_id,
        now=now(),
    )
    return _done(deal_id, split_id)


_PLAIN = {
    "ask": notices.ask_consent,
    "publish": notices.publish,
    "book": notices.book,
}


@bp.post(f"{_ONE}/<step>")
def move_split(deal_id: UUID, split_id: UUID, step: str) -> ResponseReturnValue:
    """Ask for consent, publish the notice, or enter the split in the books."""
    if step not in _PLAIN:
        raise NotFound
    _PLAIN[step](db.session, actor=current_actor(), deal_id=deal_id, split_id=split_id, now=now())
    return _done(deal_id, split_id)


@bp.post(f"{_ONE}/back")
def take_back_split(deal_id: UUID, split_id: UUID) -> ResponseReturnValue:
    """Make a split a draft again."""
    form = ReasonForm()
    return _step(
        "back",
        form,
        deal_id,
        split_id,
        lambda: notices.take_back(
            db.session,
            actor=current_actor(),
            deal_id=deal_id,
            split_id=split_id,
            reason=text(form.reason),
            now=now(),
        ),
    )


@bp.post(f"{_ONE}/shares/<uuid:share_id>/consent")
def paper_consent(deal_id: UUID, split_id: UUID, share_id: UUID) -> ResponseReturnValue:
    """Record a consent that was signed on paper."""
    form = PaperConsentForm()
    return _step(
        "paper",
        form,
        deal_id,
        split_id,
        lambda: notices.record_consent(
            db.session,
            actor=current_actor(),
            deal_id=deal_id,
            split_id=split_id,
            share_id=share_id,
            upload=upload_of(form.file),
            now=now(),
        ),
    )


@bp.post(f"{_ONE}/shares/<uuid:share_id>/payouts")
def record_payout(deal_id: UUID, split_id: UUID, share_id: UUID) -> ResponseReturnValue:
    """Record a payout."""
    form = PayoutForm()
    return _step(
        "payout",
        form,
        deal_id,
        split_id,
        lambda: payouts.record_payout(
            db.session,
            actor=current_actor(),
            deal_id=deal_id,
            split_id=split_id,
            share_id=share_id,
            draft=form.to_draft(),
            now=now(),
        ),
    )


@bp.post(f"{_ONE}/objections/<uuid:objection_id>")
def settle_award_objection(
    deal_id: UUID, split_id: UUID, objection_id: UUID
) -> ResponseReturnValue:
    """Settle an objection."""
    form = AwardOutcomeForm()
    return _step(
        "objection",
        form,
        deal_id,
        split_id,
        lambda: notices.settle_objection(
            db.session,
            actor=current_actor(),
            deal_id=deal_id,
            split_id=split_id,
            objection_id=objection_id,
            outcome=text(form.outcome),
            now=now(),
        ),
    )
