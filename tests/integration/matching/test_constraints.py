from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from marketplace.matching.models import (
    MatchFeedback,
    MatchMute,
    MatchState,
    MisfitReason,
    Side,
)
from tests.conftest import NOON


def refuses(session, row, name):
    session.add(row)
    with pytest.raises(IntegrityError, match=name):
        session.flush()


class TestMatch:
    def test_of_a_pair_lives_once(self, session, make):
        match = make.match()
        with pytest.raises(IntegrityError, match="one_living_match_per_pair"):
            make.add(
                type(match)(
                    need_id=match.need_id,
                    listing_id=match.listing_id,
                    weights_id=match.weights_id,
                    score=0.1,
                    ranks={},
                    reasons=[],
                    made_at=NOON,
                    for_need=True,
                )
            )

    def test_scores_between_0_and_1(self, make):
        with pytest.raises(IntegrityError, match="match_score_is_a_share"):
            make.match(score=1.2)

    def test_is_gone_when_no_side_finds_it(self, make):
        with pytest.raises(IntegrityError, match="gone_is_found_from_no_side"):
            make.match(state=MatchState.GONE, for_need=True)

    def test_can_not_be_met_without_an_answer(self, make):
        with pytest.raises(IntegrityError, match="match_stages_in_order"):
            make.match(seen_at=NOON, contacted_at=NOON, met_at=NOON)


def word(match, person, **values):
    return MatchFeedback(
        match_id=match.id,
        person_id=person.id,
        organization_id=values.pop("organization_id"),
        side=Side.NEED,
        given_at=NOON,
        **values,
    )


class TestFeedback:
    @pytest.mark.parametrize(
        ("values", "name"),
        [
            ({"fits": False}, "misfit_has_a_reason"),
            ({"fits": True, "reason": MisfitReason.PLACE}, "misfit_has_a_reason"),
            ({"fits": False, "reason": MisfitReason.OTHER}, "other_misfit_has_a_text"),
        ],
    )
    def test_names_reasons(self, session, make, values, name):
        organization = make.organization()
        said = word(
            make.match(), make.member(organization), organization_id=organization.id, **values
        )
        refuses(session, said, name)

    def test_is_one_word_per_person(self, session, make):
        match, person = make.match(), make.user()
        make.match_word(match, person, fits=True)
        said = word(match, person, organization_id=make.organization().id, fits=True)
        refuses(session, said, "one_word_per_person")


class TestMute:
    def test_names_a_pair_or_an_organization(self, session, make):
        match, organization, person = make.match(), make.organization(), make.user()
        mute = MatchMute(
            organization_id=organization.id,
            muted_by=person.id,
            muted_at=NOON,
            need_id=match.need_id,
            listing_id=match.listing_id,
            muted_organization_id=make.organization().id,
        )
        refuses(session, mute, "mute_names_a_pair_or_an_organization")

    def test_is_not_of_oneself(self, session, make):
        organization, person = make.organization(), make.user()
        mute = MatchMute(
            organization_id=organization.id,
            muted_by=person.id,
            muted_at=NOON,
            muted_organization_id=organization.id,
        )
        refuses(session, mute, "nobody_mutes_oneself")


class TestWeights:
    def test_have_one_active_version(self, make):
        make.match_weights()
        with pytest.raises(IntegrityError, match="one_active_weights_version"):
            make.match_weights(number=2, is_active=True)
