"""Trials, export papers, open licenses, and what other pages show of terms."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from marketplace.deals.models import Deal, DealStage
from marketplace.listings.models import ExportControl, ListingStatus
from marketplace.terms import wiring
from marketplace.terms.models import (
    ExportRecord,
    NoticeStatus,
    PriceNotice,
    Trial,
    TrialStatus,
)
from marketplace.terms.queries.offers import current_agreement
from marketplace.web.clock import now
from tests.clients import words
from tests.factories.terms import simple_terms
from tests.forms import typed

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


class TestTrials:
    @pytest.fixture
    def form(self):
        today = now().date()
        return {
            "starts_on": str(today - timedelta(days=1)),
            "decide_by": str(today + timedelta(days=100)),
            "trigger": "first_income",
            "payment": "delayed",
            "price_minor": "200000",
            "scope": "一条产线",
            "security": "履约保险",
        }

    def at(self, deal, rest=""):
        return f"/deals/{deal.id}/trials{rest}"

    def started(self, session, client, officer, buyer, deal, form):
        client.sign_in(officer)
        client.post(self.at(deal), data=form)
        client.sign_in(buyer)
        trial = session.query(Trial).one()
        client.post(self.at(deal, f"/{trial.id}/accept"))
        return trial

    def test_run_from_proposal_to_license(self, session, client, officer, buyer, deal, form):
        trial = self.started(session, client, officer, buyer, deal, form)
        page = words(client.get(self.at(deal)))
        for text in ("试用中", "一条产线", "履约保险", "报告首笔收入"):
            assert text in page
        place = self.at(deal, f"/{trial.id}/income")
        refused = client.post(place, data={"income_on": "2000-01-01"})
        assert refused.status_code == 422
        client.post(place, data={"income_on": str(now().date()), "words": "首批订单"})
        assert "待决定" in words(client.get(self.at(deal)))
        answer = client.post(self.at(deal, f"/{trial.id}/convert"))
        assert answer.location == f"/deals/{deal.id}/terms"
        offer = typed(client.get(f"/deals/{deal.id}/terms/offer"))
        assert offer["upfront_fee_minor"] == ["200000"]
        assert "已转为许可" in words(client.get(self.at(deal)))

    def test_end_in_a_return(self, session, client, officer, buyer, deal, form):
        trial = self.started(session, client, officer, buyer, deal, form)
        client.post(self.at(deal, f"/{trial.id}/give-back"), data={"reason": "良率不足"})
        session.refresh(trial)
        assert trial.status is TrialStatus.GIVEN_BACK

    def test_are_called_off(self, session, client, officer, buyer, deal, form):
        client.sign_in(officer)
        client.post(self.at(deal), data=form | {"payment": "instalment", "instalments": "4"})
        assert "4 期" in words(client.get(self.at(deal)))
        trial = session.query(Trial).one()
        client.post(self.at(deal, f"/{trial.id}/call-off"), data={"reason": "改期"})
        assert "改期" in words(client.get(self.at(deal)))

    def test_name_what_is_missing(self, client, officer, broker, deal, form):
        client.sign_in(officer)
        answer = client.post(self.at(deal), data=form | {"price_minor": ""})
        assert answer.status_code == 422
        assert "请写明试用后支付的价格。" in words(answer)
        assert typed(answer)["scope"] == ["一条产线"]
        client.sign_in(broker)
        assert "提议试用" not in words(client.get(self.at(deal)))


class TestExports:
    @pytest.fixture
    def foreign(self, make, university, company):
        deal = make.deal_at(
            DealStage.NOTICE,
            licensor=university,
            licensee=company,
            listing_values={"export_control": ExportControl.RESTRICTED},
        )
        make.agreement(deal, terms=simple_terms(foreign_licensee=True))
        return deal

    def test_record_what_the_rules_ask(self, session, client, officer, foreign):
        client.sign_in(officer)
        place = f"/deals/{foreign.id}/terms/exports"
        assert "限制出口：缺少许可证" in words(client.get(place))
        answer = client.post(
            place,
            data={
                "license_number": "鄂技出 12",
                "license_file": (io.BytesIO(PDF), "许可证.pdf"),
                "applied_on": "2026-11-20",
            },
        )
        assert answer.status_code == 303
        page = words(client.get(place))
        assert "限制出口：已取得许可" in page
        assert "许可证.pdf" in page
        # Three working days after a Friday.
        assert "2026-11-25" in page
        assert session.query(ExportRecord).one().license_number == "鄂技出 12"

    def test_are_read_by_the_other_side(self, client, make, buyer, officer, foreign):
        client.sign_in(officer)
        place = f"/deals/{foreign.id}/terms/exports"
        assert client.post(place, data={"applied_on": "2099-01-01"}).status_code == 422
        client.post(place, data={"registration_number": "4201-1"})
        client.sign_in(buyer)
        assert "4201-1" in words(client.get(place))
        assert client.post(place, data={}).status_code == 403
        client.sign_in(make.member())
        assert client.get(place).status_code == 404

    def test_ask_nothing_of_a_domestic_deal(self, client, buyer, deal):
        client.sign_in(buyer)
        assert "无境外方" in words(client.get(f"/deals/{deal.id}/terms/exports"))


class TestOpenLicense:
    @pytest.fixture
    def listing(self, make, university):
        listing = make.listing(
            university,
            status=ListingStatus.PUBLISHED,
            cooperation=["open_license"],
            open_license={"fee": "每年 2 万元", "payment": "一月支付", "until": "2029-12-31"},
        )
        make.right(listing)
        return listing

    def at(self, listing):
        return f"/technologies/{listing.id}/open-license"

    def test_is_found_on_the_listing_and_accepted_in_one_step(
        self, session, client, buyer, company, listing
    ):
        client.sign_in(buyer)
        assert "接受开放许可" in words(client.get(f"/technologies/{listing.id}"))
        page = words(client.get(self.at(listing)))
        for text in ("《专利法》第 50 条", "¥20,000.00", "符合"):
            assert text in page
        refused = client.post(
            self.at(listing), data={"organization": str(company.id), "years": "2"}
        )
        assert refused.status_code == 422
        form = {"organization": str(company.id), "years": "2", "accepts": "y"}
        too_long = client.post(self.at(listing), data=form | {"years": "50"})
        assert too_long.status_code == 422
        answer = client.post(self.at(listing), data=form)
        deal = session.query(Deal).one()
        assert answer.location == f"/deals/{deal.id}/terms"
        assert "双方就这些条款达成一致" in words(client.get(answer.location))

    def test_says_why_it_cannot_be_accepted(self, session, client, make, officer, listing):
        client.sign_in(officer)
        assert "已认证单位的名义" in words(client.get(self.at(listing)))
        listing.open_license = {"fee": "面议", "payment": "x", "until": "2029-12-31"}
        session.flush()
        assert "没有写明唯一的金额" in words(client.get(self.at(listing)))
        other = make.listing(status=ListingStatus.PUBLISHED)
        assert client.get(self.at(other)).status_code == 404
        assert "接受开放许可" not in words(client.get(f"/technologies/{other.id}"))


class TestPanels:
    def test_show_the_newest_terms_on_the_deal(self, client, make, buyer, deal):
        client.sign_in(buyer)
        assert "发出要约" in words(client.get(f"/deals/{deal.id}"))
        make.offer(deal, valid_until=now().date() + timedelta(days=9))
        page = words(client.get(f"/deals/{deal.id}"))
        assert "¥300,000.00" in page
        assert "待答复" in page

    def test_lead_officers_from_their_institution_to_its_tiers(
        self, client, make, university, officer, company, buyer
    ):
        make.example_tiers(university)
        client.sign_in(officer)
        assert "审批权限" in words(client.get(f"/organizations/{university.id}"))
        client.sign_in(buyer)
        assert "审批权限" not in words(client.get(f"/organizations/{university.id}"))
        assert "审批权限" not in words(client.get(f"/organizations/{company.id}"))

    def test_give_a_person_what_they_offered_and_objected_to(self, session, make, buyer, deal):
        make.offer(deal, offered_by=buyer.id)
        assert len(wiring._written_by(session, buyer.id)) == 1
        assert wiring._written_by(session, make.user().id) == []

    def test_take_a_running_notice_back_when_terms_are_taken_up_again(
        self, session, make, university, officer, agreed_deal
    ):
        moment = now()
        notice = make.add(
            PriceNotice(
                deal_id=agreed_deal.id,
                agreed_id=current_agreement(session, agreed_deal).id,
                organization_id=university.id,
                name="激光清洗",
                summary="除锈",
                buyer="某公司",
                price_minor=100,
                price_note="一次付清",
                days=15,
                posted_on=moment.date(),
                posted_by=officer.id,
            )
        )
        wiring._reopened(session, agreed_deal, make.actor(officer), moment)
        assert notice.status is NoticeStatus.TAKEN_BACK

    def test_files_of_the_price_open_for_the_institution_alone(
        self, session, make, officer, buyer, deal
    ):
        assert wiring._is_insider(session, make.actor(officer), deal.id)
        assert not wiring._is_insider(session, make.actor(buyer), deal.id)
        assert not wiring._is_insider(session, make.actor(officer), buyer.id)
