"""Who is told what of offers, trials and notices; what the night does."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from sqlalchemy import select

from marketplace.deals.models import DealStage
from marketplace.notifications.models import Notice
from marketplace.terms import hearers
from marketplace.terms.kinds import Side
from marketplace.terms.models import NoticeStatus, PricingMethod, TrialStatus
from marketplace.terms.services import drafts, notices, offers, trials
from marketplace.terms.services.pricing import PricingRecord, record_pricing
from tests.factories.terms import simple_terms
from tests.integration.terms.steps import post
from tests.integration.terms.test_trials import ENDS, propose
from tests.jobs import run_jobs


def told(session, actor):
    rows = session.scalars(select(Notice).where(Notice.person_id == actor.user_id))
    return sorted(row.topic for row in rows)


@pytest.fixture
def everyone(officer, buyer, manager):
    return (officer, buyer, manager)


class TestOffers:
    def test_tell_the_other_side_and_the_manager(self, app, session, deal, everyone, now):
        officer, buyer, manager = everyone
        terms = {"terms": simple_terms(), "valid_until": (now + timedelta(days=9)).date()}
        common = {"deal_id": deal.id, "now": now}
        offers.send_offer(session, actor=buyer, seen=0, **common, **terms)
        session.flush()
        # A worker has loaded nothing of it yet.
        session.expunge_all()
        run_jobs(app, session)
        offers.decline_offer(session, actor=officer, number=1, reason="低", **common)
        run_jobs(app, session)
        offers.send_offer(session, actor=officer, seen=1, **common, **terms)
        offers.withdraw_offer(session, actor=officer, number=2, **common)
        offer = offers.send_offer(session, actor=buyer, seen=2, **common, **terms)
        offers.accept_offer(session, actor=officer, number=3, sha256=offer.sha256, **common)
        run_jobs(app, session)
        assert {"offer.sent"} <= set(told(session, officer))
        assert {"offer.declined", "offer.withdrawn", "terms.agreed"} <= set(told(session, buyer))
        assert {"offer.sent", "terms.agreed"} <= set(told(session, manager))
        assert "terms.agreed" not in told(session, officer)

    def test_tell_a_side_what_was_prepared_for_it(self, app, session, deal, everyone, now):
        _, buyer, manager = everyone
        drafts.save_draft(
            session,
            actor=manager,
            deal_id=deal.id,
            side=Side.LICENSEE,
            terms=simple_terms(),
            now=now,
        )
        run_jobs(app, session)
        assert "offer.prepared" in told(session, buyer)

    def test_keep_a_hidden_licensee_unnamed(self, app, session, deal, everyone, now):
        officer, buyer, _ = everyone
        deal.licensee_hidden = True
        session.flush()
        offers.send_offer(
            session,
            actor=buyer,
            deal_id=deal.id,
            seen=0,
            terms=simple_terms(),
            valid_until=now.date(),
            now=now,
        )
        run_jobs(app, session)
        notice = session.scalars(
            select(Notice).where(Notice.person_id == officer.user_id, Notice.topic == "offer.sent")
        ).one()
        assert notice.values["party"]["zh"] == "对方"


class TestTrials:
    def test_tell_both_sides_and_remind(self, app, session, deal, everyone, now):
        officer, buyer, _ = everyone
        trial = propose(session, officer, deal, now)
        trials.accept_trial(session, actor=buyer, deal_id=deal.id, trial_id=trial.id, now=now)
        run_jobs(app, session)
        assert "trial.proposed" in told(session, buyer)
        assert "trial.accepted" in told(session, officer)
        trials.look_at_all(session, now=now + timedelta(days=(ENDS - now.date()).days))
        assert trial.status is TrialStatus.DUE
        run_jobs(app, session)
        assert {"trial.reminded", "trial.fell_due"} <= set(told(session, buyer))


class TestNotices:
    def test_tell_officers_of_objections_and_objectors_of_settlements(
        self, app, session, make, university, company, broker, everyone, now
    ):
        officer, buyer, _ = everyone
        deal = make.deal_at(DealStage.NOTICE, licensor=university, licensee=company)
        make.agreement(deal)
        record_pricing(
            session,
            actor=officer,
            deal_id=deal.id,
            record=PricingRecord(method=PricingMethod.AGREEMENT),
            now=now,
        )
        objector = make.actor()
        notice = post(session, officer, deal, now)
        objection = notices.raise_objection(
            session, actor=objector, notice_id=notice.id, reasons="偏低", now=now
        )
        run_jobs(app, session)
        assert "price_notice.posted" in told(session, buyer)
        assert "objection.raised" in told(session, officer)
        notices.settle_objection(
            session,
            actor=officer,
            notice_id=notice.id,
            objection_id=objection.id,
            upheld=False,
            settlement="合理",
            now=now,
        )
        notices.finish_due(session, now=now + timedelta(days=40))
        assert notice.status is NoticeStatus.PASSED
        run_jobs(app, session)
        assert told(session, objector) == ["objection.dismissed"]
        assert "price_notice.passed" in told(session, officer)


class TestNight:
    def test_looks_at_notices_and_trials(self, session, make, university, company, officer, now):
        deal = make.deal_at(DealStage.NOTICE, licensor=university, licensee=company)
        make.agreement(deal)
        notice = post(session, officer, deal, now)
        trial = propose(session, officer, deal, now)
        trial.status = TrialStatus.RUNNING
        session.flush()
        later = now + timedelta(days=(ENDS - now.date()).days)
        hearers.HEARERS["terms.look_at_clocks"](SimpleNamespace(session=session, now=later))
        assert (notice.status, trial.status) == (NoticeStatus.PASSED, TrialStatus.DUE)

    @pytest.mark.parametrize(
        "name",
        [
            "terms.tell_offer.sent",
            "terms.tell_agreed",
            "terms.tell_prepared",
            "terms.tell_trial.proposed",
            "terms.tell_price_notice.posted",
        ],
    )
    def test_a_fact_whose_record_is_gone_tells_nobody(self, session, deal, now, name):
        work = SimpleNamespace(session=session, now=now)
        hearers.HEARERS[name](work, id=str(uuid4()), deal_id=str(deal.id), by="")
        assert session.scalars(select(Notice)).all() == []
