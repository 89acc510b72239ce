"""Sending a message in the caller's transaction."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from marketplace.core import jobs
from marketplace.mail.models import OutboxMail

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session


def send(
    session: Session,
    *,
    topic: str,
    to: str,
    language: str,
    values: Mapping[str, object],
    now: datetime,
) -> OutboxMail:
    """Queue a message; it leaves when the transaction was committed.

    Subject and body are ``templates/email/<topic>/{subject.txt,body.txt,body.html}``, rendered in
    ``language`` with ``values`` (anything that JSON can hold, ids and moments as text).
    """
    mail = OutboxMail(
        topic=topic,
        recipient=to,
        language=language,
        details=json.loads(json.dumps(dict(values), default=str)),
        queued_at=now,
    )
    session.add(mail)
    session.flush()
    jobs.ask(session, "mail.deliver", mail_id=str(mail.id))
    return mail
