"""Demo operators can be paid, demo enterprises have an invoice title."""

from __future__ import annotations

from marketplace.demo import payments
from marketplace.organizations.models import OrganizationKind
from marketplace.payments import queries
from tests.conftest import NOON


def test_receivers_have_an_account_and_enterprises_a_title(session, make):
    found = {
        "pilot": make.organization(kind=OrganizationKind.OPERATOR),
        "firm": make.organization(kind=OrganizationKind.ENTERPRISE),
    }
    payments.load(session, organizations=found, now=NOON)
    assert queries.payee_account(session, found["pilot"].id).has_bank
    assert queries.payee_account(session, found["firm"].id) is None
    assert queries.invoice_profile(session, found["firm"].id).title == found["firm"].name
