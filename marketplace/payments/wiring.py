"""Where payments take part in the application."""

from __future__ import annotations

import os
from decimal import Decimal
from typing import TYPE_CHECKING

from flask import render_template
from sqlalchemy import func, select

from marketplace.core import failpoints
from marketplace.core.actor import Actor, PlatformRole
from marketplace.core.messages import N_
from marketplace.files import permissions as files
from marketplace.payments import permissions, queries
from marketplace.payments.gateway.provider import open_gateway
from marketplace.payments.models import Payment, Payout, PayoutState
from marketplace.payments.routes.desk import is_test_money
from marketplace.payments.services import payouts, slips
from marketplace.web import panels
from marketplace.web.extensions import db
from marketplace.web.languages import current_language
from marketplace.web.queues import register_queue

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Flask
    from sqlalchemy.orm import Session

    from marketplace.organizations.models import Organization


def exact_money(minor: int, currency: str = "CNY") -> str:
    """Show an amount to the fen: 1,234.50 元, in English CN¥1,234.50."""
    amount = f"{Decimal(minor) / 100:,.2f}"
    if currency != "CNY":
        return f"{currency} {amount}"
    if current_language() == "zh":
        return f"{amount} 元"
    return f"-CN¥{amount[1:]}" if minor < 0 else f"CN¥{amount}"


def _sees_payment(session: Session, actor: Actor, payment_id: UUID) -> bool:
    payment = session.get(Payment, payment_id)
    return payment is not None and permissions.may_see(session, actor, payment)


def _sees_payout(session: Session, actor: Actor, payout_id: UUID) -> bool:
    payout = session.get(Payout, payout_id)
    return payout is not None and permissions.sees_organization(actor, payout.payee_id)


def desk_panel(_page: object, actor: Actor) -> str | None:
    """Show what a person's organizations have to pay or to confirm."""
    own = permissions.money_organizations(actor)
    if not own:
        return None
    to_pay = queries.to_pay(db.session, own)
    to_confirm = queries.waiting_slips(db.session, own)
    if not to_pay and not to_confirm:
        return None
    return render_template("payments/_desk.html", to_pay=to_pay[:10], to_confirm=to_confirm[:10])


def organization_panel(organization: Organization, actor: Actor) -> str | None:
    """Lead an organization's money people to its payments."""
    if not permissions.sees_organization(actor, organization.id):
        return None
    return render_template("money/_organization.html", organization=organization)


def platform_panel(_page: object, actor: Actor) -> str | None:
    """Lead administrators to the queues of money."""
    return render_template("platform_money/_platform.html") if actor.is_administrator else None


def _count_payouts(session: Session, _actor: Actor) -> int:
    waiting = (PayoutState.PREPARED, PayoutState.APPROVED)
    return (
        session.scalar(select(func.count()).select_from(Payout).where(Payout.state.in_(waiting)))
        or 0
    )


def install(app: Flask) -> None:
    """Connect to the provider, arm fail-points (never in production), fill pages."""
    own = app.extensions["hanqiao.settings"]
    app.extensions["hanqiao.parts"].gateway = open_gateway(own)
    if own.is_development:
        failpoints.arm(os.environ.get("HANQIAO_FAILPOINTS", ""))
    app.jinja_env.filters["exact_money"] = exact_money
    app.jinja_env.globals["is_test_money"] = is_test_money
    files.register(slips.FILE_KIND, _sees_payment)
    files.register(payouts.FILE_KIND, _sees_payout)
    panels.fill("desk", desk_panel)
    panels.fill("organization.show", organization_panel)
    panels.fill("administration.index", platform_panel)
    administrators = frozenset({PlatformRole.ADMINISTRATOR})
    register_queue(
        "refunds",
        N_("Refunds that wait"),
        count=lambda session, _actor: queries.count_stuck_refunds(session),
        endpoint="platform_money.refund_queue",
        roles=administrators,
    )
    register_queue(
        "payouts",
        N_("Payouts to approve or make"),
        count=_count_payouts,
        endpoint="platform_money.payout_queue",
        roles=administrators,
    )
