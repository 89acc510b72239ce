"""What payments do in the background, and whom they tell of what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from marketplace.accounts.queries import list_role_holders
from marketplace.core.actor import PlatformRole
from marketplace.notifications.queries import members_of
from marketplace.notifications.rules import both
from marketplace.notifications.services import notify
from marketplace.payments import queries, told
from marketplace.payments.models import Payment, Refund
from marketplace.payments.permissions import MONEY_ROLES
from marketplace.payments.rules import shown
from marketplace.payments.running import calls, checkout, inbox, reconcile, sweep, sync
from marketplace.payments.running.desk import Desk
from marketplace.progress.tracking import bind_of
from marketplace.web.clock import now

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from marketplace.core.jobs import Hearer, Work
    from marketplace.notifications.rules import Topic


def desk_of(work: Work) -> Desk:
    """Give a desk beside the job's own session, which stays untouched during network calls."""
    return Desk(bind_of(work.session), work.parts.gateway, now)


def make_call(work: Work, call_id: str) -> None:
    """Make a call to the provider that was written down."""
    calls.carry_out(desk_of(work), UUID(call_id))


def sync_one(work: Work, payment_id: str) -> None:
    """Bring a payment up to what the provider says."""
    sync.sync_payment(desk_of(work), UUID(payment_id))


def close(work: Work, payment_id: str) -> None:
    """Close the page of a payment that ended."""
    checkout.close_payment(desk_of(work), UUID(payment_id))


def event(work: Work, event_id: str) -> None:
    """Work on an event of the provider."""
    inbox.work_on(desk_of(work), event_id)


def sweep_all(work: Work) -> None:
    """Look after everything that is open."""
    sweep.sweep(desk_of(work))


def reconcile_day(work: Work) -> None:
    """Compare yesterday's balance at the provider with the books."""
    if work.parts.gateway is not None:
        reconcile.reconcile(desk_of(work), reconcile.yesterday(now()))


def _money_people(work: Work, *organizations: UUID) -> list[UUID]:
    return members_of(work.session, organizations, now=work.now, roles=MONEY_ROLES)


def _administrators(work: Work) -> list[UUID]:
    people = list_role_holders(work.session, PlatformRole.ADMINISTRATOR, at=work.now)
    return [person.id for person in people]


def _tell(  # noqa: PLR0917 — a notice's parts, in the order in which they are read
    work: Work,
    people: Collection[UUID],
    topic: Topic,
    payment: Payment,
    key: str,
    amount_minor: int,
) -> None:
    values: dict[str, Any] = {
        "title": both(payment.title, payment.title_en),
        "amount": shown(amount_minor, payment.currency),
        "state": {"label": payment.state.label},
    }
    notify(
        work.session,
        people=people,
        topic=topic,
        dedupe=f"{topic.key}:{key}",
        values=values,
        link=f"/payments/{payment.id}",
        now=work.now,
    )


def _to_payer(topic: Topic) -> Hearer:
    def hear(work: Work, payment_id: str) -> None:
        payment = work.session.get_one(Payment, UUID(payment_id))
        people = _money_people(work, payment.payer_id)
        _tell(work, people, topic, payment, payment_id, payment.amount_minor)

    return hear


def _to_both(topic: Topic) -> Hearer:
    def hear(work: Work, payment_id: str) -> None:
        payment = work.session.get_one(Payment, UUID(payment_id))
        people = _money_people(work, payment.payer_id, payment.payee_id)
        _tell(work, people, topic, payment, payment_id, payment.amount_minor)

    return hear


def tell_payee_of_slip(work: Work, payment_id: str) -> None:
    """Ask the payee whether a bank transfer arrived."""
    payment = work.session.get_one(Payment, UUID(payment_id))
    slip = queries.slips_of(work.session, payment.id)[0]
    people = _money_people(work, payment.payee_id)
    _tell(work, people, told.TRANSFER_RECORDED, payment, str(slip.id), slip.amount_minor)


def tell_payer_of_slip(work: Work, payment_id: str) -> None:
    """Tell the payer that the payee did not find the transfer."""
    payment = work.session.get_one(Payment, UUID(payment_id))
    slip = queries.slips_of(work.session, payment.id)[0]
    people = _money_people(work, payment.payer_id)
    _tell(work, people, told.TRANSFER_REFUSED, payment, str(slip.id), slip.amount_minor)


def tell_of_dispute(work: Work, payment_id: str) -> None:
    """Tell payee and administrators that a card holder objects."""
    payment = work.session.get_one(Payment, UUID(payment_id))
    people = [*_money_people(work, payment.payee_id), *_administrators(work)]
    _tell(work, people, told.DISPUTED, payment, payment_id, payment.captured_minor)


def tell_of_dispute_end(work: Work, payment_id: str) -> None:
    """Tell payee and administrators how a dispute ended."""
    payment = work.session.get_one(Payment, UUID(payment_id))
    people = [*_money_people(work, payment.payee_id), *_administrators(work)]
    key = f"{payment_id}:{payment.version}"
    _tell(work, people, told.DISPUTE_ENDED, payment, key, payment.captured_minor)


def _refund(work: Work, refund_id: str) -> tuple[Refund, Payment]:
    order = work.session.get_one(Refund, UUID(refund_id))
    return order, work.session.get_one(Payment, order.payment_id)


def tell_of_refund(work: Work, refund_id: str) -> None:
    """Tell both sides that money goes back."""
    order, payment = _refund(work, refund_id)
    people = _money_people(work, payment.payer_id, payment.payee_id)
    _tell(work, people, told.REFUND_ORDERED, payment, refund_id, order.amount_minor)


def tell_of_failed_refund(work: Work, refund_id: str) -> None:
    """Bring a failed refund to administrators."""
    order, payment = _refund(work, refund_id)
    _tell(work, _administrators(work), told.REFUND_FAILED, payment, refund_id, order.amount_minor)


def _tell_payout(work: Work, payout_id: str, topic: Topic, *, staff: bool) -> None:
    payout = queries.get_payout(work.session, UUID(payout_id))
    people = _money_people(work, payout.payee_id)
    notify(
        work.session,
        people=[*people, *(_administrators(work) if staff else [])],
        topic=topic,
        dedupe=f"{topic.key}:{payout_id}",
        values={
            "amount": shown(payout.amount_minor, payout.currency),
            "number": payout.number,
            "reason": payout.reason,
        },
        link=f"/organizations/{payout.payee_id}/payments/payouts",
        now=work.now,
    )


def tell_of_payout(work: Work, payout_id: str) -> None:
    """Tell a payee that it was paid."""
    _tell_payout(work, payout_id, told.PAYOUT_PAID, staff=False)


def tell_of_return(work: Work, payout_id: str) -> None:
    """Tell payee and administrators that a payout did not arrive."""
    _tell_payout(work, payout_id, told.PAYOUT_RETURNED, staff=True)


HEARERS: Mapping[str, Hearer] = {
    "payments.call": make_call,
    "payments.sync": sync_one,
    "payments.close": close,
    "payments.event": event,
    "payments.sweep": sweep_all,
    "payments.reconcile": reconcile_day,
    "payments.tell_requested": _to_payer(told.REQUESTED),
    "payments.tell_paid": _to_both(told.PAID),
    "payments.tell_not_honored": _to_both(told.NOT_HONORED),
    "payments.tell_ended": _to_payer(told.ENDED),
    "payments.tell_slip": tell_payee_of_slip,
    "payments.tell_slip_refused": tell_payer_of_slip,
    "payments.tell_dispute": tell_of_dispute,
    "payments.tell_dispute_end": tell_of_dispute_end,
    "payments.tell_refund": tell_of_refund,
    "payments.tell_failed_refund": tell_of_failed_refund,
    "payments.tell_payout": tell_of_payout,
    "payments.tell_returned": tell_of_return,
}

HEARS: Mapping[str, tuple[str, ...]] = {
    "payment.requested": ("payments.tell_requested",),
    "payment.captured": ("payments.tell_paid",),
    "payment.not_honored": ("payments.tell_not_honored",),
    "payment.ended": ("payments.tell_ended",),
    "payment.released": (),
    "payment.disputed": ("payments.tell_dispute",),
    "payment.dispute_ended": ("payments.tell_dispute_end",),
    "payment.transfer_recorded": ("payments.tell_slip",),
    "payment.transfer_refused": ("payments.tell_slip_refused",),
    "refund.ordered": ("payments.tell_refund",),
    "refund.succeeded": (),
    "refund.failed": ("payments.tell_failed_refund",),
    "payout.paid": ("payments.tell_payout",),
    "payout.returned": ("payments.tell_returned",),
}

PERIODIC: Mapping[str, str] = {
    "payments.sweep": "*/5 * * * *",
    "payments.reconcile": "20 4 * * *",
}
