from __future__ import annotations

from types import SimpleNamespace
from uuid import UUID

import pytest
from sqlalchemy import select

from marketplace.core.errors import Denied
from marketplace.core.jobs import Work
from marketplace.listings.models import EnquiryStatus, ListingStatus
from marketplace.matching import finding, hearers, running
from marketplace.matching.models import Match, MatchState, MatchWeights, Side
from marketplace.matching.services import making
from marketplace.matching.services.making import Found
from marketplace.needs.models import AnswerStatus, Confidentiality, NeedStatus
from marketplace.notifications.models import Notice
from marketplace.progress.models import JobState, LongJob
from search.engine import SearchUnavailable
from tests.conftest import NOON
from tests.jobs import run_jobs, waiting
from tests.memory_search import MemoryParts


class FakeMatcher:
    """Finds what the test says, for every document."""

    def __init__(self):
        self.answers = {}
        self.down = False
        self.asked = []

    def finds(self, record, *counterparts, score=0.8):
        self.answers[str(record.id)] = [
            Found(
                id=one.id,
                score=score,
                ranks={"words": place},
                reasons=[
                    {
                        "kind": "terms",
                        "share": 1.0,
                        "terms": [{"asked": "激光", "found": "激光"}],
                        "values": [],
                    }
                ],
            )
            for place, one in enumerate(counterparts, start=1)
        ]

    def __call__(self, document, weights):
        if self.down:
            raise SearchUnavailable("switched off by the test")
        self.asked.append((document.id, dict(weights)))
        return self.answers.get(document.id, [])


@pytest.fixture
def matcher(monkeypatch):
    fake = FakeMatcher()
    monkeypatch.setattr(hearers, "matcher_of", lambda _parts: fake)
    return fake


@pytest.fixture
def parts(app, monkeypatch):
    found = MemoryParts(settings=app.extensions["hanqiao.settings"])
    monkeypatch.setitem(app.extensions, "hanqiao.parts", found)
    return found


@pytest.fixture
def work(session, parts):
    return Work(session=session, now=NOON, parts=parts)


@pytest.fixture
def need(make):
    return make.need()


@pytest.fixture
def listing(make):
    return make.listing(status=ListingStatus.PUBLISHED)


def pairs(session):
    return {
        (match.need_id, match.listing_id)
        for match in session.scalars(select(Match).where(Match.state == MatchState.CURRENT))
    }


class TestWorkOff:
    def test_matches_what_changed(self, app, session, parts, matcher, need, listing):
        matcher.finds(need, listing)
        hearers.note_changed(
            Work(session=session, now=NOON, parts=parts), kind="need", ids=[str(need.id)]
        )
        run_jobs(app, session)
        assert pairs(session) == {(need.id, listing.id)}
        weights = session.scalars(select(MatchWeights)).one()
        assert weights.weights == finding.first_weights()
        assert matcher.asked == [(str(need.id), weights.weights)]

    def test_hears_of_every_changed_row(self, app, session, parts, matcher, make):
        listing = make.listing(status=ListingStatus.PUBLISHED)
        need = make.need()
        matcher.finds(listing, need)
        listing.title = "另一个标题"
        session.flush()
        assert ("search.sync", {"kind": "listing", "ids": [str(listing.id)]}) in waiting(session)
        run_jobs(app, session)
        assert pairs(session) == {(need.id, listing.id)}

    def test_leaves_other_kinds_alone(self, session, work):
        hearers.note_changed(work, kind="facility", ids=[str(UUID(int=1))])
        assert not making.are_waiting(session)

    def test_ends_the_matches_of_what_readers_see_no_more(self, session, work, matcher, make, need):
        match = make.match(need)
        need.status, need.closed_at = NeedStatus.MET, NOON
        session.flush()
        hearers.note_changed(work, kind="need", ids=[str(need.id)])
        hearers.work_off(work)
        assert session.get_one(Match, match.id).state is MatchState.GONE
        assert matcher.asked == []

    def test_leaves_out_the_own_organization_even_when_it_is_masked(
        self, session, work, matcher, make
    ):
        organization = make.organization()
        need = make.need(organization, confidentiality=Confidentiality.ON_CONSENT)
        own = make.listing(organization, status=ListingStatus.PUBLISHED)
        matcher.finds(need, own)
        matcher.finds(own, need)
        for kind, record in (("need", need), ("listing", own)):
            hearers.note_changed(work, kind=kind, ids=[str(record.id)])
        hearers.work_off(work)
        assert pairs(session) == set()

    def test_leaves_out_what_is_gone_since_it_was_indexed(self, session, work, matcher, need):
        matcher.finds(need, SimpleNamespace(id=UUID(int=7)))
        hearers.note_changed(work, kind="need", ids=[str(need.id)])
        hearers.work_off(work)
        assert pairs(session) == set()

    def test_tells_people_of_good_matches(self, session, work, matcher, make, listing):
        organization = make.organization()
        owner = make.member(organization)
        need = make.need(organization)
        matcher.finds(need, listing, score=0.95)
        hearers.note_changed(work, kind="need", ids=[str(need.id)])
        hearers.work_off(work)
        assert session.scalars(select(Notice.person_id)).all() == [owner.id]

    def test_waits_for_a_silent_engine(self, session, work, matcher, need):
        hearers.note_changed(work, kind="need", ids=[str(need.id)])
        matcher.down = True
        with pytest.raises(SearchUnavailable), session.begin_nested():
            hearers.work_off(work)
        assert making.is_waiting(session, Side.NEED, need.id)

    def test_goes_on_while_something_waits(self, session, work, matcher, make):
        hearers.note_changed(work, kind="need", ids=[str(UUID(int=one)) for one in range(1, 30)])
        hearers.work_off(work)
        assert waiting(session)[-1] == ("hearer:matching.work_off", {})

    def test_with_nothing_to_do_does_nothing(self, session, work, matcher):
        hearers.work_off(work)
        assert waiting(session) == []
        assert session.scalars(select(MatchWeights)).all() == []


class TestNight:
    def test_lets_every_open_need_be_matched_again(self, session, work, need, make):
        make.need(status=NeedStatus.MET)
        hearers.refresh_needs(work)
        assert making.take_requests(session) == [(Side.NEED, need.id)]


class TestRematch:
    def test_matches_everything_with_progress(
        self, app, session, parts, matcher, make, need, listing
    ):
        matcher.finds(need, listing)
        job = running.rematch(session, actor=make.administrator())
        run_jobs(app, session)
        session.expire_all()
        ended = session.get_one(LongJob, job.id)
        assert (ended.state, ended.total, ended.done) == (JobState.DONE, 1, 1)
        assert pairs(session) == {(need.id, listing.id)}

    def test_is_for_administrators(self, session, make):
        with pytest.raises(Denied):
            running.rematch(session, actor=make.reviewer())

    def test_that_ended_already_is_left_alone(self, session, work, matcher, make, need):
        job = make.add(
            LongJob(kind="matching.rematch", title="X", state=JobState.DONE, ended_at=NOON)
        )
        hearers.rematch(work, job_id=str(job.id))
        assert matcher.asked == []


class TestOutcomes:
    def test_follow_an_enquiry(self, session, work, make):
        company = make.organization()
        listing = make.listing(status=ListingStatus.PUBLISHED)
        match = make.match(make.need(company), listing)
        enquiry = make.enquiry(listing, sender_organization=company)
        hearers.note_enquiry(work, id=str(enquiry.id))
        assert session.get_one(Match, match.id).contacted_at == NOON
        enquiry.status, enquiry.replied_at = EnquiryStatus.ANSWERED, NOON
        session.flush()
        hearers.note_enquiry(work, id=str(enquiry.id))
        assert session.get_one(Match, match.id).answered_at == NOON

    def test_follow_an_answer_and_its_success(self, session, work, make):
        university = make.organization()
        need = make.need()
        match = make.match(need, make.listing(university, status=ListingStatus.PUBLISHED))
        answer = make.answer(need, university, listing_id=match.listing_id)
        hearers.note_answer(work, id=str(answer.id))
        met = session.get_one(Match, match.id)
        assert (met.answered_at, met.met_at) == (NOON, None)
        hearers.note_met(work, id=str(need.id))
        assert met.met_at is None
        answer.status, answer.outcome_at = AnswerStatus.CHOSEN, NOON
        session.flush()
        hearers.note_met(work, id=str(need.id))
        assert met.met_at is None
        need.status, need.closed_at = NeedStatus.MET, NOON
        session.flush()
        hearers.note_met(work, id=str(need.id))
        assert met.met_at == NOON

    @pytest.mark.parametrize("hearer", [hearers.note_enquiry, hearers.note_answer])
    def test_of_nothing_do_nothing(self, work, hearer):
        hearer(work, id=str(UUID(int=5)))
