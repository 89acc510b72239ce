"""A payment provider in memory: as exact as the simulator where it is used, and much faster."""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from marketplace.payments.gateway.protocol import (
    Event,
    Intent,
    Refund,
    Refused,
    Session,
)

_numbers = itertools.count(1)


@dataclass
class FakeGateway:
    """Sessions, intents and refunds by id; any number of threads."""

    is_test: bool = True
    origins: tuple[str, ...] = ()
    sessions: dict[str, Session] = field(default_factory=dict)
    intents: dict[str, Intent] = field(default_factory=dict)
    made: list[Refund] = field(default_factory=list)
    keys: dict[str, Any] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    #: Set to a list of errors that the next calls end in.
    troubles: list[Exception] = field(default_factory=list)

    def _meet_trouble(self):
        if self.troubles:
            raise self.troubles.pop(0)

    def add(self, payment) -> None:
        """Know a payment whose page is open."""
        with self.lock:
            self.sessions[payment.session_id] = Session(
                id=payment.session_id,
                status="open",
                url=payment.session_url,
                intent_id=payment.intent_id,
                expires_at=datetime.now(UTC) + timedelta(hours=1),
                payment=str(payment.id),
                session_no=payment.session_no,
            )
            self.intents[payment.intent_id] = Intent(
                id=payment.intent_id,
                status="requires_payment_method",
                amount_minor=payment.amount_minor,
                received_minor=0,
                currency=payment.currency,
                payment=str(payment.id),
            )

    def pay(self, session_id: str) -> bool:
        """Pay as a buyer; give whether the page was still open."""
        with self.lock:
            page = self.sessions[session_id]
            if page.status != "open":
                return False
            self.sessions[session_id] = replace(page, status="complete")
            intent = self.intents[page.intent_id]
            self.intents[intent.id] = replace(
                intent,
                status="succeeded",
                received_minor=intent.amount_minor,
                charge_id="ch_" + intent.id,
                method="card",
                fee_minor=intent.amount_minor // 50,
            )
            return True

    def session(self, session_id):
        self._meet_trouble()
        return self.sessions[session_id]

    def expire_session(self, session_id):
        self._meet_trouble()
        with self.lock:
            page = self.sessions[session_id]
            if page.status == "open":
                self.sessions[session_id] = page = replace(page, status="expired")
            return page

    def intent(self, intent_id):
        self._meet_trouble()
        return self.intents[intent_id]

    def cancel_intent(self, intent_id):
        return self.intents[intent_id]

    def refund(self, request, *, key):
        self._meet_trouble()
        with self.lock:
            if key in self.keys:
                return self.keys[key]
            taken = sum(one.amount_minor for one in self.refunds(request["intent"]))
            if taken + request["amount"] > self.intents[request["intent"]].received_minor:
                raise Refused("more than there is")
            made = Refund(
                id=f"re_{next(_numbers)}",
                status="succeeded",
                amount_minor=request["amount"],
                intent_id=request["intent"],
                refund=request["refund"],
            )
            self.made.append(made)
            self.keys[key] = made
            return made

    def refunds(self, intent_id):
        with self.lock:
            return [one for one in self.made if one.intent_id == intent_id]

    def disputes(self, intent_id):
        return []

    def missed_events(self, since):
        return iter(())


def event(payment, number: int, kind: str = "payment_intent.succeeded") -> Event:
    """An event about a payment's intent."""
    return Event(
        id=f"evt_{payment.intent_id}_{number}",
        type=kind,
        made_at=datetime.now(UTC),
        object={"id": payment.intent_id, "metadata": {"payment": str(payment.id)}},
    )
