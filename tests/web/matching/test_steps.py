from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import func, select

from marketplace.accounts.models import User
from marketplace.matching.models import Match, MatchFeedback, MatchMute, MisfitReason
from marketplace.needs.models import Confidentiality
from marketplace.notifications.models import Notice
from tests.clients import words
from tests.web.matching.conftest import make_pair


def of(pair, step):
    return f"/en/matches/{pair.match.id}/{step}"


class TestFits:
    def test_is_kept_and_leads_back(self, client, session, pair):
        client.sign_in(pair.buyer)
        back = f"/en/needs/{pair.need.id}/matches"
        response = client.post(of(pair, "fits"), data={"side": "need", "back": back})
        assert (response.status_code, response.location) == (303, back)
        assert session.scalars(select(MatchFeedback.fits)).all() == [True]
        assert "You said: it fits." in words(client.get(back))

    def test_leads_nobody_to_another_site(self, client, pair):
        client.sign_in(pair.buyer)
        data = {"side": "need", "back": "https://elsewhere.example/"}
        assert client.post(of(pair, "fits"), data=data).location == "/en/matches/"

    @pytest.mark.parametrize("side", ["", "middle"])
    def test_needs_a_side(self, client, pair, side):
        client.sign_in(pair.buyer)
        assert client.post(of(pair, "fits"), data={"side": side}).status_code == 404

    def test_of_the_other_side_is_denied(self, client, pair):
        client.sign_in(pair.buyer)
        assert client.post(of(pair, "fits"), data={"side": "listing"}).status_code == 403

    def test_is_not_found_by_strangers(self, client, make, pair):
        client.sign_in(make.member())
        assert client.post(of(pair, "fits"), data={"side": "need"}).status_code == 404


class TestMisfit:
    def test_asks_why(self, client, pair):
        client.sign_in(pair.buyer)
        shown = words(client.get(of(pair, "misfit") + "?side=need"))
        assert f"“{pair.listing.title}” does not fit" in shown
        for reason in MisfitReason:
            assert reason.label in shown

    def test_is_kept_with_its_reason(self, client, session, pair):
        client.sign_in(pair.buyer)
        data = {"side": "need", "reason": "terms", "note": "太贵", "back": "/matches/"}
        assert client.post(of(pair, "misfit"), data=data).location == "/matches/"
        word = session.scalars(select(MatchFeedback)).one()
        assert (word.fits, word.reason, word.note) == (False, MisfitReason.TERMS, "太贵")

    @pytest.mark.parametrize(
        ("data", "text"),
        [
            ({"note": "留着的话"}, "Say why it does not fit."),
            ({"reason": "other"}, "Name the other reason in a few words."),
            ({"reason": "other", "note": "长" * 501}, "At most 500 characters."),
            ({"reason": "nonsense"}, "Not a valid choice."),
        ],
    )
    def test_keeps_what_was_typed_when_something_is_missing(
        self, client, session, pair, data, text
    ):
        client.sign_in(pair.buyer)
        response = client.post(of(pair, "misfit"), data={"side": "need"} | data)
        assert response.status_code == 422
        assert text in words(response)
        assert data.get("note", "") in response.get_data(as_text=True)
        assert session.scalar(select(func.count()).select_from(MatchFeedback)) == 0

    def test_is_not_found_from_the_other_side(self, client, pair):
        client.sign_in(pair.buyer)
        assert client.get(of(pair, "misfit") + "?side=listing").status_code == 404

    def test_can_be_taken_back(self, client, session, make, pair):
        make.match_word(pair.match, pair.buyer, fits=False, reason=MisfitReason.PLACE)
        client.sign_in(pair.buyer)
        assert client.post(of(pair, "take-back")).status_code == 303
        assert session.scalar(select(func.count()).select_from(MatchFeedback)) == 0


class TestMute:
    def test_silences_a_pair_until_it_is_lifted(self, client, session, pair):
        client.sign_in(pair.seller)
        client.post(of(pair, "mute"), data={"side": "listing"})
        assert "Muted by your organizations" in words(client.get("/en/matches/?side=listing"))
        mute = session.scalars(select(MatchMute)).one()
        assert mute.need_id == pair.need.id
        assert client.post(f"/matches/mutes/{mute.id}/lift").status_code == 303
        assert session.scalars(select(MatchMute)).all() == []

    def test_silences_a_whole_organization(self, client, session, pair):
        client.sign_in(pair.buyer)
        client.post(of(pair, "mute"), data={"side": "need", "what": "organization"})
        assert session.scalars(select(MatchMute.muted_organization_id)).all() == [
            pair.university.id
        ]
        shown = words(client.get("/en/matches/"))
        assert f"Everything from {pair.university.name_en}" in shown

    def test_of_a_masked_company_is_neither_offered_nor_done(self, client, make):
        pair = make_pair(make, need={"confidentiality": Confidentiality.ON_CONSENT})
        client.sign_in(pair.seller)
        shown = words(client.get(f"/en/listings/{pair.listing.id}/matches"))
        assert "This pair" in shown
        assert "Everything from" not in shown
        data = {"side": "listing", "what": "organization"}
        assert client.post(of(pair, "mute"), data=data).status_code == 403


class TestInvite:
    def test_tells_the_listings_owner(self, client, session, pair):
        client.sign_in(pair.buyer)
        assert "Invite to answer" in words(client.get(f"/en/needs/{pair.need.id}/matches"))
        client.post(of(pair, "invite"))
        assert session.scalars(select(Notice.person_id)).all() == [pair.seller.id]
        shown = words(client.get(f"/en/needs/{pair.need.id}/matches"))
        assert "Contacted" in shown
        assert "Invite to answer" not in shown

    def test_twice_says_so(self, client, session, pair):
        client.sign_in(pair.buyer)
        client.post(of(pair, "invite"))
        client.post(of(pair, "invite"))
        assert session.scalar(select(func.count()).select_from(Notice)) == 1
        shown = words(client.get("/en/matches/"))
        assert "The owner of this listing has been invited already." in shown


class TestPersonal:
    def test_is_switched_beside_the_list(self, client, session, pair):
        client.sign_in(pair.buyer)
        client.post("/matches/personal", data={"wanted": "no"})
        assert not session.get_one(User, pair.buyer.id).personal_matching
        client.post("/matches/personal", data={"wanted": "yes"})
        assert session.get_one(User, pair.buyer.id).personal_matching


class TestSeen:
    def test_notes_what_came_into_view(self, client, session, pair):
        client.sign_in(pair.buyer)
        data = {"id": [str(pair.match.id), "nonsense", str(uuid4())]}
        assert client.post("/matches/seen", data=data).status_code == 204
        assert session.get_one(Match, pair.match.id).seen_at is not None

    def test_is_refused_to_visitors(self, client, session, pair):
        assert client.post("/matches/seen", data={"id": str(pair.match.id)}).status_code == 401
        assert session.get_one(Match, pair.match.id).seen_at is None

    def test_of_a_looking_page_writes_nothing(self, client, session, pair):
        client.sign_in(pair.buyer)
        client.get(f"/needs/{pair.need.id}/matches")
        assert session.get_one(Match, pair.match.id).seen_at is None
