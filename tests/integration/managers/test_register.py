"""Entering the register, being licensed, and what its dates do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from marketplace.core.errors import Denied, EditedElsewhere, NotFound, RuleBroken, StepNotAllowed
from marketplace.files.services import list_attachments
from marketplace.managers import queries, services
from marketplace.managers.models import CredentialKind, ManagerLevel, ManagerStatus
from marketplace.managers.permissions import may_open_deals
from marketplace.managers.queries.register import count_waiting, list_credentials, list_waiting
from marketplace.managers.rules import NoValidCredential
from marketplace.managers.services.register import (
    CREDENTIAL_FILES,
    CredentialDraft,
    ManagerDraft,
)
from marketplace.managers.services.review import watch_dates
from marketplace.organizations.models import OrganizationStatus
from tests.jobs import topics

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
TODAY = date(2026, 11, 20)
PAPER = CredentialDraft(
    kind=CredentialKind.TRAINING,
    number="JSJJR-2026-001",
    issuer="科技部火炬中心",
    issued_on=date(2026, 1, 10),
    expires_on=date(2028, 1, 9),
)


@pytest.fixture
def agency(make):
    return make.organization()


@pytest.fixture
def actor(make, agency):
    return make.member_of(agency)


@pytest.fixture
def draft(agency):
    return ManagerDraft(
        organization_id=agency.id,
        level=ManagerLevel.SENIOR,
        name="郑经理",
        field_codes=("0817",),
        languages=("zh", "en"),
    )


@pytest.fixture
def applied(session, actor, draft, scan):
    return services.apply(
        session, actor=actor, draft=draft, credential=PAPER, upload=scan, now=NOON
    )


def license_it(session, reviewer, profile):
    return services.license_manager(
        session, actor=reviewer, manager_id=profile.id, version=profile.version, now=NOON
    )


class TestApply:
    def test_waits_for_a_reviewer_with_its_scan(self, session, actor, applied, audited):
        (credential,) = list_credentials(session, applied.id)
        scans = list_attachments(
            session, actor, object_kind=CREDENTIAL_FILES, object_id=credential.id
        )
        assert applied.status is ManagerStatus.APPLIED
        assert [scan.name for scan in scans] == ["证书.pdf"]
        assert scans[0].organization_id is None
        assert audited(applied) == ["manager.applied"]
        assert "manager.applied" in topics(session)

    def test_keeps_the_scan_from_colleagues(self, session, make, agency, applied):
        (credential,) = list_credentials(session, applied.id)
        colleague = make.member_of(agency)
        assert not list_attachments(
            session, colleague, object_kind=CREDENTIAL_FILES, object_id=credential.id
        )

    def test_happens_once_per_person(self, session, actor, draft, scan, applied):
        with pytest.raises(RuleBroken, match="in the register already"):
            services.apply(
                session, actor=actor, draft=draft, credential=PAPER, upload=scan, now=NOON
            )

    def test_needs_a_verified_organization_of_one_s_own(self, session, make, draft, scan):
        waiting = make.organization(status=OrganizationStatus.APPLIED)
        for who, where in (
            (make.member_of(waiting), waiting.id),
            (make.member_of(make.organization()), draft.organization_id),
        ):
            with pytest.raises(Denied):
                services.apply(
                    session,
                    actor=who,
                    draft=replace(draft, organization_id=where),
                    credential=PAPER,
                    upload=scan,
                    now=NOON,
                )

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"field_codes": ()}, "field_codes"),
            ({"field_codes": tuple(f"08{n:02d}" for n in range(1, 10))}, "field_codes"),
            ({"industry_codes": tuple("ABCDEFGHI")}, "industry_codes"),
            ({"languages": ()}, "languages"),
        ],
    )
    def test_names_the_list_at_fault(self, session, actor, draft, scan, changes, field):
        with pytest.raises(RuleBroken) as caught:
            services.apply(
                session,
                actor=actor,
                draft=replace(draft, **changes),
                credential=PAPER,
                upload=scan,
                now=NOON,
            )
        assert caught.value.field == field

    @pytest.mark.parametrize(
        "changes", [{"field_codes": ("9x",)}, {"languages": ("xx",)}, {"industry_codes": ("?",)}]
    )
    def test_knows_no_codes_of_its_own(self, session, actor, draft, scan, changes):
        with pytest.raises(NotFound):
            services.apply(
                session,
                actor=actor,
                draft=replace(draft, **changes),
                credential=PAPER,
                upload=scan,
                now=NOON,
            )

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"issued_on": date(2026, 11, 21)}, "issued_on"),
            ({"expires_on": date(2026, 1, 9)}, "expires_on"),
        ],
    )
    def test_refuses_dates_that_contradict(self, session, actor, draft, scan, changes, field):
        with pytest.raises(RuleBroken) as caught:
            services.apply(
                session,
                actor=actor,
                draft=draft,
                credential=replace(PAPER, **changes),
                upload=scan,
                now=NOON,
            )
        assert caught.value.field == field


class TestEditManager:
    def edit(self, session, actor, draft, profile, **changes):
        return services.edit_manager(
            session,
            actor=actor,
            draft=replace(draft, **changes),
            version=profile.version,
            now=NOON,
        )

    def test_writes_at_once(self, session, actor, draft, applied):
        self.edit(session, actor, draft, applied, headline="光电子", level=ManagerLevel.MIDDLE)
        assert (applied.headline, applied.level) == ("光电子", ManagerLevel.MIDDLE)

    def test_lets_another_level_of_a_licensed_one_wait(self, session, make, actor, draft, applied):
        license_it(session, make.reviewer(), applied)
        self.edit(session, actor, draft, applied, level=ManagerLevel.JUNIOR)
        assert (applied.level, applied.wanted_level) == (ManagerLevel.SENIOR, ManagerLevel.JUNIOR)
        assert count_waiting(session) == 1
        self.edit(session, actor, draft, applied)
        assert applied.wanted_level is None
        assert count_waiting(session) == 0

    def test_asks_for_membership_where_one_moves(self, session, make, actor, draft, applied):
        with pytest.raises(Denied):
            self.edit(session, actor, draft, applied, organization_id=make.organization().id)

    def test_does_not_overwrite_unseen(self, session, actor, draft, applied):
        with pytest.raises(EditedElsewhere):
            services.edit_manager(session, actor=actor, draft=draft, version=99, now=NOON)

    def test_is_not_for_suspended_people(self, session, make, actor, draft, applied):
        reviewer = make.reviewer()
        license_it(session, reviewer, applied)
        services.suspend_manager(
            session, actor=reviewer, manager_id=applied.id, reason="投诉", now=NOON
        )
        with pytest.raises(Denied):
            self.edit(session, actor, draft, applied)

    def test_is_unknown_to_whoever_has_no_entry(self, session, make, draft):
        with pytest.raises(NotFound):
            services.edit_manager(session, actor=make.actor(), draft=draft, version=1, now=NOON)


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


class TestWithdrawCredential:
    def withdraw(self, session, actor, credential):
        services.withdraw_credential(session, actor=actor, credential_id=credential.id, now=NOON)

    def test_takes_back_what_nobody_checked(self, session, actor, scan, applied):
        second = services.add_credential(
            session, actor=actor, draft=replace(PAPER, number="2"), upload=scan, now=NOON
        )
        self.withdraw(session, actor, second)
        assert len(list_credentials(session, applied.id)) == 1

    def test_keeps_the_one_that_an_application_rests_on(self, session, actor, applied):
        (credential,) = list_credentials(session, applied.id)
        with pytest.raises(RuleBroken, match="rests on this"):
            self.withdraw(session, actor, credential)

    def test_keeps_what_was_checked(self, session, make, actor, applied):
        license_it(session, make.reviewer(), applied)
        (credential,) = list_credentials(session, applied.id)
        with pytest.raises(RuleBroken, match="stays on record"):
            self.withdraw(session, actor, credential)

    def test_does_not_know_another_s(self, session, make, applied):
        (credential,) = list_credentials(session, applied.id)
        other = make.manager()
        with pytest.raises(NotFound):
            self.withdraw(session, make.manager_actor(other), credential)


class TestAddCredential:
    def test_refuses_the_same_number_twice(self, session, actor, scan, applied):
        with pytest.raises(RuleBroken) as caught:
            services.add_credential(session, actor=actor, draft=PAPER, upload=scan, now=NOON)
        assert caught.value.field == "number"


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
