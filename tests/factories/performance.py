"""Makes deals with a signed contract in performance."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from marketplace.accounts.queries import actor_of
from marketplace.contracts.models import Contract
from marketplace.core.actor import Actor, MemberRole
from marketplace.deals.models import Deal, DealStage
from marketplace.deals.queries.deals import load_deal
from marketplace.files.store import Upload
from marketplace.organizations.models import Organization
from marketplace.payments import services as payments
from marketplace.performance.queries.plans import get_performance
from marketplace.performance.services import plans
from marketplace.terms.kinds import (
    ContractKind,
    LicenseKind,
    RoyaltyBase,
    RoyaltyCount,
    RoyaltyForm,
    RoyaltyPeriod,
    Side,
)
from marketplace.terms.models import AgreedTerms, TermsOffer
from marketplace.terms.value import Milestone, RoyaltyStep, Terms, to_json
from tests.factories import Maker

if TYPE_CHECKING:
    from marketplace.performance.models import PaymentPart, Performance

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
UPLOAD = Upload(sha256="0" * 64, name="流水.pdf", media_type="application/pdf", size_bytes=10)


def license_terms(**values: Any) -> Terms:
    """A license with an entry fee, two milestones and a falling quarterly royalty."""
    settings: dict[str, Any] = {
        "contract_kind": ContractKind.LICENSE,
        "license_kind": LicenseKind.NON_EXCLUSIVE,
        "subject": "一种光纤传感器",
        "starts_on": date(2026, 1, 1),
        "term_months": 36,
        "entry_fee_minor": 10_000_00,
        "milestones": (
            Milestone(
                name="样机验收",
                criterion="精度不低于0.1%",
                amount_minor=30_000_00,
                due_on=date(2026, 12, 1),
            ),
            Milestone(name="量产", criterion="良率95%", amount_minor=60_000_00),
        ),
        "royalty_base": RoyaltyBase.SALES,
        "royalty_form": RoyaltyForm.FALLING,
        "royalty_steps": (
            RoyaltyStep(from_minor=0, rate_bp=500),
            RoyaltyStep(from_minor=1_000_000_00, rate_bp=300),
        ),
        "royalty_count": RoyaltyCount.YEARLY,
        "royalty_period": RoyaltyPeriod.QUARTER,
        "minimum_annual_royalty_minor": 20_000_00,
        "inspects_books": True,
    }
    return Terms(**(settings | values))


class Makers(Maker):
    def performing(
        self,
        terms: Terms | None = None,
        *,
        stage: DealStage = DealStage.PERFORMING,
        at: datetime = NOON,
        contract_sha256: str | None = None,
        **values: Any,
    ) -> Deal:
        """A deal whose contract is signed; in performance its fees are called already."""
        terms = terms or license_terms()
        deal: Deal = self.deal(stage, **values)  # type: ignore[attr-defined]
        offer = self.add(
            TermsOffer(
                deal_id=deal.id,
                number=1,
                side=Side.LICENSOR,
                organization_id=deal.licensor_id,
                offered_by=None,
                offered_at=at,
                content=to_json(terms),
                sha256=terms.sha256,
                valid_until=at.date() + timedelta(days=30),
            )
        )
        self.add(
            AgreedTerms(
                deal_id=deal.id,
                number=1,
                offer_id=offer.id,
                content=to_json(terms),
                sha256=terms.sha256,
                agreed_at=at,
                accepted_by=self.user().id,  # type: ignore[attr-defined]
            )
        )
        self.add(
            Contract(
                deal_id=deal.id,
                kind=terms.contract_kind,
                license_kind=terms.license_kind,
                amount_minor=terms.fixed_total_minor,
                currency=terms.currency,
                terms_sha256=contract_sha256 or terms.sha256,
                drawn_at=at,
            )
        )
        loaded = load_deal(self.session, deal.id)
        plans.conclude(self.session, loaded, None, at)
        if stage is not DealStage.SIGNED and contract_sha256 is None:
            plans.begin(self.session, loaded, None, at)
        self.session.flush()
        self.session.execute(text("DELETE FROM procrastinate_jobs WHERE status = 'todo'"))
        return loaded

    def plan_of(self, deal: Deal) -> Performance:
        """The performance of a deal."""
        return get_performance(self.session, deal.id)

    def side(
        self, organization_id: Any, role: MemberRole = MemberRole.OWNER, **values: Any
    ) -> Actor:
        """Somebody who acts for an organization."""
        organization = self.session.get_one(Organization, organization_id)
        user = self.member(organization, role, **values)  # type: ignore[attr-defined]
        return actor_of(self.session, user, at=NOON)

    def paid_part(self, part: PaymentPart, *, payer: Actor, payee: Actor) -> PaymentPart:
        """A part paid by a bank transfer that the payee confirmed."""
        assert part.payment_id is not None
        slip = payments.record_transfer(
            self.session,
            actor=payer,
            payment_id=part.payment_id,
            amount_minor=part.amount_minor,
            paid_on=NOON.date(),
            bank_reference=f"ICBC-{part.id}",
            now=NOON,
        )
        payments.confirm_transfer(
            self.session, actor=payee, payment_id=part.payment_id, slip_id=slip.id, now=NOON
        )
        self.session.flush()
        return part
