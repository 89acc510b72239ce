"""One table of cases through the three forms of one rule: predicate, SQL, search."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from marketplace.core.actor import VISITOR, MemberRole, PlatformRole
from marketplace.files.models import Visibility
from marketplace.files.permissions import may_open
from marketplace.indexing.visibility import visible_for
from marketplace.listings import permissions
from marketplace.listings.documents import document_of
from marketplace.listings.models import EnquiryStatus, Listing, ListingStatus
from marketplace.organizations.models import OrganizationStatus
from tests.factories.listings import NOON

S = ListingStatus
O = OrganizationStatus  # noqa: E741 — the table below is read by its columns

ACTORS = (
    "visitor",
    "signed_in",
    "stranger",
    "member",
    "staff",
    "reviewer",
    "own_reviewer",
    "administrator",
    "city_officer",
)
OWN = {"member", "staff", "own_reviewer", "administrator"}
#: (state of the listing, state of its organization) → who sees it; everybody else does not.
SEEN = {
    (S.DRAFT, O.VERIFIED): OWN,
    (S.UNDER_REVIEW, O.VERIFIED): OWN | {"reviewer"},
    (S.RETURNED, O.VERIFIED): OWN | {"reviewer"},
    (S.PUBLISHED, O.VERIFIED): set(ACTORS),
    (S.PUBLISHED, O.SUSPENDED): OWN | {"reviewer"},
    (S.PUBLISHED, O.APPLIED): set(ACTORS),
    (S.EXPIRED, O.VERIFIED): OWN | {"reviewer"},
    (S.WITHDRAWN, O.VERIFIED): OWN | {"reviewer"},
}
FOUND = {(S.PUBLISHED, O.VERIFIED), (S.PUBLISHED, O.APPLIED)}


def actor_named(make, name, owner):
    if name == "visitor":
        return VISITOR
    if name == "signed_in":
        return make.actor()
    return {
        "stranger": lambda: make.member_of(make.organization()),
        "member": lambda: make.member_of(owner, MemberRole.EDITOR),
        "staff": lambda: make.member_of(owner, MemberRole.OPERATOR_STAFF),
        "reviewer": make.reviewer,
        "own_reviewer": lambda: make.reviewer(member_of=owner),
        "administrator": make.administrator,
        "city_officer": make.city_officer,
    }[name]()


@pytest.mark.parametrize("case", list(SEEN), ids=lambda case: f"{case[0]}-{case[1]}")
@pytest.mark.parametrize("name", ACTORS)
def test_the_three_forms_agree(session, make, name, case):
    status, standing = case
    owner = make.organization(status=standing)
    listing = make.listing(owner, status=status)
    actor = actor_named(make, name, owner)

    seen = name in SEEN[case]
    assert permissions.may_see(actor, listing, owner) is seen
    row = session.scalar(
        select(Listing.id).where(Listing.id == listing.id, permissions.visible_to(actor))
    )
    assert (row is not None) is seen
    document = document_of(listing, [], owner)
    assert (document is not None) is (case in FOUND)
    if document is not None:
        assert visible_for(actor).allows(document) is seen


STEPS = {
    S.DRAFT: {"edit", "send", "withdraw"},
    S.RETURNED: {"edit", "send", "withdraw"},
    S.UNDER_REVIEW: {"recall", "withdraw"},
    S.PUBLISHED: {"edit", "renew", "withdraw"},
    S.EXPIRED: {"edit", "renew", "withdraw"},
    S.WITHDRAWN: {"reopen"},
}


class TestStepsFor:
    @pytest.mark.parametrize("status", list(STEPS))
    def test_a_writer_takes_every_step_but_the_review(self, make, status):
        owner = make.organization()
        listing = make.listing(owner, status=status)
        for role in (MemberRole.OWNER, MemberRole.EDITOR, MemberRole.TTO_OFFICER):
            assert permissions.steps_for(make.member_of(owner, role), listing) == STEPS[status]

    @pytest.mark.parametrize("status", list(STEPS))
    def test_others_take_none(self, make, status):
        owner = make.organization()
        listing = make.listing(owner, status=status)
        for actor in (
            VISITOR,
            make.actor(),
            make.member_of(make.organization()),
            make.member_of(owner, MemberRole.OPERATOR_STAFF),
            make.city_officer(),
        ):
            assert permissions.steps_for(actor, listing) == frozenset()

    @pytest.mark.parametrize("status", list(STEPS))
    def test_a_foreign_reviewer_only_judges(self, make, status):
        listing = make.listing(status=status)
        expected = {"publish", "return"} if status is S.UNDER_REVIEW else set()
        assert permissions.steps_for(make.reviewer(), listing) == expected

    def test_an_administrator_may_also_withdraw(self, make):
        listing = make.listing(status=S.PUBLISHED)
        assert permissions.steps_for(make.administrator(), listing) == {"withdraw"}

    def test_nobody_judges_for_their_own_organization(self, make):
        owner = make.organization()
        listing = make.listing(owner, status=S.UNDER_REVIEW)
        user = make.platform_user(PlatformRole.REVIEWER, PlatformRole.ADMINISTRATOR)
        make.membership(user, owner)
        assert not {"publish", "return"} & permissions.steps_for(make.actor(user), listing)

    def test_an_unverified_organization_cannot_send(self, make):
        owner = make.organization(status=O.APPLIED)
        listing = make.listing(owner)
        assert permissions.steps_for(make.member_of(owner), listing) == {"edit", "withdraw"}

    def test_changes_to_a_published_text_are_sent_recalled_and_judged(self, make):
        owner = make.organization()
        listing = make.listing(owner, status=S.PUBLISHED, pending={"title": "x"})
        writer = make.member_of(owner)
        assert permissions.steps_for(writer, listing) == {"edit", "send", "renew", "withdraw"}
        listing.pending_submitted_at = NOON
        assert permissions.steps_for(writer, listing) == {"recall", "renew", "withdraw"}
        assert permissions.steps_for(make.reviewer(), listing) == {"publish", "return"}


class TestFiles:
    @pytest.mark.parametrize(
        ("visibility", "openers"),
        [
            (Visibility.PUBLIC, set(ACTORS)),
            (Visibility.SIGNED_IN, set(ACTORS) - {"visitor"}),
            (Visibility.CONFIDENTIAL, OWN | {"reviewer"}),
            (Visibility.INTERNAL, OWN | {"reviewer"}),
        ],
    )
    def test_open_to_their_circle(self, session, make, visibility, openers):
        owner = make.organization()
        file = make.listing_file(make.listing(owner, status=S.PUBLISHED), visibility=visibility)
        for name in ACTORS:
            actor = actor_named(make, name, owner)
            assert may_open(session, actor, file) is (name in openers), name

    def test_stay_closed_when_the_listing_is_hidden(self, session, make):
        file = make.listing_file(make.listing(status=S.WITHDRAWN))
        assert not may_open(session, VISITOR, file)


class TestEnquiries:
    def test_members_of_other_organizations_ask(self, make):
        owner = make.organization()
        listing = make.listing(owner, status=S.PUBLISHED)
        asks = {
            name
            for name in ACTORS
            if permissions.may_enquire(actor_named(make, name, owner), listing, owner)
        }
        assert asks == {"stranger"}

    def test_not_about_hidden_listings(self, make):
        owner = make.organization()
        listing = make.listing(owner, status=S.EXPIRED)
        assert not permissions.may_enquire(make.member_of(make.organization()), listing, owner)

    def test_the_two_sides_read_and_the_owner_answers(self, session, make):
        owner, company = make.organization(), make.organization()
        listing = make.listing(owner, status=S.PUBLISHED)
        enquiry = make.enquiry(listing, sender_organization=company)
        sender, writer = make.member_of(company), make.member_of(owner)
        staff = make.member_of(owner, MemberRole.OPERATOR_STAFF)
        assert permissions.may_see_enquiry(sender, enquiry)
        assert permissions.may_see_enquiry(staff, enquiry)
        assert not permissions.may_see_enquiry(make.administrator(), enquiry)
        assert permissions.may_answer(writer, enquiry)
        assert not permissions.may_answer(staff, enquiry)
        assert not permissions.may_answer(sender, enquiry)
        enquiry.status = EnquiryStatus.ANSWERED
        assert not permissions.may_answer(writer, enquiry)
        session.expire(enquiry)


def test_was_public(make):
    assert permissions.was_public(make.listing(status=S.EXPIRED))
    assert permissions.was_public(make.listing(status=S.WITHDRAWN, published_at=NOON))
    assert not permissions.was_public(make.listing(status=S.WITHDRAWN))
    assert not permissions.was_public(make.listing(status=S.DRAFT, published_at=NOON))
