"""Who reads which field and file of a deal, and from when: one matrix, obeyed by every page.

Every column of the tables below has an entry; a test compares with the models, so that a new
column can't be shown before somebody thought of who may read it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.deals.models import DealRole
from marketplace.files.models import Visibility

if TYPE_CHECKING:
    from collections.abc import Mapping


class Secrecy(StrEnum):
    """Classes of what a deal's pages may show."""

    OPEN = "open"  # everybody in the deal
    NAMED = "named"  # the company's name: the other side once it agreed to be named
    CONTACT = "contact"  # the other side and the manager once both agreed
    SIGNED = "signed"  # the other side and the manager once both have signed
    OWN = "own"  # the side that it belongs to, and nobody else
    NEVER = "never"  # no page of a deal shows it


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """Who looks, as a deal's page knows them; ``role`` is None for a reading administrator."""

    role: DealRole | None
    is_administrator: bool = False
    signed: bool = False
    consented: bool = False
    named: bool = True

    @property
    def is_stranger(self) -> bool:
        """Whether the deal does not exist for them."""
        return self.role is None and not self.is_administrator


def may_read(secrecy: Secrecy, viewer: Viewer, *, owner: DealRole | None) -> bool:
    """Whether a viewer reads something of a class that belongs to a side.

    Administrators read what parties tell the platform, but neither contacts nor what was shown
    under an agreement that they did not sign.
    """
    if viewer.is_stranger or secrecy is Secrecy.NEVER:
        return False
    if owner is not None and viewer.role is owner:
        return True
    party = viewer.role is not None
    opened = {
        Secrecy.OPEN: True,
        Secrecy.NAMED: viewer.named or viewer.is_administrator,
        Secrecy.CONTACT: party and viewer.consented,
        Secrecy.SIGNED: party and viewer.signed,
    }
    return opened.get(secrecy, False)


def _every(secrecy: Secrecy, *names: str) -> dict[str, Secrecy]:
    return dict.fromkeys(names, secrecy)


_ROW = _every(Secrecy.NEVER, "id", "version", "created_at", "updated_at")

#: Table → column → class. Which side owns a row is said by ``OWNER``.
FIELDS: Mapping[str, Mapping[str, Secrecy]] = {
    "listing": _ROW
    | _every(
        Secrecy.OPEN,
        "title",
        "title_en",
        "kind",
        "status",
        "language",
        "summary",
        "summary_en",
        "plain_summary",
        "plain_summary_en",
        "problem",
        "problem_en",
        "gain",
        "gain_en",
        "gains",
        "abstract",
        "abstract_en",
        "keywords",
        "keywords_en",
        "industry_codes",
        "field_codes",
        "trl",
        "inventors",
        "source_channel",
        "next_step",
        "next_step_en",
        "cooperation",
        "terms",
        "terms_en",
        "open_license",
        "price_mode",
        "price_minor",
        "price_max_minor",
        "export_control",
        "year",
        "published_at",
        "organization_id",
        "is_demo",
    )
    | _every(
        Secrecy.OWN,
        "external_id",
        "pending",
        "pending_submitted_at",
        "submitted_at",
        "return_reason",
        "touched_at",
        "expiry_asked_at",
        "withdrawn_reason",
        "source_hash",
        "created_by",
        "edited_by",
        "reviewed_by",
    ),
    "need": _ROW
    | _every(
        Secrecy.OPEN,
        "title",
        "title_en",
        "kind",
        "status",
        "language",
        "problem",
        "problem_en",
        "situation",
        "parameters",
        "constraints",
        "budget_min_minor",
        "budget_max_minor",
        "deadline_on",
        "confidentiality",
        "cooperation",
        "criteria",
        "acceptance",
        "ip_wishes",
        "keywords",
        "keywords_en",
        "industry_codes",
        "field_codes",
        "trl_min",
        "published_at",
        "is_demo",
    )
    | _every(Secrecy.NAMED, "organization_id")
    | _every(
        Secrecy.OWN,
        "external_id",
        "pending",
        "pending_submitted_at",
        "created_by",
        "edited_by",
        "submitted_at",
        "reviewed_by",
        "return_reason",
        "close_reason",
        "closed_at",
        "touched_at",
        "expiry_asked_at",
        "import_digest",
    ),
    "deal": _ROW
    | _every(
        Secrecy.OPEN,
        "title",
        "title_en",
        "number",
        "stage",
        "stage_since",
        "opened_at",
        "touched_at",
        "opened_by",
        "origin",
        "listing_id",
        "need_id",
        "licensor_id",
        "manager_id",
        "manager_invited_by",
        "manager_accepted_at",
        "value_minor",
        "currency",
        "next_step",
        "next_on",
        "confidential_at",
        "lapse_reason",
        "lapse_note",
        "ended_at",
        "is_demo",
        "licensee_hidden",
    )
    | _every(Secrecy.NAMED, "licensee_id")
    | _every(Secrecy.NEVER, "match_id", "answer_id", "enquiry_id", "manager_person_id"),
    "deal_stage_entry": _ROW
    | _every(
        Secrecy.OPEN, "position", "stage", "entered_at", "left_at", "event", "role", "by", "values"
    )
    | _every(Secrecy.NEVER, "deal_id", "deal_opened_at", "is_first", "stayed_seconds"),
    "deal_message": _ROW
    | _every(Secrecy.OPEN, "person_id", "role", "at", "body")
    | _every(Secrecy.NEVER, "deal_id"),
    "deal_visit": _ROW
    | _every(Secrecy.OPEN, "person_id", "role", "on", "place", "notes", "present")
    | _every(Secrecy.NEVER, "deal_id"),
    "deal_task": _ROW
    | _every(
        Secrecy.OPEN,
        "title",
        "role",
        "due_on",
        "given_by",
        "given_at",
        "blocking",
        "done_at",
        "done_by",
    )
    | _every(Secrecy.NEVER, "deal_id", "reminded_at"),
    "deal_contact_consent": _ROW
    | _every(Secrecy.OPEN, "role", "given_at", "withdrawn_at")
    | _every(Secrecy.CONTACT, "name", "email", "phone")
    | _every(Secrecy.NEVER, "deal_id", "given_by"),
    "deal_disclosure": _ROW
    | _every(Secrecy.OPEN, "role", "number", "written_at")
    | _every(Secrecy.SIGNED, "body")
    | _every(Secrecy.NEVER, "deal_id", "written_by"),
    "room_file": _ROW
    | _every(
        Secrecy.OPEN,
        "role",
        "number",
        "uploaded_by",
        "uploaded_at",
        "audience",
        "confidential",
        "removed_at",
    )
    # A name can tell as much as a content.
    | _every(Secrecy.SIGNED, "name")
    | _every(Secrecy.NEVER, "deal_id", "attachment_id"),
    "deal_view": _ROW
    | _every(Secrecy.OPEN, "person_id", "role", "at", "object_kind", "label", "sha256")
    | _every(Secrecy.NEVER, "deal_id", "object_id"),
}

#: Files of the records by kind and visibility; inside a deal nobody reads another side's own
#: papers. A kind of file that opens under an agreement has an entry here; a test demands it.
FILES: Mapping[str, Mapping[Visibility, Secrecy]] = {
    "listing": {
        Visibility.PUBLIC: Secrecy.OPEN,
        Visibility.SIGNED_IN: Secrecy.OPEN,
        Visibility.CONFIDENTIAL: Secrecy.SIGNED,
        Visibility.INTERNAL: Secrecy.OWN,
    },
    "need": {
        Visibility.PUBLIC: Secrecy.OPEN,
        Visibility.SIGNED_IN: Secrecy.OPEN,
        Visibility.CONFIDENTIAL: Secrecy.SIGNED,
        Visibility.INTERNAL: Secrecy.OWN,
    },
}

#: The side to which a record of a table belongs; rows with a ``role`` belong to that side.
OWNER: Mapping[str, DealRole] = {"listing": DealRole.LICENSOR, "need": DealRole.LICENSEE}
#: Columns that are the licensee's although the deal is nobody's.
OWNER_OF_COLUMN: Mapping[tuple[str, str], DealRole] = {
    ("deal", "licensee_id"): DealRole.LICENSEE,
}


def owner_of(table: str, column: str, role: DealRole | None = None) -> DealRole | None:
    """Give the side that a column's value belongs to; ``role`` is the row's own, if it has one."""
    return OWNER_OF_COLUMN.get((table, column)) or role or OWNER.get(table)


def shows(viewer: Viewer, table: str, column: str, *, role: DealRole | None = None) -> bool:
    """Whether a page of the deal may show this column to this viewer."""
    return may_read(FIELDS[table][column], viewer, owner=owner_of(table, column, role))
