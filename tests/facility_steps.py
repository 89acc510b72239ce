"""Writing facilities in tests: one step saved as its author saw it."""

from __future__ import annotations

from marketplace.facilities import queries
from marketplace.facilities.services import drafts
from marketplace.files.store import Upload

UPLOAD = Upload(name="notice.pdf", media_type="application/pdf", size_bytes=9, sha256="0" * 64)


def save(session, actor, facility, step, now, **values):
    loaded = queries.get_own_facility(session, facility.id, actor=actor)
    return drafts.save_step(
        session,
        actor=actor,
        facility_id=facility.id,
        step=step,
        values=values,
        seen=drafts.seen_of(loaded, step),
        now=now,
    )
