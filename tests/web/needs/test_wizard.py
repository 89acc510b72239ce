"""Writing a need through the pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.core.actor import MemberRole
from marketplace.needs.content import working_content
from marketplace.needs.models import Confidentiality, Need, NeedStatus
from marketplace.web.clock import now
from tests.clients import parsed, words


@pytest.fixture
def draft(make, owner):
    return make.need(owner, status=NeedStatus.DRAFT)


@pytest.fixture
def web(client, buyer):
    return client.sign_in(buyer)


def save(web, need, step, *, version=None, **data):
    data["version"] = str(need.version if version is None else version)
    return web.post(f"/en/needs/{need.id}/edit/{step}", data=data)


class TestCreate:
    def test_starts_a_draft(self, web, session, owner):
        page = web.get(f"/en/needs/new?organization={owner.id}&title=Copper")
        assert 'value="Copper"' in page.get_data(as_text=True)
        answer = web.post(
            "/needs/new",
            data={
                "organization_id": str(owner.id),
                "kind": "talent",
                "language": "zh",
                "title": "招人",
            },
        )
        need = session.scalars(select(Need)).one()
        assert answer.headers["Location"].endswith(f"/needs/{need.id}/edit/problem")
        assert (need.title, need.kind.value, need.status) == ("招人", "talent", NeedStatus.DRAFT)

    def test_keeps_what_was_typed(self, web, owner):
        page = web.post(
            "/en/needs/new",
            data={"organization_id": str(owner.id), "kind": "finance", "title": ""},
        )
        assert page.status_code == 422
        assert "Give the need a title." in words(page)

    def test_is_refused_for_a_foreign_organization(self, web, make, session):
        foreign = make.organization()
        page = web.post(
            "/needs/new",
            data={"organization_id": str(foreign.id), "kind": "talent", "title": "x"},
        )
        assert page.status_code == 422
        assert session.scalars(select(Need)).all() == []

    def test_sends_people_without_an_organization_to_register_one(self, client, make, owner):
        for user in (make.user(), make.member(owner, MemberRole.OPERATOR_STAFF)):
            page = client.sign_in(user).get("/en/needs/new")
            assert "Needs belong to organizations" in words(page)


class TestSteps:
    def test_saves_every_step(self, web, draft):
        assert (
            save(
                web,
                draft,
                "basics",
                kind="technology",
                language="en",
                title="Recover 95% of copper",
                **{"industry_codes-0": "C39", "industry_codes-1": "C39", "field_codes-0": "0830"},
                keywords="copper，etching; waste、copper",
            )
            .headers["Location"]
            .endswith("/edit/problem")
        )
        save(web, draft, "problem", problem="p", situation="s", constraints="c")
        save(
            web,
            draft,
            "figures",
            **{
                "parameters-0-name": " rate ",
                "parameters-0-unit": "%",
                "parameters-0-now": "60",
                "parameters-0-wanted": "95",
                "parameters-1-name": "",
                "parameters-7-wanted": "9",
            },
        )
        save(
            web,
            draft,
            "terms",
            budget_min="30",
            budget_max="1,200.5",
            deadline_on="2027-05-01",
            trl_min="6",
            cooperation=["transfer", "equity"],
            ip_wishes="ours",
            confidentiality="on_consent",
        )
        save(
            web,
            draft,
            "judging",
            acceptance="30 days",
            **{"criteria-0-name": "gain", "criteria-0-weight": "60", "criteria-1-name": ""},
        )
        done = save(
            web, draft, "english", title_en="T", problem_en="P", keywords_en="copper, waste"
        )
        assert done.headers["Location"].endswith("/check")
        content = working_content(draft)
        assert (content.language, content.title) == ("en", "Recover 95% of copper")
        assert (content.industry_codes, content.field_codes) == (("C39",), ("0830",))
        assert content.keywords == ("copper", "etching", "waste")
        assert [(row.name, row.unit, row.now, row.wanted) for row in content.parameters] == [
            ("rate", "%", "60", "95"),
            ("", "", "", "9"),
        ]
        assert (content.budget_min_minor, content.budget_max_minor) == (30_000_000, 1_200_500_000)
        assert (content.trl_min, content.cooperation) == (6, ("transfer", "equity"))
        assert content.confidentiality is Confidentiality.ON_CONSENT
        assert [(row.name, row.weight) for row in content.criteria] == [("gain", 60)]
        assert content.keywords_en == ("copper", "waste")

    def test_shows_what_was_saved(self, web, draft):
        save(web, draft, "terms", budget_max="80", confidentiality="named")
        page = web.get(f"/en/needs/{draft.id}/edit/terms").get_data(as_text=True)
        assert 'value="80"' in page
        for step in ("basics", "problem", "figures", "judging", "english"):
            assert web.get(f"/needs/{draft.id}/edit/{step}").status_code == 200

    @pytest.mark.parametrize("kind", ["talent", "finance"])
    def test_asks_people_and_money_for_no_readiness(self, web, make, owner, kind):
        need = make.need(owner, status=NeedStatus.DRAFT, kind=kind, cooperation=[], trl_min=None)
        told = words(web.get(f"/en/needs/{need.id}/edit/terms"))
        assert "Readiness level" not in told
        assert ("What you can pay" in told) is (kind == "talent")
        answer = save(web, need, "terms", budget_max="35", confidentiality="named")
        assert answer.status_code == 303
        assert (need.budget_max_minor, need.trl_min) == (35_000_000, None)

    def test_may_lead_back_to_the_tasks(self, web, draft):
        answer = save(web, draft, "problem", problem="p", then="list")
        assert answer.headers["Location"].endswith("/edit")

    @pytest.mark.parametrize(
        ("step", "data", "message"),
        [
            ("basics", {"kind": "technology", "language": "zh"}, "Give the need a title."),
            ("terms", {"budget_max": "viel", "confidentiality": "named"}, "Give a number"),
            ("terms", {"budget_max": "-1", "confidentiality": "named"}, "between 0 and"),
            ("terms", {"budget_max": "0.0000001", "confidentiality": "named"}, "six digits"),
            (
                "terms",
                {"budget_min": "9", "budget_max": "3", "confidentiality": "named"},
                "upper budget lies below",
            ),
            ("judging", {"criteria-0-name": "gain"}, "a name and a weight"),
            ("judging", {"criteria-0-name": "gain", "criteria-0-weight": "900"}, "1 and 100"),
            (
                "judging",
                {
                    "criteria-0-name": "a",
                    "criteria-0-weight": "1",
                    "criteria-1-name": "a",
                    "criteria-1-weight": "1",
                },
                "same name",
            ),
            (
                "basics",
                {"kind": "technology", "language": "zh", "title": "t", "industry_codes-0": "ZZ"},
                "Choose from the list.",
            ),
            ("problem", {"problem": "x" * 10_001}, "too long"),
        ],
    )
    def test_says_what_is_wrong_and_keeps_what_was_typed(self, web, draft, step, data, message):
        page = save(web, draft, step, **data)
        assert page.status_code == 422
        assert message in words(page)
        if "budget_max" in data:
            assert f'value="{data["budget_max"]}"' in page.get_data(as_text=True)
        assert draft.version == 1

    def test_shows_both_versions_when_two_people_edit(self, web, draft):
        save(web, draft, "problem", problem="theirs", situation="their situation")
        page = save(web, draft, "problem", version=1, problem="mine")
        told = words(page)
        assert page.status_code == 422
        assert "their situation" in told
        assert "mine" in page.get_data(as_text=True)
        assert draft.problem == "theirs"
        assert f'value="{draft.version}"' in page.get_data(as_text=True)
        save(web, draft, "problem", problem="mine")
        assert draft.problem == "mine"

    def test_lets_the_author_choose_a_version_for_each_part(self, web, draft):
        save(web, draft, "problem", problem="theirs", situation="theirs too", constraints="same")
        page = save(
            web, draft, "problem", version=1, problem="mine", situation="", constraints="same"
        )
        choices = {
            box.get("name"): box.get("value")
            for box in parsed(page).iter("input")
            if box.get("type") == "radio" and "checked" in box.attrib
        }
        # What one's own leaves empty is not lost unasked; what both wrote is no question.
        assert choices == {"keep-problem": "mine", "keep-situation": "theirs"}
        assert "data-autosave" not in page.get_data(as_text=True)

        chosen = {"keep-problem": "theirs", "keep-situation": "mine"}
        save(
            web, draft, "problem", problem="mine", situation="my own", constraints="same", **chosen
        )

        assert (draft.problem, draft.situation) == ("theirs", "my own")

    def test_a_choice_outlives_a_refusal(self, web, draft):
        page = save(web, draft, "problem", problem="x" * 20_000, **{"keep-situation": "theirs"})
        assert page.status_code == 422
        assert "saved this step meanwhile" in words(page)

    def test_an_invented_part_chooses_nothing(self, web, draft):
        save(web, draft, "problem", problem="mine", **{"keep-nonsense": "theirs"})
        assert draft.problem == "mine"

    def test_a_broken_version_is_an_old_one(self, web, draft):
        for version in ("", "abc", "9" * 40):
            assert save(web, draft, "problem", version=version, problem="x").status_code == 422

    def test_is_for_the_owners_writers(self, client, make, owner, draft):
        path = f"/needs/{draft.id}/edit/problem"
        client.sign_in(make.member(make.organization()))
        assert client.get(path).status_code == 404
        assert client.post(path).status_code == 404
        client.sign_in(make.member(owner, MemberRole.OPERATOR_STAFF))
        assert client.get(path).status_code == 403

    def test_an_unknown_step_is_not_found(self, web, draft):
        assert web.get(f"/needs/{draft.id}/edit/magic").status_code == 404
        assert web.post(f"/needs/{draft.id}/edit/magic/autosave").status_code == 404

    def test_shows_that_a_text_under_review_stands_still(self, web, make, owner):
        need = make.need(owner, status=NeedStatus.UNDER_REVIEW)
        assert "can't be changed" in words(web.get(f"/en/needs/{need.id}/edit/problem"))
        page = save(web, need, "problem", problem="x")
        assert "Take it back" in words(page)

    def test_the_coach_asks_beside_the_step(self, web, make, owner):
        need = make.need(owner, status=NeedStatus.DRAFT, situation="更好")
        told = words(web.get(f"/en/needs/{need.id}/edit/problem"))
        assert "“更好”: by how much, measured how?" in told


class TestAutosave:
    def _post(self, web, need, step, **data):
        data.setdefault("version", str(need.version))
        return web.post(f"/en/needs/{need.id}/edit/{step}/autosave", data=data)

    def test_keeps_sound_fields(self, web, draft):
        answer = self._post(
            web,
            draft,
            "terms",
            budget_min="12",
            budget_max="oops",
            confidentiality="named",
            ip_wishes="ours",
        )
        assert answer.status_code == 200
        assert answer.json["version"] == draft.version == 2
        assert "Draft saved at" in answer.json["message"]
        assert (draft.budget_min_minor, draft.budget_max_minor) == (12_000_000, 80_000_000)
        assert draft.ip_wishes == "ours"

    def test_says_when_somebody_else_saved(self, web, draft):
        answer = self._post(web, draft, "problem", version="9", problem="x")
        assert answer.json["stop"] is True
        assert draft.version == 1

    def test_says_what_stands_in_the_way(self, web, draft):
        answer = self._post(
            web, draft, "terms", budget_min="9", budget_max="3", confidentiality="named"
        )
        assert "upper budget" in answer.json["message"]
        assert draft.version == 1

    def test_an_empty_title_is_not_kept(self, web, draft):
        title = draft.title
        self._post(web, draft, "basics", title="", kind="technology", language="zh")
        assert draft.title == title


class TestCheck:
    def test_shows_answers_and_questions(self, web, draft):
        draft.deadline_on = None
        told = words(web.get(f"/en/needs/{draft.id}/check"))
        assert draft.problem in told
        assert "CN¥800K" in told
        assert "By when do you need answers?" in told

    def test_sends_for_review(self, web, draft):
        answer = web.post(f"/needs/{draft.id}/check", data={"version": str(draft.version)})
        assert answer.status_code == 303
        assert draft.status is NeedStatus.UNDER_REVIEW
        told = words(web.get(f"/en/needs/{draft.id}/edit"))
        assert "A reviewer is reading this text" in told

    def test_leads_to_the_field_at_fault(self, web, draft):
        draft.industry_codes = []
        page = web.post(f"/en/needs/{draft.id}/check", data={"version": "2"})
        assert page.status_code == 422
        assert "/edit/basics#industry_codes" in page.get_data(as_text=True)
        assert "Choose at least one industry or field." in words(page)

    def test_a_stale_page_sends_nothing(self, web, draft):
        page = web.post(f"/needs/{draft.id}/check", data={"version": "x"})
        assert page.status_code == 422
        assert draft.status is NeedStatus.DRAFT

    def test_shows_what_changes_for_readers(self, web, need):
        save(web, need, "problem", problem="全新的说明" * 6)
        told = words(web.get(f"/en/needs/{need.id}/check"))
        assert "What changes for readers" in told
        assert "全新的说明" not in words(web.get(f"/needs/{need.id}"))
        web.post(f"/needs/{need.id}/discard", data={"version": str(need.version)})
        assert need.pending is None
        told = words(web.get(f"/en/needs/{need.id}/check"))
        assert "Nothing differs" in told

    def test_takes_back(self, web, make, owner):
        need = make.need(owner, status=NeedStatus.UNDER_REVIEW)
        assert web.post(f"/needs/{need.id}/recall").status_code == 303
        assert need.status is NeedStatus.DRAFT

    def test_a_stale_discard_is_told(self, web, need):
        assert web.post(f"/needs/{need.id}/discard", data={"version": "no"}).status_code == 409


class TestTasks:
    def test_show_where_questions_wait(self, web, make, owner):
        need = make.need(
            owner,
            status=NeedStatus.RETURNED,
            return_reason="请补充",
            parameters=[],
            deadline_on=now().date() + timedelta(days=9),
        )
        told = words(web.get(f"/en/needs/{need.id}/edit"))
        assert "请补充" in told
        assert "nothing yet" in told
        assert "in order" in told
