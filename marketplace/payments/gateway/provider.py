"""Stripe behind the protocol, by its official library; key, address and version are pinned."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import stripe

from marketplace.payments.gateway import readings
from marketplace.payments.gateway.protocol import (
    Account,
    Busy,
    Dispute,
    Event,
    Forged,
    Intent,
    Movement,
    OutcomeUnknown,
    Refund,
    Refused,
    Session,
    SessionOrder,
    Transfer,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from config import Settings

#: What our readings were written for; changed together with the library.
API_VERSION = "2026-10-28.endive"
#: Where Stripe's own pages are.
STRIPE_PAGES = ("https://checkout.stripe.com", "https://connect.stripe.com")
#: HTTP's conflict: a request with the same key is being worked on.
IN_FLIGHT = 409
#: Seconds to wait for an answer.
PATIENCE_S = 20
PAGE = 100
#: A charge's details and its fee come with the intent.
_WITH_CHARGE = ["latest_charge", "latest_charge.balance_transaction"]


@contextmanager
def _told() -> Iterator[None]:
    """Turn the library's errors into ours, by what is known of the outcome."""
    try:
        yield
    except stripe.RateLimitError as error:
        raise Busy(str(error)) from error
    except stripe.IdempotencyError as error:
        if error.http_status == IN_FLIGHT or error.code == "idempotency_key_in_use":
            raise OutcomeUnknown(str(error)) from error
        raise Refused(str(error), "idempotency_error") from error
    except stripe.APIConnectionError as error:
        raise OutcomeUnknown(str(error)) from error
    except stripe.APIError as error:
        raise OutcomeUnknown(str(error), answered=True) from error
    except stripe.StripeError as error:
        if error.http_status == IN_FLIGHT:
            raise OutcomeUnknown(str(error)) from error
        raise Refused(error.user_message or str(error), error.code or "") from error


#: How Stripe's keys of real money begin, full ones and restricted ones; others move test money.
LIVE_KEYS = ("sk_live_", "rk_live_")


class StripeGateway:
    """A connection to Stripe, or to a simulator that speaks as Stripe does."""

    def __init__(self, *, key: str, webhook_secret: str, base: str | None = None) -> None:
        self.is_test = base is not None or not key.startswith(LIVE_KEYS)
        self.origins: tuple[str, ...] = (base,) if base else STRIPE_PAGES
        self._secret = webhook_secret
        client = stripe.StripeClient(
            key,
            stripe_version=API_VERSION,
            base_addresses={"api": base} if base else {},
            # A repeat is ours to decide: it needs the outcome looked up first.
            max_network_retries=0,
            http_client=stripe.RequestsClient(timeout=PATIENCE_S),
        )
        self._v1 = client.v1

    def open_session(self, order: SessionOrder, *, key: str) -> Session:
        """Make a hosted page."""
        about = {"payment": order.payment, "session_no": str(order.session_no)}
        intent: dict[str, Any] = {"metadata": about, "description": order.title[:500]}
        if order.hold:
            intent["capture_method"] = "manual"
        params: dict[str, Any] = {
            "mode": "payment",
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": order.currency.lower(),
                        "unit_amount": order.amount_minor,
                        "product_data": {"name": order.title[:250]},
                    },
                }
            ],
            "payment_method_types": list(order.methods),
            "payment_intent_data": intent,
            "metadata": about,
            "client_reference_id": order.payment,
            "locale": order.language,
            "success_url": order.success_url,
            "cancel_url": order.cancel_url,
            "expires_at": order.expires_at,
        }
        if "wechat_pay" in order.methods:
            params["payment_method_options"] = {"wechat_pay": {"client": "web"}}
        with _told():
            made = self._v1.checkout.sessions.create(params, {"idempotency_key": key})  # type: ignore[arg-type]
        return readings.session(made.to_dict())

    def session(self, session_id: str) -> Session:
        """Fetch a hosted page."""
        with _told():
            return readings.session(self._v1.checkout.sessions.retrieve(session_id).to_dict())

    def find_session(self, payment: str, session_no: int, *, since: int) -> Session | None:
        """Look a hosted page up by what it was made for, among those since a moment."""
        with _told():
            found = self._v1.checkout.sessions.list({"created": {"gte": since}, "limit": PAGE})
            for one in found.auto_paging_iter():
                read = readings.session(one.to_dict())
                if (read.payment, read.session_no) == (payment, session_no):
                    return read
        return None

    def expire_session(self, session_id: str) -> Session:
        """Close a hosted page; a complete one is given as it is."""
        try:
            with _told():
                return readings.session(self._v1.checkout.sessions.expire(session_id).to_dict())
        except Refused:
            return self.session(session_id)

    def intent(self, intent_id: str) -> Intent:
        """Fetch a payment with its charge."""
        with _told():
            found = self._v1.payment_intents.retrieve(intent_id, {"expand": _WITH_CHARGE})
        return readings.intent(found.to_dict())

    def capture(self, intent_id: str, amount_minor: int, *, key: str) -> Intent:
        """Take a reserved sum; a taken one is given as it is."""
        try:
            with _told():
                self._v1.payment_intents.capture(
                    intent_id, {"amount_to_capture": amount_minor}, {"idempotency_key": key}
                )
        except Refused:
            taken = self.intent(intent_id)
            if taken.status != "succeeded":
                raise
            return taken
        return self.intent(intent_id)

    def cancel_intent(self, intent_id: str) -> Intent:
        """Let a reserved sum go; one that has ended is given as it is."""
        try:
            with _told():
                self._v1.payment_intents.cancel(intent_id)
        except Refused:
            pass
        return self.intent(intent_id)

    def refund(self, request: Mapping[str, Any], *, key: str) -> Refund:
        """Give money back: ``intent``, ``amount``, ``payment``, ``refund``."""
        params = {
            "payment_intent": request["intent"],
            "amount": request["amount"],
            "metadata": {"payment": request["payment"], "refund": request["refund"]},
        }
        with _told():
            made = self._v1.refunds.create(params, {"idempotency_key": key})  # type: ignore[arg-type]
        return readings.refund(made.to_dict())

    def refunds(self, intent_id: str) -> list[Refund]:
        """Fetch all refunds of a payment."""
        with _told():
            found = self._v1.refunds.list({"payment_intent": intent_id, "limit": PAGE})
            return [readings.refund(one.to_dict()) for one in found.auto_paging_iter()]

    def disputes(self, intent_id: str) -> list[Dispute]:
        """Fetch all disputes of a payment."""
        with _told():
            found = self._v1.disputes.list({"payment_intent": intent_id, "limit": PAGE})
            return [readings.dispute(one.to_dict()) for one in found.auto_paging_iter()]

    def transfer(self, request: Mapping[str, Any], *, key: str) -> Transfer:
        """Move money to a payee: ``account``, ``amount``, ``currency``, ``payout``."""
        params = {
            "destination": request["account"],
            "amount": request["amount"],
            "currency": request["currency"].lower(),
            "metadata": {"payout": request["payout"]},
            "transfer_group": request["payout"],
        }
        with _told():
            made = self._v1.transfers.create(params, {"idempotency_key": key})  # type: ignore[arg-type]
        return readings.transfer(made.to_dict())

    def find_transfer(self, account_id: str, payout: str) -> Transfer | None:
        """Look a transfer up by the payout it was made for."""
        with _told():
            found = self._v1.transfers.list({"destination": account_id, "transfer_group": payout})
            for one in found.auto_paging_iter():
                return readings.transfer(one.to_dict())
        return None

    def open_account(self, request: Mapping[str, Any], *, key: str) -> Account:
        """Open a payee's account: ``organization``, ``name``."""
        params = {
            "type": "express",
            "business_type": "company",
            "business_profile": {"name": request["name"]},
            "capabilities": {"transfers": {"requested": True}},
            "metadata": {"organization": request["organization"]},
        }
        with _told():
            made = self._v1.accounts.create(params, {"idempotency_key": key})  # type: ignore[arg-type]
        return readings.account(made.to_dict())

    def account(self, account_id: str) -> Account:
        """Fetch a payee's account."""
        with _told():
            return readings.account(self._v1.accounts.retrieve(account_id).to_dict())

    def account_link(self, account_id: str, *, refresh_url: str, return_url: str) -> str:
        """Give the address where the payee gives its details; it lives for minutes."""
        with _told():
            made = self._v1.account_links.create(
                {
                    "account": account_id,
                    "refresh_url": refresh_url,
                    "return_url": return_url,
                    "type": "account_onboarding",
                }
            )
        return str(made.url)

    def movements(self, since: datetime, until: datetime) -> Iterator[Movement]:
        """Give every movement on our balance in a span of time, the oldest last."""
        span: Any = {"gte": int(since.timestamp()), "lt": int(until.timestamp())}
        with _told():
            found = self._v1.balance_transactions.list({"created": span, "limit": PAGE})
            for one in found.auto_paging_iter():
                yield readings.movement(one.to_dict())

    def missed_events(self, since: datetime) -> Iterator[Event]:
        """Give the events that could not be delivered."""
        with _told():
            found = self._v1.events.list(
                {
                    "delivery_success": False,
                    "created": {"gte": int(since.timestamp())},
                    "limit": PAGE,
                }
            )
            for one in found.auto_paging_iter():
                yield readings.event(one.to_dict())

    def read_event(self, body: bytes, signature: str) -> Event:
        """Verify and read a delivered event; raises Forged."""
        try:
            stripe.WebhookSignature.verify_header(body.decode(), signature, self._secret, 300)
            return readings.event(json.loads(body))
        except (stripe.StripeError, UnicodeDecodeError, ValueError, KeyError, TypeError) as error:
            raise Forged(str(error)) from error


def open_gateway(settings: Settings) -> StripeGateway | None:
    """Connect to what the settings name; None when payments go by bank transfer alone."""
    if not settings.stripe_api_key:
        return None
    return StripeGateway(
        key=settings.stripe_api_key,
        webhook_secret=settings.stripe_webhook_secret or "",
        base=settings.stripe_api_base,
    )
