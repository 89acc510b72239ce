"""What a person prefers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.queries import own_user
from marketplace.core import jobs

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor


def change_preferences(
    session: Session, *, actor: Actor, name: str, language: str, personal_matching: bool
) -> None:
    """Keep name, language of mails, and whether matches may be made for this person.

    The switch for personal matching is what the rules on algorithmic recommendation ask for
    (互联网信息服务算法推荐管理规定, article 17).
    """
    user = own_user(session, actor, lock=True)
    user.name = name
    user.language = language
    if user.personal_matching != personal_matching:
        user.personal_matching = personal_matching
        jobs.tell(session, "account.matching_switched", user_id=str(user.id))
