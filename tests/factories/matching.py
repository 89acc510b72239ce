"""Makes matches and the weights behind them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from marketplace.listings.models import ListingStatus
from marketplace.matching.finding import first_weights
from marketplace.matching.models import Match, MatchFeedback, MatchState, MatchWeights, Side
from tests.factories import Maker

if TYPE_CHECKING:
    from marketplace.accounts.models import User
    from marketplace.listings.models import Listing
    from marketplace.needs.models import Need

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Makers(Maker):
    def match_weights(self, *, number: int = 1, **values: Any) -> MatchWeights:
        """A version of the weights; the first one is active. Asked for again, it is the same."""
        known = self.session.scalar(select(MatchWeights).where(MatchWeights.number == number))
        if known is not None:
            return known
        values.setdefault("weights", first_weights() | {"middle": 11.0 + number})
        values.setdefault("push_from", 0.6)
        values.setdefault("made_at", NOON)
        values.setdefault("is_active", number == 1)
        return self.add(MatchWeights(number=number, **values))

    def match(
        self, need: Need | None = None, listing: Listing | None = None, **values: Any
    ) -> Match:
        """A current match of an open need with a published listing."""
        need = need or self.need()  # type: ignore[attr-defined]
        listing = listing or self.listing(  # type: ignore[attr-defined]
            status=ListingStatus.PUBLISHED
        )
        weights = values.pop("weights", None) or self.match_weights()
        state = values.setdefault("state", MatchState.CURRENT)
        values.setdefault("score", 0.7)
        values.setdefault("ranks", {"words": 1})
        values.setdefault("reasons", [])
        values.setdefault("made_at", NOON)
        values.setdefault("for_need", state is not MatchState.GONE)
        return self.add(
            Match(need_id=need.id, listing_id=listing.id, weights_id=weights.id, **values)
        )

    def match_word(
        self, match: Match, person: User, side: Side = Side.NEED, *, fits: bool, **values: Any
    ) -> MatchFeedback:
        """A person's word on a match, kept as the service would keep it."""
        match = self.session.get_one(Match, match.id)
        match.judged = True
        own = self.session.get_one(
            *(
                (_table("need"), match.need_id)
                if side is Side.NEED
                else (_table("listing"), match.listing_id)
            )
        )
        values.setdefault("given_at", NOON)
        return self.add(
            MatchFeedback(
                match_id=match.id,
                person_id=person.id,
                organization_id=own.organization_id,
                side=side,
                fits=fits,
                **values,
            )
        )


def _table(name: str) -> Any:
    from marketplace.listings.models import Listing
    from marketplace.needs.models import Need

    return Need if name == "need" else Listing
