"""Amendments: proposed, signed, in force in one transaction; otherwise no trace in money."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from marketplace.amendments import queries, services
from marketplace.amendments.models import Amendment, AmendmentState
from marketplace.amendments.services import Proposal
from marketplace.contracts.models import Registration, RegistrationStatus
from marketplace.core.actor import MemberRole
from marketplace.core.errors import Denied, NotFound, RuleBroken, StepNotAllowed
from marketplace.deals.models import DealRole, DealStage
from marketplace.ledger.models import Transaction
from marketplace.papers import queries as papers
from marketplace.papers.rules import is_signed
from marketplace.performance.models import FormerTerms, Milestone, MilestoneState
from marketplace.performance.queries import figures, plans
from marketplace.performance.rules.changes import PlanRow
from marketplace.performance.services import changes, milestones, royalties
from marketplace.performance.services.royalties import Report
from marketplace.terms.value import from_json
from tests.amending import LOWER, conclude, propose, rows_of, sign
from tests.factories.performance import NOON, UPLOAD

S, A = MilestoneState, AmendmentState


@pytest.fixture
def deal(make):
    return make.performing()


@pytest.fixture
def sides(make, deal):
    return make.side(deal.licensor_id), make.side(deal.licensee_id)


def entries(session):
    return session.scalar(select(func.count()).select_from(Transaction))


class TestPropose:
    def test_is_numbered_drawn_up_and_touches_no_money(self, session, deal, sides):
        before = entries(session)
        row = propose(session, deal, sides[1], term_months=48)
        paper = papers.load(session, row.paper_id)
        assert (row.number, row.role, row.state) == (1, DealRole.LICENSEE, A.PROPOSED)
        assert "（第1号）" in paper.title
        assert not is_signed(paper)
        assert entries(session) == before
        assert plans.get_performance(session, deal.id).ends_on == date(2028, 12, 31)

    def test_is_open_to_both_sides_and_the_manager_alone(self, session, make, deal, sides):
        with pytest.raises(NotFound):
            propose(session, deal, make.side(make.performing().licensor_id), term_months=48)
        reader = make.side(deal.licensor_id, MemberRole.OPERATOR_STAFF)
        with pytest.raises(Denied):
            propose(session, deal, reader, term_months=48)
        row = propose(session, deal, sides[0], term_months=48)
        with pytest.raises(RuleBroken, match="proposed already"):
            propose(session, deal, sides[1], term_months=48)
        assert queries.find_open(session, deal.id) is row

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"currency": "USD"}, "currency"),
            ({"subject": "另一项技术"}, "subject"),
            ({"royalty_base": None}, "royalty_base"),
            ({"royalty_steps": ()}, "royalty_steps"),
            ({"term_months": 1}, "term_months"),
            ({"late_interest_bp": 10_001}, "late_interest_bp"),
        ],
    )
    def test_refuses_what_may_not_change(self, session, deal, sides, values, field):
        with pytest.raises(RuleBroken) as caught:
            propose(session, deal, sides[0], **values)
        assert caught.value.field == field

    def test_refuses_no_change_and_bad_rows(self, session, deal, sides):
        rows = rows_of(session, deal)
        for bad, match in (
            (rows, "changes nothing"),
            ((*rows, rows[0]), "look at the plan anew"),
            ((*rows, PlanRow(name="", criterion="好", amount_minor=1)), "has no name"),
            ((*rows, PlanRow(name="三期", amount_minor=1)), "does not say"),
            ((*rows, PlanRow(name="三期", criterion="好")), "above 0"),
            ((replace(rows[0], name="别名"), *rows[1:]), "keeps its name"),
            ((replace(rows[0], is_fee=False), *rows[1:]), "keeps its name"),
        ):
            with pytest.raises(RuleBroken, match=match):
                propose(session, deal, sides[0], rows=bad)
        with pytest.raises(RuleBroken, match="sentence"):
            services.propose(
                session,
                actor=sides[0],
                deal_id=deal.id,
                proposal=Proposal(rows=rows, grounds=" ", clauses="x"),
                now=NOON,
            )

    def test_needs_a_contract_in_performance(self, session, make, deal, sides):
        deal.stage, deal.ended_at = DealStage.CLOSED, NOON
        session.flush()
        with pytest.raises(StepNotAllowed):
            propose(session, deal, sides[0], term_months=48)

    def test_needs_a_term_that_has_not_ended(self, session, deal, sides):
        late = NOON + timedelta(days=1000)
        with pytest.raises(RuleBroken, match="has ended"):
            propose(session, deal, sides[0], term_months=60, now=late)


class TestEnding:
    def test_refused_or_withdrawn_leaves_no_trace_in_money(self, session, deal, sides):
        before = entries(session)
        base = {"deal_id": deal.id, "now": NOON}
        row = propose(session, deal, sides[0], term_months=48)
        sign(session, row, sides[0])
        with pytest.raises(Denied):
            services.refuse(session, actor=sides[0], amendment_id=row.id, reason="不", **base)
        with pytest.raises(Denied):
            services.withdraw(session, actor=sides[1], amendment_id=row.id, **base)
        with pytest.raises(RuleBroken, match="sentence"):
            services.refuse(session, actor=sides[1], amendment_id=row.id, reason="", **base)
        services.refuse(session, actor=sides[1], amendment_id=row.id, reason="期限过长", **base)
        assert (row.state, row.reason) == (A.REFUSED, "期限过长")
        second = propose(session, deal, sides[1], term_months=40)
        # The number of what was refused is free again.
        assert second.number == 1
        services.withdraw(session, actor=sides[1], amendment_id=second.id, **base)
        assert second.state is A.WITHDRAWN
        with pytest.raises(StepNotAllowed):
            services.withdraw(session, actor=sides[1], amendment_id=second.id, **base)
        with pytest.raises(RuleBroken):
            sign(session, second, sides[0])
        assert entries(session) == before
        assert session.scalar(select(func.count()).select_from(FormerTerms)) == 0

    def test_comes_with_a_termination(self, session, deal, sides):
        row = propose(session, deal, sides[0], term_months=48)
        deal.lapse_note = "协商终止"
        services.end_with_the_deal(session, deal, None, NOON)
        assert (row.state, row.reason) == (A.WITHDRAWN, "协商终止")
        services.end_with_the_deal(session, deal, None, NOON)


class TestEffect:
    def test_changes_the_plan_the_amount_and_the_value(self, session, deal, sides):
        fee, first, second = plans.list_milestones(session, deal.id)
        rows = rows_of(session, deal)
        after = (
            rows[0],
            replace(rows[1], name="二代样机", amount_minor=50_000_00, due_on=date(2027, 3, 1)),
            PlanRow(name="中试", criterion="连续运行72小时", amount_minor=20_000_00),
        )
        row = propose(session, deal, sides[0], rows=after)
        sign(session, row, sides[0])
        assert first.amount_minor == 30_000_00
        sign(session, row, sides[1])
        found = plans.list_milestones(session, deal.id)
        assert [one.amount_minor for one in found] == [10_000_00, 50_000_00, 20_000_00]
        assert (first.name, first.due_on) == ("二代样机", date(2027, 3, 1))
        assert second.state is S.REPLACED
        assert (row.state, row.effective_on) == (A.IN_FORCE, NOON.date())
        contract = plans.find_contract(session, deal.id)
        assert contract.amount_minor == deal.value_minor == row.amount_minor == 80_000_00
        terms = from_json(plans.get_performance(session, deal.id).terms)
        assert terms.fixed_total_minor == 80_000_00
        assert [one.name for one in terms.milestones] == ["二代样机", "中试"]
        assert terms.entry_fee_minor == fee.amount_minor
        former = plans.list_former_terms(session, plans.get_performance(session, deal.id).id)
        assert [from_json(one.terms).fixed_total_minor for one in former] == [100_000_00]

    def test_adjusts_the_book_of_what_was_called(self, session, make, deal, sides):
        fee, first, second = plans.list_milestones(session, deal.id)
        for one in (first, second):
            milestones.call_by_system(session, one, deal, now=NOON)
        asked = milestones.pay(
            session,
            actor=sides[1],
            deal_id=deal.id,
            milestone_id=first.id,
            amount_minor=None,
            now=NOON,
        )
        rows = rows_of(session, deal)
        row = propose(
            session,
            deal,
            sides[0],
            rows=(replace(rows[0], amount_minor=12_000_00), replace(rows[1], amount_minor=1_00)),
        )
        conclude(session, row, sides)
        found = figures.standings(session, figures.MILESTONE, [fee.id, first.id, second.id])
        assert found[fee.id] == figures.Standing(12_000_00, 12_000_00, 0)
        assert found[first.id] == figures.Standing(1_00, 1_00, 0)
        assert found[second.id] == figures.Standing(0, 0, 0)
        assert asked.ended_at == NOON
        part = milestones.pay(
            session,
            actor=sides[1],
            deal_id=deal.id,
            milestone_id=fee.id,
            amount_minor=None,
            now=NOON,
        )
        make.paid_part(part, payer=sides[1], payee=sides[0])
        assert (fee.state, part.amount_minor) == (S.RELEASED, 12_000_00)

    def test_leaves_alone_what_was_paid(self, session, make, deal, sides):
        fee = plans.list_milestones(session, deal.id)[0]
        part = milestones.pay(
            session,
            actor=sides[1],
            deal_id=deal.id,
            milestone_id=fee.id,
            amount_minor=1_00,
            now=NOON,
        )
        make.paid_part(part, payer=sides[1], payee=sides[0])
        standing = changes.standing_of(session, deal)
        assert [one.milestone_id for one in standing.fixed] == [fee.id]
        row = propose(session, deal, sides[0], rows=())
        conclude(session, row, sides)
        assert plans.find_contract(session, deal.id).amount_minor == 10_000_00
        assert figures.standings(session, figures.MILESTONE, [fee.id])[fee.id].met_minor == 1_00

    def test_does_not_fit_after_a_payment_came_between(self, session, make, deal, sides):
        rows = rows_of(session, deal)
        row = propose(session, deal, sides[0], rows=(replace(rows[0], amount_minor=1), *rows[1:]))
        sign(session, row, sides[0])
        fee = plans.list_milestones(session, deal.id)[0]
        part = milestones.pay(
            session,
            actor=sides[1],
            deal_id=deal.id,
            milestone_id=fee.id,
            amount_minor=None,
            now=NOON,
        )
        make.paid_part(part, payer=sides[1], payee=sides[0])
        with pytest.raises(RuleBroken, match="look at the plan anew"), session.begin_nested():
            sign(session, row, sides[1])
        session.expire_all()
        assert session.get_one(Amendment, row.id).state is A.PROPOSED
        assert plans.find_contract(session, deal.id).amount_minor == 100_000_00

    def test_coming_royalties_follow_the_new_steps(self, session, deal, sides):
        royalties.generate(session, deal, today=NOON.date())
        plan = plans.get_performance(session, deal.id)
        old = plans.list_statements(session, plan.id)
        base = {"deal_id": deal.id, "now": NOON}
        report = Report(base_minor=100_000_00, upload=UPLOAD)
        royalties.report(session, actor=sides[1], statement_id=old[0].id, report=report, **base)
        royalties.confirm(session, actor=sides[0], statement_id=old[0].id, **base)
        conclude(session, propose(session, deal, sides[0], **LOWER), sides)
        royalties.generate(session, deal, today=date(2027, 1, 1))
        rows = plans.list_statements(session, plan.id)
        for one in rows[1:]:
            royalties.report(session, actor=sides[1], statement_id=one.id, report=report, **base)
        # Three quarters had ended before the amendment; the fourth follows the new rate.
        assert [one.royalty_minor for one in rows] == [5_000_00, 5_000_00, 5_000_00, 2_000_00]
        assert rows[3].top_up_minor == 0

    def test_extends_the_term(self, session, deal, sides):
        conclude(session, propose(session, deal, sides[1], term_months=48), sides)
        assert plans.get_performance(session, deal.id).ends_on == date(2029, 12, 31)

    def test_holds_clauses_alone(self, session, deal, sides):
        row = conclude(session, propose(session, deal, sides[1], clauses="增加一名联系人。"), sides)
        paper = papers.load(session, row.paper_id)
        assert "增加一名联系人" in str(paper.body)
        assert propose(session, deal, sides[1], clauses="二").number == 2

    def test_reminds_of_the_recording_of_a_registered_contract(self, session, deal, sides):
        contract = plans.find_contract(session, deal.id)
        session.add(
            Registration(
                contract_id=contract.id,
                prepared_at=NOON,
                prepared_by=sides[0].user_id,
                office="登记处",
                status=RegistrationStatus.FILED,
                filed_on=NOON.date(),
            )
        )
        session.flush()
        row = conclude(session, propose(session, deal, sides[1], clauses="一"), sides)
        assert row.record_by == NOON.date() + timedelta(days=30)
        base = {"deal_id": deal.id, "amendment_id": row.id, "now": NOON}
        with pytest.raises(Denied):
            services.record(session, actor=sides[1], number="B1", on=NOON.date(), **base)
        for number, on, match in (
            (" ", NOON.date(), "number"),
            ("B1", date(2026, 1, 1), "before"),
            ("B1", date(2026, 12, 1), "future"),
        ):
            with pytest.raises(RuleBroken, match=match):
                services.record(session, actor=sides[0], number=number, on=on, **base)
        services.record(session, actor=sides[0], number="B1", on=NOON.date(), **base)
        assert row.recorded_number == "B1"

    def test_plan_sums_to_the_contract_at_the_commit(self, session, deal, sides):
        rows = rows_of(session, deal)
        row = propose(session, deal, sides[0], rows=(*rows[:1], *rows[2:]))
        conclude(session, row, sides)
        total = session.scalar(
            select(func.sum(Milestone.amount_minor)).where(
                Milestone.deal_id == deal.id, Milestone.state != S.REPLACED
            )
        )
        assert total == plans.find_contract(session, deal.id).amount_minor
        names = "milestone_milestone_sum, contract_milestone_sum"
        session.connection().exec_driver_sql(f"SET CONSTRAINTS {names} IMMEDIATE")
