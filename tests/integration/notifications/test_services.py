from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from marketplace.core import jobs
from marketplace.core.actor import MemberRole
from marketplace.core.errors import NotFound
from marketplace.notifications import queries, services
from marketplace.notifications.models import Digest, Frequency, Notice, NoticeGroup
from marketplace.notifications.rules import DEFAULTS, Channels, Topic
from tests.conftest import NOON
from tests.jobs import run_jobs, waiting

FOUND = Topic("match.found", NoticeGroup.MATCHES, "New match: %(title)s")
SENT = Topic("answer.sent", NoticeGroup.ANSWERS, "An answer came in: %(title)s")


def tell(session, *people, topic=FOUND, dedupe="pair:1", now=NOON):
    return services.notify(
        session,
        people=[person.id for person in people],
        topic=topic,
        dedupe=dedupe,
        values={"title": "激光焊接"},
        link="/needs/1",
        now=now,
    )


def choose(session, person, group, *, mail, on_site=True):
    services.choose_channels(
        session, person_id=person.id, choices={group: Channels(on_site=on_site, mail=mail)}
    )


class TestNotify:
    def test_tells_each_person_once(self, session, make):
        first, second = make.user(), make.user()
        assert len(tell(session, first, second)) == 2
        assert tell(session, first, second) == []
        assert session.scalar(select(func.count()).select_from(Notice)) == 2

    def test_tells_whoever_was_not_told_yet(self, session, make):
        first, second = make.user(), make.user()
        tell(session, first)
        made = tell(session, first, second)
        assert [session.get(Notice, made[0]).person_id] == [second.id]

    def test_stays_silent_after_the_first_was_read(self, session, make):
        person = make.user()
        (made,) = tell(session, person)
        services.open_notice(session, actor=make.actor(person), notice_id=made, now=NOON)
        assert tell(session, person) == []

    @pytest.mark.parametrize("gone", ["closed_at", "suspended_at"])
    def test_leaves_out_who_has_no_living_account(self, session, make, gone):
        assert tell(session, make.user(**{gone: NOON})) == []

    def test_of_nobody_makes_nothing(self, session):
        assert tell(session) == []

    def test_queues_mail_at_once_only_where_chosen(self, session, make):
        person = make.user()
        tell(session, person)
        assert waiting(session) == []
        (made,) = tell(session, person, topic=SENT, dedupe="answer:1")
        assert waiting(session) == [("hearer:notifications.mail", {"notice_id": str(made)})]

    def test_mails_nothing_to_an_unconfirmed_address(self, session, make):
        (made,) = tell(session, make.user(email_confirmed_at=None), topic=SENT)
        assert session.get(Notice, made).mail is Frequency.OFF
        assert waiting(session) == []

    def test_keeps_a_notice_out_of_the_site_where_chosen(self, session, make):
        person = make.user()
        choose(session, person, NoticeGroup.MATCHES, mail=Frequency.DAILY, on_site=False)
        tell(session, person)
        assert queries.list_notices(session, actor=make.actor(person)).total == 0
        assert queries.count_unread(session, person_id=person.id) == 0

    def test_refuses_a_link_to_another_site(self, session, make):
        with pytest.raises(IntegrityError, match="notice_links_into_the_site"):
            services.notify(
                session,
                people=[make.user().id],
                topic=FOUND,
                dedupe="x",
                values={"title": ""},
                link="//elsewhere.example",
                now=NOON,
            )


class TestReading:
    def test_counts_what_is_unread(self, session, make):
        person = make.user()
        (first,) = tell(session, person)
        tell(session, person, dedupe="pair:2")
        assert queries.count_unread(session, person_id=person.id) == 2
        services.open_notice(session, actor=make.actor(person), notice_id=first, now=NOON)
        session.flush()
        assert queries.count_unread(session, person_id=person.id) == 1

    def test_keeps_the_first_moment(self, session, make):
        person = make.user()
        (made,) = tell(session, person)
        actor = make.actor(person)
        services.open_notice(session, actor=actor, notice_id=made, now=NOON)
        later = NOON + timedelta(days=1)
        assert services.open_notice(session, actor=actor, notice_id=made, now=later).read_at == NOON

    def test_of_somebody_elses_notice_is_not_found(self, session, make):
        (made,) = tell(session, make.user())
        with pytest.raises(NotFound):
            services.open_notice(session, actor=make.actor(), notice_id=made, now=NOON)

    def test_all_of_one_group(self, session, make):
        person, other = make.user(), make.user()
        tell(session, person, other)
        tell(session, person, topic=SENT, dedupe="answer:1")
        actor = make.actor(person)
        services.read_all(session, actor=actor, group=NoticeGroup.MATCHES, now=NOON)
        left = queries.list_notices(session, actor=actor, unread=True)
        assert [notice.topic for notice in left.items] == ["answer.sent"]
        services.read_all(session, actor=actor, group=None, now=NOON)
        assert queries.list_notices(session, actor=actor, unread=True).total == 0
        assert queries.count_unread(session, person_id=other.id) == 1

    def test_filters_by_group_newest_first(self, session, make):
        person = make.user()
        tell(session, person, now=NOON - timedelta(hours=1))
        tell(session, person, dedupe="pair:2")
        tell(session, person, topic=SENT, dedupe="answer:1")
        found = queries.list_notices(session, actor=make.actor(person), group=NoticeGroup.MATCHES)
        assert [notice.dedupe for notice in found.items] == ["pair:2", "pair:1"]


class TestTakeForMail:
    def test_gives_a_notice_once(self, session, make):
        person = make.user()
        (made,) = tell(session, person, topic=SENT)
        taken = services.take_for_mail(session, notice_id=made, now=NOON)
        assert taken is not None
        assert (taken[0].id, taken[1].mailed_at) == (person.id, NOON)
        assert services.take_for_mail(session, notice_id=made, now=NOON) is None

    def test_gives_nothing_once_the_person_wants_no_mail(self, session, make):
        person = make.user()
        (made,) = tell(session, person, topic=SENT)
        choose(session, person, NoticeGroup.ANSWERS, mail=Frequency.OFF)
        assert services.take_for_mail(session, notice_id=made, now=NOON) is None

    def test_gives_nothing_once_the_account_is_closed(self, session, make):
        person = make.user()
        (made,) = tell(session, person, topic=SENT)
        person.closed_at = NOON
        session.flush()
        assert services.take_for_mail(session, notice_id=made, now=NOON) is None


def take(session, person, *, frequency=Frequency.DAILY, now=NOON):
    taken = services.take_for_digest(session, person_id=person.id, frequency=frequency, now=now)
    return None if taken is None else [notice.dedupe for notice in taken[1]]


class TestTakeForDigest:
    def test_gathers_unread_lines_and_marks_them(self, session, make):
        person = make.user()
        tell(session, person)
        tell(session, person, dedupe="pair:2", now=NOON + timedelta(minutes=1))
        (read,) = tell(session, person, dedupe="pair:3")
        services.open_notice(session, actor=make.actor(person), notice_id=read, now=NOON)
        assert queries.waiting_for_digest(session, Frequency.DAILY) == [person.id]
        assert take(session, person) == ["pair:2", "pair:1"]
        assert queries.waiting_for_digest(session, Frequency.DAILY) == []
        assert session.scalar(select(Digest.notices)) == 2

    def test_happens_once_a_day(self, session, make):
        person = make.user()
        tell(session, person)
        assert take(session, person)
        tell(session, person, dedupe="pair:2")
        assert take(session, person) is None
        assert take(session, person, now=NOON + timedelta(days=1)) == ["pair:2"]

    def test_holds_nothing_of_another_frequency(self, session, make):
        person = make.user()
        tell(session, person)
        assert take(session, person, frequency=Frequency.WEEKLY) is None

    def test_is_not_written_to_a_suspended_person(self, session, make):
        person = make.user()
        tell(session, person)
        person.suspended_at = NOON
        session.flush()
        assert take(session, person) is None


class TestChoosing:
    def test_moves_what_waits_to_the_new_digest(self, session, make):
        person = make.user()
        (made,) = tell(session, person)
        choose(session, person, NoticeGroup.MATCHES, mail=Frequency.WEEKLY)
        session.expire_all()
        assert session.get(Notice, made).mail is Frequency.WEEKLY

    def test_of_at_once_leaves_old_lines_to_the_daily_digest(self, session, make):
        person = make.user()
        (made,) = tell(session, person)
        choose(session, person, NoticeGroup.MATCHES, mail=Frequency.NOW)
        session.expire_all()
        assert session.get(Notice, made).mail is Frequency.DAILY
        assert waiting(session) == []

    def test_of_no_mail_ends_what_waits(self, session, make):
        person = make.user()
        tell(session, person)
        choose(session, person, NoticeGroup.MATCHES, mail=Frequency.OFF)
        assert queries.waiting_for_digest(session, Frequency.DAILY) == []

    def test_twice_keeps_the_last(self, session, make):
        person = make.user()
        choose(session, person, NoticeGroup.MATCHES, mail=Frequency.OFF)
        choose(session, person, NoticeGroup.MATCHES, mail=Frequency.NOW, on_site=False)
        chosen = queries.choices_of(session, person.id)
        assert chosen[NoticeGroup.MATCHES] == Channels(on_site=False, mail=Frequency.NOW)
        assert chosen[NoticeGroup.ANSWERS].mail is Frequency.NOW


class TestUnsubscribe:
    def test_ends_the_mails_but_not_the_notices(self, session, make):
        person = make.user()
        assert services.unsubscribe(session, person_id=person.id, group=NoticeGroup.MATCHES)
        tell(session, person)
        assert queries.waiting_for_digest(session, Frequency.DAILY) == []
        assert queries.count_unread(session, person_id=person.id) == 1

    def test_of_a_closed_account_does_nothing(self, session, make):
        person = make.user(closed_at=NOON)
        assert not services.unsubscribe(session, person_id=person.id, group=NoticeGroup.MATCHES)


class TestMembersOf:
    def test_gives_the_writers_of_today_once(self, session, make):
        organization = make.organization()
        owner = make.member(organization)
        make.membership(owner, organization, MemberRole.EDITOR)
        make.member(organization, MemberRole.OPERATOR_STAFF)
        former = make.user()
        make.membership(former, organization, ended_at=NOON - timedelta(days=1))
        assert queries.members_of(session, [organization.id], now=NOON) == [owner.id]


class TestForget:
    def test_removes_what_a_closed_account_was_told(self, app, session, make):
        person, other = make.user(), make.user()
        tell(session, person, other)
        choose(session, person, NoticeGroup.MATCHES, mail=Frequency.WEEKLY)
        jobs.tell(session, "account.closed", user_id=str(person.id))
        run_jobs(app, session)
        assert session.scalars(select(Notice.person_id)).all() == [other.id]
        assert queries.choices_of(session, person.id) == DEFAULTS
