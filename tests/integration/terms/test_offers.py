"""Offers: who sends, who answers, what becomes of the others."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from marketplace.core.actor import MemberRole
from marketplace.core.errors import (
    Denied,
    EditedElsewhere,
    NotFound,
    RuleBroken,
    StepNotAllowed,
)
from marketplace.deals.models import DealRole as Role
from marketplace.deals.models import DealStage, DealTask
from marketplace.terms.kinds import LicenseKind, Side
from marketplace.terms.models import OfferFate
from marketplace.terms.queries import offers as queries
from marketplace.terms.services import drafts, offers
from tests.factories.terms import simple_terms
from tests.jobs import topics

LAST = date(2026, 12, 4)


def send(session, actor, deal, now, *, seen=0, **values):
    values.setdefault("terms", simple_terms())
    values.setdefault("valid_until", LAST)
    return offers.send_offer(session, actor=actor, deal_id=deal.id, seen=seen, now=now, **values)


def accept(session, actor, deal, offer, now):
    return offers.accept_offer(
        session,
        actor=actor,
        deal_id=deal.id,
        number=offer.number,
        sha256=offer.sha256,
        now=now,
    )


def fates(session, deal):
    return [one.fate for one in reversed(queries.list_offers(session, deal.id))]


class TestSendOffer:
    def test_numbers_hashes_and_tells(self, session, deal, buyer, now):
        offer = send(session, buyer, deal, now, message="请回复")
        assert (offer.number, offer.side, offer.offered_by) == (1, Side.LICENSEE, buyer.user_id)
        assert offer.sha256 == simple_terms().sha256
        assert queries.latest_offer(session, deal.id).terms == simple_terms()
        assert "offer.sent" in topics(session)

    def test_a_counter_offer_ends_the_one_before(self, session, deal, buyer, officer, now):
        send(session, buyer, deal, now)
        counter = send(session, officer, deal, now, seen=1)
        assert (counter.number, counter.side) == (2, Side.LICENSOR)
        assert fates(session, deal) == [OfferFate.COUNTERED, None]

    def test_a_better_one_of_the_same_side_replaces_its_own(self, session, deal, buyer, now):
        send(session, buyer, deal, now)
        send(session, buyer, deal, now, seen=1)
        assert fates(session, deal) == [OfferFate.REPLACED, None]

    def test_leaves_an_expired_one_without_fate(self, session, deal, buyer, officer, now):
        send(session, buyer, deal, now)
        send(
            session,
            officer,
            deal,
            now + timedelta(days=30),
            seen=1,
            valid_until=LAST + timedelta(days=30),
        )
        assert fates(session, deal) == [None, None]

    @pytest.mark.parametrize("seen", [0, 2])
    def test_is_refused_to_who_has_not_seen_the_newest(
        self, session, deal, buyer, officer, now, seen
    ):
        send(session, buyer, deal, now)
        with pytest.raises(EditedElsewhere):
            send(session, officer, deal, now, seen=seen)

    def test_is_for_the_parties_alone(self, session, make, deal, company, university, manager, now):
        for actor, error in (
            (manager, Denied),
            (make.member_of(company, MemberRole.TECHNOLOGY_MANAGER), Denied),
            (make.member_of(make.organization()), NotFound),
            (make.reviewer(), NotFound),
        ):
            with pytest.raises(error):
                send(session, actor, deal, now)

    @pytest.mark.parametrize("stage", [DealStage.DUE_DILIGENCE, DealStage.NOTICE, DealStage.SIGNED])
    def test_is_for_the_stage_of_terms_alone(self, session, make, company, buyer, stage, now):
        deal = make.deal_at(stage, licensee=company)
        with pytest.raises(Denied):
            send(session, buyer, deal, now)

    @pytest.mark.parametrize(
        ("field", "values"),
        [
            ("subject", {"terms": simple_terms(subject="")}),
            ("valid_until", {"valid_until": date(2026, 11, 19)}),
            ("valid_until", {"valid_until": date(2027, 11, 19)}),
            ("license_kind", {"terms": simple_terms(license_kind=LicenseKind.OPEN)}),
        ],
    )
    def test_names_the_field_at_fault(self, session, deal, buyer, now, field, values):
        with pytest.raises(RuleBroken) as caught:
            send(session, buyer, deal, now, **values)
        assert caught.value.field == field

    def test_cannot_be_changed_or_removed_by_anybody(self, session, deal, buyer, now):
        send(session, buyer, deal, now)
        for statement in (
            "UPDATE terms_offer SET message = 'x'",
            "DELETE FROM terms_offer",
        ):
            with pytest.raises(DBAPIError), session.begin_nested():
                session.execute(text(statement))


class TestAcceptOffer:
    def test_copies_the_terms_and_moves_the_deal(self, session, deal, buyer, officer, now):
        offer = send(session, buyer, deal, now)
        agreed = accept(session, officer, deal, offer, now)
        assert (agreed.number, agreed.sha256) == (1, offer.sha256)
        assert deal.stage is DealStage.NOTICE
        assert (deal.value_minor, deal.currency) == (30_000_000, "CNY")
        assert queries.agreed_terms(session, deal) == simple_terms()
        assert fates(session, deal) == [OfferFate.ACCEPTED]
        assert "terms.agreed" in topics(session)

    def test_stands_while_a_task_holds_the_deal(self, session, make, deal, buyer, officer, now):
        make.add(
            DealTask(
                deal_id=deal.id,
                title="补充实验数据",
                role=Role.LICENSOR,
                due_on=LAST,
                given_by=buyer.user_id,
                given_at=now,
                blocking=True,
            )
        )
        offer = send(session, buyer, deal, now)
        accept(session, officer, deal, offer, now)
        assert deal.stage is DealStage.TERMS
        assert queries.agreed_terms(session, deal) == simple_terms()

    def test_is_never_for_the_own_side_nor_the_manager(
        self, session, make, deal, buyer, company, manager, now
    ):
        offer = send(session, buyer, deal, now)
        for actor in (buyer, make.member_of(company), manager):
            with pytest.raises(Denied):
                accept(session, actor, deal, offer, now)
        assert queries.current_agreement(session, deal) is None

    def test_is_refused_to_a_manager_even_as_member_of_a_party(
        self, session, make, deal, university, broker, buyer, now
    ):
        make.membership(broker, university)
        offer = send(session, buyer, deal, now)
        with pytest.raises(Denied):
            accept(session, make.actor(broker), deal, offer, now)

    def test_is_refused_after_the_last_day(self, session, deal, buyer, officer, now):
        offer = send(session, buyer, deal, now, valid_until=date(2026, 11, 20))
        with pytest.raises(StepNotAllowed):
            accept(session, officer, deal, offer, now + timedelta(days=1))

    def test_is_refused_for_an_offer_that_was_countered(self, session, deal, buyer, officer, now):
        offer = send(session, buyer, deal, now)
        send(session, officer, deal, now, seen=1)
        with pytest.raises(StepNotAllowed):
            accept(session, officer, deal, offer, now)

    def test_is_refused_for_other_terms_than_were_shown(self, session, deal, buyer, officer, now):
        offer = send(session, buyer, deal, now)
        with pytest.raises(EditedElsewhere):
            offers.accept_offer(
                session,
                actor=officer,
                deal_id=deal.id,
                number=offer.number,
                sha256="0" * 64,
                now=now,
            )

    def test_counts_again_once_terms_are_taken_up_again(self, session, deal, buyer, officer, now):
        accept(session, officer, deal, send(session, buyer, deal, now), now)
        later = now + timedelta(hours=1)
        deal.stage, deal.stage_since = DealStage.TERMS, later
        session.flush()
        assert queries.current_agreement(session, deal) is None
        again = send(session, officer, deal, later, seen=1, terms=simple_terms(term_months=12))
        agreed = accept(session, buyer, deal, again, later)
        assert agreed.number == 2
        assert queries.agreed_terms(session, deal).term_months == 12

    def test_is_refused_when_the_stage_went_on(self, session, make, deal, buyer, officer, now):
        offer = send(session, buyer, deal, now)
        deal.stage = DealStage.DUE_DILIGENCE
        session.flush()
        with pytest.raises(StepNotAllowed):
            accept(session, officer, deal, offer, now)

    def test_knows_no_such_offer(self, session, deal, officer, now):
        with pytest.raises(NotFound):
            offers.accept_offer(
                session, actor=officer, deal_id=deal.id, number=9, sha256="", now=now
            )


class TestDeclineAndWithdraw:
    def test_decline_keeps_the_reason(self, session, deal, buyer, officer, now):
        offer = send(session, buyer, deal, now)
        offers.decline_offer(
            session, actor=officer, deal_id=deal.id, number=offer.number, reason="价格低", now=now
        )
        found = queries.latest_offer(session, deal.id)
        assert (found.fate, found.outcome.reason) == (OfferFate.DECLINED, "价格低")

    def test_decline_wants_a_reason(self, session, deal, buyer, officer, now):
        send(session, buyer, deal, now)
        with pytest.raises(RuleBroken) as caught:
            offers.decline_offer(
                session, actor=officer, deal_id=deal.id, number=1, reason=" ", now=now
            )
        assert caught.value.field == "reason"

    def test_withdraw_is_for_the_own_side(self, session, deal, buyer, officer, now):
        send(session, buyer, deal, now)
        with pytest.raises(Denied):
            offers.withdraw_offer(session, actor=officer, deal_id=deal.id, number=1, now=now)
        offers.withdraw_offer(session, actor=buyer, deal_id=deal.id, number=1, now=now)
        assert fates(session, deal) == [OfferFate.WITHDRAWN]
        with pytest.raises(StepNotAllowed):
            offers.withdraw_offer(session, actor=buyer, deal_id=deal.id, number=1, now=now)


class TestDrafts:
    def draft(self, session, actor, deal, side, now, **values):
        values.setdefault("terms", simple_terms(subject=""))
        return drafts.save_draft(
            session, actor=actor, deal_id=deal.id, side=side, now=now, **values
        )

    def test_a_manager_prepares_and_the_party_sends(self, session, deal, buyer, manager, now):
        kept = self.draft(session, manager, deal, Side.LICENSEE, now)
        assert kept.is_prepared
        assert "offer.prepared" in topics(session)
        offer = send(session, buyer, deal, now)
        assert offer.prepared_by == manager.user_id
        assert queries.find_draft(session, deal.id, Side.LICENSEE) is None

    def test_a_party_keeps_its_own_and_nobody_is_told(self, session, deal, buyer, now):
        first = self.draft(session, buyer, deal, Side.LICENSEE, now)
        again = self.draft(session, buyer, deal, Side.LICENSEE, now, message="稍后")
        assert (first.id, again.message, again.is_prepared) == (again.id, "稍后", False)
        assert "offer.prepared" not in topics(session)
        offer = send(session, buyer, deal, now)
        assert offer.prepared_by is None

    def test_is_not_for_the_other_side(self, session, deal, officer, now):
        with pytest.raises(Denied):
            self.draft(session, officer, deal, Side.LICENSEE, now)

    def test_is_thrown_away(self, session, deal, buyer, officer, now):
        self.draft(session, buyer, deal, Side.LICENSEE, now)
        with pytest.raises(Denied):
            drafts.discard_draft(
                session, actor=officer, deal_id=deal.id, side=Side.LICENSEE, now=now
            )
        drafts.discard_draft(session, actor=buyer, deal_id=deal.id, side=Side.LICENSEE, now=now)
        with pytest.raises(NotFound):
            drafts.discard_draft(session, actor=buyer, deal_id=deal.id, side=Side.LICENSEE, now=now)

    def test_is_closed_once_signed(self, session, make, company, buyer, now):
        deal = make.deal_at(DealStage.SIGNED, licensee=company)
        with pytest.raises(Denied):
            self.draft(session, buyer, deal, Side.LICENSEE, now)
