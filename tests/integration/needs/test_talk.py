"""Talk, consent, scores, the reply record, and finding answers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from marketplace import relay
from marketplace.codes.models import Holiday, HolidayKind
from marketplace.core.actor import VISITOR
from marketplace.core.errors import Denied, NotFound, RuleBroken, StepNotAllowed
from marketplace.needs.models import (
    Answer,
    AnswerScore,
    AnswerStatus,
    Confidentiality,
    NeedStatus,
)
from marketplace.needs.permissions import may_see_name
from marketplace.needs.queries import answers as find
from marketplace.needs.queries import needs as find_needs
from marketplace.needs.services import answers, scores, talk
from tests.jobs import topics, waiting

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


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
    def _ask(self, session, actor, need, organization, text="产量？"):
        return talk.ask_publicly(
            session,
            actor=actor,
            need_id=need.id,
            organization_id=organization.id,
            text=text,
            now=NOON,
        )

    def test_are_asked_and_answered(self, session, need, university, scientist, buyer):
        question = self._ask(session, scientist, need, university)
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
            self._ask(session, buyer, need, owner)
        with pytest.raises(StepNotAllowed):
            self._ask(session, scientist, make.need(status=NeedStatus.MET), university)
        with pytest.raises(RuleBroken):
            self._ask(session, scientist, need, university, " ")

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
    def _score(self, session, actor, answer, **points):
        scores.score_answer(
            session,
            actor=actor,
            answer_id=answer.id,
            points={name: (given, "weil") for name, given in points.items()},
            now=NOON,
        )

    def test_are_kept_by_person_and_replaced(self, session, make, owner, need, buyer):
        answer, colleague = make.answer(need), make.member_of(owner)
        self._score(session, buyer, answer, gain=2)
        self._score(session, buyer, answer, gain=5)
        self._score(session, colleague, answer, gain=3)
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
        self._score(session, buyer, answer, gain=2)
        assert answer.reacted_at is None

    def test_are_refused(self, session, make, need, buyer):
        answer = make.answer(need)
        for points in ({"beauty": 1}, {"gain": 6}, {"gain": -1}):
            with pytest.raises(RuleBroken):
                self._score(session, buyer, answer, **points)
        gone = make.answer(need, status=AnswerStatus.WITHDRAWN)
        with pytest.raises(StepNotAllowed):
            self._score(session, buyer, gone, gain=1)

    def test_nothing_given_writes_nothing(self, session, make, need, buyer):
        self._score(session, buyer, make.answer(need))
        assert session.scalar(select(func.count()).select_from(AnswerScore)) == 0


class TestReplyRecord:
    def _record(self, session, owner, target_days=2):
        return find.reply_record(session, owner.id, now=NOON, target_days=target_days, table={})

    def test_is_empty_at_first(self, session, owner):
        found = self._record(session, owner)
        assert (found.reacted, found.median_days, found.open, found.late) == (0, None, 0, 0)

    def test_gives_the_median_and_what_waits(self, session, make, owner, need):
        for days in (0, 1, 4, 9):
            make.answer(need, reacted_at=NOON, reaction_days=days)
        make.answer(need)
        make.answer(make.need(owner), sent_at=NOON)
        make.answer(need, status=AnswerStatus.WITHDRAWN)
        make.answer(reacted_at=NOON, reaction_days=90)
        found = self._record(session, owner)
        assert (found.reacted, found.median_days, found.open, found.late) == (4, 2.5, 2, 1)
        assert self._record(session, owner, target_days=9).late == 0


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

    def test_counts_offers_of_enterprises_by_size(self, session, make, need):
        for size in ("small", "small", None, "large"):
            make.answer(need, make.organization(kind="enterprise", size=size))
        counts = find_needs.offers_by_kind(session, need.id)
        assert list(counts.items()) == [("enterprise", 1), ("small", 2), ("large", 1)]

    def test_lists_all_answers_in_the_order_they_came(self, session, make, need):
        late = make.answer(need, sent_at=NOON)
        early = make.answer(need, status=AnswerStatus.DECLINED)
        assert list(find.list_answers(session, need.id)) == [early, late]
        counts = find_needs.count_answers(session, [need.id])
        assert counts == {need.id: {AnswerStatus.SENT: 1, AnswerStatus.DECLINED: 1}}
        assert session.scalar(select(func.count()).select_from(Answer)) == 2


class TestRemindLate:
    def _remind(self, session, **values):
        return answers.remind_late(session, **({"now": NOON, "target_days": 2} | values))

    def test_reminds_once_when_the_target_is_over(self, session, make, need):
        late = make.answer(need)
        assert self._remind(session) == 1
        assert late.reminded_at == NOON
        told = dict(waiting(session))
        assert told["answer.overdue"] == {"id": str(late.id), "need_id": str(need.id)}
        assert self._remind(session) == 0

    def test_leaves_the_others_alone(self, session, make, need):
        make.answer(need, reacted_at=NOON, reaction_days=4)
        make.answer(need, status=AnswerStatus.WITHDRAWN)
        make.answer(need, sent_at=NOON)
        assert self._remind(session) == 0
        make.answer(need)
        assert self._remind(session, target_days=4) == 0

    def test_holidays_do_not_count(self, session, make, need):
        make.answer(need)
        for day in (17, 18):
            session.add(Holiday(on=date(2026, 11, day), kind=HolidayKind.HOLIDAY, name="x"))
        session.flush()
        assert self._remind(session) == 0
        assert self._remind(session, now=NOON.replace(day=23)) == 1

    def test_runs_every_morning(self, session, make, need):
        late = make.answer(need)
        parts = SimpleNamespace(settings=SimpleNamespace(reply_target_days=2))
        relay.HEARERS["needs.remind"](SimpleNamespace(session=session, now=NOON, parts=parts))
        assert late.reminded_at == NOON
        assert relay.PERIODIC["needs.remind"] == "0 9 * * *"
