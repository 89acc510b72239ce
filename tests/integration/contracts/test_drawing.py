"""From agreed terms to a signed deal."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import select

from marketplace.contracts import queries
from marketplace.contracts.models import Contract
from marketplace.contracts.services import drawing
from marketplace.core.actor import MemberRole
from marketplace.core.errors import Denied, NotFound, RuleBroken
from marketplace.deals.models import Deal, DealStage
from marketplace.deals.rules import BY_EVENT, Obstructed
from marketplace.organizations.models import OrganizationKind
from marketplace.papers import queries as papers
from marketplace.papers import services as paper_services
from marketplace.papers.models import PaperKind
from marketplace.papers.permissions import may_sign
from marketplace.terms.kinds import ContractKind, LicenseKind
from marketplace.terms.value import Milestone
from tests.conftest import NOON
from tests.factories.terms import simple_terms
from tests.unit.contracts.test_builder import KINDS, full


def draw(session, deal, actor):
    return drawing.draw_up(session, actor=actor, deal_id=deal.id, now=NOON)


class TestDrawUp:
    @pytest.mark.parametrize("kind", KINDS)
    def test_makes_a_paper_of_the_agreed_terms(self, session, make, kind):
        terms = full(kind, foreign_licensee=False)
        deal = make.agreed_deal(terms)
        paper = draw(session, deal, make.member_at(deal.licensor_id))
        contract = queries.get_contract(session, deal.id)
        assert (contract.kind, contract.amount_minor) == (kind, terms.fixed_total_minor)
        assert contract.paper_id == paper.id
        assert [party.organization_id for party in paper.parties] == [
            deal.licensee_id,
            deal.licensor_id,
        ]
        assert contract.shown_number in str(paper.body)
        assert (paper.kind, paper.object_id) == (PaperKind.CONTRACT, deal.id)

    def test_adds_milestones_up_to_the_amount(self, session, make):
        terms = simple_terms(
            upfront_fee_minor=1_00,
            entry_fee_minor=2_00,
            milestones=(
                Milestone(name="一", amount_minor=3_00),
                Milestone(name="二", amount_minor=4_00),
            ),
        )
        deal, _ = make.drawn_contract(terms)
        assert queries.get_contract(session, deal.id).amount_minor == 10_00

    def test_is_for_both_sides_and_the_manager(self, session, make):
        manager = make.user()
        deal = make.agreed_deal(manager=manager)
        first = draw(session, deal, make.actor(manager))
        second = draw(session, deal, make.member_at(deal.licensee_id))
        assert first.id == second.id
        with pytest.raises(NotFound):
            draw(session, deal, make.member_of(make.organization()))
        with pytest.raises(Denied):
            draw(session, deal, make.member_at(deal.licensee_id, MemberRole.OPERATOR_STAFF))
        with pytest.raises(NotFound):
            drawing.draw_up(session, actor=make.actor(manager), deal_id=uuid4(), now=NOON)

    def test_asks_for_agreed_terms(self, session, make):
        deal = make.deal_at(DealStage.NOTICE)
        with pytest.raises(RuleBroken):
            draw(session, deal, make.member_at(deal.licensor_id))
        with pytest.raises(RuleBroken):
            drawing.draft(session, actor=make.member_at(deal.licensor_id), deal_id=deal.id)

    def test_waits_for_a_universitys_decisions(self, session, make):
        university = make.organization(kind=OrganizationKind.UNIVERSITY)
        deal = make.agreed_deal(licensor=university)
        with pytest.raises(Obstructed):
            draw(session, deal, make.member_of(university))

    def test_belongs_to_one_stage(self, session, make):
        deal, _ = make.signed_contract()
        with pytest.raises(Denied):
            draw(session, deal, make.member_at(deal.licensor_id))


class TestDraft:
    def test_can_be_read_before_anything_is_drawn_up(self, session, make):
        deal = make.agreed_deal()
        content = drawing.draft(session, actor=make.member_at(deal.licensee_id), deal_id=deal.id)
        assert content.title == "技术许可合同"
        assert queries.find_contract(session, deal.id) is None


class TestSigning:
    def test_by_both_moves_the_deal(self, session, make):
        deal, paper = make.drawn_contract()
        make.sign_for(paper, 1)
        assert session.get_one(Deal, deal.id).stage is DealStage.NOTICE
        make.sign_for(paper, 2)
        contract = queries.get_contract(session, deal.id)
        assert session.get_one(Deal, deal.id).stage is DealStage.SIGNED
        assert contract.signed_at == NOON
        assert contract.recording_due_on == date(2027, 2, 20)

    @pytest.mark.parametrize(
        ("terms", "patent"),
        [
            (simple_terms(contract_kind=ContractKind.TRANSFER, license_kind=None), True),
            (simple_terms(), False),
        ],
    )
    def test_asks_no_recording_without_a_licensed_patent(self, make, terms, patent):
        _, contract = make.signed_contract(terms, patent=patent)
        assert contract.recording_due_on is None

    def test_produces_an_open_license_contract(self, session, make):
        _, paper = make.drawn_contract(simple_terms(license_kind=LicenseKind.OPEN))
        assert paper.title == "专利开放许可合同"

    def test_is_not_for_the_manager_nor_strangers(self, session, make):
        manager = make.member(make.organization())
        licensor = make.organization(district_code="420111")
        make.membership(manager, licensor, MemberRole.OWNER)
        deal = make.agreed_deal(manager=manager, licensor=licensor)
        paper = draw(session, deal, make.member_at(deal.licensee_id))
        actor = make.actor(manager)
        assert not any(may_sign(session, actor, paper, party) for party in paper.parties)
        assert papers.get_paper(session, paper.id, actor=actor).id == paper.id
        with pytest.raises(NotFound):
            papers.get_paper(session, paper.id, actor=make.member_of(make.organization()))

    def test_shows_the_text_to_a_manager_of_the_deal(self, session, make):
        manager = make.user()
        deal = make.agreed_deal(manager=manager)
        paper = draw(session, deal, make.member_at(deal.licensee_id))
        assert papers.get_paper(session, paper.id, actor=make.actor(manager)).id == paper.id

    def test_stops_when_the_terms_moved_on(self, session, make):
        deal, paper = make.drawn_contract()
        session.get_one(Contract, queries.get_contract(session, deal.id).id).terms_sha256 = "0" * 64
        session.flush()
        with pytest.raises(RuleBroken, match="terms changed"):
            make.sign_for(paper, 1)

    def test_stops_while_something_is_open(self, session, make, monkeypatch):
        _, paper = make.drawn_contract()
        obstacle = drawing.Obstacle(message="objection", who=frozenset())
        monkeypatch.setattr(drawing, "still_open", lambda *_: [obstacle])
        with pytest.raises(Obstructed):
            make.sign_for(paper, 1)


class TestReopening:
    def test_withdraws_the_text(self, session, make):
        deal, paper = make.drawn_contract()
        make.sign_for(paper, 1)
        assert drawing.already_signed(session, deal, NOON) == []
        drawing.terms_reopened(session, deal, None, NOON)
        assert drawing.current_paper(session, deal.id) is None
        drawing.terms_reopened(session, deal, None, NOON)

    def test_numbers_the_next_text_on(self, session, make):
        deal, _ = make.drawn_contract()
        drawing.terms_reopened(session, deal, None, NOON)
        make.agreement(deal, terms=simple_terms(upfront_fee_minor=77_00))
        paper = draw(session, deal, make.member_at(deal.licensor_id))
        assert paper.number == 2
        assert queries.get_contract(session, deal.id).amount_minor == 77_00

    def test_is_closed_once_both_signed(self, session, make):
        deal, _ = make.signed_contract()
        assert drawing.already_signed(session, deal, NOON)
        assert drawing.unsigned(session, deal, NOON) == []


class TestGuards:
    def test_are_registered(self, app):
        from marketplace.deals import effects, guards

        assert guards.is_registered("contract_signed")
        assert guards.is_registered("contract_unsigned")
        assert effects.is_registered("terms_reopened")
        assert "contract_signed" in BY_EVENT["sign_contract"].guards

    def test_ask_for_both_signatures(self, session, make):
        deal, paper = make.drawn_contract()
        assert drawing.unsigned(session, deal, NOON)
        make.sign_for(paper, 1)
        assert drawing.unsigned(session, deal, NOON)


class TestOneContract:
    def test_per_deal(self, session, make):
        deal, _ = make.drawn_contract()
        draw(session, deal, make.member_at(deal.licensor_id))
        assert len(session.scalars(select(Contract).where(Contract.deal_id == deal.id)).all()) == 1
        with pytest.raises(NotFound):
            queries.get_contract(session, uuid4())
        with pytest.raises(NotFound):
            paper_services.withdraw(session, actor=None, paper_id=uuid4(), now=NOON)
