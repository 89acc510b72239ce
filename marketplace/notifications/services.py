"""Telling people, and letting them choose how."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts.models import User
from marketplace.core import jobs
from marketplace.notifications import queries
from marketplace.notifications.models import (
    Digest,
    Frequency,
    Notice,
    NoticeChoice,
    NoticeGroup,
)
from marketplace.notifications.rules import DEFAULTS, Channels

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.notifications.rules import Topic

#: China has one time zone without summer time.
BEIJING = timezone(timedelta(hours=8))
#: Lines of one digest; the rest is counted and waits in the site.
DIGEST_LINES = 50


def notify(
    session: Session,
    *,
    people: Collection[UUID],
    topic: Topic,
    dedupe: str,
    values: Mapping[str, Any],
    link: str,
    now: datetime,
) -> list[UUID]:
    """Tell each person once; give the ids of the notices that are new.

    ``dedupe`` names the thing told of (``listing.published:<id>:<version>``): whoever was told of
    it before hears nothing again, whatever they did with the first notice.
    """
    living = queries.reachable(session, people)
    if not living:
        return []
    chosen = queries.channels_of(session, living)
    rows = []
    for person_id, mailable in living.items():
        channels = chosen.get((person_id, topic.group), DEFAULTS[topic.group])
        mail = channels.mail if mailable else Frequency.OFF
        rows.append(
            {
                "id": uuid4(),
                "person_id": person_id,
                "group": topic.group,
                "topic": topic.key,
                "dedupe": dedupe,
                "message": topic.message,
                "values": dict(values),
                "link": link,
                "made_at": now,
                "on_site": channels.on_site,
                "mail": mail,
                "version": 1,
            }
        )
    made = session.execute(
        insert(Notice)
        .on_conflict_do_nothing(constraint="one_notice_per_thing")
        .returning(Notice.id, Notice.mail),
        rows,
    ).all()
    for notice_id, mail in made:
        if mail is Frequency.NOW:
            jobs.ask(session, "notifications.mail", notice_id=str(notice_id))
    return [notice_id for notice_id, _ in made]


def open_notice(session: Session, *, actor: Actor, notice_id: UUID, now: datetime) -> Notice:
    """Mark one of the actor's notices as read and give it."""
    notice = queries.get_notice(session, notice_id, actor=actor)
    notice.read_at = notice.read_at or now
    return notice


def read_all(session: Session, *, actor: Actor, group: NoticeGroup | None, now: datetime) -> None:
    """Mark all the actor's notices (of one group) as read."""
    statement = update(Notice).where(Notice.person_id == actor.user_id, Notice.read_at.is_(None))
    if group is not None:
        statement = statement.where(Notice.group == group)
    session.execute(statement.values(read_at=now, version=Notice.version + 1))


def choose_channels(
    session: Session, *, person_id: UUID, choices: Mapping[NoticeGroup, Channels]
) -> None:
    """Keep a person's channels; what still waits for a digest moves to the new frequency."""
    present = {
        row.group: row
        for row in session.scalars(select(NoticeChoice).where(NoticeChoice.person_id == person_id))
    }
    for group, channels in choices.items():
        row = present.get(group)
        if row is None:
            session.add(
                NoticeChoice(
                    person_id=person_id, group=group, on_site=channels.on_site, mail=channels.mail
                )
            )
        else:
            row.on_site, row.mail = channels.on_site, channels.mail
        _move_waiting(session, person_id, group, channels.mail)
    session.flush()


def _move_waiting(
    session: Session, person_id: UUID, group: NoticeGroup, frequency: Frequency
) -> None:
    """Let a new choice hold for what is not mailed yet; nothing old is mailed because of it."""
    # "At once" speaks of what comes: old lines still go out with the next daily digest.
    target = Frequency.DAILY if frequency is Frequency.NOW else frequency
    session.execute(
        update(Notice)
        .where(
            Notice.person_id == person_id,
            Notice.group == group,
            Notice.mailed_at.is_(None),
            Notice.mail.in_((Frequency.DAILY, Frequency.WEEKLY)),
        )
        .values(mail=target, version=Notice.version + 1)
    )


def unsubscribe(session: Session, *, person_id: UUID, group: NoticeGroup) -> bool:
    """End the mails of one group; the notices in the site go on. False when there is no account."""
    if not queries.reachable(session, [person_id]):
        return False
    channels = queries.choices_of(session, person_id)[group]
    choose_channels(
        session,
        person_id=person_id,
        choices={group: Channels(on_site=channels.on_site, mail=Frequency.OFF)},
    )
    return True


def take_for_mail(
    session: Session, *, notice_id: UUID, now: datetime
) -> tuple[User, Notice] | None:
    """Give a notice that is to be mailed at once, marked as mailed; None if that was done."""
    notice = session.scalar(
        select(Notice)
        .where(Notice.id == notice_id, Notice.mailed_at.is_(None), Notice.mail == Frequency.NOW)
        .with_for_update()
    )
    if notice is None:
        return None
    channels = queries.choices_of(session, notice.person_id)[notice.group]
    if channels.mail is Frequency.OFF or not queries.reachable(session, [notice.person_id]):
        notice.mail = Frequency.OFF
        return None
    notice.mailed_at = now
    return session.get_one(User, notice.person_id), notice


def take_for_digest(
    session: Session, *, person_id: UUID, frequency: Frequency, now: datetime
) -> tuple[User, Sequence[Notice]] | None:
    """Give what a person's digest of today holds, marked as mailed; None when there is nothing.

    A second call on the same day gives None, so a repeated job mails nothing twice.
    """
    if not queries.reachable(session, [person_id]).get(person_id):
        return None
    notices = session.scalars(
        select(Notice)
        .where(
            Notice.person_id == person_id,
            Notice.mail == frequency,
            Notice.mailed_at.is_(None),
            Notice.read_at.is_(None),
        )
        .order_by(Notice.group, Notice.made_at.desc(), Notice.id)
        .with_for_update()
    ).all()
    if not notices:
        return None
    first = session.execute(
        insert(Digest)
        .values(
            id=uuid4(),
            person_id=person_id,
            frequency=frequency,
            on=now.astimezone(BEIJING).date(),
            notices=len(notices),
            version=1,
        )
        .on_conflict_do_nothing(constraint="one_digest_per_day")
        .returning(Digest.id)
    ).scalar()
    if first is None:
        return None
    for notice in notices:
        notice.mailed_at = now
    return session.get_one(User, person_id), notices


def forget(session: Session, *, person_id: UUID) -> None:
    """Remove what a closed account was told and chose."""
    for table in (Notice, NoticeChoice, Digest):
        session.execute(delete(table).where(table.person_id == person_id))
