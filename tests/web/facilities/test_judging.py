from __future__ import annotations

from datetime import date

import pytest

from marketplace.core.actor import MemberRole, PlatformRole
from marketplace.facilities.content import public_content
from marketplace.facilities.models import (
    Facility,
    FacilityQuestion,
    FacilityStatus,
    FilingLevel,
    Recommendation,
)
from marketplace.facilities.queries import load_facilities
from tests.clients import parsed, words
from tests.conftest import NOON
from tests.forms import typed

S = FacilityStatus


@pytest.fixture
def reviewer(client, make):
    return client.sign_in(make.platform_user(PlatformRole.REVIEWER))


def applied(make, **values):
    values.setdefault("status", S.PUBLISHED)
    return make.facility(filing_level=FilingLevel.CITY, submitted_at=NOON, **values)


class TestReview:
    @pytest.mark.parametrize("language", ["", "/en"])
    def test_lists_what_waits(self, reviewer, make, language):
        make.facility(name="新平台", status=S.UNDER_REVIEW)
        applied(make, name="改平台", pending={"name": "改平台"}, pending_submitted_at=NOON)
        make.facility(name="草稿平台")
        answer = reviewer.get(f"{language}/platform/facilities")
        page = words(answer)
        assert "新平台" in page
        assert "改平台" in page
        assert "草稿平台" not in page

    def test_says_when_nothing_waits(self, reviewer):
        assert reviewer.get("/platform/facilities").status_code == 200

    def test_does_not_exist_for_others(self, client, make):
        client.sign_in(make.member())
        assert client.get("/platform/facilities").status_code == 404

    @pytest.mark.parametrize("language", ["", "/en"])
    def test_publishes_a_first_text(self, session, reviewer, make, language):
        facility = make.facility(status=S.UNDER_REVIEW)
        path = f"{language}/platform/facilities/{facility.id}"
        page = reviewer.get(path)
        parsed(page)
        answer = reviewer.post(path, data=typed(page) | {"decision": "publish"})
        assert answer.status_code == 303
        assert session.get(Facility, facility.id).status is S.PUBLISHED

    def test_shows_what_changed(self, reviewer, make, session):
        facility = make.facility(status=S.PUBLISHED, pending_submitted_at=NOON)
        (loaded,) = load_facilities(session, [facility.id])
        facility.pending = public_content(loaded) | {"address": "XYZ"}
        answer = reviewer.get(f"/platform/facilities/{facility.id}")
        assert "XYZ" in "".join(parsed(answer).itertext()).replace(" ", "")

    def test_returns_with_prepared_and_own_reasons(self, session, reviewer, make):
        facility = make.facility(status=S.UNDER_REVIEW)
        path = f"/platform/facilities/{facility.id}"
        values = typed(reviewer.get(path)) | {
            "decision": "return",
            "prepared": ["2"],
            "reason": "请补单位",
        }
        reviewer.post(path, data=values)
        kept = session.get(Facility, facility.id)
        assert kept.status is S.RETURNED
        assert kept.return_reason.splitlines() == [
            "The capability sheet lacks amounts or units: say what goes in, and how much.",
            "请补单位",
        ]

    def test_asks_for_a_reason(self, session, reviewer, make):
        facility = make.facility(status=S.UNDER_REVIEW)
        path = f"/platform/facilities/{facility.id}"
        values = typed(reviewer.get(path)) | {"decision": "return"}
        assert reviewer.post(path, data=values).status_code == 422

    def test_decides_anew_when_the_text_changed(self, session, reviewer, make):
        facility = make.facility(status=S.UNDER_REVIEW)
        path = f"/platform/facilities/{facility.id}"
        answer = reviewer.post(path, data={"seen": "0", "decision": "publish"})
        assert answer.status_code == 422
        assert session.get(Facility, facility.id).status is S.UNDER_REVIEW

    def test_nobody_reviews_their_own(self, session, client, make):
        owner = make.organization()
        user = make.platform_user(PlatformRole.REVIEWER)
        make.membership(user, owner)
        facility = make.facility(owner, status=S.UNDER_REVIEW)
        client.sign_in(user)
        assert "somebody else decides" in words(
            client.get(f"/en/platform/facilities/{facility.id}")
        )
        answer = client.post(
            f"/platform/facilities/{facility.id}",
            data={"seen": str(facility.version), "decision": "publish"},
        )
        assert answer.status_code == 403

    def test_of_nothing_that_waits_offers_no_decision(self, reviewer, make):
        facility = make.facility(status=S.PUBLISHED)
        page = words(reviewer.get(f"/en/platform/facilities/{facility.id}"))
        assert "No text of this facility waits for a review." in page


class TestLife:
    def test_a_reviewer_suspends_with_a_reason_and_restores(self, session, reviewer, make):
        facility = make.facility(status=S.PUBLISHED)
        path = f"/facilities/{facility.id}/suspend"
        parsed(reviewer.get(path))
        assert reviewer.post(path, data={"reason": " "}).status_code == 422
        reviewer.post(path, data={"reason": "多次投诉"})
        assert session.get(Facility, facility.id).status is S.SUSPENDED
        assert "多次投诉" in words(reviewer.get(f"/facilities/{facility.id}"))
        reviewer.post(f"/facilities/{facility.id}/restore")
        assert session.get(Facility, facility.id).status is S.PUBLISHED

    def test_an_operator_withdraws_and_opens_again(self, session, client, make):
        owner = make.organization()
        client.sign_in(make.member(owner))
        facility = make.facility(owner, status=S.PUBLISHED)
        path = f"/facilities/{facility.id}/withdraw"
        parsed(client.get(path))
        assert client.post(path, data={"reason": "搬迁"}).location.endswith("/facilities")
        assert session.get(Facility, facility.id).status is S.WITHDRAWN
        client.post(f"/facilities/{facility.id}/reopen")
        assert session.get(Facility, facility.id).status is S.DRAFT

    def test_an_administrator_withdraws_by_reason_of_law(self, session, client, make):
        client.sign_in(make.platform_user(PlatformRole.ADMINISTRATOR))
        facility = make.facility(status=S.PUBLISHED)
        answer = client.post(f"/facilities/{facility.id}/withdraw", data={"reason": "违法"})
        assert answer.location == f"/facilities/{facility.id}"

    @pytest.mark.parametrize("step", ["suspend", "withdraw"])
    def test_is_denied_to_strangers(self, client, make, step):
        client.sign_in(make.member())
        facility = make.facility(status=S.PUBLISHED)
        assert client.get(f"/facilities/{facility.id}/{step}").status_code == 403


class TestFiling:
    @pytest.fixture
    def bureau(self, client, make):
        return client.sign_in(make.member(make.district(), MemberRole.EDITOR))

    @pytest.mark.parametrize("language", ["", "/en"])
    def test_a_district_recommends_an_application(self, session, bureau, make, language):
        facility = applied(make, status=S.UNDER_REVIEW)
        elsewhere = applied(make, name="外区平台", district_code="420111")
        page = bureau.get(f"{language}/facilities/applications")
        assert facility.name in words(page)
        assert "外区平台" not in words(page)
        path = f"{language}/facilities/{facility.id}/recommend"
        parsed(bureau.get(path))
        assert bureau.post(path, data={}).status_code == 422
        refused = bureau.post(path, data={"recommendation": "not_recommended"})
        assert refused.status_code == 422
        answer = bureau.post(path, data={"recommendation": "recommended", "text": "条件具备"})
        assert answer.status_code == 303
        assert session.get(Facility, facility.id).recommendation is Recommendation.RECOMMENDED
        assert bureau.get(f"/facilities/{elsewhere.id}/recommend").status_code == 403
        assert facility.name in words(bureau.get("/desk")) or "市级备案申请" in words(
            bureau.get("/desk")
        )

    def test_a_district_sees_the_application_under_review(self, bureau, make):
        facility = applied(make, status=S.UNDER_REVIEW)
        assert bureau.get(f"/facilities/{facility.id}").status_code == 200
        other = make.facility(status=S.UNDER_REVIEW)
        assert bureau.get(f"/facilities/{other.id}").status_code == 404

    def test_applications_do_not_exist_for_others(self, client, make):
        client.sign_in(make.member())
        assert client.get("/facilities/applications").status_code == 404
        facility = applied(make)
        assert client.get(f"/facilities/{facility.id}/file").status_code == 404

    @pytest.mark.parametrize("language", ["", "/en"])
    def test_an_officer_enters_the_citys_decision(self, session, client, make, language):
        client.sign_in(make.platform_user(PlatformRole.CITY_OFFICER))
        facility = applied(
            make,
            recommendation=Recommendation.RECOMMENDED,
            recommended_at=NOON,
            recommendation_note="条件具备",
        )
        assert "条件具备" in words(client.get(f"{language}/facilities/applications"))
        path = f"{language}/facilities/{facility.id}/file"
        parsed(client.get(path))
        wrong = client.post(path, data={"decision": "file", "number": "武科中试 1"})
        assert wrong.status_code == 422
        client.post(
            path, data={"decision": "file", "number": "武科中试 1", "filed_on": "2026-01-05"}
        )
        kept = session.get(Facility, facility.id)
        assert (kept.filing_number, kept.filed_on) == ("武科中试 1", date(2026, 1, 5))
        assert client.get(path).status_code == 403

    def test_an_officer_refuses_with_grounds(self, session, client, make):
        client.sign_in(make.platform_user(PlatformRole.CITY_OFFICER))
        facility = applied(make)
        path = f"/facilities/{facility.id}/file"
        assert "区里尚未提出意见" in words(client.get(path))
        assert client.post(path, data={"decision": "refuse"}).status_code == 422
        client.post(path, data={"decision": "refuse", "reason": "设备不足"})
        kept = session.get(Facility, facility.id)
        assert (kept.filing_level, kept.filing_reason) == (None, "设备不足")
        assert "没有申请" in words(client.get("/facilities/applications"))


class TestQuestions:
    def test_leads_people_without_an_organization_to_one(self, client, make):
        client.sign_in(make.user())
        facility = make.facility(status=S.PUBLISHED)
        assert "先注册单位" in words(client.get(f"/facilities/{facility.id}/ask"))
        assert client.get("/facility-questions").status_code == 404

    @pytest.mark.parametrize("language", ["", "/en"])
    def test_is_asked_and_answered(self, session, client, make, language):
        owner, asking = make.organization(), make.organization()
        operator, asker = make.member(owner, MemberRole.OPERATOR_STAFF), make.member(asking)
        facility = make.facility(owner, status=S.PUBLISHED)
        client.sign_in(asker)
        path = f"{language}/facilities/{facility.id}/ask"
        parsed(client.get(path))
        wrong = client.post(path, data={"organization": str(asking.id), "body": " "})
        assert wrong.status_code == 422
        sent = client.post(path, data={"organization": str(asking.id), "body": "能试 50 kg 吗？"})
        question = session.query(FacilityQuestion).one()
        assert sent.location.endswith(f"/facility-questions/{question.id}")
        assert "能试 50 kg 吗？" in words(client.get(sent.location))
        assert client.post(sent.location, data={"reply": "x"}).status_code == 403
        client.sign_in(operator)
        assert "能试 50 kg 吗？" in words(client.get(f"{language}/facility-questions"))
        assert client.post(sent.location, data={"reply": ""}).status_code == 422
        client.post(sent.location, data={"reply": "可以"})
        again = client.post(sent.location, data={"reply": "再答"})
        assert again.status_code == 422
        client.sign_in(asker)
        assert "可以" in words(client.get(sent.location))
        assert facility.name in words(client.get("/facility-questions?box=sent"))

    def test_is_nobody_elses(self, client, make):
        question = make.facility_question()
        client.sign_in(make.member())
        assert client.get(f"/facility-questions/{question.id}").status_code == 404
        assert client.get("/facility-questions").status_code == 200

    def test_is_not_asked_of_oneself(self, client, make):
        owner = make.organization()
        client.sign_in(make.member(owner))
        facility = make.facility(owner, status=S.PUBLISHED)
        assert client.get(f"/facilities/{facility.id}/ask").status_code == 403

    def test_late_ones_are_marked(self, client, make):
        owner = make.organization()
        make.facility_question(make.facility(owner, status=S.PUBLISHED), due_on=date(2020, 1, 1))
        client.sign_in(make.member(owner))
        assert "Late" in words(client.get("/en/facility-questions"))
