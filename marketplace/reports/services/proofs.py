"""A reviewer decides whether a signed report proves a listing's readiness level."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core import audit, jobs
from marketplace.core.actor import require
from marketplace.listings.models import Listing
from marketplace.reports import permissions, queries, rules

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.reports.models import ReadinessProof


def accept_proof(
    session: Session, *, actor: Actor, proof_id: UUID, now: datetime
) -> ReadinessProof:
    """Raise the listing to the proven level; never lower it, also in a text that waits."""
    proof = _locked(session, actor, proof_id)
    proof.state = rules.PROOF_LIFECYCLE.next(proof.state, "accept")
    proof.decided_by, proof.decided_at = actor.user_id, now
    listing = session.get_one(Listing, proof.listing_id, with_for_update=True)
    if listing.trl is None or listing.trl < proof.level:
        listing.trl = proof.level
    if listing.pending is not None and (listing.pending.get("trl") or 0) < proof.level:
        listing.pending = listing.pending | {"trl": proof.level}
    _note(session, actor, "accepted", proof, now)
    return proof


def refuse_proof(
    session: Session, *, actor: Actor, proof_id: UUID, reason: str, now: datetime
) -> ReadinessProof:
    """Leave the listing as it is, with a reason that both sides read."""
    proof = _locked(session, actor, proof_id)
    proof.reason = rules.require_reason(reason, "reason")
    proof.state = rules.PROOF_LIFECYCLE.next(proof.state, "refuse")
    proof.decided_by, proof.decided_at = actor.user_id, now
    _note(session, actor, "refused", proof, now, reason=proof.reason)
    return proof


def _locked(session: Session, actor: Actor, proof_id: UUID) -> ReadinessProof:
    proof = queries.get_proof(session, proof_id, lock=True)
    require(permissions.may_decide(actor, proof))
    return proof


def _note(
    session: Session,
    actor: Actor,
    step: str,
    proof: ReadinessProof,
    now: datetime,
    **details: object,
) -> None:
    session.flush()
    audit.record(
        session,
        actor=actor,
        action=f"proof.{step}",
        kind="listing",
        object_id=proof.listing_id,
        now=now,
        level=proof.level,
        report_id=proof.report_id,
        **details,
    )
    jobs.tell(session, f"proof.{step}", id=str(proof.id))
