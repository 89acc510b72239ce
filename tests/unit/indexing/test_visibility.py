"""An actor's filter says the same as the circles of audiences."""

from __future__ import annotations

from uuid import uuid4

import pytest

from marketplace.core.actor import VISITOR, Actor, MemberRole, PlatformRole
from marketplace.indexing.visibility import visible_for
from search.documents import Audience, Document, Kind

OWN = uuid4()
OTHER = uuid4()
MEMBER = {OWN: frozenset({MemberRole.EDITOR})}
SIGNED_IN = Actor(user_id=uuid4())
APPLIED = Actor(user_id=uuid4(), memberships=MEMBER)
VERIFIED = Actor(user_id=uuid4(), memberships=MEMBER, verified=frozenset({OWN}))
REVIEWER = Actor(user_id=uuid4(), roles=frozenset({PlatformRole.REVIEWER}))
OFFICER = Actor(user_id=uuid4(), roles=frozenset({PlatformRole.CITY_OFFICER}))


@pytest.mark.parametrize(
    ("actor", "audience", "owner", "found"),
    [
        (VISITOR, Audience.PUBLIC, OTHER, True),
        (VISITOR, Audience.SIGNED_IN, OTHER, False),
        (SIGNED_IN, Audience.SIGNED_IN, OTHER, True),
        (SIGNED_IN, Audience.VERIFIED, OTHER, False),
        (APPLIED, Audience.VERIFIED, OTHER, False),
        (APPLIED, Audience.VERIFIED, OWN, True),
        (VERIFIED, Audience.VERIFIED, OTHER, True),
        (OFFICER, Audience.VERIFIED, OTHER, False),
        (REVIEWER, Audience.VERIFIED, OTHER, True),
    ],
)
def test_who_finds_what(actor, audience, owner, found):
    document = Document(
        kind=Kind.NEED, id="1", version=1, title="", organization_id=str(owner), audience=audience
    )
    assert visible_for(actor).allows(document) is found
