"""What the tests of needs share."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from marketplace.core import audit
from marketplace.needs import offers
from marketplace.needs.models import NeedEvent


class Listings:
    """Stands for the domain that knows listings."""

    def __init__(self):
        self.owned = {}

    def add(self, organization_id, listing):
        self.owned.setdefault(organization_id, []).append(listing)
        return listing

    def of_organization(self, session, organization_id):
        return self.owned.get(organization_id, [])

    def by_id(self, session, ids):
        every = [one for own in self.owned.values() for one in own]
        return {one.id: one for one in every if one.id in ids}


@pytest.fixture
def listings():
    kept = list(offers._resolvers)
    fake = Listings()
    offers.register(fake)
    yield fake
    offers._resolvers[:] = kept


@pytest.fixture
def events(session):
    """Give the kinds of the lines written about a need or an answer."""

    def kinds(thing):
        column = NeedEvent.need_id if thing.__tablename__ == "need" else NeedEvent.answer_id
        rows = session.scalars(
            select(NeedEvent.kind)
            .where(column == thing.id)
            .order_by(NeedEvent.at, NeedEvent.created_at)
        )
        return [kind.value for kind in rows]

    return kinds


@pytest.fixture
def audited(session):
    """Give the actions in the audit trail about a thing."""

    def actions(thing):
        audit.write_pending(session)
        rows = session.scalars(
            select(audit.AuditEntry.action)
            .where(audit.AuditEntry.object_id == thing.id)
            .order_by(audit.AuditEntry.number)
        )
        return list(rows)

    return actions


@pytest.fixture
def owner(make):
    return make.organization()


@pytest.fixture
def need(make, owner):
    return make.need(owner, criteria=[{"name": "gain", "weight": 60}])


@pytest.fixture
def buyer(make, owner):
    return make.member_of(owner)


@pytest.fixture
def university(make):
    return make.organization()


@pytest.fixture
def scientist(make, university):
    return make.member_of(university)
