"""What people are told of the facts of performance."""

from __future__ import annotations

from marketplace.core.messages import N_
from marketplace.notifications.models import NoticeGroup
from marketplace.notifications.rules import Topic


def _topic(key: str, message: str) -> Topic:
    return Topic(key, NoticeGroup.DEALS, message)


PLANNED = _topic("performance.planned", N_("The payments of the contract “%(title)s” are planned."))
MILESTONE = _topic("milestone.moved", N_("“%(name)s” in “%(title)s”: %(state)s."))
ALARM = _topic(
    "milestone.alarm",
    N_("“%(name)s” in “%(title)s” was paid %(days)s days ago and is not released yet."),
)
STOP = _topic(
    "milestone.stop",
    N_("“%(name)s” in “%(title)s” has waited too long: no further payment until it is settled."),
)
STATEMENT_DUE = _topic("royalty.due", N_("A royalty report for “%(title)s” is due on %(day)s."))
STATEMENT = _topic("royalty.moved", N_("Royalty statement of “%(title)s”: %(state)s."))
INTEREST = _topic("interest.moved", N_("Late interest of %(amount)s in “%(title)s”: %(state)s."))
LATE = _topic("performance.late", N_("Overdue for %(days)s days in “%(title)s”: %(name)s"))
COMMISSION = _topic("commission.moved", N_("Your commission in “%(title)s”: %(state)s."))
COMMISSION_OWED = _topic(
    "commission.owed", N_("The commission of the manager in “%(title)s”: %(state)s.")
)
DISPUTE = _topic("dispute.moved", N_("Dispute in the deal “%(title)s”: %(state)s."))
CONSENT = _topic("split.consent", N_("Look at your share of the income from “%(title)s”."))
NOTICED = _topic("split.notice", N_("The award notice for “%(title)s” is public until %(day)s."))
ANSWERED = _topic("split.answer", N_("Somebody answered about the split of “%(title)s”."))
OBJECTED = _topic(
    "split.objection", N_("There is an objection against the award notice for “%(title)s”.")
)
AWARDED = _topic("award.payout", N_("A payout of your share from “%(title)s” was recorded."))
