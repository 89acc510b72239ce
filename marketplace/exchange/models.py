"""Imports of files: what was sent, how it is read, how far it was written, and what failed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.core.model import Entity, Model
from marketplace.exchange.fields import ImportKind
from marketplace.exchange.reading.sniffing import FileFormat


class ImportState(LabelledEnum):
    """How far an import has come."""

    UPLOADED = "uploaded", N_("Uploaded")
    CHECKING = "checking", N_("Being checked")
    CHECKED = "checked", N_("Checked")
    RUNNING = "running", N_("Being imported")
    ENDED = "ended", N_("Imported")


class FileImport(Entity, Model):
    """One file on its way into an organization's records.

    ``rows_done`` is the checkpoint: it is written in the transaction that writes the rows, so a
    killed import goes on exactly behind what it has kept.
    """

    __tablename__ = "file_import"
    __table_args__ = (
        CheckConstraint("rows_done >= 0", name="import_goes_forward"),
        Index(None, "organization_id", "created_at"),
        Index(None, "sha256"),
    )

    kind: Mapped[ImportKind]
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    #: Nobody when it was started on the terminal.
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    format: Mapped[FileFormat]
    encoding: Mapped[str] = mapped_column(String(20))
    delimiter: Mapped[str] = mapped_column(String(1))
    columns: Mapped[list[str]]
    #: Column → field; columns that are not named here are passed over.
    mapping: Mapped[dict[str, Any]]
    language: Mapped[str] = mapped_column(String(2), default="zh")
    has_header: Mapped[bool] = mapped_column(default=True)
    publish: Mapped[bool] = mapped_column(default=False)
    state: Mapped[ImportState] = mapped_column(default=ImportState.UPLOADED)
    #: What the check found: {"new", "changed", "skipped", "failed", "rows"}.
    preview: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    #: Faults that are alike, of the check or of the import: see ``outcomes.Groups``.
    groups: Mapped[list[dict[str, Any]]] = mapped_column(default_factory=list)
    rows_done: Mapped[int] = mapped_column(BigInteger, default=0)
    job_id: Mapped[UUID | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


class FailedRow(Model):
    """A row that was not written, with its faults; the row itself is read from the file again."""

    __tablename__ = "import_failed_row"

    import_id: Mapped[UUID] = mapped_column(
        ForeignKey("file_import.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    faults: Mapped[list[dict[str, Any]]]
