"""Licenses, terms and tails by their dates; what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from uuid import uuid4

import pytest

from marketplace.core.errors import RuleBroken, StepNotAllowed
from marketplace.managers import rules
from marketplace.managers.models import ManagerStatus, MandateStatus, RecordKind
from marketplace.managers.rules import MandateDraft

TODAY = date(2026, 11, 20)
DRAFT = MandateDraft(
    records=((RecordKind.NEED, uuid4()),),
    starts_on=date(2026, 12, 1),
    ends_on=date(2027, 11, 30),
    tail_days=90,
    success_fee_bp=500,
)


def credential(expires_on=None, *, checked=True):
    return SimpleNamespace(is_checked=checked, expires_on=expires_on)


class TestLifecycles:
    @pytest.mark.parametrize(
        ("event", "starts"),
        [
            ("license", {"applied"}),
            ("refuse", {"applied"}),
            ("apply_again", {"refused"}),
            ("suspend", {"licensed", "expired"}),
            ("restore", {"suspended"}),
            ("expire", {"licensed"}),
            ("renew", {"expired"}),
        ],
    )
    def test_an_entry_steps_from_these_states_only(self, event, starts):
        allowed = {state.value for state in ManagerStatus if rules.LIFECYCLE.allows(state, event)}
        assert allowed == starts

    @pytest.mark.parametrize(
        ("event", "starts"),
        [
            ("edit", {"draft"}),
            ("offer", {"draft"}),
            ("revise", {"offered"}),
            ("decline", {"draft", "offered"}),
            ("sign", {"offered"}),
            ("end", {"signed"}),
        ],
    )
    def test_a_mandate_steps_from_these_states_only(self, event, starts):
        allowed = {
            state.value for state in MandateStatus if rules.MANDATE_LIFECYCLE.allows(state, event)
        }
        assert allowed == starts

    def test_refuses_every_other_step(self):
        with pytest.raises(StepNotAllowed):
            rules.MANDATE_LIFECYCLE.next(MandateStatus.SIGNED, "revise")


class TestLicenseEnd:
    def test_is_the_latest_end_of_what_runs(self):
        held = [credential(TODAY), credential(date(2028, 1, 1)), credential(date(2020, 1, 1))]
        assert rules.license_end(held, TODAY) == date(2028, 1, 1)

    def test_has_none_when_one_never_ends(self):
        assert rules.license_end([credential(), credential(TODAY)], TODAY) is None

    @pytest.mark.parametrize(
        "held",
        [[], [credential(date(2026, 11, 19))], [credential(date(2030, 1, 1), checked=False)]],
    )
    def test_needs_a_checked_credential_that_runs(self, held):
        with pytest.raises(rules.NoValidCredential):
            rules.license_end(held, TODAY)


class TestWarningDue:
    @pytest.mark.parametrize(
        ("left", "warned", "due"),
        [
            (61, None, None),
            (60, None, 60),
            (59, 60, None),
            (31, 60, None),
            (30, 60, 30),
            (29, 60, 30),
            (8, 30, None),
            (7, 30, 7),
            (3, None, 7),
            (0, 7, None),
            (-1, 30, None),
        ],
    )
    def test_comes_once_per_step_and_is_made_good(self, left, warned, due):
        end = date.fromordinal(TODAY.toordinal() + left)
        assert rules.warning_due(end, TODAY, warned_days=warned) == due

    def test_never_comes_without_an_end(self):
        assert rules.warning_due(None, TODAY, warned_days=None) is None


class TestHasExpired:
    @pytest.mark.parametrize(
        ("end", "over"), [(None, False), (TODAY, False), (date(2026, 11, 19), True)]
    )
    def test_counts_the_last_day(self, end, over):
        assert rules.has_expired(end, TODAY) is over


class TestCovers:
    @pytest.mark.parametrize(
        ("day", "ended_on", "covered"),
        [
            (date(2026, 11, 30), None, False),
            (date(2026, 12, 1), None, True),
            (date(2028, 2, 28), None, True),
            (date(2028, 2, 29), None, False),
            (date(2027, 4, 1), date(2027, 1, 1), True),
            (date(2027, 4, 2), date(2027, 1, 1), False),
            # An end that is noted after the last day does not lengthen the tail.
            (date(2028, 2, 29), date(2027, 12, 5), False),
        ],
    )
    def test_runs_from_the_first_day_to_the_end_of_the_tail(self, day, ended_on, covered):
        assert rules.covers(DRAFT, day, ended_on=ended_on) is covered


class TestRequireTerms:
    def test_takes_a_whole_draft(self):
        rules.require_terms(DRAFT, TODAY)

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"ends_on": date(2026, 11, 30)}, "ends_on"),
            ({"starts_on": date(2026, 1, 1), "ends_on": date(2026, 11, 19)}, "ends_on"),
            ({"success_fee_bp": 0}, "success_fee"),
            ({"cap_minor": 0}, "cap"),
            ({"cap_minor": 4, "floor_minor": 5}, "cap"),
            ({"records": ()}, "records"),
            ({"records": tuple((RecordKind.NEED, uuid4()) for _ in range(21))}, "records"),
        ],
    )
    def test_names_the_field_at_fault(self, changes, field):
        with pytest.raises(RuleBroken) as caught:
            rules.require_terms(replace(DRAFT, **changes), TODAY)
        assert caught.value.field == field

    @pytest.mark.parametrize("fee", [{"fixed_fee_minor": 1}, {"floor_minor": 1}])
    def test_takes_any_kind_of_fee(self, fee):
        rules.require_terms(replace(DRAFT, success_fee_bp=0, **fee), TODAY)


class TestRequireRating:
    @pytest.mark.parametrize(("stars", "text"), [(0, ""), (6, ""), (3, "x" * 1001)])
    def test_refuses_what_is_off_the_scale(self, stars, text):
        with pytest.raises(RuleBroken):
            rules.require_rating(stars, text)

    def test_takes_one_to_five(self):
        for stars in range(1, 6):
            rules.require_rating(stars, "")


class TestRequireReason:
    def test_refuses_blanks(self):
        with pytest.raises(RuleBroken):
            rules.require_reason("  ")


class TestMedian:
    @pytest.mark.parametrize(
        ("days", "middle"), [([], None), ([4], 4), ([9, 1, 5], 5), ([1, 2, 3, 10], 2.5)]
    )
    def test_is_the_value_in_the_middle(self, days, middle):
        assert rules.median(days) == middle
