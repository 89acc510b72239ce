"""A listing's texts in the reader's language, and which of them stand in another one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from marketplace.listings.models import Listing


@dataclass(frozen=True)
class Localized:
    """A text with the language it stands in; ``foreign`` when the reader asked for another one."""

    text: str
    language: str
    foreign: bool

    def __bool__(self) -> bool:
        return bool(self.text)


def in_language(listing: Listing, part: str, language: str) -> Localized:
    """Give a part in the reader's language, or in the one that it was written in."""
    own = getattr(listing, part)
    english = getattr(listing, f"{part}_en")
    if language == "en" and english and listing.language != "en":
        return Localized(english, "en", foreign=False)
    return Localized(own, listing.language, foreign=listing.language != language)


def keywords_in(listing: Listing, language: str) -> list[str]:
    """Give the keywords in the reader's language, or the ones there are."""
    return (listing.keywords_en if language == "en" else []) or listing.keywords
