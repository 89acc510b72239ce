"""What stands behind an answer's ``listing_id``.

Listings are a sibling domain that needs do not see. A domain above both registers one resolver
here when the application starts; without one, answers offer free text alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session


@dataclass(frozen=True, kw_only=True)
class Offered:
    """A listing as an answer shows it; ``is_public`` says whether its page is open to all."""

    id: UUID
    title: str
    title_en: str = ""
    trl: int | None = None
    is_public: bool = True

    def name(self, language: str) -> str:
        """Give the title in the reader's language where there is one."""
        return self.title_en if language == "en" and self.title_en else self.title


class Resolver(Protocol):
    """Finds listings for answers; takes a session, knows nothing of needs."""

    def of_organization(self, session: Session, organization_id: UUID) -> Sequence[Offered]:
        """Give the published listings of an organization, newest first."""

    def by_id(self, session: Session, ids: Collection[UUID]) -> Mapping[UUID, Offered]:
        """Give listings by id; unknown ids are left out."""


_resolvers: list[Resolver] = []


def register(resolver: Resolver | None) -> None:
    """Say who finds listings from now on; None for nobody."""
    _resolvers[:] = [] if resolver is None else [resolver]


def of_organization(session: Session, organization_id: UUID) -> Sequence[Offered]:
    """Give the listings that an organization may offer in an answer."""
    return _resolvers[0].of_organization(session, organization_id) if _resolvers else ()


def by_id(session: Session, ids: Collection[UUID]) -> Mapping[UUID, Offered]:
    """Give the listings behind these ids, as far as they can be found."""
    return _resolvers[0].by_id(session, ids) if _resolvers and ids else {}
