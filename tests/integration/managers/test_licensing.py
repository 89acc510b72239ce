"""Licensed, refused, suspended, expired; and how many there are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from marketplace.core.errors import Denied, EditedElsewhere, NotFound, RuleBroken, StepNotAllowed
from marketplace.managers import queries, services
from marketplace.managers.models import ManagerLevel, ManagerStatus
from marketplace.managers.permissions import may_open_deals
from marketplace.managers.queries.register import list_credentials, list_waiting
from marketplace.managers.rules import NoValidCredential
from marketplace.managers.services.review import watch_dates
from tests.jobs import topics
from tests.register import NOON, PAPER, TODAY, license_it


class TestLicenseManager:
    def test_licenses_until_the_credential_ends(self, session, make, applied, audited):
        license_it(session, make.reviewer(), applied)
        assert (applied.status, applied.expires_on) == (ManagerStatus.LICENSED, date(2028, 1, 9))
        assert may_open_deals(applied, TODAY)
        assert queries.get_active_manager(session, applied.person_id, TODAY) is applied
        assert audited(applied)[-1] == "manager.licensed"
        assert "manager.licensed" in topics(session)

    def test_is_refused_for_oneself_and_one_s_own_organization(
        self, session, make, agency, applied
    ):
        colleague = make.reviewer(member_of=agency)
        with pytest.raises(Denied):
            license_it(session, colleague, applied)

    def test_asks_for_a_reviewer(self, session, make, applied):
        with pytest.raises(Denied):
            license_it(session, make.administrator(), applied)
        with pytest.raises(NotFound):
            license_it(session, make.member_of(make.organization()), applied)

    def test_decides_on_what_was_seen(self, session, make, actor, applied, scan):
        seen = applied.version
        services.add_credential(
            session, actor=actor, draft=replace(PAPER, number="2"), upload=scan, now=NOON
        )
        with pytest.raises(EditedElsewhere):
            services.license_manager(
                session, actor=make.reviewer(), manager_id=applied.id, version=seen, now=NOON
            )

    def test_needs_a_credential_that_runs(self, session, make):
        profile = make.manager(status=ManagerStatus.APPLIED)
        with pytest.raises(NoValidCredential):
            license_it(session, make.reviewer(), profile)

    def test_needs_a_scan(self, session, make):
        profile = make.manager(status=ManagerStatus.APPLIED)
        make.credential(profile)
        with pytest.raises(RuleBroken, match="no scan"):
            license_it(session, make.reviewer(), profile)

    def test_has_nothing_to_do_where_nothing_waits(self, session, make, applied):
        license_it(session, make.reviewer(), applied)
        with pytest.raises(StepNotAllowed):
            license_it(session, make.reviewer(), applied)

    def test_is_no_way_around_a_refusal_or_suspension(self, session, make, actor, scan):
        for status in (ManagerStatus.REFUSED, ManagerStatus.SUSPENDED):
            profile = make.manager(status=status, wanted_level=ManagerLevel.MIDDLE)
            make.credential(profile, checked_at=NOON)
            with pytest.raises(StepNotAllowed):
                license_it(session, make.reviewer(), profile)

    def test_renews_an_expired_one_by_a_newer_credential(self, session, make, scan):
        profile = make.manager(status=ManagerStatus.EXPIRED)
        make.credential(profile, expires_on=date(2026, 10, 31), checked_at=NOON)
        actor = make.manager_actor(profile)
        services.add_credential(
            session, actor=actor, draft=replace(PAPER, number="new"), upload=scan, now=NOON
        )
        assert [one.id for one in list_waiting(session).items] == [profile.id]
        license_it(session, make.reviewer(), profile)
        assert (profile.status, profile.expires_on) == (ManagerStatus.LICENSED, date(2028, 1, 9))


class TestRefuseManager:
    def refuse(self, session, reviewer, profile, reason="编号与扫描件不一致"):
        return services.refuse_manager(
            session,
            actor=reviewer,
            manager_id=profile.id,
            version=profile.version,
            reason=reason,
            now=NOON,
        )

    def test_says_why(self, session, make, applied):
        self.refuse(session, make.reviewer(), applied)
        assert (applied.status, applied.reason) == (ManagerStatus.REFUSED, "编号与扫描件不一致")
        (credential,) = list_credentials(session, applied.id)
        assert credential.refused_at == NOON
        assert "manager.refused" in topics(session)

    def test_needs_a_reason(self, session, make, applied):
        with pytest.raises(RuleBroken):
            self.refuse(session, make.reviewer(), applied, " ")

    def test_leaves_a_license_as_it_was(self, session, make, actor, scan, applied):
        reviewer = make.reviewer()
        license_it(session, reviewer, applied)
        services.add_credential(
            session, actor=actor, draft=replace(PAPER, number="2"), upload=scan, now=NOON
        )
        self.refuse(session, reviewer, applied)
        assert applied.status is ManagerStatus.LICENSED
        assert [one.is_checked for one in list_credentials(session, applied.id)].count(True) == 1
        assert "manager.turned_down" in topics(session)

    def test_can_be_mended(self, session, make, actor, scan, applied):
        self.refuse(session, make.reviewer(), applied)
        with pytest.raises(RuleBroken, match="no reviewer has turned down"):
            services.apply_again(session, actor=actor, now=NOON)
        session.refresh(applied)
        applied.status = ManagerStatus.REFUSED
        services.add_credential(
            session, actor=actor, draft=replace(PAPER, number="2"), upload=scan, now=NOON
        )
        assert services.apply_again(session, actor=actor, now=NOON).status is ManagerStatus.APPLIED


class TestSuspendManager:
    def test_stops_new_deals_and_comes_back(self, session, make, applied):
        reviewer = make.reviewer()
        license_it(session, reviewer, applied)
        services.suspend_manager(
            session, actor=reviewer, manager_id=applied.id, reason="投诉核查", now=NOON
        )
        assert not may_open_deals(applied, TODAY)
        assert queries.get_active_manager(session, applied.person_id, TODAY) is None
        with pytest.raises(NotFound):
            queries.get_manager(session, applied.id, actor=make.actor())
        services.restore_manager(session, actor=reviewer, manager_id=applied.id, now=NOON)
        assert may_open_deals(applied, TODAY)

    def test_comes_back_expired_when_its_time_ran_out(self, session, make):
        profile = make.manager(status=ManagerStatus.SUSPENDED, expires_on=date(2026, 11, 1))
        services.restore_manager(session, actor=make.reviewer(), manager_id=profile.id, now=NOON)
        assert profile.status is ManagerStatus.EXPIRED

    def test_is_not_for_one_s_own(self, session, make):
        profile = make.manager()
        agency = make.organization()
        colleague = make.reviewer(member_of=agency)
        profile.organization_id = agency.id
        session.flush()
        with pytest.raises(Denied):
            services.suspend_manager(
                session, actor=colleague, manager_id=profile.id, reason="x", now=NOON
            )
        with pytest.raises(Denied):
            services.restore_manager(session, actor=colleague, manager_id=profile.id, now=NOON)


class TestWatchDates:
    def days_left(self, make, days, **values):
        return make.manager(expires_on=TODAY + timedelta(days=days), **values)

    def test_warns_at_each_step_once(self, session, make):
        soon = self.days_left(make, 30, warned_days=60)
        self.days_left(make, 61)
        assert watch_dates(session, now=NOON) == 1
        assert soon.warned_days == 30
        assert "manager.expiring" in topics(session)
        assert watch_dates(session, now=NOON) == 0

    def test_takes_the_right_to_new_deals_after_the_last_day(self, session, make):
        last, over = self.days_left(make, 0, warned_days=7), self.days_left(make, -1)
        assert may_open_deals(last, TODAY)
        # The day decides, even before the job has run.
        assert not may_open_deals(over, TODAY)
        assert watch_dates(session, now=NOON) == 1
        assert (last.status, over.status) == (ManagerStatus.LICENSED, ManagerStatus.EXPIRED)
        assert "manager.expired" in topics(session)

    def test_starts_anew_after_a_renewal(self, session, make, scan):
        profile = self.days_left(make, 5, warned_days=7)
        actor = make.manager_actor(profile)
        services.add_credential(session, actor=actor, draft=PAPER, upload=scan, now=NOON)
        license_it(session, make.reviewer(), profile)
        assert profile.warned_days is None


class TestCounts:
    def test_counts_who_may_open_deals_today(self, session, make):
        make.manager()
        make.manager(level=ManagerLevel.JUNIOR, expires_on=TODAY)
        make.manager(expires_on=date(2026, 11, 19))
        make.manager(status=ManagerStatus.EXPIRED)
        make.manager(status=ManagerStatus.APPLIED)
        counts = queries.counts(session, TODAY)
        assert counts.active == 2
        assert counts.by_level == {
            ManagerLevel.JUNIOR: 1,
            ManagerLevel.MIDDLE: 0,
            ManagerLevel.SENIOR: 1,
        }
        assert counts.by_status[ManagerStatus.LICENSED] == 3
        assert counts.by_status[ManagerStatus.REFUSED] == 0


class TestListRegister:
    def test_can_be_narrowed_to_a_state(self, session, make):
        profile = make.manager(status=ManagerStatus.REFUSED)
        make.manager()
        found = queries.list_register(session, status=ManagerStatus.REFUSED)
        assert [one.id for one in found.items] == [profile.id]
        assert queries.list_register(session).total == 2
