"""A long job's row says how far the work is, also after a fault."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError

from marketplace import worker
from marketplace.core.actor import VISITOR, MemberRole
from marketplace.core.errors import NotFound, RuleBroken, StepNotAllowed
from marketplace.progress import queries, services
from marketplace.progress.models import JobState, LongJob
from marketplace.progress.permissions import may_cancel
from marketplace.progress.tracking import INTERRUPTED, Cancelled, Counts, tracked
from tests.conftest import NOON
from tests.jobs import waiting


@pytest.fixture
def job(session):
    return services.start(
        session, kind="test", title="Testing", hearer="test.work", subject="x" * 400, row=7
    )


@pytest.fixture
def track(session, job, tmp_path):
    return lambda: tracked(session.get_bind(), job.id, tmp_path)


def ended(session):
    return [payload["id"] for name, payload in waiting(session) if name == "job.ended"]


class TestStart:
    def test_queues_the_work_with_the_address_of_the_job(self, session, job):
        assert waiting(session) == [("hearer:test.work", {"job_id": str(job.id), "row": 7})]
        assert (job.state, len(job.subject)) == (JobState.QUEUED, 300)

    def test_work_on_the_terminal_queues_nothing(self, session):
        services.start(session, kind="test", title="Testing", hearer=None)
        assert waiting(session) == []


class TestTracked:
    def test_good_work_ends_as_done_and_tells_so(self, session, job, track):
        with track() as tracker:
            tracker.phase("Counting", total=3)
            tracker.advance(2, Counts(new=1, changed=1))
            tracker.advance(3, Counts(skipped=1, failed=2))
            session.refresh(job)
            assert (job.state, job.done, job.total) == (JobState.RUNNING, 3, 3)
        session.refresh(job)
        counts = (job.new_count, job.changed_count, job.skipped_count, job.failed_count)
        assert (job.state, counts, job.phase) == (JobState.DONE, (1, 1, 1, 2), "Counting")
        assert job.ended_at >= job.started_at >= job.created_at
        assert ended(session) == [str(job.id)]

    def test_a_repeated_delivery_does_nothing(self, session, job, track):
        with track():
            pass
        with track() as again:
            assert again is None
        assert ended(session) == [str(job.id)]

    def test_a_broken_rule_ends_it_with_its_message(self, session, job, track):
        with track():
            raise RuleBroken("Too many (%(count)s)", count=3, state=JobState.DONE, at=job.id)
        session.refresh(job)
        assert (job.state, job.message) == (JobState.FAILED, "Too many (%(count)s)")
        assert job.message_values == {"count": 3, "state": "Done", "at": str(job.id)}

    def test_an_unknown_error_is_noted_and_left_to_the_queue(self, session, job, track):
        with pytest.raises(ZeroDivisionError), track():
            raise ZeroDivisionError
        session.refresh(job)
        assert (job.state, job.message) == (JobState.RUNNING, INTERRUPTED)
        with track() as tracker:
            tracker.restart()
        session.refresh(job)
        assert (job.state, job.message) == (JobState.DONE, "")

    def test_a_wish_to_stop_is_heard_at_the_next_step(self, session, job, track, make):
        with track() as tracker:
            tracker.advance(1)
            assert not tracker.cancel_asked()
            services.cancel(session, actor=make.administrator(), job_id=job.id)
            assert tracker.cancel_asked()
            with pytest.raises(Cancelled) as stop:
                tracker.advance(2)
            raise stop.value
        session.refresh(job)
        assert (job.state, job.done) == (JobState.CANCELLED, 2)

    def test_work_that_goes_on_later_is_not_ended(self, session, job, track):
        with track() as tracker:
            tracker.goes_on = True
        session.refresh(job)
        assert (job.state, ended(session)) == (JobState.RUNNING, [])

    def test_a_result_appears_whole(self, session, job, track, tmp_path):
        with track() as tracker:
            draft = tracker.folder() / "draft"
            draft.write_text("content")
            tracker.keep(draft, name="rows.csv", media_type="text/csv")
        session.refresh(job)
        assert services.result_path(tmp_path, job).read_text() == "content"
        assert (job.result_name, job.result_type, draft.exists()) == ("rows.csv", "text/csv", False)


class TestCancel:
    def test_a_job_that_has_not_begun_is_stopped_at_once(self, session, make, job, track):
        services.cancel(session, actor=make.administrator(), job_id=job.id)
        assert job.state is JobState.CANCELLED
        with track() as tracker:
            assert tracker is None

    def test_can_be_asked_once_and_only_where_it_is_safe(self, session, make, job):
        admin = make.administrator()
        services.cancel(session, actor=admin, job_id=job.id)
        with pytest.raises(StepNotAllowed):
            services.cancel(session, actor=admin, job_id=job.id)
        fixed = services.start(session, kind="test", title="T", hearer=None, cancellable=False)
        with pytest.raises(StepNotAllowed):
            services.cancel(session, actor=admin, job_id=fixed.id)

    def test_is_for_its_owner_the_organization_and_the_platform(self, session, make, job):
        owner, ours = make.actor(), make.organization()
        mine = LongJob(kind="t", title="t", owner_id=owner.user_id, organization_id=ours.id)
        assert may_cancel(owner, LongJob(kind="t", title="t", owner_id=owner.user_id))
        for actor, allowed in (
            # Who left the organization, or never wrote for it, does not keep its jobs.
            (owner, False),
            (make.member_of(ours), True),
            (make.member_of(ours, MemberRole.OPERATOR_STAFF), False),
            (make.administrator(), True),
            (make.reviewer(), False),
            (VISITOR, False),
        ):
            assert may_cancel(actor, mine) is allowed
        assert not may_cancel(VISITOR, job)
        with pytest.raises(NotFound):
            services.cancel(session, actor=owner, job_id=job.id)


def test_who_sees_which_job(session, make):
    own_organization = make.organization()
    person = make.user()
    membership = make.membership(person, own_organization)
    owner = make.actor(person)
    colleague = make.member_of(own_organization)
    start = services.start
    mine = start(session, kind="t", title="t", hearer=None, actor=owner)
    ours = start(
        session,
        kind="t",
        title="t",
        hearer=None,
        actor=owner,
        organization_id=own_organization.id,
    )
    platform = start(session, kind="t", title="t", hearer=None)

    def seen(actor):
        return {job.id for job in queries.list_jobs(session, actor=actor).items}

    assert seen(owner) == {mine.id, ours.id}
    assert seen(colleague) == {ours.id}
    assert seen(make.actor()) == set()
    assert seen(VISITOR) == set()
    assert seen(make.administrator()) == {mine.id, ours.id, platform.id}
    membership.ended_at = NOON
    session.flush()
    assert seen(make.actor(person, at=NOON)) == {mine.id}


class TestHousekeeping:
    def test_ended_jobs_are_kept_for_30_days(self, app, session, job, now):
        home = app.extensions["hanqiao.parts"].settings.home
        folder = services.folder_of(home, job.id)
        folder.mkdir(parents=True)
        (folder / "result").touch()
        job.state, job.ended_at = JobState.DONE, now
        session.flush()
        forget = services.forget_old
        assert forget(session, home=home, now=now + timedelta(days=30)) == 0
        assert forget(session, home=home, now=now + timedelta(days=30, seconds=1)) == 1
        assert not folder.exists()

    def test_runs_by_itself(self, app, session):
        worker.run_in(session, app, "hearer:progress.forget_old", {})
        worker.run_in(session, app, "hearer:progress.fail_lost", {})

    def test_a_silent_job_that_no_queue_holds_is_lost(self, session, job):
        lost = services.start(session, kind="test", title="T", hearer=None)
        fresh = services.start(session, kind="test", title="T", hearer=None)
        old = func.clock_timestamp() - timedelta(minutes=11)
        session.execute(
            update(LongJob).where(LongJob.id.in_([lost.id, job.id])).values(beat_at=old)
        )
        assert services.fail_lost(session) == 1
        for row in (job, lost, fresh):
            session.refresh(row)
        assert [row.state for row in (job, lost, fresh)] == [
            JobState.QUEUED,
            JobState.FAILED,
            JobState.QUEUED,
        ]
        session.execute(text("DELETE FROM procrastinate_jobs"))
        assert services.fail_lost(session) == 1


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("job_counts_up", {"done": -1}),
        ("job_counts_up", {"total": -1}),
        ("ended_job_is_dated", {"state": JobState.DONE}),
        ("ended_job_is_dated", {"ended_at": func.now()}),
    ],
)
def test_constraints(session, job, name, values):
    with pytest.raises(IntegrityError, match=name):
        session.execute(update(LongJob).where(LongJob.id == job.id).values(**values))


def test_the_clock_is_the_database_s_own(session, job):
    session.refresh(job)
    assert job.created_at >= session.scalar(select(func.now()))
