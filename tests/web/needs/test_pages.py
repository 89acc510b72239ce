"""Reading needs: by everybody, by the owner, by reviewers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from marketplace.core.actor import MemberRole, PlatformRole
from marketplace.drafting import publishing
from marketplace.needs.models import AnswerStatus, Confidentiality, NeedStatus
from marketplace.needs.permissions import may_see_name
from marketplace.needs.queries import needs as find
from marketplace.organizations.models import OrganizationStatus
from marketplace.web.clock import now
from tests.clients import parsed, words
from tests.jobs import run_jobs
from tests.web.needs.conftest import HOSTILE


class TestShow:
    def test_a_visitor_reads_an_open_need(self, client, make, need, answer):
        page = client.get(f"/en/needs/{need.id}")
        told = words(page)
        assert page.status_code == 200
        for text in (need.title, "铜回收率", "95", "CN¥300K – CN¥800K", need.acceptance, "幅度"):
            assert text in told
        assert "University 1" in told
        assert "Answer this need" in told
        assert "median" not in told
        assert "public" in page.headers["Cache-Control"]

    @pytest.mark.parametrize("level", Confidentiality)
    @pytest.mark.parametrize(
        "who", ["visitor", "unverified", "verified", "agreed", "owner", "reviewer"]
    )
    def test_names_the_company_to_whom_it_agreed(self, client, make, owner, level, who):
        need = make.need(owner, confidentiality=level)
        agreed = make.organization(status=OrganizationStatus.APPLIED)
        make.consent(need, agreed)
        users = {
            "unverified": lambda: make.member(make.organization(status=OrganizationStatus.APPLIED)),
            "verified": lambda: make.member(make.organization()),
            "agreed": lambda: make.member(agreed),
            "owner": lambda: make.member(owner),
            "reviewer": lambda: make.platform_user(PlatformRole.REVIEWER),
        }
        expected = level is Confidentiality.NAMED
        if who in users:
            user = users[who]()
            client.sign_in(user)
            expected = may_see_name(make.actor(user), need, {agreed.id})
        page = client.get(f"/needs/{need.id}").get_data(as_text=True)
        main = page.split("<main", 1)[1]
        assert (owner.name in main) is expected
        assert (str(owner.id) in main) is expected

    def test_shows_english_text_to_readers_of_english(self, client, make):
        need = make.need(title_en="Copper recovery", problem_en="Waste with copper")
        told = words(client.get(f"/en/needs/{need.id}"))
        assert "Copper recovery" in told
        assert "Waste with copper" in told
        assert need.title in words(client.get(f"/needs/{need.id}"))

    @pytest.mark.parametrize(
        ("status", "code"),
        [("draft", 404), ("withdrawn", 404), ("under_review", 404), ("met", 200), ("expired", 200)],
    )
    def test_by_state(self, client, make, status, code):
        need = make.need(status=NeedStatus(status))
        page = client.get(f"/needs/{need.id}")
        assert page.status_code == code
        if code == 200:
            assert "/answers/new" not in page.get_data(as_text=True)

    def test_tells_the_outcome(self, client, make):
        need = make.need(status=NeedStatus.CLOSED_UNMET, close_reason="预算取消")
        assert "预算取消" in words(client.get(f"/needs/{need.id}"))

    def test_escapes_what_people_type(self, client, make, owner, buyer):
        need = make.need(
            owner,
            title=HOSTILE,
            problem=HOSTILE,
            situation=HOSTILE,
            constraints=HOSTILE,
            acceptance=HOSTILE,
            ip_wishes=HOSTILE,
            keywords=[HOSTILE],
            parameters=[{"name": HOSTILE, "unit": HOSTILE, "now": HOSTILE, "wanted": HOSTILE}],
            criteria=[{"name": HOSTILE, "weight": 5}],
        )
        answer = make.answer(
            need,
            offer=HOSTILE,
            statement=HOSTILE,
            next_step=HOSTILE,
            price_idea=HOSTILE,
            gains=[{"name": HOSTILE, "unit": HOSTILE, "wanted": HOSTILE, "ours": HOSTILE}],
        )
        make.need_question(need, body=HOSTILE)
        client.sign_in(buyer)
        for path in (
            f"/needs/{need.id}",
            f"/needs/{need.id}/edit",
            f"/needs/{need.id}/check",
            f"/needs/{need.id}/answers",
            f"/answers/{answer.id}",
            f"/answers/{answer.id}/score",
            f"/organizations/{owner.id}/needs",
        ):
            page = client.get(path)
            assert page.status_code == 200, path
            assert "<script>alert" not in page.get_data(as_text=True), path
            assert HOSTILE in words(page), path
            parsed(page)

    def test_shows_ones_own_answers(self, client, need, answer, scientist):
        told = words(client.sign_in(scientist).get(f"/en/needs/{need.id}"))
        assert "Your answers" in told

    def test_shows_the_median_of_reactions(self, client, make, need):
        for days in (1, 4):
            make.answer(need, reacted_at=now(), reaction_days=days)
        told = words(client.get(f"/en/needs/{need.id}"))
        assert "First reaction, in working days: 2.5 (median; target 2; answers counted: 2)" in told

    def test_a_foreign_or_odd_id_is_not_found(self, client):
        for path in (f"/needs/{uuid4()}", "/needs/abc", "/needs/../etc"):
            assert client.get(path).status_code == 404

    def test_warns_of_a_deadline_that_is_over(self, client, make):
        need = make.need(deadline_on=date(2026, 1, 1))
        told = words(client.get(f"/en/needs/{need.id}"))
        assert "over" in told
        assert "takes no answers" in told


class TestWorkbench:
    def test_shows_tabs_counts_and_answers(self, client, make, owner, buyer, need, answer):
        make.need(owner, status=NeedStatus.RETURNED, return_reason="请补充单位")
        client.sign_in(buyer)
        told = words(client.get(f"/en/organizations/{owner.id}/needs"))
        assert "Open 1" in told
        assert "1 answer" in told
        told = words(client.get(f"/organizations/{owner.id}/needs?tab=working"))
        assert "请补充单位" in told

    def test_says_what_to_do_when_it_is_empty(self, client, make):
        fresh = make.organization()
        page = client.sign_in(make.member(fresh)).get(f"/en/organizations/{fresh.id}/needs?tab=x")
        assert "Post a need" in words(page)

    def test_does_not_exist_for_others(self, client, make, owner):
        path = f"/organizations/{owner.id}/needs"
        assert client.get(path).status_code == 302
        client.sign_in(make.platform_user(PlatformRole.ADMINISTRATOR))
        assert client.get(path).status_code == 404
        assert client.get(f"/organizations/{uuid4()}/answers").status_code == 404


class TestDesk:
    def test_shows_what_waits_for_the_owner(self, client, make, owner, buyer, need, answer):
        make.need(owner, status=NeedStatus.RETURNED, title="退回的需求")
        make.need(owner, title="快到期的需求", deadline_on=now().date() + timedelta(days=3))
        told = words(client.sign_in(buyer).get("/en/desk"))
        for text in ("Answers that wait for you", need.title, "退回的需求", "快到期的需求"):
            assert text in told

    def test_shows_questions_to_the_answering_side(self, client, make, need, university, scientist):
        make.answer(need, university, status=AnswerStatus.ASKED)
        told = words(client.sign_in(scientist).get("/en/desk"))
        assert "Questions about your answers" in told

    def test_shows_the_queue_to_reviewers(self, client, make):
        make.need(status=NeedStatus.UNDER_REVIEW)
        client.sign_in(make.platform_user(PlatformRole.REVIEWER))
        assert "1 need waits for review" in words(client.get("/en/desk"))

    def test_leads_to_needs_and_answers_when_nothing_waits(self, client, make, owner):
        page = client.sign_in(make.member(owner)).get("/en/desk")
        assert "Nothing about needs waits for you." in words(page)
        for path in ("/needs/new", f"{owner.id}/needs", f"{owner.id}/answers"):
            assert path in page.get_data(as_text=True)

    def test_is_silent_for_people_without_a_part_in_it(self, client, make, owner):
        for user in (make.user(), make.member(owner, MemberRole.OPERATOR_STAFF)):
            told = words(client.sign_in(user).get("/en/desk"))
            assert "Needs and answers" not in told


class TestOrganizationPanel:
    def test_names_only_needs_that_may_be_named(self, client, make, owner):
        named = make.need(owner, title="公开需求", confidentiality=Confidentiality.NAMED)
        hidden = make.need(owner, title="保密需求", confidentiality=Confidentiality.ON_CONSENT)
        make.answer(named, reacted_at=now(), reaction_days=3)
        told = words(client.get(f"/en/organizations/{owner.id}"))
        assert "公开需求" in told
        assert "保密需求" not in told
        assert "First reaction, in working days: 3" in told
        client.sign_in(make.member(owner))
        told = words(client.get(f"/en/organizations/{owner.id}"))
        assert hidden.title in told
        assert "Workbench of needs" in told

    def test_is_left_out_where_there_is_nothing_to_say(self, client, make, owner):
        told = words(client.get(f"/en/organizations/{owner.id}"))
        assert "reply clock" not in told.lower()


class TestReview:
    @pytest.fixture
    def reviewer(self, client, make):
        user = make.platform_user(PlatformRole.REVIEWER)
        client.sign_in(user)
        return user

    def test_the_queue_exists_for_reviewers_alone(self, client, make, buyer):
        need = make.need(status=NeedStatus.UNDER_REVIEW)
        for user in (buyer, make.platform_user(PlatformRole.ADMINISTRATOR)):
            client.sign_in(user)
            assert client.get("/platform/needs").status_code == 404
            assert client.post(f"/platform/needs/{need.id}").status_code == 404

    def test_publishes(self, client, make, reviewer):
        need = make.need(status=NeedStatus.UNDER_REVIEW)
        assert need.title in words(client.get("/platform/needs"))
        page = client.get(f"/platform/needs/{need.id}")
        assert need.problem in words(page)
        answer = client.post(
            f"/platform/needs/{need.id}", data={"version": "1", "decision": "publish"}
        )
        assert answer.status_code == 303
        assert need.status is NeedStatus.OPEN
        assert client.get(f"/platform/needs/{need.id}").status_code == 303

    def test_returns_with_reasons(self, client, make, reviewer):
        need = make.need(status=NeedStatus.UNDER_REVIEW)
        path = f"/platform/needs/{need.id}"
        refused = client.post(path, data={"version": "1", "decision": "return"})
        assert refused.status_code == 422
        client.post(path, data={"version": "1", "decision": "return", "reason": "缺少指标"})
        assert (need.status, need.return_reason) == (NeedStatus.RETURNED, "缺少指标")

    def test_shows_what_changed(self, client, make, reviewer):
        need = make.need(title="旧的标题")
        need.pending = {"title": "新的标题", "problem": need.problem}
        need.pending_submitted_at = now()
        page = client.get(f"/platform/needs/{need.id}")
        tree = parsed(page)
        assert next(node.text for node in tree.iter("del")) == "旧"
        assert next(node.text for node in tree.iter("ins")) == "新"

    def test_notices_a_text_that_changed_meanwhile(self, client, make, reviewer):
        need = make.need(status=NeedStatus.UNDER_REVIEW)
        page = client.post(
            f"/platform/needs/{need.id}", data={"version": "x", "decision": "publish"}
        )
        assert page.status_code == 422
        assert need.status is NeedStatus.UNDER_REVIEW

    def test_is_refused_to_the_owners_reviewer(self, client, make, owner):
        need = make.need(owner, status=NeedStatus.UNDER_REVIEW)
        user = make.platform_user(PlatformRole.REVIEWER)
        make.membership(user, owner)
        client.sign_in(user)
        assert "Nobody reviews for their own" in words(client.get(f"/en/platform/needs/{need.id}"))
        answer = client.post(
            f"/platform/needs/{need.id}", data={"version": "1", "decision": "publish"}
        )
        assert answer.status_code == 403

    def test_publishes_the_ticked_ones(self, client, make, reviewer):
        needs = [make.need(status=NeedStatus.UNDER_REVIEW) for _ in range(2)]
        ticked = [f"{need.id}:{need.version}" for need in needs]
        assert client.post("/platform/needs", data={"need": ticked}).status_code == 303
        assert {need.status for need in needs} == {NeedStatus.OPEN}

    def test_publishes_all_that_the_page_showed(self, client, make, reviewer):
        needs = [make.need(status=NeedStatus.UNDER_REVIEW) for _ in range(2)]
        page = client.get("/platform/needs").get_data(as_text=True)
        shown = [f"{need.id}:{need.version}" for need in needs]
        assert all(f'name="shown" value="{one}"' in page for one in shown)
        later = make.need(status=NeedStatus.UNDER_REVIEW)
        client.post("/platform/needs", data={"shown": shown, "which": "page"})
        assert {need.status for need in needs} == {NeedStatus.OPEN}
        assert later.status is NeedStatus.UNDER_REVIEW

    def test_a_stale_tick_is_left(self, client, make, reviewer):
        needs = [make.need(status=NeedStatus.UNDER_REVIEW) for _ in range(2)]
        ticked = [f"{needs[0].id}:1", f"{needs[1].id}:9"]
        assert client.post("/en/platform/needs", data={"need": ticked}).status_code == 303
        assert [need.status for need in needs] == [NeedStatus.OPEN, NeedStatus.UNDER_REVIEW]
        assert "1 were left" in words(client.get("/en/platform/needs"))
        assert client.post("/platform/needs", data={"need": ["x"]}).status_code == 404
        client.post("/en/platform/needs", data={})
        assert "Tick at least one need first." in words(client.get("/en/platform/needs"))

    def test_more_than_a_page_is_published_by_a_job(
        self, app, session, client, make, owner, reviewer, monkeypatch
    ):
        monkeypatch.setattr(find, "QUEUE", replace(find.QUEUE, size=2))
        monkeypatch.setattr(publishing, "BATCH", 2)
        mine = [make.need(owner, status=NeedStatus.UNDER_REVIEW) for _ in range(3)]
        other = make.need(status=NeedStatus.UNDER_REVIEW)
        assert "Publish all 4 that wait" in words(client.get("/en/platform/needs"))
        place = f"/en/platform/needs?organization={owner.id}"
        assert "Publish all 3 of this organization" in words(client.get(place))
        answer = client.post(place, data={"which": "every"})
        assert answer.location.startswith("/en/jobs/")
        run_jobs(app, session)
        session.expire_all()
        assert {need.status for need in mine} == {NeedStatus.OPEN}
        assert other.status is NeedStatus.UNDER_REVIEW
        assert "Publication of the needs that wait" in words(client.get(answer.location))
        assert client.get(f"/en/platform/needs?organization={mine[0].id}").status_code == 404

    def test_narrows_the_queue_to_one_organization(self, client, make, owner, reviewer):
        mine = make.need(owner, status=NeedStatus.UNDER_REVIEW, title="甲")
        make.need(status=NeedStatus.UNDER_REVIEW, title="乙的需求")
        told = words(client.get(f"/platform/needs?organization={owner.id}"))
        assert mine.title in told
        assert "乙的需求" not in told
