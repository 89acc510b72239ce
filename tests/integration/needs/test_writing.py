"""Writing, sending, passing and returning needs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from marketplace.core.actor import MemberRole
from marketplace.core.errors import Denied, EditedElsewhere, NotFound, RuleBroken, StepNotAllowed
from marketplace.needs import content as contents
from marketplace.needs.content import Criterion, NeedContent
from marketplace.needs.models import SHOWN, NeedRevision, NeedStatus
from marketplace.needs.services.drafts import discard_changes, draft_need, save_content
from marketplace.needs.services.publishing import PUBLISHING, publish_many
from marketplace.needs.services.review import (
    is_waiting,
    publish_need,
    recall_need,
    return_need,
    submit_need,
)
from marketplace.organizations.models import OrganizationStatus
from tests.jobs import topics

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def owner(make):
    return make.organization()


@pytest.fixture
def actor(make, owner):
    return make.member_of(owner)


class TestDraftNeed:
    def test_starts_a_draft(self, session, owner, actor, audited):
        content = NeedContent(title="需求", language="en")
        need = draft_need(session, actor=actor, organization_id=owner.id, content=content, now=NOON)
        assert (need.status, need.language, need.created_by) == (
            NeedStatus.DRAFT,
            "en",
            actor.user_id,
        )
        assert audited(need) == ["need.drafted"]

    def test_is_refused(self, session, owner, make):
        content = NeedContent(title="t")
        staff = make.member_of(owner, MemberRole.OPERATOR_STAFF)
        for who, error in ((make.member_of(make.organization()), NotFound), (staff, Denied)):
            with pytest.raises(error):
                draft_need(session, actor=who, organization_id=owner.id, content=content, now=NOON)


class TestSaveContent:
    def _save(self, session, actor, need, version=None, **values):
        content = replace(contents.working_content(need), **values)
        return save_content(
            session,
            actor=actor,
            need_id=need.id,
            content=content,
            version=need.version if version is None else version,
            now=NOON,
        )

    @pytest.mark.parametrize("status", [NeedStatus.DRAFT, NeedStatus.RETURNED])
    def test_writes_a_draft_in_place(self, session, make, owner, actor, status):
        need = make.need(owner, status=status)
        self._save(session, actor, need, title="neu")
        session.flush()
        assert (need.title, need.pending, need.version) == ("neu", None, 2)
        assert (need.edited_by, need.touched_at) == (actor.user_id, NOON)

    @pytest.mark.parametrize("status", SHOWN)
    def test_lets_changes_of_a_shown_need_wait(self, session, make, owner, actor, status):
        need = make.need(owner, status=status, title="alt")
        self._save(session, actor, need, title="neu")
        assert need.title == "alt"
        assert contents.working_content(need).title == "neu"
        assert not is_waiting(need)

    def test_forgets_changes_that_were_undone(self, session, make, owner, actor):
        need = make.need(owner, title="alt")
        self._save(session, actor, need, title="neu")
        session.flush()
        self._save(session, actor, need, title="alt")
        assert need.pending is None

    def test_the_same_text_changes_nothing(self, session, make, owner, actor):
        need = make.need(owner, status=NeedStatus.DRAFT)
        self._save(session, actor, need)
        session.flush()
        assert need.version == 1

    def test_notices_two_people_at_once(self, session, make, owner, actor):
        need = make.need(owner, status=NeedStatus.DRAFT)
        self._save(session, actor, need, title="first")
        session.flush()
        with pytest.raises(EditedElsewhere):
            self._save(session, actor, need, version=1, title="second")
        assert need.title == "first"

    @pytest.mark.parametrize(
        "status", [NeedStatus.UNDER_REVIEW, NeedStatus.MET, NeedStatus.WITHDRAWN]
    )
    def test_is_refused_outside_writing(self, session, make, owner, actor, status):
        need = make.need(owner, status=status)
        with pytest.raises(StepNotAllowed):
            self._save(session, actor, need, title="neu")

    def test_is_refused_while_changes_are_read(self, session, make, owner, actor):
        need = make.need(owner)
        self._save(session, actor, need, title="neu")
        need.pending_submitted_at = NOON
        session.flush()
        with pytest.raises(StepNotAllowed):
            self._save(session, actor, need, title="newer")

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"budget_min_minor": 2, "budget_max_minor": 1}, "budget_max"),
            ({"criteria": (Criterion("a", 1), Criterion("a", 1))}, "criteria"),
        ],
    )
    def test_refuses_what_can_not_be(self, session, make, owner, actor, values, field):
        need = make.need(owner, status=NeedStatus.DRAFT)
        with pytest.raises(RuleBroken) as caught:
            self._save(session, actor, need, **values)
        assert caught.value.field == field

    def test_is_refused_to_others(self, session, make, owner):
        need = make.need(owner)
        cases = (
            (make.member_of(make.organization()), NotFound),
            (make.reviewer(), NotFound),
            (make.member_of(owner, MemberRole.OPERATOR_STAFF), Denied),
        )
        for who, error in cases:
            with pytest.raises(error):
                self._save(session, who, need, title="neu")

    def test_discards_changes(self, session, make, owner, actor, audited):
        need = make.need(owner)
        self._save(session, actor, need, title="neu")
        session.flush()
        discard_changes(session, actor=actor, need_id=need.id, version=need.version, now=NOON)
        assert (need.pending, need.return_reason) == (None, "")
        assert audited(need) == ["need.changes_discarded"]


class TestSubmitNeed:
    def _submit(self, session, actor, need):
        return submit_need(session, actor=actor, need_id=need.id, version=need.version, now=NOON)

    @pytest.mark.parametrize("status", [NeedStatus.DRAFT, NeedStatus.RETURNED])
    def test_sends_a_draft(self, session, make, owner, actor, status):
        need = make.need(owner, status=status)
        self._submit(session, actor, need)
        assert (need.status, need.submitted_at, need.return_reason) == (
            NeedStatus.UNDER_REVIEW,
            NOON,
            "",
        )
        assert topics(session) == {"need.submitted", "search.sync"}

    def test_sends_changes(self, session, make, owner, actor):
        need = make.need(owner, return_reason="Give units.")
        need.pending = contents.to_json(replace(contents.content_of(need), title="neu"))
        session.flush()
        self._submit(session, actor, need)
        assert (need.status, need.pending_submitted_at) == (NeedStatus.OPEN, NOON)
        assert need.return_reason == ""
        session.flush()
        with pytest.raises(StepNotAllowed):
            self._submit(session, actor, need)

    def test_sends_no_changes_where_there_are_none(self, session, make, owner, actor):
        with pytest.raises(StepNotAllowed):
            self._submit(session, actor, make.need(owner))

    def test_waits_for_the_verification_of_the_organization(self, session, make):
        owner = make.organization(status=OrganizationStatus.APPLIED)
        need = make.need(owner, status=NeedStatus.DRAFT)
        with pytest.raises(RuleBroken, match="not verified"):
            self._submit(session, make.member_of(owner), need)

    def test_checks_the_text(self, session, make, owner, actor):
        need = make.need(owner, status=NeedStatus.DRAFT, deadline_on=date(2026, 11, 19))
        with pytest.raises(RuleBroken) as caught:
            self._submit(session, actor, need)
        assert caught.value.field == "deadline_on"

    def test_sends_the_version_that_was_read(self, session, make, owner, actor):
        need = make.need(owner, status=NeedStatus.DRAFT)
        with pytest.raises(EditedElsewhere):
            submit_need(session, actor=actor, need_id=need.id, version=9, now=NOON)


class TestRecallNeed:
    def test_takes_a_draft_back(self, session, make, owner, actor):
        need = make.need(owner, status=NeedStatus.UNDER_REVIEW)
        recall_need(session, actor=actor, need_id=need.id, now=NOON)
        assert (need.status, need.submitted_at) == (NeedStatus.DRAFT, None)

    def test_takes_changes_back(self, session, make, owner, actor):
        need = make.need(owner, pending={"title": "neu"}, pending_submitted_at=NOON)
        recall_need(session, actor=actor, need_id=need.id, now=NOON)
        assert (need.status, need.pending_submitted_at) == (NeedStatus.OPEN, None)
        assert need.pending == {"title": "neu"}

    def test_has_nothing_to_take_back(self, session, make, owner, actor):
        with pytest.raises(StepNotAllowed):
            recall_need(session, actor=actor, need_id=make.need(owner).id, now=NOON)


class TestPublishNeed:
    def _publish(self, session, actor, need):
        return publish_need(session, actor=actor, need_id=need.id, version=need.version, now=NOON)

    def test_opens_a_need(self, session, make, events, audited):
        need, reviewer = make.need(status=NeedStatus.UNDER_REVIEW), make.reviewer()
        self._publish(session, reviewer, need)
        assert (need.status, need.published_at, need.reviewed_by) == (
            NeedStatus.OPEN,
            NOON,
            reviewer.user_id,
        )
        assert topics(session) == {"need.opened", "search.sync"}
        assert (events(need), audited(need)) == (["opened"], ["need.opened"])
        revision = session.scalars(select(NeedRevision)).one()
        assert (revision.number, revision.content["title"]) == (1, need.title)

    def test_puts_passed_changes_in_place(self, session, make, events):
        need = make.need(title="alt", expiry_asked_at=NOON)
        before = need.published_at
        need.pending = contents.to_json(replace(contents.content_of(need), title="neu"))
        need.pending_submitted_at = NOON
        session.add(NeedRevision(need_id=need.id, number=4, content={}, reviewed_at=NOON))
        session.flush()
        self._publish(session, make.reviewer(), need)
        assert (need.title, need.pending, need.pending_submitted_at) == ("neu", None, None)
        assert (need.published_at, need.expiry_asked_at) == (before, None)
        assert events(need) == ["changed"]
        numbers = session.scalars(select(NeedRevision.number).order_by(NeedRevision.number))
        assert list(numbers) == [4, 5]

    @pytest.mark.parametrize("status", set(NeedStatus) - {NeedStatus.UNDER_REVIEW})
    def test_starts_only_from_review(self, session, make, status):
        need = make.need(status=status)
        with pytest.raises(StepNotAllowed):
            self._publish(session, make.reviewer(), need)

    def test_is_refused_to_the_owner_even_as_reviewer(self, session, make, owner):
        need = make.need(owner, status=NeedStatus.UNDER_REVIEW)
        for who in (
            make.reviewer(member_of=owner),
            make.member_of(owner),
            make.administrator(),
        ):
            with pytest.raises(Denied):
                self._publish(session, who, need)
        with pytest.raises(NotFound):
            self._publish(session, make.member_of(make.organization()), need)

    def test_publishes_what_was_read(self, session, make):
        need = make.need(status=NeedStatus.UNDER_REVIEW)
        with pytest.raises(EditedElsewhere):
            publish_need(session, actor=make.reviewer(), need_id=need.id, version=7, now=NOON)

    def test_publishes_many_and_leaves_what_changed(self, session, make):
        needs = [make.need(status=NeedStatus.UNDER_REVIEW) for _ in range(3)]
        versions = {need.id: need.version for need in needs}
        versions[needs[2].id] += 1
        reviewer = make.reviewer()
        became = publish_many(session, actor=reviewer, versions=versions, now=NOON)
        assert (set(became.done), became.left) == ({needs[0].id, needs[1].id}, 1)
        assert [need.status for need in needs] == [
            NeedStatus.OPEN,
            NeedStatus.OPEN,
            NeedStatus.UNDER_REVIEW,
        ]
        again = publish_many(session, actor=reviewer, versions=versions, now=NOON)
        assert (again.done, again.left) == ((), 3)

    def test_only_reviewers_publish_many(self, session, make):
        owner = make.organization()
        need = make.need(owner, status=NeedStatus.UNDER_REVIEW)
        writer = make.member_of(owner)
        with pytest.raises(Denied):
            publish_many(session, actor=writer, versions={need.id: need.version}, now=NOON)
        with pytest.raises(Denied):
            PUBLISHING.begin(session, actor=writer, organization_id=None, subject="", now=NOON)


class TestReturnNeed:
    def _send_back(self, session, make, need, reason="Give the wanted figures."):
        return return_need(
            session,
            actor=make.reviewer(),
            need_id=need.id,
            version=need.version,
            reason=reason,
            now=NOON,
        )

    def test_gives_the_author_the_reason(self, session, make):
        need = make.need(status=NeedStatus.UNDER_REVIEW)
        self._send_back(session, make, need)
        assert (need.status, need.return_reason) == (
            NeedStatus.RETURNED,
            "Give the wanted figures.",
        )
        assert "need.returned" in topics(session)

    def test_leaves_the_published_text_as_it_was(self, session, make):
        need = make.need(pending={"title": "neu"}, pending_submitted_at=NOON)
        self._send_back(session, make, need)
        assert (need.status, need.pending_submitted_at) == (NeedStatus.OPEN, None)
        assert (need.pending, need.return_reason) == (
            {"title": "neu"},
            "Give the wanted figures.",
        )

    def test_wants_a_reason(self, session, make):
        with pytest.raises(RuleBroken) as caught:
            self._send_back(session, make, make.need(status=NeedStatus.UNDER_REVIEW), " ")
        assert caught.value.field == "reason"

    def test_starts_only_from_review(self, session, make):
        with pytest.raises(StepNotAllowed):
            self._send_back(session, make, make.need())

    def test_is_refused_to_the_owner(self, session, make, owner):
        need = make.need(owner, status=NeedStatus.UNDER_REVIEW)
        with pytest.raises(Denied):
            return_need(
                session,
                actor=make.reviewer(member_of=owner),
                need_id=need.id,
                version=1,
                reason="x",
                now=NOON,
            )
