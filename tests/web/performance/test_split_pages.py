"""Pages of splits and awards through the client, in both languages."""

from __future__ import annotations

from datetime import date

from marketplace.core.actor import MemberRole
from marketplace.ledger.services import seal_pending
from marketplace.performance.models import (
    IncomeSplit,
    SplitState,
)
from marketplace.performance.queries import plans, splits
from marketplace.performance.services import milestones
from tests.factories.performance import NOON
from tests.performance_pages import paper, person


def earn(session, make, deal):
    pair = make.side(deal.licensor_id), make.side(deal.licensee_id)
    part = milestones.pay(
        session,
        actor=pair[1],
        deal_id=deal.id,
        milestone_id=plans.list_milestones(session, deal.id)[0].id,
        amount_minor=None,
        now=NOON,
    )
    make.paid_part(part, payer=pair[1], payee=pair[0])
    seal_pending(session)


class TestSplit:
    def test_goes_from_draft_to_payout(  # noqa: PLR0915 — one walk through all steps
        self, session, client, pages, make, deal, licensor
    ):
        earn(session, make, deal)
        inventor = make.user()
        other = make.user()
        base = f"/deals/{deal.id}/splits"
        client.sign_in(licensor)
        zh, _ = pages(base)
        assert "10,000.00" in zh
        pages(f"{base}/new")
        sent = {
            "gross": "10000",
            "inventors": "70",
            "staff": "0",
            "college": "10",
            "university": "20",
            "college_name": "光电学院",
            "people-0-pool": "inventor",
            "people-0-name": inventor.name,
            "people-0-email": inventor.email,
            "people-0-weight": "60",
            "people-1-pool": "inventor",
            "people-1-name": "校外合作者",
            "people-1-email": "",
            "people-1-weight": "40",
        }
        assert client.post(f"{base}/new", data=sent | {"gross": "10001"}).status_code == 422
        assert client.post(f"{base}/new", data=sent | {"people-1-email": "x"}).status_code == 422
        assert client.post(f"{base}/new", data=sent).status_code == 303
        split = session.query(IncomeSplit).one()
        page = f"{base}/{split.id}"
        pages(f"{page}/edit")
        assert client.post(f"{page}/edit", data=sent | {"note": "第一笔"}).status_code == 303
        assert (
            client.post(f"{page}/costs", data={"amount": "99999", "text": "x"}).status_code == 422
        )
        cost = {"amount": "1000", "text": "专利年费", "file": paper()}
        assert client.post(f"{page}/costs", data=cost).status_code == 303
        assert client.post(f"{page}/costs", data={"amount": "1", "text": "y"}).status_code == 303
        second = splits.list_costs(session, split.id)[1]
        assert client.post(f"{page}/costs/{second.id}/remove").status_code == 303
        zh, _ = pages(page)
        assert "6,300.00" in zh
        assert client.post(f"{page}/ask").status_code == 303
        assert client.post(f"{page}/publish").status_code == 409
        assert client.post(f"{page}/back", data={}).status_code == 422
        assert client.post(f"{page}/back", data={"reason": "重算"}).status_code == 303
        assert client.post(f"{page}/ask").status_code == 303
        shares = splits.list_shares(session, split.id)
        own, outside = shares
        pages(page)
        path = f"{page}/shares/{outside.id}/consent"
        assert client.post(path, data={}).status_code == 422
        assert client.post(path, data={"file": paper()}).status_code == 303
        client.sign_in(inventor)
        zh, en = pages("/my-results")
        assert "3,780.00" in zh
        pages(f"/my-results/{own.id}")
        assert client.post(f"/my-results/{own.id}", data={}).status_code == 422
        assert client.post(f"/my-results/{own.id}", data={"answer": "refuse"}).status_code == 422
        assert client.post(f"/my-results/{own.id}", data={"answer": "agree"}).status_code == 303
        assert client.get(f"/my-results/{outside.id}").status_code == 404
        client.sign_in(licensor)
        pages(page)
        assert client.post(f"{page}/publish").status_code == 303
        pages(page)
        client.sign_in(other)
        public = f"/award-notices/{split.id}"
        pages("/award-notices")
        zh, en = pages(public)
        assert "Object to this notice" in en
        assert client.post(public, data={}).status_code == 422
        assert client.post(public, data={"text": "遗漏完成人"}).status_code == 303
        client.sign_in(licensor)
        assert client.post(f"{page}/book").status_code == 409
        pages(page)
        objection = splits.list_objections(session, split.id)[0]
        settle = f"{page}/objections/{objection.id}"
        assert client.post(settle, data={}).status_code == 422
        assert client.post(settle, data={"outcome": "核实无误"}).status_code == 303
        split = session.get_one(IncomeSplit, split.id)
        split.notice_from, split.notice_to = date(2026, 1, 1), date(2026, 1, 16)
        session.flush()
        pages(page)
        assert client.post(f"{page}/book").status_code == 303
        pages(page)
        pay = {"amount": "3780", "tax": "10", "paid_on": "2026-01-20", "reference": "R1"}
        wrong = client.post(f"{page}/shares/{own.id}/payouts", data=pay | {"amount": "3781"})
        assert wrong.status_code == 422
        assert client.post(f"{page}/shares/{own.id}/payouts", data=pay).status_code == 303
        pay |= {"amount": "2520", "reference": "R2"}
        assert client.post(f"{page}/shares/{outside.id}/payouts", data=pay).status_code == 303
        assert session.get_one(IncomeSplit, split.id).state is SplitState.PAID_OUT
        zh, en = pages(f"/organizations/{deal.licensor_id}/income")
        assert "6,300.00" in zh
        table = client.get(f"/organizations/{deal.licensor_id}/income.csv").get_data(as_text=True)
        assert ",0,1000000,0,100000,630000,90000,180000" in table
        pages("/")
        client.sign_in(inventor)
        pages("/my-results")
        pages(public)

    def test_is_the_offices_alone(self, session, client, make, deal, licensee):
        earn(session, make, deal)
        client.sign_in(licensee)
        assert client.get(f"/deals/{deal.id}/splits").status_code == 404
        assert client.get(f"/organizations/{deal.licensor_id}/income").status_code == 404
        client.sign_in(person(session, make, deal.licensor_id, MemberRole.EDITOR))
        assert client.get(f"/deals/{deal.id}/splits").status_code == 404


class TestPolicy:
    def test_is_set_with_its_source(self, client, pages, deal, licensor):
        page = f"/organizations/{deal.licensor_id}/split-policy"
        client.sign_in(licensor)
        zh, en = pages(page)
        assert "建议比例" in zh
        sent = {"inventors": "70", "staff": "5", "college": "5", "university": "20", "source": ""}
        assert client.post(page, data=sent).status_code == 422
        sent["source"] = "校发〔2026〕8号"
        assert client.post(page, data=sent | {"university": "21"}).status_code == 422
        assert client.post(page, data=sent).status_code == 303
        zh, en = pages(page)
        assert "校发〔2026〕8号" in zh
        assert "What was set before" in en
