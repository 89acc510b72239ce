"""Steps, conditions and sums."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from uuid import UUID

import pytest

from marketplace.codes.holidays import SEED, table_of
from marketplace.core.errors import RuleBroken, StepNotAllowed
from marketplace.needs import clock, content, offers, rules, scoring
from marketplace.needs.content import Criterion, NeedContent, Parameter
from marketplace.needs.models import (
    WAITING,
    AnswerStatus,
    Confidentiality,
    Need,
    NeedKind,
    NeedStatus,
)

TODAY = date(2026, 11, 20)
TABLE = table_of(SEED)

STEPS = {
    "send": {"draft", "returned"},
    "recall": {"under_review"},
    "publish": {"under_review"},
    "return": {"under_review"},
    "start_talks": {"open"},
    "end_talks": {"in_talks"},
    "meet": {"open", "in_talks"},
    "close_unmet": {"open", "in_talks"},
    "expire": {"open", "in_talks"},
    "withdraw": {"draft", "under_review", "returned", "open", "in_talks", "expired"},
    "reopen": {"met", "closed_unmet", "expired"},
    "redraft": {"withdrawn"},
}
ANSWER_STEPS = {
    "shortlist": {"sent"},
    "unlist": {"shortlisted"},
    "ask": {"sent", "shortlisted", "asked", "replied"},
    "reply": {"asked"},
    "choose": {"shortlisted", "asked", "replied"},
    "decline": {"sent", "shortlisted", "asked", "replied", "chosen"},
    "withdraw": {"sent", "shortlisted", "asked", "replied"},
    "end": {"sent", "shortlisted", "asked", "replied"},
}


@pytest.mark.parametrize("state", NeedStatus)
def test_steps_of_a_need(state):
    assert rules.LIFECYCLE.events == set(STEPS)
    assert rules.LIFECYCLE.possible(state) == {
        step for step, sources in STEPS.items() if state in sources
    }


@pytest.mark.parametrize("state", AnswerStatus)
def test_steps_of_an_answer(state):
    assert rules.ANSWER_LIFECYCLE.events == set(ANSWER_STEPS)
    assert rules.ANSWER_LIFECYCLE.possible(state) == {
        step for step, sources in ANSWER_STEPS.items() if state in sources
    }


def test_an_ended_answer_has_an_outcome_and_a_waiting_one_none():
    ended = {state for state in AnswerStatus if not rules.ANSWER_LIFECYCLE.allows(state, "end")}
    assert ended == set(AnswerStatus) - set(WAITING)


class TestTakesAnswers:
    @pytest.mark.parametrize(
        ("status", "deadline", "takes"),
        [
            ("open", None, True),
            ("open", TODAY, True),
            ("open", date(2026, 11, 19), False),
            ("in_talks", date(2026, 12, 1), True),
            ("under_review", None, False),
            ("met", None, False),
        ],
    )
    def test_until_the_end_of_the_last_day(self, status, deadline, takes):
        need = SimpleNamespace(status=NeedStatus(status), deadline_on=deadline)
        assert rules.takes_answers(need, TODAY) is takes
        if takes:
            rules.require_takes_answers(need, TODAY)
        else:
            with pytest.raises(RuleBroken) as caught:
                rules.require_takes_answers(need, TODAY)
            assert isinstance(caught.value, StepNotAllowed) is (status != "open")


def text(**values) -> NeedContent:
    kept = {"title": "t", "problem": "p" * 20, "industry_codes": ("C39",)}
    return NeedContent(**(kept | values))


class TestRequireSubmittable:
    def test_passes_the_least(self):
        rules.require_submittable(text(deadline_on=TODAY), TODAY)
        rules.require_submittable(text(industry_codes=(), field_codes=("0802",)), TODAY)

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"title": ""}, "title"),
            ({"problem": "p" * 19}, "problem"),
            ({"industry_codes": ()}, "industry_codes"),
            ({"deadline_on": date(2026, 11, 19)}, "deadline_on"),
            ({"budget_min_minor": 2, "budget_max_minor": 1}, "budget_max"),
            ({"criteria": (Criterion("a", 1), Criterion("a", 2))}, "criteria"),
            ({"criteria": (Criterion("a", 0),)}, "criteria"),
            ({"criteria": (Criterion("a", 101),)}, "criteria"),
        ],
    )
    def test_names_the_field_at_fault(self, values, field):
        with pytest.raises(RuleBroken) as caught:
            rules.require_submittable(text(**values), TODAY)
        assert caught.value.field == field


def test_require_reason_wants_a_text():
    rules.require_reason("x", field="reason")
    with pytest.raises(RuleBroken) as caught:
        rules.require_reason("  ", field="reason")
    assert caught.value.field == "reason"


def test_require_outcomes_counts_what_is_missing():
    answers = [SimpleNamespace(id=UUID(int=number)) for number in range(3)]
    rules.require_outcomes(answers, {answer.id: None for answer in answers})
    with pytest.raises(rules.OutcomeMissing) as caught:
        rules.require_outcomes(answers, {answers[0].id: None})
    assert caught.value.values == {"count": 2}


@pytest.mark.parametrize(("count", "fits"), [(1, False), (2, True), (4, True), (5, False)])
def test_require_comparable(count, fits):
    if fits:
        rules.require_comparable(count)
    else:
        with pytest.raises(RuleBroken):
            rules.require_comparable(count)


class TestScoring:
    CRITERIA = (Criterion("gain", 60), Criterion("cost", 40))

    @pytest.mark.parametrize(
        ("points", "expected"),
        [
            ({"gain": 5, "cost": 5}, scoring.Total(100, complete=True)),
            ({"gain": 0, "cost": 0}, scoring.Total(0, complete=True)),
            ({"gain": 5, "cost": 0}, scoring.Total(60, complete=True)),
            ({"gain": 4}, scoring.Total(80, complete=False)),
            ({"other": 4}, None),
            ({}, None),
        ],
    )
    def test_weighs_points(self, points, expected):
        assert scoring.total(points, self.CRITERIA) == expected

    def test_mean_leaves_out_who_gave_nothing(self):
        full, half = scoring.Total(80, complete=True), scoring.Total(41, complete=False)
        assert scoring.mean([full, None, half]) == scoring.Total(60, complete=False)
        assert scoring.mean([full]) == full
        assert scoring.mean([None]) is None


def beijing(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=clock.BEIJING)


class TestClock:
    @pytest.mark.parametrize(
        ("sent", "reacted", "days"),
        [
            ((2026, 11, 16), (2026, 11, 16), 0),
            ((2026, 11, 16), (2026, 11, 17), 1),
            ((2026, 11, 20), (2026, 11, 23), 1),
            ((2026, 11, 21), (2026, 11, 23), 0),
            # Over the National Day week of 2026, with its make-up Saturday on 10 October.
            ((2026, 9, 30), (2026, 10, 8), 1),
            ((2026, 9, 30), (2026, 10, 12), 4),
            # 20 September 2026 is a Sunday on which people work.
            ((2026, 9, 18), (2026, 9, 21), 2),
            # Spring Festival of 2026: nine days off, two make-up Saturdays.
            ((2026, 2, 13), (2026, 2, 24), 2),
        ],
    )
    def test_counts_working_days(self, sent, reacted, days):
        found = clock.reaction_days(beijing(date(*sent), 10), beijing(date(*reacted), 9), TABLE)
        assert found == days

    def test_the_day_is_the_day_in_beijing(self):
        late = datetime(2026, 11, 16, 17, tzinfo=UTC)
        assert clock.day_of(late) == date(2026, 11, 17)

    def test_an_open_clock_is_late_after_its_due_day(self):
        sent = beijing(date(2026, 9, 30), 10)
        on_time = clock.clock_of(
            sent, now=beijing(date(2026, 10, 9), 23), target_days=2, table=TABLE
        )
        assert (on_time.due_on, on_time.days, on_time.late) == (date(2026, 10, 9), 2, False)
        late = clock.clock_of(sent, now=beijing(date(2026, 10, 10), 1), target_days=2, table=TABLE)
        assert (late.days, late.late) == (3, True)


class TestContent:
    FULL = NeedContent(
        title="标题",
        kind=NeedKind.FINANCE,
        language="en",
        title_en="Title",
        problem="p",
        parameters=(Parameter("a", "%", "1", "2"),),
        criteria=(Criterion("gain", 60),),
        deadline_on=TODAY,
        confidentiality=Confidentiality.ON_CONSENT,
        cooperation=("equity",),
        keywords=("x",),
        trl_min=4,
        budget_max_minor=5,
    )

    def test_survives_storage(self):
        assert content.from_json(content.to_json(self.FULL)) == self.FULL
        bare = NeedContent(title="t")
        assert content.from_json(content.to_json(bare)) == bare

    def test_survives_the_columns(self):
        need = Need(organization_id=UUID(int=1), title="t")
        content.write(need, self.FULL)
        assert content.content_of(need) == self.FULL
        assert content.working_content(need) == self.FULL

    def test_the_author_works_on_waiting_changes(self):
        need = Need(organization_id=UUID(int=1), title="t")
        changed = replace(self.FULL, title="neu")
        need.pending = content.to_json(changed)
        assert content.working_content(need) == changed
        assert content.content_of(need).title == "t"

    def test_reads_texts_kept_before_a_field_was_added(self):
        assert content.from_json({"title": "t"}) == NeedContent(title="t")

    def test_every_field_has_a_label(self):
        assert set(content.LABELS) == set(content.FIELDS)

    def test_broken_rows_read_as_none(self):
        assert content.parameters_of(None) == ()
        assert content.criteria_of("x") == ()


class Listings:
    """A resolver that knows one listing."""

    def __init__(self, one):
        self.one = one

    def of_organization(self, session, organization_id):
        return [self.one]

    def by_id(self, session, ids):
        return {self.one.id: self.one}


class TestOffers:
    LISTING = offers.Offered(id=UUID(int=1), title="标题", title_en="Title", trl=5)

    @pytest.fixture(autouse=True)
    def _forget(self):
        kept = list(offers._resolvers)
        yield
        offers._resolvers[:] = kept

    def test_finds_nothing_without_a_resolver(self):
        offers.register(None)
        assert offers.of_organization(None, UUID(int=9)) == ()
        assert offers.by_id(None, [UUID(int=1)]) == {}

    def test_asks_the_registered_resolver(self):
        one = self.LISTING
        offers.register(Listings(one))
        assert offers.of_organization(None, UUID(int=9)) == [one]
        assert offers.by_id(None, [one.id]) == {one.id: one}
        assert offers.by_id(None, []) == {}

    def test_names_in_the_readers_language(self):
        assert (self.LISTING.name("en"), self.LISTING.name("zh")) == ("Title", "标题")
        assert replace(self.LISTING, title_en="").name("en") == "标题"
