"""What people are told of the register, of mandates and of introductions."""

from __future__ import annotations

from marketplace.core.messages import N_
from marketplace.notifications.models import NoticeGroup
from marketplace.notifications.rules import Topic

_REVIEWS, _EXPIRY = NoticeGroup.REVIEWS, NoticeGroup.EXPIRY
_ANSWERS, _MATCHES = NoticeGroup.ANSWERS, NoticeGroup.MATCHES


def _by_key(*rows: tuple[str, NoticeGroup, str]) -> dict[str, Topic]:
    return {key: Topic(key, group, message) for key, group, message in rows}


#: Fact → what the manager is told of the own entry.
ENTRY = _by_key(
    ("manager.licensed", _REVIEWS, N_("You are licensed as a technology manager.")),
    ("manager.refused", _REVIEWS, N_("Your entry in the register was refused: %(reason)s")),
    (
        "manager.turned_down",
        _REVIEWS,
        N_("What you added to your entry in the register was turned down: %(reason)s"),
    ),
    (
        "manager.suspended",
        _REVIEWS,
        N_("Your license as a technology manager is suspended: %(reason)s"),
    ),
    ("manager.restored", _REVIEWS, N_("Your license as a technology manager stands again.")),
    (
        "manager.expiring",
        _EXPIRY,
        N_(
            "Your license as a technology manager ends on %(day)s. Add a newer credential in time, "
            "or you can't open new deals."
        ),
    ),
    (
        "manager.expired",
        _EXPIRY,
        N_(
            "Your license as a technology manager has ended. What runs goes on; new deals wait for "
            "a newer credential."
        ),
    ),
)

#: Fact → what the other side of a mandate is told.
MANDATES = _by_key(
    (
        "mandate.drafted",
        _ANSWERS,
        N_("A mandate between %(client)s and the manager %(manager)s is proposed. Look at it."),
    ),
    (
        "mandate.offered",
        _ANSWERS,
        N_("The mandate between %(client)s and the manager %(manager)s waits for your signature."),
    ),
    (
        "mandate.revised",
        _ANSWERS,
        N_("The mandate between %(client)s and the manager %(manager)s is being changed again."),
    ),
    (
        "mandate.declined",
        _ANSWERS,
        N_("The mandate between %(client)s and the manager %(manager)s was declined: %(reason)s"),
    ),
    (
        "mandate.signed",
        _ANSWERS,
        N_("The mandate between %(client)s and the manager %(manager)s is signed by both."),
    ),
    (
        "mandate.ended",
        _EXPIRY,
        N_("The mandate between %(client)s and the manager %(manager)s has ended."),
    ),
)

INTRODUCED = Topic(
    "manager.introduced",
    _MATCHES,
    N_("The manager %(manager)s introduced %(licensor)s and %(licensee)s to each other."),
)
CLAIM_ARISEN = Topic(
    "manager.claim_arisen",
    _ANSWERS,
    N_(
        "%(licensor)s and %(licensee)s registered a contract without you, though you had "
        "introduced them. Your claim file is ready."
    ),
)
RATED = Topic("manager.rated", _ANSWERS, N_("A client rated your work: %(stars)s of 5 stars."))
