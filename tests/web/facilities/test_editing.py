from __future__ import annotations

import io

import pytest
from PIL import Image

from marketplace.core.actor import MemberRole
from marketplace.facilities import queries
from marketplace.facilities.content import STEPS, author_content
from marketplace.facilities.models import Facility, FacilityStatus
from marketplace.organizations.models import OrganizationKind, OrganizationStatus
from tests.clients import parsed, words
from tests.forms import typed

S = FacilityStatus


@pytest.fixture
def owner(make):
    return make.organization(kind=OrganizationKind.OPERATOR, district_code="4201Z1")


@pytest.fixture
def user(make, owner):
    return make.member(owner, MemberRole.OPERATOR_STAFF)


@pytest.fixture
def author(client, user):
    return client.sign_in(user)


def address(facility, step):
    return f"/facilities/{facility.id}/edit/{step}"


def content(session, make, facility, user):
    return author_content(queries.get_own_facility(session, facility.id, actor=make.actor(user)))


def full(make, owner, **values):
    facility = make.facility(
        owner,
        certificates=[{"kind": "CNAS", "number": "L1", "scope": "", "expires_on": "2027-01-01"}],
        safety_limits=[{"name": "压力", "limit": "1 MPa"}],
        people=[{"name": "周", "role": "主任", "field": ""}],
        closures=[{"from": "2026-12-24", "to": "2026-12-25", "reason": "检修"}],
        **values,
    )
    make.instrument(facility, position=1, needs_qualification=True, model="HQ", maker="厂", count=2)
    return facility


class TestCreate:
    def test_starts_a_draft_and_leads_to_the_steps(self, session, author, owner):
        answer = author.post(
            f"/organizations/{owner.id}/facilities/new",
            data={"name": " 光谷平台 ", "kind": "concept_center"},
        )
        facility = session.query(Facility).one()
        assert answer.status_code == 303
        assert answer.location == address(facility, "basics")
        assert (facility.name, facility.kind.value, facility.district_code) == (
            "光谷平台",
            "concept_center",
            "4201Z1",
        )

    def test_asks_for_a_name(self, session, author, owner):
        page = author.get(f"/organizations/{owner.id}/facilities/new")
        assert page.status_code == 200
        answer = author.post(f"/organizations/{owner.id}/facilities/new", data={"name": " "})
        assert answer.status_code == 422
        assert session.query(Facility).count() == 0

    def test_only_for_ones_own_organization(self, author, make):
        other = make.organization()
        assert author.get(f"/organizations/{other.id}/facilities/new").status_code == 404

    def test_is_denied_to_other_roles(self, client, make, owner):
        client.sign_in(make.member(owner, MemberRole.TECHNOLOGY_MANAGER))
        answer = client.post(
            f"/organizations/{owner.id}/facilities/new",
            data={"name": "平台", "kind": "office"},
        )
        assert answer.status_code == 403


class TestEdit:
    @pytest.mark.parametrize("step", STEPS)
    @pytest.mark.parametrize("language", ["", "/en"])
    def test_shows_every_step(self, author, make, owner, step, language):
        answer = author.get(language + address(full(make, owner), step))
        assert answer.status_code == 200
        parsed(answer)

    @pytest.mark.parametrize("step", STEPS)
    @pytest.mark.parametrize("status", [S.DRAFT, S.PUBLISHED])
    def test_a_page_sent_back_as_it_is_changes_nothing(
        self, session, author, make, owner, user, step, status
    ):
        facility = full(make, owner, status=status)
        before = content(session, make, facility, user)
        answer = author.post(
            address(facility, step), data=typed(author.get(address(facility, step)))
        )
        assert answer.status_code == 303
        assert content(session, make, facility, user) == before
        assert session.get(Facility, facility.id).pending is None

    def test_goes_on_to_the_next_step_or_stays(self, author, make, owner):
        facility = full(make, owner)
        values = typed(author.get(address(facility, "place")))
        assert author.post(address(facility, "place"), data=values).location == address(
            facility, "filing"
        )
        stay = author.post(address(facility, "place"), data=values | {"stay": "1"})
        assert stay.location == address(facility, "place")
        last = typed(author.get(address(facility, "english")))
        assert author.post(address(facility, "english"), data=last).location.endswith("/check")

    def test_keeps_what_was_typed_when_it_is_refused(self, author, make, owner):
        facility = full(make, owner)
        values = typed(author.get(address(facility, "place")))
        answer = author.post(
            address(facility, "place"), data=values | {"contact_phone": "打给我", "address": "新路"}
        )
        assert answer.status_code == 422
        page = answer.get_data(as_text=True)
        assert "打给我" in page
        assert "新路" in page
        assert "请用数字填写电话" in words(answer)

    def test_refuses_levels_backwards_at_their_field(self, author, make, owner):
        facility = full(make, owner)
        values = typed(author.get(address(facility, "basics")))
        answer = author.post(
            address(facility, "basics"), data=values | {"trl_from": "6", "trl_to": "4"}
        )
        assert answer.status_code == 422
        assert "成熟度上限低于下限" in words(answer)

    def test_refuses_unknown_codes(self, author, make, owner):
        facility = full(make, owner)
        values = typed(author.get(address(facility, "basics")))
        for name in ("industry_codes-0", "field_codes-0"):
            answer = author.post(address(facility, "basics"), data=values | {name: "Q99"})
            assert answer.status_code == 422

    def test_tells_both_versions_when_two_write_at_once(self, session, author, make, owner):
        facility = full(make, owner)
        values = typed(author.get(address(facility, "place")))
        author.post(address(facility, "place"), data=values | {"address": "别人写的路"})
        answer = author.post(address(facility, "place"), data=values | {"address": "我写的路"})
        assert answer.status_code == 409
        page = answer.get_data(as_text=True)
        assert "别人写的路" in page
        assert "我写的路" in page
        again = typed(answer) | {"address": "我写的路"}
        assert author.post(address(facility, "place"), data=again).status_code == 303
        assert session.get(Facility, facility.id).address == "我写的路"

    def test_hours_of_a_published_facility_hold_at_once(self, session, author, make, owner):
        facility = full(make, owner, status=S.PUBLISHED)
        values = typed(author.get(address(facility, "hours")))
        values |= {"hours-5-opens": "10:00", "hours-5-closes": "12:00"}
        assert author.post(address(facility, "hours"), data=values).status_code == 303
        kept = session.get(Facility, facility.id)
        assert {"weekday": 6, "opens": "10:00", "closes": "12:00"} in kept.hours
        assert kept.pending is None

    def test_tells_of_half_a_span(self, author, make, owner):
        facility = full(make, owner)
        values = typed(author.get(address(facility, "hours")))
        answer = author.post(address(facility, "hours"), data=values | {"hours-6-opens": "10:00"})
        assert answer.status_code == 422
        assert "时间请写成 09:00" in words(answer)

    def test_other_parts_of_a_published_facility_wait(self, session, author, make, owner):
        facility = full(make, owner, status=S.PUBLISHED)
        values = typed(author.get(address(facility, "place")))
        author.post(address(facility, "place"), data=values | {"address": "新路"})
        kept = session.get(Facility, facility.id)
        assert kept.address != "新路"
        assert kept.pending["address"] == "新路"

    def test_is_closed_while_a_reviewer_reads(self, author, make, owner):
        facility = full(make, owner, status=S.UNDER_REVIEW)
        assert author.get(address(facility, "place")).location.endswith("/check")
        assert author.get(address(facility, "hours")).status_code == 200

    def test_knows_no_other_step(self, author, make, owner):
        facility = full(make, owner)
        assert author.get(address(facility, "magic")).status_code == 404
        assert author.post(address(facility, "magic") + "/autosave").status_code == 404

    def test_of_somebody_else_does_not_exist(self, author, make):
        facility = make.facility(status=S.PUBLISHED)
        for path in (address(facility, "place"), f"/facilities/{facility.id}/check"):
            assert author.get(path).status_code == 404

    def test_is_denied_to_members_of_other_roles(self, client, make, owner):
        client.sign_in(make.member(owner, MemberRole.TTO_OFFICER))
        assert client.get(address(full(make, owner), "place")).status_code == 403


class TestAutosave:
    def test_keeps_the_faultless_fields(self, session, author, make, owner):
        facility = full(make, owner)
        values = typed(author.get(address(facility, "basics")))
        values |= {"summary": "新的一句话", "trl_from": "6", "trl_to": "4"}
        answer = author.post(address(facility, "basics") + "/autosave", data=values)
        assert answer.status_code == 200
        assert "但以下" in answer.json["message"] or answer.json["message"]
        kept = session.get(Facility, facility.id)
        assert kept.summary == "新的一句话"
        assert kept.trl_to == 6

    def test_says_when_it_is_saved(self, author, make, owner):
        facility = full(make, owner)
        values = typed(author.get(address(facility, "place")))
        answer = author.post(address(facility, "place") + "/autosave", data=values)
        assert answer.status_code == 200
        assert answer.json["version"]

    def test_says_why_it_is_not(self, author, make, owner):
        facility = full(make, owner)
        values = typed(author.get(address(facility, "place")))
        answer = author.post(
            address(facility, "place") + "/autosave", data=values | {"contact_phone": "打给我"}
        )
        assert answer.status_code == 422
        author.post(address(facility, "place"), data=values | {"address": "别人写的路"})
        stale = author.post(
            address(facility, "place") + "/autosave", data=values | {"address": "我写的路"}
        )
        assert stale.status_code == 409
        assert stale.json["conflict"] is True

    def test_leaves_hours_alone(self, author, make, owner):
        facility = full(make, owner)
        assert author.post(address(facility, "hours") + "/autosave").status_code == 404


class TestCheckAndSend:
    def test_shows_all_answers_and_what_is_missing(self, author, make, owner):
        facility = full(make, owner, address="", hours=[])
        for language in ("", "/en"):
            answer = author.get(f"{language}/facilities/{facility.id}/check")
            assert answer.status_code == 200
            parsed(answer)
        assert "Give the address, so that users and samples find it." in words(answer)

    def test_sends_a_complete_text(self, session, author, make, owner):
        facility = full(make, owner)
        assert "提交审核" in words(author.get(f"/facilities/{facility.id}/check"))
        answer = author.post(f"/facilities/{facility.id}/send")
        assert answer.status_code == 303
        assert session.get(Facility, facility.id).status is S.UNDER_REVIEW
        page = words(author.get(f"/facilities/{facility.id}/check"))
        assert "撤回" in page
        author.post(f"/facilities/{facility.id}/recall")
        assert session.get(Facility, facility.id).status is S.DRAFT

    def test_says_what_an_incomplete_text_lacks(self, session, author, make, owner):
        facility = full(make, owner, hours=[])
        author.post(f"/facilities/{facility.id}/send")
        assert session.get(Facility, facility.id).status is S.DRAFT
        assert "请至少填写一周中一天的开放时间" in words(
            author.get(f"/facilities/{facility.id}/check")
        )

    def test_waits_for_the_verification_of_the_organization(self, session, client, make):
        owner = make.organization(status=OrganizationStatus.APPLIED)
        client.sign_in(make.member(owner))
        facility = full(make, owner)
        page = client.get(f"/facilities/{facility.id}/check")
        assert "认证" in words(page)
        client.post(f"/facilities/{facility.id}/send")
        assert session.get(Facility, facility.id).status is S.DRAFT

    @pytest.mark.parametrize(
        "values",
        [
            {"status": S.RETURNED},
            {"status": S.SUSPENDED},
            {"status": S.WITHDRAWN},
            {"status": S.PUBLISHED, "filing_level": "city"},
            {"status": S.PUBLISHED, "filing_reason": "设备不足"},
        ],
    )
    def test_shows_every_state(self, author, make, owner, values):
        facility = full(make, owner, **values)
        assert author.get(f"/facilities/{facility.id}/check").status_code == 200


def picture():
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "blue").save(out, "PNG")
    out.seek(0)
    return out


class TestFiles:
    def send_photo(self, author, facility, **values):
        data = {"file": (picture(), "hall.png"), "alt": "中试车间"} | values
        return author.post(
            f"/facilities/{facility.id}/photos", data=data, content_type="multipart/form-data"
        )

    def test_a_photo_is_encoded_anew_and_shown(self, session, author, make, owner):
        facility = full(make, owner, status=S.PUBLISHED)
        self.send_photo(author, facility)
        kept = session.get(Facility, facility.id)
        (row,) = kept.pending["photos"]
        assert row["alt"] == "中试车间"
        assert kept.photos == []
        answer = author.get(f"/facilities/{facility.id}/photos/{row['attachment_id']}")
        assert answer.status_code == 200
        assert answer.mimetype == "image/jpeg"
        assert answer.data[:3] == b"\xff\xd8\xff"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        answer.close()
        assert "中试车间" in author.get(address(facility, "people")).get_data(as_text=True)

    def test_a_photo_that_is_none_is_refused_with_a_reason(self, session, author, make, owner):
        facility = full(make, owner)
        self.send_photo(author, facility, file=(io.BytesIO(b"<svg/>"), "x.png"))
        assert "这不是照片" in words(author.get(address(facility, "people")))
        self.send_photo(author, facility, alt=" ")
        assert "请为看不到图片的人说明照片内容" in words(author.get(address(facility, "people")))
        self.send_photo(author, facility, file="")
        assert session.get(Facility, facility.id).photos == []

    def test_a_photo_goes_away(self, session, author, make, owner):
        facility = full(make, owner)
        self.send_photo(author, facility)
        (row,) = session.get(Facility, facility.id).photos
        path = f"/facilities/{facility.id}/files/{row['attachment_id']}/remove"
        assert author.post(path).location == address(facility, "people")
        assert session.get(Facility, facility.id).photos == []
        shown = author.get(f"/facilities/{facility.id}/photos/{row['attachment_id']}")
        assert shown.status_code == 404

    def test_a_proof_is_attached_and_taken_away(self, session, author, make, owner):
        facility = full(make, owner)
        path = f"/facilities/{facility.id}/proof"
        sent = {"file": (io.BytesIO(b"%PDF-1.4 notice"), "notice.pdf")}
        author.post(path, data=sent, content_type="multipart/form-data")
        proof = session.get(Facility, facility.id).filing_proof_id
        assert proof is not None
        assert "notice.pdf" in words(author.get(address(facility, "filing")))
        gone = author.post(
            f"/facilities/{facility.id}/files/{proof}/remove", data={"step": "filing"}
        )
        assert gone.location == address(facility, "filing")
        assert session.get(Facility, facility.id).filing_proof_id is None

    def test_a_proof_that_is_none_is_refused(self, session, author, make, owner):
        facility = full(make, owner)
        path = f"/facilities/{facility.id}/proof"
        author.post(path, data={})
        wrong = {"file": (io.BytesIO(b"MZ program"), "notice.pdf")}
        author.post(path, data=wrong, content_type="multipart/form-data")
        assert session.get(Facility, facility.id).filing_proof_id is None

    def test_files_of_others_do_not_exist(self, author, make, owner):
        facility = full(make, owner)
        other = make.facility_file(make.facility())
        path = f"/facilities/{facility.id}/files/{other.id}/remove"
        assert author.post(path).status_code == 404


class TestWorkbench:
    @pytest.mark.parametrize("language", ["", "/en"])
    def test_lists_own_facilities_by_state(self, author, make, owner, language):
        make.facility(owner, name="草稿平台")
        make.facility(owner, name="已发平台", status=S.PUBLISHED, pending={"name": "x"})
        make.facility(name="别家平台", status=S.PUBLISHED)
        page = words(author.get(f"{language}/organizations/{owner.id}/facilities"))
        assert "草稿平台" in page
        assert "已发平台" in page
        assert "别家平台" not in page
        tab = words(author.get(f"{language}/organizations/{owner.id}/facilities?tab=draft"))
        assert "已发平台" not in tab
        empty = author.get(f"{language}/organizations/{owner.id}/facilities?tab=withdrawn")
        assert empty.status_code == 200

    def test_says_how_to_begin(self, author, owner):
        assert "登记第一个平台" in words(author.get(f"/organizations/{owner.id}/facilities"))

    def test_stands_on_the_desk(self, author, make, owner):
        make.facility(owner, name="草稿平台")
        assert "草稿平台" in words(author.get("/desk"))
