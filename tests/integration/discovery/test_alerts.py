"""People hear of what is new under their searches, once."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from marketplace.discovery import alerts, hearers, services
from marketplace.discovery.models import AlertFrequency, Scope, SearchAlert
from marketplace.listings.models import ListingStatus
from marketplace.notifications.models import Frequency, Notice
from search.engine import SearchUnavailable
from tests.engines import GoneEngine, copy
from tests.factories.discovery import NOON
from tests.jobs import waiting

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def publish(make, session, engine):
    def published(title="激光清洗", at=LATER, **values):
        listing = make.listing(
            title=title, status=ListingStatus.PUBLISHED, published_at=at, **values
        )
        copy(session, engine, listing)
        return listing

    return published


@pytest.fixture
def run(session, make, parts):
    def once(search, now=LATER):
        actor = make.actor()
        return alerts.run(session, parts=parts, one=search, actor=actor, now=now)

    return once


def notices(session) -> list[Notice]:
    return list(session.scalars(select(Notice).order_by(Notice.made_at)))


class TestRun:
    def test_tells_of_one_record_by_its_title(self, session, make, publish, run):
        search = make.saved_search(name="激光")
        listing = publish()

        run(search)

        (notice,) = notices(session)
        assert notice.message == alerts.ONE.message
        assert notice.values["title"]["zh"] == "激光清洗"
        assert notice.link == f"/technologies/{listing.id}"
        assert notice.person_id == search.person_id

    def test_tells_of_several_by_their_number(self, session, make, publish, run):
        search = make.saved_search()
        publish("激光甲")
        publish("激光乙")

        assert len(run(search)) == 2

        (notice,) = notices(session)
        assert notice.values["count"] == 2
        assert notice.link == f"/saved-searches/{search.id}"

    def test_never_tells_twice_of_the_same_record(self, session, make, publish, run):
        search = make.saved_search()
        listing = publish()
        run(search)

        # Renewed: published again, later.
        listing.published_at = LATER + timedelta(days=30)
        session.flush()
        assert run(search, now=LATER + timedelta(days=31)) == []

        publish("激光乙", at=LATER + timedelta(days=31))
        assert [one.title for one in run(search, now=LATER + timedelta(days=32))] == ["激光乙"]
        assert len(notices(session)) == 2

    def test_is_silent_about_what_was_there_before(self, session, make, publish, run):
        publish(at=NOON - timedelta(days=1))
        run(make.saved_search())
        assert notices(session) == []

    def test_is_silent_about_what_does_not_meet_the_filters(self, session, make, publish, run):
        publish(trl=3)
        run(make.saved_search(address="q=激光&trl=6"))
        assert notices(session) == []

    def test_mails_at_once_if_asked_to(self, session, make, publish, run):
        search = make.saved_search(frequency=AlertFrequency.NOW)
        publish()
        run(search)
        (notice,) = notices(session)
        session.refresh(notice)
        assert notice.mail is Frequency.NOW
        assert ("hearer:notifications.mail", {"notice_id": str(notice.id)}) in waiting(session)

    def test_once_a_day_follows_the_digest(self, session, make, publish, run):
        publish()
        run(make.saved_search(frequency=AlertFrequency.DAILY))
        (notice,) = notices(session)
        assert notice.mail is Frequency.DAILY

    def test_waits_for_an_engine_that_is_gone(self, session, make):
        search = make.saved_search()
        with pytest.raises(SearchUnavailable):
            alerts.run(
                session,
                parts=SimpleNamespace(search=GoneEngine()),
                one=search,
                actor=make.actor(),
                now=LATER,
            )
        assert notices(session) == []


class TestCountNews:
    def test_counts_what_came_since_the_last_run(self, make, publish, parts):
        search = make.saved_search()
        publish("激光甲")
        publish("激光乙", at=NOON - timedelta(days=3))
        (news,) = alerts.count_news(parts, [search], actor=make.actor())
        assert (news.count, news.more) == (1, False)

    def test_does_not_know_without_an_engine(self, make):
        away = SimpleNamespace(search=GoneEngine())
        (news,) = alerts.count_news(away, [make.saved_search()], actor=make.actor())
        assert news.count is None


class TestHearers:
    def _work(self, session, parts, now=LATER):
        return SimpleNamespace(session=session, parts=parts, now=now)

    def test_a_batch_of_publications_queues_one_run(self, session, make, parts):
        make.saved_search(frequency=AlertFrequency.NOW)
        for _ in range(3):
            hearers.listing_published(self._work(session, parts), id="1")
        jobs = [one for one in waiting(session) if one[0] == "hearer:discovery.alert_now"]
        assert jobs == [("hearer:discovery.alert_now", {"scope": "listing"})]

    def test_nothing_is_queued_when_nobody_wants_to_know_at_once(self, session, make, parts):
        make.saved_search(frequency=AlertFrequency.DAILY)
        make.saved_search(frequency=AlertFrequency.NOW)
        hearers.need_opened(self._work(session, parts), id="1")
        assert waiting(session) == []

    def test_each_pace_runs_its_own_searches(self, session, make, publish, parts):
        searches = {
            frequency: make.saved_search(frequency=frequency) for frequency in AlertFrequency
        }
        publish()
        work = self._work(session, parts)
        told = []
        for hearer in (hearers.alert_now, hearers.alert_daily, hearers.alert_weekly):
            hearer(work)
            told.append({alert.saved_search_id for alert in session.scalars(select(SearchAlert))})
        now, daily, weekly = (
            searches[one].id
            for one in (AlertFrequency.NOW, AlertFrequency.DAILY, AlertFrequency.WEEKLY)
        )
        assert told == [{now}, {now, daily}, {now, daily, weekly}]

    def test_a_run_of_one_scope_leaves_the_other(self, session, make, publish, parts):
        make.saved_search(frequency=AlertFrequency.NOW)
        publish()
        hearers.alert_now(self._work(session, parts), scope=Scope.NEED.value)
        assert session.scalar(select(func.count()).select_from(SearchAlert)) == 0

    def test_a_search_that_fails_silences_nobody_else(
        self, session, make, publish, parts, monkeypatch
    ):
        broken, whole = make.saved_search(name="坏"), make.saved_search(name="好")
        publish()
        run = alerts.run

        def fails(session, *, one, **rest):
            if one.id == broken.id:
                raise ValueError("odd")
            return run(session, one=one, **rest)

        monkeypatch.setattr(alerts, "run", fails)
        hearers.alert_daily(self._work(session, parts))
        (notice,) = notices(session)
        assert notice.person_id == whole.person_id

    def test_an_engine_that_is_gone_lets_the_queue_try_again(self, session, make):
        make.saved_search()
        with pytest.raises(SearchUnavailable):
            hearers.alert_daily(self._work(session, SimpleNamespace(search=GoneEngine())))

    def test_closed_accounts_hear_nothing(self, session, make, publish, parts):
        make.saved_search(make.user(closed_at=NOON), frequency=AlertFrequency.DAILY)
        publish()
        hearers.alert_daily(self._work(session, parts))
        assert session.scalar(select(func.count()).select_from(SearchAlert)) == 0

    def test_switching_alerts_on_again_starts_from_now(self, session, make, publish, run):
        user = make.user()
        search = make.saved_search(user, frequency=AlertFrequency.OFF)
        publish()
        services.change_search(
            session,
            actor=make.actor(user),
            search_id=search.id,
            name=search.name,
            frequency=AlertFrequency.DAILY,
            now=LATER + timedelta(hours=1),
        )
        assert run(search, now=LATER + timedelta(hours=2)) == []
