"""What people are told of amendments."""

from __future__ import annotations

from marketplace.core.messages import N_
from marketplace.notifications.models import NoticeGroup
from marketplace.notifications.rules import Topic


def _topic(key: str, message: str) -> Topic:
    return Topic(key, NoticeGroup.DEALS, message)


PROPOSED = _topic(
    "amendment.proposed", N_("An amendment of the contract “%(title)s” waits for your signature.")
)
ENDED = _topic("amendment.ended", N_("Amendment of the contract “%(title)s”: %(state)s."))
IN_FORCE = _topic(
    "amendment.in_force", N_("Both sides signed: the contract “%(title)s” is amended.")
)
RECORD = _topic(
    "amendment.record",
    N_("Have the amendment of “%(title)s” recorded at the registration office by %(day)s."),
)
