"""Demo managers in every state, with a signed mandate, a draft and an introduction."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from marketplace.accounts.models import Membership, User
from marketplace.accounts.queries import actor_of
from marketplace.core.actor import MemberRole
from marketplace.files.forms import store
from marketplace.files.models import Attachment, Visibility
from marketplace.managers import services
from marketplace.managers.models import (
    Credential,
    CredentialKind,
    FeePayer,
    ManagerLevel,
    ManagerProfile,
    ManagerStatus,
    RecordKind,
)
from marketplace.managers.rules import MandateDraft
from marketplace.managers.services.mandates import OBJECT_KIND
from marketplace.managers.services.register import CREDENTIAL_FILES, PROOF
from marketplace.needs.clock import day_of
from marketplace.papers import services as papers
from marketplace.papers.content import Filled, fields, heading
from marketplace.papers.models import PaperKind
from marketplace.papers.queries import current
from marketplace.papers.typesetting import document

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.files.store import Upload
    from marketplace.listings.models import Listing
    from marketplace.managers.models import Mandate
    from marketplace.needs.models import Need
    from marketplace.organizations.models import Organization

RECORDS = Path(__file__).with_name("managers.json")
#: Whose account signs for the client of the demo mandates.
CLIENT, MANAGER = "enterprise@hanqiao.example", "manager@hanqiao.example"
_TEXTS = (
    "name", "name_en", "headline", "headline_en", "about", "about_en", "field_codes",
    "industry_codes", "languages", "district_code",
)  # fmt: skip


def load(
    session: Session,
    *,
    organizations: Mapping[str, Organization],
    listings: Sequence[Listing],
    needs: Sequence[Need],
    now: datetime,
) -> list[ManagerProfile]:
    """Add the demo managers and what two of them do; give the managers."""
    rows = json.loads(RECORDS.read_text(encoding="utf-8"))
    scan = _scan()
    profiles = [_manager(session, row, organizations, scan, now) for row in rows]
    session.flush()
    manager, client = (actor_by(session, email, now) for email in (MANAGER, CLIENT))
    signed = _draft(session, client, profiles[0], needs[0], now, success_fee_bp=500)
    sign_mandate(session, signed, (client, manager), now)
    _draft(session, client, profiles[3], needs[3], now, success_fee_bp=300, exclusive=True)
    services.introduce(
        session,
        actor=manager,
        manager_id=profiles[0].id,
        licensor_id=listings[0].organization_id,
        licensee_id=needs[0].organization_id,
        listing_id=listings[0].id,
        need_id=needs[0].id,
        now=now,
        note="演示：在成果对接会上引荐双方技术负责人。",
    )
    return profiles


def _scan() -> Upload:
    """Keep one made-up certificate that all demo credentials show."""
    made = document(
        "证书样张（演示）",
        [
            heading("演示证书，不具有效力", "A sample without any force"),
            fields((("用途", "Purpose"), Filled("汉桥演示数据", "Hanqiao demo records", "demo"))),
        ],
    )
    return store().take(io.BytesIO(made), "证书样张.pdf")


def _person(session: Session, row: Mapping[str, Any], now: datetime) -> User:
    """Give the person of a row; those without a demo account of their own get a bare one."""
    known = session.scalar(select(User).where(User.email == row["email"]))
    if known is not None:
        return known
    account = session.scalars(select(User).where(User.email == MANAGER)).one()
    person = User(
        email=row["email"],
        name=row["name"],
        password_hash=account.password_hash,
        email_confirmed_at=now,
        password_changed_at=now,
        is_demo=True,
    )
    session.add(person)
    session.flush()
    return person


def _manager(
    session: Session,
    row: Mapping[str, Any],
    organizations: Mapping[str, Organization],
    scan: Upload,
    now: datetime,
) -> ManagerProfile:
    person = _person(session, row, now)
    organization = organizations[row["organization"]]
    if row["email"] != MANAGER:
        session.add(
            Membership(
                user_id=person.id,
                organization_id=organization.id,
                role=MemberRole.TECHNOLOGY_MANAGER,
                started_at=now,
            )
        )
    status = ManagerStatus(row["status"])
    was_licensed = status not in (ManagerStatus.APPLIED, ManagerStatus.REFUSED)
    ends = row["days_left"]
    profile = ManagerProfile(
        person_id=person.id,
        organization_id=organization.id,
        level=ManagerLevel(row["level"]),
        wanted_level=ManagerLevel(row["wanted"]) if row["wanted"] else None,
        status=status,
        applied_at=now - timedelta(days=400 if was_licensed else 2),
        licensed_at=now - timedelta(days=395) if was_licensed else None,
        expires_on=None if ends is None else day_of(now) + timedelta(days=ends),
        reason=row["reason"],
        is_demo=True,
        **{name: row[name] for name in _TEXTS},
    )
    session.add(profile)
    session.flush()
    for paper in row["credentials"]:
        _credential(session, profile, paper, scan, now, is_checked=was_licensed)
    return profile


def _credential(
    session: Session,
    profile: ManagerProfile,
    paper: Mapping[str, Any],
    scan: Upload,
    now: datetime,
    *,
    is_checked: bool,
) -> None:
    refused = profile.reason if profile.status is ManagerStatus.REFUSED else ""
    credential = Credential(
        manager_id=profile.id,
        kind=CredentialKind(paper["kind"]),
        number=paper["number"],
        issuer=paper["issuer"],
        issued_on=date.fromisoformat(paper["issued_on"]),
        expires_on=day_of(now) + timedelta(days=paper["days_left"])
        if "days_left" in paper
        else profile.expires_on,
        checked_at=now if is_checked else None,
        refused_at=now if refused else None,
        refuse_reason=refused,
    )
    session.add(credential)
    session.flush()
    session.add(
        Attachment(
            object_kind=CREDENTIAL_FILES,
            object_id=credential.id,
            organization_id=None,
            uploaded_by=profile.person_id,
            name=scan.name,
            media_type=scan.media_type,
            size_bytes=scan.size_bytes,
            sha256=scan.sha256,
            visibility=Visibility.INTERNAL,
            purpose=PROOF,
        )
    )


def actor_by(session: Session, email: str, now: datetime) -> Actor:
    """Give the actor of a demo account at a moment."""
    person = session.scalars(select(User).where(User.email == email)).one()
    return actor_of(session, person, at=now)


def _draft(
    session: Session,
    actor: Actor,
    profile: ManagerProfile,
    need: Need,
    now: datetime,
    *,
    success_fee_bp: int,
    exclusive: bool = False,
) -> Mandate:
    today = day_of(now)
    return services.draft_mandate(
        session,
        actor=actor,
        manager_id=profile.id,
        client_organization_id=need.organization_id,
        draft=MandateDraft(
            records=((RecordKind.NEED, need.id),),
            starts_on=today,
            ends_on=today + timedelta(days=364),
            tail_days=180,
            payer=FeePayer.CLIENT,
            success_fee_bp=success_fee_bp,
            floor_minor=1_000_000,
            cap_minor=50_000_000,
            exclusive=exclusive,
        ),
        now=now,
    )


def sign_mandate(
    session: Session, mandate: Mandate, people: Sequence[Actor], now: datetime
) -> None:
    """Let both sides sign, each for their own part."""
    services.offer_mandate(
        session, actor=people[0], mandate_id=mandate.id, version=mandate.version, now=now
    )
    for actor in people:
        paper = current(session, PaperKind.MANDATE, OBJECT_KIND, mandate.id)
        if paper is None:
            raise LookupError("the mandate was not drawn up")
        party = next(
            one
            for one in paper.parties
            if one.person_id == actor.user_id or one.organization_id in actor.organization_ids
        )
        papers.sign(
            session,
            actor=actor,
            paper_id=paper.id,
            party_id=party.id,
            name=actor.name,
            sha256=paper.sha256,
            now=now,
        )
