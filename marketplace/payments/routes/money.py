"""An organization's money: payments, statement, payouts, where it is paid, invoices."""

from __future__ import annotations

import logging
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_babel import gettext

from marketplace.core.actor import require
from marketplace.core.errors import NotFound
from marketplace.core.spreadsheets import CSV_TYPE, csv_pieces
from marketplace.ledger import queries as books
from marketplace.ledger.models import Account
from marketplace.organizations.queries import get_organization
from marketplace.payments import permissions, queries, sheets
from marketplace.payments.forms import AccountForm, InvoiceForm
from marketplace.payments.gateway.protocol import GatewayError
from marketplace.payments.models import PayeeAccount
from marketplace.payments.routes.desk import has_provider, leading_out, open_desk
from marketplace.payments.running.calls import carry_out
from marketplace.payments.running.inbox import sync_account
from marketplace.payments.services import accounts
from marketplace.web.access import current_actor
from marketplace.web.arguments import page_number
from marketplace.web.clock import now
from marketplace.web.extensions import db, settings
from marketplace.web.pages import form_page, see_other
from marketplace.web.templating import BEIJING, local

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.organizations.models import Organization

log = logging.getLogger(__name__)
bp = Blueprint("money", __name__, url_prefix="/organizations/<uuid:organization_id>/payments")

#: Accounts whose lines an organization's statement shows.
SHOWN = (
    Account.PREPAID,
    Account.PROVIDER_PAYABLE,
    Account.PROVIDER_RECEIVABLE,
    Account.DIRECT_BANK,
    Account.DISPUTE_HOLD,
)


def _organization(organization_id: UUID) -> Organization:
    """Load an organization whose money the actor sees, or raise NotFound."""
    actor = current_actor()
    organization = get_organization(db.session, organization_id, actor=actor)
    if not permissions.sees_organization(actor, organization_id):
        raise NotFound
    return organization


def _shown_balances(organization_id: UUID) -> list[tuple[Account, int]]:
    """Give what stands on the organization's accounts, signed as people read it."""
    found = books.balances(db.session, owner_id=organization_id)
    return [(one, sheets.shown(one, found[one])) for one in SHOWN if found.get(one)]


def csv_file(rows: Iterable[Sequence[str]], name: str) -> Response:
    """Answer with a CSV file that spreadsheets open rightly."""
    return Response(
        csv_pieces(rows),
        mimetype=CSV_TYPE,
        headers={
            "Content-Disposition": f'attachment; filename="{name}-{local(now()):%Y-%m-%d}.csv"',
            "Cache-Control": "private, no-store",
        },
    )


def _frame(organization: Organization) -> dict[str, Any]:
    return {
        "organization": organization,
        "can_change_account": permissions.may_change_account(current_actor(), organization.id),
        "handles": permissions.handles_money(current_actor(), organization.id),
    }


@bp.get("")
def index(organization_id: UUID) -> ResponseReturnValue:
    """List what the organization pays and receives."""
    organization = _organization(organization_id)
    side = request.args.get("side", "")
    found = queries.list_payments(
        db.session,
        actor=current_actor(),
        organization_id=organization_id,
        incoming={"in": True, "out": False}.get(side),
        words=request.args.get("q", "").strip()[:100],
        number=page_number(),
    )
    return render_template(
        "money/index.html",
        **_frame(organization),
        found=found,
        side=side,
        words=request.args.get("q", "").strip()[:100],
        balances=_shown_balances(organization_id),
        slips=queries.waiting_slips(db.session, [organization_id]),
    )


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _midnight(day: date | None, *, after: int = 0) -> datetime | None:
    return datetime.combine(day + timedelta(days=after), time(), BEIJING) if day else None


@bp.get("/statement")
def statement(organization_id: UUID) -> ResponseReturnValue:
    """Show every line of the books that concerns the organization, with running balances."""
    organization = _organization(organization_id)
    since, until = _day("since"), _day("until")
    page = books.statement(
        db.session,
        owner_id=organization_id,
        accounts=SHOWN,
        since=_midnight(since),
        until=_midnight(until, after=1),
        number=page_number(),
        size=0 if request.args.get("all") else 50,
    )
    kept: dict[str, Any] = {
        name: value for name, value in request.args.items() if name in ("since", "until")
    }
    return render_template(
        "money/statement.html",
        **_frame(organization),
        page=page,
        since=since,
        until=until,
        balances=_shown_balances(organization_id),
        shown=sheets.shown,
        download=url_for(".statement_file", organization_id=organization_id, **kept),
        everything=url_for(".statement", organization_id=organization_id, all=1, **kept),
    )


@bp.get("/statement.csv")
def statement_file(organization_id: UUID) -> ResponseReturnValue:
    """Give the statement as CSV, amounts in yuan."""
    _organization(organization_id)
    page = books.statement(
        db.session,
        owner_id=organization_id,
        accounts=SHOWN,
        since=_midnight(_day("since")),
        until=_midnight(_day("until"), after=1),
        size=0,
    )
    return csv_file(sheets.statement(page.items), "hanqiao-statement")


@bp.get("/payouts")
def payouts(organization_id: UUID) -> ResponseReturnValue:
    """List the payouts to the organization."""
    organization = _organization(organization_id)
    found = queries.list_payouts(db.session, payee_id=organization_id, number=page_number())
    return render_template("money/payouts.html", **_frame(organization), found=found)


@bp.route("/account", methods=["GET", "POST"])
def account(organization_id: UUID) -> ResponseReturnValue:
    """Say where the organization is paid."""
    organization = _organization(organization_id)
    actor = current_actor()
    require(permissions.may_change_account(actor, organization_id))
    kept = queries.payee_account(db.session, organization_id)
    form = AccountForm(obj=kept)
    if not form.is_submitted() and kept is None:
        form.account_name.data = organization.name
    if form.takes(
        lambda: accounts.set_account(
            db.session,
            actor=actor,
            organization_id=organization_id,
            account=form.to_account(),
            password=form.password.data or "",
            now=now(),
        )
    ):
        flash(gettext("Payouts go to this account from now on."))
        return see_other(url_for(".index", organization_id=organization_id))
    page = form_page(
        "money/account.html", form, **_frame(organization), kept=kept, online=has_provider()
    )
    return leading_out(page)


@bp.post("/account/stripe")
def connect(organization_id: UUID) -> ResponseReturnValue:
    """Open an account at Stripe and send the owner to its page for details."""
    organization = _organization(organization_id)
    row, call = accounts.open_stripe_account(
        db.session,
        actor=current_actor(),
        organization_id=organization_id,
        name=organization.name,
        now=now(),
    )
    row_id, call_id = row.id, call.id if call else None
    desk = open_desk(keep=True)
    here = settings().base_url + url_for(".connected", organization_id=organization_id)
    try:
        if call_id is not None:
            carry_out(desk, call_id)
        with desk.step() as session:
            stripe_id = session.get_one(PayeeAccount, row_id).stripe_id
        if stripe_id is None:
            raise GatewayError("the account was not opened")  # noqa: TRY301 — one place shows it
        return see_other(desk.gateway.account_link(stripe_id, refresh_url=here, return_url=here))
    except GatewayError as error:
        log.warning("no Stripe account for %s: %s", organization_id, error)
        flash(gettext("Stripe does not answer at the moment. Try again in a minute."), "error")
        return see_other(url_for(".account", organization_id=organization_id))


@bp.get("/account/stripe")
def connected(organization_id: UUID) -> ResponseReturnValue:
    """Take in the owner who comes back from Stripe's page; noted in a transaction of its own."""
    _organization(organization_id)
    kept = queries.payee_account(db.session, organization_id)
    if kept is not None and kept.stripe_id is not None:
        stripe_id = kept.stripe_id
        try:
            sync_account(open_desk(keep=False), stripe_id)
        except GatewayError as error:
            log.warning("the Stripe account %s is looked up later: %s", stripe_id, error)
    return see_other(url_for(".account", organization_id=organization_id))


@bp.route("/invoice-title", methods=["GET", "POST"])
def profile(organization_id: UUID) -> ResponseReturnValue:
    """Keep the organization's invoice title."""
    organization = _organization(organization_id)
    actor = current_actor()
    require(permissions.handles_money(actor, organization_id))
    kept = queries.invoice_profile(db.session, organization_id)
    form = InvoiceForm(obj=kept)
    if not form.is_submitted() and kept is None:
        form.title.data, form.tax_number.data = organization.name, organization.credit_code
    if form.takes(
        lambda: accounts.set_invoice_profile(
            db.session, actor=actor, organization_id=organization_id, title=form.to_title()
        )
    ):
        flash(gettext("The invoice title is kept."))
        return see_other(url_for(".index", organization_id=organization_id))
    return form_page("money/profile.html", form, **_frame(organization))


@bp.get("/invoices")
def invoices(organization_id: UUID) -> ResponseReturnValue:
    """List the invoices that the organization is asked for."""
    organization = _organization(organization_id)
    found = queries.invoices_for(db.session, organization_id, number=page_number())
    return render_template("money/invoices.html", **_frame(organization), found=found)


@bp.get("/invoices.csv")
def invoices_file(organization_id: UUID) -> ResponseReturnValue:
    """Give the asked invoices as CSV for the invoicing program."""
    _organization(organization_id)
    found = queries.invoices_for(db.session, organization_id, size=10_000)
    return csv_file(sheets.invoices(found.items), "hanqiao-invoices")
