"""What the database itself refuses, one constraint at a time."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from marketplace.core.constraints import judged
from marketplace.core.errors import RuleBroken
from marketplace.needs.models import (
    AnswerMessage,
    AnswerScore,
    AnswerStatus,
    DeclineReason,
    NeedConsent,
    NeedEvent,
    NeedEventKind,
    NeedRevision,
    NeedStatus,
)

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def refused(session, constraint: str, *rows) -> None:
    # The rows must join inside the savepoint, so that they leave with it.
    with pytest.raises(IntegrityError) as caught, session.begin_nested():  # noqa: PT012
        session.add_all(rows)
        session.flush()
    assert caught.value.orig.diag.constraint_name == constraint


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("wanted_trl_on_scale", {"trl_min": 10}),
        ("open_is_dated", {"published_at": None}),
        ("returned_need_has_a_reason", {"status": NeedStatus.RETURNED, "return_reason": ""}),
        (
            "unmet_need_has_a_reason",
            {"status": NeedStatus.CLOSED_UNMET, "close_reason": "", "closed_at": NOON},
        ),
        ("closed_need_is_dated", {"status": NeedStatus.MET, "closed_at": None}),
        ("need_language_is_known", {"language": "fr"}),
        ("sent_changes_exist", {"pending_submitted_at": NOON}),
        ("budget_in_order", {"budget_min_minor": 2, "budget_max_minor": 1}),
    ],
)
def test_needs(session, make, constraint, values):
    with pytest.raises(IntegrityError) as caught, session.begin_nested():
        make.need(**values)
    assert caught.value.orig.diag.constraint_name == constraint


def test_an_own_number_is_given_once(session, make):
    owner = make.organization()
    make.need(owner, external_id="1")
    make.need(external_id="1")
    with pytest.raises(RuleBroken) as caught, judged(session):
        make.need(owner, external_id="1")
    assert caught.value.field == "external_id"


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("answer_trl_on_scale", {"trl": 0}),
        ("answer_offers_something", {"offer": ""}),
        ("answer_statement_is_short", {"statement": "x" * 2001}),
        (
            "declined_with_a_reason",
            {"status": AnswerStatus.DECLINED, "decline_reason": None},
        ),
        ("declined_with_a_reason", {"decline_reason": DeclineReason.COST}),
        (
            "other_reason_has_a_text",
            {"status": AnswerStatus.DECLINED, "decline_reason": DeclineReason.OTHER},
        ),
        ("outcome_is_dated", {"status": AnswerStatus.CHOSEN, "outcome_at": None}),
        ("outcome_is_dated", {"outcome_at": NOON}),
        ("reaction_is_measured", {"reacted_at": NOON}),
        (
            "reaction_follows_answer",
            {"reacted_at": NOON, "reaction_days": 0, "sent_at": NOON.replace(hour=13)},
        ),
    ],
)
def test_answers(session, make, constraint, values):
    with pytest.raises(IntegrityError) as caught, session.begin_nested():
        make.answer(**values)
    assert caught.value.orig.diag.constraint_name == constraint


def test_a_listing_answers_a_need_once(session, make):
    need, organization, listing = make.need(), make.organization(), uuid4()
    make.answer(need, organization, listing_id=listing, status=AnswerStatus.WITHDRAWN)
    make.answer(need, organization, listing_id=listing)
    make.answer(need, organization)
    make.answer(need, organization)
    with pytest.raises(RuleBroken) as caught, judged(session):
        make.answer(need, organization, listing_id=listing)
    assert caught.value.field == "listing_id"


def test_scores(session, make):
    answer = make.answer()

    def score(points):
        return AnswerScore(
            answer_id=answer.id,
            person_id=answer.created_by,
            criterion="gain",
            points=points,
            at=NOON,
        )

    refused(session, "points_on_scale", score(6))
    refused(session, "one_score_per_criterion", score(1), score(2))
    session.add(score(0))
    session.flush()


def test_messages_and_questions_say_something(session, make):
    answer = make.answer()
    message = AnswerMessage(
        answer_id=answer.id, person_id=answer.created_by, from_owner=True, at=NOON, body=""
    )
    refused(session, "answer_message_says_something", message)
    for constraint, values in (
        ("need_question_says_something", {"body": ""}),
        ("need_reply_is_dated", {"reply": "x"}),
        ("need_reply_is_dated", {"replied_at": NOON}),
    ):
        with pytest.raises(IntegrityError) as caught, session.begin_nested():
            make.need_question(make.need(), **values)
        assert caught.value.orig.diag.constraint_name == constraint


def test_a_consent_is_given_once(session, make):
    need, organization = make.need(), make.organization()
    first = make.consent(need, organization)
    again = NeedConsent(
        need_id=need.id,
        organization_id=organization.id,
        granted_at=NOON,
        granted_by=first.granted_by,
    )
    refused(session, "one_consent_per_organization", again)


def test_revisions_are_numbered_once(session, make):
    need = make.need()
    rows = [NeedRevision(need_id=need.id, number=1, content={}, reviewed_at=NOON) for _ in range(2)]
    refused(session, "one_need_revision_per_number", *rows)


def test_a_line_about_an_answer_names_it(session, make):
    answer = make.answer()
    lines = (
        NeedEvent(need_id=answer.need_id, kind=NeedEventKind.ANSWER_SENT, at=NOON),
        NeedEvent(need_id=answer.need_id, answer_id=answer.id, kind=NeedEventKind.OPENED, at=NOON),
    )
    for line in lines:
        refused(session, "event_names_its_answer", line)
