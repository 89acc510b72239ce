"""Makes managers, credentials, mandates, introductions and ratings."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy.dialects.postgresql import Range

from marketplace.core.actor import MemberRole
from marketplace.managers.models import (
    Claim,
    Credential,
    CredentialKind,
    Introduction,
    ManagerLevel,
    ManagerProfile,
    ManagerRating,
    ManagerStatus,
    Mandate,
    MandateRecord,
    MandateStatus,
    RecordKind,
)
from marketplace.organizations.models import OrganizationKind
from tests import factories
from tests.factories import Maker

if TYPE_CHECKING:
    from marketplace.core.actor import Actor
    from marketplace.listings.models import Listing
    from marketplace.needs.models import Need
    from marketplace.organizations.models import Organization

LICENSED = datetime(2026, 1, 5, 2, tzinfo=UTC)
FIRST, LAST = date(2026, 10, 1), date(2027, 9, 30)


class Makers(Maker):
    def manager(self, organization: Organization | None = None, **values: Any) -> ManagerProfile:
        """A licensed senior manager of a new agency, without end, unless told otherwise."""
        number = factories.number()
        agency = organization or self.organization(kind=OrganizationKind.AGENCY)  # type: ignore[attr-defined]
        if "person_id" not in values:
            person = self.member(agency, MemberRole.TECHNOLOGY_MANAGER)  # type: ignore[attr-defined]
            values["person_id"] = person.id
        status = values.setdefault("status", ManagerStatus.LICENSED)
        values.setdefault("name", f"郑经理{number}")
        values.setdefault("name_en", f"Zheng {number}")
        values.setdefault("level", ManagerLevel.SENIOR)
        values.setdefault("applied_at", LICENSED)
        values.setdefault("field_codes", ["0817"])
        values.setdefault("industry_codes", ["C39"])
        values.setdefault("languages", ["zh"])
        if status in (ManagerStatus.LICENSED, ManagerStatus.EXPIRED, ManagerStatus.SUSPENDED):
            values.setdefault("licensed_at", LICENSED)
        if status in (ManagerStatus.REFUSED, ManagerStatus.SUSPENDED):
            values.setdefault("reason", "证书编号与扫描件不一致。")
        if status is ManagerStatus.EXPIRED:
            values.setdefault("expires_on", date(2026, 10, 31))
        return self.add(ManagerProfile(organization_id=agency.id, **values))

    def manager_actor(self, profile: ManagerProfile) -> Actor:
        """The manager as rules see them."""
        from marketplace.accounts.models import User

        return self.actor(self.session.get_one(User, profile.person_id))  # type: ignore[attr-defined]

    def credential(self, profile: ManagerProfile, **values: Any) -> Credential:
        """A training certificate that nobody has checked yet."""
        values.setdefault("kind", CredentialKind.TRAINING)
        values.setdefault("number", f"JSJJR-{factories.number():06d}")
        values.setdefault("issuer", "科学技术部火炬高技术产业开发中心")
        values.setdefault("issued_on", date(2025, 1, 10))
        return self.add(Credential(manager_id=profile.id, **values))

    def mandate(
        self,
        profile: ManagerProfile | None = None,
        record: Listing | Need | None = None,
        **values: Any,
    ) -> Mandate:
        """A draft about a new need of its owner, 5 percent, a year, unless told otherwise."""
        profile = profile or self.manager()
        record = record or self.need()  # type: ignore[attr-defined]
        status = values.setdefault("status", MandateStatus.DRAFT)
        values.setdefault("starts_on", FIRST)
        values.setdefault("ends_on", LAST)
        values.setdefault("tail_days", 180)
        values.setdefault("success_fee_bp", 500)
        if status in (MandateStatus.OFFERED, MandateStatus.SIGNED, MandateStatus.ENDED):
            values.setdefault("offered_at", LICENSED)
        if status in (MandateStatus.SIGNED, MandateStatus.ENDED):
            values.setdefault("signed_at", LICENSED)
        if status in (MandateStatus.ENDED, MandateStatus.DECLINED):
            values.setdefault("ended_at", LICENSED + timedelta(days=300))
        mandate = Mandate(
            manager_id=profile.id, client_organization_id=record.organization_id, **values
        )
        self.add(mandate)
        self.add(
            MandateRecord(
                mandate_id=mandate.id,
                object_kind=_kind(record),
                object_id=record.id,
                during=Range(mandate.starts_on, mandate.ends_on, bounds="[]"),
                exclusive=mandate.exclusive,
                active=status is MandateStatus.SIGNED,
            )
        )
        self.session.expire(mandate)
        return mandate

    def introduction(
        self, profile: ManagerProfile, listing: Listing, need: Need, **values: Any
    ) -> Introduction:
        """The manager brought the owners of both records together."""
        values.setdefault("at", datetime(2026, 11, 2, 3, tzinfo=UTC))
        values.setdefault("listing_id", listing.id)
        values.setdefault("need_id", need.id)
        return self.add(
            Introduction(
                manager_id=profile.id,
                licensor_id=listing.organization_id,
                licensee_id=need.organization_id,
                introduced_by=profile.person_id,
                **values,
            )
        )

    def rating(self, profile: ManagerProfile, **values: Any) -> ManagerRating:
        """Four stars of a new organization."""
        organization = values.pop("organization", None) or self.organization()  # type: ignore[attr-defined]
        values.setdefault("deal_id", uuid4())
        values.setdefault("stars", 4)
        values.setdefault("text", "对接及时，谈判有分寸。")
        values.setdefault("at", LICENSED)
        if "rated_by" not in values:
            values["rated_by"] = self.member(organization).id  # type: ignore[attr-defined]
        return self.add(
            ManagerRating(manager_id=profile.id, organization_id=organization.id, **values)
        )

    def claim(self, introduction: Introduction, mandate: Mandate, **values: Any) -> Claim:
        """A claim with the facts of a contract of 1,000,000 yuan."""
        values.setdefault("registered_at", datetime(2026, 11, 18, 3, tzinfo=UTC))
        values.setdefault("at", datetime(2026, 11, 18, 4, tzinfo=UTC))
        side = {"name": "武汉某单位", "name_en": "Somebody in Wuhan", "code": "91420100000000001A"}
        values.setdefault(
            "facts",
            {
                "manager": {"name": "郑经理", "name_en": "Zheng"},
                "licensor": side,
                "licensee": side,
                "records": [{"kind": "need", "title": "铜回收", "title_en": "Copper recovery"}],
                "introduced_at": introduction.at.isoformat(),
                "mandate": {
                    "client": side,
                    "signed_at": LICENSED.isoformat(),
                    "starts_on": "2026-10-01",
                    "ends_on": "2027-09-30",
                    "ended_at": None,
                    "tail_days": 180,
                    "payer": "client",
                    "success_fee_bp": 500,
                    "fixed_fee_minor": 0,
                    "floor_minor": 0,
                    "cap_minor": None,
                },
                "value_minor": 100_000_000,
            },
        )
        return self.add(
            Claim(
                manager_id=introduction.manager_id,
                introduction_id=introduction.id,
                mandate_id=mandate.id,
                **values,
            )
        )


def _kind(record: Listing | Need) -> RecordKind:
    return RecordKind.LISTING if record.__tablename__ == "listing" else RecordKind.NEED
