"""Entering the register and being reviewed, through the pages."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from marketplace.core.actor import MemberRole, PlatformRole
from marketplace.managers.models import Credential, ManagerProfile, ManagerStatus
from marketplace.organizations.models import OrganizationStatus
from marketplace.web.clock import now
from tests.clients import words
from tests.web.managers.conftest import HOSTILE


def credential(scan, **values):
    return {
        "kind": "training",
        "number": "JSJJR-1",
        "issuer": "科技部火炬中心",
        "issued_on": "2026-01-10",
        "expires_on": "2028-01-09",
        "file": scan(),
    } | values


def entry(organization_id, **values):
    return {
        "organization_id": str(organization_id),
        "level": "senior",
        "name": "郑经理",
        "field_codes-0": "0817",
        "industry_codes-0": "C39",
        "languages": ["zh", "en"],
        "district_code": "420111",
    } | values


@pytest.fixture
def agency(make):
    return make.organization()


@pytest.fixture
def person(make, agency):
    return make.member(agency, MemberRole.TECHNOLOGY_MANAGER)


def send(client, path, data):
    return client.post(path, data=data, content_type="multipart/form-data")


class TestApply:
    def test_asks_for_a_verified_organization_first(self, client, make):
        page = client.sign_in(make.user()).get("/managers/apply")
        assert "请先加入已认证的单位" in words(page)
        waiting = make.organization(status=OrganizationStatus.APPLIED)
        page = client.sign_in(make.member(waiting)).get("/managers/apply")
        assert "请先加入已认证的单位" in words(page)

    def test_sends_the_application(self, client, session, person, agency, scan):
        client.sign_in(person)
        assert client.get("/managers/apply").status_code == 200
        sent = send(client, "/managers/apply", entry(agency.id) | credential(scan))
        assert (sent.status_code, sent.location) == (303, "/managers/me")
        profile = session.scalars(select(ManagerProfile)).one()
        assert (profile.status, profile.field_codes) == (ManagerStatus.APPLIED, ["0817"])
        assert "正在等待审核" in words(client.get("/managers/me"))
        # Whoever is entered is led to the entry.
        assert client.get("/managers/apply").location == "/managers/me"

    def test_keeps_what_was_typed(self, client, person, agency, scan):
        client.sign_in(person)
        typed = entry(agency.id, name=HOSTILE) | credential(scan, file=(None, ""))
        typed.pop("file")
        page = send(client, "/managers/apply", typed)
        assert page.status_code == 422
        assert "请上传证书扫描件" in words(page)
        assert "&lt;script&gt;alert(1)" in page.get_data(as_text=True)

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"name": ""}, "请填写姓名"),
            ({"field_codes-0": ""}, "请选择 1 至 8 个领域"),
            ({"field_codes-0": "nonsense"}, "请从列表中选择"),
            ({"languages": []}, "请至少选择一种语言"),
            ({"issued_on": "2100-01-01", "expires_on": ""}, "颁发日期晚于今天"),
            ({"organization_id": ""}, "请选择单位"),
        ],
    )
    def test_says_what_is_wrong(self, client, person, agency, scan, changes, message):
        client.sign_in(person)
        page = send(client, "/managers/apply", entry(agency.id) | credential(scan) | changes)
        assert page.status_code == 422
        assert message in words(page)


class TestMine:
    def test_does_not_exist_without_an_entry(self, client, make):
        assert client.sign_in(make.user()).get("/managers/me").status_code == 404

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ({"status": ManagerStatus.REFUSED}, "再次申请"),
            ({"status": ManagerStatus.SUSPENDED}, "您的登记已暂停"),
            ({"status": ManagerStatus.EXPIRED}, "您的登记已到期"),
            ({"reason": "编号不清"}, "审核员退回了您补充的内容"),
        ],
    )
    def test_says_where_it_stands(self, client, session, make, values, message):
        from marketplace.accounts.models import User

        profile = make.manager(**values)
        client.sign_in(session.get_one(User, profile.person_id))
        assert message in words(client.get("/managers/me"))

    def test_shows_credentials_mandates_and_claims(self, client, make, profile, manager, need):
        from marketplace.managers.models import MandateStatus

        make.credential(
            profile, checked_at=now(), expires_on=date(2020, 1, 1), issued_on=date(2019, 1, 1)
        )
        make.credential(profile, refused_at=now(), refuse_reason="扫描件不清")
        mandate = make.mandate(
            profile,
            need,
            status=MandateStatus.SIGNED,
            fixed_fee_minor=100_00,
            floor_minor=200_00,
            cap_minor=900_00,
        )
        introduction = make.introduction(profile, make.listing(), need)
        make.claim(introduction, mandate)
        shown = words(client.sign_in(manager).get("/managers/me"))
        for part in ("已过期", "扫描件不清", "固定 100 元", "绕开您订立的合同"):
            assert part in shown


class TestEdit:
    def test_changes_the_entry(self, client, session, make, profile, manager):
        client.sign_in(manager)
        assert client.get("/managers/me/edit").status_code == 200
        typed = entry(profile.organization_id, level="middle", version=profile.version)
        assert send(client, "/managers/me/edit", typed).status_code == 303
        assert (profile.wanted_level.value, profile.name) == ("middle", "郑经理")
        assert "申请等级：中级技术经理人" in words(client.get("/managers/me"))

    def test_does_not_overwrite_unseen(self, client, profile, manager):
        client.sign_in(manager)
        page = send(client, "/managers/me/edit", entry(profile.organization_id, version=99))
        assert page.status_code == 422
        assert "其间有人作了修改" in words(page)

    def test_shows_what_is_wrong(self, client, profile, manager):
        client.sign_in(manager)
        typed = entry(profile.organization_id, version=profile.version, name="")
        assert send(client, "/managers/me/edit", typed).status_code == 422

    def test_keeps_an_organization_that_is_no_longer_verified(
        self, client, session, profile, manager
    ):
        from marketplace.organizations.models import Organization

        organization = session.get_one(Organization, profile.organization_id)
        organization.status, organization.suspended_reason = OrganizationStatus.SUSPENDED, "x"
        client.sign_in(manager)
        assert organization.name in words(client.get("/managers/me/edit"))


class TestCredentials:
    def test_are_added_with_their_scan(self, client, session, profile, manager, scan):
        client.sign_in(manager)
        assert client.get("/managers/me/credentials/new").status_code == 200
        sent = send(client, "/managers/me/credentials/new", credential(scan))
        assert sent.status_code == 303
        assert "证书.pdf" in words(client.get("/managers/me"))

    def test_need_a_scan(self, client, manager, scan):
        client.sign_in(manager)
        typed = credential(scan)
        typed.pop("file")
        page = send(client, "/managers/me/credentials/new", typed)
        assert page.status_code == 422
        assert "请上传证书扫描件" in words(page)
        assert send(client, "/managers/me/credentials/new", {}).status_code == 422

    def test_are_taken_back(self, client, session, make, profile, manager):
        one = make.credential(profile)
        client.sign_in(manager)
        assert client.post(f"/managers/me/credentials/{one.id}/withdraw").status_code == 303
        assert session.scalars(select(Credential)).all() == []

    def test_lead_back_before_the_reviewers(self, client, session, make):
        from marketplace.accounts.models import User

        profile = make.manager(status=ManagerStatus.REFUSED)
        make.credential(profile)
        client.sign_in(session.get_one(User, profile.person_id))
        assert client.post("/managers/me/apply-again").status_code == 303
        assert profile.status is ManagerStatus.APPLIED


class TestLicensing:
    @pytest.fixture
    def applied(self, client, session, person, agency, scan):
        client.sign_in(person)
        send(client, "/managers/apply", entry(agency.id) | credential(scan))
        return session.scalars(select(ManagerProfile)).one()

    def test_licenses_what_waits(self, client, applied, reviewer):
        client.sign_in(reviewer)
        assert "郑经理" in words(client.get("/platform/managers/waiting"))
        shown = client.get(f"/platform/managers/{applied.id}")
        assert "证书.pdf" in words(shown)
        sent = client.post(
            f"/platform/managers/{applied.id}/license", data={"version": applied.version}
        )
        assert sent.status_code == 303
        assert applied.status is ManagerStatus.LICENSED
        assert "郑经理" not in words(client.get("/platform/managers/waiting"))

    def test_refuses_with_a_reason(self, client, applied, reviewer):
        client.sign_in(reviewer)
        path = f"/platform/managers/{applied.id}/refuse"
        assert client.post(path, data={"version": applied.version}).status_code == 422
        sent = client.post(path, data={"version": applied.version, "reason": "编号不清"})
        assert sent.status_code == 303
        assert (applied.status, applied.reason) == (ManagerStatus.REFUSED, "编号不清")

    def test_suspends_and_restores(self, client, make, profile, reviewer):
        client.sign_in(reviewer)
        path = f"/platform/managers/{profile.id}"
        assert client.post(f"{path}/suspend").status_code == 422
        assert client.post(f"{path}/suspend", data={"reason": "投诉"}).status_code == 303
        again = client.post(f"{path}/suspend", data={"reason": "投诉"})
        assert again.status_code == 422
        assert "恢复" in words(client.get(path))
        assert client.post(f"{path}/restore").status_code == 303
        assert profile.status is ManagerStatus.LICENSED

    def test_shows_a_suspension_form_beside_what_waits(self, client, make, profile, reviewer):
        make.credential(profile, refused_at=now(), refuse_reason="扫描件不清")
        make.credential(profile)
        shown = words(client.sign_in(reviewer).get(f"/platform/managers/{profile.id}"))
        assert "确认新内容" in shown
        assert "扫描件不清" in shown

    def test_leaves_one_s_own_to_others(self, client, make, agency, applied):
        colleague = make.platform_user(PlatformRole.REVIEWER)
        make.membership(colleague, agency)
        client.sign_in(colleague)
        assert "由其他审核员处理" in words(client.get(f"/platform/managers/{applied.id}"))
        sent = client.post(
            f"/platform/managers/{applied.id}/license", data={"version": applied.version}
        )
        assert sent.status_code == 403

    def test_is_not_for_others(self, client, applied, person):
        client.sign_in(person)
        for path in ("waiting", "register", "register.csv", str(applied.id)):
            assert client.get(f"/platform/managers/{path}").status_code == 404


class TestRegister:
    def test_counts_and_narrows(self, client, make, reviewer):
        make.manager()
        make.manager(status=ManagerStatus.REFUSED, name="蒋文博")
        client.sign_in(reviewer)
        assert "蒋文博" in words(client.get("/platform/managers/register"))
        licensed = words(client.get("/platform/managers/register?status=licensed"))
        assert "蒋文博" not in licensed
        empty = words(client.get("/platform/managers/register?status=suspended"))
        assert "没有处于该状态的人员" in empty

    def test_is_taken_away_as_a_table(self, client, make):
        make.manager(name="=1+1", expires_on=now().date() + timedelta(days=1))
        officer = make.platform_user(PlatformRole.CITY_OFFICER)
        client.sign_in(officer)
        assert "下载 CSV" in words(client.get("/platform/managers/register"))
        answer = client.get("/platform/managers/register.csv")
        assert answer.mimetype == "text/csv"
        table = answer.get_data(as_text=True)
        assert table.startswith("\ufeff名称,")
        assert "'=1+1" in table
        assert "化学工程与技术" in table


class TestShow:
    def test_is_open_to_everybody(self, client, make, profile):
        make.credential(profile, checked_at=now(), number="YS-1")
        make.credential(profile, number="YS-2")
        make.rating(profile, stars=5, text=HOSTILE)
        page = client.get(f"/managers/{profile.id}")
        shown = words(page)
        assert page.status_code == 200
        assert "高级技术经理人" in shown
        assert "YS-1" in shown
        assert "YS-2" not in shown
        assert "5.0 / 5" in shown
        assert "<script>alert" not in page.get_data(as_text=True)
        assert "Zheng" in words(client.get(f"/en/managers/{profile.id}"))

    def test_says_that_nothing_new_is_taken_on(self, client, make):
        profile = make.manager(status=ManagerStatus.EXPIRED)
        assert "不承接新的事项" in words(client.get(f"/managers/{profile.id}"))

    def test_is_hidden_before_and_after(self, client, make):
        for status in (ManagerStatus.APPLIED, ManagerStatus.REFUSED, ManagerStatus.SUSPENDED):
            assert client.get(f"/managers/{make.manager(status=status).id}").status_code == 404

    def test_is_shown_to_its_holder(self, client, session, make):
        from marketplace.accounts.models import User

        profile = make.manager(status=ManagerStatus.APPLIED)
        client.sign_in(session.get_one(User, profile.person_id))
        assert "仅本人和平台可见" in words(client.get(f"/managers/{profile.id}"))

    def test_leads_writers_to_a_mandate(self, client, profile, buyer):
        page = client.sign_in(buyer).get(f"/managers/{profile.id}")
        assert "提出委托" in words(page)


class TestDesk:
    def test_shows_reviewers_what_waits(self, client, make, reviewer):
        make.manager(status=ManagerStatus.APPLIED)
        assert "1 条登记待审核" in words(client.sign_in(reviewer).get("/desk"))

    def test_shows_a_manager_the_entry_and_waiting_mandates(self, client, make, profile, manager):
        make.mandate(profile)
        shown = words(client.sign_in(manager).get("/desk"))
        assert "我的登记" in shown
        assert "待处理的委托" in shown

    def test_leads_officers_to_the_register_and_brokers_into_it(self, client, make, person):
        make.manager()
        client.sign_in(make.platform_user(PlatformRole.CITY_OFFICER))
        assert "今天可承接交易: 1" in words(client.get("/desk"))
        assert "申请登记为技术经理人" in words(client.sign_in(person).get("/desk"))
        assert "申请登记" not in words(client.sign_in(make.member()).get("/desk"))
