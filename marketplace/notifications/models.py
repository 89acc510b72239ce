"""Notices, what each person wants of them, and the digests that were sent."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.core.model import Entity, Model


class NoticeGroup(LabelledEnum):
    """What a notice is about; people choose channels per group."""

    MATCHES = "matches", N_("New matches")
    ANSWERS = "answers", N_("Answers and enquiries")
    DEALS = "deals", N_("Deals and their tasks")
    REVIEWS = "reviews", N_("Reviews of our records")
    EXPIRY = "expiry", N_("Records that expire")
    ORGANIZATIONS = "organizations", N_("Our organization")
    SEARCHES = "searches", N_("Saved searches")
    PAPERS = "papers", N_("Papers and contracts")
    PAYMENTS = "payments", N_("Payments and payouts")
    BOOKINGS = "bookings", N_("Bookings of facilities")
    JOBS = "jobs", N_("Imports, exports and other long jobs")


class Frequency(LabelledEnum):
    """How often a group's notices are mailed."""

    NOW = "now", N_("At once")
    DAILY = "daily", N_("Once a day")
    WEEKLY = "weekly", N_("Once a week")
    OFF = "off", N_("No e-mail")


class Notice(Entity, Model):
    """Something one person is told, once: ``dedupe`` names the thing it tells of.

    ``message`` is a message id, ``values`` fill its places (see ``rules.told``); ``link`` is a
    path on this site without language. A notice that is kept for mail alone is not ``on_site``.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("person_id", "dedupe", name="one_notice_per_thing"),
        CheckConstraint("link ~ '^/([^/]|$)'", name="notice_links_into_the_site"),
        Index(None, "person_id", "made_at"),
        Index(
            "unread_notices",
            "person_id",
            postgresql_where=text("read_at IS NULL AND on_site"),
        ),
        Index(
            "notices_to_mail",
            "mail",
            "person_id",
            postgresql_where=text("mailed_at IS NULL AND mail <> 'off'"),
        ),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    group: Mapped[NoticeGroup]
    topic: Mapped[str] = mapped_column(String(80))
    dedupe: Mapped[str] = mapped_column(String(300))
    message: Mapped[str]
    values: Mapped[dict[str, Any]]
    link: Mapped[str]
    made_at: Mapped[datetime]
    on_site: Mapped[bool] = mapped_column(default=True)
    mail: Mapped[Frequency] = mapped_column(default=Frequency.OFF)
    mailed_at: Mapped[datetime | None] = mapped_column(default=None)
    read_at: Mapped[datetime | None] = mapped_column(default=None)

    @property
    def is_read(self) -> bool:
        """Whether the person has opened it or marked it as read."""
        return self.read_at is not None


class NoticeChoice(Entity, Model):
    """The channels that a person chose for one group; without a row the defaults hold."""

    __tablename__ = "notice_choice"
    __table_args__ = (UniqueConstraint("person_id", "group", name="one_choice_per_group"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    group: Mapped[NoticeGroup]
    on_site: Mapped[bool]
    mail: Mapped[Frequency]


class Digest(Entity, Model):
    """A digest that was sent: at most one per person, frequency and day."""

    __tablename__ = "digest"
    __table_args__ = (UniqueConstraint("person_id", "frequency", "on", name="one_digest_per_day"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    frequency: Mapped[Frequency]
    #: The day in Beijing.
    on: Mapped[date]
    notices: Mapped[int]
