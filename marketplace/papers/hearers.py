"""Tells the parties of a paper what waits for them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.core.messages import N_
from marketplace.notifications.models import NoticeGroup
from marketplace.notifications.queries import members_of
from marketplace.notifications.rules import Topic, both
from marketplace.notifications.services import notify
from marketplace.papers import queries
from marketplace.papers.permissions import SIGNERS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from marketplace.core.jobs import Hearer, Work
    from marketplace.papers.models import Paper, PaperParty

ASKED = Topic(
    "paper.drawn_up", NoticeGroup.PAPERS, N_("“%(title)s” is drawn up and waits for signatures.")
)
SIGNED = Topic(
    "paper.signed", NoticeGroup.PAPERS, N_("%(party)s signed “%(title)s”; your signature is open.")
)
COMPLETE = Topic("paper.complete", NoticeGroup.PAPERS, N_("All parties have signed “%(title)s”."))


def people_of(work: Work, parties: Iterable[PaperParty]) -> list[UUID]:
    """Give who signs for these parties: the person, or the organization's signers of today."""
    people = []
    for party in parties:
        if party.person_id is not None:
            people.append(party.person_id)
        elif party.organization_id is not None:
            people += members_of(work.session, [party.organization_id], now=work.now, roles=SIGNERS)
    return people


def _tell(
    work: Work, paper: Paper, parties: Iterable[PaperParty], topic: Topic, key: str, **more: object
) -> None:
    notify(
        work.session,
        people=people_of(work, parties),
        topic=topic,
        dedupe=f"{topic.key}:{key}",
        values={"title": both(paper.title, paper.title_en), **more},
        link=f"/papers/{paper.id}",
        now=work.now,
    )


def ask_signatures(work: Work, *, id: str) -> None:  # noqa: A002 — the fact's own word
    """A paper was drawn up: ask the parties, except whom a newer number will ask."""
    paper = queries.load(work.session, UUID(id))
    if paper is not None and paper.is_current:
        open_parties = [party for party in paper.parties if party.signature is None]
        _tell(work, paper, open_parties, ASKED, id)


def tell_of_signature(work: Work, *, id: str, party: str, complete: bool) -> None:  # noqa: A002 — see above
    """A party signed: ask the others, or tell all that the paper is complete."""
    paper = queries.load(work.session, UUID(id))
    if paper is None:
        return
    if complete:
        _tell(work, paper, paper.parties, COMPLETE, id)
        return
    signer = next(one for one in paper.parties if str(one.id) == party)
    if paper.is_current:
        waiting = [one for one in paper.parties if one.signature is None]
        _tell(
            work,
            paper,
            waiting,
            SIGNED,
            f"{id}:{party}",
            party=both(signer.name, signer.name_en or signer.name),
        )


HEARERS: dict[str, Hearer] = {
    "papers.ask_signatures": ask_signatures,
    "papers.tell_of_signature": tell_of_signature,
}
HEARS: dict[str, tuple[str, ...]] = {
    "paper.drawn_up": ("papers.ask_signatures",),
    "paper.signed": ("papers.tell_of_signature",),
}
