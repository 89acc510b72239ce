from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import User
from marketplace.accounts.passwords import matches
from marketplace.contracts.models import Contract, Registration, RegistrationStatus
from marketplace.deals.models import Deal, DealStage
from marketplace.demo.accounts import demo_accounts
from marketplace.demo.load import load
from marketplace.listings.models import Listing
from marketplace.managers.models import (
    Introduction,
    ManagerProfile,
    ManagerStatus,
    Mandate,
    MandateStatus,
)
from marketplace.needs.models import Need
from marketplace.organizations.models import Organization
from marketplace.papers.models import Signature
from marketplace.terms.kinds import Side
from marketplace.terms.models import (
    AgreedTerms,
    NoticeStatus,
    OfferDraft,
    PriceNotice,
    TermsOffer,
    Trial,
    TrialStatus,
)
from marketplace.web.extensions import db
from tests.conftest import NOON


@pytest.fixture(scope="module")
def loaded(application):
    """The demo records in a transaction of this module, and how many there are of each kind."""
    with application.app_context(), db.engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            found = load(session, now=NOON)
            session.flush()
            yield session, found
        outer.rollback()


@pytest.fixture
def session(loaded):
    return loaded[0]


@pytest.fixture
def found(loaded):
    return loaded[1]


class TestLoad:
    def test_marks_every_record_as_demo(self, session, found):
        for table, kind in (
            (Organization, "organizations"),
            (Listing, "listings"),
            (Need, "needs"),
            (ManagerProfile, "managers"),
            (Deal, "deals"),
        ):
            assert session.scalar(select(func.count()).where(table.is_demo)) == found[kind] > 0

    def test_loads_nothing_twice(self, session, now):
        assert load(session, now=now) == {}

    def test_lets_every_printed_account_in(self, session):
        for account in demo_accounts():
            user = session.scalar(select(User).where(User.email == account.email))
            assert user is not None
            assert user.is_demo
            assert matches(user.password_hash, account.password)

    def test_shows_managers_in_every_state_at_work(self, session):
        states = set(session.scalars(select(ManagerProfile.status)))
        assert states == set(ManagerStatus)
        own = session.scalars(
            select(ManagerProfile)
            .join(User, User.id == ManagerProfile.person_id)
            .where(User.email == "manager@hanqiao.example")
        ).one()
        assert (own.status, own.level.value) == (ManagerStatus.LICENSED, "senior")
        mandates = set(session.scalars(select(Mandate.status)))
        assert mandates == {MandateStatus.DRAFT, MandateStatus.SIGNED}
        assert session.scalars(select(Introduction)).one().is_demo

    def test_shows_terms_in_negotiation_agreed_and_tried(self, session):
        assert session.scalar(select(func.count()).select_from(AgreedTerms)) == 4
        assert set(session.scalars(select(TermsOffer.side))) == set(Side)
        assert set(session.scalars(select(PriceNotice.status))) == {
            NoticeStatus.RUNNING,
            NoticeStatus.PASSED,
        }
        assert set(session.scalars(select(Trial.status))) == {
            TrialStatus.RUNNING,
            TrialStatus.PROPOSED,
        }
        assert session.scalars(select(OfferDraft)).one().is_prepared

    def test_shows_deals_in_every_stage(self, session):
        assert set(session.scalars(select(Deal.stage))) == set(DealStage)

    def test_shows_signed_contracts_on_their_way_through_registration(self, session, found):
        contracts = session.scalars(select(Contract)).all()
        assert len(contracts) == found["contracts"] == 3
        assert found["amendments"] == 1
        assert all(contract.signed_at and contract.amount_minor for contract in contracts)
        states = set(session.scalars(select(Registration.status)))
        assert states == {RegistrationStatus.FILED, RegistrationStatus.REGISTERED}
        assert len(session.scalars(select(Signature)).all()) >= 6
