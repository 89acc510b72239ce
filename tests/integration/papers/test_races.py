"""Fifty people sign for one party in the same moment, on a database of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Membership, User
from marketplace.accounts.queries import actor_of
from marketplace.core.actor import MemberRole
from marketplace.core.errors import RuleBroken
from marketplace.organizations.models import Organization, OrganizationKind, OrganizationStatus
from marketplace.papers import queries, services
from marketplace.papers.models import PaperKind, Signature
from marketplace.papers.rules import PartyInput
from tests.conftest import NOON
from tests.factories.accounts import LONG_AGO
from tests.factories.organizations import credit_code
from tests.factories.papers import some_content
from tests.races import CLIENTS, own_database, together

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine


@pytest.fixture(scope="module")
def engine(database_url: str) -> Iterator[Engine]:
    """A database of its own."""
    with own_database(database_url, "paper_races") as engine:
        yield engine


@pytest.fixture
def sides(engine):
    """Two organizations with twenty-five owners each, and their actors."""
    with Session(engine) as session:
        organizations, actors = [], []
        for number in range(2):
            organization = Organization(
                kind=OrganizationKind.ENTERPRISE,
                name=f"武汉第{number}有限公司",
                credit_code=credit_code(None),
                status=OrganizationStatus.VERIFIED,
                verified_at=LONG_AGO,
            )
            session.add(organization)
            session.flush()
            organizations.append(organization.id)
            for _ in range(CLIENTS // 2):
                user = User(email=f"{uuid4().hex}@example.com", name="张伟", password_hash="")
                session.add(user)
                session.flush()
                session.add(
                    Membership(
                        user_id=user.id,
                        organization_id=organization.id,
                        role=MemberRole.OWNER,
                        started_at=LONG_AGO,
                    )
                )
                session.flush()
                actors.append(actor_of(session, user, at=NOON))
        session.commit()
    return organizations, actors


def draw(session, organizations, object_id, amount="1.00"):
    return services.draw_up(
        session,
        actor=None,
        kind=PaperKind.STATEMENT,
        object_kind="sample",
        object_id=object_id,
        content=some_content(amount),
        parties=[
            PartyInput(role=f"第{n}方", role_en=f"Party {n}", organization_id=one)
            for n, one in enumerate(organizations)
        ],
        now=NOON,
    )


class TestFiftySigners:
    def test_leave_one_signature_per_party_and_a_complete_paper(self, engine, sides):
        organizations, actors = sides
        with Session(engine) as session:
            paper = draw(session, organizations, uuid4())
            parties = [party.id for party in paper.parties]
            paper_id, sha256 = paper.id, paper.sha256
            session.commit()

        def step(actor, party_id):
            return lambda session: (
                services.sign(
                    session,
                    actor=actor,
                    paper_id=paper_id,
                    party_id=party_id,
                    name="张伟",
                    sha256=sha256,
                    now=NOON,
                ).id
            )

        half = CLIENTS // 2
        results = together(
            engine,
            [step(actor, parties[number // half]) for number, actor in enumerate(actors)],
        )
        refused = [result for result in results if isinstance(result, RuleBroken)]
        assert len(refused) == CLIENTS - 2
        assert {error.message for error in refused} == {"This party has signed already."}
        with Session(engine) as session:
            count = select(func.count()).where(Signature.paper_id == paper_id)
            assert session.scalar(count) == 2
            assert queries.load(session, paper_id).signed_at == NOON


class TestDrawingUpAtOnce:
    def test_leaves_one_current_number(self, engine, sides):
        organizations, _ = sides
        object_id = uuid4()
        results = together(
            engine,
            [
                lambda session, n=n: draw(session, organizations, object_id, f"{n}.00").number
                for n in range(10)
            ],
        )
        drawn = [result for result in results if not isinstance(result, RuleBroken)]
        assert drawn
        with Session(engine) as session:
            current = queries.current(session, PaperKind.STATEMENT, "sample", object_id)
            assert current.number == max(drawn)
            assert len(set(drawn)) == len(drawn)
