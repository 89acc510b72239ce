from __future__ import annotations

import hashlib
from datetime import date

import pytest

from marketplace.core.actor import MemberRole, PlatformRole
from marketplace.facilities.models import FacilityKind, FacilityRevision, FacilityStatus
from marketplace.facilities.wiring import desk_panel
from marketplace.organizations.models import OrganizationKind, OrganizationStatus
from tests.clients import parsed, words
from tests.conftest import NOON

S = FacilityStatus


def full(make, **values):
    values.setdefault("status", S.PUBLISHED)
    facility = make.facility(
        certificates=[{"kind": "CNAS", "number": "L1", "scope": "", "expires_on": "2020-01-01"}],
        safety_limits=[{"name": "压力", "limit": "1 MPa"}],
        people=[{"name": "周启明", "role": "主任", "field": ""}],
        about="建于 2022 年。",
        summary_en="Wet scale-up.",
        **values,
    )
    make.instrument(facility, name="旧炉", retired_at=NOON)
    return facility


class TestShow:
    @pytest.mark.parametrize("language", ["", "/en"])
    def test_shows_facts_capability_and_hours_to_everybody(self, client, make, language):
        facility = full(make, filing_level="city", filing_number="DEMO-1")
        answer = client.get(f"{language}/facilities/{facility.id}")
        assert answer.status_code == 200
        parsed(answer)
        page = words(answer)
        for text in ("1–200 kg", "无机盐溶液", "DEMO-1", "09:00–17:00", "周启明", "1 MPa"):
            assert text in page
        assert "旧炉" not in page

    def test_marks_an_expired_certificate(self, client, make):
        page = words(client.get(f"/en/facilities/{full(make).id}"))
        assert "Expired on its date" in page

    def test_names_the_days_closed_soon(self, client, make):
        closures = [{"from": "2000-01-01", "to": "2100-01-01", "reason": "搬迁"}]
        facility = full(make, closures=closures)
        assert "搬迁" in words(client.get(f"/facilities/{facility.id}"))

    def test_hides_the_contact_from_visitors_unless_it_agreed(self, client, make):
        hidden, shown = full(make), full(make, contact_public=True)
        assert "027-85550101" not in words(client.get(f"/facilities/{hidden.id}"))
        assert "027-85550101" in words(client.get(f"/facilities/{shown.id}"))

    def test_shows_the_contact_to_members_of_verified_organizations(self, client, make):
        facility = full(make)
        client.sign_in(make.member(make.organization(status=OrganizationStatus.APPLIED)))
        assert "027-85550101" not in words(client.get(f"/facilities/{facility.id}"))
        client.sign_in(make.member())
        assert "027-85550101" in words(client.get(f"/facilities/{facility.id}"))

    @pytest.mark.parametrize("status", [S.DRAFT, S.UNDER_REVIEW, S.RETURNED])
    def test_does_not_exist_for_others_before_publication(self, client, make, status):
        facility = full(make, status=status)
        assert client.get(f"/facilities/{facility.id}").status_code == 404
        client.sign_in(make.member())
        assert client.get(f"/facilities/{facility.id}").status_code == 404

    @pytest.mark.parametrize("status", [S.WITHDRAWN, S.SUSPENDED])
    @pytest.mark.parametrize("language", ["", "/en"])
    def test_says_that_it_is_gone(self, client, make, status, language):
        facility = full(make, status=status, published_at=NOON)
        answer = client.get(f"{language}/facilities/{facility.id}")
        assert answer.status_code == 410
        parsed(answer)

    def test_of_a_withdrawn_draft_never_existed(self, client, make):
        facility = full(make, status=S.WITHDRAWN)
        assert client.get(f"/facilities/{facility.id}").status_code == 404

    @pytest.mark.parametrize("status", list(S))
    def test_shows_every_state_to_its_operator(self, client, make, status):
        organization = make.organization()
        waiting = {"name": "x"} if status is S.PUBLISHED else None
        facility = full(make, organization=organization, status=status, pending=waiting)
        client.sign_in(make.member(organization))
        answer = client.get(f"/facilities/{facility.id}")
        assert answer.status_code == 200
        parsed(answer)

    def test_is_hidden_with_its_operator(self, client, make):
        owner = make.organization(status=OrganizationStatus.SUSPENDED)
        facility = make.facility(owner, status=S.PUBLISHED)
        assert client.get(f"/facilities/{facility.id}").status_code == 404
        client.sign_in(make.member(owner))
        assert "暂停" in words(client.get(f"/facilities/{facility.id}"))

    def test_shows_an_office_without_capability(self, client, make):
        facility = make.facility(
            status=S.PUBLISHED,
            kind=FacilityKind.OFFICE,
            trl_from=None,
            trl_to=None,
            capabilities=[],
            industry_codes=[],
            hours=[],
            instruments=0,
        )
        answer = client.get(f"/en/facilities/{facility.id}")
        assert answer.status_code == 200
        assert "Capability sheet" not in words(answer)


class TestPhoto:
    def test_of_the_reviewed_text_is_public_and_of_a_waiting_one_is_not(self, client, make, home):
        body = b"\xff\xd8\xff a photo"
        sha256 = hashlib.sha256(body).hexdigest()
        facility = full(make)
        file = make.facility_file(facility, sha256=sha256)
        path = f"/facilities/{facility.id}/photos/{file.id}"
        kept = home / "files" / sha256[:2] / sha256
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(body)
        assert client.get(path).status_code == 404
        facility.photos = [{"attachment_id": str(file.id), "alt": "线", "alt_en": "Line"}]
        answer = client.get(path)
        assert answer.data == body
        assert "public" in answer.headers["Cache-Control"]
        answer.close()
        kept.unlink()
        assert client.get(path).status_code == 404

    def test_stands_on_the_page_with_its_words(self, client, make):
        facility = full(make)
        file = make.facility_file(facility)
        facility.photos = [
            {"attachment_id": str(file.id), "alt": "中试车间", "alt_en": "Pilot hall"}
        ]
        page = client.get(f"/en/facilities/{facility.id}").get_data(as_text=True)
        assert 'alt="Pilot hall"' in page


class TestHistory:
    def test_shows_each_reviewed_text(self, client, make, session):
        facility = full(make)
        session.add(
            FacilityRevision(
                facility_id=facility.id,
                number=1,
                content={"name": "旧名", "summary": "旧说明"},
                reviewed_at=NOON,
            )
        )
        client.sign_in(make.platform_user(PlatformRole.REVIEWER))
        answer = client.get(f"/facilities/{facility.id}/history")
        assert answer.status_code == 200
        assert "旧说明" in words(answer)

    def test_is_empty_at_first_and_closed_to_others(self, client, make):
        facility = make.facility(status=S.UNDER_REVIEW)
        client.sign_in(make.platform_user(PlatformRole.REVIEWER))
        assert client.get(f"/facilities/{facility.id}/history").status_code == 200
        shown = full(make)
        client.sign_in(make.member())
        assert client.get(f"/facilities/{shown.id}/history").status_code == 404


class TestRegister:
    @pytest.fixture
    def places(self, make):
        return {
            "centre": make.facility(
                status=S.PUBLISHED,
                kind=FacilityKind.CONCEPT_CENTER,
                name="未来显示中心",
                filing_level="city",
                filing_number="C-1",
                filed_on=date(2025, 1, 1),
                keywords=["未来显示"],
            ),
            "platform": make.facility(
                status=S.PUBLISHED,
                name="生物平台",
                filing_level="city",
                district_code="420111",
                industry_codes=["W01"],
                field_codes=["0710"],
                summary="发酵",
            ),
            "draft": make.facility(name="草稿平台"),
        }

    @pytest.mark.parametrize("language", ["", "/en"])
    @pytest.mark.parametrize("path", ["register", "districts", "gaps"])
    def test_pages_are_open_to_everybody(self, client, places, language, path):
        answer = client.get(f"{language}/facilities/{path}")
        assert answer.status_code == 200
        parsed(answer)

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("", {"未来显示中心", "生物平台"}),
            ("kind=concept_center", {"未来显示中心"}),
            ("level=city", {"未来显示中心"}),
            ("filed=1", {"未来显示中心"}),
            ("district=420111", {"生物平台"}),
            ("industry=W01", {"生物平台"}),
            ("field=0710", {"生物平台"}),
            ("named=display", {"未来显示中心"}),
            ("named=mobile", set()),
            ("q=发酵", {"生物平台"}),
            ("q=未来显示", {"未来显示中心"}),
            ("kind=castle&level=x&district=x", {"未来显示中心", "生物平台"}),
            ("q=100%25", set()),
        ],
    )
    def test_each_number_opens_to_the_list_behind_it(self, client, places, query, names):
        answer = client.get(f"/facilities/register?{query}")
        page = words(answer)
        assert {name for name in ("未来显示中心", "生物平台", "草稿平台") if name in page} == names

    def test_counts_only_what_is_on_file_towards_the_targets(self, client, places):
        page = words(client.get("/en/facilities/register"))
        assert "1 / 30 Proof-of-concept centre" in page
        assert "0 / 200 Pilot platform" in page

    def test_names_the_gaps(self, client, places):
        page = words(client.get("/en/facilities/gaps"))
        assert "Future display Proof-of-concept centre 1 Covered" in page
        assert "Biomanufacturing Proof-of-concept centre 0 Gap" in page

    def test_counts_by_district(self, client, places):
        page = words(client.get("/en/facilities/districts"))
        assert "Hongshan District 1" in page

    def test_gives_the_list_as_a_file_without_formulas(self, client, make, places):
        make.facility(status=S.PUBLISHED, name="=SUM(1)", is_demo=True, district_code=None)
        answer = client.get("/facilities/register.csv")
        text = answer.get_data().decode("utf-8-sig")
        assert answer.mimetype == "text/csv"
        assert text.startswith("平台名称,")
        assert "'=SUM(1)" in text
        assert "草稿平台" not in text
        # An application is no filing.
        row = next(line for line in text.splitlines() if line.startswith("生物平台"))
        assert "市级" not in row
        narrowed = client.get("/facilities/register.csv?kind=concept_center")
        assert len(narrowed.get_data(as_text=True).splitlines()) == 2


class TestDesk:
    def test_leaves_out_who_has_nothing_to_do_with_facilities(self, app, make):
        with app.test_request_context():
            assert desk_panel(None, make.actor()) is None
            assert desk_panel(None, make.member_of(make.organization(), MemberRole.OWNER)) is None

    def test_leads_operators_to_their_first_facility(self, client, make):
        owner = make.organization(kind=OrganizationKind.OPERATOR)
        client.sign_in(make.member(owner))
        page = client.get("/desk").get_data(as_text=True)
        assert f"/organizations/{owner.id}/facilities" in page
