"""Late interest: claimed to the cent, once for each day, paid or given up."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from marketplace.core.errors import Denied, NotFound, RuleBroken, StepNotAllowed
from marketplace.deals.models import DealStage
from marketplace.ledger.models import Account
from marketplace.ledger.queries import balance
from marketplace.payments.services import refunds as payment_refunds
from marketplace.performance.models import InterestClaim, InterestState, MilestoneState
from marketplace.performance.queries import figures, interest, plans
from marketplace.performance.rules.milestones import Frozen
from marketplace.performance.services import interests, milestones, royalties
from marketplace.performance.services import plans as services
from marketplace.performance.services.royalties import Report
from tests.factories.performance import NOON, UPLOAD, license_terms

#: The report of 20 November is payable by 20 December; ten days later it is late.
LATE = NOON + timedelta(days=40)


@pytest.fixture
def deal(make):
    return make.performing()


@pytest.fixture
def sides(make, deal):
    return make.side(deal.licensor_id), make.side(deal.licensee_id)


@pytest.fixture
def statement(session, deal, sides):
    return confirmed(session, deal, sides)


def confirmed(session, deal, sides):
    royalties.generate(session, deal, today=NOON.date())
    row = plans.list_statements(session, plans.get_performance(session, deal.id).id)[0]
    base = {"deal_id": deal.id, "statement_id": row.id, "now": NOON}
    royalties.report(
        session, actor=sides[1], report=Report(base_minor=800_000_00, upload=UPLOAD), **base
    )
    royalties.confirm(session, actor=sides[0], **base)
    return row


def claim(session, sides, row, now=LATE):
    return interests.claim(session, actor=sides[0], deal_id=row.deal_id, subject_id=row.id, now=now)


def pay(session, make, sides, row, amount=None):
    part = interests.pay(
        session,
        actor=sides[1],
        deal_id=row.deal_id,
        claim_id=row.id,
        amount_minor=amount,
        now=LATE,
    )
    return make.paid_part(part, payer=sides[1], payee=sides[0])


def standing(session, row):
    return figures.standings(session, figures.INTEREST, [row.id])[row.id]


class TestClaim:
    def test_says_days_rate_and_the_cent(self, session, sides, statement):
        row = claim(session, sides, statement)
        # 40,000.00 × 3 % × 10 / 365
        assert (row.amount_minor, row.rate_bp) == (32_88, 300)
        assert [line["days"] for line in row.lines] == [10]
        assert standing(session, row) == figures.Standing(32_88, 32_88, 0)

    def test_counts_each_day_once(self, session, sides, statement):
        claim(session, sides, statement)
        with pytest.raises(RuleBroken, match="No interest is left"):
            claim(session, sides, statement)
        later = claim(session, sides, statement, now=LATE + timedelta(days=10))
        # 65.7534… in all: the second claim takes what the first left.
        assert later.amount_minor == 65_75 - 32_88

    def test_is_the_providers_about_its_own_deal(self, session, make, sides, statement):
        base = {"deal_id": statement.deal_id, "now": LATE}
        with pytest.raises(Denied):
            interests.claim(session, actor=sides[1], subject_id=statement.id, **base)
        with pytest.raises(NotFound):
            interests.claim(session, actor=sides[0], subject_id=uuid4(), **base)
        other = make.performing()
        with pytest.raises(NotFound):
            interests.claim(
                session, actor=sides[0], deal_id=other.id, subject_id=statement.id, now=LATE
            )

    def test_needs_lateness_and_peace(self, session, deal, sides, statement):
        with pytest.raises(RuleBroken, match="No interest is left"):
            claim(session, sides, statement, now=NOON)
        performance = plans.get_performance(session, deal.id)
        performance.frozen_at = NOON
        with pytest.raises(Frozen):
            claim(session, sides, statement)
        performance.frozen_at = None
        deal.stage, deal.lapse_reason, deal.ended_at = DealStage.LAPSED, "terminated", NOON
        session.flush()
        with pytest.raises(StepNotAllowed):
            claim(session, sides, statement)

    def test_counts_a_milestone_from_its_call(self, session, deal, sides):
        row = plans.list_milestones(session, deal.id)[1]
        called = NOON + timedelta(days=20)
        milestones.call_by_system(session, row, deal, now=called)
        found = claim(session, sides, row)
        assert (found.due_on, found.lines[0]["days"]) == (called.date(), 20)
        assert found.amount_minor == round(30_000_00 * 0.03 * 20 / 365)

    def test_follows_the_agreed_rate(self, session, make):
        deal = make.performing(license_terms(late_interest_bp=1000))
        sides = make.side(deal.licensor_id), make.side(deal.licensee_id)
        row = confirmed(session, deal, sides)
        assert claim(session, sides, row).amount_minor == round(40_000_00 * 0.1 * 10 / 365)
        free = make.performing(license_terms(late_interest_bp=0))
        own = make.side(free.licensor_id), make.side(free.licensee_id)
        with pytest.raises(RuleBroken, match="No interest is left"):
            claim(session, own, confirmed(session, free, own))

    def test_ends_with_a_transfer_on_its_own_day(self, session, make, deal, sides, statement):
        part = royalties.pay(
            session,
            actor=sides[1],
            deal_id=deal.id,
            statement_id=statement.id,
            amount_minor=10_000_00,
            now=LATE,
        )
        # Sent on 20 November, confirmed whenever: a quarter was never late.
        make.paid_part(part, payer=sides[1], payee=sides[0])
        assert claim(session, sides, statement).amount_minor == round(30_000_00 * 0.03 * 10 / 365)

    def test_never_has_two_until_the_same_day(self, session, sides, statement):
        row = claim(session, sides, statement)
        twin = InterestClaim(
            **{name: getattr(row, name) for name in ("deal_id", "subject_kind", "subject_id")},
            due_on=row.due_on,
            until_on=row.until_on,
            rate_bp=1,
            amount_minor=1,
            lines=[],
            claimed_at=NOON,
            claimed_by=row.claimed_by,
            pay_by=row.pay_by,
        )
        session.add(twin)
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()


class TestPay:
    def test_in_parts_is_the_providers_and_not_shared(self, session, make, deal, sides, statement):
        row = claim(session, sides, statement)
        assert any("late interest" in one.message for one in services.settled(session, deal, LATE))
        pay(session, make, sides, row, amount=10_00)
        assert row.state is InterestState.CLAIMED
        part = pay(session, make, sides, row)
        assert row.state is InterestState.PAID
        assert standing(session, row) == figures.Standing(32_88, 0, 32_88)
        assert figures.to_share(session, deal.id) == 0
        found = balance(session, Account.INTEREST_INCOME, owner_id=deal.licensor_id)
        assert found == -32_88
        with pytest.raises(StepNotAllowed):
            pay(session, make, sides, row)
        payment_refunds.refund_by_hand(
            session,
            actor=sides[0],
            payment_id=part.payment_id,
            amount_minor=1_00,
            seen_minor="0",
            reason="多付",
            now=LATE,
        )
        assert (row.state, standing(session, row).open_minor) == (InterestState.CLAIMED, 1_00)

    def test_is_the_licensees_and_waits_for_peace(self, session, make, deal, sides, statement):
        row = claim(session, sides, statement)
        base = {"deal_id": deal.id, "claim_id": row.id, "amount_minor": None, "now": LATE}
        with pytest.raises(Denied):
            interests.pay(session, actor=sides[0], **base)
        asked = interests.pay(session, actor=sides[1], **base)
        performance = plans.get_performance(session, deal.id)
        performance.frozen_at = NOON
        with pytest.raises(Frozen):
            interests.pay(session, actor=sides[1], **base)
        make.paid_part(asked, payer=sides[1], payee=sides[0])
        assert standing(session, row).open_minor == 32_88


class TestWaive:
    def test_needs_a_reason_and_the_provider(self, session, make, deal, sides, statement):
        row = claim(session, sides, statement)
        base = {"deal_id": deal.id, "claim_id": row.id, "now": LATE}
        with pytest.raises(Denied):
            interests.waive(session, actor=sides[1], reason="算了", **base)
        with pytest.raises(RuleBroken, match="sentence"):
            interests.waive(session, actor=sides[0], reason=" ", **base)
        asked = interests.pay(session, actor=sides[1], amount_minor=None, **base)
        interests.waive(session, actor=sides[0], reason="首次逾期", **base)
        assert (row.state, asked.ended_at) == (InterestState.WAIVED, LATE)
        assert standing(session, row) == figures.Standing(0, 0, 0)
        # What was given up is never claimed again.
        with pytest.raises(RuleBroken, match="No interest is left"):
            claim(session, sides, statement)
        with pytest.raises(NotFound):
            interest.get_claim(session, make.performing(), row.id)

    def test_comes_with_a_termination(self, session, deal, sides, statement):
        row = claim(session, sides, statement)
        deal.lapse_note = "协商终止"
        services.end(session, deal, None, LATE)
        assert (row.state, row.waive_reason) == (InterestState.WAIVED, "协商终止")
        assert all(
            one.state is MilestoneState.CANCELLED for one in plans.list_milestones(session, deal.id)
        )
