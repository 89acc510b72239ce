"""Limits of matching, and what is told of it."""

from __future__ import annotations

from datetime import timedelta

from marketplace.core.messages import N_
from marketplace.notifications.models import NoticeGroup
from marketplace.notifications.rules import Topic

#: Counterparts kept per record and direction.
KEPT = 30
#: Below this score a counterpart is no suggestion but noise.
KEPT_FROM = 0.2
#: But with less than two models so many of the best ones are kept whatever their score.
KEPT_AT_LEAST = 10
#: Best new matches of one record that become notices in one run; the page shows the rest.
PUSHED = 5
#: Records matched in one job; about a second of work, for whoever changes one of them waits.
BATCH = 5
#: So many waiting listings are an import: then the needs are matched in their stead.
MANY = 20
#: The index takes in a changed row within about a second; matching waits for it.
INDEX_LAG = timedelta(seconds=5)

FOR_NEED = Topic(
    "match.for_need",
    NoticeGroup.MATCHES,
    N_("“%(listing)s” may answer your need “%(need)s”."),
)
FOR_LISTING = Topic(
    "match.for_listing",
    NoticeGroup.MATCHES,
    N_("Your “%(listing)s” may answer the need “%(need)s”."),
)
INVITED = Topic(
    "match.invited",
    NoticeGroup.ANSWERS,
    N_("The owner of the need “%(need)s” invites you to answer it with “%(listing)s”."),
)
