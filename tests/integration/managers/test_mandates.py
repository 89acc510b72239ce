"""Mandates: drafted, offered, signed by both through papers, ended."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from marketplace.core.actor import MemberRole
from marketplace.core.errors import Denied, EditedElsewhere, NotFound, RuleBroken, StepNotAllowed
from marketplace.listings.models import ListingStatus
from marketplace.managers import queries, services
from marketplace.managers.models import (
    FeePayer,
    ManagerStatus,
    MandateStatus,
    RecordKind,
)
from marketplace.managers.queries import mandates as find
from marketplace.managers.services.mandates import OBJECT_KIND, end_over
from marketplace.needs.models import Confidentiality
from marketplace.papers.models import PaperKind
from marketplace.papers.queries import current
from tests.jobs import topics
from tests.mandates import NOON, TODAY, draft_of, drafted, offered


class TestDraftMandate:
    def test_is_begun_by_the_client(self, session, client_actor, profile, need, audited):
        mandate = drafted(session, client_actor, profile, need, payer=FeePayer.SHARED)
        assert mandate.status is MandateStatus.DRAFT
        assert not mandate.from_manager
        assert [(row.object_kind, row.object_id) for row in mandate.records] == [
            (RecordKind.NEED, need.id)
        ]
        assert audited(mandate) == ["mandate.drafted"]
        assert "mandate.drafted" in topics(session)

    def test_is_begun_by_the_manager(self, session, manager, profile, need):
        need.confidentiality = Confidentiality.NAMED
        session.flush()
        assert drafted(session, manager, profile, need).from_manager

    def test_does_not_give_a_withheld_name_away(self, session, manager, profile, need):
        need.confidentiality = Confidentiality.ON_CONSENT
        session.flush()
        with pytest.raises(NotFound):
            drafted(session, manager, profile, need)

    def test_covers_records_of_the_client_only(self, session, make, client_actor, profile, need):
        listing = make.listing(status=ListingStatus.PUBLISHED)
        with pytest.raises(RuleBroken) as caught:
            services.draft_mandate(
                session,
                actor=client_actor,
                manager_id=profile.id,
                client_organization_id=need.organization_id,
                draft=draft_of(need, listing),
                now=NOON,
            )
        assert caught.value.field == "records"

    def test_is_not_begun_by_others(self, session, make, profile, need):
        staff = make.member_of(
            make.session.get_one(type(make.organization()), need.organization_id),
            MemberRole.OPERATOR_STAFF,
        )
        for who in (staff, make.member_of(make.organization())):
            with pytest.raises(Denied):
                drafted(session, who, profile, need)

    def test_is_not_between_a_manager_and_their_own_organization(self, session, make):
        organization = make.organization()
        need = make.need(organization)
        inside = make.manager(organization)
        with pytest.raises(Denied):
            drafted(session, make.member_of(organization), inside, need)
        # Nor when the manager belongs to the client besides the own agency.
        outside = make.manager()
        from marketplace.accounts.models import User

        make.membership(session.get_one(User, outside.person_id), organization)
        with pytest.raises(Denied):
            drafted(session, make.manager_actor(outside), outside, need)

    def test_needs_a_license_that_runs(self, session, make, client_actor, need):
        over = make.manager(expires_on=TODAY - timedelta(days=1))
        with pytest.raises(RuleBroken, match="does not run today"):
            drafted(session, client_actor, over, need)

    def test_does_not_name_the_client_as_the_other_side(self, session, client_actor, profile, need):
        with pytest.raises(RuleBroken) as caught:
            drafted(
                session,
                client_actor,
                profile,
                need,
                other_organization_id=need.organization_id,
            )
        assert caught.value.field == "other_organization_id"


class TestEditMandate:
    def edit(self, session, actor, mandate, draft, version=None):
        return services.edit_mandate(
            session,
            actor=actor,
            mandate_id=mandate.id,
            draft=draft,
            version=mandate.version if version is None else version,
            now=NOON,
        )

    def test_is_open_to_both_sides(self, session, client_actor, manager, profile, need):
        mandate = drafted(session, client_actor, profile, need)
        self.edit(session, manager, mandate, draft_of(need, success_fee_bp=800))
        assert (mandate.success_fee_bp, mandate.from_manager) == (800, True)

    def test_takes_further_records_of_the_client(self, session, make, client_actor, profile, need):
        mandate = drafted(session, client_actor, profile, need)
        owner = session.get_one(type(make.organization()), need.organization_id)
        second, strange = make.need(owner), make.need()
        self.edit(session, client_actor, mandate, draft_of(need, second))
        assert {row.object_id for row in mandate.records} == {need.id, second.id}
        with pytest.raises(RuleBroken):
            self.edit(session, client_actor, mandate, draft_of(strange))

    def test_does_not_overwrite_unseen(self, session, client_actor, profile, need):
        mandate = drafted(session, client_actor, profile, need)
        with pytest.raises(EditedElsewhere):
            self.edit(session, client_actor, mandate, draft_of(need), version=99)

    def test_ends_with_the_offer(self, session, client_actor, profile, need):
        mandate = drafted(session, client_actor, profile, need)
        offered(session, client_actor, mandate)
        with pytest.raises(StepNotAllowed):
            self.edit(session, client_actor, mandate, draft_of(need))

    def test_does_not_exist_for_others(self, session, make, client_actor, profile, need):
        mandate = drafted(session, client_actor, profile, need)
        for who in (
            make.member_of(make.organization()),
            make.manager_actor(make.manager()),
            make.reviewer(),
            make.administrator(),
        ):
            with pytest.raises(NotFound):
                self.edit(session, who, mandate, draft_of(need))


class TestOfferMandate:
    def test_draws_up_a_paper_for_two(self, session, client_actor, profile, need):
        mandate = offered(session, client_actor, drafted(session, client_actor, profile, need))
        paper = current(session, PaperKind.MANDATE, OBJECT_KIND, mandate.id)
        assert [(one.organization_id, one.person_id) for one in paper.parties] == [
            (need.organization_id, None),
            (None, profile.person_id),
        ]

    def test_offers_what_was_seen(self, session, client_actor, profile, need):
        mandate = drafted(session, client_actor, profile, need)
        with pytest.raises(EditedElsewhere):
            services.offer_mandate(
                session, actor=client_actor, mandate_id=mandate.id, version=99, now=NOON
            )

    def test_needs_a_manager_who_may_begin(self, session, client_actor, profile, need):
        mandate = drafted(session, client_actor, profile, need)
        profile.status, profile.reason = ManagerStatus.SUSPENDED, "投诉"
        session.flush()
        with pytest.raises(RuleBroken, match="does not run today"):
            offered(session, client_actor, mandate)

    def test_is_too_late_after_the_last_day(self, session, make, client_actor, need):
        mandate = make.mandate(record=need, starts_on=date(2026, 1, 1), ends_on=date(2026, 2, 1))
        with pytest.raises(RuleBroken) as caught:
            offered(session, client_actor, mandate)
        assert caught.value.field == "ends_on"


class TestDeclineMandate:
    @pytest.mark.parametrize("offer", [False, True])
    def test_says_why(self, session, client_actor, manager, profile, need, offer):
        mandate = drafted(session, client_actor, profile, need)
        if offer:
            offered(session, client_actor, mandate)
        services.decline_mandate(
            session, actor=manager, mandate_id=mandate.id, reason="手头已满", now=NOON
        )
        assert (mandate.status, mandate.reason, mandate.ended_at) == (
            MandateStatus.DECLINED,
            "手头已满",
            NOON,
        )

    def test_needs_a_reason(self, session, client_actor, profile, need):
        mandate = drafted(session, client_actor, profile, need)
        for service in (services.decline_mandate, services.end_mandate):
            with pytest.raises(RuleBroken):
                service(session, actor=client_actor, mandate_id=mandate.id, reason="", now=NOON)


class TestEndOver:
    def test_ends_what_is_over_and_nothing_else(self, session, make, need):
        over = make.mandate(
            record=need,
            status=MandateStatus.SIGNED,
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 11, 19),
        )
        last_day = make.mandate(
            record=need,
            status=MandateStatus.SIGNED,
            starts_on=date(2026, 1, 1),
            ends_on=TODAY,
        )
        assert end_over(session, now=NOON) == 1
        session.expire_all()
        assert (over.status, over.ended_at) == (MandateStatus.ENDED, NOON)
        assert last_day.status is MandateStatus.SIGNED
        assert not any(row.active for row in find.load_mandate(session, over.id).records)


class TestListMandates:
    def test_shows_each_side_its_own(self, session, make, client_actor, manager, profile, need):
        mandate = drafted(session, client_actor, profile, need)
        make.mandate()
        for who in (client_actor, manager):
            found = queries.list_mandates(session, actor=who)
            assert [one.id for one in found.items] == [mandate.id]
        from marketplace.core.actor import VISITOR

        assert queries.list_mandates(session, actor=VISITOR).total == 0
