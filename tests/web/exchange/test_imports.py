"""The pages of an import, from the empty form to the report."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from marketplace.core.actor import MemberRole, PlatformRole
from marketplace.exchange.models import FileImport, ImportState
from marketplace.listings.models import Listing, ListingStatus
from marketplace.organizations.models import OrganizationStatus
from tests.clients import parsed, words
from tests.jobs import run_jobs
from tests.record_files import archive

TABLE = "编号,成果名称,成果简介,技术成熟度\nA1,激光焊接监测,在线监测焊缝。,7\nA2,坏的,简介,12\n"


@pytest.fixture
def owner(make):
    return make.organization(name="武汉示范大学")


@pytest.fixture
def editor(client, make, owner):
    return client.sign_in(make.member(owner, MemberRole.EDITOR))


def send(client, owner, content=TABLE, *, kind="results", name="成果.csv"):
    data = content if isinstance(content, bytes) else content.encode()
    return client.post(
        "/en/imports/new",
        data={"kind": kind, "organization_id": str(owner.id), "file": (io.BytesIO(data), name)},
        content_type="multipart/form-data",
    )


def only(session):
    return session.scalars(select(FileImport)).one()


def assign(row, **extra):
    chosen = {
        f"column-{place}": row.mapping.get(column, "") for place, column in enumerate(row.columns)
    }
    return chosen | extra


class TestJourney:
    def test_from_the_file_to_the_records(self, app, session, editor, owner):
        response = send(editor, owner)
        row = only(session)
        assert (response.status_code, response.location) == (303, f"/en/imports/{row.id}/columns")
        page = editor.get(response.location)
        assert "4 of 4 columns were recognized" in words(page)
        assert "激光焊接监测" in words(page)
        response = editor.post(response.location, data=assign(row))
        assert response.location == f"/en/imports/{row.id}"
        text = words(editor.get(response.location))
        assert "nothing is written yet" in text
        assert "“12” is no whole number in the range" in text
        assert "Import 1 rows" in text
        response = editor.post(f"/en/imports/{row.id}/run")
        job_page = response.location
        assert job_page.startswith("/en/jobs/")
        assert "Waiting" in words(editor.get(job_page))
        run_jobs(app, session)
        text = words(editor.get(job_page))
        assert "Done" in text
        assert "成果-failed rows.csv" in text
        assert "Import another file" in text
        assert session.scalars(select(Listing)).one().status is ListingStatus.DRAFT
        assert "成果.csv" in words(editor.get("/en/imports"))
        assert "Done" in words(editor.get(f"/en/imports/{row.id}"))

    @pytest.mark.parametrize(
        ("chosen", "status", "tab"),
        [
            ({"publish": "1"}, ListingStatus.UNDER_REVIEW, "under_review"),
            ({}, ListingStatus.DRAFT, "draft"),
        ],
    )
    def test_rows_go_to_the_reviewers_when_it_is_wanted(
        self, app, session, editor, owner, chosen, status, tab
    ):
        send(editor, owner)
        row = only(session)
        editor.post(f"/en/imports/{row.id}/columns", data=assign(row, **chosen))
        job_page = editor.post(f"/en/imports/{row.id}/run").location
        run_jobs(app, session)
        assert session.scalars(select(Listing)).one().status is status
        place = f"/en/organizations/{owner.id}/listings?tab={tab}"
        links = [link.get("href") for link in parsed(editor.get(job_page)).iter("a")]
        assert place in links
        assert "激光焊接监测" in words(editor.get(place))

    def test_in_chinese(self, session, editor, owner):
        send(editor, owner)
        row = only(session)
        text = words(editor.get(f"/imports/{row.id}/columns"))
        assert "共 4 列，已识别 4 列" in text
        editor.post(f"/imports/{row.id}/columns", data=assign(row))
        assert "“12”不是范围内的整数" in words(editor.get(f"/imports/{row.id}"))

    def test_a_large_file_shows_the_progress_of_its_check(self, app, session, editor, owner):
        rows = "".join(f"B{number},标题{number},简介,5\n" for number in range(2100))
        send(editor, owner, TABLE + rows)
        row = only(session)
        response = editor.post(f"/en/imports/{row.id}/columns", data=assign(row))
        assert response.location.startswith("/en/jobs/")
        assert editor.get(f"/en/imports/{row.id}/columns").status_code == 303
        assert "Waiting" in words(editor.get(f"/en/imports/{row.id}"))
        run_jobs(app, session, rounds=1)
        assert "See the preview" in words(editor.get(response.location))


class TestColumns:
    def test_an_unverified_organization_gets_drafts(self, client, session, make):
        young = make.organization(status=OrganizationStatus.APPLIED)
        client.sign_in(make.member(young))
        send(client, young)
        address = f"/en/imports/{only(session).id}/columns"
        assert "not verified yet: the records become drafts" in words(client.get(address))
        data = assign(only(session), publish="1")
        assert client.post(address, data=data).status_code == 403

    def test_a_refused_assignment_keeps_what_was_chosen(self, session, editor, owner):
        send(editor, owner, "a,b,c\n1,2,3\n")
        row = only(session)
        address = f"/en/imports/{row.id}/columns"
        response = editor.post(address, data={"column-0": "trl", "column-1": "trl"})
        assert response.status_code == 422
        assert "Two columns are assigned to “TRL”" in words(response)
        chosen = [
            option.get("value")
            for option in parsed(response).findall(".//option")
            if option.get("selected") is not None
        ]
        assert chosen == ["trl", "trl"]
        assert parsed(response).find(".//input[@name='publish']").get("checked") is None
        session.refresh(row)
        assert row.mapping == {}

    def test_without_a_title_nothing_is_imported(self, session, editor, owner):
        send(editor, owner, "a,b\n1,2\n")
        response = editor.post(f"/en/imports/{only(session).id}/columns", data={})
        assert (response.status_code, "Say which column" in words(response)) == (422, True)

    def test_the_first_line_can_be_a_record(self, session, editor, owner):
        send(editor, owner, "x,y\n1,2\n")
        row = only(session)
        address = f"/en/imports/{row.id}/columns"
        assert editor.post(address, data={"no_header": "1"}).status_code == 303
        text = words(editor.get(address))
        assert "no line of names" in text
        editor.post(address, data={"column-0": "title", "column-1": "abstract"})
        assert only(session).preview["new"] == 2

    def test_publishing_is_offered_to_those_who_may(self, client, session, make, owner):
        client.sign_in(make.member(owner))
        send(client, owner)
        address = f"/en/imports/{only(session).id}/columns"
        page = client.get(address)
        assert "Send the imported records for review" in words(page)
        assert parsed(page).find(".//input[@name='publish']").get("checked") is not None
        client.sign_in(make.platform_user(PlatformRole.ADMINISTRATOR))
        assert "Publish the records at once" in words(client.get(address))
        client.post(address, data=assign(only(session), publish="1"))
        assert only(session).publish

    def test_needs_without_numbers_are_explained(self, session, editor, owner):
        send(editor, owner, "dev1\tzh\t把铜提出来\n", kind="needs", name="needs.tsv")
        text = words(editor.get(f"/en/imports/{only(session).id}/columns"))
        assert "each need gets its number from the reference" in text
        assert "Send the imported records for review" in text


class TestRefusals:
    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "The file is empty"),
            (b"\x89PNG\x00\x00\x00", "The file holds no text"),
            (b"\xff\xfe\xfd\xfc,\xff\n", "can be read neither as UTF-8"),
            (b"[1, 2]", "one JSON list"),
        ],
    )
    def test_files_that_are_none_of_ours(self, session, editor, owner, content, said):
        response = send(editor, owner, content)
        assert response.status_code == 422
        assert said.split(" neither")[0] in words(response)
        assert session.scalars(select(FileImport)).all() == []

    def test_a_bomb(self, tmp_path, editor, owner):
        path = archive(tmp_path / "b", {"xl/workbook.xml": "", "xl/x.xml": bytes(30 << 20)})
        response = send(editor, owner, path.read_bytes(), name="b.xlsx")
        assert (response.status_code, "unpacks to far more" in words(response)) == (422, True)

    def test_a_file_that_is_too_large(self, app, editor, owner, monkeypatch):
        monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1000)
        assert send(editor, owner, TABLE * 100).status_code == 413

    def test_a_form_without_a_file_or_with_a_foreign_organization(self, editor, make):
        response = editor.post("/en/imports/new", data={"kind": "results"})
        assert (response.status_code, "Choose a file." in words(response)) == (422, True)
        assert send(editor, make.organization()).status_code == 422

    def test_people_without_an_organization_are_told_what_to_do(self, client, make):
        client.sign_in(make.user())
        assert "no organization to import for" in words(client.get("/en/imports/new"))
        assert "No file was imported yet" in words(client.get("/en/imports"))

    def test_imports_of_others_do_not_exist(self, client, session, make, owner):
        client.sign_in(make.member(owner))
        send(client, owner)
        row = only(session)
        client.sign_in(make.member())
        for path in ("", "/columns"):
            assert client.get(f"/imports/{row.id}{path}").status_code == 404
        for path in ("/run", "/discard", "/columns"):
            assert client.post(f"/imports/{row.id}{path}").status_code == 404

    def test_nothing_runs_before_its_check(self, session, editor, owner):
        send(editor, owner)
        row = only(session)
        assert editor.post(f"/imports/{row.id}/run").status_code == 409
        assert editor.get(f"/en/imports/{row.id}").location == f"/en/imports/{row.id}/columns"

    def test_a_file_can_be_removed(self, session, editor, owner):
        send(editor, owner)
        row = only(session)
        assert editor.post(f"/en/imports/{row.id}/discard").location == "/en/imports"
        assert session.scalars(select(FileImport)).all() == []

    def test_script_in_cells_stays_text(self, session, editor, owner):
        send(editor, owner, 'title,abstract\n"<script>alert(1)</script>",<b>x\n', name="<i>.csv")
        page = editor.get(f"/en/imports/{only(session).id}/columns")
        assert parsed(page).findall(".//td//script") == []
        assert "<script>alert(1)</script>" in words(page)


class TestTemplates:
    @pytest.mark.parametrize("kind", ["results", "patents", "needs", "facilities"])
    @pytest.mark.parametrize("ending", ["csv", "xlsx"])
    @pytest.mark.parametrize("language", ["", "/en"])
    def test_import_clean(self, session, editor, owner, kind, ending, language):
        response = editor.get(f"{language}/imports/template/{kind}.{ending}")
        assert response.headers["Content-Disposition"].startswith("attachment")
        send(editor, owner, response.data, kind=kind, name=f"t.{ending}")
        row = only(session)
        assert editor.post(f"/imports/{row.id}/columns", data=assign(row)).status_code == 303
        session.refresh(row)
        assert row.state is ImportState.CHECKED
        assert (row.groups, row.preview["new"]) == ([], 1)

    @pytest.mark.parametrize("name", ["results.exe", "people.csv"])
    def test_others_do_not_exist(self, editor, name):
        assert editor.get(f"/imports/template/{name}").status_code == 404


def test_the_desk_leads_writers_to_imports(client, make, owner):
    client.sign_in(make.member(owner, MemberRole.EDITOR))
    assert "Bring records in" in words(client.get("/en/desk"))
    client.sign_in(make.member(owner, MemberRole.OPERATOR_STAFF))
    assert "Bring records in" not in words(client.get("/en/desk"))
