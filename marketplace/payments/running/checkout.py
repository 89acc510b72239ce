"""Opening the provider's page for a payment, and closing it when its time is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.core.actor import require
from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.payments import permissions, queries
from marketplace.payments.gateway.protocol import GatewayError, SessionOrder
from marketplace.payments.models import Operation, Payment, PaymentState, StripeCall
from marketplace.payments.running.calls import as_request, carry_out, is_unfinished
from marketplace.payments.running.sync import sync_payment
from marketplace.payments.services import receiving
from marketplace.payments.services.calls import prepare

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.payments.running.desk import Desk

#: A page lives from half an hour to a day there; a little is lost on the way.
SHORTEST, LONGEST = timedelta(minutes=31), timedelta(hours=23, minutes=55)
#: A page that ends so soon is not worth going to.
ENDING = timedelta(minutes=1)
#: A hold is given up so long before it runs out by itself.
HOLD_MARGIN = timedelta(hours=24)

ONLINE = ("card", "alipay", "wechat_pay")


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Where the provider sends the payer back to, and in which language (zh or en)."""

    success_url: str
    cancel_url: str
    language: str


def open_page(desk: Desk, payment_id: UUID, *, actor: Actor, addresses: Addresses) -> str:
    """Give the address of the provider's page for a payment, made when there is none.

    Raises RuleBroken when it can't be paid (any more) and GatewayError without an answer.
    """
    with desk.step() as session:
        payment = queries.get_payment(session, payment_id, actor=actor)
        require(permissions.may_pay(session, actor, payment))
        payment = queries.lock_payment(session, payment_id)
        now = desk.clock()
        _require_payable(payment, now)
        ends = payment.session_expires_at
        if payment.session_url and ends is not None and ends > now + ENDING:
            return payment.session_url
        call_id = _call(session, payment, addresses, now)
    carry_out(desk, call_id)
    with desk.step() as session:
        url = session.get_one(Payment, payment_id).session_url
    if url is None:
        raise RuleBroken(
            N_("The payment page could not be opened. Try again, or pay by bank transfer.")
        )
    return url


def _require_payable(payment: Payment, now: datetime) -> None:
    if payment.is_paid or payment.state is PaymentState.AUTHORIZED:
        raise RuleBroken(N_("This is paid already."))
    if payment.state is PaymentState.PROCESSING:
        raise RuleBroken(N_("A payment is on its way. Wait for its result."))
    if not payment.is_open or (payment.expires_at is not None and payment.expires_at <= now):
        raise RuleBroken(N_("The time to pay is over."))


def _call(session: Session, payment: Payment, addresses: Addresses, now: datetime) -> UUID:
    """Give the call that opens a page: one whose outcome is open, or a new one with a new number.

    Numbers make keys, so that a page after a declined or expired one is not the old one again.
    """
    waiting = session.scalar(
        select(StripeCall.id).where(
            StripeCall.payment_id == payment.id,
            StripeCall.operation == Operation.OPEN_SESSION,
            is_unfinished(),
        )
    )
    if waiting is not None:
        return waiting
    payment.session_no += 1
    wanted = payment.expires_at or now + LONGEST
    order = SessionOrder(
        payment=str(payment.id),
        session_no=payment.session_no,
        title=payment.title if addresses.language == "zh" else payment.title_en or payment.title,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        methods=("card",) if payment.hold else ONLINE,
        hold=payment.hold,
        language=addresses.language,
        success_url=addresses.success_url,
        cancel_url=addresses.cancel_url,
        expires_at=int(min(max(wanted, now + SHORTEST), now + LONGEST).timestamp()),
    )
    return prepare(
        session,
        operation=Operation.OPEN_SESSION,
        key=f"{payment.id}:{payment.session_no}:open_session",
        request=as_request(order),
        now=now,
        queue=False,
        payment_id=payment.id,
    ).id


def close_payment(desk: Desk, payment_id: UUID) -> None:
    """Close the page of a payment that ended or is over its time; only then end the payment.

    The page is closed first: "complete" then means paid, and nobody pays for a thing that was
    given to others meanwhile.
    """
    with desk.step() as session:
        payment = session.get_one(Payment, payment_id)
        page, intent = payment.session_id, payment.intent_id
        held = payment.state is PaymentState.AUTHORIZED and _is_overdue(payment, desk.clock())
    if page is not None:
        desk.gateway.expire_session(page)
    if held and intent is not None:
        desk.gateway.cancel_intent(intent)
    sync_payment(desk, payment_id)
    with desk.step() as session:
        payment = queries.lock_payment(session, payment_id)
        if not payment.is_open or not _is_overdue(payment, desk.clock()):
            return
        if payment.session_id is not None:
            raise GatewayError("the page of an expired payment is still open")
        receiving.expire(session, payment, desk.clock())


def _is_overdue(payment: Payment, now: datetime) -> bool:
    if payment.state is PaymentState.AUTHORIZED:
        return payment.capture_before is not None and payment.capture_before - HOLD_MARGIN <= now
    in_time = payment.expires_at is None or payment.expires_at > now
    return not in_time and payment.state is not PaymentState.PROCESSING
