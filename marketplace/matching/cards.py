"""What a match looks like from one of its sides: plain values for the templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.matching import permissions
from marketplace.matching.models import Side
from marketplace.matching.queries import matches as queries
from marketplace.matching.reasons import concerns, explain
from marketplace.needs import permissions as need_permissions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.listings.models import Listing
    from marketplace.matching.models import Match, MatchFeedback
    from marketplace.matching.reasons import Shown, Wording
    from marketplace.needs.models import Need


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Who reads, and in which words."""

    actor: Actor
    wording: Wording

    @property
    def language(self) -> str:
        """The language of the page: zh or en."""
        return self.wording.language


@dataclass(frozen=True, kw_only=True)
class Card:
    """A match from one side; ``organization`` is None while the company's name is hidden."""

    match: Match
    side: Side
    title: str
    own_title: str
    organization: str | None
    percent: int
    reasons: Sequence[Shown]
    concerns: Sequence[str]
    word: MatchFeedback | None
    may_judge: bool
    may_mute: bool
    may_mute_organization: bool
    may_invite: bool

    @property
    def counterpart(self) -> Need | Listing:
        """The record across."""
        return self.match.listing if self.side is Side.NEED else self.match.need

    @property
    def is_new(self) -> bool:
        """Whether nobody of either side has seen it yet."""
        return self.match.seen_at is None


def title_of(record: Need | Listing, language: str) -> str:
    """Give a record's title in the reader's language where there is one."""
    return (record.title_en or record.title) if language == "en" else record.title


def cards_of(
    session: Session, matches: Sequence[Match], side: Side, *, reader: Reader
) -> list[Card]:
    """Prepare loaded matches for showing; two queries for all of them."""
    words = queries.feedback_of(session, matches, actor=reader.actor)
    consents = queries.consents_of(session, matches, actor=reader.actor)
    return [
        _card(
            match,
            side,
            reader=reader,
            word=words.get(match.id),
            named=side is Side.NEED
            or need_permissions.may_see_name(
                reader.actor, match.need, consents.get(match.need_id, frozenset())
            ),
        )
        for match in matches
    ]


def _card(
    match: Match, side: Side, *, reader: Reader, word: MatchFeedback | None, named: bool
) -> Card:
    own, across = (match.need, match.listing) if side is Side.NEED else (match.listing, match.need)
    organization = across.organization
    name = organization.name_en if reader.language == "en" else organization.name
    may_mute = permissions.may_mute(reader.actor, match, side)
    return Card(
        match=match,
        side=side,
        title=title_of(across, reader.language),
        own_title=title_of(own, reader.language),
        organization=(name or organization.name) if named else None,
        percent=round(match.score * 100),
        reasons=explain(match.reasons, reader.wording),
        concerns=concerns(match.reasons, reader.wording),
        word=word,
        may_judge=permissions.may_judge(reader.actor, match, side),
        may_mute=may_mute,
        may_mute_organization=may_mute and named,
        may_invite=side is Side.NEED
        and permissions.may_invite(reader.actor, match)
        and match.contacted_at is None,
    )
