"""Pages of commissions through the client, in both languages."""

from __future__ import annotations

import pytest

from marketplace.accounts.models import User
from marketplace.core.actor import MemberRole
from marketplace.organizations.models import Organization
from marketplace.performance.models import Commission, CommissionState
from tests.clients import words
from tests.factories.performance import NOON


@pytest.fixture
def commission(session, make):
    manager = make.broker()
    deal = make.performing(manager=manager)
    mandate = make.mandate(manager)
    return make.add(
        Commission(
            deal_id=deal.id,
            manager_id=manager.id,
            mandate_id=mandate.id,
            payer_id=deal.licensee_id,
            base_minor=100_000_00,
            computed_minor=5_000_00,
            amount_minor=5_000_00,
            mandate_terms={
                "success_fee_bp": 500,
                "fixed_fee_minor": 100,
                "floor_minor": 100,
                "cap_minor": 900_000_00,
                "payer": "other",
            },
            computed_at=NOON,
        )
    )


def test_a_commission_goes_from_invoice_to_payment(session, client, make, commission):
    from marketplace.managers.models import ManagerProfile

    profile = session.get_one(ManagerProfile, commission.manager_id)
    broker = session.get_one(User, profile.person_id)
    payer = make.member(session.get_one(Organization, commission.payer_id), MemberRole.OWNER)
    page = f"/commissions/{commission.id}"

    def state():
        return session.get_one(Commission, commission.id).state

    client.sign_in(broker)
    assert "5,000.00" in words(client.get("/commissions"))
    assert "开票" in words(client.get(page)) or "账单" in words(client.get(page))
    assert client.post(f"{page}/invoice", data={}).status_code == 422
    assert client.post(f"{page}/invoice", data={"number": "2026-88"}).status_code == 303
    assert "My lines of the book" in words(client.get("/en/commissions"))
    client.sign_in(payer)
    assert "Dispute the commission" in words(client.get(f"/en{page}"))
    assert client.post(f"{page}/dispute", data={}).status_code == 422
    assert client.post(f"{page}/dispute", data={"reason": "金额有误"}).status_code == 303
    assert client.post(f"{page}/invoice", data={"number": "1"}).status_code == 403
    client.sign_in(broker)
    wrong = {"outcome": "降低", "amount": "5001"}
    assert client.post(f"{page}/settle", data=wrong).status_code == 422
    assert client.post(f"{page}/settle", data=wrong | {"amount": "4000"}).status_code == 303
    client.sign_in(payer)
    assert "4,000.00" in words(client.get(page))
    assert client.post(f"{page}/pay", data={"amount": "4001"}).status_code == 422
    assert client.post(f"{page}/pay", data={}).status_code == 303
    assert "前往待付款项" in words(client.get(page))
    assert "Commissions" in words(client.get("/en/desk"))
    client.sign_in(broker)
    assert client.post(f"{page}/waive", data={}).status_code == 422
    assert client.post(f"{page}/waive", data={"reason": "放弃"}).status_code == 303
    assert state() is CommissionState.WAIVED
    client.sign_in(make.member())
    assert client.get(page).status_code == 404
