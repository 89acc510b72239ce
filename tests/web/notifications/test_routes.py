from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from marketplace.core.jobs import Work
from marketplace.mail.delivery import composed, rendered
from marketplace.mail.models import OutboxMail
from marketplace.notifications import letters, queries, services, tokens
from marketplace.notifications.models import Frequency, Notice, NoticeGroup
from marketplace.notifications.rules import Channels, Topic, both
from tests.clients import parsed, words
from tests.conftest import NOON
from tests.jobs import run_jobs, topics

FOUND = Topic("match.found", NoticeGroup.MATCHES, "%(title)s")
SENT = Topic("answer.sent", NoticeGroup.ANSWERS, "%(title)s")


def tell(session, person, *, topic=FOUND, dedupe="pair:1", title=None, link="/notices/"):
    return services.notify(
        session,
        people=[person.id],
        topic=topic,
        dedupe=dedupe,
        values={"title": title or both("激光焊接", "Laser welding")},
        link=link,
        now=NOON,
    )


@pytest.fixture
def person(make):
    return make.user()


class TestIndex:
    def test_sends_a_visitor_to_sign_in(self, client):
        assert client.get("/notices/").status_code in (302, 401)

    def test_shows_notices_in_the_pages_language(self, client, session, person):
        tell(session, person)
        client.sign_in(person)
        assert "激光焊接" in words(client.get("/notices/"))
        assert "Laser welding" in words(client.get("/en/notices/"))

    def test_shows_nobody_elses(self, client, session, make, person):
        tell(session, make.user(), title="别人的")
        client.sign_in(person)
        assert "别人的" not in words(client.get("/notices/"))

    def test_counts_unread_in_the_frame(self, client, session, person):
        tell(session, person)
        client.sign_in(person)
        header = parsed(client.get("/en/notices/")).find(".//header")
        assert "1 unread" in " ".join(" ".join(header.itertext()).split())

    def test_filters_by_group_and_unread(self, client, session, person):
        tell(session, person, title="甲")
        tell(session, person, topic=SENT, dedupe="a", title="乙")
        client.sign_in(person)
        shown = words(client.get("/en/notices/?group=answers"))
        assert "乙" in shown
        assert "甲" not in shown
        client.post("/notices/read", data={"group": "matches"})
        shown = words(client.get("/en/notices/?unread=yes"))
        assert "乙" in shown
        assert "甲" not in shown

    @pytest.mark.parametrize("query", ["?group=nonsense", "?page=x", "?page=-4", "?page=99"])
    def test_bears_odd_addresses(self, client, person, query):
        client.sign_in(person)
        assert client.get("/notices/" + query).status_code == 200


class TestOpen:
    def test_marks_as_read_and_leads_on_in_the_same_language(self, client, session, person):
        (made,) = tell(session, person, link="/notices/preferences")
        client.sign_in(person)
        response = client.post(f"/en/notices/{made}/open")
        assert (response.status_code, response.location) == (303, "/en/notices/preferences")
        assert session.get(Notice, made).is_read

    def test_stays_on_the_list_when_asked(self, client, session, person):
        (made,) = tell(session, person, link="/notices/preferences")
        client.sign_in(person)
        response = client.post(
            f"/notices/{made}/open", data={"stay": "yes", "back": "//elsewhere.example"}
        )
        assert response.location == "/notices/"

    def test_of_somebody_elses_notice_is_not_found(self, client, session, make, person):
        (made,) = tell(session, make.user())
        client.sign_in(person)
        assert client.post(f"/notices/{made}/open").status_code == 404


def data(**changes):
    values = {f"mail_{group.value}": "daily" for group in NoticeGroup}
    return values | {f"on_site_{group.value}": "y" for group in NoticeGroup} | changes


class TestPreferences:
    def test_show_the_defaults(self, client, person):
        client.sign_in(person)
        page = parsed(client.get("/en/notices/preferences"))
        chosen = [
            option.get("value")
            for option in page.findall(".//select[@id='mail_answers']/option")
            if option.get("selected") is not None
        ]
        assert chosen == ["now"]

    def test_are_kept(self, client, session, person):
        client.sign_in(person)
        sent = data(mail_matches="off")
        del sent["on_site_matches"]
        assert client.post("/notices/preferences", data=sent).status_code == 303
        assert queries.choices_of(session, person.id)[NoticeGroup.MATCHES] == Channels(
            on_site=False, mail=Frequency.OFF
        )

    def test_refuse_a_value_that_is_not_offered(self, client, session, person):
        client.sign_in(person)
        response = client.post("/en/notices/preferences", data=data(mail_jobs="hourly"))
        assert response.status_code == 422
        assert "Choose one of the offered values." in words(response)
        assert queries.choices_of(session, person.id)[NoticeGroup.JOBS].mail is Frequency.OFF


class TestUnsubscribe:
    @pytest.fixture
    def address(self, application, person):
        secret = application.extensions["hanqiao.settings"].secret_key
        return "/notices/unsubscribe/" + tokens.sign(secret, person.id, {NoticeGroup.MATCHES})

    def test_asks_before_it_acts(self, client, session, person, address):
        assert "New matches" in words(client.get("/en" + address))
        chosen = queries.choices_of(session, person.id)
        assert chosen[NoticeGroup.MATCHES].mail is Frequency.DAILY

    def test_works_signed_out_and_without_a_token_of_the_form(
        self, application, client, session, person, address
    ):
        application.config["WTF_CSRF_ENABLED"] = True
        try:
            response = client.post(address, data={"List-Unsubscribe": "One-Click"})
        finally:
            application.config["WTF_CSRF_ENABLED"] = False
        assert response.status_code == 200
        chosen = queries.choices_of(session, person.id)
        assert chosen[NoticeGroup.MATCHES] == Channels(on_site=True, mail=Frequency.OFF)
        assert chosen[NoticeGroup.ANSWERS].mail is Frequency.NOW

    def test_refuses_an_altered_link(self, client, address):
        assert client.post(address + "x").status_code == 404


def mails(session):
    return session.scalars(select(OutboxMail).order_by(OutboxMail.queued_at)).all()


def work(app, session):
    parts = SimpleNamespace(settings=app.extensions["hanqiao.settings"])
    return Work(session=session, now=NOON, parts=parts)


class TestLetters:
    def test_one_notice_in_the_readers_language_once(self, app, session, make):
        person = make.user(language="en")
        (made,) = tell(session, person, topic=SENT, link="/needs/1")
        run_jobs(app, session)
        letters.mail_notice(work(app, session), notice_id=str(made))
        (mail,) = mails(session)
        letter = rendered(mail)
        assert (mail.recipient, letter.subject) == (person.email, "Laser welding")
        assert "http://127.0.0.1:8000/en/needs/1" in letter.text
        assert "/en/notices/unsubscribe/" in letter.text
        assert letter.html.count("<a ") == 3
        message = composed(mail, letter, sender="Hanqiao <no-reply@hanqiao.example>", now=NOON)
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert "/en/notices/unsubscribe/" in message["List-Unsubscribe"]

    def test_a_digest_gathers_and_goes_out_once(self, app, session, make):
        person = make.user(language="zh")
        tell(session, person, title="甲", link="/needs/1")
        tell(session, person, dedupe="pair:2", title="乙")
        at_work = work(app, session)
        letters.start_weekly(at_work)
        assert topics(session) == set()
        letters.start_daily(at_work)
        letters.start_daily(at_work)
        run_jobs(app, session)
        (mail,) = mails(session)
        letter = rendered(mail)
        assert {"甲", "乙"} <= set(re.findall(r"[甲乙]", letter.text))
        assert "http://127.0.0.1:8000/needs/1" in letter.text
        assert "2" in letter.subject

    def test_a_long_digest_counts_what_it_leaves_to_the_site(self, app, session, make):
        person = make.user(language="en")
        for number in range(services.DIGEST_LINES + 3):
            tell(session, person, dedupe=f"pair:{number}")
        letters.start_daily(work(app, session))
        run_jobs(app, session)
        assert "and 3 more" in rendered(mails(session)[0]).text

    def test_the_link_in_the_mail_ends_the_mails(self, app, client, session, make):
        person = make.user(language="en")
        tell(session, person)
        letters.start_daily(work(app, session))
        run_jobs(app, session)
        text = rendered(mails(session)[0]).text
        path = re.search(r"http://127\.0\.0\.1:8000(/en/notices/unsubscribe/\S+)", text)[1]
        assert client.post(path).status_code == 200
        chosen = queries.choices_of(session, person.id)
        assert chosen[NoticeGroup.MATCHES].mail is Frequency.OFF
