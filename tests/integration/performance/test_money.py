"""Royalties, disputes, commissions, splits and their guards, on the database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from marketplace.accounts.queries import actor_of
from marketplace.contracts.receipts import of_deal
from marketplace.core.actor import PlatformRole
from marketplace.core.errors import Denied, NotFound, RuleBroken, StepNotAllowed
from marketplace.deals.models import DealStage
from marketplace.ledger.models import Account
from marketplace.ledger.queries import balance
from marketplace.managers.models import FeePayer, Mandate, MandateRecord, MandateStatus, RecordKind
from marketplace.performance.models import (
    Commission,
    CommissionState,
    DisputeOutcome,
    MilestoneState,
    StatementState,
)
from marketplace.performance.queries import figures, late, plans
from marketplace.performance.rules.milestones import Frozen
from marketplace.performance.rules.split import Rates
from marketplace.performance.services import (
    commissions,
    disputes,
    milestones,
    royalties,
)
from marketplace.performance.services import plans as services
from tests.factories.performance import NOON, UPLOAD, license_terms

T = StatementState
TODAY = NOON.date()
RATES = Rates(inventors_bp=7000, staff_bp=500, college_bp=1000, university_bp=1500)


@pytest.fixture
def deal(make):
    return make.performing()


@pytest.fixture
def sides(make, deal):
    return make.side(deal.licensor_id), make.side(deal.licensee_id)


@pytest.fixture
def reports(session, deal):
    royalties.generate(session, deal, today=TODAY)
    return list(plans.list_statements(session, plans.get_performance(session, deal.id).id))


def report(session, actor, statement, base, *, upload=UPLOAD, now=NOON):
    return royalties.report(
        session,
        actor=actor,
        deal_id=statement.deal_id,
        statement_id=statement.id,
        report=royalties.Report(base_minor=base, upload=upload),
        now=now,
    )


def step(session, function, actor, statement, **values):
    return function(
        session,
        actor=actor,
        deal_id=statement.deal_id,
        statement_id=statement.id,
        now=NOON,
        **values,
    )


class TestRoyalties:
    def test_are_due_once_for_each_ended_period(self, session, deal, reports):
        assert [(one.from_on, one.to_on) for one in reports] == [
            (date(2026, 1, 1), date(2026, 3, 31)),
            (date(2026, 4, 1), date(2026, 6, 30)),
            (date(2026, 7, 1), date(2026, 9, 30)),
        ]
        assert royalties.generate_all(session, now=NOON) == []
        assert len(royalties.generate_all(session, now=NOON + timedelta(days=60))) == 1

    def test_are_reckoned_over_the_year(self, session, sides, reports):
        report(session, sides[1], reports[0], 800_000_00)
        report(session, sides[1], reports[1], 800_000_00)
        assert [one.amount_minor for one in reports[:2]] == [40_000_00, 10_000_00 + 18_000_00]
        step(session, royalties.dispute, sides[0], reports[0], reason="少报")
        report(session, sides[1], reports[0], 1_000_000_00, upload=None)
        assert [one.amount_minor for one in reports[:2]] == [50_000_00, 24_000_00]

    def test_go_in_order_with_evidence(self, session, sides, reports):
        with pytest.raises(RuleBroken, match="earlier periods first"):
            report(session, sides[1], reports[1], 1)
        with pytest.raises(RuleBroken, match="at least 0"):
            report(session, sides[1], reports[0], -1)
        with pytest.raises(RuleBroken, match="evidence"):
            report(session, sides[1], reports[0], 1, upload=None)
        with pytest.raises(Denied):
            report(session, sides[0], reports[0], 1)

    def test_are_confirmed_in_order_then_paid_in_parts(self, session, make, deal, sides, reports):
        report(session, sides[1], reports[0], 800_000_00)
        report(session, sides[1], reports[1], 0)
        with pytest.raises(RuleBroken, match="Confirm the earlier"):
            step(session, royalties.confirm, sides[0], reports[1])
        session.refresh(reports[1])
        step(session, royalties.confirm, sides[0], reports[0])
        reports[1].state = T.REPORTED
        step(session, royalties.confirm, sides[0], reports[1])
        assert reports[1].state is T.SETTLED
        part = step(session, royalties.pay, sides[1], reports[0], amount_minor=10_000_00)
        make.paid_part(part, payer=sides[1], payee=sides[0])
        assert reports[0].state is T.CONFIRMED
        part = step(session, royalties.pay, sides[1], reports[0], amount_minor=None)
        make.paid_part(part, payer=sides[1], payee=sides[0])
        assert reports[0].state is T.SETTLED
        standing = figures.standings(session, figures.STATEMENT, [reports[0].id])
        assert standing[reports[0].id] == figures.Standing(40_000_00, 0, 40_000_00)
        assert figures.earned(session, deal.id) == 40_000_00
        found = of_deal(session, deal.id)
        assert sorted(one.amount_minor for one in found) == [10_000_00, 30_000_00]

    def test_show_what_is_late_with_interest(self, session, deal, sides, reports):
        report(session, sides[1], reports[0], 800_000_00)
        step(session, royalties.confirm, sides[0], reports[0])
        assert reports[0].pay_due_on == date(2026, 12, 20)
        found = late.list_late(session, actor=sides[1], today=date(2026, 12, 30))
        kinds = {(one.kind.value, one.days) for one in found}
        assert ("late_royalty", 10) in kinds
        assert ("late_report", 153) in kinds
        royalty = next(one for one in found if one.kind is late.LateKind.ROYALTY)
        assert (royalty.open_minor, royalty.interest_minor) == (40_000_00, 32_88)
        assert late.list_all_late(session, today=TODAY, deal_id=sides[0].user_id) == []

    def test_stop_with_a_lapsed_deal(self, session, deal, sides, reports):
        deal.stage, deal.lapse_reason, deal.ended_at = DealStage.LAPSED, "terminated", NOON
        session.flush()
        with pytest.raises(StepNotAllowed):
            report(session, sides[1], reports[0], 1)
        assert royalties.generate(session, deal, today=date(2030, 1, 1)) == []


class TestDisputes:
    def begin(self, session, deal, actor):
        return disputes.open_dispute(
            session, actor=actor, deal_id=deal.id, reason="样机不合格", now=NOON
        )

    def test_freeze_what_is_unpaid_and_cancel_what_is_asked(self, session, make, deal, sides):
        fee, work, _ = plans.list_milestones(session, deal.id)
        arguments = {"actor": sides[1], "deal_id": deal.id, "milestone_id": fee.id, "now": NOON}
        part = milestones.pay(session, amount_minor=None, **arguments)
        self.begin(session, deal, sides[0])
        assert part.ended_at == NOON
        with pytest.raises(Frozen):
            milestones.pay(session, amount_minor=None, **arguments)
        with pytest.raises(Frozen):
            milestones.move(session, event="call", **(arguments | {"milestone_id": work.id}))
        with pytest.raises(RuleBroken, match="open already"):
            self.begin(session, deal, sides[1])
        assert any("dispute" in one.message for one in services.settled(session, deal, NOON))

    def test_end_by_agreement_of_the_other_side(self, session, make, deal, sides):
        dispute = self.begin(session, deal, sides[0])
        arguments = {"deal_id": deal.id, "dispute_id": dispute.id, "now": NOON}
        disputes.propose(
            session,
            actor=sides[0],
            outcome=DisputeOutcome.CONTINUE,
            text="延期",
            **arguments,
        )
        with pytest.raises(Denied):
            disputes.agree(session, actor=sides[0], **arguments)
        disputes.agree(session, actor=sides[1], **arguments)
        assert plans.get_performance(session, deal.id).frozen_at is None
        assert services.terminable(session, deal, NOON)

    def test_terminate_drops_what_is_unpaid(self, session, make, deal, sides, reports):
        report(session, sides[1], reports[0], 800_000_00)
        step(session, royalties.confirm, sides[0], reports[0])
        fee = plans.list_milestones(session, deal.id)[0]
        part = milestones.pay(
            session,
            actor=sides[1],
            deal_id=deal.id,
            milestone_id=fee.id,
            amount_minor=1_000_00,
            now=NOON,
        )
        make.paid_part(part, payer=sides[1], payee=sides[0])
        assert services.terminable(session, deal, NOON)
        dispute = self.begin(session, deal, sides[1])
        arguments = {
            "deal_id": deal.id,
            "dispute_id": dispute.id,
            "outcome": DisputeOutcome.TERMINATE,
            "text": "武汉中院（2026）鄂01民初1号",
            "now": NOON,
        }
        administrator = actor_of(session, make.platform_user(PlatformRole.ADMINISTRATOR), at=NOON)
        with pytest.raises(Denied):
            disputes.judge(session, actor=sides[1], **arguments)
        disputes.judge(session, actor=administrator, **arguments)
        assert services.terminable(session, deal, NOON) == []
        assert plans.get_performance(session, deal.id).frozen_at is not None
        services.end(session, deal, None, NOON)
        assert {one.state for one in plans.list_milestones(session, deal.id)} == {
            MilestoneState.CANCELLED
        }
        assert {one.state for one in reports} == {T.CANCELLED}
        assert balance(session, Account.CONTRACT_DEBT, owner_id=deal.licensee_id) == 0
        assert part.refunded_at == NOON
        assert plans.get_performance(session, deal.id).frozen_at is None
        assert services.settled(session, deal, NOON + timedelta(days=0)) == []

    def test_are_the_parties_own(self, session, make, deal, sides):
        with pytest.raises(NotFound):
            self.begin(session, deal, make.member_of(make.organization()))
        dispute = self.begin(session, deal, sides[0])
        other = make.performing()
        with pytest.raises(NotFound):
            disputes.withdraw(
                session,
                actor=make.side(other.licensor_id),
                deal_id=other.id,
                dispute_id=dispute.id,
                text="x",
                now=NOON,
            )


@pytest.fixture
def brokered(session, make):
    """A deal that a manager brokered under a mandate which both sides pay."""
    manager = make.broker()
    draft = make.deal(DealStage.INQUIRY)
    mandate = make.add(
        Mandate(
            manager_id=manager.id,
            client_organization_id=draft.licensor_id,
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 12, 31),
            tail_days=30,
            payer=FeePayer.SHARED,
            success_fee_bp=500,
            status=MandateStatus.SIGNED,
            offered_at=NOON,
            signed_at=NOON,
        )
    )
    from sqlalchemy.dialects.postgresql import Range

    make.add(
        MandateRecord(
            mandate_id=mandate.id,
            object_kind=RecordKind.LISTING,
            object_id=draft.listing_id,
            during=Range(date(2026, 1, 1), date(2026, 12, 31), bounds="[]"),
            active=True,
        )
    )
    draft.stage, draft.lapse_reason, draft.ended_at = DealStage.LAPSED, "price", NOON
    session.flush()
    return make.performing(
        manager=manager,
        enquiry_id=draft.enquiry_id,
        listing_id=draft.listing_id,
        licensor_id=draft.licensor_id,
        licensee_id=draft.licensee_id,
        title=draft.title,
    ), manager


class TestCommissions:
    def rows(self, session, deal):
        return {
            row.payer_id: row
            for row in session.scalars(select(Commission).where(Commission.deal_id == deal.id))
        }

    def test_are_worked_out_at_signing(self, session, brokered):
        deal, _ = brokered
        rows = self.rows(session, deal)
        assert {one.amount_minor for one in rows.values()} == {2_500_00}
        assert set(rows) == {deal.licensor_id, deal.licensee_id}

    def test_are_invoiced_disputed_lowered_and_paid(self, session, make, brokered):
        deal, manager = brokered
        row = self.rows(session, deal)[deal.licensee_id]
        from marketplace.accounts.models import User

        broker = actor_of(session, session.get_one(User, manager.person_id), at=NOON)
        payer = make.side(deal.licensee_id)
        base = {"commission_id": row.id, "now": NOON}
        with pytest.raises(Denied):
            commissions.invoice(session, actor=payer, number="1", **base)
        with pytest.raises(RuleBroken, match="number of the invoice"):
            commissions.invoice(session, actor=broker, number=" ", **base)
        row.state = CommissionState.COMPUTED
        commissions.invoice(session, actor=broker, number="2026-1", **base)
        part = commissions.pay(session, actor=payer, amount_minor=1_000_00, **base)
        make.paid_part(part, payer=payer, payee=broker)
        commissions.pay(session, actor=payer, amount_minor=None, **base)
        commissions.dispute(session, actor=payer, reason="未提供服务", **base)
        with pytest.raises(RuleBroken, match="not less than was paid"):
            commissions.settle_dispute(
                session, actor=broker, outcome="降低", amount_minor=999_99, **base
            )
        row.state = CommissionState.DISPUTED
        commissions.settle_dispute(
            session, actor=broker, outcome="降低", amount_minor=2_000_00, **base
        )
        standing = figures.standings(session, figures.COMMISSION, [row.id])[row.id]
        assert standing == figures.Standing(2_000_00, 1_000_00, 1_000_00)
        part = commissions.pay(session, actor=payer, amount_minor=None, **base)
        make.paid_part(part, payer=payer, payee=broker)
        assert row.state is CommissionState.PAID
        assert balance(session, Account.FEE_DEBT, owner_id=deal.licensee_id) == 0

    def test_can_be_waived_and_are_seen_by_their_two(self, session, make, brokered):
        deal, manager = brokered
        row = self.rows(session, deal)[deal.licensor_id]
        from marketplace.accounts.models import User

        broker = actor_of(session, session.get_one(User, manager.person_id), at=NOON)
        base = {"commission_id": row.id, "now": NOON}
        with pytest.raises(NotFound):
            commissions.get_commission(session, row.id, actor=make.side(deal.licensee_id))
        commissions.dispute(session, actor=make.side(deal.licensor_id), reason="有争议", **base)
        commissions.settle_dispute(
            session, actor=make.side(deal.licensor_id), outcome="付款", **base
        )
        commissions.pay(session, actor=make.side(deal.licensor_id), amount_minor=None, **base)
        commissions.waive(session, actor=broker, outcome="放弃", **base)
        assert row.state is CommissionState.WAIVED
        assert balance(session, Account.FEE_DEBT, owner_id=deal.licensor_id) == 0


def test_terms_of_the_factory_hold():
    assert license_terms().fixed_total_minor == 100_000_00
