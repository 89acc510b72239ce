"""Splits and awards on the database, to the cent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from marketplace.core.errors import Denied, NotFound, RuleBroken
from marketplace.ledger.models import Account, Line
from marketplace.ledger.queries import balance
from marketplace.performance.models import (
    Consent,
    Pool,
    SplitState,
    StatementState,
)
from marketplace.performance.queries import figures, plans
from marketplace.performance.queries import splits as split_queries
from marketplace.performance.rules.split import Rates
from marketplace.performance.services import (
    milestones,
    notices,
    payouts,
    splits,
)
from marketplace.performance.services.payouts import PayoutDraft
from marketplace.performance.services.splits import PersonLine, SplitDraft
from tests.factories.performance import NOON, UPLOAD

T = StatementState
TODAY = NOON.date()
RATES = Rates(inventors_bp=7000, staff_bp=500, college_bp=1000, university_bp=1500)


@pytest.fixture
def deal(make):
    return make.performing()


@pytest.fixture
def sides(make, deal):
    return make.side(deal.licensor_id), make.side(deal.licensee_id)


class TestSplits:
    @pytest.fixture
    def earned(self, session, make, deal, sides):
        part = milestones.pay(
            session,
            actor=sides[1],
            deal_id=deal.id,
            milestone_id=plans.list_milestones(session, deal.id)[0].id,
            amount_minor=None,
            now=NOON,
        )
        make.paid_part(part, payer=sides[1], payee=sides[0])
        return deal

    def draft(self, *, gross=10_000_00, names=("李", "王", "张"), **values):
        people = [PersonLine(pool=Pool.INVENTOR, name=name, weight=1) for name in names]
        staff = [PersonLine(pool=Pool.STAFF, name="赵", weight=1)]
        return SplitDraft(gross_minor=gross, rates=RATES, people=[*people, *staff], **values)

    def test_never_share_more_than_was_earned(self, session, earned, sides):
        base = {"actor": sides[0], "deal_id": earned.id, "now": NOON}
        for gross in (0, 10_000_01):
            with pytest.raises(RuleBroken, match="at most what was earned"):
                splits.draft_split(session, draft=self.draft(gross=gross), **base)
        with pytest.raises(RuleBroken, match="inventor"):
            splits.draft_split(
                session,
                draft=SplitDraft(gross_minor=1, rates=RATES, people=[]),
                **base,
            )
        with pytest.raises(RuleBroken, match="a name and a share"):
            splits.draft_split(session, draft=self.draft(names=("",)), **base)
        splits.draft_split(session, draft=self.draft(gross=6_000_00), **base)
        assert figures.to_share(session, earned.id) == 4_000_00
        with pytest.raises(RuleBroken, match="being prepared already"):
            splits.draft_split(session, draft=self.draft(gross=1), **base)

    def test_go_to_the_books_to_the_cent(self, session, make, earned, sides):
        base = {"actor": sides[0], "deal_id": earned.id}
        split = splits.draft_split(session, draft=self.draft(gross=10_000_00), now=NOON, **base)
        base["split_id"] = split.id
        splits.add_cost(session, amount_minor=100_01, text="年费", now=NOON, **base)
        notices.ask_consent(session, now=NOON, **base)
        for share in split_queries.list_shares(session, split.id):
            notices.record_consent(session, share_id=share.id, upload=UPLOAD, now=NOON, **base)
            assert share.consent is Consent.AGREED
        notices.publish(session, now=NOON, **base)
        with pytest.raises(RuleBroken, match="runs until"):
            notices.book(session, now=NOON + timedelta(days=15), **base)
        notices.book(session, now=NOON + timedelta(days=16), **base)
        lines = session.scalar(
            select(func.sum(Line.amount_minor)).where(
                Line.account.in_(
                    (
                        Account.INCOME_COST,
                        Account.AWARD_PAYABLE,
                        Account.COLLEGE_SHARE,
                        Account.UNIVERSITY_SHARE,
                    )
                )
            )
        )
        assert lines == -10_000_00
        shares = split_queries.list_shares(session, split.id)
        assert sorted(one.amount_minor for one in shares) == [495_00, 2309_99, 2310_00, 2310_00]
        later = NOON + timedelta(days=20)
        for number, share in enumerate(shares):
            draft = PayoutDraft(
                amount_minor=share.amount_minor,
                tax_minor=5,
                paid_on=later.date(),
                reference=f"R{number}",
            )
            arguments = base | {"share_id": share.id}
            for wrong in (
                {"amount_minor": share.amount_minor + 1},
                {"amount_minor": 0},
                {"tax_minor": share.amount_minor + 1},
                {"paid_on": later.date() + timedelta(days=2)},
                {"reference": " "},
            ):
                values = {**draft.__dict__, **wrong}
                with pytest.raises(RuleBroken):
                    payouts.record_payout(
                        session, draft=PayoutDraft(**values), now=later, **arguments
                    )
            payouts.record_payout(session, draft=draft, now=later, **arguments)
        assert split.state is SplitState.PAID_OUT
        assert figures.to_share(session, earned.id) == 0
        assert balance(session, Account.CONTRACT_INCOME, owner_id=earned.licensor_id) == 0

    def test_are_unknown_to_the_other_side(self, session, make, earned, sides):
        with pytest.raises(NotFound):
            splits.draft_split(
                session, actor=sides[1], deal_id=earned.id, draft=self.draft(), now=NOON
            )
        with pytest.raises(NotFound):
            splits.set_policy(
                session,
                actor=sides[1],
                organization_id=earned.licensor_id,
                rates=RATES,
                source="x",
                now=NOON,
            )


class TestRefusals:
    """Steps of a split that come too early, too late, or from the wrong person."""

    @pytest.fixture
    def split(self, session, make, deal, sides):
        part = milestones.pay(
            session,
            actor=sides[1],
            deal_id=deal.id,
            milestone_id=plans.list_milestones(session, deal.id)[0].id,
            amount_minor=None,
            now=NOON,
        )
        make.paid_part(part, payer=sides[1], payee=sides[0])
        people = [PersonLine(pool=Pool.INVENTOR, name="李", weight=1)]
        rates = Rates(inventors_bp=7000, staff_bp=0, college_bp=1000, university_bp=2000)
        return splits.draft_split(
            session,
            actor=sides[0],
            deal_id=deal.id,
            draft=SplitDraft(gross_minor=100_00, rates=rates, people=people),
            now=NOON,
        )

    def test_hold_in_every_state(self, session, make, deal, sides, split):
        base = {"actor": sides[0], "deal_id": deal.id, "split_id": split.id, "now": NOON}
        share = split_queries.list_shares(session, split.id)[0]
        with pytest.raises(RuleBroken, match="Nothing is asked"):
            notices.record_consent(session, share_id=share.id, upload=UPLOAD, **base)
        with pytest.raises(NotFound):
            notices.record_consent(session, share_id=deal.id, upload=UPLOAD, **base)
        with pytest.raises(RuleBroken, match="above 0"):
            splits.add_cost(session, amount_minor=0, text="x", **base)
        with pytest.raises(NotFound):
            splits.remove_cost(session, cost_id=deal.id, **base)
        with pytest.raises(NotFound):
            notices.object_to(session, actor=sides[1], split_id=split.id, text="x", now=NOON)
        draft = PayoutDraft(amount_minor=1, tax_minor=0, paid_on=TODAY, reference="R")
        with pytest.raises(RuleBroken, match="stands in the books"):
            payouts.record_payout(session, share_id=share.id, draft=draft, **base)
        with pytest.raises(NotFound):
            payouts.record_payout(session, share_id=deal.id, draft=draft, **base)
        notices.ask_consent(session, **base)
        share.person_id = sides[0].user_id
        session.flush()
        with pytest.raises(Denied):
            notices.record_consent(session, share_id=share.id, upload=UPLOAD, **base)
        refused = notices.answer(
            session, actor=sides[0], share_id=share.id, agrees=False, reason="太少", now=NOON
        )
        assert refused.consent is Consent.REFUSED
        with pytest.raises(RuleBroken, match="has not agreed"):
            notices.publish(session, **base)
        notices.answer(session, actor=sides[0], share_id=share.id, agrees=True, now=NOON)
        notices.publish(session, **base)
        with pytest.raises(RuleBroken, match="Nothing is asked"):
            notices.answer(session, actor=sides[0], share_id=share.id, agrees=True, now=NOON)
        objection = notices.object_to(
            session, actor=sides[1], split_id=split.id, text="遗漏", now=NOON
        )
        settle = base | {"objection_id": objection.id, "outcome": "核实"}
        with pytest.raises(NotFound):
            notices.settle_objection(session, **(settle | {"objection_id": deal.id}))
        later = NOON + timedelta(days=16)
        with pytest.raises(RuleBroken, match="objection is open"):
            notices.book(session, **(base | {"now": later}))
        notices.settle_objection(session, **settle)
        with pytest.raises(RuleBroken, match="settled already"):
            notices.settle_objection(session, **settle)
        with pytest.raises(RuleBroken, match="notice is over"):
            notices.object_to(session, actor=sides[1], split_id=split.id, text="晚", now=later)

    def test_never_book_more_than_is_left(self, session, make, deal, sides, split):
        base = {"actor": sides[0], "deal_id": deal.id, "split_id": split.id, "now": NOON}
        notices.ask_consent(session, **base)
        share = split_queries.list_shares(session, split.id)[0]
        notices.record_consent(session, share_id=share.id, upload=UPLOAD, **base)
        notices.publish(session, **base)
        split.gross_minor = 10_000_01
        session.flush()
        with pytest.raises(RuleBroken, match="is left to share out"):
            notices.book(session, **(base | {"now": NOON + timedelta(days=16)}))

    def test_an_objector_does_not_judge_their_own_objection(self, session, deal, sides, split):
        base = {"actor": sides[0], "deal_id": deal.id, "split_id": split.id, "now": NOON}
        notices.ask_consent(session, **base)
        share = split_queries.list_shares(session, split.id)[0]
        notices.record_consent(session, share_id=share.id, upload=UPLOAD, **base)
        notices.publish(session, **base)
        objection = notices.object_to(
            session, actor=sides[0], split_id=split.id, text="遗漏", now=NOON
        )
        with pytest.raises(Denied):
            notices.settle_objection(session, objection_id=objection.id, outcome="核实", **base)
