"""Tells people what is new under their saved searches, each record once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import text, update
from sqlalchemy.dialects.postgresql import insert

from marketplace.core import jobs
from marketplace.core.messages import N_
from marketplace.discovery import rules
from marketplace.discovery.asking import open_engine, search
from marketplace.discovery.models import AlertFrequency, SavedSearch, Scope, SearchAlert
from marketplace.discovery.queries import saved
from marketplace.discovery.services import query_of
from marketplace.indexing.visibility import visible_for
from marketplace.notifications.models import Frequency, Notice, NoticeGroup
from marketplace.notifications.rules import Topic, both
from marketplace.notifications.services import notify
from search.engine import SearchUnavailable
from search.queries import Sort

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from search.documents import Document
    from search.engine import Engine
    from search.visibility import Visible

#: Newest results looked at for one search; what is beyond is reached by running it.
LOOKED_AT = 100
#: News counted on the list of searches; more are shown as "20+".
COUNTED = 20
#: Time for the index to take in what was just published, and for a batch to finish.
SOON = timedelta(seconds=15)
#: The hearer that runs the searches of those who want to know at once.
RUN_NOW = "discovery.alert_now"

ONE = Topic(
    "search.one_new",
    NoticeGroup.SEARCHES,
    N_("New under your saved search “%(search)s”: %(title)s"),
)
SEVERAL = Topic(
    "search.several_new",
    NoticeGroup.SEARCHES,
    N_("%(count)s new results under your saved search “%(search)s”"),
)


@dataclass(frozen=True, kw_only=True)
class News:
    """A search with the number of results that its owner has not seen; None: nobody knows."""

    search: SavedSearch
    count: int | None
    more: bool = False


def count_news(parts: object, searches: Sequence[SavedSearch], *, actor: Actor) -> list[News]:
    """Count what came to each search since it was last run; without an engine nobody knows."""
    visible = visible_for(actor)
    found = []
    for one in searches:
        try:
            newest = _newest(open_engine(parts), one, visible, size=COUNTED)
        except SearchUnavailable:
            return [News(search=each, count=None) for each in searches]
        fresh = rules.newer_than(newest, one.opened_at)
        found.append(News(search=one, count=len(fresh), more=len(fresh) >= COUNTED))
    return found


def run(
    session: Session, *, parts: object, one: SavedSearch, actor: Actor, now: datetime
) -> Sequence[Document]:
    """Tell a search's owner what was published since it was saved; give what was told.

    Words alone decide: a search by meaning has no end, and an alert must have a reason. Raises
    SearchUnavailable; whoever runs it tries again later and nothing is lost.
    """
    newest = _newest(open_engine(parts), one, visible_for(actor))
    fresh = rules.newer_than(newest, one.saved_at)
    told = _claim(session, one, [UUID(document.id) for document in fresh], now)
    documents = [document for document in fresh if UUID(document.id) in told]
    if documents:
        _tell(session, one, documents, now)
    return documents


def run_soon(session: Session, *, scope: Scope, now: datetime) -> None:
    """Queue one run of the searches that want to know at once; a waiting run is enough."""
    if not saved.is_anything_watched(session, AlertFrequency.NOW, scope):
        return
    # An import publishes thousands of records: they share the run that waits already.
    waits = session.scalar(
        text(
            "SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE status = 'todo' "
            "AND args ->> 'hearer' = :hearer AND args -> 'payload' ->> 'scope' = :scope)"
        ),
        {"hearer": RUN_NOW, "scope": scope.value},
    )
    if not waits:
        jobs.ask(session, RUN_NOW, at=now + SOON, scope=scope.value)


def _newest(
    engine: Engine, one: SavedSearch, visible: Visible, *, size: int = LOOKED_AT
) -> list[Document]:
    query = replace(query_of(one), sort=Sort.NEWEST, page=1, size=size, facet_size=1)
    return [hit.document for hit in search(engine, query, visible).hits]


def _claim(
    session: Session, one: SavedSearch, ids: Sequence[UUID], now: datetime
) -> frozenset[UUID]:
    """Write down what will be told; give what nobody had written down before."""
    if not ids:
        return frozenset()
    rows = [{"saved_search_id": one.id, "record_id": record, "told_at": now} for record in ids]
    return frozenset(
        session.scalars(
            insert(SearchAlert)
            .on_conflict_do_nothing(index_elements=["saved_search_id", "record_id"])
            .returning(SearchAlert.record_id),
            rows,
        )
    )


def _tell(session: Session, one: SavedSearch, documents: Sequence[Document], now: datetime) -> None:
    first = documents[0]
    values: dict[str, object] = {"search": one.name}
    if len(documents) == 1:
        topic, link = ONE, f"/{_PATHS[one.scope]}/{first.id}"
        title_en = first.title_en or first.title
        values["title"] = both(first.title or title_en, title_en)
    else:
        topic, link = SEVERAL, f"/saved-searches/{one.id}"
        values["count"] = len(documents)
    notices = notify(
        session,
        people=[one.person_id],
        topic=topic,
        dedupe=f"{topic.key}:{one.id}:{first.id}",
        values=values,
        link=link,
        now=now,
    )
    if one.frequency is AlertFrequency.NOW:
        _mail_at_once(session, notices)


def _mail_at_once(session: Session, notices: Sequence[UUID]) -> None:
    """Who wants this search's news at once gets them so, unless they want no mail at all."""
    hurried = session.scalars(
        update(Notice)
        .where(Notice.id.in_(notices), Notice.mail.in_((Frequency.DAILY, Frequency.WEEKLY)))
        .values(mail=Frequency.NOW)
        .returning(Notice.id)
    ).all()
    for notice_id in hurried:
        jobs.ask(session, "notifications.mail", notice_id=str(notice_id))


#: Where the records of a scope have their pages.
_PATHS = {Scope.LISTING: "technologies", Scope.NEED: "needs"}
