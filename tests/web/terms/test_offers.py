"""The pages of the negotiation, as both sides, the manager and strangers see them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.deals.models import DealStage
from marketplace.terms.kinds import ContractKind, Side
from marketplace.terms.models import OfferFate
from marketplace.terms.queries import offers as queries
from marketplace.web.clock import now
from tests.clients import words
from tests.factories.terms import simple_terms
from tests.forms import typed


@pytest.fixture
def later():
    """A last day that lies before the clock of the pages, which is the real one."""
    return (now() + timedelta(days=20)).date()


def compose(deal):
    return f"/deals/{deal.id}/terms/offer"


def sent(client, deal, **changes):
    """Fill the page's form as a browser would and send it."""
    form = typed(client.get(compose(deal))) | {"send": ["1"]}
    return client.post(compose(deal), data=form | {k: [v] for k, v in changes.items()})


class TestCompose:
    def test_sends_a_first_offer(self, session, client, buyer, deal):
        client.sign_in(buyer)
        answer = sent(client, deal, upfront_fee_minor="300000", message="请审阅")
        assert answer.location == f"/deals/{deal.id}/terms"
        offered = queries.latest_offer(session, deal.id)
        assert offered.terms.upfront_fee_minor == 30_000_000
        page = words(client.get(answer.location))
        assert "¥300,000.00" in page
        assert "请审阅" in page
        assert "普通实施许可" in page

    def test_keeps_what_was_typed_and_names_each_fault(self, session, client, buyer, deal):
        client.sign_in(buyer)
        answer = sent(
            client,
            deal,
            subject="",
            royalty_base="sales",
            territory="湖北省",
            upfront_fee_minor="many",
        )
        assert answer.status_code == 422
        assert typed(answer)["territory"] == ["湖北省"]
        again = sent(client, deal, subject="", royalty_base="sales")
        page = words(again)
        for text in ("请写明合同标的及其权利编号。", "请写明比例是固定、递增还是递减。"):
            assert text in page
        assert queries.latest_offer(session, deal.id) is None

    def test_reads_rows_and_leaves_empty_ones_out(self, session, client, buyer, deal):
        client.sign_in(buyer)
        answer = sent(
            client,
            deal,
            **{
                "milestones-0-name": "样机",
                "milestones-0-criterion": "运行 300 小时",
                "milestones-0-amount_minor": "1,000.50",
                "milestones-0-due_on": "2027-06-30",
                "royalty_base": "sales",
                "royalty_form": "rising",
                "royalty_count": "yearly",
                "royalty_period": "quarter",
                "royalty_steps-0-from_minor": "0",
                "royalty_steps-0-rate_bp": "3",
                "royalty_steps-1-from_minor": "1000000",
                "royalty_steps-1-rate_bp": "4.5",
                "inspects_books": "yes",
            },
        )
        assert answer.status_code == 303
        terms = queries.latest_offer(session, deal.id).terms
        assert [row.amount_minor for row in terms.milestones] == [100_050]
        assert [row.rate_bp for row in terms.royalty_steps] == [300, 450]
        assert terms.inspects_books is True
        # The next form starts from this offer.
        assert typed(client.get(compose(deal)))["royalty_steps-1-rate_bp"] == ["4.5"]

    @pytest.mark.parametrize(
        ("field", "value", "text"),
        [
            ("milestones-0-amount_minor", "x", "请填写数字"),
            ("milestones-0-due_on", "31.12.2027", "2026-11-20"),
            ("term_months", "zwei", "请填写不小于 0 的整数。"),
            ("upfront_fee_minor", "1.234", "最多保留两位小数。"),
            ("upfront_fee_minor", "-5", "不能为负数"),
            ("upfront_fee_minor", "1e30", "请填写数字"),
        ],
    )
    def test_says_how_a_field_is_mended(self, client, buyer, deal, field, value, text):
        client.sign_in(buyer)
        answer = sent(client, deal, **{field: value})
        assert answer.status_code == 422
        assert text in words(answer)

    def test_a_refused_form_does_not_grow(self, client, buyer, deal):
        client.sign_in(buyer)
        rows = [name for name in typed(client.get(compose(deal))) if name.endswith("-name")]
        answer = sent(client, deal, term_months="x")
        assert [name for name in typed(answer) if name.endswith("-name")] == rows

    def test_shows_the_parts_of_another_kind_without_losing_what_was_typed(
        self, client, buyer, deal
    ):
        client.sign_in(buyer)
        form = typed(client.get(compose(deal)))
        assert "license_kind" in form
        form |= {"contract_kind": ["service"], "liability": ["以费用为限"], "refresh": ["1"]}
        answer = client.post(compose(deal), data=form)
        assert answer.status_code == 200
        shown = typed(answer)
        assert "license_kind" not in shown
        assert "royalty_base" not in shown
        assert shown["liability"] == ["以费用为限"]
        assert "第 886 条" in words(answer)

    def test_a_newer_offer_is_shown_first(self, session, client, make, buyer, deal, later):
        client.sign_in(buyer)
        form = typed(client.get(compose(deal))) | {"send": ["1"], "upfront_fee_minor": ["5"]}
        make.offer(deal, side=Side.LICENSOR, valid_until=later)
        answer = client.post(compose(deal), data=form)
        assert answer.status_code == 409
        assert "您打开本页后收到了要约 1" in words(answer)
        assert typed(answer)["upfront_fee_minor"] == ["5"]
        again = client.post(compose(deal), data=typed(answer) | {"send": ["1"]})
        assert again.status_code == 303
        assert queries.latest_offer(session, deal.id).offer.number == 2

    def test_an_unsent_one_is_kept_for_its_side_alone(self, session, client, buyer, officer, deal):
        client.sign_in(buyer)
        form = typed(client.get(compose(deal))) | {"save": ["1"], "subject": ["未定稿"]}
        assert client.post(compose(deal), data=form).status_code == 303
        assert typed(client.get(compose(deal)))["subject"] == ["未定稿"]
        client.sign_in(officer)
        page = client.get(f"/deals/{deal.id}/terms")
        assert "未发出" in words(page)
        assert "未定稿" not in words(client.get(compose(deal)))

    def test_a_manager_prepares_for_either_side_and_sends_for_none(
        self, session, client, broker, deal
    ):
        client.sign_in(broker)
        for side in Side:
            place = f"{compose(deal)}?side={side.value}"
            page = client.get(place)
            form = typed(page) | {"subject": [f"为{side.value}起草"]}
            assert (
                client.post(
                    place, data=form | {"send": ["1"], "upfront_fee_minor": ["9"]}
                ).status_code
                == 403
            )
            assert client.post(place, data=form | {"save": ["1"]}).status_code == 303
            assert queries.find_draft(session, deal.id, side).is_prepared
        assert queries.latest_offer(session, deal.id) is None
        answer = client.post(f"/deals/{deal.id}/terms/drafts/licensor/discard")
        assert answer.status_code == 303
        assert queries.find_draft(session, deal.id, Side.LICENSOR) is None
        assert client.post(f"/deals/{deal.id}/terms/drafts/nobody/discard").status_code == 404

    def test_refused_terms_are_told_on_top(self, client, buyer, deal):
        client.sign_in(buyer)
        answer = sent(client, deal, upfront_fee_minor="5", valid_until="2020-01-01")
        assert answer.status_code == 422
        assert "该日期下要约已经过期。" in words(answer)

    def test_is_closed_to_strangers(self, client, make, deal):
        client.sign_in(make.member())
        assert client.get(compose(deal)).status_code == 404

    def test_is_closed_once_signed(self, client, make, company, buyer):
        deal = make.deal_at(DealStage.SIGNED, licensee=company)
        client.sign_in(buyer)
        assert client.get(compose(deal)).status_code == 403


class TestIndex:
    def test_says_that_there_is_no_offer(self, client, buyer, broker, deal):
        client.sign_in(buyer)
        assert "尚无要约" in words(client.get(f"/deals/{deal.id}/terms"))
        client.sign_in(broker)
        assert "由当事方有权限的人员发出要约" in words(client.get(f"/deals/{deal.id}/terms"))

    def test_puts_two_offers_side_by_side(self, client, make, officer, deal, later):
        make.offer(deal, valid_until=later)
        make.offer(
            deal,
            side=Side.LICENSOR,
            terms=simple_terms(upfront_fee_minor=50_000_000, territory="湖北省"),
            valid_until=later,
            message="含培训",
        )
        client.sign_in(officer)
        page = words(client.get(f"/deals/{deal.id}/terms"))
        assert "¥300,000.00" in page
        assert "¥500,000.00" in page
        assert "湖北省" in page
        english = words(client.get(f"/en/deals/{deal.id}/terms"))
        assert "Territory changed by this offer" in english
        assert "Civil Code, article 875" in english

    def test_offers_the_answer_to_the_other_side_alone(
        self, client, make, buyer, officer, broker, deal, later
    ):
        make.offer(deal, valid_until=later)
        for user, answers in ((buyer, False), (officer, True), (broker, False)):
            client.sign_in(user)
            assert ("接受这些条款" in words(client.get(f"/deals/{deal.id}/terms"))) == answers

    def test_shows_any_two_beside_each_other(self, client, make, buyer, deal, later):
        for fee in (1, 2, 3):
            make.offer(deal, terms=simple_terms(upfront_fee_minor=fee * 100), valid_until=later)
        client.sign_in(buyer)
        page = words(client.get(f"/deals/{deal.id}/terms/offers/3?with=1"))
        assert "¥1.00" in page
        assert "¥2.00" not in page
        assert client.get(f"/deals/{deal.id}/terms/offers/4").status_code == 404
        assert "¥1.00" in words(client.get(f"/deals/{deal.id}/terms/offers/1"))


class TestAnswers:
    def answer(self, client, deal, step, **data):
        return client.post(f"/deals/{deal.id}/terms/offers/1/{step}", data=data)

    def test_accept_agrees(self, session, client, make, officer, deal, later):
        offer = make.offer(deal, valid_until=later)
        client.sign_in(officer)
        answer = self.answer(client, deal, "accept", sha256=offer.sha256)
        assert "双方就这些条款达成一致" in words(client.get(answer.location))
        agreed = queries.current_agreement(session, deal)
        assert agreed.sha256 == offer.sha256
        # A second click finds the deal moved on and changes nothing.
        again = self.answer(client, deal, "accept", sha256=offer.sha256)
        assert "该要约已不能答复" in words(client.get(again.location))
        assert queries.count_agreements(session, deal.id) == 1

    def test_decline_wants_a_reason(self, session, client, make, officer, deal, later):
        make.offer(deal, valid_until=later)
        client.sign_in(officer)
        answer = self.answer(client, deal, "decline", reason="")
        assert "请说明理由" in words(client.get(answer.location))
        self.answer(client, deal, "decline", reason="期限太短")
        assert queries.latest_offer(session, deal.id).fate is OfferFate.DECLINED
        assert "期限太短" in words(client.get(f"/deals/{deal.id}/terms"))

    def test_withdraw_takes_it_back(self, session, client, make, buyer, deal, later):
        make.offer(deal, valid_until=later)
        client.sign_in(buyer)
        assert "撤回该要约" in words(client.get(f"/deals/{deal.id}/terms"))
        self.answer(client, deal, "withdraw")
        assert queries.latest_offer(session, deal.id).fate is OfferFate.WITHDRAWN

    @pytest.mark.parametrize("step", ["accept", "decline", "withdraw"])
    def test_are_not_the_managers(self, session, client, make, broker, deal, later, step):
        make.offer(deal, valid_until=later)
        client.sign_in(broker)
        assert self.answer(client, deal, step, reason="x").status_code == 403
        assert queries.latest_offer(session, deal.id).fate is None

    @pytest.mark.parametrize("step", ["accept", "decline", "withdraw"])
    def test_do_not_exist_for_strangers(self, client, make, deal, later, step):
        make.offer(deal, valid_until=later)
        client.sign_in(make.member())
        assert self.answer(client, deal, step, reason="x").status_code == 404


class TestKinds:
    @pytest.mark.parametrize("kind", list(ContractKind))
    def test_every_kind_can_be_offered_and_read(self, session, client, buyer, deal, kind):
        client.sign_in(buyer)
        form = typed(client.get(compose(deal))) | {"contract_kind": [kind.value], "refresh": ["1"]}
        shown = typed(client.post(compose(deal), data=form))
        shown |= {"upfront_fee_minor": ["1000"], "send": ["1"]}
        assert client.post(compose(deal), data=shown).status_code == 303
        assert queries.latest_offer(session, deal.id).terms.contract_kind is kind
        assert "¥1,000.00" in words(client.get(f"/deals/{deal.id}/terms"))
