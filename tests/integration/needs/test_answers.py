"""Answers from sending to their outcome."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from marketplace.codes.models import Holiday, HolidayKind
from marketplace.core.actor import VISITOR, MemberRole
from marketplace.core.errors import Denied, NotFound, RuleBroken, StepNotAllowed
from marketplace.needs.models import (
    WAITING,
    Answer,
    AnswerScore,
    AnswerStatus,
    Confidentiality,
    DeclineReason,
    NeedStatus,
)
from marketplace.needs.offers import Offered
from marketplace.needs.permissions import may_see_name
from marketplace.needs.queries import answers as find
from marketplace.needs.queries import needs as find_needs
from marketplace.needs.services import answers, scores, talk
from marketplace.needs.services.answers import AnswerDraft, Gain
from marketplace.organizations.models import OrganizationStatus
from tests.jobs import topics, waiting

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


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
    def send(self, session, actor, need, form):
        return answers.send_answer(session, actor=actor, need_id=need.id, draft=form, now=NOON)

    def test_starts_the_clock_and_tells_the_owner(
        self, session, need, university, scientist, events, audited
    ):
        gains = (Gain("率", "%", "95", "97"), Gain("时间", "h", "1", ""))
        answer = self.send(session, scientist, need, draft(university, gains=gains))
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
        answer = self.send(
            session, scientist, need, draft(university, offer="", listing_id=mine.id)
        )
        assert answer.listing_id == mine.id
        with pytest.raises(RuleBroken, match="already answered") as caught:
            self.send(session, scientist, need, draft(university, listing_id=mine.id))
        assert caught.value.field == "listing_id"

    def test_may_offer_a_listing_again_after_withdrawing(
        self, session, need, university, scientist, listings
    ):
        mine = listings.add(university.id, Offered(id=uuid4(), title="装置"))
        form = draft(university, listing_id=mine.id)
        answer = self.send(session, scientist, need, form)
        answers.withdraw_answer(session, actor=scientist, answer_id=answer.id, now=NOON)
        assert self.send(session, scientist, need, form).id != answer.id

    def test_refuses_a_listing_of_somebody_else(
        self, session, need, make, university, scientist, listings
    ):
        other = listings.add(make.organization().id, Offered(id=uuid4(), title="x"))
        with pytest.raises(RuleBroken) as caught:
            self.send(session, scientist, need, draft(university, listing_id=other.id))
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
            self.send(session, scientist, need, draft(university, **values))
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
                self.send(session, who, need, draft(where))

    def test_is_refused_to_unverified_organizations(self, session, make, need):
        applied = make.organization(status=OrganizationStatus.APPLIED)
        with pytest.raises(RuleBroken, match="not verified"):
            self.send(session, make.member_of(applied), need, draft(applied))

    def test_is_refused_after_the_last_day(self, session, make, university, scientist):
        late = make.need(deadline_on=date(2026, 11, 19))
        with pytest.raises(RuleBroken, match="last day"):
            self.send(session, scientist, late, draft(university))

    def test_is_refused_when_the_need_is_not_open(self, session, make, university, scientist):
        with pytest.raises(StepNotAllowed):
            self.send(session, scientist, make.need(status=NeedStatus.MET), draft(university))
        hidden = make.need(status=NeedStatus.DRAFT)
        with pytest.raises(NotFound):
            self.send(session, scientist, hidden, draft(university))


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


class TestTalk:
    def test_goes_back_and_forth(self, session, make, need, buyer, university, scientist):
        answer = make.answer(need, university)
        talk.ask_answering_side(
            session, actor=buyer, answer_id=answer.id, text="能耗多少？", now=NOON
        )
        assert answer.status is AnswerStatus.ASKED
        talk.reply_to_owner(session, actor=scientist, answer_id=answer.id, text="2 kWh/t", now=NOON)
        assert answer.status is AnswerStatus.REPLIED
        messages = find.messages_of(session, answer.id)
        assert {(row.from_owner, row.body) for row in messages} == {
            (True, "能耗多少？"),
            (False, "2 kWh/t"),
        }
        assert {"answer.asked", "answer.replied"} <= topics(session)
        kinds = {event.kind.value for event in find.events_of(session, answer.id)}
        assert kinds == {"answer_asked", "answer_replied"}

    def test_replies_only_to_a_question(self, session, make, need, university, scientist):
        answer = make.answer(need, university)
        with pytest.raises(StepNotAllowed):
            talk.reply_to_owner(session, actor=scientist, answer_id=answer.id, text="x", now=NOON)

    @pytest.mark.parametrize("text", ["", "  ", "x" * 2001])
    def test_refuses_nothing_and_too_much(self, session, make, need, buyer, text):
        with pytest.raises(RuleBroken) as caught:
            talk.ask_answering_side(
                session, actor=buyer, answer_id=make.answer(need).id, text=text, now=NOON
            )
        assert caught.value.field == "text"

    def test_the_owner_does_not_reply_for_the_other_side(self, session, make, need, buyer):
        answer = make.answer(need, status=AnswerStatus.ASKED)
        with pytest.raises(Denied):
            talk.reply_to_owner(session, actor=buyer, answer_id=answer.id, text="x", now=NOON)


class TestPublicQuestions:
    def ask(self, session, actor, need, organization, text="产量？"):
        return talk.ask_publicly(
            session,
            actor=actor,
            need_id=need.id,
            organization_id=organization.id,
            text=text,
            now=NOON,
        )

    def test_are_asked_and_answered(self, session, need, university, scientist, buyer):
        question = self.ask(session, scientist, need, university)
        talk.reply_publicly(
            session,
            actor=buyer,
            need_id=need.id,
            question_id=question.id,
            text="18 t/d",
            now=NOON,
        )
        assert (question.reply, question.replied_at) == ("18 t/d", NOON)
        assert list(find_needs.list_questions(session, need.id)) == [question]
        assert {"need.question_asked", "need.question_answered"} <= topics(session)

    def test_are_refused(self, session, make, need, owner, university, scientist, buyer):
        with pytest.raises(Denied):
            self.ask(session, buyer, need, owner)
        with pytest.raises(StepNotAllowed):
            self.ask(session, scientist, make.need(status=NeedStatus.MET), university)
        with pytest.raises(RuleBroken):
            self.ask(session, scientist, need, university, " ")

    def test_belong_to_their_need(self, session, make, need, buyer):
        foreign = make.need_question(make.need())
        for identity in (foreign.id, uuid4()):
            with pytest.raises(NotFound):
                talk.reply_publicly(
                    session,
                    actor=buyer,
                    need_id=need.id,
                    question_id=identity,
                    text="x",
                    now=NOON,
                )


class TestConsent:
    def test_names_the_company_to_one_organization(
        self, session, make, owner, buyer, university, scientist, audited
    ):
        need = make.need(owner, confidentiality=Confidentiality.ON_CONSENT)
        answer = make.answer(need, university)
        stranger = make.member_of(make.organization())

        def seen(actor):
            return may_see_name(actor, need, find_needs.consents_of(session, need.id))

        assert not seen(scientist)
        for _ in range(2):
            talk.consent_to_name(session, actor=buyer, answer_id=answer.id, now=NOON)
        assert (seen(scientist), seen(stranger)) == (True, False)
        assert audited(need) == ["need.named_to"]

    def test_a_withdrawn_answer_gets_none(self, session, make, need, buyer):
        answer = make.answer(need, status=AnswerStatus.WITHDRAWN)
        with pytest.raises(StepNotAllowed):
            talk.consent_to_name(session, actor=buyer, answer_id=answer.id, now=NOON)


class TestScores:
    def score(self, session, actor, answer, **points):
        scores.score_answer(
            session,
            actor=actor,
            answer_id=answer.id,
            points={name: (given, "weil") for name, given in points.items()},
            now=NOON,
        )

    def test_are_kept_by_person_and_replaced(self, session, make, owner, need, buyer):
        answer, colleague = make.answer(need), make.member_of(owner)
        self.score(session, buyer, answer, gain=2)
        self.score(session, buyer, answer, gain=5)
        self.score(session, colleague, answer, gain=3)
        found = find.scores_of(session, [answer.id])[answer.id]
        assert {person: rows["gain"].points for person, rows in found.items()} == {
            buyer.user_id: 5,
            colleague.user_id: 3,
        }
        assert found[buyer.user_id]["gain"].note == "weil"
        names = find.names_of(session, list(found))
        assert names[buyer.user_id] == buyer.name

    def test_do_not_stop_the_clock(self, session, make, need, buyer):
        answer = make.answer(need)
        self.score(session, buyer, answer, gain=2)
        assert answer.reacted_at is None

    def test_are_refused(self, session, make, need, buyer):
        answer = make.answer(need)
        for points in ({"beauty": 1}, {"gain": 6}, {"gain": -1}):
            with pytest.raises(RuleBroken):
                self.score(session, buyer, answer, **points)
        gone = make.answer(need, status=AnswerStatus.WITHDRAWN)
        with pytest.raises(StepNotAllowed):
            self.score(session, buyer, gone, gain=1)

    def test_nothing_given_writes_nothing(self, session, make, need, buyer):
        self.score(session, buyer, make.answer(need))
        assert session.scalar(select(func.count()).select_from(AnswerScore)) == 0


class TestReplyRecord:
    def record(self, session, owner, target_days=2):
        return find.reply_record(session, owner.id, now=NOON, target_days=target_days, table={})

    def test_is_empty_at_first(self, session, owner):
        found = self.record(session, owner)
        assert (found.reacted, found.median_days, found.open, found.late) == (0, None, 0, 0)

    def test_gives_the_median_and_what_waits(self, session, make, owner, need):
        for days in (0, 1, 4, 9):
            make.answer(need, reacted_at=NOON, reaction_days=days)
        make.answer(need)
        make.answer(make.need(owner), sent_at=NOON)
        make.answer(need, status=AnswerStatus.WITHDRAWN)
        make.answer(reacted_at=NOON, reaction_days=90)
        found = self.record(session, owner)
        assert (found.reacted, found.median_days, found.open, found.late) == (4, 2.5, 2, 1)
        assert self.record(session, owner, target_days=9).late == 0


class TestFinding:
    def test_an_answer_is_found_by_its_two_sides_alone(
        self, session, make, need, buyer, university, scientist
    ):
        answer = make.answer(need, university)
        for who in (buyer, scientist):
            assert find.get_answer(session, answer.id, actor=who).organization.name
        for who in (make.reviewer(), make.member_of(make.organization()), VISITOR):
            with pytest.raises(NotFound):
                find.get_answer(session, answer.id, actor=who)

    def test_lists_what_an_organization_sent(self, session, make, need, university, scientist):
        mine = make.answer(need, university)
        make.answer(need)
        page = find.list_sent(session, university.id, actor=scientist)
        assert (list(page.items), page.items[0].need.title) == ([mine], need.title)
        with pytest.raises(NotFound):
            find.list_sent(session, university.id, actor=make.reviewer())

    def test_lists_what_waits_on_desks(self, session, make, need, owner, university):
        silent = make.answer(need)
        make.answer(need, reacted_at=NOON, reaction_days=1)
        make.answer(need, status=AnswerStatus.WITHDRAWN)
        asked = make.answer(
            need, university, status=AnswerStatus.ASKED, reacted_at=NOON, reaction_days=0
        )
        assert list(find.list_unreacted(session, [owner.id])) == [silent]
        assert list(find.list_asked(session, [university.id])) == [asked]

    def test_counts_offers_by_kind(self, session, make, need):
        for kind in ("university", "university", "enterprise"):
            make.answer(need, make.organization(kind=kind))
        make.answer(need, make.organization(kind="investor"), status=AnswerStatus.WITHDRAWN)
        counts = find_needs.offers_by_kind(session, need.id)
        assert list(counts.items()) == [("university", 2), ("enterprise", 1)]

    def test_lists_all_answers_in_the_order_they_came(self, session, make, need):
        late = make.answer(need, sent_at=NOON)
        early = make.answer(need, status=AnswerStatus.DECLINED)
        assert list(find.list_answers(session, need.id)) == [early, late]
        counts = find_needs.count_answers(session, [need.id])
        assert counts == {need.id: {AnswerStatus.SENT: 1, AnswerStatus.DECLINED: 1}}
        assert session.scalar(select(func.count()).select_from(Answer)) == 2
