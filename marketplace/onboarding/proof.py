"""The files that prove an organization: the license, the certificate of a public body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.orm.attributes import flag_modified

from marketplace.core.actor import require
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.messages import N_
from marketplace.files.models import Attachment, Visibility
from marketplace.files.services import attach, list_attachments, remove_attachment
from marketplace.organizations import services as organizations
from marketplace.organizations.permissions import may_edit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.files.store import Upload
    from marketplace.organizations.models import Organization

KIND = "organization"
PURPOSE = "proof"

PROOF_MISSING = N_("Add a scan of the license or certificate.")


def add_proof(
    session: Session, *, actor: Actor, organization: Organization, upload: Upload, now: datetime
) -> Attachment:
    """Hang a proof on an organization; only its people and the platform see it."""
    _renew(organization)
    return attach(
        session,
        actor,
        object_kind=KIND,
        object_id=organization.id,
        organization_id=organization.id,
        upload=upload,
        visibility=Visibility.INTERNAL,
        purpose=PURPOSE,
        now=now,
    )


def list_proofs(session: Session, *, actor: Actor, organization_id: UUID) -> Sequence[Attachment]:
    """List the proofs that the actor may open."""
    return list_attachments(
        session, actor, object_kind=KIND, object_id=organization_id, purpose=PURPOSE
    )


def apply_again(
    session: Session, *, actor: Actor, organization_id: UUID, now: datetime
) -> Organization:
    """Put a mended application before the reviewers, with its proof."""
    if not list_proofs(session, actor=actor, organization_id=organization_id):
        raise RuleBroken(PROOF_MISSING, field="file")
    return organizations.apply_again(session, actor=actor, organization_id=organization_id, now=now)


def remove_proof(
    session: Session,
    *,
    actor: Actor,
    organization: Organization,
    attachment_id: UUID,
    now: datetime,
) -> None:
    """Take a proof off again; NotFound for a file that is no proof of this organization."""
    require(may_edit(actor, organization.id))
    proofs = list_proofs(session, actor=actor, organization_id=organization.id)
    if attachment_id not in {proof.id for proof in proofs}:
        raise NotFound
    _renew(organization)
    remove_attachment(session, actor, attachment_id=attachment_id, now=now)


def _renew(organization: Organization) -> None:
    """Count a new version, so that nobody verifies what they did not see."""
    flag_modified(organization, "status")


def verify(
    session: Session,
    *,
    actor: Actor,
    organization_id: UUID,
    now: datetime,
    version: int | None = None,
) -> Organization:
    """Verify an organization whose proof is there to be looked at."""
    if not list_proofs(session, actor=actor, organization_id=organization_id):
        raise RuleBroken(N_("There is no proof to look at. Return the application and ask for it."))
    return organizations.verify_organization(
        session, actor=actor, organization_id=organization_id, now=now, version=version
    )
