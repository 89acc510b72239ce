"""What people are told of the facts of deals."""

from __future__ import annotations

from marketplace.core.messages import N_
from marketplace.notifications.models import NoticeGroup
from marketplace.notifications.rules import Topic


def _by_key(*rows: tuple[str, str]) -> dict[str, Topic]:
    return {key: Topic(key, NoticeGroup.DEALS, message) for key, message in rows}


#: Fact → what all others in the deal are told.
TO_OTHERS = _by_key(
    ("deal.opened", N_("A deal about “%(title)s” was opened with you.")),
    ("deal.advanced", N_("The deal “%(title)s” stands at “%(stage)s” now.")),
    ("deal.message_written", N_("There is a message in the deal “%(title)s”.")),
    ("deal.visit_noted", N_("A visit was noted in the deal “%(title)s”.")),
    ("deal.contact_agreed", N_("The other side shares its contact in the deal “%(title)s”.")),
    ("deal.licensee_named", N_("The company behind the deal “%(title)s” shows its name.")),
    ("deal.manager_accepted", N_("A technology manager takes part in the deal “%(title)s”.")),
    ("deal.manager_declined", N_("The invited manager declined the deal “%(title)s”.")),
    ("deal.manager_left", N_("The manager left the deal “%(title)s”.")),
    ("deal.file_put", N_("There is a new file in the room of the deal “%(title)s”.")),
    (
        "deal.disclosure_written",
        N_("Confidential particulars were written in the deal “%(title)s”."),
    ),
)
INVITED = Topic(
    "deal.manager_invited",
    NoticeGroup.DEALS,
    N_("You are asked to broker the deal “%(title)s”."),
)
TASK_GIVEN = Topic(
    "deal.task_given", NoticeGroup.DEALS, N_("A task for you in “%(title)s”: %(task)s")
)
TASK_DONE = Topic(
    "deal.task_done", NoticeGroup.DEALS, N_("A task in “%(title)s” is done: %(task)s")
)
TASK_DUE = Topic("deal.task_due", NoticeGroup.DEALS, N_("Due on %(day)s in “%(title)s”: %(task)s"))
