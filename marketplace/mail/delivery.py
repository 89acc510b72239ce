"""Rendering queued messages and handing them to a mail server."""

from __future__ import annotations

import logging
import smtplib
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

from flask import current_app
from flask_babel import force_locale

from marketplace.mail.models import OutboxMail
from marketplace.web.extensions import settings
from marketplace.web.languages import LOCALES
from marketplace.web.tongues import mark

if TYPE_CHECKING:
    from datetime import datetime

    from marketplace.core.jobs import Work

log = logging.getLogger(__name__)

#: Seconds that a mail server may take to answer.
PATIENCE = 20


@dataclass(frozen=True)
class Letter:
    """A rendered message."""

    subject: str
    text: str
    html: str


def address(endpoint: str, language: str, **values: Any) -> str:  # noqa: ANN401 — address parts
    """Give the full address of a page in a language; works without a request."""
    base = settings().base_url
    prefix = "/en" if language == "en" else ""
    return base + prefix + current_app.url_map.bind("").build(endpoint, values)


def rendered(mail: OutboxMail) -> Letter:
    """Fill the templates of a message's topic in its language."""
    site = settings()

    def link(endpoint: str, **values: Any) -> str:  # noqa: ANN401 — address parts
        return address(endpoint, mail.language, **values)

    known = {"link": link, "site": site, "language": mail.language, "recipient": mail.recipient}
    with force_locale(LOCALES[mail.language]):
        subject, text, html = (
            current_app.jinja_env.get_template(f"email/{mail.topic}/{name}").render(
                **mail.details, **known
            )
            for name in ("subject.txt", "body.txt", "body.html")
        )
    return Letter(" ".join(subject.split()), text.strip() + "\n", mark(html, mail.language))


def composed(mail: OutboxMail, letter: Letter, *, sender: str, now: datetime) -> EmailMessage:
    """Build the message with a text and an HTML part; the id makes repeats recognizable."""
    name, own = parseaddr(sender)
    message = EmailMessage()
    message["From"] = Address(name, addr_spec=own)
    message["To"] = Address(addr_spec=mail.recipient)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(idstring=mail.id.hex, domain=own.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = "zh-Hans" if mail.language == "zh" else "en"
    if way_out := mail.details.get("unsubscribe"):
        # RFC 8058: mail programs offer a button that posts to this address.
        message["List-Unsubscribe"] = f"<{way_out}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message


def hand_over(url: str, message: EmailMessage) -> None:
    """Give a message to ``smtp://user:password@host:port`` (TLS if offered) or ``smtps://``."""
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    safe = ssl.create_default_context()
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=PATIENCE, context=safe)
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=PATIENCE)
    with server:
        server.ehlo()
        if parts.scheme != "smtps" and server.has_extn("starttls"):
            server.starttls(context=safe)
            server.ehlo()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)


def deliver(work: Work, *, mail_id: str) -> None:
    """Hear ``mail.deliver``: hand a queued message over once; without a server it stays readable.

    A crash between the server's yes and the commit repeats the message under the same id.
    """
    mail = work.session.get(OutboxMail, UUID(mail_id), with_for_update=True)
    if mail is None or mail.delivered_at is not None:
        return
    letter = rendered(mail)
    site = work.parts.settings
    if site.smtp_url:
        hand_over(site.smtp_url, composed(mail, letter, sender=site.mail_from, now=work.now))
        mail.details = {}
    else:
        log.info("mail to %s: %s", mail.recipient, letter.subject)
    mail.delivered_at = work.now
