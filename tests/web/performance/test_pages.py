"""Pages of performance through the client, in both languages."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from marketplace.deals.models import DealStage
from marketplace.performance.models import (
    DealDispute,
    Inspection,
    MilestoneState,
    StatementState,
)
from marketplace.performance.queries import plans
from marketplace.performance.services import royalties
from tests.clients import words
from tests.factories.performance import NOON
from tests.performance_pages import paper, person


def money(deal):
    return f"/deals/{deal.id}/money"


class TestShow:
    def test_shows_milestones_and_sums_to_both_sides(self, client, pages, deal, licensor, licensee):
        for user in (licensor, licensee):
            client.sign_in(user)
            zh, en = pages(money(deal))
            assert "入门费" in zh
            assert "100,000.00" in en
            assert "Entry fee" in en

    def test_says_when_nothing_is_signed(self, session, client, pages, make):
        other = make.deal(DealStage.TERMS)
        client.sign_in(person(session, make, other.licensor_id))
        zh, en = pages(money(other))
        assert "双方签署合同后" in zh
        assert "once both sides have signed" in en

    def test_is_not_there_for_strangers(self, client, make, deal):
        client.sign_in(make.member())
        assert client.get(money(deal)).status_code == 404

    def test_stands_on_the_deals_page(self, client, deal, licensor):
        client.sign_in(licensor)
        assert money(deal) in client.get(f"/deals/{deal.id}").get_data(as_text=True)


class TestMilestone:
    def test_goes_from_call_to_release(self, session, client, pages, deal, licensor, licensee):
        work = plans.list_milestones(session, deal.id)[1]
        page = f"/deals/{deal.id}/milestones/{work.id}"
        client.sign_in(licensee)
        assert client.post(f"{page}/call").status_code == 303
        zh, en = pages(page)
        assert "前往付款" in zh
        assert "Go to the payment" in en
        assert client.post(f"{page}/pay", data={"amount": "30001"}).status_code == 422
        sent = client.post(f"{page}/pay", data={})
        assert sent.status_code == 303
        assert "/payments/" in sent.location
        zh, _ = pages(page)
        assert "前往待付款项" in zh
        work = plans.get_milestone(session, deal, work.id)
        part = plans.list_parts(session, [work.id])[0]
        back = client.get(f"/parts/{part.id}")
        assert back.location == page
        work.state, work.paid_at = MilestoneState.PAID, NOON
        part.settled_at = NOON
        session.flush()
        client.sign_in(licensor)
        assert client.post(f"{page}/deliver", data={"note": ""}).status_code == 422
        done = client.post(
            f"{page}/deliver",
            data={"note": "已寄出", "file": paper()},
            content_type="multipart/form-data",
        )
        assert done.status_code == 303
        client.sign_in(licensee)
        zh, _ = pages(page)
        assert "proof.pdf" in zh
        assert client.post(f"{page}/accept").status_code == 303
        assert plans.get_milestone(session, deal, work.id).state is MilestoneState.RELEASED

    def test_refuses_the_wrong_side_state_and_event(self, session, client, deal, licensor):
        work = plans.list_milestones(session, deal.id)[1]
        page = f"/deals/{deal.id}/milestones/{work.id}"
        client.sign_in(licensor)
        assert client.post(f"{page}/accept").status_code == 403
        assert client.post(f"{page}/deliver", data={"note": "x"}).status_code == 409
        assert client.post(f"{page}/dance").status_code == 404
        assert client.post(f"{page}/pay").status_code == 403
        assert client.get(f"/deals/{deal.id}/milestones/{deal.id}").status_code == 404


class TestStatement:
    @pytest.fixture
    def first(self, session, deal):
        made = royalties.generate(session, deal, today=date(2026, 11, 20))
        return (
            made[0]
            if made
            else plans.list_statements(session, plans.get_performance(session, deal.id).id)[0]
        )

    def test_is_reported_disputed_confirmed_and_paid(
        self, session, client, pages, deal, first, licensor, licensee
    ):
        page = f"/deals/{deal.id}/royalties/{first.id}"
        client.sign_in(licensee)
        assert client.post(f"{page}/report", data={"base": "x"}).status_code == 422
        sent = {"base": "1,200,000", "note": "销售台账", "file": paper()}
        assert client.post(f"{page}/report", data=sent).status_code == 303
        client.sign_in(licensor)
        zh, en = pages(page)
        assert "56,000.00" in en
        assert "报送是否属实" in zh
        assert client.post(f"{page}/dispute", data={}).status_code == 422
        assert client.post(f"{page}/dispute", data={"reason": "缺少二月"}).status_code == 303
        client.sign_in(licensee)
        sent = {"base": "1,300,000", "note": "补二月"}
        assert client.post(f"{page}/report", data=sent).status_code == 303
        client.sign_in(licensor)
        ask = {"planned_on": "2020-01-01", "reason": "核对"}
        assert client.post(f"{page}/inspections", data=ask).status_code == 422
        ask["planned_on"] = (date.today() + timedelta(days=40)).isoformat()  # noqa: DTZ011
        assert client.post(f"{page}/inspections", data=ask).status_code == 303
        inspection = session.query(Inspection).one()
        pages(page)
        found = {"finding": "账实相符"}
        assert client.post(f"{page}/inspections/{inspection.id}", data=found).status_code == 303
        assert client.post(f"{page}/inspections/{inspection.id}", data=found).status_code == 409
        assert client.post(f"{page}/confirm").status_code == 303
        client.sign_in(licensee)
        pages(page)
        assert client.post(f"{page}/pay", data={"amount": "99999999"}).status_code == 422
        paid = client.post(f"{page}/pay", data={"amount": "1000"})
        part = plans.list_parts(session, [first.id])[0]
        assert client.get(f"/parts/{part.id}").location == page
        assert paid.status_code == 303
        assert plans.get_statement(session, deal, first.id).state is StatementState.CONFIRMED

    def test_shows_what_is_late(self, client, pages, deal, first, licensee):
        client.sign_in(licensee)
        zh, en = pages("/deals/late")
        assert "提成费报送" in zh
        assert "Royalty report" in en
        pages(f"/deals/{deal.id}/royalties/{first.id}")
        pages(money(deal))


class TestDispute:
    def test_is_opened_proposed_agreed(self, session, client, pages, deal, licensor, licensee):
        base = f"/deals/{deal.id}/disputes"
        client.sign_in(licensee)
        assert client.post(base, data={}).status_code == 422
        assert client.post(base, data={"reason": "样机不合格"}).status_code == 303
        dispute = session.query(DealDispute).one()
        sent = {"outcome": "continue", "text": "延期一个月"}
        assert client.post(f"{base}/{dispute.id}/outcome", data={}).status_code == 422
        assert client.post(f"{base}/{dispute.id}/outcome", data=sent).status_code == 303
        client.sign_in(licensor)
        zh, _ = pages(money(deal))
        assert "同意该处理方案" in zh
        assert client.post(base, data={"reason": "again"}).status_code == 409
        assert client.post(f"{base}/{dispute.id}/agree").status_code == 303
        assert plans.get_performance(session, deal.id).frozen_at is None

    def test_is_withdrawn_by_its_side(self, session, client, pages, deal, licensor, licensee):
        base = f"/deals/{deal.id}/disputes"
        client.sign_in(licensee)
        client.post(base, data={"reason": "样机不合格"})
        dispute = session.query(DealDispute).one()
        pages(money(deal))
        assert client.post(f"{base}/{dispute.id}/withdraw", data={}).status_code == 422
        client.sign_in(licensor)
        sent = {"text": "已解决"}
        assert client.post(f"{base}/{dispute.id}/withdraw", data=sent).status_code == 403
        client.sign_in(licensee)
        assert client.post(f"{base}/{dispute.id}/withdraw", data=sent).status_code == 303


class TestSimulator:
    def test_is_open_to_everybody_signed_in(self, client, pages, make):
        client.sign_in(make.user())
        zh, en = pages("/simulator")
        assert "700,000.00" in zh
        assert "exact to the cent" in en

    def test_begins_with_a_deal(self, client, pages, deal, licensor):
        client.sign_in(licensor)
        zh, _ = pages(f"/simulator?deal_id={deal.id}")
        assert "100,000.00" in zh

    def test_works_out_to_the_cent(self, client, make):
        client.sign_in(make.user())
        sent = {
            "gross": "0.10",
            "cost": "0.03",
            "inventors": "70",
            "staff": "0",
            "college": "10",
            "university": "20",
            "people-0-pool": "inventor",
            "people-0-name": "李",
            "people-0-weight": "2",
            "people-1-pool": "inventor",
            "people-1-name": "王",
            "people-1-weight": "1",
        }
        text = words(client.post("/en/simulator", data=sent))
        assert "0.05" in text
        sent["inventors"] = "40"
        refused = client.post("/simulator", data=sent)
        assert refused.status_code == 422
        sent |= {"inventors": "70", "people-0-weight": "x"}
        assert client.post("/simulator", data=sent).status_code == 422
        assert client.post("/simulator", data={"gross": "1"}).status_code == 422


def test_commissions_are_empty_without_any(client, pages, make):
    client.sign_in(make.user())
    zh, en = pages("/commissions")
    assert "尚无佣金" in zh
    assert "No commission yet" in en
