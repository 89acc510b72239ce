"""Choosing and taking steps, stale pages, the manager's invitation, the agreement's purpose."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.core.actor import MemberRole, PlatformRole
from marketplace.deals.models import Deal, DealOrigin, DealStage
from marketplace.listings.models import ListingStatus
from marketplace.managers.models import Introduction
from marketplace.matching.models import Match
from marketplace.organizations.models import Organization
from marketplace.papers.models import Paper
from marketplace.web.clock import now as present
from tests.clients import words


def day(days: int = 3) -> str:
    return (present() + timedelta(days=days)).date().isoformat()


@pytest.fixture
def inquiry(make, session):
    """A deal at its first contact, and a writer of each side."""
    deal = make.deal()
    return (
        deal,
        make.member(session.get_one(Organization, deal.licensor_id)),
        make.member(session.get_one(Organization, deal.licensee_id)),
    )


class TestMoves:
    def test_lists_what_one_may_do_and_what_others_must(self, client, make, session):
        deal = make.deal(DealStage.CONFIDENTIALITY)
        client.sign_in(make.member(session.get_one(Organization, deal.licensor_id)))
        page = words(client.get(f"/en/deals/{deal.id}/move"))
        assert "End the deal without a contract" in page
        assert "Both sides have signed the confidentiality agreement" in page
        assert "The confidentiality agreement is not drawn up." in page

    def test_leads_a_dropped_card_to_its_step(self, client, inquiry):
        deal, owner, _asker = inquiry
        client.sign_in(owner)
        answer = client.get(f"/deals/{deal.id}/move?to=confidentiality")
        assert answer.status_code == 303
        assert answer.location.endswith("/move/ask_confidentiality")
        page = client.get(f"/en/deals/{deal.id}/move?to=signed")
        assert page.status_code == 200
        assert "No step of yours leads from here" in words(page)
        assert client.get(f"/deals/{deal.id}/move?event=lapse").status_code == 303

    def test_asks_for_a_reason_and_words(self, client, inquiry, session):
        deal, owner, _asker = inquiry
        client.sign_in(owner)
        path = f"/en/deals/{deal.id}/move/lapse"
        assert client.get(path).status_code == 200
        assert client.post(path, data={}).status_code == 422
        refused = client.post(path, data={"lapse_reason": "other"})
        assert refused.status_code == 422
        assert "Say what the reason is." in words(refused)
        data = {"lapse_reason": "other", "lapse_note": "公司搬迁"}
        assert client.post(path, data=data).status_code == 303
        page = words(client.get(f"/en/deals/{deal.id}"))
        assert "公司搬迁" in page
        assert client.post(path, data=data).status_code == 409
        assert session.get_one(Deal, deal.id).stage is DealStage.LAPSED

    def test_shows_a_change_made_meanwhile_and_keeps_what_was_typed(self, client, inquiry):
        deal, owner, asker = inquiry
        seen = deal.version
        client.sign_in(asker).post(
            f"/deals/{deal.id}/plan",
            data={"next_step": "复谈", "next_on": day(), "version": seen},
        )
        client.sign_in(owner)
        answer = client.post(
            f"/en/deals/{deal.id}/move/ask_confidentiality",
            data={
                "purpose": "评估工艺甲",
                "next_step": "签署",
                "next_on": day(),
                "version": seen,
            },
        )
        assert answer.status_code == 409
        assert "Somebody else changed this deal" in words(answer)
        assert "评估工艺甲" in answer.text
        stale = client.post(
            f"/deals/{deal.id}/plan",
            data={"next_step": "x", "next_on": day(), "version": seen},
        )
        assert stale.status_code == 422

    def test_says_what_is_missing(self, client, make, session):
        deal = make.deal(DealStage.DUE_DILIGENCE)
        client.sign_in(make.member(session.get_one(Organization, deal.licensor_id)))
        make.deal_task(deal, blocking=True, title="寄样品")
        data = {"findings": "好", "value": "12.5", "next_step": "报价", "next_on": day()}
        answer = client.post(f"/en/deals/{deal.id}/move/start_terms", data=data)
        assert answer.status_code == 409
        assert "The task “寄样品” is not done." in words(answer)

    @pytest.mark.parametrize("value", ["much", "-1", "1.234", "9" * 15, ""])
    def test_refuses_odd_amounts(self, client, make, session, value):
        deal = make.deal(DealStage.DUE_DILIGENCE)
        client.sign_in(make.member(session.get_one(Organization, deal.licensor_id)))
        data = {"findings": "好", "value": value, "next_step": "报价", "next_on": day()}
        answer = client.post(f"/deals/{deal.id}/move/start_terms", data=data)
        assert answer.status_code == 422

    def test_takes_amounts_in_yuan(self, client, make, session):
        deal = make.deal(DealStage.DUE_DILIGENCE)
        client.sign_in(make.member(session.get_one(Organization, deal.licensor_id)))
        data = {"findings": "好", "value": "1,250.50", "next_step": "报价", "next_on": day()}
        path = f"/deals/{deal.id}/move/start_terms"
        assert client.post(path, data=data).status_code == 303
        assert session.get_one(Deal, deal.id).value_minor == 125_050

    @pytest.mark.parametrize("event", ["start_diligence", "sign_contract", "give_up_lead"])
    def test_never_takes_anothers_step(self, client, inquiry, event):
        deal, owner, _asker = inquiry
        client.sign_in(owner)
        assert client.post(f"/deals/{deal.id}/move/{event}").status_code == 403
        assert client.get(f"/deals/{deal.id}/move/nonsense").status_code == 404

    def test_is_closed_to_readers_and_strangers(self, client, inquiry, make, session):
        deal, _owner, _asker = inquiry
        reader = make.member(
            session.get_one(Organization, deal.licensor_id), MemberRole.OPERATOR_STAFF
        )
        admin = make.platform_user(PlatformRole.ADMINISTRATOR)
        for person, seen, act in ((reader, 200, 403), (admin, 200, 403), (make.member(), 404, 404)):
            client.sign_in(person)
            for part in ("", "/room", "/records", "/agreement"):
                assert client.get(f"/deals/{deal.id}{part}").status_code == seen, part
            for part in ("move", "plan", "move/lapse", "manager", "room/particulars"):
                assert client.get(f"/deals/{deal.id}/{part}").status_code == act, part
            for part in (
                "messages",
                "visits",
                "tasks",
                "contact",
                "contact/withdraw",
                "name",
                "room",
            ):
                assert client.post(f"/deals/{deal.id}/{part}").status_code == act, part


class TestManager:
    def test_is_asked_and_accepts(self, client, inquiry, make, session):
        deal, owner, _asker = inquiry
        profile = make.broker()
        person = session.get_one(User, profile.person_id)
        client.sign_in(person)
        assert client.get(f"/deals/{deal.id}").status_code == 404
        assert client.get(f"/deals/{deal.id}/invitation").status_code == 404
        client.sign_in(owner)
        assert profile.name in words(client.get(f"/deals/{deal.id}/manager"))
        asked = {"manager_id": str(profile.id)}
        assert client.post(f"/deals/{deal.id}/manager", data={}).status_code == 422
        assert client.post(f"/deals/{deal.id}/manager", data=asked).status_code == 303
        assert client.post(f"/deals/{deal.id}/manager", data=asked).status_code == 422
        assert "Asked, no answer yet" in words(client.get(f"/en/deals/{deal.id}"))
        client.sign_in(person)
        assert client.get(f"/deals/{deal.id}").status_code == 404
        assert deal.title in words(client.get("/en/deals/"))
        assert deal.title in words(client.get("/en/desk"))
        assert "Take it on" in words(client.get(f"/en/deals/{deal.id}/invitation"))
        assert client.post(f"/deals/{deal.id}/invitation/accept").status_code == 303
        assert client.get(f"/deals/{deal.id}").status_code == 200
        assert client.get(f"/deals/{deal.id}/manager/end").status_code == 200
        assert client.post(f"/deals/{deal.id}/manager/end", data={}).status_code == 422
        left = client.post(f"/deals/{deal.id}/manager/end", data={"reason": "生病"})
        assert left.status_code == 303
        assert client.get(f"/deals/{deal.id}").status_code == 404

    def test_may_decline(self, client, inquiry, make, session):
        deal, owner, _asker = inquiry
        profile = make.broker()
        client.sign_in(owner)
        client.post(f"/deals/{deal.id}/manager", data={"manager_id": str(profile.id)})
        client.sign_in(session.get_one(User, profile.person_id))
        assert client.post(f"/deals/{deal.id}/invitation/decline").status_code == 303
        assert session.get_one(Deal, deal.id).manager_id is None

    def test_sends_a_match_from_the_bench(self, client, make, session):
        profile = make.broker()
        listing = make.listing(status=ListingStatus.PUBLISHED, title="激光除锈机")
        match = make.match(listing=listing)
        client.sign_in(session.get_one(User, profile.person_id))
        bench = words(client.get("/en/managers/me/bench"))
        assert "激光除锈机" in bench
        assert client.post(f"/deals/send/{match.id}").status_code == 303
        deal = session.scalars(select(Deal)).one()
        assert (deal.origin, deal.manager_id) == (DealOrigin.MATCH, profile.id)
        assert session.scalars(select(Introduction)).one().manager_id == profile.id
        assert "激光除锈机" not in words(client.get("/en/managers/me/bench"))
        assert client.post(f"/deals/send/{match.id}").status_code == 409
        page = words(client.get(f"/en/managers/{profile.id}"))
        assert "Deals brokered here" in page

    def test_is_the_only_one_who_sends(self, client, make, session):
        match = make.match()
        client.sign_in(make.member())
        assert client.post(f"/deals/send/{match.id}").status_code == 404


class TestOpening:
    def test_shows_the_button_on_matches_and_answers(self, client, make, session):
        need = make.need()
        match = make.match(need)
        answer = make.answer(need)
        client.sign_in(make.member(session.get_one(Organization, need.organization_id)))
        assert "Open a deal" in words(client.get(f"/en/answers/{answer.id}"))
        path = f"/en/deals/open/match/{match.id}"
        assert client.get(path).status_code == 200
        assert client.post(path, data={"next_step": "x"}).status_code == 422
        done = client.post(path, data={"next_step": "电话", "next_on": day()})
        assert done.status_code == 303
        assert session.scalars(select(Match)).one().contacted_at is not None

    @pytest.mark.parametrize("origin", ["match", "answer", "enquiry", "nonsense"])
    def test_finds_nothing_for_strangers(self, client, make, origin):
        thing = {"answer": make.answer, "enquiry": make.enquiry}.get(origin, make.match)()
        client.sign_in(make.member())
        assert client.get(f"/deals/open/{origin}/{thing.id}").status_code == 404


class TestAgreement:
    def test_is_given_another_purpose_by_a_party(self, client, inquiry, session):
        deal, owner, _asker = inquiry
        client.sign_in(owner)
        here = f"/en/deals/{deal.id}/agreement"
        assert "It is drawn up when" in words(client.get(here))
        data = {"purpose": "评估工艺", "next_step": "签署", "next_on": day()}
        client.post(f"/deals/{deal.id}/move/ask_confidentiality", data=data)
        assert client.post(here, data={"purpose": ""}).status_code == 422
        assert client.post(here, data={"purpose": "评估成本"}).status_code == 303
        papers = session.scalars(select(Paper).order_by(Paper.number)).all()
        assert [paper.number for paper in papers] == [1, 2]
        assert papers[0].superseded_at is not None
        assert "Number 2" in words(client.get(here))

    def test_is_not_redrawn_at_another_stage_or_by_a_manager(self, client, make, session):
        profile = make.broker()
        deal = make.deal(DealStage.CONFIDENTIALITY, manager=profile)
        client.sign_in(session.get_one(User, profile.person_id))
        data = {"purpose": "x"}
        assert client.post(f"/deals/{deal.id}/agreement", data=data).status_code == 403
        later = make.deal(DealStage.TERMS)
        client.sign_in(make.member(session.get_one(Organization, later.licensor_id)))
        assert client.post(f"/deals/{later.id}/agreement", data=data).status_code == 422

    def test_waits_for_a_named_company(self, client, make, session):
        deal = make.deal(licensee_hidden=True)
        client.sign_in(make.member(session.get_one(Organization, deal.licensor_id)))
        data = {"purpose": "评估", "next_step": "签署", "next_on": day()}
        path = f"/en/deals/{deal.id}/move/ask_confidentiality"
        refused = client.post(path, data=data)
        assert refused.status_code == 409
        assert "has not agreed to be named" in words(refused)
        company = make.member(session.get_one(Organization, deal.licensee_id))
        client.sign_in(company)
        assert "Show our name" in words(client.get(f"/en/deals/{deal.id}"))
        assert client.post(f"/deals/{deal.id}/name").status_code == 303
        assert client.post(path, data=data).status_code == 303

    def test_is_never_signed_by_the_manager_for_a_party(self, client, make, session):
        """Not even one who owns the party: the deal's manager signs for nobody."""
        profile = make.broker()
        deal = make.deal(manager=profile)
        owner = make.member(session.get_one(Organization, deal.licensor_id))
        client.sign_in(owner)
        data = {"purpose": "评估", "next_step": "签署", "next_on": day()}
        client.post(f"/deals/{deal.id}/move/ask_confidentiality", data=data)
        paper_id = session.scalars(select(Paper.id)).one()
        from marketplace.papers.queries import load

        paper = load(session, paper_id)
        party = next(one for one in paper.parties if one.organization_id == deal.licensor_id)
        person = session.get_one(User, profile.person_id)
        make.membership(person, session.get_one(Organization, deal.licensor_id))
        sent = {"party_id": party.id, "name": "郑", "sha256": paper.sha256, "agreed": "y"}
        client.sign_in(person)
        assert client.get(f"/papers/{paper_id}").status_code == 200
        assert client.post(f"/papers/{paper_id}/sign", data=sent).status_code == 403
        client.sign_in(owner)
        assert client.post(f"/papers/{paper_id}/sign", data=sent).status_code == 303
