"""Who sees what: the predicates over a table of actors."""

from __future__ import annotations

from types import SimpleNamespace
from uuid import UUID

import pytest

from marketplace.core.actor import VISITOR, Actor, MemberRole, PlatformRole
from marketplace.needs import permissions
from marketplace.needs.models import Confidentiality, NeedStatus
from marketplace.organizations.models import OrganizationStatus

OWNER, VERIFIED, PLAIN, AGREED = (UUID(int=number) for number in (1, 2, 3, 4))


def member(organization: UUID, *, verified: bool, role=MemberRole.OWNER, roles=()) -> Actor:
    return Actor(
        user_id=UUID(int=organization.int + 100),
        memberships={organization: frozenset({role})},
        verified=frozenset({organization} if verified else ()),
        roles=frozenset(roles),
    )


def person(*roles: PlatformRole) -> Actor:
    return Actor(user_id=UUID(int=99), roles=frozenset(roles))


ACTORS = {
    "visitor": VISITOR,
    "signed in": person(),
    "city officer": person(PlatformRole.CITY_OFFICER),
    "reviewer": person(PlatformRole.REVIEWER),
    "administrator": person(PlatformRole.ADMINISTRATOR),
    "owner": member(OWNER, verified=True),
    "unverified owner": member(OWNER, verified=False),
    "operator of owner": member(OWNER, verified=True, role=MemberRole.OPERATOR_STAFF),
    "verified member": member(VERIFIED, verified=True),
    "unverified member": member(PLAIN, verified=False),
    "agreed member": member(AGREED, verified=False),
}
ALWAYS = {"reviewer", "administrator", "owner", "unverified owner", "operator of owner"}
SEES_NAME = {
    Confidentiality.NAMED: set(ACTORS),
    Confidentiality.VERIFIED: ALWAYS | {"verified member", "agreed member"},
    Confidentiality.ON_CONSENT: ALWAYS | {"agreed member"},
}


def need(**values):
    values.setdefault("organization_id", OWNER)
    values.setdefault("status", NeedStatus.OPEN)
    values.setdefault("confidentiality", Confidentiality.VERIFIED)
    return SimpleNamespace(**values)


@pytest.mark.parametrize("name", ACTORS)
@pytest.mark.parametrize("level", Confidentiality)
def test_may_see_name(level, name):
    seen = permissions.may_see_name(ACTORS[name], need(confidentiality=level), {AGREED})
    assert seen is (name in SEES_NAME[level])


@pytest.mark.parametrize("level", Confidentiality)
def test_consent_of_nobody_names_nobody(level):
    seen = permissions.may_see_name(ACTORS["agreed member"], need(confidentiality=level))
    assert seen is (level is Confidentiality.NAMED)


@pytest.mark.parametrize("level", Confidentiality)
def test_is_named_publicly_means_that_a_visitor_sees_the_name(level):
    thing = need(confidentiality=level)
    assert permissions.is_named_publicly(thing) is permissions.may_see_name(VISITOR, thing)


@pytest.mark.parametrize("name", ACTORS)
@pytest.mark.parametrize("standing", ["verified", "suspended"])
@pytest.mark.parametrize("status", NeedStatus)
def test_may_see(status, standing, name):
    shown = status in {"open", "in_talks", "met", "closed_unmet", "expired"}
    expected = (shown and standing == "verified") or name in ALWAYS
    owner = SimpleNamespace(status=OrganizationStatus(standing))
    assert permissions.may_see(ACTORS[name], need(status=status), owner) is expected


@pytest.mark.parametrize("name", ACTORS)
def test_only_writers_of_the_owner_write_and_judge(name):
    expected = name in {"owner", "unverified owner"}
    assert permissions.may_write(ACTORS[name], need()) is expected
    assert permissions.may_judge(ACTORS[name], need()) is expected


@pytest.mark.parametrize("name", ACTORS)
def test_only_reviewers_review(name):
    assert permissions.may_review(ACTORS[name], need()) is (name == "reviewer")


def test_nobody_reviews_for_their_own_organization():
    actor = member(OWNER, verified=True, roles=[PlatformRole.REVIEWER])
    assert not permissions.may_review(actor, need())


@pytest.mark.parametrize(
    ("name", "organizations"),
    [
        ("visitor", set()),
        ("owner", set()),
        ("verified member", {VERIFIED}),
        ("unverified member", {PLAIN}),
        ("reviewer", set()),
    ],
)
def test_answering_organizations(name, organizations):
    assert permissions.answering_organizations(ACTORS[name], need()) == organizations


def test_nobody_answers_their_own_need_through_a_second_organization():
    actor = Actor(
        user_id=UUID(int=9),
        memberships={
            OWNER: frozenset({MemberRole.OPERATOR_STAFF}),
            VERIFIED: frozenset({MemberRole.OWNER}),
        },
    )
    assert not permissions.may_answer_for(actor, need(), VERIFIED)


@pytest.mark.parametrize("name", ACTORS)
def test_only_the_two_sides_read_an_answer(name):
    answer = SimpleNamespace(organization_id=VERIFIED)
    expected = name in {"owner", "unverified owner", "operator of owner", "verified member"}
    assert permissions.may_see_answer(ACTORS[name], answer, need()) is expected


@pytest.mark.parametrize("name", ACTORS)
def test_only_writers_of_the_answering_side_speak_for_it(name):
    answer = SimpleNamespace(organization_id=VERIFIED)
    expected = name == "verified member"
    assert permissions.may_speak_for(ACTORS[name], answer) is expected
