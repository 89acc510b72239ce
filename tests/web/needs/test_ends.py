"""Our answers, the end of a need, and public questions, through the pages."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from marketplace.needs.models import (
    AnswerStatus,
    DeclineReason,
    NeedQuestion,
    NeedStatus,
)
from marketplace.web.clock import now
from tests.clients import words


class TestOurAnswers:
    def test_shows_how_each_stands(self, client, make, need, university, scientist):
        make.answer(need, university, reacted_at=now(), reaction_days=1)
        make.answer(
            need, university, status=AnswerStatus.DECLINED, decline_reason=DeclineReason.VAGUE
        )
        client.sign_in(scientist)
        told = words(client.get(f"/en/organizations/{university.id}/answers"))
        assert "first reaction after 1 working day" in told
        assert "The description is too vague" in told

    def test_says_what_to_do_when_empty(self, client, university, scientist):
        client.sign_in(scientist)
        told = words(client.get(f"/en/organizations/{university.id}/answers"))
        assert "No answer sent yet" in told

    def test_is_still_read_when_the_need_is_withdrawn(self, client, buyer, need, answer, scientist):
        client.sign_in(buyer).post(f"/needs/{need.id}/withdraw")
        client.sign_in(scientist)
        assert client.get(f"/needs/{need.id}").status_code == 404
        page = client.get(f"/en/answers/{answer.id}")
        assert "Need closed" in words(page)
        assert f'/needs/{need.id}"' not in page.get_data(as_text=True)

    def test_withdraws(self, client, scientist, answer):
        client.sign_in(scientist)
        assert "Withdraw our answer" in words(client.get(f"/en/answers/{answer.id}"))
        client.post(f"/answers/{answer.id}/withdraw")
        assert answer.status is AnswerStatus.WITHDRAWN


class TestEnds:
    @pytest.fixture
    def web(self, client, buyer):
        return client.sign_in(buyer)

    def test_closing_wants_an_outcome_for_each_answer(self, web, make, need, answer):
        other = make.answer(need)
        path = f"/en/needs/{need.id}/close"
        assert "Every answer gets an outcome" in words(web.get(path))
        data = {"met": "no", "reason": "项目停了", f"outcome-{answer.id}": "timing"}
        page = web.post(path, data=data)
        assert page.status_code == 422
        assert "1 answers have no outcome yet" in words(page)
        assert 'value="timing" selected' in page.get_data(as_text=True)
        data[f"outcome-{other.id}"] = "need_closed"
        assert web.post(path, data=data).status_code == 303
        assert (need.status, answer.status, other.status) == (
            NeedStatus.CLOSED_UNMET,
            AnswerStatus.DECLINED,
            AnswerStatus.NEED_CLOSED,
        )
        assert web.get(path).status_code == 404

    def test_closes_as_met(self, web, make, need):
        make.answer(need, status=AnswerStatus.CHOSEN)
        path = f"/needs/{need.id}/close"
        assert web.post(path, data={}).status_code == 422
        assert web.post(path, data={"met": "yes"}).status_code == 303
        assert need.status is NeedStatus.MET

    def test_talks_begin_and_end(self, web, need):
        web.post(f"/needs/{need.id}/talks/start")
        assert need.status is NeedStatus.IN_TALKS
        web.post(f"/needs/{need.id}/talks/end")
        assert need.status is NeedStatus.OPEN

    def test_reopens_with_a_new_day(self, web, make, owner):
        need = make.need(owner, status=NeedStatus.EXPIRED)
        path = f"/needs/{need.id}/reopen"
        assert web.get(path).status_code == 200
        assert web.post(path, data={"deadline_on": "2020-01-01"}).status_code == 422
        assert web.post(path, data={"deadline_on": "2099-01-01"}).status_code == 303
        assert need.status is NeedStatus.OPEN
        assert web.get(path).status_code == 404

    def test_a_withdrawn_need_becomes_a_draft(self, web, need):
        web.post(f"/needs/{need.id}/withdraw")
        assert need.status is NeedStatus.WITHDRAWN
        answer = web.post(f"/needs/{need.id}/reopen", data={})
        assert answer.headers["Location"].endswith("/edit")
        assert need.status is NeedStatus.DRAFT

    def test_stays_open(self, web, make, owner):
        need = make.need(owner, expiry_asked_at=now())
        assert "It still stands" in words(web.get(f"/en/needs/{need.id}"))
        web.post(f"/needs/{need.id}/keep-open")
        assert need.expiry_asked_at is None


class TestPublicQuestions:
    def test_are_asked_and_answered_in_public(
        self, client, session, need, university, scientist, buyer
    ):
        client.sign_in(scientist)
        path = f"/en/needs/{need.id}/questions"
        data = {"organization_id": str(university.id), "text": "每天产生多少？"}
        assert client.post(path, data=data | {"text": " "}).status_code == 422
        assert client.post(path, data=data | {"organization_id": "x"}).status_code == 422
        assert client.post(path, data=data).status_code == 303
        question = session.scalars(select(NeedQuestion)).one()
        client.sign_in(buyer)
        assert "Reply in public" in words(client.get(f"/en/needs/{need.id}"))
        reply = f"{path}/{question.id}/reply"
        assert client.post(reply, data={"text": ""}).status_code == 422
        assert client.post(reply, data={"text": "x" * 2001}).status_code == 422
        assert client.post(reply, data={"text": "18 t"}).status_code == 303
        with client.session_transaction() as cookie:
            cookie.clear()
        told = words(client.get(f"/needs/{need.id}"))
        assert "每天产生多少？" in told
        assert "18 t" in told
        assert university.name not in told

    def test_foreign_questions_are_not_found(self, client, make, need, buyer):
        foreign = make.need_question(make.need())
        client.sign_in(buyer)
        path = f"/needs/{need.id}/questions/{foreign.id}/reply"
        assert client.post(path, data={"text": "x"}).status_code == 404

    def test_the_owner_does_not_ask(self, client, need, owner, buyer):
        client.sign_in(buyer)
        data = {"organization_id": str(owner.id), "text": "x"}
        assert client.post(f"/needs/{need.id}/questions", data=data).status_code == 422

    def test_a_closed_need_takes_no_questions(self, client, make, university, scientist):
        need = make.need(status=NeedStatus.MET)
        client.sign_in(scientist)
        data = {"organization_id": str(university.id), "text": "x"}
        page = client.post(f"/en/needs/{need.id}/questions", data=data)
        assert page.status_code == 422
