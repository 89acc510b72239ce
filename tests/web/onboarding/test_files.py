"""Handing files out to those who may have them."""

from __future__ import annotations

import io
from typing import ClassVar

import pytest

from marketplace.core.actor import MemberRole, PlatformRole
from marketplace.core.errors import Denied, NotFound, RuleBroken
from marketplace.files import permissions
from marketplace.files.models import Visibility
from marketplace.files.queries import list_attachments
from marketplace.files.services import MOST, attach, remove_attachment
from marketplace.files.store import Store
from marketplace.organizations.models import OrganizationStatus
from tests.conftest import NOON

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def store(app):
    own = app.extensions["hanqiao.settings"]
    return Store(own.files_folder, own.upload_limit_bytes)


@pytest.fixture
def hung(session, make, store):
    """Hang a file on an organization."""

    def hang(organization, visibility, *, name="report.pdf", kind="organization"):
        return attach(
            session,
            make.member_of(organization),
            object_kind=kind,
            object_id=organization.id,
            organization_id=organization.id,
            upload=store.take(io.BytesIO(PDF), name),
            visibility=visibility,
            now=NOON,
        )

    return hang


def opened(client, attachment):
    with client.get(f"/files/{attachment.id}") as response:
        return response.status_code


class TestDownload:
    def test_is_always_a_download_and_never_a_page(self, client, make, hung):
        attachment = hung(make.organization(), Visibility.PUBLIC, name='成果"报告";.pdf')

        with client.get(f"/files/{attachment.id}") as response:
            assert response.get_data() == PDF
            headers = response.headers
        assert headers["Content-Type"] == "application/pdf"
        assert headers["Content-Disposition"].startswith("attachment; ")
        assert "\n" not in headers["Content-Disposition"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"

    def test_internal_file_is_kept_out_of_caches(self, client, make, hung):
        organization = make.organization()
        attachment = hung(organization, Visibility.INTERNAL)
        client.sign_in(make.member(organization, MemberRole.EDITOR))

        with client.get(f"/files/{attachment.id}") as response:
            assert response.headers["Cache-Control"] == "private, no-store"

    def test_lost_content_is_not_found(self, client, make, hung, store):
        attachment = hung(make.organization(), Visibility.PUBLIC)
        attachment.sha256 = "0" * 64

        assert opened(client, attachment) == 404

    def test_unknown_and_removed_files_are_not_found(self, client, session, make, hung):
        organization = make.organization()
        attachment = hung(organization, Visibility.PUBLIC)
        remove_attachment(
            session, make.member_of(organization), attachment_id=attachment.id, now=NOON
        )

        assert opened(client, attachment) == 404
        assert client.get(f"/files/{organization.id}").status_code == 404


class TestVisibility:
    """The predicate and the SQL clause over one table of people, levels and states."""

    LEVELS: ClassVar = tuple(Visibility)
    #: Who may open which levels of a verified organization's files.
    EXPECTED: ClassVar = {
        "visitor": {Visibility.PUBLIC},
        "stranger": {Visibility.PUBLIC, Visibility.SIGNED_IN},
        "member": set(Visibility),
        "reviewer": set(Visibility),
        "administrator": set(Visibility),
        "officer": {Visibility.PUBLIC, Visibility.SIGNED_IN},
    }

    def people(self, app, make, organization):
        return {
            "visitor": None,
            "stranger": make.member(),
            "member": make.member(organization, MemberRole.EDITOR),
            "reviewer": make.platform_user(PlatformRole.REVIEWER),
            "administrator": make.platform_user(PlatformRole.ADMINISTRATOR),
            "officer": make.platform_user(PlatformRole.CITY_OFFICER),
        }

    @pytest.mark.parametrize("who", sorted(EXPECTED))
    @pytest.mark.parametrize("status", [OrganizationStatus.VERIFIED, OrganizationStatus.SUSPENDED])
    def test_page_and_list_agree(self, app, session, make, hung, who, status):
        from marketplace.core.actor import VISITOR

        organization = make.organization(status=status)
        files = [hung(organization, level) for level in self.LEVELS]
        user = self.people(app, make, organization)[who]
        actor = make.actor(user) if user else VISITOR
        expected = self.EXPECTED[who]
        if status is OrganizationStatus.SUSPENDED and who in ("visitor", "stranger"):
            expected = set()

        listed = list_attachments(
            session, actor, object_kind="organization", object_id=organization.id
        )
        assert {file.visibility for file in listed} == expected
        client = app.test_client()
        if user:
            client.sign_in(user)
        codes = {file.visibility: opened(client, file) for file in files}
        assert codes == {level: 200 if level in expected else 404 for level in self.LEVELS}

    def test_kind_that_nobody_registered_is_internal(self, session, make, hung):
        organization = make.organization()
        file = hung(organization, Visibility.PUBLIC, kind="unknown")

        stranger = make.actor()
        assert not permissions.may_open(session, stranger, file)
        seen = list_attachments(session, stranger, object_kind="unknown", object_id=organization.id)
        assert seen == []

    def test_confidential_file_opens_for_who_agreed(self, session, make, hung):
        organization, agreed = make.organization(), make.actor()
        permissions.register(
            "sealed",
            lambda _session, _actor, _id: True,
            may_see_confidential=lambda _session, actor, _id: actor.user_id == agreed.user_id,
        )
        file = hung(organization, Visibility.CONFIDENTIAL, kind="sealed")

        for actor, expected in ((agreed, True), (make.actor(), False)):
            assert permissions.may_open(session, actor, file) is expected
            listed = list_attachments(
                session, actor, object_kind="sealed", object_id=organization.id
            )
            assert bool(listed) is expected


class TestUploader:
    """What a person sent: their own papers stay theirs, an organization's stay with it."""

    @pytest.fixture
    def sent(self, session, make, store):
        def send(user, organization):
            return attach(
                session,
                make.actor(user),
                object_kind="unknown",
                object_id=user.id,
                organization_id=organization.id if organization else None,
                upload=store.take(io.BytesIO(PDF), "a.pdf"),
                visibility=Visibility.INTERNAL,
                now=NOON,
            )

        return send

    def seen(self, session, actor, user, file):
        listed = list_attachments(session, actor, object_kind="unknown", object_id=user.id)
        assert (file in listed) is permissions.may_open(session, actor, file)
        return file in listed

    def test_opens_an_own_file_of_no_organization(self, session, make, sent):
        user = make.user()
        file = sent(user, None)

        assert self.seen(session, make.actor(user), user, file)
        assert not self.seen(session, make.actor(), user, file)

    def test_loses_the_files_of_an_organization_by_leaving_it(self, session, make, sent):
        user, organization = make.user(), make.organization()
        membership = make.membership(user, organization)
        file = sent(user, organization)
        assert self.seen(session, make.actor(user), user, file)

        membership.ended_at = NOON
        session.flush()
        former = make.actor(user, at=NOON)

        assert not self.seen(session, former, user, file)
        with pytest.raises(NotFound):
            remove_attachment(session, former, attachment_id=file.id, now=NOON)


class TestAttach:
    def test_needs_a_person(self, session, make, store):
        from marketplace.core.actor import VISITOR

        with pytest.raises(Denied):
            attach(
                session,
                VISITOR,
                object_kind="organization",
                object_id=make.organization_id(),
                organization_id=None,
                upload=store.take(io.BytesIO(PDF), "a.pdf"),
                visibility=Visibility.PUBLIC,
                now=NOON,
            )

    def test_has_an_end(self, make, hung):
        organization = make.organization()
        for _ in range(MOST):
            hung(organization, Visibility.PUBLIC)
        with pytest.raises(RuleBroken):
            hung(organization, Visibility.PUBLIC)


class TestRemove:
    @pytest.mark.parametrize(
        ("role", "allowed"), [(MemberRole.EDITOR, True), (MemberRole.OPERATOR_STAFF, False)]
    )
    def test_is_for_writers(self, session, make, hung, role, allowed):
        organization = make.organization()
        file = hung(organization, Visibility.PUBLIC)
        actor = make.member_of(organization, role)

        if allowed:
            remove_attachment(session, actor, attachment_id=file.id, now=NOON)
        else:
            with pytest.raises(Denied):
                remove_attachment(session, actor, attachment_id=file.id, now=NOON)
        assert (file.removed_at is not None) is allowed

    def test_is_not_for_strangers_even_of_public_files(self, session, make, hung):
        file = hung(make.organization(), Visibility.PUBLIC)
        with pytest.raises(Denied):
            remove_attachment(
                session, make.member_of(make.organization()), attachment_id=file.id, now=NOON
            )


class TestCleanCommand:
    def test_deletes_what_no_row_names(self, app, make, hung, store):
        kept = hung(make.organization(), Visibility.PUBLIC)
        unused = store.take(io.BytesIO(PDF + b"\n"), "b.pdf")
        import os

        os.utime(store.path(unused.sha256), (0, 0))
        os.utime(store.path(kept.sha256), (0, 0))

        result = app.test_cli_runner().invoke(args=["files", "clean"])

        assert result.exit_code == 0
        assert not store.path(unused.sha256).exists()
        assert store.path(kept.sha256).exists()
