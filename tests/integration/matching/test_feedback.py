from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from marketplace.accounts.models import User
from marketplace.core.actor import VISITOR, MemberRole
from marketplace.core.audit import AuditEntry, write_pending
from marketplace.core.errors import Denied, NotFound, RuleBroken
from marketplace.listings.models import ListingStatus
from marketplace.matching import permissions
from marketplace.matching.models import Match, MatchFeedback, MatchMute, MisfitReason, Side
from marketplace.matching.queries import matches as queries
from marketplace.matching.services import feedback
from marketplace.needs.models import Confidentiality
from marketplace.notifications.models import Notice
from tests.conftest import NOON


class Pair:
    """A match with a writer on each side."""

    def __init__(self, make, **need):
        self.company, self.university = make.organization(), make.organization()
        self.buyer, self.seller = make.member(self.company), make.member(self.university)
        self.need = make.need(self.company, **need)
        self.listing = make.listing(self.university, status=ListingStatus.PUBLISHED)
        self.match = make.match(self.need, self.listing)
        self.buyer_actor, self.seller_actor = make.actor(self.buyer), make.actor(self.seller)


@pytest.fixture
def pair(make):
    return Pair(make)


def judge(session, pair, *, actor=None, side=Side.NEED, fits=False, **values):
    values.setdefault("reason", None if fits else MisfitReason.TERMS)
    values.setdefault("note", "")
    return feedback.judge(
        session,
        actor=actor or pair.buyer_actor,
        match_id=pair.match.id,
        side=side,
        fits=fits,
        now=NOON,
        **values,
    )


def suggested(session, pair, side=Side.NEED, *, aside=False):
    actor = pair.buyer_actor if side is Side.NEED else pair.seller_actor
    record = pair.need if side is Side.NEED else pair.listing
    page = queries.list_for(session, side, [record.id], actor=actor, show=queries.Show(aside=aside))
    return [match.id for match in page.items]


class TestJudge:
    def test_sets_a_misfit_aside_for_this_side_alone(self, session, pair):
        judge(session, pair)
        assert suggested(session, pair) == []
        assert suggested(session, pair, aside=True) == [pair.match.id]
        assert suggested(session, pair, Side.LISTING) == [pair.match.id]

    def test_leaves_what_fits_in_the_list(self, session, pair):
        judge(session, pair, fits=True)
        assert suggested(session, pair) == [pair.match.id]
        assert session.get_one(Match, pair.match.id).seen_at == NOON

    def test_replaces_the_persons_former_word(self, session, pair):
        judge(session, pair)
        judge(session, pair, fits=True)
        words = session.scalars(select(MatchFeedback)).all()
        assert [(word.fits, word.reason) for word in words] == [(True, None)]

    def test_asks_for_a_reason(self, session, pair):
        with pytest.raises(RuleBroken) as broken:
            judge(session, pair, reason=None)
        assert broken.value.field == "reason"

    def test_asks_for_words_with_another_reason(self, session, pair):
        with pytest.raises(RuleBroken) as broken:
            judge(session, pair, reason=MisfitReason.OTHER)
        assert broken.value.field == "note"
        assert judge(session, pair, reason=MisfitReason.OTHER, note="已购买").note == "已购买"

    def test_is_not_found_by_strangers(self, session, make, pair):
        with pytest.raises(NotFound):
            judge(session, pair, actor=make.actor(make.member()))

    def test_for_the_other_side_is_denied(self, session, pair):
        with pytest.raises(Denied):
            judge(session, pair, side=Side.LISTING)

    def test_can_be_taken_back(self, session, pair):
        judge(session, pair)
        feedback.take_back(session, actor=pair.buyer_actor, match_id=pair.match.id)
        assert suggested(session, pair) == [pair.match.id]
        assert not session.get_one(Match, pair.match.id).judged

    def test_taken_back_leaves_the_words_of_others(self, session, make, pair):
        judge(session, pair)
        judge(session, pair, actor=make.actor(make.member(pair.company)))
        feedback.take_back(session, actor=pair.buyer_actor, match_id=pair.match.id)
        assert session.get_one(Match, pair.match.id).judged
        assert suggested(session, pair) == []


class TestMute:
    def test_of_a_pair_hides_it_for_the_organization(self, session, pair):
        first = feedback.mute_pair(
            session, actor=pair.buyer_actor, match_id=pair.match.id, side=Side.NEED, now=NOON
        )
        again = feedback.mute_pair(
            session, actor=pair.buyer_actor, match_id=pair.match.id, side=Side.NEED, now=NOON
        )
        assert first.id == again.id
        assert suggested(session, pair) == []
        assert suggested(session, pair, Side.LISTING) == [pair.match.id]

    def test_of_an_organization_hides_all_of_it(self, session, make, pair):
        other = make.listing(pair.university, status=ListingStatus.PUBLISHED)
        make.match(pair.need, other)
        feedback.mute_organization(
            session, actor=pair.buyer_actor, match_id=pair.match.id, side=Side.NEED, now=NOON
        )
        assert suggested(session, pair) == []
        assert len(suggested(session, pair, aside=True)) == 2

    def test_can_be_lifted(self, session, pair):
        mute = feedback.mute_organization(
            session, actor=pair.seller_actor, match_id=pair.match.id, side=Side.LISTING, now=NOON
        )
        (silenced,) = queries.list_mutes(session, actor=pair.seller_actor)
        assert (silenced.mute, silenced.organization.id) == (mute, pair.company.id)
        feedback.lift_mute(session, actor=pair.seller_actor, mute_id=mute.id)
        assert suggested(session, pair, Side.LISTING) == [pair.match.id]

    def test_of_others_is_not_found(self, session, pair):
        mute = feedback.mute_pair(
            session, actor=pair.buyer_actor, match_id=pair.match.id, side=Side.NEED, now=NOON
        )
        with pytest.raises(NotFound):
            feedback.lift_mute(session, actor=pair.seller_actor, mute_id=mute.id)

    def test_needs_the_right_to_write(self, session, make, pair):
        staff = make.actor(make.member(pair.company, MemberRole.OPERATOR_STAFF))
        with pytest.raises(Denied):
            feedback.mute_pair(
                session, actor=staff, match_id=pair.match.id, side=Side.NEED, now=NOON
            )

    @pytest.mark.parametrize("consented", [False, True])
    def test_of_a_masked_company_would_tell_who_it_is(self, session, make, consented):
        pair = Pair(make, confidentiality=Confidentiality.ON_CONSENT)
        if consented:
            make.consent(pair.need, pair.university)
        match = queries.get_match(session, pair.match.id, actor=pair.seller_actor)
        allowed = feedback.may_mute_organization(session, pair.seller_actor, match, Side.LISTING)
        assert allowed is consented
        if not consented:
            with pytest.raises(Denied):
                feedback.mute_organization(
                    session,
                    actor=pair.seller_actor,
                    match_id=pair.match.id,
                    side=Side.LISTING,
                    now=NOON,
                )
        assert session.scalar(select(func.count()).select_from(MatchMute)) == 0


class TestInvite:
    def test_tells_the_writers_of_the_listing_once(self, session, pair):
        feedback.invite(session, actor=pair.buyer_actor, match_id=pair.match.id, now=NOON)
        notice = session.scalars(select(Notice)).one()
        assert (notice.person_id, notice.link) == (pair.seller.id, f"/needs/{pair.need.id}")
        match = session.get_one(Match, pair.match.id)
        assert (match.contacted_at, match.invited_by) == (NOON, pair.buyer.id)
        with pytest.raises(RuleBroken):
            feedback.invite(
                session,
                actor=pair.buyer_actor,
                match_id=pair.match.id,
                now=NOON + timedelta(days=1),
            )

    def test_does_not_tell_who_asks(self, session, make):
        pair = Pair(make, confidentiality=Confidentiality.ON_CONSENT)
        feedback.invite(session, actor=pair.buyer_actor, match_id=pair.match.id, now=NOON)
        notice = session.scalars(select(Notice)).one()
        assert pair.company.name not in str(notice.values)

    def test_is_for_the_needs_owner(self, session, pair):
        with pytest.raises(Denied):
            feedback.invite(session, actor=pair.seller_actor, match_id=pair.match.id, now=NOON)

    def test_leaves_a_trace(self, session, pair):
        feedback.invite(session, actor=pair.buyer_actor, match_id=pair.match.id, now=NOON)
        write_pending(session)
        assert "match.invited" in session.scalars(select(AuditEntry.action)).all()


class TestPersonalMatching:
    def test_is_switched_off_and_on(self, session, pair):
        for wanted in (False, False, True):
            feedback.choose_personal_matching(
                session, actor=pair.buyer_actor, wanted=wanted, now=NOON
            )
            assert session.get_one(User, pair.buyer.id).personal_matching is wanted

    def test_of_a_visitor_is_nothing(self, session):
        with pytest.raises(NotFound):
            feedback.choose_personal_matching(session, actor=VISITOR, wanted=False, now=NOON)


class TestVisibility:
    """Strangers never learn of a match; the two forms of the rule agree."""

    def test_is_for_the_two_sides_and_administrators(self, session, make, pair):
        seen = {}
        actors = {
            "buyer": pair.buyer_actor,
            "seller": pair.seller_actor,
            "administrator": make.administrator(),
            "stranger": make.member_of(make.organization()),
            "reviewer": make.reviewer(),
            "person": make.actor(),
            "visitor": VISITOR,
        }
        for name, actor in actors.items():
            try:
                match = queries.get_match(session, pair.match.id, actor=actor)
            except NotFound:
                seen[name] = False
            else:
                seen[name] = True
                assert actor.is_administrator or permissions.sides_of(actor, match)
        assert {name for name, found in seen.items() if found} == {
            "buyer",
            "seller",
            "administrator",
        }
