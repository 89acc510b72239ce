"""Answers through the pages: sent, judged, ended."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import select

from marketplace.core.actor import MemberRole
from marketplace.needs import offers
from marketplace.needs.models import (
    Answer,
    AnswerStatus,
    Confidentiality,
    DeclineReason,
    NeedConsent,
    NeedStatus,
)
from marketplace.needs.offers import Offered
from marketplace.organizations.models import OrganizationStatus
from marketplace.web.clock import now
from tests.clients import words


class Listings:
    def __init__(self, organization_id, one):
        self.organization_id, self.one = organization_id, one

    def of_organization(self, session, organization_id):
        return [self.one] if organization_id == self.organization_id else []

    def by_id(self, session, ids):
        return {self.one.id: self.one} if self.one.id in ids else {}


@pytest.fixture
def listing(university):
    kept = list(offers._resolvers)
    one = Offered(id=uuid4(), title="铜电沉积装置", title_en="Copper cell", trl=6)
    offers.register(Listings(university.id, one))
    yield one
    offers._resolvers[:] = kept


def form(university, **values):
    kept = {
        "organization_id": str(university.id),
        "listing_id": "",
        "offer": "装置",
        "trl": "6",
        "statement": "已运行60天。",
        "next_step": "取样",
        "price_idea": "50万至80万元",
        "gains-0-name": "铜回收率",
        "gains-0-ours": "97",
    }
    return kept | values


class TestSendAnswer:
    def test_sends_the_short_form(self, client, session, need, university, scientist):
        client.sign_in(scientist)
        path = f"/en/needs/{need.id}/answers/new"
        assert "铜回收率" in words(client.get(path))
        answer = client.post(path, data=form(university))
        sent = session.scalars(select(Answer)).one()
        assert answer.headers["Location"].endswith(f"/answers/{sent.id}")
        assert (sent.trl, sent.organization_id) == (6, university.id)
        assert sent.gains == [{"name": "铜回收率", "unit": "%", "wanted": "95", "ours": "97"}]

    def test_figures_come_from_the_need_not_from_the_form(
        self, client, session, need, university, scientist
    ):
        client.sign_in(scientist)
        data = form(university, **{"gains-0-name": "faked", "gains-0-wanted": "1"})
        client.post(f"/needs/{need.id}/answers/new", data=data)
        assert session.scalars(select(Answer)).one().gains[0]["name"] == "铜回收率"

    def test_offers_own_listings(self, client, session, need, university, scientist, listing):
        client.sign_in(scientist)
        page = client.get(f"/en/needs/{need.id}/answers/new?listing={listing.id}")
        assert f'selected value="{listing.id}"' in page.get_data(as_text=True)
        client.post(
            f"/needs/{need.id}/answers/new",
            data=form(university, offer="", listing_id=str(listing.id)),
        )
        sent = session.scalars(select(Answer)).one()
        assert sent.listing_id == listing.id
        assert "Copper cell" in words(client.get(f"/en/answers/{sent.id}"))
        page = client.post(
            f"/en/needs/{need.id}/answers/new",
            data=form(university, listing_id=str(listing.id)),
        )
        assert "already answered this need" in words(page)

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ({"offer": ""}, "choose a listing of yours or describe it"),
            ({"statement": ""}, "Say why it fits."),
            ({"statement": "x" * 2001}, "too long"),
            ({"next_step": ""}, "Say what the next step is."),
            ({"trl": "12"}, "Not a valid choice"),
            ({"organization_id": str(uuid4())}, "Not a valid choice"),
        ],
    )
    def test_says_what_is_wrong_and_keeps_the_rest(
        self, client, need, university, scientist, values, message
    ):
        client.sign_in(scientist)
        page = client.post(f"/en/needs/{need.id}/answers/new", data=form(university, **values))
        assert page.status_code == 422
        assert message in words(page)
        assert "50万至80万元" in page.get_data(as_text=True)

    def test_is_not_for_the_owner(self, client, need, buyer):
        client.sign_in(buyer)
        assert client.get(f"/needs/{need.id}/answers/new").status_code == 403

    def test_tells_people_without_an_organization_what_to_do(self, client, make, need):
        client.sign_in(make.user())
        page = client.get(f"/en/needs/{need.id}/answers/new")
        assert "Answers are given by organizations" in words(page)

    def test_tells_unverified_organizations(self, client, make, need):
        applied = make.organization(status=OrganizationStatus.APPLIED)
        client.sign_in(make.member(applied))
        path = f"/en/needs/{need.id}/answers/new"
        assert "is not verified yet" in words(client.get(path))
        assert client.post(path, data=form(applied)).status_code == 422

    def test_is_refused_after_the_last_day(self, client, make, scientist):
        late = make.need(deadline_on=date(2026, 1, 1))
        client.sign_in(scientist)
        page = client.get(f"/en/needs/{late.id}/answers/new")
        assert page.status_code == 409
        assert "The last day for answers was 2026-01-01." in words(page)

    def test_visitors_sign_in_first(self, client, need):
        answer = client.get(f"/needs/{need.id}/answers/new")
        assert answer.status_code == 302
        assert "next=" in answer.headers["Location"]


class TestJudging:
    @pytest.fixture
    def web(self, client, buyer):
        return client.sign_in(buyer)

    def test_lists_answers_with_clocks_and_scores(self, web, make, need, answer):
        make.answer(need, status=AnswerStatus.DECLINED, decline_reason=DeclineReason.COST)
        told = words(web.get(f"/en/needs/{need.id}/answers"))
        assert "reaction due by" in told
        assert "It costs too much" in told
        web.post(f"/answers/{answer.id}/score", data={"points-0": "5", "points-1": "0"})
        told = words(web.get(f"/en/needs/{need.id}/answers?sort=score"))
        assert "score 60 of 100" in told

    def test_shows_late_clocks(self, web, make, need):
        make.answer(need, sent_at=now().replace(year=now().year - 1))
        told = words(web.get(f"/en/needs/{need.id}/answers"))
        assert "working days without a reaction" in told

    def test_says_what_to_do_without_answers(self, web, need):
        assert "No answer yet" in words(web.get(f"/en/needs/{need.id}/answers"))

    def test_members_read_and_writers_judge(self, client, make, owner, need, answer):
        client.sign_in(make.member(owner, MemberRole.TECHNOLOGY_MANAGER))
        page = client.get(f"/en/needs/{need.id}/answers")
        assert "Shortlist" not in words(page)
        assert client.post(f"/answers/{answer.id}/shortlist").status_code == 403

    def test_shortlists_and_takes_off(self, web, need, answer):
        answer_id = answer.id
        done = web.post(f"/answers/{answer_id}/shortlist", data={"back": "list"})
        assert done.headers["Location"].endswith(f"/needs/{need.id}/answers")
        assert answer.status is AnswerStatus.SHORTLISTED
        assert answer.reacted_at is not None
        web.post(f"/answers/{answer_id}/unlist")
        assert answer.status is AnswerStatus.SENT

    def test_compares_two_to_four(self, web, make, need, answer):
        other = make.answer(need, price_idea="面议", gains=[])
        web.post(f"/answers/{answer.id}/score", data={"points-0": "4", "note-0": "有数据支持"})
        told = words(web.get(f"/en/needs/{need.id}/compare?answer={answer.id}&answer={other.id}"))
        for text in ("面议", answer.statement, "4/5", "有数据支持", "80 (incomplete)"):
            assert text in told
        for query in (f"answer={answer.id}", "", f"answer={uuid4()}&answer=x"):
            answer_page = web.get(f"/needs/{need.id}/compare?{query}")
            assert answer_page.status_code == 303

    def test_scores_are_kept_for_the_next_visit(self, web, answer):
        path = f"/en/answers/{answer.id}/score"
        assert web.post(path, data={"points-0": "3", "note-0": "gut"}).status_code == 303
        page = web.get(path).get_data(as_text=True)
        assert 'value="3" checked' in page
        assert 'value="gut"' in page
        assert "60 (incomplete)" in words(web.get(f"/en/answers/{answer.id}"))

    @pytest.mark.parametrize("given", ["9", "-1", "x", "3.5"])
    def test_refuses_points_off_the_scale(self, web, answer, given):
        page = web.post(f"/en/answers/{answer.id}/score", data={"points-0": given})
        assert page.status_code == 422
        assert "Points run from 0 to 5." in words(page)

    def test_leads_to_criteria_where_there_are_none(self, web, make, owner):
        answer = make.answer(make.need(owner))
        page = web.get(f"/en/answers/{answer.id}/score")
        assert "has no scoring criteria" in words(page)

    def test_asks_and_gets_a_reply(self, client, web, buyer, scientist, answer):
        path = f"/en/answers/{answer.id}"
        refused = web.post(f"{path}/ask", data={"text": " "})
        assert refused.status_code == 422
        assert "Write something first." in words(refused)
        assert web.post(f"{path}/ask", data={"text": "x" * 2001}).status_code == 422
        assert web.post(f"{path}/ask", data={"text": "能耗多少？"}).status_code == 303
        client.sign_in(scientist)
        told = words(client.get(path))
        assert "能耗多少？" in told
        assert buyer.name not in told.split("Questions and replies")[1]
        assert client.post(f"{path}/reply", data={"text": "2 kWh"}).status_code == 303
        told = words(client.get(path))
        assert "2 kWh" in told
        assert client.post(f"{path}/ask", data={"text": "x"}).status_code == 403

    def test_a_reply_out_of_turn_is_told(self, client, scientist, answer):
        client.sign_in(scientist)
        page = client.post(f"/en/answers/{answer.id}/reply", data={"text": "x"})
        assert page.status_code == 422
        assert "can't be taken from the state “Waits for a reaction”" in words(page)

    def test_declines_with_a_reason(self, client, web, scientist, answer):
        path = f"/en/answers/{answer.id}/decline"
        assert "Choose a reason" in words(web.post(path, data={}))
        assert web.post(path, data={"reason": "other"}).status_code == 422
        assert web.post(path, data={"reason": "cost"}).status_code == 303
        assert answer.decline_reason is DeclineReason.COST
        assert web.get(path).status_code == 404
        client.sign_in(scientist)
        assert "It costs too much" in words(client.get(f"/en/answers/{answer.id}"))

    def test_chooses(self, web, need, answer):
        web.post(f"/answers/{answer.id}/shortlist")
        assert web.post(f"/answers/{answer.id}/choose").status_code == 303
        assert (need.status, answer.status) == (NeedStatus.IN_TALKS, AnswerStatus.CHOSEN)
        assert web.post(f"/answers/{answer.id}/choose").status_code == 409

    def test_shows_its_name_on_consent(self, client, session, make, owner, buyer):
        need = make.need(owner, confidentiality=Confidentiality.ON_CONSENT)
        university = make.organization()
        answer = make.answer(need, university)
        scientist = make.member(university)
        client.sign_in(scientist)
        assert owner.name not in words(client.get(f"/answers/{answer.id}"))
        client.sign_in(buyer)
        assert "Show them our name" in words(client.get(f"/en/answers/{answer.id}"))
        client.post(f"/answers/{answer.id}/consent")
        assert session.scalars(select(NeedConsent)).one().organization_id == university.id
        assert "sees your name" in words(client.get(f"/en/answers/{answer.id}"))
        client.sign_in(scientist)
        assert owner.name in words(client.get(f"/answers/{answer.id}"))

    def test_foreign_people_find_nothing(self, client, make, need, answer):
        client.sign_in(make.member(make.organization()))
        for method, path in (
            ("get", f"/needs/{need.id}/answers"),
            ("get", f"/needs/{need.id}/compare"),
            ("get", f"/needs/{need.id}/close"),
            ("get", f"/answers/{answer.id}"),
            ("get", f"/answers/{answer.id}/decline"),
            ("get", f"/answers/{answer.id}/score"),
            *(
                ("post", f"/answers/{answer.id}/{step}")
                for step in ("shortlist", "unlist", "choose", "consent", "withdraw", "ask", "reply")
            ),
            *(
                ("post", f"/needs/{need.id}/{step}")
                for step in (
                    "talks/start",
                    "talks/end",
                    "keep-open",
                    "withdraw",
                    "recall",
                    "discard",
                )
            ),
        ):
            data = {"text": "x"} if path.endswith(("ask", "reply")) else None
            found = getattr(client, method)(path, **({"data": data} if data else {}))
            assert found.status_code == 404, path
