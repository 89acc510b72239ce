"""A person's results and shares, and the public award notices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, render_template, url_for
from flask_babel import gettext

from marketplace.core.errors import NotFound
from marketplace.performance.forms.splits import AnswerForm, ObjectionForm
from marketplace.performance.models import SplitState
from marketplace.performance.queries import figures
from marketplace.performance.queries import splits as queries
from marketplace.performance.routes.blueprint import bp, is_english, today, tried
from marketplace.performance.services import notices as services
from marketplace.performance.services.splits import outcome_of
from marketplace.web.access import current_actor, public
from marketplace.web.arguments import page_number
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import text
from marketplace.web.pages import see_other

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.performance.models import IncomeSplit


@bp.get("/my-results")
def mine() -> ResponseReturnValue:
    """Show the person's shares of every split: amount, consent, notice, payouts."""
    shares = queries.list_own_shares(db.session, actor=current_actor())
    ids = [share.id for share in shares]
    owed = figures.award_owed(db.session, ids)
    return render_template(
        "performance/mine.html",
        shares=shares,
        owed=owed,
        payouts=queries.payouts_of(db.session, ids),
        title_of=_title,
        states=SplitState,
        awarded=sum(
            share.amount_minor
            for share in shares
            if share.split.state in {SplitState.BOOKED, SplitState.PAID_OUT}
        ),
        open_minor=sum(owed.values()),
    )


def _title(split: IncomeSplit) -> str:
    deal = split.deal
    return (deal.title_en or deal.title) if is_english() else deal.title


@bp.get("/my-results/<uuid:share_id>")
def share(share_id: UUID) -> ResponseReturnValue:
    """Show how a split came to the person's share, and ask for consent."""
    return _share_page(share_id, None)


def _share_page(
    share_id: UUID, form: AnswerForm | None, *, status: int = 200
) -> ResponseReturnValue:
    row = queries.get_share(db.session, share_id, actor=current_actor())
    split = next(
        one.split
        for one in queries.list_own_shares(db.session, actor=current_actor())
        if one.id == row.id
    )
    body = render_template(
        "performance/share.html",
        share=row,
        split=split,
        title=_title(split),
        shares=queries.list_shares(db.session, split.id),
        costs=queries.list_costs(db.session, split.id),
        outcome=outcome_of(db.session, split),
        rates=queries.rates_of(split),
        may_answer=split.state is SplitState.CONSENTING,
        form=form or AnswerForm(formdata=None),
    )
    return body, status


@bp.post("/my-results/<uuid:share_id>")
def answer_share(share_id: UUID) -> ResponseReturnValue:
    """Agree to a share or refuse it."""
    queries.get_share(db.session, share_id, actor=current_actor())
    form = AnswerForm()
    if tried(
        form,
        lambda: services.answer(
            db.session,
            actor=current_actor(),
            share_id=share_id,
            agrees=form.answer.data == "agree",
            reason=text(form.reason),
            now=now(),
        ),
    ):
        flash(gettext("Your answer is kept."), "success")
        return see_other(url_for(".mine"))
    return _share_page(share_id, form, status=409 if form.general_errors else 422)


@bp.get("/award-notices")
@public
def award_notices() -> ResponseReturnValue:
    """List award notices."""
    return render_template(
        "performance/notices.html",
        page=queries.list_notices(db.session, number=page_number()),
        title_of=_title,
        today=today(),
    )


@bp.get("/award-notices/<uuid:split_id>")
@public
def notice(split_id: UUID) -> ResponseReturnValue:
    """Show an award notice: technology, income, who gets how much, until when."""
    return _notice_page(split_id, None)


def _notice_page(
    split_id: UUID, form: ObjectionForm | None, *, status: int = 200
) -> ResponseReturnValue:
    split = queries.get_notice(db.session, split_id)
    organization: Any = split.deal.licensor
    running = split.state is SplitState.NOTICED and (
        split.notice_to is not None and today() <= split.notice_to
    )
    body = render_template(
        "performance/notice.html",
        split=split,
        title=_title(split),
        organization=(organization.name_en or organization.name)
        if is_english()
        else organization.name,
        shares=queries.list_shares(db.session, split.id),
        outcome=outcome_of(db.session, split),
        rates=queries.rates_of(split),
        running=running,
        may_object=running and not current_actor().is_visitor,
        form=form or ObjectionForm(formdata=None),
    )
    return body, status


@bp.post("/award-notices/<uuid:split_id>")
def object_award(split_id: UUID) -> ResponseReturnValue:
    """Object against an award notice, as anybody who is signed in."""
    if current_actor().is_visitor:
        raise NotFound
    queries.get_notice(db.session, split_id)
    form = ObjectionForm()
    if tried(
        form,
        lambda: services.object_to(
            db.session,
            actor=current_actor(),
            split_id=split_id,
            text=text(form.text),
            now=now(),
        ),
    ):
        flash(gettext("Your objection was sent to the institution."), "success")
        return see_other(url_for(".notice", split_id=split_id))
    return _notice_page(split_id, form, status=409 if form.general_errors else 422)
