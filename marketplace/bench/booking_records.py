"""A made world for the booking benchmark: facilities, people who are signed in, many bookings."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from flask import session as cookie
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf
from sqlalchemy import text
from sqlalchemy.orm import Session

from marketplace.accounts.models import Membership, SignIn, User
from marketplace.accounts.session import FORMS, KEY
from marketplace.accounts.tokens import fresh
from marketplace.bookings.models import Resource, ResourceMode, ResourcePrice, Slot
from marketplace.core.actor import MemberRole
from marketplace.facilities.models import Facility, FacilityKind, FacilityStatus
from marketplace.organizations.models import Organization, OrganizationKind, OrganizationStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from sqlalchemy import Engine

_HOURS = [{"weekday": day, "opens": "00:00", "closes": "24:00"} for day in range(1, 8)]

_FACILITIES = """
INSERT INTO facility (SELECT (jsonb_populate_record(f, jsonb_build_object(
    'id', gen_random_uuid(), 'name', f.name || ' ' || n))).*
FROM facility AS f CROSS JOIN generate_series(2, :count) AS n)
"""
_RESOURCES = """
INSERT INTO resource (SELECT (jsonb_populate_record(r, jsonb_build_object(
    'id', gen_random_uuid(), 'facility_id', f.id, 'name', f.name))).*
FROM resource AS r CROSS JOIN facility AS f WHERE f.id <> r.facility_id)
"""
#: One slot of ten places an hour and resource, all over the past and the coming weeks.
_SLOTS = """
INSERT INTO slot (id, version, resource_id, starts_at, ends_at, capacity, taken)
SELECT gen_random_uuid(), 1, r.id, t, t + interval '1 hour', 10, least(10, :each)
FROM resource AS r CROSS JOIN generate_series(
    date_trunc('hour', now()) - (:hours / 2 || ' hours')::interval,
    date_trunc('hour', now()) + (:hours / 2 || ' hours')::interval, interval '1 hour') AS t
"""
_BOOKINGS = """
INSERT INTO booking (id, version, resource_id, provider_id, organization_id, person_id, starts_at,
    ends_at, idempotency_key, request_digest, slot_id, state, places, purpose, answers,
    project_account, rate, voucher_number, price_minor, deposit_minor, price_detail,
    free_cancel_hours, late_fee_percent, fee_minor, submit_digest, end_reason, proposal_note,
    is_demo)
SELECT gen_random_uuid(), 1, s.resource_id, :provider, p.organization_id, p.user_id, s.starts_at,
    s.ends_at, gen_random_uuid()::text, '', s.id, 'confirmed', 1, '', '[]', '', 'standard', '',
    100000, 0, '{}', 48, 50, 0, '', '', '', false
FROM (SELECT *, row_number() OVER () AS nr FROM slot) AS s
CROSS JOIN generate_series(1, :each) AS k
JOIN (SELECT *, row_number() OVER () AS nr, count(*) OVER () AS all_of FROM membership
      WHERE organization_id <> :provider) AS p ON p.nr = (s.nr * 7 + k) % p.all_of + 1
"""
_REFERENCES = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = CAST(:table AS regclass) AND contype = 'f' ORDER BY conname
"""
#: Indexes that no constraint needs.
_INDEXES = """
SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
WHERE i.indrelid = CAST(:table AS regclass)
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid)
ORDER BY c.relname
"""


@dataclass(frozen=True)
class Browser:
    """A signed-in person as the web sees one."""

    user_id: UUID
    organization_id: UUID
    cookie: str
    csrf: str


@dataclass(frozen=True)
class World:
    """What the benchmark works on."""

    operator: Browser
    bookers: list[Browser]
    resource_id: UUID
    provider_id: UUID
    bookings: int


def make_world(
    app: Flask, engine: Engine, *, bookers: int, facilities: int, bookings: int
) -> World:
    """Fill an empty migrated database; bookings are spread evenly over resources and hours."""
    with Session(engine) as session, session.begin():
        provider = _organization(session, 0)
        operator = _person(session, app, provider.id, MemberRole.OPERATOR_STAFF)
        people = []
        for number in range(bookers):
            buyer = _organization(session, number + 1)
            people.append(_person(session, app, buyer.id, MemberRole.EDITOR))
        facility = Facility(
            organization_id=provider.id,
            kind=FacilityKind.PILOT_PLATFORM,
            name="Bench",
            status=FacilityStatus.PUBLISHED,
            published_at=datetime.now(UTC),
            hours=_HOURS,
            follows_holidays=False,
        )
        session.add(facility)
        session.flush()
        resource = Resource(
            facility_id=facility.id,
            organization_id=provider.id,
            name="Bench",
            mode=ResourceMode.SLOTS,
            minimum_notice_hours=0,
            horizon_days=700,
        )
        session.add(resource)
        session.flush()
        session.add(ResourcePrice(resource_id=resource.id, unit_minor=100_000))
        session.flush()
        resource_id, provider_id = resource.id, provider.id
        if facilities > 1:
            session.execute(text(_FACILITIES), {"count": facilities})
            session.execute(text(_RESOURCES))
        made = _history(session, provider_id, facilities, bookings)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    return World(operator, people, resource_id, provider_id, made)


def _history(session: Session, provider_id: UUID, facilities: int, bookings: int) -> int:
    if not bookings:
        return 0
    each = 5
    hours = max(2, bookings // facilities // each)
    with _bare_table(session, "slot"):
        session.execute(text(_SLOTS), {"each": each, "hours": hours})
    with _bare_table(session, "booking"):
        done = session.execute(text(_BOOKINGS), {"each": each, "provider": provider_id})
    return int(getattr(done, "rowcount", 0))


@contextmanager
def _bare_table(session: Session, table: str) -> Iterator[None]:
    """Fill a table without its references and indexes, which are made again over the whole."""
    values = {"table": table}
    references = session.execute(text(_REFERENCES), values).all()
    indexes = session.execute(text(_INDEXES), values).all()
    for name, _definition in references:
        session.execute(text(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"'))
    for name, _definition in indexes:
        session.execute(text(f'DROP INDEX "{name}"'))
    yield
    for _name, definition in indexes:
        session.execute(text(definition))
    for name, definition in references:
        session.execute(text(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}'))


def _organization(session: Session, number: int) -> Organization:
    row = Organization(
        kind=OrganizationKind.ENTERPRISE,
        name=f"Bench {number}",
        credit_code=f"91420100MA{number:08d}",
        status=OrganizationStatus.VERIFIED,
        verified_at=datetime.now(UTC),
    )
    session.add(row)
    session.flush()
    return row


def _person(session: Session, app: Flask, organization_id: UUID, role: MemberRole) -> Browser:
    moment = datetime.now(UTC)
    user = User(
        email=f"{uuid4().hex}@bench.example",
        name="Bench",
        password_hash="!",  # noqa: S106 — opens nothing
        email_confirmed_at=moment,
    )
    session.add(user)
    session.flush()
    token, hashed = fresh()
    session.add_all(
        [
            Membership(
                user_id=user.id,
                organization_id=organization_id,
                role=role,
                started_at=moment - timedelta(days=1),
            ),
            SignIn(user_id=user.id, token_hash=hashed, started_at=moment, seen_at=moment),
        ]
    )
    session.flush()
    # A context of its own: the token is kept in ``g``, which an outer context would share.
    with app.app_context(), app.test_request_context():
        cookie[FORMS] = secrets.token_hex(20)
        csrf = generate_csrf()
        signer = SecureCookieSessionInterface().get_signing_serializer(app)
        if signer is None:
            raise RuntimeError("the application has no secret key")
        value = signer.dumps({KEY: token, FORMS: cookie[FORMS]})
    return Browser(user.id, organization_id, f"hanqiao={value}", csrf)


def fresh_slot(engine: Engine, resource_id: UUID, *, capacity: int, number: int) -> UUID:
    """Add an empty slot of its own hour; give its id."""
    starts_at = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(
        days=30, hours=number
    )
    with Session(engine) as session, session.begin():
        slot = Slot(
            resource_id=resource_id,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=1),
            capacity=capacity,
        )
        session.add(slot)
        session.flush()
        return slot.id


def fresh_slots(engine: Engine, resource_id: UUID, *, capacity: int, count: int) -> Iterator[UUID]:
    """Add many empty slots from the sixtieth day on; give their ids one by one."""
    statement = """
    INSERT INTO slot (id, version, resource_id, starts_at, ends_at, capacity, taken)
    SELECT gen_random_uuid(), 1, :resource, t, t + interval '1 hour', :capacity, 0
    FROM generate_series(1, :count) AS n,
        LATERAL (SELECT date_trunc('hour', now()) + (60 * 24 + n) * interval '1 hour') AS at(t)
    RETURNING id
    """
    values = {"resource": resource_id, "capacity": capacity, "count": count}
    with engine.begin() as connection:
        return iter(connection.execute(text(statement), values).scalars().all())
