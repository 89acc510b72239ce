"""Payments made and paid at the simulator, for the payment benchmark."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from marketplace.organizations.models import Organization, OrganizationKind, OrganizationStatus
from marketplace.payments import queries, services
from marketplace.payments.gateway.protocol import SessionOrder
from marketplace.payments.models import Purpose
from marketplace.payments.running import checkout, sync
from marketplace.web.clock import now

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from marketplace.payments.running.desk import Desk

OK = 200


@dataclass(frozen=True)
class Shop:
    """Who pays whom."""

    payer_id: UUID
    payee_id: UUID


def open_shop(engine: Engine) -> Shop:
    """Make a payer and a payee."""
    with Session(engine) as session, session.begin():
        found = []
        for number in (1, 2):
            row = Organization(
                kind=OrganizationKind.ENTERPRISE,
                name=f"Bench {number}",
                credit_code=f"91420100MB{number:08d}",
                status=OrganizationStatus.VERIFIED,
                verified_at=datetime.now(UTC),
            )
            session.add(row)
            session.flush()
            found.append(row.id)
    return Shop(*found)


def buy(desk: Desk, shop: Shop, number: int, *, received: bool = True) -> UUID:
    """Ask for a payment and pay it at the provider; take it in, too, unless told otherwise."""
    amount = 10_000 + number % 1_000
    with desk.step() as session:
        payment_id = services.request(
            session,
            actor=None,
            purpose=Purpose.BOOKING,
            purpose_id=uuid4(),
            payer_id=shop.payer_id,
            payee_id=shop.payee_id,
            amount_minor=amount,
            title="Bench",
            now=now(),
        ).id
    order = SessionOrder(
        payment=str(payment_id),
        session_no=1,
        title="Bench",
        amount_minor=amount,
        currency="CNY",
        methods=checkout.ONLINE,
        hold=False,
        language="zh",
        success_url="http://localhost/back",
        cancel_url="http://localhost/pay",
        expires_at=int(now().timestamp()) + 3600,
    )
    page = desk.gateway.open_session(order, key=f"{payment_id}:1").id
    intent = _pay(desk.gateway.origins[0], page)
    told = sync.Snapshot(intent=desk.gateway.intent(intent)) if received else sync.Snapshot()
    with desk.step() as session:
        payment = queries.lock_payment(session, payment_id)
        payment.session_id, payment.session_no = page, 1
        sync.apply(session, payment, told, now())
    return payment_id


def _pay(base: str, page: str) -> str:
    """Pay as a buyer would on the provider's page; give the intent's id."""
    connection = HTTPConnection(urlsplit(base).netloc, timeout=60)
    try:
        headers = {"Content-Type": "application/json"}
        connection.request("POST", f"/_control/sessions/{page}/complete", "{}", headers)
        answer = connection.getresponse()
        told = json.loads(answer.read())
    finally:
        connection.close()
    if answer.status != OK:
        raise RuntimeError(str(told))
    return str(told["payment_intent"])
