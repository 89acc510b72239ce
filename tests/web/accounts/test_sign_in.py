"""Signing in, with and without a second step."""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select

from config import Settings
from marketplace.accounts.models import SignIn
from marketplace.accounts.passwords import is_outdated
from marketplace.accounts.services import throttle
from marketplace.app import create_app
from marketplace.web.clock import now
from marketplace.web.extensions import db, limiter
from tests.clients import parsed, words
from tests.factories.accounts import PASSWORD

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def sign_in(client, email, password=PASSWORD, **query):
    return client.post("/sign-in", data={"email": email, "password": password}, query_string=query)


class TestSignIn:
    def test_opens_the_desk(self, client, make):
        user = make.user()

        response = sign_in(client, f" {user.email.upper()} ")

        assert (response.status_code, response.location) == (303, "/desk")
        assert user.name in words(client.get("/account"))

    def test_strengthens_an_old_hash(self, client, make):
        user = make.user()
        assert is_outdated(user.password_hash)

        sign_in(client, user.email)

        assert not is_outdated(user.password_hash)

    def test_answers_the_same_to_a_wrong_password_and_an_unknown_address(self, client, make):
        user = make.user()

        wrong = sign_in(client, user.email, "not the password")
        unknown = sign_in(client, "nobody@example.com")

        assert wrong.status_code == unknown.status_code == 422
        assert words(wrong) == words(unknown)
        assert user.email in wrong.get_data(as_text=True)

    @pytest.mark.parametrize("moment", ["suspended_at", "closed_at"])
    def test_refuses_accounts_that_are_not_open(self, client, make, moment):
        user = make.user(**{moment: now()})

        assert sign_in(client, user.email).status_code == 422
        assert client.get("/account").status_code == 302

    def test_tells_of_a_suspension_only_to_who_knows_the_password(self, client, make):
        user = make.user(suspended_at=now())

        assert "停用" in words(sign_in(client, user.email))
        assert "停用" not in words(sign_in(client, user.email, "wrong password"))

    @pytest.mark.parametrize("known", [True, False])
    def test_locks_an_address_after_five_failures_known_or_not(self, client, session, make, known):
        email = make.user(email="li@example.com").email if known else "nobody@example.com"
        for _ in range(throttle.FREE_TRIES):
            assert sign_in(client, email, "wrong password").status_code == 422

        response = sign_in(client, email)

        assert response.status_code == 429
        assert 1 <= int(response.headers["Retry-After"]) <= 60
        assert session.scalars(select(SignIn)).all() == []

    def test_lock_opens_again(self, client, session, make):
        user = make.user()
        for _ in range(throttle.FREE_TRIES):
            throttle.note_failure(session, user.email, now=now() - timedelta(minutes=2))

        assert sign_in(client, user.email).status_code == 303

    def test_success_forgets_the_failures(self, client, session, make):
        user = make.user()
        for _ in range(throttle.FREE_TRIES - 1):
            sign_in(client, user.email, "wrong password")
        sign_in(client, user.email)
        client.post("/sign-out")

        assert sign_in(client, user.email, "wrong password").status_code == 422
        assert sign_in(client, user.email).status_code == 303

    def test_limits_tries_from_one_network_address(self, app, home, database_url):
        limited = create_app(
            Settings.for_tests(home=home, database_url=database_url, rate_limits=True)
        )
        limited.config["WTF_CSRF_ENABLED"] = False
        client = limited.test_client()
        try:
            answers = [client.post("/sign-in", data={}) for _ in range(31)]
        finally:
            limiter.enabled = False
            with limited.app_context():
                db.engine.dispose()
        assert [answer.status_code for answer in answers] == [422] * 30 + [429]
        assert int(answers[-1].headers["Retry-After"]) <= 60

    @pytest.mark.parametrize(("proxies", "last"), [(0, 429), (1, 422)])
    def test_believes_a_proxy_only_when_told_to(self, app, home, database_url, proxies, last):
        limited = create_app(
            Settings.for_tests(
                home=home, database_url=database_url, rate_limits=True, trusted_proxies=proxies
            )
        )
        limited.config["WTF_CSRF_ENABLED"] = False
        client = limited.test_client()
        try:
            codes = [
                client.post(
                    "/sign-in", data={}, headers={"X-Forwarded-For": f"192.0.2.{number}"}
                ).status_code
                for number in range(31)
            ]
        finally:
            limiter.enabled = False
            with limited.app_context():
                db.engine.dispose()
        assert codes[-1] == last

    def test_visit_while_signed_in_goes_on(self, client, make):
        client.sign_in(make.user())

        assert client.get("/sign-in?next=/account").location == "/account"


class TestNext:
    @pytest.mark.parametrize("wanted", ["/account", "/en/account?x=1"])
    def test_leads_back_to_own_pages(self, client, make, wanted):
        assert sign_in(client, make.user().email, next=wanted).location == wanted

    @pytest.mark.parametrize(
        "wanted",
        [
            "https://evil.example/",
            "//evil.example/",
            "/\\evil.example",
            "\\\\evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
            "https:evil.example",
            " //evil.example",
        ],
    )
    def test_never_leads_away(self, client, make, wanted):
        assert sign_in(client, make.user().email, next=wanted).location == "/desk"

    def test_page_asked_for_is_kept_with_its_language(self, client):
        response = client.get("/en/account?x=1")

        assert response.location == "/en/sign-in?next=/en/account?x%3D1"


class TestSecondStep:
    @pytest.fixture
    def user(self, make):
        return make.user(totp_secret=SECRET, totp_confirmed_at=now())

    def code(self, step=0):
        return pyotp.TOTP(SECRET).at(now() + timedelta(seconds=30 * step))

    def test_asks_for_a_code_after_the_password(self, client, session, user):
        response = sign_in(client, user.email, next="/account")
        assert response.location == "/sign-in/code"
        assert client.get("/account").status_code == 302

        response = client.post("/sign-in/code", data={"code": self.code()})

        assert (response.status_code, response.location) == (303, "/account")
        assert client.get("/account").status_code == 200

    def test_refuses_a_code_that_was_used(self, app, user):
        code = self.code()
        first, second = app.test_client(), app.test_client()
        sign_in(first, user.email)
        sign_in(second, user.email)
        assert first.post("/sign-in/code", data={"code": code}).status_code == 303

        assert second.post("/sign-in/code", data={"code": code}).status_code == 422

    def test_refuses_an_older_code_than_the_one_used(self, app, user):
        first, second = app.test_client(), app.test_client()
        sign_in(first, user.email)
        sign_in(second, user.email)
        assert first.post("/sign-in/code", data={"code": self.code(1)}).status_code == 303

        assert second.post("/sign-in/code", data={"code": self.code(0)}).status_code == 422

    @pytest.mark.parametrize(
        "code", ["000000", "abcdef", "１２３４５６", "", "12345678901234567890"]
    )
    def test_refuses_what_is_no_code(self, client, user, code):
        sign_in(client, user.email)

        assert client.post("/sign-in/code", data={"code": code}).status_code == 422
        assert client.get("/account").status_code == 302

    def test_counts_wrong_codes_too(self, client, user):
        sign_in(client, user.email)
        for _ in range(throttle.FREE_TRIES):
            client.post("/sign-in/code", data={"code": "000000"})

        assert client.post("/sign-in/code", data={"code": self.code()}).status_code == 429

    def test_is_no_page_of_its_own(self, client):
        assert client.get("/sign-in/code").location == "/sign-in"

    def test_waits_ten_minutes_for_the_code(self, client, user):
        sign_in(client, user.email)
        with client.session_transaction() as cookie:
            cookie["second_step"] |= {"until": (now() - timedelta(seconds=1)).isoformat()}

        assert client.post("/sign-in/code", data={"code": self.code()}).location == "/sign-in"
        assert client.get("/account").status_code == 302

    def test_is_over_when_the_account_was_suspended_meanwhile(self, client, user):
        sign_in(client, user.email)
        user.suspended_at = now()

        assert client.post("/sign-in/code", data={"code": self.code()}).location == "/sign-in"


class TestSession:
    def test_sign_out_ends_it_on_the_server(self, app, client, make):
        user = make.user()
        sign_in(client, user.email)
        stolen = app.test_client()
        with client.session_transaction() as cookie, stolen.session_transaction() as copy:
            copy.update(cookie)
        assert stolen.get("/account").status_code == 200

        client.post("/sign-out")

        assert stolen.get("/account").status_code == 302

    def test_ends_after_thirty_days(self, client, session, make):
        client.sign_in(make.user())
        session.scalars(select(SignIn)).one().started_at = now() - timedelta(days=31)

        assert client.get("/account").status_code == 302

    def test_old_cookie_is_worth_nothing_after_a_new_sign_in(self, client, make):
        user = make.user()
        sign_in(client, user.email)
        with client.session_transaction() as cookie:
            first = cookie["sign_in"]
        client.post("/sign-out")
        sign_in(client, user.email)
        with client.session_transaction() as cookie:
            assert cookie["sign_in"] != first

    def test_sending_a_form_notes_when_it_was_used(self, client, session, make):
        client.sign_in(make.user())
        sign_in_row = session.scalars(select(SignIn)).one()
        sign_in_row.seen_at = now() - timedelta(hours=2)
        client.get("/account")
        assert sign_in_row.seen_at < now() - timedelta(hours=1)

        client.post("/account/sign-ins/end-others")

        assert sign_in_row.seen_at > now() - timedelta(minutes=1)

    def test_a_made_up_cookie_is_nobody(self, client):
        with client.session_transaction() as cookie:
            cookie["sign_in"] = 7

        assert client.get("/account").status_code == 302


class TestCsrf:
    @pytest.fixture
    def guarded(self, app):
        app.config["WTF_CSRF_ENABLED"] = True
        yield app.test_client()
        app.config["WTF_CSRF_ENABLED"] = False

    def token(self, client, address):
        found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).text)
        assert found is not None
        return found[1]

    def enter(self, client, user):
        data = {"email": user.email, "password": PASSWORD}
        data["csrf_token"] = self.token(client, "/sign-in")
        return client.post("/sign-in", data=data)

    def test_form_opened_before_the_session_ended_can_still_be_sent(self, guarded, session, make):
        user = make.user()
        self.enter(guarded, user)
        typed = {
            "csrf_token": self.token(guarded, "/account"),
            "name": "Li Ming",
            "language": "zh",
        }
        session.scalars(select(SignIn)).one().ended_at = now()
        refused = guarded.post("/account", data=typed | {"password": "a secret"})
        assert refused.status_code == 401
        kept = {item.get("name"): item.get("value") for item in parsed(refused).iter("input")}
        assert kept.items() >= {"name": "Li Ming", "language": "zh"}.items()
        assert "a secret" not in refused.text

        self.enter(guarded, user)

        assert guarded.post("/account", data=typed).status_code == 303
        assert user.name == "Li Ming"

    def test_form_of_another_person_can_not(self, guarded, session, make):
        first, second = make.user(), make.user()
        self.enter(guarded, first)
        typed = {"csrf_token": self.token(guarded, "/account"), "name": "Li", "language": "zh"}
        session.scalars(select(SignIn)).one().ended_at = now()
        guarded.get("/account")
        self.enter(guarded, second)

        assert guarded.post("/account", data=typed).status_code == 400

    def test_secret_changes_with_a_first_sign_in(self, guarded, make):
        before = self.token(guarded, "/sign-in")
        self.enter(guarded, make.user())

        answer = guarded.post(
            "/account", data={"csrf_token": before, "name": "Li", "language": "zh"}
        )
        assert answer.status_code == 400

    def test_forms_without_a_token_are_refused(self, guarded, session, make):
        user = make.user()

        response = guarded.post("/sign-in", data={"email": user.email, "password": PASSWORD})

        assert response.status_code == 400
        assert session.scalars(select(SignIn)).all() == []

    @pytest.mark.parametrize(
        "address",
        ["/sign-out", "/account", "/account/close", "/account/sign-ins/end-others", "/register"],
    )
    def test_every_change_needs_one(self, guarded, make, address):
        guarded.sign_in(make.user())

        assert guarded.post(address, data={"name": "x"}).status_code == 400
