"""Messages from the outbox to a mail server."""

from __future__ import annotations

import base64
import smtplib
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import select

from config import Settings
from marketplace.app import create_app
from marketplace.core.jobs import Work
from marketplace.mail.delivery import address, deliver, rendered
from marketplace.mail.models import OutboxMail
from marketplace.mail.services import send
from marketplace.web.extensions import db
from tests.clients import words
from tests.conftest import NOON
from tests.jobs import run_jobs, topics
from tests.mail_server import MailServer

#: Every message of accounts, with the values that its services give.
TOPICS = {
    "register": {"name": "李明", "token": "t0ken"},
    "already_registered": {"name": "李明"},
    "reset_password": {"name": "李明", "token": "t0ken"},
    "password_changed": {"name": "李明"},
    "change_email": {"name": "李明", "token": "t0ken"},
    "email_changed": {"name": "李明"},
    "invitation": {
        "inviter": "Wang Fang",
        "organization": "武汉长江电池",
        "organization_en": "Changjiang Battery",
        "role": "Editor",
        "token": "t0ken",
    },
}
JUDGED = {
    "name": "李明",
    "organization": "武汉长江电池",
    "organization_en": "Changjiang Battery",
    "organization_id": "00000000-0000-4000-8000-000000000000",
    "reason": "The scan is <b>blurred</b>.",
}
TOPICS |= {f"organization_{step}": JUDGED for step in ("verified", "returned", "suspended")}


class Parts:
    def __init__(self, settings) -> None:
        self.settings = settings


def queue(session, topic="register", *, language="zh", to="li@example.com"):
    return send(session, topic=topic, to=to, language=language, values=TOPICS[topic], now=NOON)


def work(app, session, smtp_url=None):
    settings = replace(app.extensions["hanqiao.settings"], smtp_url=smtp_url)
    return Work(session=session, now=NOON, parts=Parts(settings))


class TestRendered:
    @pytest.mark.parametrize("topic", sorted(TOPICS))
    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_has_subject_text_and_html_in_its_language(self, session, topic, language):
        letter = rendered(queue(session, topic, language=language))

        assert letter.subject
        assert "\n" not in letter.subject
        chinese = any("\u4e00" <= sign <= "\u9fff" for sign in letter.subject)
        assert chinese is (language == "zh")
        assert "<html" in letter.html
        if "token" in TOPICS[topic]:
            assert "/t0ken" in letter.text
            assert "/t0ken" in letter.html
        assert ("/en/" in letter.text + letter.html) is (
            language == "en" and topic != "email_changed"
        )

    def test_escapes_values_in_html_alone(self, session):
        letter = rendered(queue(session, "organization_returned"))

        assert "<b>blurred</b>" in letter.text
        assert "<b>blurred</b>" not in letter.html

    def test_addresses_are_complete(self, app):
        assert address("accounts.sign_in", "en") == "http://127.0.0.1:8000/en/sign-in"


class TestDeliver:
    def test_hands_over_once_and_forgets_the_secret(self, app, session):
        mail = queue(session)
        with MailServer() as server:
            deliver(work(app, session, server.url), mail_id=str(mail.id))
            deliver(work(app, session, server.url), mail_id=str(mail.id))

        (message,) = server.taken
        assert message["To"] == "li@example.com"
        assert message["From"] == "Hanqiao <no-reply@hanqiao.example>"
        assert message["Subject"] == "完成注册"
        assert mail.id.hex in message["Message-ID"]
        parts = [part.get_content_type() for part in message.walk()]
        assert parts == ["multipart/alternative", "text/plain", "text/html"]
        assert mail.delivered_at == NOON
        assert mail.details == {}

    def test_signs_in_to_the_server(self, app, session):
        mail = queue(session)
        with MailServer(asks_login=True) as server:
            deliver(work(app, session, server.url), mail_id=str(mail.id))

        assert base64.b64decode(server.logins[0]) == b"\0user\0pass word"
        assert len(server.taken) == 1

    def test_refusal_leaves_it_queued_for_another_try(self, app, session):
        mail = queue(session)
        with MailServer(refuses=True) as server, pytest.raises(smtplib.SMTPRecipientsRefused):
            deliver(work(app, session, server.url), mail_id=str(mail.id))

        assert mail.delivered_at is None

    def test_no_server_is_an_error_that_is_tried_again(self, app, session):
        mail = queue(session)
        with MailServer() as server:
            url = server.url
        with pytest.raises(OSError, match="refused"):
            deliver(work(app, session, url), mail_id=str(mail.id))

    def test_encrypted_server_is_spoken_to_in_tls(self, app, session):
        mail = queue(session)
        with MailServer() as server:
            plain = work(app, session, server.url.replace("smtp:", "smtps:"))
            with pytest.raises(OSError, match=r"(?i)ssl|tls|version"):
                deliver(plain, mail_id=str(mail.id))

    def test_without_a_server_it_stays_readable(self, app, session):
        mail = queue(session)
        assert topics(session) == {"hearer:mail.deliver"}

        run_jobs(app, session)

        assert mail.delivered_at is not None
        assert mail.details["token"] == "t0ken"

    def test_ignores_a_mail_that_is_gone(self, app, session):
        deliver(work(app, session), mail_id=str(uuid4()))


class TestSend:
    def test_leaves_no_trace_of_a_rolled_back_transaction(self, session):
        session.commit()
        queue(session)
        session.rollback()

        assert session.scalars(select(OutboxMail)).all() == []
        assert topics(session) == set()


class TestOutboxPage:
    def test_shows_messages_in_development(self, client, session):
        assert client.get("/development/outbox/").status_code == 200
        mail = queue(session)

        assert "完成注册" in words(client.get("/development/outbox/"))
        assert "/t0ken" in words(client.get(f"/development/outbox/{mail.id}"))

    def test_what_a_server_took_is_gone(self, client, session):
        mail = queue(session)
        mail.details = {}

        assert "register" in words(client.get("/development/outbox/"))
        assert client.get(f"/development/outbox/{mail.id}").status_code == 404

    def test_is_not_served_in_production(self, home, database_url):
        application = create_app(
            Settings.for_tests(home=home, database_url=database_url, environment="production")
        )
        endpoints = {rule.endpoint for rule in application.url_map.iter_rules()}
        with application.app_context():
            db.engine.dispose()

        assert "accounts.sign_in" in endpoints
        assert not {name for name in endpoints if name.startswith("outbox.")}
