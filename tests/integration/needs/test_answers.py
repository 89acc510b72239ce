"""Answers from sending to their outcome."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from marketplace.codes.models import Holiday, HolidayKind
from marketplace.core.actor import VISITOR, MemberRole
from marketplace.core.errors import Denied, NotFound, RuleBroken, StepNotAllowed
from marketplace.needs.models import (
    WAITING,
    AnswerStatus,
    DeclineReason,
    NeedStatus,
)
from marketplace.needs.offers import Offered
from marketplace.needs.services import answers, scores, talk
from marketplace.needs.services.answers import AnswerDraft, Gain
from marketplace.organizations.models import OrganizationStatus
from tests.jobs import topics, waiting

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def draft(organization, **values) -> AnswerDraft:
    kept = {
        "organization_id": organization.id,
        "offer": "装置",
        "statement": "已运行60天。",
        "next_step": "取样",
        "trl": 6,
    }
    return AnswerDraft(**(kept | values))


class TestSendAnswer:
    def _send(self, session, actor, need, form):
        return answers.send_answer(session, actor=actor, need_id=need.id, draft=form, now=NOON)

    def test_starts_the_clock_and_tells_the_owner(
        self, session, need, university, scientist, events, audited
    ):
        gains = (Gain("率", "%", "95", "97"), Gain("时间", "h", "1", ""))
        answer = self._send(session, scientist, need, draft(university, gains=gains))
        assert (answer.status, answer.sent_at, answer.reacted_at) == (
            AnswerStatus.SENT,
            NOON,
            None,
        )
        assert answer.gains == [{"name": "率", "unit": "%", "wanted": "95", "ours": "97"}]
        told = dict(waiting(session))
        assert told["answer.sent"] == {"id": str(answer.id), "need_id": str(need.id)}
        assert (events(answer), audited(answer)) == (["answer_sent"], ["answer.sent"])

    def test_offers_a_listing_of_the_answering_organization(
        self, session, need, university, scientist, listings
    ):
        mine = listings.add(university.id, Offered(id=uuid4(), title="装置"))
        answer = self._send(
            session, scientist, need, draft(university, offer="", listing_id=mine.id)
        )
        assert answer.listing_id == mine.id
        with pytest.raises(RuleBroken, match="already answered") as caught:
            self._send(session, scientist, need, draft(university, listing_id=mine.id))
        assert caught.value.field == "listing_id"

    def test_may_offer_a_listing_again_after_withdrawing(
        self, session, need, university, scientist, listings
    ):
        mine = listings.add(university.id, Offered(id=uuid4(), title="装置"))
        form = draft(university, listing_id=mine.id)
        answer = self._send(session, scientist, need, form)
        answers.withdraw_answer(session, actor=scientist, answer_id=answer.id, now=NOON)
        assert self._send(session, scientist, need, form).id != answer.id

    def test_refuses_a_listing_of_somebody_else(
        self, session, need, make, university, scientist, listings
    ):
        other = listings.add(make.organization().id, Offered(id=uuid4(), title="x"))
        with pytest.raises(RuleBroken) as caught:
            self._send(session, scientist, need, draft(university, listing_id=other.id))
        assert caught.value.field == "listing_id"

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"offer": ""}, "offer"),
            ({"statement": ""}, "statement"),
            ({"next_step": ""}, "next_step"),
            ({"statement": "x" * 2001}, "statement"),
        ],
    )
    def test_names_the_field_at_fault(self, session, need, university, scientist, values, field):
        with pytest.raises(RuleBroken) as caught:
            self._send(session, scientist, need, draft(university, **values))
        assert caught.value.field == field

    def test_is_refused_to_the_owner_and_to_strangers(
        self, session, make, need, owner, buyer, university
    ):
        staff = make.member_of(university, MemberRole.OPERATOR_STAFF)
        for who, where in (
            (buyer, owner),
            (buyer, university),
            (staff, university),
            (VISITOR, university),
        ):
            with pytest.raises(Denied):
                self._send(session, who, need, draft(where))

    def test_is_refused_to_unverified_organizations(self, session, make, need):
        applied = make.organization(status=OrganizationStatus.APPLIED)
        with pytest.raises(RuleBroken, match="not verified"):
            self._send(session, make.member_of(applied), need, draft(applied))

    def test_is_refused_after_the_last_day(self, session, make, university, scientist):
        late = make.need(deadline_on=date(2026, 11, 19))
        with pytest.raises(RuleBroken, match="last day"):
            self._send(session, scientist, late, draft(university))

    def test_is_refused_when_the_need_is_not_open(self, session, make, university, scientist):
        with pytest.raises(StepNotAllowed):
            self._send(session, scientist, make.need(status=NeedStatus.MET), draft(university))
        hidden = make.need(status=NeedStatus.DRAFT)
        with pytest.raises(NotFound):
            self._send(session, scientist, hidden, draft(university))


STEPS = {
    "shortlist": lambda s, a, i: answers.shortlist_answer(s, actor=a, answer_id=i, now=NOON),
    "ask": lambda s, a, i: talk.ask_answering_side(
        s, actor=a, answer_id=i, text="能耗？", now=NOON
    ),
    "decline": lambda s, a, i: answers.decline_answer(
        s, actor=a, answer_id=i, reason=DeclineReason.COST, text="", now=NOON
    ),
    "choose": lambda s, a, i: answers.choose_answer(s, actor=a, answer_id=i, now=NOON),
}
JUDGING = STEPS | {
    "unlist": lambda s, a, i: answers.unlist_answer(s, actor=a, answer_id=i, now=NOON),
    "consent": lambda s, a, i: talk.consent_to_name(s, actor=a, answer_id=i, now=NOON),
    "score": lambda s, a, i: scores.score_answer(
        s, actor=a, answer_id=i, points={"gain": (4, "")}, now=NOON
    ),
}


class TestJudging:
    @pytest.mark.parametrize("step", JUDGING)
    def test_is_the_owners_alone(self, session, make, need, owner, university, step):
        answer = make.answer(need, university, status=AnswerStatus.SHORTLISTED)
        cases = (
            (make.member_of(university), Denied),
            (make.member_of(owner, MemberRole.OPERATOR_STAFF), Denied),
            (make.member_of(make.organization()), NotFound),
            (make.reviewer(), NotFound),
            (make.administrator(), NotFound),
            (VISITOR, NotFound),
        )
        for who, error in cases:
            with pytest.raises(error):
                JUDGING[step](session, who, answer.id)

    @pytest.mark.parametrize("step", STEPS)
    def test_the_first_reaction_stops_the_clock(self, session, make, need, buyer, step):
        first = AnswerStatus.SENT if step == "shortlist" else AnswerStatus.SHORTLISTED
        answer = make.answer(need, status=first)
        STEPS[step](session, buyer, answer.id)
        # Sent on Monday the 16th, reacted on Friday the 20th.
        assert (answer.reacted_at, answer.reaction_days) == (NOON, 4)

    def test_later_reactions_change_nothing(self, session, make, need, buyer):
        early = datetime(2026, 11, 17, 2, tzinfo=UTC)
        answer = make.answer(need, reacted_at=early, reaction_days=1)
        answers.shortlist_answer(session, actor=buyer, answer_id=answer.id, now=NOON)
        assert (answer.reacted_at, answer.reaction_days) == (early, 1)

    def test_the_clock_stands_still_on_holidays(self, session, make, need, buyer):
        for day in (17, 18):
            session.add(Holiday(on=date(2026, 11, day), kind=HolidayKind.HOLIDAY, name="x"))
        answer = make.answer(need)
        answers.shortlist_answer(session, actor=buyer, answer_id=answer.id, now=NOON)
        assert answer.reaction_days == 2

    def test_shortlists_and_takes_off(self, session, make, need, buyer, events):
        answer = make.answer(need)
        answers.shortlist_answer(session, actor=buyer, answer_id=answer.id, now=NOON)
        assert (answer.status, answer.shortlisted_at) == (AnswerStatus.SHORTLISTED, NOON)
        answers.unlist_answer(session, actor=buyer, answer_id=answer.id, now=NOON)
        assert (answer.status, answer.shortlisted_at) == (AnswerStatus.SENT, None)
        assert set(events(answer)) == {"answer_shortlisted", "answer_unlisted"}

    @pytest.mark.parametrize("status", [AnswerStatus.ASKED, AnswerStatus.REPLIED])
    def test_an_asked_answer_keeps_its_state_on_the_shortlist(
        self, session, make, need, buyer, status
    ):
        answer = make.answer(need, status=status)
        answers.shortlist_answer(session, actor=buyer, answer_id=answer.id, now=NOON)
        assert (answer.status, answer.shortlisted_at) == (status, NOON)
        answers.unlist_answer(session, actor=buyer, answer_id=answer.id, now=NOON)
        assert (answer.status, answer.shortlisted_at) == (status, None)

    @pytest.mark.parametrize("status", [NeedStatus.OPEN, NeedStatus.IN_TALKS])
    def test_choosing_starts_talks(self, session, make, owner, buyer, status):
        need = make.need(owner, status=status)
        answer = make.answer(need, status=AnswerStatus.SHORTLISTED)
        other = make.answer(need)
        answers.choose_answer(session, actor=buyer, answer_id=answer.id, now=NOON)
        assert (answer.status, answer.outcome_at) == (AnswerStatus.CHOSEN, NOON)
        assert (need.status, other.status) == (NeedStatus.IN_TALKS, AnswerStatus.SENT)
        assert ("need.talks_started" in topics(session)) is (status is NeedStatus.OPEN)

    def test_does_not_choose_what_was_never_looked_at(self, session, make, need, buyer):
        answer = make.answer(need)
        with pytest.raises(StepNotAllowed):
            answers.choose_answer(session, actor=buyer, answer_id=answer.id, now=NOON)

    @pytest.mark.parametrize("reason", DeclineReason)
    def test_declines_with_a_fixed_reason(self, session, make, need, buyer, reason):
        answer = make.answer(need)

        def decline(text):
            answers.decline_answer(
                session, actor=buyer, answer_id=answer.id, reason=reason, text=text, now=NOON
            )

        if reason is DeclineReason.OTHER:
            with pytest.raises(RuleBroken) as caught:
                decline(" ")
            assert caught.value.field == "text"
        decline("Because.")
        assert (answer.status, answer.decline_reason, answer.decline_note) == (
            AnswerStatus.DECLINED,
            reason,
            "Because.",
        )
        assert answer.outcome_at == NOON

    @pytest.mark.parametrize(
        "status", [AnswerStatus.DECLINED, AnswerStatus.WITHDRAWN, AnswerStatus.NEED_CLOSED]
    )
    @pytest.mark.parametrize("step", STEPS)
    def test_an_outcome_is_final(self, session, make, need, buyer, status, step):
        answer = make.answer(need, status=status)
        with pytest.raises(StepNotAllowed):
            STEPS[step](session, buyer, answer.id)


class TestWithdrawAnswer:
    @pytest.mark.parametrize("status", WAITING)
    def test_takes_ones_own_answer_back(self, session, make, need, university, scientist, status):
        answer = make.answer(need, university, status=status)
        answers.withdraw_answer(session, actor=scientist, answer_id=answer.id, now=NOON)
        assert (answer.status, answer.outcome_at) == (AnswerStatus.WITHDRAWN, NOON)
        assert answer.reacted_at is None

    def test_is_refused_to_the_other_side(self, session, make, need, buyer):
        with pytest.raises(Denied):
            answers.withdraw_answer(session, actor=buyer, answer_id=make.answer(need).id, now=NOON)
