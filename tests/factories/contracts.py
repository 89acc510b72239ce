"""Makes deals whose contract may be drawn up, and signed contracts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from marketplace.contracts.queries import get_contract
from marketplace.contracts.services import drawing
from marketplace.core.actor import MemberRole
from marketplace.deals.models import DealStage
from marketplace.listings.models import IpRight, IpRightKind, LegalStatus
from marketplace.organizations.models import Organization
from marketplace.papers import queries as papers
from marketplace.papers import services as paper_services
from tests.factories import Maker
from tests.factories.terms import SIMPLE

if TYPE_CHECKING:
    from uuid import UUID

    from marketplace.contracts.models import Contract
    from marketplace.core.actor import Actor
    from marketplace.deals.models import Deal
    from marketplace.papers.models import Paper
    from marketplace.terms.value import Terms

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Makers(Maker):
    def agreed_deal(self, terms: Terms = SIMPLE, *, patent: bool = True, **values: Any) -> Deal:
        """A deal between two companies of Wuhan whose terms are agreed and nothing is open."""
        values.setdefault(
            "licensor",
            self.organization(name="武汉光谷激光研究有限公司", district_code="420111"),  # type: ignore[attr-defined]
        )
        values.setdefault(
            "licensee",
            self.organization(name="江城光电有限公司", district_code="4201Z1"),  # type: ignore[attr-defined]
        )
        deal = self.deal_at(DealStage.NOTICE, **values)  # type: ignore[attr-defined]
        if patent:
            self.add(
                IpRight(
                    listing_id=deal.listing_id,
                    kind=IpRightKind.INVENTION_PATENT,
                    number=f"ZL2020{deal.number:08d}",
                    title="一种激光清洗方法",
                    legal_status=LegalStatus.GRANTED,
                    filed_on=date(2020, 1, 2),
                    granted_on=date(2022, 3, 4),
                )
            )
        self.agreement(deal, terms=terms)  # type: ignore[attr-defined]
        return deal

    def member_at(self, organization_id: UUID, role: MemberRole = MemberRole.OWNER) -> Actor:
        """The actor of a new person with a role in the organization with this id."""
        organization = self.session.get_one(Organization, organization_id)
        return self.member_of(organization, role)  # type: ignore[attr-defined,no-any-return]

    def drawn_contract(self, terms: Terms = SIMPLE, **values: Any) -> tuple[Deal, Paper]:
        """The same, drawn up for signing."""
        deal = self.agreed_deal(terms, **values)
        paper = drawing.draw_up(
            self.session,
            actor=self.member_at(deal.licensor_id),
            deal_id=deal.id,
            now=NOON,
        )
        self.add(paper)
        return deal, paper

    def sign_for(self, paper: Paper, *positions: int, now: datetime = NOON) -> None:
        """Let the owners of the parties at these positions sign."""
        for party in papers.reloaded(self.session, paper.id).parties:
            if party.position in positions:
                paper_services.sign(
                    self.session,
                    actor=self.member_at(party.organization_id),
                    paper_id=paper.id,
                    party_id=party.id,
                    name="王芳",
                    sha256=paper.sha256,
                    now=now,
                )
        self.add(paper)

    def signed_contract(self, terms: Terms = SIMPLE, **values: Any) -> tuple[Deal, Contract]:
        """The same, signed by both sides."""
        deal, paper = self.drawn_contract(terms, **values)
        self.sign_for(paper, 1, 2)
        return deal, get_contract(self.session, deal.id)
