"""Saved searches, what they told of, and collections of records."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.constraints import means
from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.core.model import Entity, Model


class Scope(LabelledEnum):
    """What a search looks through; the values are those of ``search.documents.Kind``."""

    LISTING = "listing", N_("Technologies")
    NEED = "need", N_("Needs")


class AlertFrequency(LabelledEnum):
    """How often a saved search tells of what is new."""

    NOW = "now", N_("As soon as something new is published")
    DAILY = "daily", N_("Once a day")
    WEEKLY = "weekly", N_("Once a week, on Monday")
    OFF = "off", N_("Never; I look myself")


class SavedSearch(Entity, Model):
    """A search that a person keeps; ``address`` is its query string without page."""

    __tablename__ = "saved_search"
    __table_args__ = (
        UniqueConstraint(
            "person_id",
            "name",
            name=means(
                "saved_search_name_taken",
                N_("You already have a saved search with this name."),
                field="name",
            ),
        ),
        UniqueConstraint(
            "person_id",
            "scope",
            "address",
            name=means("search_saved_once", N_("You have already saved this very search.")),
        ),
        CheckConstraint("name <> ''", name="saved_search_is_named"),
        Index(None, "frequency", "scope"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(80))
    scope: Mapped[Scope]
    address: Mapped[str]
    #: Records published later than this are new to the person.
    opened_at: Mapped[datetime]
    #: Alerts speak of records published after this moment only.
    saved_at: Mapped[datetime]
    frequency: Mapped[AlertFrequency] = mapped_column(default=AlertFrequency.DAILY)


class SearchAlert(Model):
    """A record that a saved search has told of; the key makes a second alert impossible."""

    __tablename__ = "search_alert"

    saved_search_id: Mapped[UUID] = mapped_column(
        ForeignKey("saved_search.id", ondelete="CASCADE"), primary_key=True
    )
    #: The record's id; it stays when the record goes, for it may come back.
    record_id: Mapped[UUID] = mapped_column(primary_key=True)
    told_at: Mapped[datetime]


class Collection(Entity, Model):
    """Records that a person gathered; with a token others may look, too."""

    __tablename__ = "collection"
    __table_args__ = (
        UniqueConstraint(
            "person_id",
            "name",
            name=means(
                "collection_name_taken",
                N_("You already have a collection with this name."),
                field="name",
            ),
        ),
        UniqueConstraint("share_token", name="share_token_names_one_collection"),
        CheckConstraint("name <> ''", name="collection_is_named"),
        CheckConstraint(
            "(share_token IS NULL) = (shared_at IS NULL)", name="shared_collection_is_dated"
        ),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(default="")
    share_token: Mapped[str | None] = mapped_column(String(64), default=None, repr=False)
    shared_at: Mapped[datetime | None] = mapped_column(default=None)


class CollectionItem(Entity, Model):
    """One listing or need in a collection, with a note of the person's own."""

    __tablename__ = "collection_item"
    __table_args__ = (
        CheckConstraint("num_nonnulls(listing_id, need_id) = 1", name="item_is_one_record"),
        UniqueConstraint(
            "collection_id",
            "listing_id",
            name=means("listing_collected_once", N_("It is already in this collection.")),
        ),
        UniqueConstraint(
            "collection_id",
            "need_id",
            name=means("need_collected_once", N_("It is already in this collection.")),
        ),
        Index(None, "listing_id"),
        Index(None, "need_id"),
    )

    collection_id: Mapped[UUID] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"))
    added_at: Mapped[datetime]
    listing_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("listing.id", ondelete="CASCADE"), default=None
    )
    need_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("need.id", ondelete="CASCADE"), default=None
    )
    note: Mapped[str] = mapped_column(default="")
