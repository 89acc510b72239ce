"""The pages of long jobs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, update

from marketplace.progress import services
from marketplace.progress.models import JobState, LongJob
from tests.clients import parsed, words
from tests.jobs import waiting


@pytest.fixture
def person(make):
    return make.user()


@pytest.fixture
def job(session, make, person):
    return services.start(
        session,
        kind="test",
        title="Importing",
        subject="rows.csv",
        hearer="test.work",
        actor=make.actor(person),
    )


@pytest.fixture
def signed_in(client, person):
    return client.sign_in(person)


def change(session, job, **values):
    session.execute(update(LongJob).where(LongJob.id == job.id).values(**values))


def part(response):
    return parsed(response).find(".//section[@id='job-progress']")


def test_my_jobs_are_listed_with_their_files(signed_in, session, job, home):
    change(session, job, done=1200, total=3000, result_name="rows-failed.csv")
    text = words(signed_in.get("/en/jobs"))
    assert "Importing rows.csv" in text
    assert "1,200 / 3,000" in text
    assert "rows-failed.csv" in text


def test_no_jobs_is_explained(client, make):
    assert "No jobs yet" in words(client.sign_in(make.user()).get("/en/jobs"))


def test_a_running_job_asks_again_and_an_ended_one_does_not(signed_in, session, job):
    running = part(signed_in.get(f"/en/jobs/{job.id}"))
    assert (running.get("data-poll"), running.get("data-every")) == (
        f"/en/jobs/{job.id}/progress",
        "1000",
    )
    change(session, job, created_at=func.clock_timestamp() - timedelta(minutes=1))
    assert part(signed_in.get(f"/en/jobs/{job.id}")).get("data-every") == "5000"
    change(session, job, state=JobState.DONE, ended_at=func.clock_timestamp())
    assert part(signed_in.get(f"/en/jobs/{job.id}")).get("data-poll") is None


@pytest.mark.parametrize(
    ("seconds", "total", "left"),
    [
        (10, 2000, "about 10 seconds left"),
        (10, 31000, "about 5 minutes left"),
        (10, 1000 + 3600 * 250, "about 2.5 hours left"),
    ],
)
def test_shows_phase_rate_and_time_left(signed_in, session, job, seconds, total, left):
    change(
        session,
        job,
        state=JobState.RUNNING,
        started_at=func.clock_timestamp() - timedelta(seconds=seconds),
        phase_at=func.clock_timestamp() - timedelta(seconds=seconds),
        phase="Writing rows",
        done=1000,
        total=total,
    )
    text = words(signed_in.get(f"/en/jobs/{job.id}"))
    assert f"Writing rows: 1,000 / {total:,}" in text
    assert "a second" in text
    assert left in text


def test_an_unknown_total_still_shows_life(signed_in, session, job):
    change(session, job, state=JobState.RUNNING, started_at=func.clock_timestamp(), done=5)
    section = part(signed_in.get(f"/en/jobs/{job.id}"))
    assert section.find(".//progress").get("max") is None
    assert "queue: 5" in " ".join("".join(section.itertext()).split())


def test_the_progress_alone_answers_the_polling_page(signed_in, job):
    response = signed_in.get(f"/jobs/{job.id}/progress", headers={"X-Requested-With": "fetch"})
    assert response.status_code == 200
    assert b"<html" not in response.data
    assert b'id="job-progress"' in response.data
    without_script = signed_in.get(f"/jobs/{job.id}/progress")
    assert (without_script.status_code, without_script.location) == (303, f"/jobs/{job.id}")


def test_the_failure_is_said(signed_in, session, job):
    change(
        session,
        job,
        state=JobState.FAILED,
        ended_at=func.clock_timestamp(),
        message="The file has more than %(limit)s columns.",
        message_values={"limit": 3},
    )
    assert "The file has more than 3 columns." in words(signed_in.get(f"/en/jobs/{job.id}"))


def test_a_job_can_be_stopped_from_its_page(signed_in, session, job):
    change(session, job, state=JobState.RUNNING, started_at=func.clock_timestamp())
    assert signed_in.post(f"/en/jobs/{job.id}/cancel").status_code == 303
    text = words(signed_in.get(f"/en/jobs/{job.id}"))
    assert "It stops after the step at hand" in text
    assert signed_in.post(f"/en/jobs/{job.id}/cancel").status_code == 409
    assert waiting(session)


def test_the_file_is_sent_as_a_download(signed_in, session, job, home):
    path = services.folder_of(home, job.id) / "result"
    assert signed_in.get(f"/jobs/{job.id}/file").status_code == 404
    change(session, job, result_name="失败行.csv", result_type="text/csv")
    assert signed_in.get(f"/jobs/{job.id}/file").status_code == 404
    path.parent.mkdir(parents=True)
    path.write_text("a,b")
    response = signed_in.get(f"/jobs/{job.id}/file")
    assert response.get_data(as_text=True) == "a,b"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.mimetype == "text/csv"
    response.close()


@pytest.mark.parametrize("path", ["", "/progress", "/file"])
def test_jobs_of_others_do_not_exist(client, make, job, path):
    assert client.get(f"/jobs/{job.id}{path}").status_code == 302
    client.sign_in(make.user())
    assert client.get(f"/jobs/{job.id}{path}").status_code == 404
    assert client.post(f"/jobs/{job.id}/cancel").status_code == 404
