from __future__ import annotations

from datetime import date

import pytest

from marketplace.listings.models import DeclineReason, Enquiry, EnquiryStatus, ListingStatus
from tests.clients import words
from tests.factories.listings import NOON

S = ListingStatus


@pytest.fixture
def owner(make):
    return make.organization()


@pytest.fixture
def listing(make, owner):
    return make.listing(owner, status=S.PUBLISHED)


@pytest.fixture
def company(make):
    return make.organization()


@pytest.fixture
def buyer(make, company):
    return make.member(company, name="赵买", email="buyer@example.com")


def place(listing):
    return f"/technologies/{listing.id}/enquire"


class TestEnquire:
    def test_visitors_sign_in_first(self, client, listing):
        answer = client.get(place(listing))
        assert answer.status_code == 302
        assert "next=" in answer.location

    def test_people_without_organization_are_told_how(self, client, make, listing):
        client.sign_in(make.user())
        assert "Owners answer organizations" in words(client.get("/en" + place(listing)))

    def test_sends(self, session, client, listing, company, buyer):
        client.sign_in(buyer)
        assert company.name in words(client.get(place(listing)))
        answer = client.post(
            place(listing),
            data={"organization": str(company.id), "message": "试用", "shares_contact": "y"},
        )
        enquiry = session.query(Enquiry).one()
        assert answer.location == f"/enquiries/{enquiry.id}"
        assert (enquiry.message, enquiry.shares_contact) == ("试用", True)

    def test_a_second_one_is_refused_and_the_first_linked(
        self, client, make, listing, company, buyer
    ):
        first = make.enquiry(listing, sender_organization=company)
        client.sign_in(buyer)
        answer = client.post(
            "/en" + place(listing), data={"organization": str(company.id), "message": "again"}
        )
        assert answer.status_code == 422
        assert "already waits for a reply" in words(answer)
        assert f"/enquiries/{first.id}" in answer.text
        assert "again" in answer.text

    @pytest.mark.parametrize("values", [{"message": " "}, {"message": "x", "organization": "1"}])
    def test_refuses_bad_input(self, session, client, listing, company, buyer, values):
        client.sign_in(buyer)
        data = {"organization": str(company.id), **values}
        assert client.post(place(listing), data=data).status_code == 422
        assert session.query(Enquiry).count() == 0

    def test_not_to_oneself_nor_about_hidden_ones(self, client, make, owner, listing, buyer):
        client.sign_in(make.member(owner))
        assert client.get(place(listing)).status_code == 403
        client.sign_in(buyer)
        assert client.get(place(make.listing())).status_code == 404


class TestInbox:
    def test_each_side_sees_its_box(self, client, make, owner, listing, company, buyer):
        make.enquiry(
            listing, sender_organization=company, due_on=date(2026, 1, 5), message="请问价格"
        )
        client.sign_in(make.member(owner))
        told = words(client.get("/en/enquiries"))
        for text in ("请问价格", company.name_en, "Late"):
            assert text in told
        assert "Nothing sent yet" in words(client.get("/en/enquiries?box=sent"))
        client.sign_in(buyer)
        assert owner.name in words(client.get("/enquiries?box=sent"))
        assert "No messages yet" in words(client.get("/en/enquiries"))


class TestEnquiry:
    def test_addresses_are_masked_until_both_agree(
        self, client, make, owner, listing, company, buyer
    ):
        enquiry = make.enquiry(
            listing, sender=buyer, sender_organization=company, shares_contact=True
        )
        seller = make.member(owner, name="钱卖", email="seller@example.com")
        client.sign_in(seller)
        assert "buyer@example.com" not in client.get(f"/enquiries/{enquiry.id}").text

        answer = client.post(
            f"/enquiries/{enquiry.id}/answer", data={"reply": "可以", "shares_contact": "y"}
        )

        assert answer.status_code == 303
        assert "buyer@example.com" in client.get(f"/enquiries/{enquiry.id}").text
        client.sign_in(buyer)
        assert "seller@example.com" in client.get(f"/enquiries/{enquiry.id}").text

    def test_an_answer_without_consent_shows_none(
        self, client, make, owner, listing, company, buyer
    ):
        enquiry = make.enquiry(
            listing, sender=buyer, sender_organization=company, shares_contact=True
        )
        client.sign_in(make.member(owner, email="seller@example.com"))
        client.post(f"/enquiries/{enquiry.id}/answer", data={"reply": "可以"})
        client.sign_in(buyer)
        told = client.get(f"/enquiries/{enquiry.id}").text
        assert "可以" in told
        assert "seller@example.com" not in told

    def test_declines_with_a_reason(self, client, make, owner, listing, company, buyer):
        enquiry = make.enquiry(listing, sender=buyer, sender_organization=company)
        client.sign_in(make.member(owner))
        place = f"/enquiries/{enquiry.id}/decline"
        assert client.post(place, data={}).status_code == 422
        told = client.post("/en" + place, data={"decline_reason": "other"})
        assert told.status_code == 422
        assert "Write at least a sentence." in words(told)
        assert client.post(place, data={"decline_reason": "taken"}).status_code == 303
        assert enquiry.decline_reason is DeclineReason.TAKEN
        client.sign_in(buyer)
        assert "taken already" in words(client.get(f"/en/enquiries/{enquiry.id}"))

    def test_an_empty_answer_is_refused(self, client, make, owner, listing):
        enquiry = make.enquiry(listing)
        client.sign_in(make.member(owner))
        assert client.post(f"/enquiries/{enquiry.id}/answer", data={}).status_code == 422

    def test_answered_twice_is_told(self, client, make, owner, listing):
        enquiry = make.enquiry(listing, status=EnquiryStatus.ANSWERED, replied_at=NOON, reply="a")
        client.sign_in(make.member(owner))
        for step, data in (
            ("answer", {"reply": "b"}),
            ("decline", {"decline_reason": "taken"}),
        ):
            answer = client.post(f"/enquiries/{enquiry.id}/{step}", data=data)
            assert answer.status_code == 422
        assert enquiry.reply == "a"

    def test_strangers_find_nothing(self, client, make, listing):
        enquiry = make.enquiry(listing)
        for user in (make.member(make.organization()), make.user()):
            client.sign_in(user)
            assert client.get(f"/enquiries/{enquiry.id}").status_code == 404
            data = {"reply": "x", "decline_reason": "taken"}
            for step in ("answer", "decline"):
                assert client.post(f"/enquiries/{enquiry.id}/{step}", data=data).status_code == 404

    def test_text_is_only_text(self, client, make, owner, listing):
        enquiry = make.enquiry(listing, message="<script>alert(1)</script>")
        client.sign_in(make.member(owner))
        answer = client.get(f"/enquiries/{enquiry.id}")
        assert "<script>alert" not in answer.text
        assert "<script>alert(1)</script>" in words(answer)


class TestExportOfOwnData:
    def test_holds_what_a_person_asked_and_replied(self, session, make, listing, company, buyer):
        from marketplace.listings.wiring import _enquiries_of

        asked = make.enquiry(listing, sender=buyer, sender_organization=company)
        replied = make.enquiry(
            listing, status=EnquiryStatus.ANSWERED, replied_at=NOON, replied_by=buyer.id
        )
        make.enquiry(listing)
        rows = _enquiries_of(session, buyer.id)
        assert {row["message"] for row in rows} == {asked.message}
        assert len(rows) == 2
        assert str(replied.id) in str(rows)
