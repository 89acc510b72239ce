"""Mandates, introductions, the bench and claims, through the pages."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from marketplace.core.actor import MemberRole
from marketplace.listings.models import ListingStatus
from marketplace.managers.models import FeePayer, Mandate, MandateStatus
from marketplace.needs.models import Confidentiality
from marketplace.organizations.models import Organization
from marketplace.papers.models import PaperKind
from marketplace.papers.queries import current
from marketplace.web.clock import now
from tests.clients import words
from tests.web.managers.conftest import HOSTILE


@pytest.fixture
def draft(make, profile, need):
    return make.mandate(profile, need)


class TestCreate:
    def test_begins_on_the_page_of_a_need(self, client, session, profile, need, buyer, terms):
        client.sign_in(buyer)
        page = client.get(f"/needs/{need.id}")
        path = f"/mandates/new?manager={profile.id}&record=need:{need.id}"
        assert path.replace("&", "&amp;") in page.get_data(as_text=True)
        form = client.get(path)
        assert "建议 180 天" in words(form)
        assert "第九百六十五条" in words(form)
        sent = client.post(path, data=terms())
        mandate = session.scalars(select(Mandate)).one()
        assert (sent.status_code, sent.location) == (303, f"/mandates/{mandate.id}")
        assert (mandate.success_fee_bp, mandate.floor_minor) == (750, 1_000_000)
        assert (mandate.cap_minor, mandate.payer) == (50_000_000, FeePayer.SHARED)
        # The one who is engaged is no longer proposed.
        again = client.get(f"/needs/{need.id}").get_data(as_text=True)
        assert path.replace("&", "&amp;") not in again

    def test_begins_on_the_page_of_a_listing(self, client, session, make, profile):
        listing = make.listing(status=ListingStatus.PUBLISHED)
        owner = make.member(session.get_one(Organization, listing.organization_id))
        client.sign_in(owner)
        path = f"/mandates/new?manager={profile.id}&record=listing:{listing.id}"
        assert path.replace("&", "&amp;") in client.get(f"/technologies/{listing.id}").get_data(
            as_text=True
        )
        assert listing.title in words(client.get(path))

    def test_begins_at_a_manager_s_profile(self, client, session, make, profile, need, buyer):
        second = make.need(make.organization(name="武汉第二家公司"))
        make.membership(buyer, session.get_one(Organization, second.organization_id))
        client.sign_in(buyer)
        page = client.get(f"/mandates/new?manager={profile.id}")
        assert "武汉第二家公司" in words(page)
        other = client.get(f"/mandates/new?manager={profile.id}&client={second.organization_id}")
        assert second.title in words(other)

    def test_begins_on_the_bench(self, client, session, profile, manager, need, terms):
        need.confidentiality = Confidentiality.NAMED
        client.sign_in(manager)
        bench = client.get("/managers/me/bench")
        path = f"/mandates/new?record=need:{need.id}"
        assert path in bench.get_data(as_text=True)
        assert client.get(path).status_code == 200
        assert client.post(path, data=terms()).status_code == 303
        assert session.scalars(select(Mandate)).one().from_manager

    def test_may_be_bound_to_a_partner(self, client, session, make, profile, need, buyer, terms):
        partner = make.organization(name="江城某大学")
        client.sign_in(buyer)
        path = f"/mandates/new?manager={profile.id}&record=need:{need.id}&other={partner.id}"
        assert "江城某大学" in words(client.get(path))
        client.post(path, data=terms(other_organization_id=str(partner.id)))
        mandate = session.scalars(select(Mandate)).one()
        assert mandate.other_organization_id == partner.id
        client.post(f"/mandates/{mandate.id}/offer", data={"version": mandate.version})
        assert "江城某大学" in words(client.get(f"/mandates/{mandate.id}"))

    def test_withholds_names(self, client, make, profile, manager, need):
        hidden = make.need(
            make.organization(name="保密公司"), confidentiality=Confidentiality.ON_CONSENT
        )
        client.sign_in(manager)
        bench = words(client.get("/managers/me/bench"))
        assert hidden.title in bench
        assert "保密公司" not in bench
        assert client.get(f"/mandates/new?record=need:{hidden.id}").status_code == 404
        # Nor among the records of a client whose other need is named.
        need.confidentiality = Confidentiality.NAMED
        hidden.organization_id = need.organization_id
        page = words(client.get(f"/mandates/new?record=need:{need.id}"))
        assert need.title in page
        assert hidden.title not in page

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"success_fee": "", "floor": ""}, "请约定报酬"),
            ({"success_fee": "51"}, "请填写 0 至 50 之间的百分比"),
            ({"success_fee": "x"}, "请填写 0 至 50 之间的百分比"),
            ({"success_fee": "1.234"}, "小数点后最多两位"),
            ({"records": []}, "请至少选择一项成果或需求"),
            ({"tail_days": "-1"}, "请填写 0 至 1,095 天"),
            ({"cap": "0.5"}, "上限低于下限"),
        ],
    )
    def test_says_what_is_wrong(self, client, profile, need, buyer, terms, changes, message):
        client.sign_in(buyer)
        path = f"/mandates/new?manager={profile.id}&record=need:{need.id}"
        page = client.post(path, data=terms(**changes))
        assert page.status_code == 422
        assert message in words(page)
        assert "每月报告一次" in words(page)

    @pytest.mark.parametrize(
        "query",
        [
            "",
            "?manager=x",
            "?manager={profile}&record=need",
            "?manager={profile}&record=thing:{need}",
            "?manager={profile}&record=need:{nobody}",
            "?manager={profile}&record=listing:{nobody}",
            "?manager={nobody}&record=need:{need}",
            "?manager={profile}&client={nobody}",
            "?manager={profile}&client=x",
        ],
    )
    def test_does_not_exist_for_what_does_not_fit(self, client, profile, need, buyer, query):
        client.sign_in(buyer)
        address = "/mandates/new" + query.format(profile=profile.id, need=need.id, nobody=uuid4())
        assert client.get(address).status_code == 404

    def test_is_for_writers(self, client, session, make, profile, need):
        organization = session.get_one(Organization, need.organization_id)
        client.sign_in(make.member(organization, MemberRole.OPERATOR_STAFF))
        path = f"/mandates/new?manager={profile.id}"
        assert client.get(path).status_code == 404
        assert client.get(f"{path}&record=need:{need.id}").status_code == 403

    def test_ignores_a_partner_that_is_nobody_or_the_client(self, client, profile, need, buyer):
        client.sign_in(buyer)
        path = f"/mandates/new?manager={profile.id}&record=need:{need.id}&other="
        for other in ("x", uuid4(), need.organization_id):
            assert "仅限与以下单位" not in words(client.get(f"{path}{other}"))


class TestShow:
    def test_is_for_the_two_sides(self, client, make, draft, buyer, manager, reviewer):
        for person in (buyer, manager):
            page = client.sign_in(person).get(f"/mandates/{draft.id}")
            assert "合同金额的 5%" in words(page)
            assert "提交签署" in words(page)
        for person in (reviewer, make.member(make.organization())):
            assert client.sign_in(person).get(f"/mandates/{draft.id}").status_code == 404
        assert client.sign_in(buyer).get("/en/mandates/" + str(draft.id)).status_code == 200

    @pytest.mark.parametrize("status", MandateStatus)
    def test_shows_every_state(self, client, make, profile, need, buyer, status):
        mandate = make.mandate(
            profile,
            need,
            status=status,
            reason=HOSTILE,
            note=HOSTILE,
            costs_cap_minor=5_000,
            exclusive=True,
        )
        page = client.sign_in(buyer).get(f"/mandates/{mandate.id}")
        assert page.status_code == 200
        assert "<script>alert" not in page.get_data(as_text=True)
        assert need.title in words(client.get("/mandates"))


class TestEdit:
    def test_writes_other_terms(self, client, make, draft, manager, need, terms):
        client.sign_in(manager)
        need.confidentiality = Confidentiality.ON_CONSENT
        path = f"/mandates/{draft.id}/edit"
        # The record stays choosable although its owner is withheld now.
        assert need.title in words(client.get(path))
        sent = client.post(path, data=terms(version=draft.version, success_fee="8"))
        assert sent.status_code == 303
        assert draft.success_fee_bp == 800

    def test_shows_what_is_wrong(self, client, draft, buyer, terms):
        client.sign_in(buyer)
        path = f"/mandates/{draft.id}/edit"
        assert client.post(path, data=terms(version=99)).status_code == 422
        assert client.post(path, data=terms(version=1, payer="")).status_code == 422

    def test_keeps_the_partner(self, client, make, profile, need, buyer):
        partner = make.organization(name="江城某大学")
        mandate = make.mandate(profile, need, other_organization_id=partner.id)
        page = client.sign_in(buyer).get(f"/mandates/{mandate.id}/edit")
        assert "江城某大学" in words(page)

    def test_is_over_once_it_is_offered(self, client, make, profile, need, buyer):
        mandate = make.mandate(profile, need, status=MandateStatus.SIGNED)
        page = client.sign_in(buyer).get(f"/mandates/{mandate.id}/edit")
        assert page.status_code == 409


class TestSigning:
    def test_goes_from_offer_to_signed_by_both(self, client, session, draft, buyer, manager):
        client.sign_in(buyer)
        path = f"/mandates/{draft.id}"
        assert client.post(f"{path}/offer", data={"version": draft.version}).status_code == 303
        paper = current(session, PaperKind.MANDATE, "mandate", draft.id)
        sha256, paper_id = paper.sha256, paper.id
        parties = {one.person_id is not None: one.id for one in paper.parties}
        assert f"/papers/{paper_id}" in client.get(path).get_data(as_text=True)
        for person, is_manager in ((buyer, False), (manager, True)):
            client.sign_in(person)
            shown = client.get(f"/papers/{paper_id}")
            assert shown.status_code == 200
            sent = client.post(
                f"/papers/{paper_id}/sign",
                data={
                    "party_id": str(parties[is_manager]),
                    "sha256": sha256,
                    "name": "签署人",
                    "agreed": "y",
                },
            )
            assert sent.status_code == 303
        assert draft.status is MandateStatus.SIGNED
        assert "已签署文本" in words(client.get(path))

    def test_takes_the_text_back(self, client, draft, buyer, manager):
        client.sign_in(buyer)
        path = f"/mandates/{draft.id}"
        client.post(f"{path}/offer", data={"version": draft.version})
        assert client.sign_in(manager).post(f"{path}/revise").status_code == 303
        assert draft.status is MandateStatus.DRAFT

    def test_offers_what_was_seen(self, client, draft, buyer):
        client.sign_in(buyer)
        sent = client.post(f"/mandates/{draft.id}/offer", data={})
        assert sent.status_code == 409


class TestEnds:
    def test_declines_with_a_reason(self, client, draft, manager):
        client.sign_in(manager)
        path = f"/mandates/{draft.id}/decline"
        assert client.post(path).status_code == 422
        assert client.post(path, data={"reason": "手头已满"}).status_code == 303
        assert draft.status is MandateStatus.DECLINED

    def test_ends_with_a_reason(self, client, make, profile, need, buyer):
        mandate = make.mandate(profile, need, status=MandateStatus.SIGNED)
        client.sign_in(buyer)
        path = f"/mandates/{mandate.id}/end"
        assert client.post(path, data={"reason": "项目停止"}).status_code == 303
        assert mandate.status is MandateStatus.ENDED
        assert client.post(path, data={"reason": "再次"}).status_code == 409


class TestIntroductions:
    def test_are_shown_to_the_three(self, client, session, make, profile, manager, need, buyer):
        listing = make.listing(status=ListingStatus.PUBLISHED)
        made = make.introduction(profile, listing, need, note=HOSTILE)
        owner = make.member(session.get_one(Organization, listing.organization_id))
        for person in (manager, buyer, owner):
            client.sign_in(person)
            assert listing.title in words(client.get("/introductions"))
            page = client.get(f"/introductions/{made.id}")
            assert need.title in words(page)
            assert "<script>alert" not in page.get_data(as_text=True)
        client.sign_in(make.member(make.organization()))
        assert "暂无引荐记录" in words(client.get("/introductions"))
        assert client.get(f"/introductions/{made.id}").status_code == 404


class TestClaim:
    def test_is_shown_and_given_as_a_file(self, client, make, profile, manager, need, buyer):
        mandate = make.mandate(profile, need, status=MandateStatus.SIGNED)
        introduction = make.introduction(profile, make.listing(), need)
        claim = make.claim(introduction, mandate)
        client.sign_in(manager)
        path = f"/managers/me/claims/{claim.id}"
        assert "5 万元" in words(client.get(path))
        assert "Civil Code, article 965" in words(client.get("/en" + path))
        answer = client.get(f"{path}.pdf")
        assert (answer.mimetype, answer.data[:5]) == ("application/pdf", b"%PDF-")
        client.sign_in(buyer)
        assert client.get(path).status_code == 404
        assert client.get(f"{path}.pdf").status_code == 404


class TestBench:
    def test_says_when_nothing_new_can_begin(self, client, session, make):
        from marketplace.accounts.models import User
        from marketplace.managers.models import ManagerStatus

        profile = make.manager(status=ManagerStatus.EXPIRED)
        client.sign_in(session.get_one(User, profile.person_id))
        shown = words(client.get("/managers/me/bench"))
        assert "不能开始新的事项" in shown
        assert "公开需求均已有技术经理人" in shown


class TestPanel:
    def test_is_for_the_owner_s_writers(self, client, session, make, profile, need, manager):
        for person in (manager, make.user()):
            client.sign_in(person)
            assert "适合该项目的技术经理人" not in words(client.get(f"/needs/{need.id}"))

    def test_says_when_nobody_is_there(self, client, need, buyer):
        shown = words(client.sign_in(buyer).get(f"/needs/{need.id}"))
        assert "登记册中还没有其他单位的技术经理人" in shown


class TestEnding:
    def test_desk_and_list_show_what_ends_soon(self, client, make, profile, manager):
        today = now().date()
        signed = {"status": MandateStatus.SIGNED, "starts_on": today - timedelta(days=90)}
        make.mandate(profile, ends_on=today + timedelta(days=20), **signed)
        make.mandate(profile, ends_on=today + timedelta(days=200), **signed)
        make.credential(profile, expires_on=today + timedelta(days=9), checked_at=now())
        make.credential(profile, expires_on=today + timedelta(days=9), number="UNSEEN-1")
        shown = words(client.sign_in(manager).get("/en/desk"))
        assert "Mandates about to end" in shown
        assert "20 days left" in shown
        assert "200 days left" not in shown
        assert shown.count("9 days left") == 1
        listed = client.get("/en/mandates?ending=60").get_data(as_text=True)
        assert "Ending within 60 days" in listed
        assert listed.count('class="result"') == 1
        assert client.get("/en/mandates").get_data(as_text=True).count('class="result"') == 2

    def test_says_so_when_nothing_ends(self, client, manager):
        assert "No mandate ends" in words(client.sign_in(manager).get("/en/mandates?ending=30"))
