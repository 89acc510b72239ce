"""The table of transitions says what it says, and its exit fields are judged."""

from __future__ import annotations

import statistics
from collections import Counter
from datetime import UTC, date, datetime

import pytest

from marketplace.core.errors import RuleBroken, StepNotAllowed
from marketplace.deals import exits, rules
from marketplace.deals.models import DealRole, DealStage, LapseReason
from marketplace.deals.queries.funnel import median
from marketplace.deals.rules import BY_EVENT, TRANSITIONS, transition

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)

#: The table once more by hand: event → sources, target, who.
SAID = {
    "ask_confidentiality": ("inquiry", "confidentiality", "licensee licensor manager"),
    "start_diligence": ("confidentiality", "due_diligence", "system"),
    "accept_open_license": ("inquiry", "notice", "system"),
    "start_terms": ("due_diligence", "terms", "licensee licensor manager"),
    "agree_terms": ("terms", "notice", "licensee licensor system"),
    "back_to_terms": ("notice", "terms", "licensee licensor"),
    "sign_contract": ("notice", "signed", "system"),
    "start_performance": ("signed", "performing", "licensee licensor manager"),
    "close": ("performing", "closed", "licensee licensor"),
    "lapse": (
        "confidentiality due_diligence inquiry notice terms",
        "lapsed",
        "licensee licensor system",
    ),
    "give_up_lead": ("confidentiality inquiry", "lapsed", "manager"),
    "terminate": ("performing signed", "lapsed", "licensee licensor"),
}


class TestTable:
    def test_says_what_was_agreed(self):
        found = {
            row.event: (
                " ".join(sorted(row.sources)),
                row.target.value,
                " ".join(sorted(row.actors)),
            )
            for row in TRANSITIONS
        }
        assert found == SAID

    def test_names_every_event_once(self):
        assert len(BY_EVENT) == len(TRANSITIONS)

    def test_leads_from_the_first_contact_to_every_stage(self):
        reached, more = {DealStage.INQUIRY}, True
        while more:
            found = {row.target for row in TRANSITIONS if row.sources & reached}
            more = not found <= reached
            reached |= found
        assert reached == set(DealStage)

    def test_never_leads_out_of_an_end(self):
        for stage in (DealStage.CLOSED, DealStage.LAPSED):
            assert rules.leading_out(stage) == ()

    def test_never_lets_a_manager_sign_or_agree_for_a_party(self):
        binding = {"agree_terms", "sign_contract", "close", "terminate", "back_to_terms", "lapse"}
        assert all(DealRole.MANAGER not in BY_EVENT[event].actors for event in binding)

    def test_asks_people_for_the_next_step_of_every_running_stage(self):
        for row in TRANSITIONS:
            by_people = row.actors != {DealRole.SYSTEM}
            if by_people and not row.is_end and row.event != "agree_terms":
                assert {"next_step", "next_on"} <= {field.name for field in row.fields}

    def test_names_known_guards_only(self):
        named = {name for row in TRANSITIONS for name in row.guards}
        assert named == set(rules.GUARDS)

    def test_offers_a_role_its_own_steps(self):
        events = {row.event for row in rules.open_to(DealRole.MANAGER, DealStage.INQUIRY)}
        assert events == {"ask_confidentiality", "give_up_lead"}
        assert rules.open_to(None, DealStage.INQUIRY) == ()

    def test_says_which_stages_follow(self):
        assert rules.next_stages(DealStage.NOTICE) == {DealStage.TERMS, DealStage.SIGNED}

    def test_refuses_a_wrong_source(self):
        with pytest.raises(StepNotAllowed):
            rules.require_source(transition("close"), DealStage.TERMS)

    def test_refuses_an_unknown_event(self):
        with pytest.raises(RuleBroken):
            transition("skip_everything")


def filled(event: str, **changes: object) -> dict[str, object]:
    values: dict[str, object] = {
        "next_step": "到厂取样",
        "next_on": date(2026, 12, 1),
        "purpose": "评估除锈工艺",
        "findings": "专利有效，样机可用",
        "value": 50_000_000,
        "lapse_reason": "price",
        "lapse_note": "",
        "why": "公示期内有异议",
        "outcome": "两条产线已投用",
    }
    names = {field.name for field in BY_EVENT[event].fields}
    return {name: value for name, value in (values | changes).items() if name in names}


class TestRequireValues:
    @pytest.mark.parametrize("event", sorted(BY_EVENT))
    def test_takes_what_is_filled(self, event):
        kept = exits.require_values(BY_EVENT[event], filled(event), now=NOW)
        wanted = {field.name for field in BY_EVENT[event].fields if field.required}
        assert wanted <= set(kept.as_json())

    @pytest.mark.parametrize(
        ("event", "name"),
        [(row.event, field.name) for row in TRANSITIONS for field in row.fields if field.required],
    )
    def test_asks_for_every_required_field(self, event, name):
        for nothing in ("", None):
            with pytest.raises(RuleBroken) as caught:
                exits.require_values(BY_EVENT[event], filled(event) | {name: nothing}, now=NOW)
            assert caught.value.field == name

    def test_asks_nothing_of_the_platform(self):
        kept = exits.require_values(BY_EVENT["lapse"], {}, now=NOW, by_system=True)
        assert kept.as_json() == {}

    @pytest.mark.parametrize(
        ("event", "name", "value"),
        [
            ("start_terms", "next_on", date(2026, 11, 19)),
            ("start_terms", "next_on", date(2031, 1, 1)),
            ("start_terms", "next_on", "soon"),
            ("start_terms", "value", -1),
            ("start_terms", "value", "much"),
            ("start_terms", "value", 10**14),
            ("start_terms", "next_step", "x" * 301),
            ("start_terms", "findings", "x" * 4001),
            ("lapse", "lapse_reason", "weather"),
        ],
    )
    def test_refuses(self, event, name, value):
        with pytest.raises(RuleBroken) as caught:
            exits.require_values(BY_EVENT[event], filled(event, **{name: value}), now=NOW)
        assert caught.value.field == name

    def test_wants_words_for_some_other_reason(self):
        with pytest.raises(RuleBroken) as caught:
            exits.require_values(BY_EVENT["lapse"], {"lapse_reason": LapseReason.OTHER}, now=NOW)
        assert caught.value.field == "lapse_note"

    def test_takes_today_by_the_calendar_of_beijing(self):
        late = datetime(2026, 11, 20, 17, tzinfo=UTC)
        with pytest.raises(RuleBroken):
            exits.require_opening("取样", date(2026, 11, 20), now=late)
        kept = exits.require_opening("取样", date(2026, 11, 21), now=late)
        assert kept.next_on == date(2026, 11, 21)

    @pytest.mark.parametrize(("step", "on"), [("", date(2026, 12, 1)), ("取样", None)])
    def test_opens_nothing_without_a_next_step(self, step, on):
        with pytest.raises(RuleBroken):
            exits.require_opening(step, on, now=NOW)


class TestMedian:
    @pytest.mark.parametrize(
        "values", [[3], [1, 4], [1, 2, 9], [5, 5, 5, 7], [0, 0, 10, 11], list(range(100))]
    )
    def test_is_that_of_the_values_it_counts(self, values):
        assert median(Counter(values)) == statistics.median(values)


def test_knows_which_steps_lead_onwards():
    ends_or_goes_back = {"back_to_terms", "lapse", "give_up_lead", "terminate"}
    assert {row.event for row in rules.TRANSITIONS if not row.is_onwards} == ends_or_goes_back
