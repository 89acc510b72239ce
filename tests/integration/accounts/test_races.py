"""What two people do in the same moment, on a database of its own with real commits."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pyotp
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Membership, User
from marketplace.accounts.queries import actor_of
from marketplace.accounts.services import memberships, second_step, throttle
from marketplace.core import audit
from marketplace.core.actor import MemberRole
from marketplace.core.errors import RuleBroken
from marketplace.organizations.models import Organization, OrganizationKind, OrganizationStatus
from tests.conftest import NOON
from tests.factories.organizations import credit_code
from tests.races import own_database, together

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(scope="module")
def engine(database_url: str) -> Iterator[Engine]:
    """A database of its own."""
    with own_database(database_url, "races") as engine:
        yield engine


def person(session: Session, email: str, **values: object) -> User:
    user = User(email=email, name=email, password_hash="", **values)  # type: ignore[arg-type]
    session.add(user)
    session.flush()
    return user


class TestTwoOwners:
    def test_who_leave_at_once_leave_one_owner_behind(self, engine):
        with Session(engine) as session:
            organization = Organization(
                kind=OrganizationKind.ENTERPRISE,
                name="武汉两江有限公司",
                credit_code=credit_code(271828182),
                status=OrganizationStatus.APPLIED,
            )
            owners = [person(session, f"owner{n}@example.com") for n in range(2)]
            session.add(organization)
            session.flush()
            grants = [
                Membership(
                    user_id=owner.id,
                    organization_id=organization.id,
                    role=MemberRole.OWNER,
                    started_at=datetime(2025, 1, 1, tzinfo=UTC),
                )
                for owner in owners
            ]
            session.add_all(grants)
            session.flush()
            pairs = [
                (actor_of(session, owner, at=NOON), grant.id)
                for owner, grant in zip(owners, grants, strict=True)
            ]
            organization_id = organization.id
            session.commit()

        def leave(pair):
            actor, grant_id = pair
            return lambda session: memberships.end_membership(
                session,
                actor=actor,
                organization_id=organization_id,
                membership_id=grant_id,
                now=NOON,
            )

        results = together(engine, [leave(pair) for pair in pairs])

        assert sum(isinstance(result, RuleBroken) for result in results) == 1
        with Session(engine) as session:
            left = session.scalars(select(Membership).where(Membership.ended_at.is_(None))).all()
            assert len(left) == 1


class TestOneCode:
    def test_sent_twice_at_once_opens_once(self, engine):
        with Session(engine) as session:
            user_id = person(
                session, "twice@example.com", totp_secret=SECRET, totp_confirmed_at=NOON
            ).id
            session.commit()
        code = pyotp.TOTP(SECRET).at(NOON)

        def enter(session: Session) -> bool:
            return second_step.accept(session, session.get_one(User, user_id), code, now=NOON)

        assert sorted(together(engine, [enter] * 4)) == [False, False, False, True]


class TestManyFailures:
    def test_at_once_are_all_counted(self, engine):
        def fail(session: Session) -> object:
            return throttle.note_failure(session, "guessed@example.com", now=NOON)

        results = together(engine, [fail] * 6)

        assert sum(result is not None for result in results) == 2


class TestTrail:
    def test_stays_a_chain_under_parallel_commits(self, engine):
        def record(session: Session) -> None:
            for number in range(10):
                audit.record(
                    session,
                    actor=None,
                    action=f"test.{number}",
                    kind="test",
                    object_id=None,
                    now=NOON,
                )
                session.commit()

        together(engine, [record] * 4)

        with Session(engine) as session:
            assert list(audit.verify(session)) == []
            numbers = session.scalars(
                select(audit.AuditEntry.number).order_by(audit.AuditEntry.number)
            ).all()
            assert list(numbers) == list(range(1, len(numbers) + 1))
            assert len(numbers) >= 40
