"""Entering the register, being licensed, and what its dates do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from marketplace.core.errors import Denied, EditedElsewhere, NotFound, RuleBroken
from marketplace.files.services import list_attachments
from marketplace.managers import services
from marketplace.managers.models import ManagerLevel, ManagerStatus
from marketplace.managers.queries.register import count_waiting, list_credentials
from marketplace.managers.services.register import (
    CREDENTIAL_FILES,
)
from marketplace.organizations.models import OrganizationStatus
from tests.jobs import topics
from tests.register import NOON, PAPER, license_it


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
