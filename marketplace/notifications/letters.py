"""Writes notices as mail in each reader's language."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask_babel import force_locale, gettext

from marketplace.core import jobs
from marketplace.mail.delivery import address
from marketplace.mail.services import send
from marketplace.notifications import queries, services, tokens
from marketplace.notifications.models import Frequency
from marketplace.notifications.rules import told
from marketplace.web.languages import LOCALES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marketplace.accounts.models import User
    from marketplace.core.jobs import Work
    from marketplace.notifications.models import Notice


def mail_notice(work: Work, *, notice_id: str) -> None:
    """Mail one notice at once, unless that was done or is no longer wanted."""
    taken = services.take_for_mail(work.session, notice_id=UUID(notice_id), now=work.now)
    if taken is None:
        return
    person, notice = taken
    with force_locale(LOCALES[person.language]):
        values = _lines(work, person, [notice])[0] | {"group": gettext(notice.group.label)}
    _send(work, person, [notice], topic="notice", values=values)


def mail_digest(work: Work, *, person_id: str, frequency: str) -> None:
    """Mail what gathered for one person since the last digest."""
    taken = services.take_for_digest(
        work.session, person_id=UUID(person_id), frequency=Frequency(frequency), now=work.now
    )
    if taken is None:
        return
    person, notices = taken
    shown = notices[: services.DIGEST_LINES]
    with force_locale(LOCALES[person.language]):
        sections = [
            {"label": gettext(group.label), "lines": _lines(work, person, list(members))}
            for group, members in groupby(shown, key=lambda notice: notice.group)
        ]
    values = {
        "sections": sections,
        "count": len(notices),
        "more": len(notices) - len(shown),
        "weekly": frequency == Frequency.WEEKLY,
    }
    _send(work, person, notices, topic="digest", values=values)


def start_daily(work: Work) -> None:
    """Give everybody with something waiting a digest job of their own."""
    _start(work, Frequency.DAILY)


def start_weekly(work: Work) -> None:
    """The same for those who want one mail a week."""
    _start(work, Frequency.WEEKLY)


def _start(work: Work, frequency: Frequency) -> None:
    for person_id in queries.waiting_for_digest(work.session, frequency):
        jobs.ask(
            work.session,
            "notifications.digest",
            person_id=str(person_id),
            frequency=frequency.value,
        )


def _lines(work: Work, person: User, notices: Sequence[Notice]) -> list[dict[str, Any]]:
    base = work.parts.settings.base_url + ("/en" if person.language == "en" else "")
    return [
        {
            "text": told(
                notice.message, notice.values, language=person.language, translate=gettext
            ),
            "url": base + notice.link,
        }
        for notice in notices
    ]


def _send(
    work: Work, person: User, notices: Sequence[Notice], *, topic: str, values: dict[str, Any]
) -> None:
    token = tokens.sign(
        work.parts.settings.secret_key, person.id, {notice.group for notice in notices}
    )
    links = {
        "unsubscribe": address("notifications.unsubscribe", person.language, token=token),
        "preferences": address("notifications.preferences", person.language),
        "all_notices": address("notifications.index", person.language),
    }
    send(
        work.session,
        topic=topic,
        to=person.email,
        language=person.language,
        values={"name": person.name, **values, **links},
        now=work.now,
    )
