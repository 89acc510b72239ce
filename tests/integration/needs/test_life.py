"""Talks, closing, withdrawal, reopening and expiry."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from marketplace import relay
from marketplace.core.actor import MemberRole
from marketplace.core.errors import Denied, NotFound, RuleBroken, StepNotAllowed
from marketplace.needs.models import (
    SHOWN,
    WAITING,
    AnswerStatus,
    DeclineReason,
    NeedStatus,
)
from marketplace.needs.rules import OutcomeMissing
from marketplace.needs.services import life
from marketplace.needs.services.life import Ending
from marketplace.organizations.models import OrganizationStatus
from tests.jobs import topics

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def owner(make):
    return make.organization()


@pytest.fixture
def actor(make, owner):
    return make.member_of(owner)


def close(session, actor, need, *, met=False, reason="项目停了", outcomes=None):
    return life.close_need(
        session,
        actor=actor,
        need_id=need.id,
        met=met,
        reason=reason,
        outcomes=outcomes or {},
        now=NOON,
    )


class TestTalks:
    def test_start_and_end(self, session, make, owner, actor, events, audited):
        need = make.need(owner)
        life.start_talks(session, actor=actor, need_id=need.id, now=NOON)
        assert need.status is NeedStatus.IN_TALKS
        life.end_talks(session, actor=actor, need_id=need.id, now=NOON)
        assert (need.status, need.touched_at) == (NeedStatus.OPEN, NOON)
        assert set(events(need)) == {"talks_started", "talks_ended"}
        assert audited(need) == ["need.talks_started", "need.talks_ended"]


class TestCloseNeed:
    def test_gives_every_waiting_answer_an_outcome(self, session, make, owner, actor, events):
        need = make.need(owner)
        waiting = [make.answer(need, status=status) for status in WAITING]
        before = make.answer(need, status=AnswerStatus.DECLINED)
        outcomes = {answer.id: Ending(DeclineReason.COST) for answer in waiting[:2]}
        outcomes |= {answer.id: Ending() for answer in waiting[2:]}
        close(session, actor, need, outcomes=outcomes)
        assert (need.status, need.closed_at, need.close_reason) == (
            NeedStatus.CLOSED_UNMET,
            NOON,
            "项目停了",
        )
        assert [answer.status.value for answer in waiting] == [
            "declined",
            "declined",
            "need_closed",
            "need_closed",
        ]
        assert {answer.outcome_at for answer in waiting} == {NOON}
        assert {answer.reacted_at for answer in waiting} == {NOON}
        assert before.decline_reason is DeclineReason.TOO_EARLY
        assert {"need.closed", "answer.declined", "answer.need_closed"} <= topics(session)
        assert "closed_unmet" in events(need)

    def test_leaves_no_answer_behind(self, session, make, owner, actor):
        need = make.need(owner)
        answer, _ = make.answer(need), make.answer(need)
        with pytest.raises(OutcomeMissing) as caught:
            close(session, actor, need, outcomes={answer.id: Ending()})
        assert caught.value.values == {"count": 1}

    def test_wants_the_text_of_another_reason(self, session, make, owner, actor):
        need = make.need(owner)
        answer = make.answer(need)
        with pytest.raises(RuleBroken):
            close(session, actor, need, outcomes={answer.id: Ending(DeclineReason.OTHER)})

    @pytest.mark.parametrize("met", [True, False])
    def test_wants_a_reason(self, session, make, owner, actor, met):
        with pytest.raises(RuleBroken) as caught:
            close(session, actor, make.need(owner), met=met, reason=" ")
        assert caught.value.field == "reason"

    def test_a_chosen_answer_is_reason_enough(self, session, make, owner, actor, events):
        need = make.need(owner, status=NeedStatus.IN_TALKS)
        chosen = make.answer(need, status=AnswerStatus.CHOSEN)
        close(session, actor, need, met=True, reason="")
        assert (need.status, chosen.status) == (NeedStatus.MET, AnswerStatus.CHOSEN)
        assert events(need) == ["met"]

    def test_forgets_unreviewed_changes(self, session, make, owner, actor):
        need = make.need(owner, pending={"title": "x"}, pending_submitted_at=NOON)
        close(session, actor, need)
        assert (need.pending, need.pending_submitted_at) == (None, None)

    @pytest.mark.parametrize("status", set(NeedStatus) - set(SHOWN))
    def test_starts_only_from_open(self, session, make, owner, actor, status):
        with pytest.raises(StepNotAllowed):
            close(session, actor, make.need(owner, status=status))

    def test_is_the_owners_alone(self, session, make, owner):
        need = make.need(owner)
        for who, error in (
            (make.member_of(make.organization()), NotFound),
            (make.member_of(owner, MemberRole.TECHNOLOGY_MANAGER), Denied),
            (make.reviewer(), NotFound),
        ):
            with pytest.raises(error):
                close(session, who, need)


class TestWithdrawNeed:
    @pytest.mark.parametrize(
        "status",
        ["draft", "under_review", "returned", "open", "in_talks", "expired"],
    )
    def test_takes_it_out_of_sight(self, session, make, owner, actor, status):
        need = make.need(owner, status=NeedStatus(status))
        life.withdraw_need(session, actor=actor, need_id=need.id, now=NOON)
        assert need.status is NeedStatus.WITHDRAWN
        assert "need.withdrawn" in topics(session)

    def test_ends_waiting_answers(self, session, make, owner, actor):
        need = make.need(owner)
        answer = make.answer(need)
        life.withdraw_need(session, actor=actor, need_id=need.id, now=NOON)
        assert (answer.status, answer.outcome_at) == (AnswerStatus.NEED_CLOSED, NOON)

    def test_does_not_rewrite_what_ended(self, session, make, owner, actor):
        need = make.need(owner, status=NeedStatus.MET)
        with pytest.raises(StepNotAllowed):
            life.withdraw_need(session, actor=actor, need_id=need.id, now=NOON)


class TestReopenNeed:
    def _reopen(self, session, actor, need, deadline_on=date(2027, 5, 1)):
        return life.reopen_need(
            session, actor=actor, need_id=need.id, deadline_on=deadline_on, now=NOON
        )

    @pytest.mark.parametrize("status", ["met", "closed_unmet", "expired"])
    def test_opens_again_without_review(self, session, make, owner, actor, status, events):
        need = make.need(owner, status=NeedStatus(status), expiry_asked_at=NOON)
        self._reopen(session, actor, need)
        assert (need.status, need.deadline_on) == (NeedStatus.OPEN, date(2027, 5, 1))
        assert (need.close_reason, need.closed_at, need.expiry_asked_at) == ("", None, None)
        assert events(need) == ["reopened"]

    def test_a_withdrawn_one_becomes_a_draft(self, session, make, owner, actor):
        need = make.need(owner, status=NeedStatus.WITHDRAWN)
        self._reopen(session, actor, need)
        assert need.status is NeedStatus.DRAFT

    def test_wants_a_day_to_come(self, session, make, owner, actor):
        need = make.need(owner, status=NeedStatus.EXPIRED)
        with pytest.raises(RuleBroken) as caught:
            self._reopen(session, actor, need, date(2026, 11, 19))
        assert caught.value.field == "deadline_on"
        self._reopen(session, actor, need, None)

    def test_is_refused_to_suspended_organizations(self, session, make):
        owner = make.organization(status=OrganizationStatus.SUSPENDED)
        need = make.need(owner, status=NeedStatus.EXPIRED)
        with pytest.raises(RuleBroken, match="not verified"):
            self._reopen(session, make.member_of(owner), need)

    def test_starts_only_from_an_end(self, session, make, owner, actor):
        with pytest.raises(StepNotAllowed):
            self._reopen(session, actor, make.need(owner))


class TestKeepOpen:
    def test_starts_the_days_anew(self, session, make, owner, actor):
        need = make.need(owner, expiry_asked_at=NOON - timedelta(days=3))
        life.keep_open(session, actor=actor, need_id=need.id, now=NOON)
        assert (need.touched_at, need.expiry_asked_at) == (NOON, None)

    def test_is_for_open_needs(self, session, make, owner, actor):
        need = make.need(owner, status=NeedStatus.DRAFT)
        with pytest.raises(RuleBroken):
            life.keep_open(session, actor=actor, need_id=need.id, now=NOON)


class TestExpireNeeds:
    LONG = NOON - timedelta(days=180)

    def test_asks_after_180_days_of_silence(self, session, make):
        silent = make.need(touched_at=self.LONG, deadline_on=None)
        lively = make.need(touched_at=self.LONG + timedelta(minutes=1), deadline_on=None)
        draft = make.need(touched_at=self.LONG, status=NeedStatus.DRAFT)
        assert life.expire_needs(session, now=NOON) == (1, 0)
        assert [need.expiry_asked_at for need in (silent, lively, draft)] == [NOON, None, None]
        assert "need.silent" in topics(session)
        assert life.expire_needs(session, now=NOON) == (0, 0)

    @pytest.mark.parametrize("status", SHOWN)
    def test_hides_who_stays_silent_and_ends_its_answers(self, session, make, status, events):
        need = make.need(
            status=status,
            touched_at=self.LONG,
            expiry_asked_at=NOON - timedelta(days=14),
            deadline_on=None,
        )
        answer = make.answer(need)
        assert life.expire_needs(session, now=NOON) == (0, 1)
        assert (need.status, need.closed_at) == (NeedStatus.EXPIRED, NOON)
        assert answer.status is AnswerStatus.NEED_CLOSED
        # Nobody reacted, so the clock keeps what is true.
        assert answer.reacted_at is None
        assert set(events(need)) == {
            "answer_need_closed",
            "expired",
        }

    @pytest.mark.parametrize(
        ("values", "expires"),
        [
            ({"deadline_on": date(2026, 11, 19)}, True),
            ({"deadline_on": date(2026, 11, 20)}, False),
            ({"deadline_on": date(2026, 11, 19), "status": NeedStatus.IN_TALKS}, False),
            ({"deadline_on": None}, False),
        ],
    )
    def test_a_deadline_that_is_over_ends_an_open_need(self, session, make, values, expires):
        need = make.need(**values)
        life.expire_needs(session, now=NOON)
        assert (need.status is NeedStatus.EXPIRED) is expires

    def test_but_not_while_an_answer_waits(self, session, make):
        need = make.need(deadline_on=date(2026, 11, 19))
        make.answer(need)
        assert life.expire_needs(session, now=NOON) == (0, 0)
        assert need.status is NeedStatus.OPEN

    def test_works_in_batches(self, session, make):
        for _ in range(3):
            make.need(deadline_on=date(2026, 11, 1))
        assert life.expire_needs(session, now=NOON, limit=2) == (0, 2)
        assert life.expire_needs(session, now=NOON, limit=2) == (0, 1)

    def test_runs_every_night(self, app, make):
        need = make.need(deadline_on=date(2020, 1, 1))
        assert relay.PERIODIC["needs.expire"] == "40 3 * * *"
        work = SimpleNamespace(session=make.session, now=NOON)
        relay.HEARERS["needs.expire"](work)
        assert need.status is NeedStatus.EXPIRED
