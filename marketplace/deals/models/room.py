"""What the parties show each other: contacts, particulars, files, and who looked."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.constraints import means
from marketplace.core.messages import N_
from marketplace.core.model import Entity, Model
from marketplace.deals.models.deal import DealRole
from marketplace.files.models import Attachment


class ContactConsent(Entity, Model):
    """A side agreed to show its contact to the other, who must have agreed too (PIPL 23)."""

    __tablename__ = "deal_contact_consent"
    __table_args__ = (
        Index(
            means("one_consent_per_side", N_("Your side has agreed already.")),
            "deal_id",
            "role",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        CheckConstraint("role IN ('licensor', 'licensee')", name="consent_of_a_party"),
        CheckConstraint("email <> '' OR phone <> ''", name="consent_shows_a_contact"),
    )

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deal.id", ondelete="CASCADE"))
    role: Mapped[DealRole]
    given_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[datetime]
    name: Mapped[str] = mapped_column(String(80))
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(default=None)


class DealDisclosure(Entity, Model):
    """Confidential particulars that a side writes down; open to the other once both have signed.

    A changed text is a new row, the earlier ones stay.
    """

    __tablename__ = "deal_disclosure"
    __table_args__ = (
        UniqueConstraint("deal_id", "role", "number", name="one_disclosure_per_number"),
        CheckConstraint("body <> ''", name="deal_disclosure_says_something"),
        CheckConstraint("role IN ('licensor', 'licensee')", name="disclosure_of_a_party"),
        {"info": {"append_only": True}},
    )

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deal.id"))
    role: Mapped[DealRole]
    number: Mapped[int]
    body: Mapped[str]
    written_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime]


class RoomFile(Entity, Model):
    """One version of a file in the room; the same name from the same side is the next version.

    ``audience`` names the other roles that may open it; who put it there always may.
    """

    __tablename__ = "room_file"
    __table_args__ = (
        UniqueConstraint(
            "deal_id",
            "role",
            "name",
            "number",
            name=means(
                "one_version_per_number",
                N_("Somebody of your side sent this file a moment ago. Send yours again."),
                field="file",
            ),
        ),
        CheckConstraint("number > 0", name="room_file_is_numbered"),
    )

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deal.id", ondelete="CASCADE"))
    role: Mapped[DealRole]
    name: Mapped[str] = mapped_column(String(200))
    number: Mapped[int]
    attachment_id: Mapped[UUID] = mapped_column(ForeignKey("attachment.id"))
    uploaded_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[datetime]
    audience: Mapped[list[str]] = mapped_column(default_factory=list)
    #: Whether the others open it only after both parties signed the confidentiality agreement.
    confidential: Mapped[bool] = mapped_column(default=True)
    removed_at: Mapped[datetime | None] = mapped_column(default=None)

    attachment: Mapped[Attachment] = relationship(init=False, lazy="raise", viewonly=True)


class DealView(Entity, Model):
    """Somebody opened something confidential of the other side; rows are only ever added."""

    __tablename__ = "deal_view"
    __table_args__ = (
        Index(None, "deal_id", "at"),
        {"info": {"append_only": True}},
    )

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deal.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    role: Mapped[DealRole]
    at: Mapped[datetime]
    #: ``room_file``, ``disclosure``, ``contact`` or ``listing_file``, and which one.
    object_kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[UUID]
    #: What it was called on that day.
    label: Mapped[str] = mapped_column(String(300))
    sha256: Mapped[str] = mapped_column(String(64), default="")
