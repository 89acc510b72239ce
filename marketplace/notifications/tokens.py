"""The link under a mail that ends such mails without signing in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer

from marketplace.core.errors import NotFound
from marketplace.notifications.models import NoticeGroup

if TYPE_CHECKING:
    from collections.abc import Iterable

_SALT = "notices.unsubscribe"


@dataclass(frozen=True)
class Unsubscription:
    """Whose mails of which groups a link ends."""

    person_id: UUID
    groups: tuple[NoticeGroup, ...]


def sign(secret: str, person_id: UUID, groups: Iterable[NoticeGroup]) -> str:
    """Give the token of a link; it never expires, for an old mail must be answerable, too."""
    names = sorted(group.value for group in groups)
    return str(URLSafeSerializer(secret, salt=_SALT).dumps([person_id.hex, names]))


def read(secret: str, token: str) -> Unsubscription:
    """Give what a token stands for; raise NotFound for one that we did not sign."""
    try:
        person, names = URLSafeSerializer(secret, salt=_SALT).loads(token)
        return Unsubscription(UUID(hex=person), tuple(NoticeGroup(name) for name in names))
    except (BadSignature, ValueError) as error:
        raise NotFound from error
