"""What was recorded of export licenses and registrations."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.model import Entity, Model
from marketplace.listings.models import ExportControl


class ExportRecord(Entity, Model):
    """The export papers of a deal with a foreign receiving side."""

    __tablename__ = "export_record"

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deal.id"), unique=True)
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    #: What the export catalogue says, for a deal whose technology stands in no listing.
    control: Mapped[ExportControl] = mapped_column(default=ExportControl.UNCHECKED)
    license_number: Mapped[str] = mapped_column(String(100), default="")
    license_file_id: Mapped[UUID | None] = mapped_column(ForeignKey("attachment.id"), default=None)
    #: The registration of free technology: day of application, number, day of the certificate.
    applied_on: Mapped[date | None] = mapped_column(default=None)
    registration_number: Mapped[str] = mapped_column(String(100), default="")
    registered_on: Mapped[date | None] = mapped_column(default=None)
