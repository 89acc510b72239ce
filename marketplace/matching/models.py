"""Matches, the weights they were made with, and what people said and did about them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.core.model import Entity, Model
from marketplace.listings.models import Listing
from marketplace.needs.models import Need


class MatchState(LabelledEnum):
    """Whether a match still holds."""

    CURRENT = "current", N_("Current")
    GONE = "gone", N_("No longer found")
    SUPERSEDED = "superseded", N_("Made anew with other weights")


class Side(LabelledEnum):
    """From which side of a match somebody looks."""

    NEED = "need", N_("Need")
    LISTING = "listing", N_("Listing")


class MisfitReason(LabelledEnum):
    """Why a match does not fit."""

    OTHER_FIELD = "other_field", N_("It is about something else")
    TOO_EARLY = "too_early", N_("It is too early for us")
    TERMS = "terms", N_("Price or form of cooperation do not fit")
    PLACE = "place", N_("It is too far away")
    KNOWN = "known", N_("We know it already")
    OTHER = "other", N_("Another reason")


class Stage(LabelledEnum):
    """Steps of a match's way, each a part of the one before."""

    MADE = "made", N_("Made")
    SEEN = "seen", N_("Seen")
    CONTACTED = "contacted", N_("Contacted")
    ANSWERED = "answered", N_("Answered")
    MET = "met", N_("Met")


class MatchWeights(Entity, Model):
    """How matches are scored: a version that is never changed once it was made.

    ``weights`` are the matcher's own; a match that scores at least ``push_from`` becomes a notice.
    """

    __tablename__ = "match_weights"
    __table_args__ = (
        UniqueConstraint("number", name="one_weights_version_per_number"),
        CheckConstraint("push_from BETWEEN 0 AND 1", name="push_threshold_is_a_score"),
        Index(
            "one_active_weights_version",
            "is_active",
            unique=True,
            postgresql_where=text("is_active"),
        ),
    )

    number: Mapped[int]
    weights: Mapped[dict[str, Any]]
    push_from: Mapped[float]
    made_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(String(300), default="")
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    is_active: Mapped[bool] = mapped_column(default=False)


class Match(Entity, Model):
    """A need and a listing that may answer it.

    ``ranks`` are the places in the rankings that found it, ``reasons`` the parts of the score with
    their shares (see ``search.matching``); both stay as the named weights made them.
    ``for_need`` and ``for_listing`` say from which side it was found last.
    """

    __tablename__ = "match"
    __table_args__ = (
        CheckConstraint("score BETWEEN 0 AND 1", name="match_score_is_a_share"),
        CheckConstraint(
            "(state = 'gone') = (NOT for_need AND NOT for_listing) OR state = 'superseded'",
            name="gone_is_found_from_no_side",
        ),
        CheckConstraint(
            "(contacted_at IS NULL OR seen_at IS NOT NULL)"
            " AND (answered_at IS NULL OR contacted_at IS NOT NULL)"
            " AND (met_at IS NULL OR answered_at IS NOT NULL)",
            name="match_stages_in_order",
        ),
        Index(
            "one_living_match_per_pair",
            "need_id",
            "listing_id",
            unique=True,
            postgresql_where=text("state <> 'superseded'"),
        ),
        Index(None, "listing_id"),
        Index(None, "made_at"),
    )

    need_id: Mapped[UUID] = mapped_column(ForeignKey("need.id", ondelete="CASCADE"))
    listing_id: Mapped[UUID] = mapped_column(ForeignKey("listing.id", ondelete="CASCADE"))
    weights_id: Mapped[UUID] = mapped_column(ForeignKey("match_weights.id"))
    score: Mapped[float]
    ranks: Mapped[dict[str, Any]]
    reasons: Mapped[list[dict[str, Any]]]
    made_at: Mapped[datetime]
    for_need: Mapped[bool] = mapped_column(default=False)
    for_listing: Mapped[bool] = mapped_column(default=False)
    state: Mapped[MatchState] = mapped_column(default=MatchState.CURRENT)
    seen_at: Mapped[datetime | None] = mapped_column(default=None)
    contacted_at: Mapped[datetime | None] = mapped_column(default=None)
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    met_at: Mapped[datetime | None] = mapped_column(default=None)
    invited_at: Mapped[datetime | None] = mapped_column(default=None)
    invited_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    #: Whether somebody judged it; then it stays as it was judged.
    judged: Mapped[bool] = mapped_column(default=False)

    need: Mapped[Need] = relationship(init=False, lazy="raise", viewonly=True)
    listing: Mapped[Listing] = relationship(init=False, lazy="raise", viewonly=True)
    weights: Mapped[MatchWeights] = relationship(init=False, lazy="raise", viewonly=True)

    @property
    def was_acted_on(self) -> bool:
        """Whether people built on it, so that it keeps the version it was made with."""
        return self.judged or self.contacted_at is not None or self.invited_at is not None

    def reach(self, stage: Stage, *, at: datetime) -> None:
        """Note that the stage was reached, and with it every stage before; first moments stay."""
        order = list(Stage)
        for passed in order[1 : order.index(stage) + 1]:
            column = f"{passed.value}_at"
            if getattr(self, column) is None:
                setattr(self, column, at)


class MatchFeedback(Entity, Model):
    """One person's word on a match; a later word replaces it."""

    __tablename__ = "match_feedback"
    __table_args__ = (
        UniqueConstraint("match_id", "person_id", name="one_word_per_person"),
        CheckConstraint("fits = (reason IS NULL)", name="misfit_has_a_reason"),
        CheckConstraint("reason <> 'other' OR note <> ''", name="other_misfit_has_a_text"),
        Index(None, "organization_id"),
    )

    match_id: Mapped[UUID] = mapped_column(ForeignKey("match.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    side: Mapped[Side]
    fits: Mapped[bool]
    given_at: Mapped[datetime]
    reason: Mapped[MisfitReason | None] = mapped_column(default=None)
    note: Mapped[str] = mapped_column(String(500), default="")


class MatchMute(Entity, Model):
    """An organization wants to hear no more of one pair, or of everything of another one."""

    __tablename__ = "match_mute"
    __table_args__ = (
        CheckConstraint(
            "(need_id IS NULL) = (listing_id IS NULL)"
            " AND (need_id IS NULL) <> (muted_organization_id IS NULL)",
            name="mute_names_a_pair_or_an_organization",
        ),
        CheckConstraint("organization_id <> muted_organization_id", name="nobody_mutes_oneself"),
        UniqueConstraint("organization_id", "need_id", "listing_id", name="one_mute_per_pair"),
        UniqueConstraint(
            "organization_id", "muted_organization_id", name="one_mute_per_organization"
        ),
    )

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    muted_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    muted_at: Mapped[datetime]
    need_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("need.id", ondelete="CASCADE"), default=None
    )
    listing_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("listing.id", ondelete="CASCADE"), default=None
    )
    muted_organization_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("organization.id"), default=None
    )


class MatchRequest(Model):
    """A record that waits to be matched.

    Rows are only added and taken away: whoever changes a record never waits for the matching of
    its last change, as it would for the lock of a row of its own.
    """

    __tablename__ = "match_request"
    __table_args__ = (Index(None, "side", "record_id"),)

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, init=False)
    side: Mapped[Side]
    record_id: Mapped[UUID]
