"""Registering, and the mailed links."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from marketplace.accounts.models import Registration, User
from marketplace.accounts.passwords import matches
from marketplace.mail.models import OutboxMail
from tests.clients import words
from tests.factories.accounts import PASSWORD
from tests.jobs import run_jobs


def last_mail(app, session):
    run_jobs(app, session)
    return session.scalars(select(OutboxMail).order_by(OutboxMail.created_at.desc())).first()


def register(client, email="li.ming@example.com", path="/register"):
    return client.post(path, data={"name": "Li Ming", "email": email, "agreed": "y"})


class TestRegister:
    def test_makes_an_account_behind_the_mailed_link(self, app, client, session):
        response = register(client, "Li.Ming@Example.com ")
        mail = last_mail(app, session)

        assert response.status_code == 200
        assert (mail.topic, mail.recipient) == ("register", "li.ming@example.com")
        assert session.scalars(select(User)).all() == []

        link = f"/register/{mail.details['token']}"
        assert client.get(link).status_code == 200
        answer = client.post(link, data={"name": "Li Ming", "password": PASSWORD})

        assert answer.status_code == 303
        user = session.scalars(select(User)).one()
        assert user.email == "li.ming@example.com"
        assert matches(user.password_hash, PASSWORD)
        assert client.get("/account").status_code == 200

    def test_link_works_once(self, app, client, session):
        register(client)
        link = f"/register/{last_mail(app, session).details['token']}"
        client.post(link, data={"name": "Li Ming", "password": PASSWORD})

        assert client.get(link).status_code == 410

    def test_newer_link_replaces_the_older(self, app, client, session):
        register(client)
        first = last_mail(app, session).details["token"]
        register(client)
        last_mail(app, session)

        assert client.get(f"/register/{first}").status_code == 410
        open_ones = select(Registration).where(Registration.used_at.is_(None))
        assert len(session.scalars(open_ones).all()) == 1

    def test_tells_nobody_whether_an_address_is_known(self, app, client, session, make):
        user = make.user()

        known, unknown = register(client, user.email), register(client, "nobody@example.com")

        hide = re.compile(rf"{user.email}|nobody@example.com")
        assert known.status_code == unknown.status_code
        assert hide.sub("", words(known)) == hide.sub("", words(unknown))
        run_jobs(app, session)
        topics = {mail.recipient: mail.topic for mail in session.scalars(select(OutboxMail))}
        assert topics == {user.email: "already_registered", "nobody@example.com": "register"}

    def test_refuses_an_address_that_is_none_and_keeps_what_was_typed(self, client):
        response = register(client, "li.ming at example")

        assert response.status_code == 422
        assert 'value="li.ming at example"' in response.get_data(as_text=True)

    def test_easy_password_is_refused_behind_the_link(self, app, client, session):
        register(client)
        link = f"/register/{last_mail(app, session).details['token']}"

        for password in ("short", "1234567890", "aaaaaaaaaaaaa", "li.ming@example.com", "x" * 300):
            response = client.post(link, data={"name": "Li Ming", "password": password})
            assert response.status_code == 422
        assert session.scalars(select(User)).all() == []

    @pytest.mark.parametrize(("path", "language"), [("/register", "zh"), ("/en/register", "en")])
    def test_writes_in_the_language_of_the_page(self, app, client, session, path, language):
        register(client, path=path)

        assert last_mail(app, session).language == language


class TestReset:
    def test_sets_a_new_password_and_signs_out_everywhere(self, app, client, session, make):
        user = make.user()
        other = app.test_client().sign_in(user)
        client.post("/password/forgotten", data={"email": user.email.upper()})
        link = f"/password/{last_mail(app, session).details['token']}"

        response = client.post(link, data={"password": "a quite new sentence"})

        assert response.status_code == 303
        session.refresh(user)
        assert matches(user.password_hash, "a quite new sentence")
        assert other.get("/account").status_code == 302
        assert client.get(link).status_code == 410

    def test_is_silent_about_unknown_addresses(self, app, client, session, make):
        user = make.user()

        known = client.post("/password/forgotten", data={"email": user.email})
        unknown = client.post("/password/forgotten", data={"email": "nobody@example.com"})
        run_jobs(app, session)

        assert known.status_code == unknown.status_code == 200
        mails = session.scalars(select(OutboxMail)).all()
        assert [mail.recipient for mail in mails] == [user.email]

    def test_closed_link_page_for_an_invented_token(self, client):
        assert client.get("/password/invented").status_code == 410
