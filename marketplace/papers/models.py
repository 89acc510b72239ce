"""Papers, the parties named in them, and their signatures."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.constraints import means
from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.core.model import Entity, Model


class PaperKind(LabelledEnum):
    """What a paper is for."""

    MANDATE = "mandate", N_("Mandate of a technology manager")
    CONFIDENTIALITY = "confidentiality", N_("Confidentiality agreement")
    CONTRACT = "contract", N_("Technology contract")
    AMENDMENT = "amendment", N_("Amendment of a contract")
    TRIAL = "trial", N_("Agreement on use first, pay later")
    REPORT = "report", N_("Test report")
    STATEMENT = "statement", N_("Signed statement")


_DRAWN_ELSEWHERE = N_(
    "Somebody else drew this paper up a moment ago. Open it and go on from there."
)

#: The text and its hash never change; only its fate does (superseded, signed by all).
_FIXED_TEXT = """
CREATE FUNCTION refuse_changed_paper() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a paper is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.id, NEW.kind, NEW.object_kind, NEW.object_id, NEW.number, NEW.title, NEW.title_en,
        NEW.body, NEW.sha256, NEW.drawn_by, NEW.drawn_at)
       IS DISTINCT FROM
       (OLD.id, OLD.kind, OLD.object_kind, OLD.object_id, OLD.number, OLD.title, OLD.title_en,
        OLD.body, OLD.sha256, OLD.drawn_by, OLD.drawn_at) THEN
        RAISE EXCEPTION 'the text of a paper is fixed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$
"""
_FIXED_TEXT_TRIGGER = """
CREATE TRIGGER paper_text_is_fixed BEFORE UPDATE OR DELETE ON paper
FOR EACH ROW EXECUTE FUNCTION refuse_changed_paper()
"""


class Paper(Entity, Model):
    """One numbered text about one object; ``signed_at`` says when the last party signed it."""

    __tablename__ = "paper"
    __table_args__ = (
        UniqueConstraint(
            "kind",
            "object_kind",
            "object_id",
            "number",
            name=means("paper_number_once", _DRAWN_ELSEWHERE),
        ),
        Index(
            means("one_current_paper", _DRAWN_ELSEWHERE),
            "kind",
            "object_kind",
            "object_id",
            unique=True,
            postgresql_where=text("superseded_at IS NULL"),
        ),
        CheckConstraint("number > 0", name="paper_is_numbered"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="paper_is_hashed"),
        CheckConstraint(
            "signed_at IS NULL OR superseded_at IS NULL", name="signed_paper_is_never_superseded"
        ),
        Index(None, "object_kind", "object_id"),
        Index(None, "sha256", unique=True),
        {"info": {"after": (_FIXED_TEXT, _FIXED_TEXT_TRIGGER)}},
    )

    kind: Mapped[PaperKind]
    object_kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[UUID]
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(300))
    body: Mapped[list[dict[str, Any]]] = mapped_column(repr=False)
    sha256: Mapped[str] = mapped_column(String(64))
    drawn_at: Mapped[datetime]
    #: Empty when the platform itself drew it up.
    drawn_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    superseded_at: Mapped[datetime | None] = mapped_column(default=None)
    signed_at: Mapped[datetime | None] = mapped_column(default=None)
    is_demo: Mapped[bool] = mapped_column(default=False)

    parties: Mapped[list[PaperParty]] = relationship(
        init=False, repr=False, lazy="raise", order_by="PaperParty.position", back_populates="paper"
    )

    @property
    def is_current(self) -> bool:
        """Whether no later number has taken its place."""
        return self.superseded_at is None


class PaperParty(Entity, Model):
    """A party as the paper names it: an organization or a person, with the facts of that day."""

    __tablename__ = "paper_party"
    __table_args__ = (
        UniqueConstraint("paper_id", "position", name="paper_party_position_once"),
        UniqueConstraint("id", "paper_id", name="paper_party_of_its_paper"),
        CheckConstraint(
            "(organization_id IS NULL) <> (person_id IS NULL)",
            name="paper_party_is_organization_or_person",
        ),
        Index(None, "organization_id"),
        Index(None, "person_id"),
        {"info": {"append_only": True}},
    )

    paper_id: Mapped[UUID] = mapped_column(ForeignKey("paper.id"))
    position: Mapped[int]
    role: Mapped[str] = mapped_column(String(40))
    role_en: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(200), default="")
    organization_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("organization.id"), default=None
    )
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    #: Unified social credit code of an organization.
    code: Mapped[str] = mapped_column(String(40), default="")
    address: Mapped[str] = mapped_column(String(200), default="")

    paper: Mapped[Paper] = relationship(
        init=False, repr=False, lazy="raise", back_populates="parties"
    )
    signature: Mapped[Signature | None] = relationship(
        init=False, repr=False, lazy="raise", back_populates="party"
    )

    def shown_name(self, language: str) -> str:
        """Give the name in a language; Chinese stands in where there is no English."""
        return self.name_en if language == "en" and self.name_en else self.name


class Signature(Entity, Model):
    """That a party's person agreed to exactly this text; rows are only ever added."""

    __tablename__ = "signature"
    __table_args__ = (
        UniqueConstraint(
            "party_id",
            name=means("one_signature_per_party", N_("This party has signed already.")),
        ),
        ForeignKeyConstraint(
            ["party_id", "paper_id"],
            ["paper_party.id", "paper_party.paper_id"],
            name="signature_by_a_party_of_the_paper",
        ),
        CheckConstraint("name <> ''", name="signature_has_a_name"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="signature_names_the_text"),
        Index(None, "paper_id"),
        {"info": {"append_only": True}},
    )

    paper_id: Mapped[UUID] = mapped_column(ForeignKey("paper.id"))
    party_id: Mapped[UUID]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    #: Hash of the text that was on the screen when the person agreed.
    sha256: Mapped[str] = mapped_column(String(64))
    #: The stamped scan that came with the signature.
    attachment_id: Mapped[UUID | None] = mapped_column(ForeignKey("attachment.id"), default=None)

    party: Mapped[PaperParty] = relationship(
        init=False, repr=False, lazy="raise", back_populates="signature"
    )
