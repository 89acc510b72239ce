"""Refunds on a payment's own page move what was paid for; everything in one transaction."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.core.errors import Denied, RuleBroken, StepNotAllowed
from marketplace.ledger.models import Account
from marketplace.ledger.queries import balance
from marketplace.payments.models import Payment, Refund, RefundState
from marketplace.payments.services import refunds as payment_refunds
from marketplace.performance.models import Milestone, MilestoneState, StatementState
from marketplace.performance.queries import figures, plans
from marketplace.performance.services import milestones, parts, refunds, royalties
from marketplace.performance.services import plans as services
from marketplace.performance.services.royalties import Report
from tests.factories.performance import NOON, UPLOAD

S = MilestoneState


@pytest.fixture
def deal(make):
    return make.performing()


@pytest.fixture
def sides(make, deal):
    return make.side(deal.licensor_id), make.side(deal.licensee_id)


@pytest.fixture
def fee(session, deal):
    return plans.list_milestones(session, deal.id)[0]


@pytest.fixture
def work(session, deal):
    row = plans.list_milestones(session, deal.id)[1]
    milestones.call_by_system(session, row, deal, now=NOON)
    return row


def standing(session, row, kind=figures.MILESTONE):
    return figures.standings(session, kind, [row.id])[row.id]


def paid(session, make, sides, row, amount=None):
    part = milestones.pay(
        session,
        actor=sides[1],
        deal_id=row.deal_id,
        milestone_id=row.id,
        amount_minor=amount,
        now=NOON,
    )
    return make.paid_part(part, payer=sides[1], payee=sides[0])


def give_back(session, sides, part, amount):
    order = payment_refunds.refund_by_hand(
        session,
        actor=sides[0],
        payment_id=part.payment_id,
        amount_minor=amount,
        seen_minor=str(session.get_one(Payment, part.payment_id).refunded_minor),
        reason="多付",
        now=NOON,
    )
    session.flush()
    return order


def fails(session, order):
    # A transfer goes back by hand and can't fail; a card's can, and leads to the same place.
    order.state = RefundState.REQUESTED
    payment = session.get_one(Payment, order.payment_id)
    payment_refunds.fail(session, payment, order, "账户已销户", NOON)


class TestMilestone:
    def test_is_owed_again_after_a_full_refund(self, session, make, deal, sides, work):
        part = paid(session, make, sides, work)
        assert work.state is S.PAID
        give_back(session, sides, part, work.amount_minor)
        assert (work.state, work.paid_at) == (S.PAYABLE, None)
        assert standing(session, work).open_minor == work.amount_minor
        assert "reopen" in {one.event for one in plans.list_events(session, work.id)}
        paid(session, make, sides, work)
        assert work.state is S.PAID
        assert standing(session, work) == figures.Standing(30_000_00, 0, 0)

    def test_loses_its_income_when_it_was_released(self, session, make, deal, sides, fee):
        part = paid(session, make, sides, fee)
        assert fee.state is S.RELEASED
        assert figures.to_share(session, deal.id) == 10_000_00
        give_back(session, sides, part, 10_000_00)
        assert (fee.state, fee.released_at) == (S.PAYABLE, None)
        assert standing(session, fee) == figures.Standing(10_000_00, 10_000_00, 0)
        assert figures.to_share(session, deal.id) == 0
        assert balance(session, Account.CONTRACT_CASH, owner_id=deal.licensor_id) == 0

    def test_shows_the_open_rest_of_a_partial_refund(self, session, make, deal, sides, fee):
        part = paid(session, make, sides, fee)
        give_back(session, sides, part, 3_000_00)
        assert fee.state is S.RELEASED
        assert standing(session, fee) == figures.Standing(10_000_00, 3_000_00, 7_000_00)
        found = services.settled(session, deal, NOON)
        assert any("left a rest" in one.message for one in found)
        paid(session, make, sides, fee)
        assert standing(session, fee) == figures.Standing(10_000_00, 0, 10_000_00)
        assert not any(
            "left a rest" in one.message for one in services.settled(session, deal, NOON)
        )

    def test_rest_is_given_up_by_the_provider_alone(self, session, make, deal, sides, fee):
        part = paid(session, make, sides, fee)
        give_back(session, sides, part, 3_000_00)
        base = {"deal_id": deal.id, "milestone_id": fee.id, "now": NOON}
        with pytest.raises(Denied):
            milestones.waive_rest(session, actor=sides[1], reason="减价", **base)
        with pytest.raises(RuleBroken, match="sentence"):
            milestones.waive_rest(session, actor=sides[0], reason=" ", **base)
        milestones.waive_rest(session, actor=sides[0], reason="减价", **base)
        assert standing(session, fee) == figures.Standing(7_000_00, 0, 7_000_00)
        with pytest.raises(RuleBroken, match="Nothing of this"):
            milestones.waive_rest(session, actor=sides[0], reason="减价", **base)
        with pytest.raises(StepNotAllowed):
            paid(session, make, sides, fee)

    def test_partly_refunded_work_goes_on(self, session, make, deal, sides, work):
        part = paid(session, make, sides, work)
        give_back(session, sides, part, 10_000_00)
        assert (work.state, standing(session, work).open_minor) == (S.PAID, 10_000_00)
        base = {"deal_id": deal.id, "milestone_id": work.id, "now": NOON}
        milestones.move(session, actor=sides[0], event="deliver", text="样机", **base)
        milestones.move(session, actor=sides[1], event="accept", **base)
        assert (work.state, standing(session, work).earned_minor) == (S.RELEASED, 20_000_00)
        # Given back in one step: nothing of it is owed any more.
        row = plans.list_milestones(session, deal.id)[2]
        milestones.call_by_system(session, row, deal, now=NOON)
        part = paid(session, make, sides, row)
        give_back(session, sides, part, 1)
        base["milestone_id"] = row.id
        milestones.move(session, actor=sides[0], event="refund", text="终止", **base)
        assert (row.state, standing(session, row).open_minor) == (S.REFUNDED, 0)
        assert part.refunded_minor == part.amount_minor

    def test_failed_refund_leaves_it_as_it_was(self, session, make, deal, sides, work):
        part = paid(session, make, sides, work)
        order = give_back(session, sides, part, work.amount_minor)
        fails(session, order)
        assert (work.state, part.refunded_minor) == (S.PAID, 0)
        assert standing(session, work).open_minor == 0

    def test_failed_refund_of_a_fee_earns_it_again(self, session, make, deal, sides, fee):
        part = paid(session, make, sides, fee)
        fails(session, give_back(session, sides, part, 4_000_00))
        assert standing(session, fee) == figures.Standing(10_000_00, 0, 10_000_00)
        fails(session, give_back(session, sides, part, 10_000_00))
        assert fee.state is S.RELEASED
        assert standing(session, fee) == figures.Standing(10_000_00, 0, 10_000_00)

    def test_refund_that_failed_after_a_second_payment_waits(
        self, session, make, deal, sides, work
    ):
        part = paid(session, make, sides, work)
        order = give_back(session, sides, part, work.amount_minor)
        paid(session, make, sides, work)
        fails(session, order)
        assert (work.state, standing(session, work).open_minor) == (S.PAID, 0)
        assert part.refunded_minor == work.amount_minor
        # Ordered anew, it changes nothing in the book.
        give_back(session, sides, part, work.amount_minor)
        assert standing(session, work) == figures.Standing(30_000_00, 0, 0)

    def test_hearing_twice_changes_nothing(self, session, make, sides, work):
        part = paid(session, make, sides, work)
        give_back(session, sides, part, 1_00)
        refunds.follow(session, session.get_one(Payment, part.payment_id), NOON)
        assert standing(session, work).open_minor == 1_00

    def test_leaves_unpaid_parts_alone(self, session, make, deal, sides, work):
        part = milestones.pay(
            session,
            actor=sides[1],
            deal_id=deal.id,
            milestone_id=work.id,
            amount_minor=None,
            now=NOON,
        )
        refunds.follow(session, session.get_one(Payment, part.payment_id), NOON)
        assert part.refunded_minor == 0

    def test_takes_no_more_than_is_open(self, session, make, deal, sides, work):
        first = paid(session, make, sides, work, amount=10_000_00)
        order = give_back(session, sides, first, 10_000_00)
        rest = milestones.pay(
            session,
            actor=sides[1],
            deal_id=deal.id,
            milestone_id=work.id,
            amount_minor=None,
            now=NOON,
        )
        assert rest.amount_minor == 30_000_00
        fails(session, order)
        assert standing(session, work).open_minor == 20_000_00
        make.paid_part(rest, payer=sides[1], payee=sides[0])
        assert session.get_one(Payment, rest.payment_id).kept_minor == 0
        assert standing(session, work).open_minor == 20_000_00


class TestStatement:
    @pytest.fixture
    def statement(self, session, deal, sides):
        royalties.generate(session, deal, today=(NOON + timedelta(days=200)).date())
        row = plans.list_statements(session, plans.get_performance(session, deal.id).id)[0]
        base = {"deal_id": deal.id, "statement_id": row.id, "now": NOON}
        royalties.report(
            session, actor=sides[1], report=Report(base_minor=800_000_00, upload=UPLOAD), **base
        )
        royalties.confirm(session, actor=sides[0], **base)
        return row

    def pay(self, session, make, sides, row):
        part = royalties.pay(
            session,
            actor=sides[1],
            deal_id=row.deal_id,
            statement_id=row.id,
            amount_minor=None,
            now=NOON,
        )
        return make.paid_part(part, payer=sides[1], payee=sides[0])

    def test_is_open_again_after_a_refund(self, session, make, deal, sides, statement):
        part = self.pay(session, make, sides, statement)
        assert statement.state is StatementState.SETTLED
        order = give_back(session, sides, part, 15_000_00)
        assert (statement.state, statement.settled_at) == (StatementState.CONFIRMED, None)
        found = standing(session, statement, figures.STATEMENT)
        assert found == figures.Standing(40_000_00, 15_000_00, 25_000_00)
        fails(session, order)
        assert statement.state is StatementState.SETTLED
        give_back(session, sides, part, 15_000_00)
        self.pay(session, make, sides, statement)
        assert statement.state is StatementState.SETTLED
        found = standing(session, statement, figures.STATEMENT)
        assert found == figures.Standing(40_000_00, 0, 40_000_00)


def test_one_transaction_holds_refund_and_milestone(session, make, deal, sides, work):
    part = paid(session, make, sides, work)
    point = session.begin_nested()
    give_back(session, sides, part, work.amount_minor)
    point.rollback()
    session.expire_all()
    assert session.scalars(select(Refund)).all() == []
    assert session.get_one(Milestone, work.id).state is S.PAID
    assert parts.settled_minor(plans.list_parts(session, [work.id])) == 30_000_00
