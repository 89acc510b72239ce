"""One's own pages: preferences, security, data."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select

from marketplace.accounts.models import Membership, PlatformGrant, SignIn, User
from marketplace.accounts.passwords import matches
from marketplace.accounts.services import throttle
from marketplace.core.actor import MemberRole, PlatformRole
from marketplace.core.audit import AuditEntry
from marketplace.mail.models import OutboxMail
from marketplace.web.clock import now
from tests.clients import words
from tests.factories.accounts import PASSWORD
from tests.jobs import topics


@pytest.fixture
def user(make):
    return make.user(name="Li Ming")


@pytest.fixture
def own(client, user):
    return client.sign_in(user)


class TestProfile:
    def test_keeps_preferences_and_tells_of_the_switch(self, own, session, user):
        response = own.post("/account", data={"name": "Li Xiaoming", "language": "en"})

        assert response.status_code == 303
        assert (user.name, user.language, user.personal_matching) == ("Li Xiaoming", "en", False)
        assert "account.matching_switched" in topics(session)

    def test_refuses_an_empty_name(self, own, user):
        assert own.post("/account", data={"name": " ", "language": "zh"}).status_code == 422
        assert user.name == "Li Ming"

    def test_lists_the_organizations(self, own, user, make):
        make.membership(user, make.organization(name="武汉长江电池有限公司"))

        assert "武汉长江电池有限公司" in words(own.get("/account"))


class TestSecurity:
    def test_lists_browsers_and_ends_another(self, app, own, session, user):
        other = app.test_client().sign_in(user)
        with other.session_transaction() as cookie:
            assert cookie["sign_in"]
        rows = session.scalars(select(SignIn).order_by(SignIn.created_at, SignIn.started_at)).all()
        assert len(rows) == 2
        theirs = max(rows, key=lambda row: row.started_at)

        assert own.get("/account/security").status_code == 200
        assert own.post(f"/account/sign-ins/{theirs.id}/end").status_code == 303
        assert other.get("/account").status_code == 302
        assert own.post(f"/account/sign-ins/{theirs.id}/end").status_code == 404

    def test_does_not_end_a_strangers(self, app, own, session, make):
        stranger = make.user()
        client = app.test_client().sign_in(stranger)
        theirs = session.scalars(select(SignIn).filter_by(user_id=stranger.id)).one()

        assert own.post(f"/account/sign-ins/{theirs.id}/end").status_code == 404
        assert client.get("/account").status_code == 200

    def test_ends_all_others(self, app, own, user):
        other = app.test_client().sign_in(user)

        own.post("/account/sign-ins/end-others")

        assert other.get("/account").status_code == 302
        assert own.get("/account").status_code == 200

    def test_changes_the_password_and_signs_others_out(self, app, own, session, user):
        other = app.test_client().sign_in(user)

        response = own.post(
            "/account/password", data={"password": PASSWORD, "new_password": "a quite new one"}
        )

        assert response.status_code == 303
        assert matches(user.password_hash, "a quite new one")
        assert other.get("/account").status_code == 302
        assert own.get("/account").status_code == 200
        assert session.scalars(select(OutboxMail)).one().topic == "password_changed"

    @pytest.mark.parametrize(
        ("password", "new"), [("wrong", "a quite new one"), (PASSWORD, "short"), (PASSWORD, "")]
    )
    def test_keeps_the_password_otherwise(self, own, user, password, new):
        response = own.post("/account/password", data={"password": password, "new_password": new})

        assert response.status_code == 422
        assert matches(user.password_hash, PASSWORD)

    @pytest.mark.parametrize(
        ("address", "extra"),
        [
            ("/account/password", {"new_password": "a quite new one"}),
            ("/account/email", {"email": "new@example.com"}),
            ("/account/second-step/codes", {}),
            ("/account/second-step/off", {}),
            ("/account/close", {}),
        ],
    )
    def test_present_password_can_not_be_guessed_at(self, own, user, address, extra):
        assert own.get(address).status_code == 200
        for _ in range(throttle.FREE_TRIES):
            assert own.post(address, data={"password": "wrong", **extra}).status_code == 422

        assert own.post(address, data={"password": PASSWORD, **extra}).status_code == 429


class TestChangeEmail:
    def ask(self, client, email):
        return client.post("/account/email", data={"email": email, "password": PASSWORD})

    def test_takes_the_new_address_after_its_link(self, own, session, user):
        old = user.email
        assert self.ask(own, "New@Example.com").status_code == 200
        mail = session.scalars(select(OutboxMail)).one()
        assert (mail.recipient, user.email) == ("new@example.com", old)
        link = f"/email/{mail.details['token']}"

        assert own.get(link).status_code == 200
        assert user.email == old
        assert own.post(link).status_code == 303
        assert user.email == "new@example.com"
        told = {mail.recipient: mail.topic for mail in session.scalars(select(OutboxMail))}
        assert told[old] == "email_changed"
        assert own.post(link).status_code == 410

    def test_says_nothing_about_an_address_that_is_taken(self, own, session, user, make):
        taken = make.user()

        free, same = self.ask(own, "new@example.com"), self.ask(own, taken.email)

        hide = re.compile(rf"new@example.com|{taken.email}")
        assert hide.sub("", words(free)) == hide.sub("", words(same))
        told = {mail.recipient: mail.topic for mail in session.scalars(select(OutboxMail))}
        assert told[taken.email] == "already_registered"


class TestSecondStep:
    def begin(self, own, user):
        own.post("/account/second-step/begin")
        return pyotp.TOTP(user.totp_secret)

    def test_switches_on_with_a_first_code_and_shows_recovery_codes_once(
        self, app, own, session, user
    ):
        totp = self.begin(own, user)
        assert user.has_second_step is False
        assert own.get("/account/second-step").status_code == 200
        assert own.post("/account/second-step", data={"code": "000000"}).status_code == 422

        page = own.post("/account/second-step", data={"code": totp.at(now())})

        codes = re.findall(r"<code>([a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4})</code>", page.text)
        assert len(codes) == 8
        assert user.has_second_step
        assert codes[0] not in str(user.recovery_hashes)
        assert own.get("/account/second-step").status_code == 303
        assert own.post("/account/second-step/begin").status_code == 409

        # A recovery code opens the account once.
        for expected in (303, 422):
            other = app.test_client()
            other.post("/sign-in", data={"email": user.email, "password": PASSWORD})
            answer = other.post("/sign-in/code", data={"code": codes[0].upper()})
            assert answer.status_code == expected

    def test_first_code_is_used_up_by_switching_on(self, app, own, user):
        totp = self.begin(own, user)
        code = totp.at(now())
        own.post("/account/second-step", data={"code": code})

        other = app.test_client()
        other.post("/sign-in", data={"email": user.email, "password": PASSWORD})
        assert other.post("/sign-in/code", data={"code": code}).status_code == 422

    def test_beginning_twice_keeps_the_secret(self, own, user):
        secret = self.begin(own, user).secret
        assert self.begin(own, user).secret == secret

    def test_new_codes_replace_the_old(self, own, user):
        user.totp_secret, user.totp_confirmed_at = pyotp.random_base32(), now()
        user.recovery_hashes = ["old"]

        response = own.post("/account/second-step/codes", data={"password": PASSWORD})

        assert response.status_code == 200
        assert len(user.recovery_hashes) == 8
        assert "old" not in user.recovery_hashes

    def test_no_codes_without_a_second_step(self, own, user):
        response = own.post("/account/second-step/codes", data={"password": PASSWORD})

        assert response.status_code == 422
        assert user.recovery_hashes == []

    def test_switches_off_with_the_password(self, own, session, user):
        user.totp_secret, user.totp_confirmed_at = pyotp.random_base32(), now()

        assert own.post("/account/second-step/off", data={"password": PASSWORD}).status_code == 303

        assert not user.has_second_step
        actions = session.scalars(select(AuditEntry.action)).all()
        assert actions == ["account.second_step_off"]

    def test_page_leads_back_when_nothing_was_begun(self, own):
        assert own.get("/account/second-step").location == "/account/security"


class TestExport:
    def test_gives_everything_but_the_keys_and_is_recorded(self, own, session, user, make):
        make.membership(user, make.organization())
        make.membership(make.user(), make.organization(), granted_by=user.id)
        user.totp_secret = "JBSWY3DPEHPK3PXP"

        response = own.post("/account/data")

        assert "attachment" in response.headers["Content-Disposition"]
        assert response.headers["Cache-Control"] == "private, no-store"
        found = json.loads(response.get_data())
        assert found["account"]["email"] == user.email
        assert [row["role"] for row in found["membership"]] == ["owner"]
        assert len(found["sign_in"]) == 1
        assert found["named_in"] == {"membership.granted_by": 1}
        for table in ("attachment", "notice", "saved_search", "enquiry", "match_feedback"):
            assert found[table] == []
        for key in ("password_hash", "totp_secret", "token_hash", "recovery_hashes"):
            assert key not in response.get_data(as_text=True)
        assert session.scalars(select(AuditEntry.action)).all() == ["account.data_exported"]

    def test_page_explains(self, own):
        assert own.get("/account/data").status_code == 200


class TestClose:
    def close(self, client):
        return client.post("/account/close", data={"password": PASSWORD})

    def test_erases_the_person_and_frees_the_address(self, app, own, session, user, make):
        email = user.email
        organization = make.organization()
        make.membership(user, organization, MemberRole.EDITOR)
        make.add(
            PlatformGrant(
                user_id=user.id, role=PlatformRole.REVIEWER, started_at=now() - timedelta(days=1)
            )
        )
        other = app.test_client().sign_in(user)

        assert self.close(own).status_code == 303

        assert (user.name, user.password_hash, user.closed_at is None) == ("", "", False)
        assert email not in user.email
        assert own.get("/account").status_code == 302
        assert other.get("/account").status_code == 302
        assert session.scalars(select(Membership).where(Membership.ended_at.is_(None))).all() == []
        grants = select(PlatformGrant).where(PlatformGrant.ended_at.is_(None))
        assert session.scalars(grants).all() == []
        assert "account.closed" in topics(session)
        make.user(email=email)
        assert session.scalars(select(User).filter_by(email=email)).one() is not user

    def test_last_owner_hands_over_first(self, own, session, user, make):
        organization = make.organization()
        make.membership(user, organization)
        colleague = make.member(organization, MemberRole.EDITOR)

        assert self.close(own).status_code == 422
        assert user.closed_at is None

        make.membership(colleague, organization, MemberRole.OWNER)
        assert self.close(own).status_code == 303

    def test_only_member_may_go(self, own, user, make):
        make.membership(user, make.organization())

        assert self.close(own).status_code == 303
