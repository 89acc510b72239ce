"""Contracts through the client."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import TYPE_CHECKING

import pytest

from marketplace.contracts import queries, receipts
from marketplace.contracts.models import RegistrationStatus
from marketplace.contracts.receipts import Receipt
from marketplace.contracts.rules import Point
from marketplace.contracts.services import drawing
from marketplace.deals.models import Deal, DealStage
from marketplace.organizations.models import Organization, OrganizationKind
from marketplace.web.clock import now
from tests.clients import words
from tests.pdf_words import words_of

if TYPE_CHECKING:
    from marketplace.accounts.models import User

ALL = [point.value for point in Point]


def member(session, make, organization_id) -> User:
    return make.member(session.get_one(Organization, organization_id))


@pytest.fixture
def agreed(session, make):
    deal = make.agreed_deal()
    return deal, member(session, make, deal.licensor_id)


@pytest.fixture
def signed(session, make):
    deal, _ = make.signed_contract()
    return deal, member(session, make, deal.licensor_id)


def address(deal, rest=""):
    return f"/deals/{deal.id}/contract{rest}"


class TestShow:
    def test_says_that_terms_come_first(self, client, session, make):
        deal = make.deal_at(DealStage.TERMS)
        page = client.sign_in(member(session, make, deal.licensor_id)).get(address(deal))
        assert "尚无合同" in words(page)

    def test_shows_the_text_before_anything_is_drawn_up(self, client, agreed):
        deal, owner = agreed
        shown = words(client.sign_in(owner).get(address(deal)))
        assert "许可标的与许可方式" in shown
        assert "起草供签署" in shown
        assert "30 万元" in shown

    def test_reads_in_english(self, client, agreed):
        deal, owner = agreed
        shown = words(client.sign_in(owner).get(f"/en{address(deal)}"))
        assert "Draw up for signing" in shown
        assert "What is licensed, and how" in shown

    def test_names_what_is_open_for_a_university(self, client, session, make):
        university = make.organization(kind=OrganizationKind.UNIVERSITY)
        deal = make.agreed_deal(licensor=university)
        shown = words(client.sign_in(make.member(university)).get(address(deal)))
        assert "以下事项尚未完成" in shown
        assert "起草供签署" not in shown

    def test_asks_to_draw_up_anew_after_other_terms(self, client, session, make):
        deal, _ = make.drawn_contract()
        queries.get_contract(session, deal.id).terms_sha256 = "0" * 64
        owner = member(session, make, deal.licensor_id)
        assert "请重新起草合同" in words(client.sign_in(owner).get(address(deal)))

    def test_shows_signatures_and_what_follows(self, client, signed):
        deal, owner = signed
        shown = words(client.sign_in(owner).get(address(deal)))
        assert "各方已签署" in shown
        assert "尚未开始" in shown
        assert "专利实施许可备案" in shown

    def test_is_not_there_for_strangers(self, client, make, agreed):
        deal, _ = agreed
        client.sign_in(make.member())
        for rest in ("", "/draft.pdf", "/registration", "/subsidy", "/subsidy.zip"):
            assert client.get(address(deal, rest)).status_code == 404
        assert client.post(address(deal, "/draw-up")).status_code == 404


class TestDrawUp:
    def test_leads_to_the_paper_and_its_two_signatures(self, client, session, make, agreed):
        deal, owner = agreed
        done = client.sign_in(owner).post(address(deal, "/draw-up"))
        paper = drawing.current_paper(session, deal.id)
        assert done.headers["Location"].endswith(f"/papers/{paper.id}")
        buyer = member(session, make, deal.licensee_id)
        for party, user in zip(paper.parties, (buyer, owner), strict=True):
            client.sign_in(user).post(
                f"/papers/{paper.id}/sign",
                data={
                    "party_id": str(party.id),
                    "sha256": paper.sha256,
                    "name": "王芳",
                    "agreed": "y",
                },
            )
        assert session.get_one(Deal, deal.id).stage is DealStage.SIGNED
        assert address(deal) in client.get(f"/papers/{paper.id}").get_data(as_text=True)

    def test_says_what_is_missing(self, client, make):
        university = make.organization(kind=OrganizationKind.UNIVERSITY)
        deal = make.agreed_deal(licensor=university)
        answer = client.sign_in(make.member(university)).post(address(deal, "/draw-up"))
        assert answer.status_code == 409


class TestDraft:
    def test_carries_the_readers_name(self, client, agreed):
        deal, owner = agreed
        answer = client.sign_in(owner).get(address(deal, "/draft.pdf"))
        found = words_of(answer.data)
        assert "技术许可合同" in found
        assert "草稿" in found


class TestRegistration:
    def test_goes_its_whole_way(self, client, session, signed):
        deal, owner = signed
        client.sign_in(owner)
        page = words(client.get(address(deal, "/registration")))
        assert "未确认" in page
        assert "卖方" in page
        today = now().date().isoformat()
        for step, data in (
            (
                "registration/prepare",
                {"office": "武汉登记点", "technology": "300000", "checked": ALL},
            ),
            ("registration/file", {"filed_on": today}),
            ("registration/return", {"reason": "缺少任务书"}),
            (
                "registration/prepare",
                {"office": "武汉登记点", "technology": "300000", "checked": ALL},
            ),
            ("registration/file", {"filed_on": today}),
            ("registration/register", {"number": "2026420101000123", "registered_on": today}),
            ("recording", {"recording_number": "2026420000012", "recorded_on": today}),
        ):
            if step.endswith("prepare"):
                data["checked"] = [
                    point.value for point in Point if point not in (Point.PLAN, Point.EXPORT)
                ]
            answer = client.post(address(deal, f"/{step}"), data=data)
            assert answer.status_code == 303, (step, words(answer))
            shown = words(client.get(address(deal, "/registration")))
            if step.endswith("return"):
                assert "缺少任务书" in shown
        assert "2026420101000123" in shown
        contract = queries.get_contract(session, deal.id)
        entry = queries.find_registration(session, contract)
        assert entry.status is RegistrationStatus.REGISTERED
        assert contract.recording_number == "2026420000012"

    @pytest.mark.parametrize(
        ("step", "data", "said"),
        [
            ("prepare", {"office": "", "technology": "1"}, "请填写登记机构"),
            ("prepare", {"office": "x", "technology": "abc"}, "请以元为单位填写金额"),
            ("prepare", {"office": "x", "technology": "300001"}, "不能超过合同金额"),
            ("file", {"filed_on": ""}, "2026-11-20"),
        ],
    )
    def test_says_what_to_mend_and_keeps_what_was_typed(self, client, signed, step, data, said):
        deal, owner = signed
        answer = client.sign_in(owner).post(address(deal, f"/registration/{step}"), data=data)
        assert answer.status_code in (404, 422)
        if step == "prepare":
            assert said in words(answer)

    def test_asks_for_every_point(self, client, signed):
        deal, owner = signed
        client.sign_in(owner).post(
            address(deal, "/registration/prepare"),
            data={"office": "武汉登记点", "technology": "300000", "checked": ALL[:1]},
        )
        answer = client.post(
            address(deal, "/registration/file"), data={"filed_on": now().date().isoformat()}
        )
        assert answer.status_code == 422
        assert "仍缺" in words(answer)

    def test_is_read_but_not_done_by_the_other_side(self, client, session, make, signed):
        deal, _ = signed
        client.sign_in(member(session, make, deal.licensee_id))
        assert client.get(address(deal, "/registration")).status_code == 200
        for step in ("prepare", "file", "return", "register"):
            answer = client.post(address(deal, f"/registration/{step}"), data={})
            assert answer.status_code == 403
        assert client.get(address(deal, "/subsidy")).status_code == 403
        assert client.get(address(deal, "/subsidy.zip")).status_code == 403

    def test_prints_the_sheet(self, client, signed):
        deal, owner = signed
        answer = client.sign_in(owner).get(address(deal, "/registration/sheet.pdf"))
        assert "技术合同认定登记表" in words_of(answer.data)
        assert answer.headers["Content-Disposition"].isascii()
        english = client.get(f"/en{address(deal, '/registration/sheet.pdf')}")
        assert "Registrationsheet" in words_of(english.data)

    def test_begins_after_the_signatures(self, client, agreed):
        deal, owner = agreed
        assert client.sign_in(owner).get(address(deal, "/registration")).status_code == 404


class TestSubsidy:
    def test_explains_line_by_line(self, client, signed, monkeypatch):
        deal, owner = signed
        year = now().year
        monkeypatch.setattr(receipts, "_readers", [])
        receipts.register(
            lambda *_: [Receipt(amount_minor=20_000_000, on=date(year, 1, 2), title="首付款")]
        )
        shown = words(client.sign_in(owner).get(address(deal, "/subsidy")))
        assert "技术流向武汉企业" in shown
        assert "20 万元" in shown
        assert "首付款" in shown
        assert "条件尚未全部满足" in shown
        last = words(client.get(address(deal, f"/subsidy?year={year - 1}")))
        assert "首付款" not in last
        odd = words(client.get(address(deal, "/subsidy?year=9")))
        assert "首付款" in odd

    def test_packs_the_file_set(self, client, signed):
        deal, owner = signed
        answer = client.sign_in(owner).get(address(deal, "/subsidy.zip"))
        with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
            names = archive.namelist()
            cover = words_of(archive.read(names[0]))
        assert names[:3] == [
            "00-申报说明与清单.pdf",
            "01-技术合同认定登记表.pdf",
            "02-技术合同.pdf",
        ]
        assert "不符合" in cover


class TestPanels:
    def test_stand_on_deal_and_desk(self, client, signed):
        deal, owner = signed
        client.sign_in(owner)
        assert "待登记合同" in words(client.get("/desk"))
        assert "合同" in words(client.get(f"/deals/{deal.id}"))

    def test_say_how_far_the_signing_is(self, client, session, make):
        deal, _ = make.drawn_contract()
        owner = member(session, make, deal.licensor_id)
        assert "待签署" in words(client.sign_in(owner).get(f"/deals/{deal.id}"))
        early = make.agreed_deal()
        owner = member(session, make, early.licensor_id)
        assert "查看合同" in words(client.sign_in(owner).get(f"/deals/{early.id}"))
        talk = make.deal_at(DealStage.INQUIRY)
        owner = member(session, make, talk.licensor_id)
        assert "查看合同" not in words(client.sign_in(owner).get(f"/deals/{talk.id}"))
