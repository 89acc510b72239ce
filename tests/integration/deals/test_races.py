"""Fifty people do the same in one moment: one wins, the others see the new state."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.core import audit
from marketplace.core.errors import EditedElsewhere, RuleBroken
from marketplace.deals.models import Deal, DealOrigin, DealStage, DealStageEntry, RoomFile
from marketplace.deals.services.opening import Opening, open_deal
from marketplace.deals.services.room import put_file
from marketplace.deals.services.stages import advance
from marketplace.files.store import Upload
from marketplace.listings.models import EnquiryStatus, ListingStatus
from marketplace.organizations.models import Organization
from tests import races
from tests.conftest import NOON
from tests.factories import Make
from tests.races import CLIENTS, own_database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Engine


@pytest.fixture(scope="module")
def engine(database_url: str) -> Iterator[Engine]:
    """A database of its own."""
    with own_database(database_url, "deal_races") as engine:
        yield engine


def together(engine: Engine, step: Callable[[Session, int], object]) -> list[object]:
    """Let all clients take a step, each with a number of its own, at once."""
    return races.together(engine, [partial(_numbered, step, one) for one in range(CLIENTS)])


def _numbered(step: Callable[[Session, int], object], number: int, session: Session) -> object:
    return step(session, number)


@pytest.fixture
def world(engine):
    """An answered enquiry with a writer of each side, committed."""
    with Session(engine) as session:
        make = Make(session)
        enquiry = make.enquiry(
            make.listing(status=ListingStatus.PUBLISHED),
            status=EnquiryStatus.ANSWERED,
            reply="好的",
            replied_at=NOON,
        )
        actors = [
            make.member_of(session.get_one(Organization, organization_id))
            for organization_id in (enquiry.owner_id, enquiry.sender_organization_id)
        ]
        session.commit()
        return enquiry.id, actors


def opened(session, enquiry_id, actor):
    deal = open_deal(
        session,
        actor=actor,
        origin=DealOrigin.ENQUIRY,
        origin_id=enquiry_id,
        opening=Opening(next_step="取样", next_on=date(2026, 12, 1)),
        now=NOON,
    )
    return deal.id


def lost(results):
    return [one for one in results if isinstance(one, RuleBroken)]


class TestFifty:
    def test_open_one_deal(self, engine, world):
        enquiry_id, actors = world
        results = together(
            engine, lambda session, number: opened(session, enquiry_id, actors[number % 2])
        )
        assert len(lost(results)) == CLIENTS - 1
        with Session(engine) as session:
            count = select(func.count()).where(Deal.enquiry_id == enquiry_id)
            assert session.scalar(count) == 1

    def test_take_one_step(self, engine, world):
        enquiry_id, actors = world
        with Session(engine) as session:
            deal_id = opened(session, enquiry_id, actors[0])
            session.commit()
            version = session.get_one(Deal, deal_id).version

        def end(session, number):
            return advance(
                session,
                actor=actors[number % 2],
                deal_id=deal_id,
                event="lapse",
                values={"lapse_reason": "price"},
                now=NOON + timedelta(minutes=number),
                version=version,
            ).stage

        results = together(engine, end)
        assert results.count(DealStage.LAPSED) == 1
        assert len([one for one in results if isinstance(one, EditedElsewhere)]) == CLIENTS - 1
        with Session(engine) as session:
            entries = session.scalars(
                select(DealStageEntry)
                .where(DealStageEntry.deal_id == deal_id)
                .order_by(DealStageEntry.position)
            ).all()
            assert [entry.stage for entry in entries] == [DealStage.INQUIRY, DealStage.LAPSED]
            assert entries[0].left_at == entries[1].entered_at
            told = session.scalar(
                select(func.count()).where(
                    audit.AuditEntry.object_id == deal_id,
                    audit.AuditEntry.action == "deal.lapse",
                )
            )
            assert told == 1
            assert list(audit.verify(session)) == []

    def test_put_the_same_file_as_versions_in_a_row(self, engine, world):
        enquiry_id, actors = world
        with Session(engine) as session:
            deal_id = opened(session, enquiry_id, actors[0])
            session.commit()
        upload = Upload(name="a.pdf", media_type="application/pdf", size_bytes=1, sha256="0" * 64)

        def put(session, number):
            return put_file(
                session,
                actor=actors[0],
                deal_id=deal_id,
                upload=upload,
                audience=[],
                confidential=True,
                now=NOON + timedelta(minutes=number),
            ).number

        assert lost(together(engine, put)) == []
        with Session(engine) as session:
            numbers = session.scalars(select(RoomFile.number).where(RoomFile.deal_id == deal_id))
            assert sorted(numbers) == list(range(1, CLIENTS + 1))
