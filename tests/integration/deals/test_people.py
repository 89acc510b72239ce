"""The manager's part, contacts, tasks, and what people are told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.core.actor import MemberRole
from marketplace.core.errors import Denied, EditedElsewhere, NotFound, RuleBroken, StepNotAllowed
from marketplace.core.jobs import Work
from marketplace.deals import hearers, permissions
from marketplace.deals.models import DealRole, DealStage, LapseReason
from marketplace.deals.queries.managers import count_deals, list_available, stage_days
from marketplace.deals.services import brokers, contacts, work
from marketplace.deals.services.stages import advance
from marketplace.managers.models import ManagerStatus
from marketplace.notifications.models import Notice
from marketplace.organizations.models import Organization


@pytest.fixture
def cast(make, session):
    """A deal at terms with a writer of each side, a manager nobody asked yet, and a stranger."""
    deal = make.deal(DealStage.TERMS)
    profile = make.broker()
    return {
        "deal": deal,
        "profile": profile,
        "licensor": make.member_of(session.get_one(Organization, deal.licensor_id)),
        "licensee": make.member_of(session.get_one(Organization, deal.licensee_id)),
        "reader": make.member_of(
            session.get_one(Organization, deal.licensee_id), MemberRole.OPERATOR_STAFF
        ),
        "manager": make.actor(session.get_one(User, profile.person_id)),
        "stranger": make.member_of(make.organization()),
    }


@pytest.fixture
def do(session, cast, now):
    def step(function, name, /, **values):
        given = {"deal_id": cast["deal"].id, "now": now} | values
        return function(session, actor=cast[name], **given)

    return step


@pytest.fixture
def told(app, session, now):
    """Hear a fact as the worker would; give the message ids that each person was told."""

    def hear(name, **payload):
        job = Work(session=session, now=now, parts=None)
        with app.test_request_context():
            hearers.HEARERS[name](job, **payload)
        session.flush()
        return {(row.person_id, row.topic) for row in session.scalars(select(Notice))}

    return hear


class TestManager:
    def test_is_asked_accepts_and_leaves(self, cast, do, session):
        deal = cast["deal"]
        do(brokers.invite_manager, "licensee", manager_id=cast["profile"].id)
        assert permissions.role_of(cast["manager"], deal) is None
        assert permissions.is_invited(cast["manager"], deal)
        do(brokers.accept_invitation, "manager")
        assert permissions.role_of(cast["manager"], deal) is DealRole.MANAGER
        with pytest.raises(Denied):
            do(brokers.end_brokerage, "licensor", reason="不需要")
        with pytest.raises(RuleBroken):
            do(brokers.end_brokerage, "licensee", reason=" ")
        do(brokers.end_brokerage, "licensee", reason="换人")
        assert permissions.role_of(cast["manager"], deal) is None
        with pytest.raises(StepNotAllowed):
            do(brokers.end_brokerage, "licensee", reason="换人")

    def test_may_decline_and_another_is_asked(self, cast, do, make):
        do(brokers.invite_manager, "licensor", manager_id=cast["profile"].id)
        with pytest.raises(StepNotAllowed):
            do(brokers.invite_manager, "licensor", manager_id=make.broker().id)
        do(brokers.decline_invitation, "manager")
        with pytest.raises(NotFound):
            do(brokers.accept_invitation, "manager")
        do(brokers.invite_manager, "licensor", manager_id=make.broker().id)

    def test_is_licensed_and_of_neither_party(self, cast, do, make, now, session):
        suspended = make.broker(status=ManagerStatus.SUSPENDED, reason="x")
        own = make.broker()
        own.organization_id = cast["deal"].licensor_id
        for wrong in (suspended, own):
            with pytest.raises(RuleBroken):
                do(brokers.invite_manager, "licensee", manager_id=wrong.id)
        with pytest.raises(NotFound):
            do(brokers.invite_manager, "licensee", manager_id=cast["deal"].id)
        offered = {one.id for one in list_available(session, cast["deal"], now=now)}
        assert cast["profile"].id in offered
        assert not offered & {suspended.id, own.id}

    def test_accepts_only_while_the_licence_runs(self, cast, do, session):
        do(brokers.invite_manager, "licensee", manager_id=cast["profile"].id)
        cast["profile"].expires_on = date(2026, 11, 1)
        session.flush()
        with pytest.raises(RuleBroken):
            do(brokers.accept_invitation, "manager")

    def test_keeps_running_deals_after_the_licence(self, cast, do, session):
        do(brokers.invite_manager, "licensee", manager_id=cast["profile"].id)
        do(brokers.accept_invitation, "manager")
        cast["profile"].expires_on = date(2026, 11, 1)
        session.flush()
        assert do(work.write_message, "manager", body="继续").role is DealRole.MANAGER

    def test_is_nobodys_voice_but_their_own(self, cast, make, session):
        """A manager who belongs to a party is the manager here and acts for no party."""
        person = session.get_one(User, cast["profile"].person_id)
        deal = cast["deal"]
        make.membership(person, session.get_one(Organization, deal.licensor_id))
        deal.manager_id, deal.manager_person_id = cast["profile"].id, person.id
        deal.manager_accepted_at = deal.opened_at
        session.flush()
        assert permissions.role_of(make.actor(person), deal) is DealRole.MANAGER

    def test_is_counted_in_the_register(self, cast, do, session, make):
        profile = cast["profile"]
        do(brokers.invite_manager, "licensee", manager_id=profile.id)
        assert count_deals(session, [profile.id]) == {}
        do(brokers.accept_invitation, "manager")
        make.deal(DealStage.CLOSED, manager=profile)
        figures = count_deals(session, [profile.id])[profile.id]
        assert (figures.closed_deals, figures.running_deals) == (1, 1)
        days = {step.stage: step.median_days for step in stage_days(session, profile.id)}
        assert days[DealStage.INQUIRY] == 1.0


class TestWork:
    def test_is_for_writers(self, do):
        with pytest.raises(Denied):
            do(work.write_message, "reader", body="hi")
        with pytest.raises(NotFound):
            do(work.write_message, "stranger", body="hi")

    @pytest.mark.parametrize("body", ["", " ", "x" * 4001])
    def test_says_something(self, do, body):
        with pytest.raises(RuleBroken):
            do(work.write_message, "licensor", body=body)

    def test_ends_with_the_deal(self, make, session, now):
        deal = make.deal(DealStage.LAPSED)
        actor = make.member_of(session.get_one(Organization, deal.licensor_id))
        with pytest.raises(StepNotAllowed):
            work.write_message(session, actor=actor, deal_id=deal.id, body="hi", now=now)

    def test_plans_the_next_step_from_a_fresh_page(self, cast, do):
        version = cast["deal"].version
        given = {"next_step": "复谈", "next_on": date(2026, 12, 2)}
        do(work.plan_next, "licensor", version=version, **given)
        assert cast["deal"].next_step == "复谈"
        with pytest.raises(EditedElsewhere):
            do(work.plan_next, "licensee", version=version, **given)

    def test_gives_tasks_to_sides_that_are_there(self, do):
        draft = {"title": "寄样", "due_on": date(2026, 12, 1)}
        task = do(work.give_task, "licensor", draft=work.TaskDraft(role=DealRole.LICENSEE, **draft))
        for role in (DealRole.MANAGER, DealRole.SYSTEM):
            with pytest.raises(RuleBroken):
                do(work.give_task, "licensor", draft=work.TaskDraft(role=role, **draft))
        past = work.TaskDraft(role=DealRole.LICENSOR, title="寄样", due_on=date(2026, 11, 1))
        with pytest.raises(RuleBroken):
            do(work.give_task, "licensor", draft=past)
        do(work.finish_task, "licensor", task_id=task.id)
        with pytest.raises(StepNotAllowed):
            do(work.finish_task, "licensee", task_id=task.id)

    def test_lets_nobody_else_finish_a_task(self, cast, do, make):
        task = make.deal_task(cast["deal"], role=DealRole.LICENSOR)
        with pytest.raises(Denied):
            do(work.finish_task, "licensee", task_id=task.id)
        other = make.deal_task(make.deal())
        with pytest.raises(NotFound):
            do(work.finish_task, "licensor", task_id=other.id)

    def test_blocks_the_next_stage_until_done(self, make, session, now):
        deal = make.deal(DealStage.DUE_DILIGENCE)
        licensor = make.member_of(session.get_one(Organization, deal.licensor_id))
        task = make.deal_task(deal, blocking=True)
        step = {
            "deal_id": deal.id,
            "event": "start_terms",
            "values": {
                "findings": "好",
                "value": 100,
                "next_step": "报价",
                "next_on": date(2026, 12, 1),
            },
            "now": now,
        }
        with pytest.raises(RuleBroken):
            advance(session, actor=licensor, **step)
        work.finish_task(session, actor=licensor, deal_id=deal.id, task_id=task.id, now=now)
        assert advance(session, actor=licensor, **step).value_minor == 100


class TestContacts:
    def test_are_for_parties(self, cast, do, session, make):
        deal = make.deal(manager=cast["profile"])
        with pytest.raises(Denied):
            contacts.agree_to_contact(
                session,
                actor=cast["manager"],
                deal_id=deal.id,
                name="郑",
                email="z@example.com",
                phone="",
                now=deal.opened_at,
            )

    @pytest.mark.parametrize(
        "wrong",
        [
            {"name": ""},
            {"email": "", "phone": ""},
            {"name": "x" * 81},
            {"phone": "1" * 41},
        ],
    )
    def test_are_complete(self, do, wrong):
        given = {"name": "王", "email": "w@example.com", "phone": ""} | wrong
        with pytest.raises(RuleBroken):
            do(contacts.agree_to_contact, "licensor", **given)


class TestHearers:
    def test_tell_everybody_but_who_did_it(self, cast, told, session):
        deal = cast["deal"]
        found = told(
            "deals.deal.advanced",
            id=str(deal.id),
            by=str(cast["licensor"].user_id),
            event="start_terms",
            stage="terms",
        )
        people = {person for person, topic in found if topic == "deal.advanced"}
        assert cast["licensee"].user_id in people
        assert not {cast["licensor"].user_id, cast["stranger"].user_id} & people
        assert cast["reader"].user_id not in people

    def test_ask_the_invited_manager(self, cast, do, told):
        do(brokers.invite_manager, "licensee", manager_id=cast["profile"].id)
        found = told("deals.invited", id=str(cast["deal"].id), by=None)
        assert (cast["manager"].user_id, "deal.manager_invited") in found

    def test_tell_of_tasks_given_and_done(self, cast, told, make):
        deal = cast["deal"]
        task = make.deal_task(deal, given_by=cast["licensee"].user_id)
        found = told("deals.task_given", id=str(deal.id), task=str(task.id), by=None)
        assert (cast["licensor"].user_id, "deal.task_given") in found
        found = told("deals.task_done", id=str(deal.id), task=str(task.id), by=None)
        assert (cast["licensee"].user_id, "deal.task_done") in found

    def test_stay_calm_about_what_is_gone(self, cast, told):
        nobody = str(cast["licensor"].user_id)
        assert told("deals.deal.opened", id=nobody, by=None) == set()
        assert told("deals.invited", id=nobody, by=None) == set()
        assert told("deals.task_given", id=nobody, task=nobody) == set()

    def test_remind_once_before_and_weekly_after(self, cast, told, make, session, now):
        soon = make.deal_task(cast["deal"], due_on=date(2026, 11, 22))
        later = make.deal_task(cast["deal"], due_on=date(2026, 12, 22))
        late = make.deal_task(
            cast["deal"], due_on=date(2026, 11, 1), reminded_at=now - timedelta(days=8)
        )
        fresh = make.deal_task(
            cast["deal"], due_on=date(2026, 11, 1), reminded_at=now - timedelta(days=2)
        )
        told("deals.remind")
        assert soon.reminded_at == late.reminded_at == now
        assert later.reminded_at is None
        assert fresh.reminded_at != now

    def test_let_silent_deals_lapse(self, told, make, session, now):
        silent = make.deal(DealStage.TERMS, touched_at=now - timedelta(days=181))
        living = make.deal(DealStage.TERMS, touched_at=now - timedelta(days=179))
        signed = make.deal(DealStage.SIGNED, touched_at=now - timedelta(days=500))
        told("deals.lapse_silent")
        assert silent.stage is DealStage.LAPSED
        assert silent.lapse_reason is LapseReason.SILENT
        assert living.stage is DealStage.TERMS
        assert signed.stage is DealStage.SIGNED
