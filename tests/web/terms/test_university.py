"""Pricing, tiers, decisions and notices through the pages."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from marketplace.core.actor import MemberRole
from marketplace.terms.models import (
    ApprovalDecision,
    NoticeStatus,
    Objection,
    ObjectionStatus,
    PriceNotice,
    Pricing,
)
from marketplace.terms.queries import university as queries
from marketplace.terms.rules.approval import EXAMPLE
from marketplace.web.clock import now
from tests.clients import words
from tests.forms import typed

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def place(deal, rest="pricing"):
    return f"/deals/{deal.id}/terms/{rest}"


@pytest.fixture
def notice(make, university, agreed_deal):
    from marketplace.terms.queries.offers import current_agreement

    return make.add(
        PriceNotice(
            deal_id=agreed_deal.id,
            agreed_id=current_agreement(make.session, agreed_deal).id,
            organization_id=university.id,
            name="激光清洗技术普通许可",
            summary="除锈速度提高三倍。",
            buyer="武汉示范科技有限公司",
            price_minor=30_000_000,
            price_note="首付款 30 万元",
            days=15,
            posted_on=now().date() - timedelta(days=2),
            posted_by=None,
            is_related=True,
            related_note="发明人持有受让方 5% 股权",
        )
    )


class TestTiers:
    def tiers(self, university):
        return f"/organizations/{university.id}/approval-tiers"

    def test_start_from_the_example(self, session, client, university, officer):
        client.sign_in(officer)
        page = client.get(self.tiers(university))
        assert "尚未填写" in words(page)
        example = client.get(self.tiers(university) + "?example=1")
        answer = client.post(self.tiers(university), data=typed(example))
        assert answer.status_code == 303
        assert queries.list_tiers(session, university.id) == list(EXAMPLE)

    def test_are_refused_with_what_was_typed(self, session, client, university, officer):
        client.sign_in(officer)
        answer = client.post(
            self.tiers(university),
            data={"tiers-0-from_minor": "5", "tiers-0-body": "校长办公会"},
        )
        assert answer.status_code == 422
        assert typed(answer)["tiers-0-body"] == ["校长办公会"]
        assert "第一个层级自 0 元起" in words(answer)

    def test_are_closed_to_others(self, client, make, university):
        client.sign_in(make.member(university, MemberRole.EDITOR))
        assert client.get(self.tiers(university)).status_code == 403
        client.sign_in(make.member())
        assert client.get(self.tiers(university)).status_code == 404


class TestPricing:
    def test_records_method_decision_and_report(
        self, session, client, make, university, officer, agreed_deal
    ):
        make.example_tiers(university)
        client.sign_in(officer)
        page = client.get(place(agreed_deal))
        assert EXAMPLE[0].body in words(page)
        answer = client.post(
            place(agreed_deal), data={"method": "agreement", "basis": "市场法评估"}
        )
        assert answer.status_code == 303
        answer = client.post(
            place(agreed_deal, "decisions"),
            data={
                "decision": "approved",
                "body": EXAMPLE[0].body,
                "subject": "许可",
                "decided_on": "2026-11-20",
                "participants": "王某、李某",
                "minutes": (io.BytesIO(PDF), "会议纪要.pdf"),
            },
        )
        assert answer.status_code == 303
        answer = client.post(
            place(agreed_deal, "valuations"), data={"report": (io.BytesIO(PDF), "评估报告.pdf")}
        )
        assert answer.status_code == 303
        page = words(client.get(place(agreed_deal)))
        for text in ("市场法评估", "会议纪要.pdf", "评估报告.pdf", "王某、李某"):
            assert text in page
        assert session.query(Pricing).one().amount_minor == 30_000_000

    def test_says_what_is_missing(self, client, officer, agreed_deal):
        client.sign_in(officer)
        answer = client.post(place(agreed_deal), data={"method": "auction", "basis": "留着"})
        assert answer.status_code == 422
        assert "请写明技术市场或持证拍卖机构。" in words(answer)
        assert typed(answer)["csrf_token"]
        assert "留着" in answer.get_data(as_text=True)
        answer = client.post(place(agreed_deal, "decisions"), data={"decision": "approved"})
        assert answer.status_code == 422
        answer = client.post(
            place(agreed_deal, "decisions"),
            data={
                "decision": "approved",
                "body": "甲",
                "subject": "乙",
                "decided_on": "2099-01-01",
            },
        )
        assert "该日期在将来。" in words(answer)
        answer = client.post(place(agreed_deal, "valuations"), data={})
        assert answer.status_code == 422
        answer = client.post(
            place(agreed_deal, "valuations"),
            data={"report": (io.BytesIO(b"MZ"), "virus.exe")},
        )
        assert answer.status_code == 422

    def test_is_the_institutions_own_affair(self, client, make, buyer, broker, agreed_deal):
        for user, status in ((buyer, 403), (broker, 403), (make.member(), 404)):
            client.sign_in(user)
            for rest in ("pricing", "diligence.pdf"):
                assert client.get(place(agreed_deal, rest)).status_code == status
            for rest in ("pricing", "decisions", "valuations", "notice"):
                assert client.post(place(agreed_deal, rest), data={}).status_code == status

    def test_is_read_by_colleagues_and_changed_by_officers(
        self, session, client, make, university, agreed_deal
    ):
        client.sign_in(make.member(university, MemberRole.EDITOR))
        assert client.get(place(agreed_deal)).status_code == 200
        answer = client.post(place(agreed_deal), data={"method": "agreement"})
        assert answer.status_code == 403
        assert session.query(Pricing).count() == session.query(ApprovalDecision).count() == 0

    @pytest.mark.parametrize("prefix", ["", "/en"])
    def test_gives_the_diligence_file_as_pdf(self, client, officer, notice, agreed_deal, prefix):
        client.sign_in(officer)
        answer = client.get(prefix + place(agreed_deal, "diligence.pdf"))
        assert answer.mimetype == "application/pdf"
        assert answer.data.startswith(b"%PDF")


class TestPublish:
    def test_posts_what_the_form_proposes(self, session, client, officer, agreed_deal):
        client.sign_in(officer)
        form = {
            "name": "激光清洗",
            "summary": "除锈",
            "buyer": "某公司",
            "price_note": "30 万元",
            "days": "15",
            "is_related": "y",
            "related_note": "持股",
        }
        short = client.post(place(agreed_deal, "notice"), data=form | {"days": "3"})
        assert short.status_code == 422
        assert "公示期至少 15 天" in words(short)
        answer = client.post(place(agreed_deal, "notice"), data=form)
        notice = session.query(PriceNotice).one()
        assert answer.location == f"/price-notices/{notice.id}"
        assert "计时中" in words(client.get(place(agreed_deal)))


class TestNoticePages:
    def test_are_open_to_visitors(self, client, notice):
        listed = words(client.get("/price-notices"))
        assert notice.name in listed
        assert "关联交易" in listed
        page = words(client.get(f"/price-notices/{notice.id}"))
        for text in (
            notice.summary,
            notice.buyer,
            "30 万元",
            notice.related_note,
            "登录后提出异议",
        ):
            assert text in page
        assert notice.name not in words(client.get("/price-notices?status=passed"))
        assert "No notice here" in words(client.get("/en/price-notices?status=passed"))

    def test_take_an_objection_and_its_settlement(
        self, session, client, make, officer, buyer, notice
    ):
        objector = make.user(name="钱疑")
        client.sign_in(objector)
        address = f"/price-notices/{notice.id}"
        refused = client.post(f"{address}/objections", data={"reasons": ""})
        assert refused.status_code == 422
        client.post(f"{address}/objections", data={"reasons": "价格低于同类许可"})
        objection = session.query(Objection).one()
        assert "价格低于同类许可" in words(client.get(address))
        again = client.post(f"{address}/objections", data={"reasons": "再次"})
        assert again.status_code == 422
        # Others see that there is one, not whose nor why.
        client.sign_in(buyer)
        page = words(client.get(address))
        assert "因异议暂停" in page
        assert "钱疑" not in page
        assert "价格低于同类许可" not in page
        settle = f"{address}/objections/{objection.id}/settle"
        assert (
            client.post(settle, data={"outcome": "dismissed", "settlement": "x"}).status_code == 403
        )
        client.sign_in(officer)
        assert "钱疑" in words(client.get(address))
        assert client.post(settle, data={"outcome": "dismissed"}).status_code == 422
        missing = f"{address}/objections/{notice.id}/settle"
        assert client.post(missing, data={}).status_code == 404
        client.post(settle, data={"outcome": "dismissed", "settlement": "评估报告已说明"})
        session.refresh(objection)
        assert objection.status is ObjectionStatus.DISMISSED
        assert "评估报告已说明" in words(client.get(address))

    def test_are_taken_back_by_the_institution(self, session, client, buyer, officer, notice):
        address = f"/price-notices/{notice.id}/take-back"
        client.sign_in(buyer)
        assert client.post(address, data={"reason": "x"}).status_code == 403
        client.sign_in(officer)
        assert client.post(address, data={"reason": ""}).status_code == 422
        client.post(address, data={"reason": "条款有误"})
        session.refresh(notice)
        assert notice.status is NoticeStatus.TAKEN_BACK
        assert "条款有误" in words(client.get(f"/price-notices/{notice.id}"))

    def test_stand_on_the_officers_desk_and_the_deal(self, client, officer, notice, agreed_deal):
        client.sign_in(officer)
        assert notice.name in words(client.get("/desk"))
        assert notice.name in words(client.get(f"/deals/{agreed_deal.id}"))

    def test_end_in_words(self, session, client, notice):
        notice.status, notice.ended_on = NoticeStatus.PASSED, now().date()
        session.flush()
        assert "公示期满" in words(client.get(f"/price-notices/{notice.id}"))
