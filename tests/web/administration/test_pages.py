"""The pages under /platform."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from sqlalchemy import select, text

from marketplace.accounts.models import PlatformGrant, SignIn
from marketplace.accounts.services import throttle
from marketplace.codes.models import Holiday
from marketplace.codes.services import seed_holidays
from marketplace.core import audit, jobs
from marketplace.core.actor import PlatformRole
from marketplace.core.audit import AuditEntry
from marketplace.organizations.models import OrganizationStatus
from search.results import Health
from tests.clients import words
from tests.conftest import NOON

PAGES = ("", "users", "organizations", "audit", "audit.csv", "jobs", "holidays", "health")


@pytest.fixture
def administrator(make):
    return make.platform_user(PlatformRole.ADMINISTRATOR, name="Zhang Wei")


@pytest.fixture
def admin(client, administrator):
    return client.sign_in(administrator)


class TestAccess:
    @pytest.mark.parametrize("page", PAGES)
    def test_pages_open_for_administrators_and_are_not_there_for_members(self, app, make, page):
        admin = app.test_client().sign_in(make.platform_user(PlatformRole.ADMINISTRATOR))
        member = app.test_client().sign_in(make.member())

        assert admin.get(f"/platform/{page}").status_code == 200
        assert admin.get(f"/en/platform/{page}").status_code == 200
        assert member.get(f"/platform/{page}").status_code == 404

    def test_reviewers_see_their_queues_alone(self, client, make):
        make.organization(status=OrganizationStatus.APPLIED)
        client.sign_in(make.platform_user(PlatformRole.REVIEWER))

        page = words(client.get("/en/platform/"))
        assert "1 Organizations to verify" in page
        assert "Audit trail" not in page
        assert client.get("/platform/organizations").status_code == 200
        for closed in ("users", "audit", "jobs", "holidays", "health"):
            assert client.get(f"/platform/{closed}").status_code == 404


class TestUsers:
    def test_finds_by_name_address_and_role(self, admin, make):
        make.user(name="Li Ming", email="li@example.com")
        make.platform_user(PlatformRole.REVIEWER, name="Wang Fang")

        assert "Li Ming" in words(admin.get("/platform/users?q=ming"))
        assert "Li Ming" in words(admin.get("/platform/users?q=LI@EX"))
        page = words(admin.get("/platform/users?role=reviewer"))
        assert "Wang Fang" in page
        assert "Li Ming" not in page
        assert "Li Ming" not in words(admin.get("/platform/users?q=%25"))

    def test_gives_and_ends_a_role_with_a_record(self, admin, session, make, administrator):
        user = make.user()
        address = f"/platform/users/{user.id}"

        assert admin.post(f"{address}/roles", data={"role": "reviewer"}).status_code == 303
        assert make.actor(user, at=NOON.replace(year=2999)).is_reviewer
        again = admin.post(f"{address}/roles", data={"role": "reviewer"})
        assert again.status_code == 422
        assert admin.post(f"{address}/roles", data={"role": "king"}).status_code == 422

        grant = session.scalars(select(PlatformGrant).filter_by(user_id=user.id)).one()
        assert admin.post(f"{address}/roles/{grant.id}/end").status_code == 303
        assert grant.ended_at is not None
        entries = session.scalars(select(AuditEntry).filter_by(object_id=user.id))
        assert [(entry.action, entry.actor_id) for entry in entries] == [
            ("role.granted", administrator.id),
            ("role.ended", administrator.id),
        ]

    def test_does_not_end_ones_own_administration(self, admin, session, administrator):
        grant = session.scalars(select(PlatformGrant).filter_by(user_id=administrator.id)).one()

        admin.post(f"/platform/users/{administrator.id}/roles/{grant.id}/end")

        assert grant.ended_at is None

    def test_suspends_and_restores(self, app, admin, session, make):
        user = make.user()
        other = app.test_client().sign_in(user)
        address = f"/platform/users/{user.id}"

        assert admin.post(f"{address}/suspend", data={"reason": ""}).status_code == 422
        assert admin.post(f"{address}/suspend", data={"reason": "Fraud."}).status_code == 303
        assert other.get("/account").status_code == 302
        assert admin.get(address).status_code == 200
        assert session.scalars(select(SignIn).filter_by(user_id=user.id)).one().ended_at
        assert admin.post(f"{address}/suspend", data={"reason": "Twice."}).status_code == 422

        assert admin.post(f"{address}/restore").status_code == 303
        assert user.suspended_at is None
        assert admin.post(f"{address}/restore").status_code == 409

    def test_does_not_suspend_oneself(self, admin, administrator):
        response = admin.post(
            f"/platform/users/{administrator.id}/suspend", data={"reason": "Tired."}
        )
        assert response.status_code == 422
        assert administrator.suspended_at is None

    def test_forgets_failed_sign_ins(self, admin, session, make):
        user = make.user()
        for _ in range(6):
            throttle.note_failure(session, user.email, now=NOON)

        admin.post(f"/platform/users/{user.id}/unlock")

        throttle.require_patience(session, user.email, now=NOON)

    def test_switches_a_lost_second_step_off(self, admin, make):
        user = make.user(totp_secret="JBSWY3DPEHPK3PXP", totp_confirmed_at=NOON)

        admin.post(f"/platform/users/{user.id}/second-step/off")

        assert not user.has_second_step

    def test_unknown_person_is_not_found(self, admin):
        assert admin.get(f"/platform/users/{'0' * 8}-0000-4000-8000-{'0' * 12}").status_code == 404


class TestAudit:
    @pytest.fixture(autouse=True)
    def entries(self, session, administrator):
        for number, day in enumerate((1, 5, 9)):
            audit.record(
                session,
                actor=None,
                action="＝cmd" if number == 1 else "test.done",
                kind="test",
                object_id=administrator.id if number == 2 else None,
                now=NOON.replace(day=day),
                step=number,
            )
        audit.write_pending(session)

    @pytest.mark.parametrize(
        ("query", "shown"),
        [
            ("", 3),
            ("action=test.", 2),
            ("kind=other", 0),
            ("since=2026-11-05", 2),
            ("until=2026-11-05", 2),
            ("since=2026-11-05&until=2026-11-05", 1),
            ("since=nonsense&page=x&object=y", 3),
        ],
    )
    def test_filters(self, admin, query, shown):
        assert f"{shown} found" in words(admin.get(f"/en/platform/audit?{query}"))

    def test_names_the_objects_in_the_readers_language(self, admin, session):
        audit.record(
            session, actor=None, action="wait.left", kind="wait_entry", object_id=None, now=NOON
        )
        audit.write_pending(session)

        told = words(admin.get("/platform/audit?action=wait"))

        assert "候补登记" in told
        assert "wait_entry" not in told
        # A kind that nobody named is shown by its code.
        assert "test" in words(admin.get("/platform/audit?action=test"))

    def test_filters_by_object(self, admin, administrator):
        page = words(admin.get(f"/en/platform/audit?object={administrator.id}"))
        assert "1 found" in page

    def test_file_opens_in_a_spreadsheet_without_formulas(self, admin):
        response = admin.get("/platform/audit.csv")
        content = response.get_data().decode("utf-8")

        assert content.startswith("\ufeff")
        rows = list(csv.DictReader(io.StringIO(content.removeprefix("\ufeff"))))
        assert [row["number"] for row in rows] == ["3", "2", "1"]
        assert rows[1]["action"] == "'＝cmd"
        assert "attachment" in response.headers["Content-Disposition"]


class TestJobs:
    @pytest.fixture
    def job_id(self, session):
        return jobs.ask(session, "mail.deliver", mail_id="x")

    def put(self, session, job_id, status):
        session.execute(
            text(
                "UPDATE procrastinate_jobs SET attempts = 8,"
                "status = CAST(:status AS procrastinate_job_status) WHERE id = :id"
            ),
            {"status": status, "id": job_id},
        )

    def state(self, session, job_id):
        return session.execute(
            text("SELECT status::text, attempts FROM procrastinate_jobs WHERE id = :id"),
            {"id": job_id},
        ).one()

    def test_set_aside_job_runs_again_with_all_its_tries(self, admin, session, job_id):
        self.put(session, job_id, "failed")
        assert "mail.deliver" in words(admin.get("/platform/jobs"))

        assert admin.post(f"/platform/jobs/{job_id}/again").status_code == 303
        assert tuple(self.state(session, job_id)) == ("todo", 0)
        assert admin.post(f"/platform/jobs/{job_id}/again").status_code == 404

    def test_waiting_job_is_cancelled(self, admin, session, job_id):
        assert "mail.deliver" in words(admin.get("/platform/jobs?status=todo"))

        admin.post(f"/platform/jobs/{job_id}/cancel")
        assert self.state(session, job_id)[0] == "cancelled"
        assert admin.post(f"/platform/jobs/{job_id}/cancel").status_code == 404

    def test_unknown_state_shows_what_was_set_aside(self, admin):
        assert admin.get("/platform/jobs?status=nonsense&page=7").status_code == 200


class TestHolidays:
    def day(self, **changes):
        values = {"on": "2028-10-02", "kind": "holiday", "name": "国庆节", "source": "通知"}
        return values | changes

    def test_adds_and_removes_a_day_with_a_record(self, admin, session):
        assert admin.post("/platform/holidays", data=self.day()).status_code == 303
        holiday = session.scalars(select(Holiday)).one()
        assert holiday.on == date(2028, 10, 2)
        assert "国庆节" in words(admin.get("/platform/holidays?year=2028"))

        admin.post(f"/platform/holidays/{holiday.id}/remove")
        assert session.scalars(select(Holiday)).all() == []
        actions = session.scalars(select(AuditEntry.action).filter_by(object_kind="holiday")).all()
        assert actions == ["holiday.added", "holiday.removed"]

    @pytest.mark.parametrize(
        "changes",
        [
            {"on": "2028-13-40"},
            {"on": ""},
            {"kind": "feast"},
            {"name": " "},
            {"kind": "working_weekend", "on": "2028-10-02"},
        ],
    )
    def test_refuses_what_is_no_such_day(self, admin, session, changes):
        assert admin.post("/platform/holidays", data=self.day(**changes)).status_code == 422
        assert session.scalars(select(Holiday)).all() == []

    def test_refuses_the_same_day_twice(self, admin):
        admin.post("/platform/holidays", data=self.day())
        assert admin.post("/platform/holidays", data=self.day()).status_code == 422

    def test_seed_fills_an_empty_table_once(self, session):
        assert seed_holidays(session) > 50
        assert seed_holidays(session) == 0


class TestHealth:
    def test_says_that_no_worker_takes_jobs(self, admin, session):
        page = words(admin.get("/en/platform/health"))
        assert "PostgreSQL" in page
        assert "No worker takes jobs" in page

    @pytest.mark.parametrize("opens", [True, False])
    def test_says_that_search_does_not_answer(self, app, admin, monkeypatch, opens):
        class Broken:
            settings = app.extensions["hanqiao.settings"]

            @property
            def search(self):
                if opens:
                    return self
                raise OSError("the folder is gone")

            def health(self):
                return Health(ok=False, engine="embedded")

        monkeypatch.setitem(app.extensions, "hanqiao.parts", Broken())

        page = words(admin.get("/en/platform/health"))
        assert "does not answer; lists come from the database meanwhile" in page

    def test_counts_what_was_set_aside(self, admin, session):
        session.execute(text("INSERT INTO procrastinate_workers DEFAULT VALUES"))
        job_id = jobs.ask(session, "mail.deliver", mail_id="x")
        TestJobs().put(session, job_id, "failed")

        assert "1 were set aside" in words(admin.get("/en/platform/health"))


class TestCreateCommand:
    def run(self, app, *arguments):
        return app.test_cli_runner().invoke(
            args=["accounts", "create", *arguments, "--password", "a long enough sentence"]
        )

    def test_makes_the_first_administrator(self, app, session):
        result = self.run(app, "root@example.com", "Root", "--role", "administrator")

        assert result.exit_code == 0, result.output
        assert session.scalars(select(PlatformGrant.role)).all() == [PlatformRole.ADMINISTRATOR]
        again = self.run(app, "root@example.com", "Root", "--role", "administrator")
        assert (again.exit_code, again.output) == (0, "")

    def test_refuses_an_easy_password(self, app):
        result = app.test_cli_runner().invoke(
            args=["accounts", "create", "root@example.com", "Root", "--password", "short"]
        )
        assert result.exit_code == 1
        assert "at least 10 characters" in result.output
