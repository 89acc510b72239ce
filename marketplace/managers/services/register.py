"""Entering the register: applied, kept up, applied again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.orm.attributes import flag_modified

from marketplace.codes.fields import FIELDS
from marketplace.codes.industries import INDUSTRIES
from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.messages import N_
from marketplace.files.models import Visibility
from marketplace.files.services import attach
from marketplace.managers import permissions, rules
from marketplace.managers.models import (
    Credential,
    CredentialKind,
    Language,
    ManagerLevel,
    ManagerProfile,
    ManagerStatus,
)
from marketplace.managers.queries import register as find
from marketplace.managers.services.records import note, person_of, require_same_version
from marketplace.needs.clock import day_of

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.files.store import Upload

#: What proofs hang on, and as what.
CREDENTIAL_FILES = "manager_credential"
PROOF = "proof"


@dataclass(frozen=True, kw_only=True)
class ManagerDraft:
    """What a person enters about themself."""

    organization_id: UUID
    level: ManagerLevel
    name: str
    name_en: str = ""
    headline: str = ""
    headline_en: str = ""
    about: str = ""
    about_en: str = ""
    field_codes: tuple[str, ...] = ()
    industry_codes: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    district_code: str | None = None


@dataclass(frozen=True, kw_only=True)
class CredentialDraft:
    """What a credential says."""

    kind: CredentialKind
    number: str
    issuer: str
    issued_on: date
    expires_on: date | None = None


def _require_codes(draft: ManagerDraft) -> None:
    if not 1 <= len(draft.field_codes) <= rules.MOST_FIELDS:
        raise RuleBroken(
            N_("Choose 1 to %(most)s fields."), field="field_codes", most=rules.MOST_FIELDS
        )
    if len(draft.industry_codes) > rules.MOST_FIELDS:
        raise RuleBroken(
            N_("Choose at most %(most)s industries."),
            field="industry_codes",
            most=rules.MOST_FIELDS,
        )
    if not draft.languages:
        raise RuleBroken(N_("Choose at least one language."), field="languages")
    known = (
        all(code in FIELDS for code in draft.field_codes)
        and all(code in INDUSTRIES for code in draft.industry_codes)
        and set(draft.languages) <= {member.value for member in Language}
    )
    if not known:
        raise NotFound


def _write(profile: ManagerProfile, draft: ManagerDraft) -> None:
    profile.organization_id = draft.organization_id
    profile.name, profile.name_en = draft.name, draft.name_en
    profile.headline, profile.headline_en = draft.headline, draft.headline_en
    profile.about, profile.about_en = draft.about, draft.about_en
    profile.field_codes = list(draft.field_codes)
    profile.industry_codes = list(draft.industry_codes)
    profile.languages = list(draft.languages)
    profile.district_code = draft.district_code


def apply(
    session: Session,
    *,
    actor: Actor,
    draft: ManagerDraft,
    credential: CredentialDraft,
    upload: Upload,
    now: datetime,
) -> ManagerProfile:
    """Ask to be entered, with a first credential and its scan; a reviewer looks at both."""
    person_id = person_of(actor)
    require(permissions.may_apply_for(actor, draft.organization_id))
    _require_codes(draft)
    profile = ManagerProfile(
        person_id=person_id,
        organization_id=draft.organization_id,
        level=draft.level,
        name=draft.name,
        applied_at=now,
    )
    _write(profile, draft)
    with judged(session):
        session.add(profile)
    _add(session, actor, profile, credential, upload, now)
    note(session, actor=actor, profile=profile, action="manager.applied", now=now)
    return profile


def edit_manager(
    session: Session, *, actor: Actor, draft: ManagerDraft, version: int, now: datetime
) -> ManagerProfile:
    """Change one's own entry at once; another level than the licensed one waits for a reviewer."""
    profile = find.own(session, actor, lock=True)
    require(permissions.may_edit(actor, profile))
    require_same_version(profile, version)
    if draft.organization_id != profile.organization_id:
        require(permissions.may_apply_for(actor, draft.organization_id))
    _require_codes(draft)
    _write(profile, draft)
    if profile.is_listed:
        profile.wanted_level = None if draft.level is profile.level else draft.level
    else:
        profile.level = draft.level
    note(session, actor=actor, profile=profile, action="manager.changed", now=now)
    return profile


def apply_again(session: Session, *, actor: Actor, now: datetime) -> ManagerProfile:
    """Put a mended entry before the reviewers."""
    profile = find.own(session, actor, lock=True)
    profile.status = rules.LIFECYCLE.next(profile.status, "apply_again")
    if not any(one.is_waiting for one in find.list_credentials(session, profile.id)):
        raise RuleBroken(N_("Add a credential that no reviewer has turned down yet."))
    profile.applied_at = now
    note(session, actor=actor, profile=profile, action="manager.applied", now=now)
    return profile


def add_credential(
    session: Session,
    *,
    actor: Actor,
    draft: CredentialDraft,
    upload: Upload,
    now: datetime,
) -> Credential:
    """Add a credential with its scan; it counts once a reviewer checked it."""
    profile = find.own(session, actor, lock=True)
    require(permissions.may_edit(actor, profile))
    credential = _add(session, actor, profile, draft, upload, now)
    note(session, actor=actor, profile=profile, action="manager.credential_added", now=now)
    return credential


def _add(  # noqa: PLR0917 — one step of two services
    session: Session,
    actor: Actor,
    profile: ManagerProfile,
    draft: CredentialDraft,
    upload: Upload,
    now: datetime,
) -> Credential:
    if draft.issued_on > day_of(now):
        raise RuleBroken(N_("The day of issue lies in the future."), field="issued_on")
    if draft.expires_on is not None and draft.expires_on < draft.issued_on:
        raise RuleBroken(N_("It expires before it was issued."), field="expires_on")
    credential = Credential(
        manager_id=profile.id,
        kind=draft.kind,
        number=draft.number,
        issuer=draft.issuer,
        issued_on=draft.issued_on,
        expires_on=draft.expires_on,
    )
    with judged(session):
        session.add(credential)
    attach(
        session,
        actor,
        object_kind=CREDENTIAL_FILES,
        object_id=credential.id,
        # It belongs to the person: colleagues don't see it, and it moves with them.
        organization_id=None,
        upload=upload,
        visibility=Visibility.INTERNAL,
        purpose=PROOF,
        now=now,
    )
    # A new version, so that nobody licenses what they did not see.
    flag_modified(profile, "status")
    return credential


def withdraw_credential(
    session: Session, *, actor: Actor, credential_id: UUID, now: datetime
) -> None:
    """Take a credential back that no reviewer has checked."""
    profile = find.own(session, actor, lock=True)
    credential = find.get_credential(session, credential_id, manager_id=profile.id)
    require(permissions.may_edit(actor, profile))
    if credential.is_checked:
        raise RuleBroken(N_("A reviewer has checked this credential; it stays on record."))
    if profile.status is ManagerStatus.APPLIED and not any(
        one.is_waiting and one.id != credential.id
        for one in find.list_credentials(session, profile.id)
    ):
        raise RuleBroken(N_("The entry rests on this credential. Add another one first."))
    session.delete(credential)
    flag_modified(profile, "status")
    note(session, actor=actor, profile=profile, action="manager.credential_withdrawn", now=now)
