"""Money on the desk and the list of expected fees, through the client."""

from __future__ import annotations

import csv
import io

import pytest

from marketplace.accounts.models import User
from marketplace.core.actor import MemberRole
from marketplace.deals.models import DealStage
from marketplace.listings.models import Listing
from marketplace.managers.models import ManagerProfile, MandateStatus
from marketplace.organizations.models import Organization, OrganizationKind
from marketplace.performance.models import Commission
from tests.clients import words
from tests.factories.performance import NOON


@pytest.fixture
def broker(make):
    return make.broker()


@pytest.fixture
def person(session, broker):
    return session.get_one(User, broker.person_id)


@pytest.fixture
def deal(session, make, broker):
    made = make.deal(DealStage.TERMS, manager=broker, value_minor=1_000_000_00, title="=盈利()")
    listing = session.get_one(Listing, made.listing_id)
    make.mandate(
        broker, listing, status=MandateStatus.SIGNED, fixed_fee_minor=1_000_00, cap_minor=40_000_00
    )
    return made


class TestExpected:
    def test_shows_how_each_fee_was_worked_out(self, client, person, deal):
        client.sign_in(person)
        shown = words(client.get("/en/commissions/expected"))
        assert "CN¥1,000,000.00 × 5% = CN¥50,000.00 + fixed CN¥1,000.00" in shown
        assert "cut at the most of CN¥40,000.00" in shown
        assert "Expected fees by stage" in shown

    def test_names_deals_without_a_mandate(self, client, make, broker, person):
        make.deal(DealStage.INQUIRY, manager=broker, title="裸交易")
        shown = words(client.sign_in(person).get("/en/commissions/expected"))
        assert "No running deal is covered by a mandate" in shown
        assert "裸交易" in shown

    def test_is_a_file_with_the_same_sums(self, client, person, deal):
        text = client.sign_in(person).get("/commissions/expected.csv").get_data(as_text=True)
        (row,) = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
        assert row["expected_fee_minor"] == "4000000"
        assert row["share_minor"] == "5000000"
        assert row["title"] == "'=盈利()"

    def test_does_not_exist_for_others(self, client, make):
        client.sign_in(make.member())
        assert client.get("/commissions/expected").status_code == 404
        assert client.get("/commissions/expected.csv").status_code == 404


class TestDesk:
    def test_shows_a_manager_what_is_expected_and_earned(
        self, session, client, make, broker, person, deal
    ):
        performed = make.performing(manager=broker)
        mandate = make.mandate(broker)
        commission = make.add(
            Commission(
                deal_id=performed.id,
                manager_id=broker.id,
                mandate_id=mandate.id,
                payer_id=performed.licensee_id,
                base_minor=100_000_00,
                computed_minor=7_000_00,
                amount_minor=7_000_00,
                mandate_terms={},
                computed_at=NOON,
            )
        )
        shown = words(client.sign_in(person).get("/en/desk"))
        assert "Expected of running deals CN¥40,000.00" in shown
        assert "Earned, not yet paid CN¥7,000.00" in shown
        payer = make.member(session.get_one(Organization, commission.payer_id), MemberRole.OWNER)
        owed = words(client.sign_in(payer).get("/en/desk"))
        assert "Commissions that we owe" in owed
        assert "CN¥7,000.00" in owed

    def test_shows_a_taker_what_it_owes_and_the_provider_its_income(self, session, client, make):
        deal = make.performing()
        taker = make.member(session.get_one(Organization, deal.licensee_id))
        shown = words(client.sign_in(taker).get("/en/desk"))
        assert "What we owe under contracts CN¥10,000.00" in shown
        office = make.member(
            session.get_one(Organization, deal.licensor_id), MemberRole.TTO_OFFICER
        )
        shown = words(client.sign_in(office).get("/en/desk"))
        assert "Still owed CN¥10,000.00" in shown
        assert "What we owe" not in shown

    def test_says_nothing_to_a_manager_without_work(self, client, make):
        profile: ManagerProfile = make.manager()
        person = make.session.get_one(User, profile.person_id)
        assert "My income as a manager" not in words(client.sign_in(person).get("/en/desk"))


class TestCalculator:
    def test_is_for_everybody_and_begins_with_an_example(self, client):
        answer = client.get("/en/tools/income-split")
        assert answer.status_code == 200
        assert "CN¥1,000,000.00" in words(answer)
        assert "Set-Cookie" not in answer.headers

    def test_works_out_what_the_address_says(self, client):
        asked = "gross=100000.01&cost=0&people=3&inventors=70&staff=5&college=10&university=15"
        shown = words(client.get(f"/en/tools/income-split?{asked}"))
        assert "For the inventors CN¥70,000.01" in shown
        assert "For each of 3 inventors CN¥23,333.33" in shown
        assert "cent by cent" in shown

    @pytest.mark.parametrize(
        ("asked", "fault"),
        [
            ("gross=x&people=1&inventors=100", "Give an amount in yuan"),
            ("gross=10&cost=20&people=1&inventors=100", "costs exceed the income"),
            ("gross=10&people=0&inventors=100", "Give a number from 1 to 100"),
            ("gross=10&people=1&inventors=30&university=70", "Inventors get at least 50 percent"),
            ("gross=10&people=1&inventors=70", "together they must make 100 percent"),
        ],
    )
    def test_says_what_is_wrong(self, client, asked, fault):
        answer = client.get(f"/en/tools/income-split?{asked}")
        assert answer.status_code == 422
        assert fault in words(answer)

    def test_leads_an_inventor_to_the_simulator_before_anything_is_signed(self, client, make):
        university = make.organization(kind=OrganizationKind.UNIVERSITY)
        client.sign_in(make.member(university, MemberRole.EDITOR))
        assert 'href="/en/simulator"' in client.get("/en/desk").get_data(as_text=True)
        assert client.get("/en/simulator").status_code == 200
