"""Who may open an attachment: its own visibility, and that of the object it hangs on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import and_, false, or_

from marketplace.files.models import Attachment, Visibility

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor

    Predicate = Callable[[Session, Actor, UUID], bool]
    Opened = Callable[[Session, Actor, Attachment, datetime], None]


@dataclass(frozen=True)
class _Rule:
    may_see: Predicate
    may_see_confidential: Predicate
    closed: bool = False
    opened: Opened | None = None


_rules: dict[str, _Rule] = {}


def _nobody(_session: Session, _actor: Actor, _object_id: UUID) -> bool:
    return False


def register(
    object_kind: str,
    may_see: Predicate,
    *,
    may_see_confidential: Predicate = _nobody,
    closed: bool = False,
    opened: Opened | None = None,
) -> None:
    """Let a domain say who sees its objects, and who has agreed to confidentiality.

    Files of a kind that nobody registered open for their organization and reviewers alone. Files
    of a ``closed`` kind open for nobody here: their domain hands them out itself. ``opened`` is
    told when somebody of another organization opens a confidential file.
    """
    _rules[object_kind] = _Rule(may_see, may_see_confidential, closed, opened)


def agree_by(object_kind: str, may_see_confidential: Predicate, opened: Opened) -> None:
    """Let a higher domain say who has agreed to confidentiality about a registered kind."""
    rule = _rules[object_kind]
    _rules[object_kind] = replace(rule, may_see_confidential=may_see_confidential, opened=opened)


def agreeing_kinds() -> frozenset[str]:
    """Give the kinds whose confidential files open for whoever agreed to confidentiality."""
    return frozenset(
        kind for kind, rule in _rules.items() if rule.may_see_confidential is not _nobody
    )


def is_logged(actor: Actor, attachment: Attachment) -> bool:
    """Whether opening the file leaves a line in the log: confidential, and somebody else's."""
    return attachment.visibility is Visibility.CONFIDENTIAL and not is_insider(actor, attachment)


def tell_opened(session: Session, actor: Actor, attachment: Attachment, now: datetime) -> None:
    """Tell the domain of the file's object that it was opened."""
    rule = _rules.get(attachment.object_kind)
    if rule is not None and rule.opened is not None:
        rule.opened(session, actor, attachment, now)


def is_insider(actor: Actor, attachment: Attachment) -> bool:
    """Members of the owning organization, reviewers and administrators.

    A file of no organization belongs to who uploaded it. An organization's does not: people
    leave, and its papers stay.
    """
    own = (
        attachment.uploaded_by == actor.user_id
        if attachment.organization_id is None
        else actor.is_member(attachment.organization_id)
    )
    return own or actor.is_reviewer or actor.is_administrator


def may_open(session: Session, actor: Actor, attachment: Attachment) -> bool:
    """Whether the actor may open the file."""
    if attachment.removed_at is not None:
        return False
    rule = _rules.get(attachment.object_kind)
    if rule is not None and rule.closed:
        return False
    if is_insider(actor, attachment):
        return True
    if rule is None or not rule.may_see(session, actor, attachment.object_id):
        return False
    if attachment.visibility is Visibility.CONFIDENTIAL:
        return rule.may_see_confidential(session, actor, attachment.object_id)
    return attachment.visibility is Visibility.PUBLIC or (
        attachment.visibility is Visibility.SIGNED_IN and not actor.is_visitor
    )


def visible_to(
    session: Session, actor: Actor, *, object_kind: str, object_id: UUID
) -> ColumnElement[bool]:
    """Say the same in SQL for the files of one object."""
    present = and_(
        Attachment.removed_at.is_(None),
        Attachment.object_kind == object_kind,
        Attachment.object_id == object_id,
    )
    rule = _rules.get(object_kind)
    if rule is not None and rule.closed:
        return false()
    if actor.is_reviewer or actor.is_administrator:
        return present
    insider: ColumnElement[bool] = (
        false()
        if actor.is_visitor
        else or_(
            and_(
                Attachment.organization_id.is_(None),
                Attachment.uploaded_by == actor.user_id,
            ),
            Attachment.organization_id.in_(actor.organization_ids),
        )
    )
    if rule is None or not rule.may_see(session, actor, object_id):
        return and_(present, insider)
    levels = [Visibility.PUBLIC]
    if not actor.is_visitor:
        levels.append(Visibility.SIGNED_IN)
    if rule.may_see_confidential(session, actor, object_id):
        levels.append(Visibility.CONFIDENTIAL)
    return and_(present, or_(insider, Attachment.visibility.in_(levels)))
