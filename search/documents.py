"""What the index holds of a record: plain values, the same for every engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime  # noqa: TC003 — annotations of fields are read at run time
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np


class Kind(StrEnum):
    """A kind of document; each has an index of its own."""

    LISTING = "listing"
    NEED = "need"
    FACILITY = "facility"
    MANAGER = "manager"


class Audience(StrEnum):
    """The widest circle that may find a document; its owner's members always may."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    VERIFIED = "verified"


@dataclass(frozen=True, kw_only=True)
class Document:
    """One record as the search engine sees it.

    ``version`` is the row's version: an older one never overwrites a newer one. Texts stand in
    the language they were written in (``language``: ``zh`` or ``en``); the ``_en`` twins hold an
    English version where there is one. ``vectors`` maps the name of a vector space to a unit
    vector; a document without vectors is found by its words alone.
    """

    kind: Kind
    id: str
    version: int
    title: str
    title_en: str = ""
    summary: str = ""
    summary_en: str = ""
    body: str = ""
    body_en: str = ""
    keywords: tuple[str, ...] = ()
    keywords_en: tuple[str, ...] = ()
    #: Names of people and bodies, found by characters, pinyin and initials.
    names: tuple[str, ...] = ()
    organization_id: str = ""
    organization_name: str = ""
    language: str = "zh"
    audience: Audience = Audience.PUBLIC
    #: Numbers of rights (patents and the like) and the owner's own number, found as written.
    numbers: tuple[str, ...] = ()
    #: Facets. ``record_kind`` is result, patent, technology, talent, finance, or what a facility
    #: is; ``level`` is a facility's filing level or a manager's grade.
    record_kind: str = ""
    level: str = ""
    industries: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    trl: int | None = None
    #: Readiness levels that a facility brings a technology to.
    steps: tuple[str, ...] = ()
    #: Languages that a manager works in.
    languages: tuple[str, ...] = ()
    cooperation: tuple[str, ...] = ()
    district: str | None = None
    price_minor: int | None = None
    price_max_minor: int | None = None
    year: int | None = None
    published_at: datetime | None = None
    #: The day a sort by "soonest" looks at: renewal of a listing, deadline of a need,
    #: a facility's next free day.
    due_on: date | None = None
    is_demo: bool = False
    vectors: Mapping[str, np.ndarray] = field(default_factory=dict, compare=False, repr=False)
