"""What the people of a deal write to each other and plan."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.model import Entity, Model
from marketplace.deals.models.deal import DealRole


class DealMessage(Entity, Model):
    """A line of the deal's conversation; rows are only ever added."""

    __tablename__ = "deal_message"
    __table_args__ = (
        CheckConstraint("body <> ''", name="deal_message_says_something"),
        Index(None, "deal_id", "at"),
        {"info": {"append_only": True}},
    )

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deal.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    role: Mapped[DealRole]
    at: Mapped[datetime]
    body: Mapped[str]


class DealVisit(Entity, Model):
    """A meeting of the parties with its note."""

    __tablename__ = "deal_visit"
    __table_args__ = (
        CheckConstraint("notes <> ''", name="deal_visit_has_a_note"),
        Index(None, "deal_id", "on"),
    )

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deal.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    role: Mapped[DealRole]
    on: Mapped[date]
    place: Mapped[str] = mapped_column(String(200))
    notes: Mapped[str]
    present: Mapped[str] = mapped_column(String(300), default="")


class DealTask(Entity, Model):
    """Something one side has to do by a day; a blocking one keeps the deal from moving on."""

    __tablename__ = "deal_task"
    __table_args__ = (
        CheckConstraint("title <> ''", name="deal_task_says_what"),
        CheckConstraint("(done_at IS NULL) = (done_by IS NULL)", name="done_task_names_who"),
        CheckConstraint("role <> 'system'", name="deal_task_is_for_people"),
        Index(None, "deal_id"),
        Index("open_deal_tasks", "due_on", postgresql_where=text("done_at IS NULL")),
    )

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deal.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(200))
    #: Whose task it is.
    role: Mapped[DealRole]
    due_on: Mapped[date]
    given_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[datetime]
    blocking: Mapped[bool] = mapped_column(default=False)
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    done_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    #: When its side was reminded last.
    reminded_at: Mapped[datetime | None] = mapped_column(default=None)
