"""Fifty people answer one offer in the same moment, on a database of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy.orm import Session

from marketplace.core.errors import MarketplaceError, RuleBroken
from marketplace.terms.models import OfferFate
from marketplace.terms.queries import offers as queries
from marketplace.terms.services import offers
from tests.conftest import NOON
from tests.factories import Make
from tests.factories.terms import simple_terms
from tests.races import CLIENTS, own_database, together

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine


@pytest.fixture(scope="module")
def engine(database_url: str) -> Iterator[Engine]:
    """A database of its own."""
    with own_database(database_url, "terms_races") as engine:
        yield engine


@pytest.fixture(scope="module")
def parties(engine: Engine):
    """A university with fifty writers and a company with one."""
    with Session(engine, expire_on_commit=False) as session:
        make = Make(session)
        university, company = make.university(), make.organization()
        writers = [make.member_of(university) for _ in range(CLIENTS)]
        buyer = make.member_of(company)
        session.commit()
    return university, company, writers, buyer


@pytest.fixture
def offered(engine, parties):
    """A deal of the two with one offer of the company; gives the deal's id and the hash."""
    university, company, _, buyer = parties
    with Session(engine, expire_on_commit=False) as session:
        deal = Make(session).deal_at(licensor=university, licensee=company)
        deal_id = deal.id
        offer = offers.send_offer(
            session,
            actor=buyer,
            deal_id=deal_id,
            terms=simple_terms(),
            valid_until=NOON.date(),
            seen=0,
            now=NOON,
        )
        session.commit()
    return deal_id, offer.sha256


def accepting(actor, deal_id, sha256):
    return lambda session: (
        offers.accept_offer(
            session, actor=actor, deal_id=deal_id, number=1, sha256=sha256, now=NOON
        ).sha256
    )


def countering(actor, deal_id, months):
    return lambda session: (
        offers.send_offer(
            session,
            actor=actor,
            deal_id=deal_id,
            terms=simple_terms(term_months=months),
            valid_until=NOON.date(),
            seen=1,
            now=NOON,
        ).sha256
    )


def winners(results):
    return [result for result in results if not isinstance(result, MarketplaceError)]


class TestFiftyClients:
    def test_one_of_fifty_acceptances_wins(self, engine, parties, offered):
        deal_id, sha256 = offered
        results = together(engine, [accepting(actor, deal_id, sha256) for actor in parties[2]])
        assert winners(results) == [sha256]
        with Session(engine) as session:
            assert queries.count_agreements(session, deal_id) == 1

    def test_one_of_fifty_counter_offers_wins(self, engine, parties, offered):
        deal_id, _ = offered
        results = together(
            engine,
            [
                countering(actor, deal_id, months)
                for months, actor in enumerate(parties[2], start=1)
            ],
        )
        (won,) = winners(results)
        with Session(engine) as session:
            found = queries.list_offers(session, deal_id)
            assert [one.offer.number for one in found] == [2, 1]
            assert [one.fate for one in found] == [None, OfferFate.COUNTERED]
            assert found[0].offer.sha256 == won

    def test_an_acceptance_and_a_counter_offer_never_both_win(self, engine, parties, offered):
        deal_id, sha256 = offered
        steps = [
            accepting(actor, deal_id, sha256)
            if number % 2
            else countering(actor, deal_id, number + 1)
            for number, actor in enumerate(parties[2])
        ]
        results = together(engine, steps)
        (won,) = winners(results)
        assert all(isinstance(one, RuleBroken) for one in results if one != won) or won == sha256
        with Session(engine) as session:
            found = queries.list_offers(session, deal_id)
            agreed = queries.count_agreements(session, deal_id)
            if won == sha256:
                assert agreed == 1
                assert [one.fate for one in found] == [OfferFate.ACCEPTED]
            else:
                assert agreed == 0
                assert [one.fate for one in found] == [None, OfferFate.COUNTERED]
