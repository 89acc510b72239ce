"""A machine that signs, pays, reports, quarrels and shares out in any order; the book is beside.

The short form runs with the suite; HANQIAO_LONG=1 runs 2,000 sequences of up to 50 steps, a
larger number that many.
"""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.core.errors import MarketplaceError
from marketplace.ledger.models import Account, Line
from marketplace.payments.models import Payment
from marketplace.performance.models import (
    DealDispute,
    DisputeOutcome,
    IncomeSplit,
    Milestone,
    MilestoneState,
    PaymentPart,
    Pool,
    RoyaltyStatement,
    SplitShare,
)
from marketplace.performance.queries import figures, plans
from marketplace.performance.queries.splits import cost_of, list_shares, rates_of
from marketplace.performance.rules import milestones as table
from marketplace.performance.rules.split import Rates, divide
from marketplace.performance.services import (
    disputes,
    milestones,
    notices,
    payouts,
    royalties,
    splits,
)
from marketplace.performance.services.payouts import PayoutDraft
from marketplace.performance.services.royalties import Report
from marketplace.performance.services.splits import PersonLine, SplitDraft
from marketplace.terms.value import Milestone as AgreedMilestone
from marketplace.terms.value import RoyaltyStep
from marketplace.web.extensions import db
from tests.factories import Make
from tests.factories.performance import NOON, UPLOAD, license_terms
from tests.figures import note

LONG = int(os.environ.get("HANQIAO_LONG", "0"))
EXAMPLES, STEPS = (2_000 if LONG == 1 else LONG, 50) if LONG else (10, 20)
money = st.integers(1, 10**9)
#: Accounts on which a debit alone, or a credit alone, may stand.
DEBITS = (Account.CONTRACT_CLAIM, Account.CONTRACT_CASH)
CREDITS = (
    Account.CONTRACT_DEBT,
    Account.CONTRACT_INCOME,
    Account.INCOME_COST,
    Account.AWARD_PAYABLE,
    Account.COLLEGE_SHARE,
    Account.UNIVERSITY_SHARE,
    Account.PREPAID,
)


class Machine(RuleBasedStateMachine):
    """Every rule tries something; a refusal must leave no trace, the book must always hold."""

    engine = None

    def __init__(self) -> None:
        super().__init__()
        # A transaction for each sequence: what one leaves behind must not slow the next.
        self.connection = self.engine.connect()
        self.outer = self.connection.begin()
        self.session = Session(self.connection, join_transaction_mode="create_savepoint")
        self.make = Make(self.session)
        self.now = NOON

    def teardown(self) -> None:
        self.session.close()
        self.outer.rollback()
        self.connection.close()

    def attempt(self, function, actor, **values):
        try:
            with self.session.begin_nested():
                return function(
                    self.session, actor=actor, deal_id=self.deal.id, now=self.now, **values
                )
        except MarketplaceError:
            return None

    def milestone(self, index):
        rows = plans.list_milestones(self.session, self.deal.id)
        return rows[index % len(rows)]

    @initialize(
        amounts=st.lists(money, min_size=1, max_size=3),
        entry=st.integers(0, 10**8),
        rates=st.lists(st.integers(1, 10_000), min_size=1, max_size=3),
        minimum=st.none() | st.integers(1, 10**9),
    )
    def sign(self, amounts, entry, rates, minimum):
        terms = license_terms(
            entry_fee_minor=entry,
            milestones=tuple(
                AgreedMilestone(name=f"第{n}期", criterion="合格", amount_minor=amount)
                for n, amount in enumerate(amounts, start=1)
            ),
            royalty_steps=tuple(
                RoyaltyStep(from_minor=n * 10**8, rate_bp=rate) for n, rate in enumerate(rates)
            ),
            minimum_annual_royalty_minor=minimum,
        )
        self.deal = self.make.performing(terms)
        self.amount = terms.fixed_total_minor
        self.licensor = self.make.side(self.deal.licensor_id)
        self.licensee = self.make.side(self.deal.licensee_id)
        royalties.generate(self.session, self.deal, today=(NOON + timedelta(days=400)).date())

    @rule(
        index=st.integers(0, 9),
        event=st.sampled_from(sorted(table.BY_EVENT)),
        by_licensor=st.booleans(),
    )
    def move(self, index, event, by_licensor):
        row = self.milestone(index)
        before = row.state
        actor = self.licensor if by_licensor else self.licensee
        done = self.attempt(milestones.move, actor, milestone_id=row.id, event=event, text="已办理")
        if done is None:
            assert row.state is before

    @rule(index=st.integers(0, 9), amount=st.none() | money)
    def pay_milestone(self, index, amount):
        row = self.milestone(index)
        self.attempt(milestones.pay, self.licensee, milestone_id=row.id, amount_minor=amount)

    @rule(index=st.integers(0, 9), amount=st.none() | money)
    def pay_royalty(self, index, amount):
        row = self.statement(index)
        self.attempt(royalties.pay, self.licensee, statement_id=row.id, amount_minor=amount)

    def statement(self, index):
        plan = plans.get_performance(self.session, self.deal.id)
        rows = plans.list_statements(self.session, plan.id)
        return rows[index % len(rows)]

    @rule()
    def arrive(self):
        for part in plans.list_open_parts(self.session, self.deal.id):
            self.make.paid_part(part, payer=self.licensee, payee=self.licensor)

    @rule(index=st.integers(0, 9), base=st.integers(0, 10**10))
    def report(self, index, base):
        row = self.statement(index)
        self.attempt(
            royalties.report,
            self.licensee,
            statement_id=row.id,
            report=Report(base_minor=base, upload=UPLOAD),
        )

    @rule(index=st.integers(0, 9), agrees=st.booleans())
    def judge_report(self, index, agrees):
        row = self.statement(index)
        if agrees:
            self.attempt(royalties.confirm, self.licensor, statement_id=row.id)
        else:
            self.attempt(royalties.dispute, self.licensor, statement_id=row.id, reason="不符")

    @rule(by_licensor=st.booleans())
    def quarrel(self, by_licensor):
        actor = self.licensor if by_licensor else self.licensee
        self.attempt(disputes.open_dispute, actor, reason="不合格")

    @rule()
    def make_peace(self):
        row = self.session.scalars(
            select(DealDispute).where(DealDispute.deal_id == self.deal.id).limit(1)
        ).first()
        if row is not None:
            self.attempt(
                disputes.propose,
                self.licensor,
                dispute_id=row.id,
                outcome=DisputeOutcome.CONTINUE,
                text="继续",
            )
            self.attempt(disputes.agree, self.licensee, dispute_id=row.id)

    @rule(
        part=st.integers(1, 100),
        inventors=st.integers(5000, 10_000),
        people=st.lists(st.integers(1, 1000), min_size=1, max_size=4),
    )
    def draft(self, part, inventors, people):
        left = figures.to_share(self.session, self.deal.id)
        rest = 10_000 - inventors
        rates = Rates(
            inventors_bp=inventors,
            staff_bp=0,
            college_bp=rest // 2,
            university_bp=rest - rest // 2,
        )
        lines = [PersonLine(pool=Pool.INVENTOR, name="李", weight=one) for one in people]
        self.attempt(
            splits.draft_split,
            self.licensor,
            draft=SplitDraft(gross_minor=left * part // 100, rates=rates, people=lines),
        )

    @rule(cost=money)
    def share_out(self, cost):
        for split in self.session.scalars(
            select(IncomeSplit).where(IncomeSplit.deal_id == self.deal.id)
        ).all():
            base = {"split_id": split.id}
            self.attempt(splits.add_cost, self.licensor, amount_minor=cost, text="年费", **base)
            self.attempt(notices.ask_consent, self.licensor, **base)
            for share in list_shares(self.session, split.id):
                self.attempt(
                    notices.record_consent,
                    self.licensor,
                    share_id=share.id,
                    upload=UPLOAD,
                    **base,
                )
            self.attempt(notices.publish, self.licensor, **base)
            self.now += timedelta(days=1)
            self.attempt(notices.book, self.licensor, **base)

    @rule()
    def wait(self):
        self.now += timedelta(days=16)

    @rule(index=st.integers(0, 9), amount=money)
    def pay_out(self, index, amount):
        rows = self.session.scalars(
            select(SplitShare)
            .join(IncomeSplit)
            .where(IncomeSplit.deal_id == self.deal.id)
            .order_by(SplitShare.id)
        ).all()
        if rows:
            share = rows[index % len(rows)]
            owed = figures.award_owed(self.session, [share.id])[share.id]
            draft = PayoutDraft(
                amount_minor=min(amount, owed),
                tax_minor=0,
                paid_on=self.now.date(),
                reference=f"{self.now.isoformat()}:{owed}",
            )
            self.attempt(
                payouts.record_payout,
                self.licensor,
                split_id=share.split_id,
                share_id=share.id,
                draft=draft,
            )

    @invariant()
    def the_book_holds(self):
        if not hasattr(self, "deal"):
            return
        rows = self.session.execute(
            select(Line.account, Line.owner_id, func.sum(Line.amount_minor)).group_by(
                Line.account, Line.owner_id
            )
        ).all()
        assert sum(total for _, _, total in rows) == 0
        for account, _owner, total in rows:
            assert account not in DEBITS or total >= 0
            assert account not in CREDITS or total <= 0

    @invariant()
    def milestones_make_the_contract(self):
        if not hasattr(self, "deal"):
            return
        rows = plans.list_milestones(self.session, self.deal.id)
        assert sum(row.amount_minor for row in rows) == self.amount
        standing = figures.standings(self.session, figures.MILESTONE, [row.id for row in rows])
        for row in rows:
            one = standing[row.id]
            assert 0 <= one.open_minor <= one.owed_minor <= row.amount_minor
            assert (row.state is MilestoneState.RELEASED) == (one.earned_minor > 0)

    @invariant()
    def payments_are_within_what_is_owed(self):
        if not hasattr(self, "deal"):
            return
        limits = dict(
            self.session.execute(
                select(Milestone.id, Milestone.amount_minor).union_all(
                    select(RoyaltyStatement.id, RoyaltyStatement.amount_minor)
                )
            ).all()
        )
        paid: dict[object, int] = {}
        for part in self.session.scalars(select(PaymentPart)):
            if part.settled_at and part.refunded_at is None:
                paid[part.subject_id] = paid.get(part.subject_id, 0) + part.amount_minor
        assert all(total <= limits[subject] for subject, total in paid.items())
        assert all(one.kept_minor >= 0 for one in self.session.scalars(select(Payment)))

    @invariant()
    def splits_are_exact(self):
        if not hasattr(self, "deal"):
            return
        assert figures.to_share(self.session, self.deal.id) >= 0
        for split in self.session.scalars(select(IncomeSplit)):
            shares = list_shares(self.session, split.id)
            found = divide(
                split.gross_minor,
                cost_of(self.session, split.id),
                rates_of(split),
                inventors=[one.weight for one in shares],
            )
            assert [one.amount_minor for one in shares] == list(found.inventors)
            pools = found.inventors_minor + found.college_minor + found.university_minor
            assert pools + found.cost_minor == split.gross_minor


@pytest.mark.timeout(0 if LONG else 300)
def test_money_holds_in_any_order(app, monkeypatch):
    monkeypatch.setattr(Machine, "engine", db.engine)
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    note(sequences=EXAMPLES)
