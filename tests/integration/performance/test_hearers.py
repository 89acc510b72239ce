"""What people are told, and what the daily watch does."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from marketplace.core.jobs import Work
from marketplace.notifications.models import Notice
from marketplace.performance import hearers, split_hearers
from marketplace.performance.models import Pool, SplitShare
from marketplace.performance.queries import plans
from marketplace.performance.services import disputes, milestones, notices, royalties, splits
from marketplace.performance.services.payouts import PayoutDraft, record_payout
from marketplace.performance.services.splits import PersonLine, SplitDraft
from tests.factories.performance import NOON, UPLOAD
from tests.integration.performance.test_splits import RATES
from tests.jobs import run_jobs


@pytest.fixture
def deal(make):
    return make.performing()


@pytest.fixture
def sides(make, deal):
    return make.side(deal.licensor_id), make.side(deal.licensee_id)


def told(session, actor, topic):
    return session.scalars(
        select(Notice).where(Notice.person_id == actor.user_id, Notice.topic == topic)
    ).all()


def work(app, session, now=NOON):
    parts = app.extensions["hanqiao.parts"]
    return Work(session=session, now=now, parts=parts)


class TestTelling:
    def test_tells_the_other_side_of_a_milestone(self, app, session, deal, sides):
        row = plans.list_milestones(session, deal.id)[1]
        milestones.move(
            session,
            actor=sides[0],
            deal_id=deal.id,
            milestone_id=row.id,
            event="call",
            now=NOON,
        )
        run_jobs(app, session)
        assert len(told(session, sides[1], "milestone.moved")) == 1
        assert told(session, sides[0], "milestone.moved") == []

    def test_tells_of_statements_and_disputes(self, app, session, deal, sides):
        royalties.generate(session, deal, today=NOON.date())
        plan = plans.get_performance(session, deal.id)
        row = plans.list_statements(session, plan.id)[0]
        royalties.report(
            session,
            actor=sides[1],
            deal_id=deal.id,
            statement_id=row.id,
            report=royalties.Report(base_minor=5, upload=UPLOAD),
            now=NOON,
        )
        disputes.open_dispute(session, actor=sides[1], deal_id=deal.id, reason="停", now=NOON)
        run_jobs(app, session)
        assert len(told(session, sides[0], "royalty.moved")) == 1
        assert len(told(session, sides[0], "dispute.moved")) == 1

    def test_tells_of_plans(self, app, session, make, deal, sides):
        plan = plans.get_performance(session, deal.id)
        hearers.tell_planned(work(app, session), id=str(plan.id))
        assert len(told(session, sides[0], "performance.planned")) == 1

    def test_leaves_unknown_things_alone(self, app, session, deal):
        own = work(app, session)
        unknown = str(deal.id)
        hearers.tell_planned(own, id=unknown)
        hearers.tell_milestone(own, id=unknown, by=None, event="call")
        for tell in (
            hearers.tell_statement,
            hearers.tell_commission,
            hearers.tell_dispute,
            split_hearers.tell_asked,
            split_hearers.tell_published,
            hearers.HEARERS["performance.tell_answered"],
        ):
            tell(own, id=unknown, by=None)
        split_hearers.tell_awarded(own, id=unknown, by=None, share=unknown)
        assert session.scalars(select(Notice)).all() == []


def test_people_of_a_split_are_told_at_each_step(app, session, make, deal, sides):
    part = milestones.pay(
        session,
        actor=sides[1],
        deal_id=deal.id,
        milestone_id=plans.list_milestones(session, deal.id)[0].id,
        amount_minor=None,
        now=NOON,
    )
    make.paid_part(part, payer=sides[1], payee=sides[0])
    inventor = make.user()
    person = make.actor(inventor)
    people = [
        PersonLine(pool=Pool.INVENTOR, name="李", email=inventor.email, weight=1),
        PersonLine(pool=Pool.STAFF, name="赵", weight=1),
    ]
    base = {"actor": sides[0], "deal_id": deal.id}
    split = splits.draft_split(
        session, draft=SplitDraft(gross_minor=100, rates=RATES, people=people), now=NOON, **base
    )
    base["split_id"] = split.id
    notices.ask_consent(session, now=NOON, **base)
    run_jobs(app, session)
    assert len(told(session, person, "split.consent")) == 1
    own, staff = session.scalars(
        select(SplitShare).where(SplitShare.split_id == split.id).order_by(SplitShare.position)
    ).all()
    notices.answer(session, actor=person, share_id=own.id, agrees=True, now=NOON)
    notices.record_consent(session, share_id=staff.id, upload=UPLOAD, now=NOON, **base)
    notices.publish(session, now=NOON, **base)
    notices.object_to(session, actor=person, split_id=split.id, text="遗漏", now=NOON)
    run_jobs(app, session)
    assert len(told(session, sides[0], "split.answer")) == 1
    assert len(told(session, sides[0], "split.objection")) == 1
    assert len(told(session, person, "split.notice")) == 1
    objection = notices.queries.list_objections(session, split.id)[0]
    notices.settle_objection(
        session, objection_id=objection.id, outcome="核实无误", now=NOON, **base
    )
    later = NOON + timedelta(days=20)
    notices.book(session, now=later, **base)
    record_payout(
        session,
        share_id=own.id,
        draft=PayoutDraft(
            amount_minor=own.amount_minor, tax_minor=0, paid_on=later.date(), reference="R1"
        ),
        now=later,
        **base,
    )
    run_jobs(app, session)
    assert len(told(session, person, "award.payout")) == 1


class TestWatch:
    def test_calls_makes_statements_and_reminds(self, app, session, deal, sides):
        hearers.watch(work(app, session))
        assert plans.list_milestones(session, deal.id)[1].state.value == "payable"
        assert len(told(session, sides[1], "royalty.due")) == 3
        late = told(session, sides[1], "performance.late")
        assert len(late) == 3
        hearers.watch(work(app, session, NOON + timedelta(days=1)))
        assert len(told(session, sides[1], "royalty.due")) == 3
        hearers.watch(work(app, session, NOON + timedelta(days=15)))
        assert len(told(session, sides[1], "performance.late")) > len(late)

    def test_alarms_and_stops(self, app, session, make, deal, sides):
        row = plans.list_milestones(session, deal.id)[1]
        arguments = {"deal_id": deal.id, "milestone_id": row.id, "now": NOON}
        milestones.move(session, actor=sides[1], event="call", **arguments)
        part = milestones.pay(session, actor=sides[1], amount_minor=None, **arguments)
        make.paid_part(part, payer=sides[1], payee=sides[0])
        hearers.watch(work(app, session, NOON + timedelta(days=76)))
        assert len(told(session, sides[0], "milestone.alarm")) == 1
        assert len(told(session, sides[0], "milestone.stop")) == 1
        assert row.stopped_at is not None
        assert row.due_on == date(2026, 12, 1)
