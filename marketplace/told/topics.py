"""What people are told of the facts of listings, needs and organizations."""

from __future__ import annotations

from marketplace.core.messages import N_
from marketplace.notifications.models import NoticeGroup
from marketplace.notifications.rules import Topic

_REVIEWS, _EXPIRY = NoticeGroup.REVIEWS, NoticeGroup.EXPIRY
_ANSWERS, _OWN = NoticeGroup.ANSWERS, NoticeGroup.ORGANIZATIONS


def _by_key(*rows: tuple[str, NoticeGroup, str]) -> dict[str, Topic]:
    return {key: Topic(key, group, message) for key, group, message in rows}


#: Fact → what the people who write for the listing's owner are told.
LISTINGS = _by_key(
    ("listing.published", _REVIEWS, N_("“%(title)s” is published.")),
    ("listing.returned", _REVIEWS, N_("“%(title)s” was returned: %(reason)s")),
    (
        "listing.expiry_asked",
        _EXPIRY,
        N_("“%(title)s” has not been touched for long. Renew it, or it will be hidden."),
    ),
    ("listing.expired", _EXPIRY, N_("“%(title)s” is hidden now, for nobody renewed it.")),
)

LISTINGS_PUBLISHED = Topic(
    "listings.published", _REVIEWS, N_("Technologies of %(organization)s are published.")
)

#: Fact → what the people who write for the need's owner are told.
NEEDS = _by_key(
    ("need.opened", _REVIEWS, N_("Your need “%(title)s” is open.")),
    ("need.changed", _REVIEWS, N_("The changes of your need “%(title)s” are published.")),
    ("need.returned", _REVIEWS, N_("Your need “%(title)s” was returned: %(reason)s")),
    (
        "need.silent",
        _EXPIRY,
        N_("Your need “%(title)s” has been silent for long. Is it still open?"),
    ),
    ("need.expired", _EXPIRY, N_("Your need “%(title)s” is hidden now, for it was silent.")),
)

#: Fact → what the need's owner is told of a question, or its asker of the reply.
QUESTIONS = _by_key(
    ("need.question_asked", _ANSWERS, N_("Somebody asks about your need “%(title)s”.")),
    ("need.question_answered", _ANSWERS, N_("Your question about “%(title)s” was answered.")),
)

#: Fact → what the need's owner is told of an answer.
TO_OWNER = _by_key(
    ("answer.sent", _ANSWERS, N_("%(organization)s answered your need “%(title)s”.")),
    (
        "answer.overdue",
        _ANSWERS,
        N_("%(organization)s still waits for your reaction to its answer to “%(title)s”."),
    ),
    (
        "answer.replied",
        _ANSWERS,
        N_("%(organization)s replied to your question about “%(title)s”."),
    ),
    (
        "answer.withdrawn",
        _ANSWERS,
        N_("%(organization)s withdrew its answer to your need “%(title)s”."),
    ),
)

#: Fact → what the answering side is told of its answer.
TO_ANSWERER = _by_key(
    ("answer.shortlisted", _ANSWERS, N_("Your answer to “%(title)s” is on the shortlist.")),
    ("answer.asked", _ANSWERS, N_("The owner of “%(title)s” asks about your answer.")),
    ("answer.chosen", _ANSWERS, N_("Your answer to “%(title)s” was chosen.")),
    ("answer.declined", _ANSWERS, N_("Your answer to “%(title)s” was declined: %(reason)s")),
    ("answer.need_closed", _ANSWERS, N_("The need “%(title)s” that you answered is closed.")),
)

ENQUIRY_SENT = Topic("enquiry.sent", _ANSWERS, N_("%(organization)s asks about “%(title)s”."))
#: Fact → what the person who asked is told.
ENQUIRIES = _by_key(
    ("enquiry.answered", _ANSWERS, N_("Your enquiry about “%(title)s” was answered.")),
    (
        "enquiry.declined",
        _ANSWERS,
        N_("Your enquiry about “%(title)s” was declined: %(reason)s"),
    ),
)

#: Fact → what the organization's owners are told.
ORGANIZATIONS = _by_key(
    ("organization.verified", _OWN, N_("%(name)s is verified and may publish.")),
    ("organization.restored", _OWN, N_("%(name)s is restored and may publish again.")),
    ("organization.returned", _OWN, N_("The application of %(name)s was returned: %(reason)s")),
    ("organization.suspended", _OWN, N_("%(name)s was suspended: %(reason)s")),
)
