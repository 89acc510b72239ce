"""From an enquiry to due diligence through the pages."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.deals.models import Deal, DealMessage, DealStage, DealTask, DealView, DealVisit
from marketplace.deals.queries.deals import list_history
from marketplace.listings.models import ListingStatus
from marketplace.organizations.models import Organization
from marketplace.papers.models import Paper
from marketplace.web.clock import now as present
from tests.clients import words

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)


def tomorrow() -> str:
    return (present() + timedelta(days=2)).date().isoformat()


@pytest.fixture
def sides(make, session):
    """An enquiry, and a writer of each side."""
    listing = make.listing(status=ListingStatus.PUBLISHED)
    enquiry = make.enquiry(listing)
    owner = make.member(session.get_one(Organization, enquiry.owner_id))
    asker = make.member(session.get_one(Organization, enquiry.sender_organization_id))
    return enquiry, owner, asker


def open_deal(client, session, enquiry):
    answer = client.post(
        f"/deals/open/enquiry/{enquiry.id}",
        data={
            "next_step": "电话沟通",
            "next_on": tomorrow(),
            "message": "您好，我们可以先看样机。",
        },
    )
    assert answer.status_code == 303, words(answer)
    return session.scalars(select(Deal)).one()


def sign(client, paper, organization_id, name):
    party = next(one for one in paper.parties if one.organization_id == organization_id)
    return client.post(
        f"/papers/{paper.id}/sign",
        data={"party_id": str(party.id), "name": name, "sha256": paper.sha256, "agreed": "y"},
    )


class TestJourney:
    def test_runs_from_enquiry_to_due_diligence(self, client, session, sides):
        enquiry, owner, asker = sides
        client.sign_in(owner)
        assert "Open a deal" in words(client.get(f"/en/enquiries/{enquiry.id}"))
        assert client.get(f"/deals/open/enquiry/{enquiry.id}").status_code == 200
        deal = open_deal(client, session, enquiry)
        assert client.get(f"/deals/open/enquiry/{enquiry.id}").status_code == 303
        page = words(client.get(f"/en/deals/{deal.id}"))
        assert "First contact" in page
        assert "您好，我们可以先看样机。" in page
        board = words(client.get("/en/deals/"))
        assert deal.title in board

        refused = client.post(f"/en/deals/{deal.id}/move/ask_confidentiality", data={})
        assert refused.status_code == 422
        assert "Fill this in" in words(refused)
        moved = client.post(
            f"/deals/{deal.id}/move/ask_confidentiality",
            data={
                "purpose": "评估除锈工艺",
                "next_step": "双方签署",
                "next_on": tomorrow(),
                "version": deal.version,
            },
        )
        assert moved.status_code == 303
        paper = session.scalars(select(Paper)).one()
        page = words(client.get(f"/en/deals/{deal.id}"))
        assert "Read and sign the agreement" in page
        assert "has not signed the confidentiality agreement" in page
        assert "评估除锈工艺" in words(client.get(f"/papers/{paper.id}"))

        from marketplace.papers import queries

        paper = queries.load(session, paper.id)
        answer = sign(client, paper, deal.licensor_id, owner.name)
        assert answer.status_code == 303, words(answer)
        client.sign_in(asker)
        paper = queries.load(session, paper.id)
        answer = sign(client, paper, deal.licensee_id, asker.name)
        assert answer.status_code == 303, words(answer)
        session.expire_all()
        deal = session.get_one(Deal, deal.id)
        assert deal.stage is DealStage.DUE_DILIGENCE
        assert deal.confidential_at is not None
        assert [row.stage for row in list_history(session, deal.id)] == [
            DealStage.INQUIRY,
            DealStage.CONFIDENTIALITY,
            DealStage.DUE_DILIGENCE,
        ]

    def test_keeps_messages_visits_and_tasks(self, client, session, sides):
        enquiry, owner, asker = sides
        client.sign_in(owner)
        deal = open_deal(client, session, enquiry)
        client.sign_in(asker)
        here = f"/en/deals/{deal.id}"
        assert client.post(f"{here}/messages", data={"body": "样机在哪里？"}).status_code == 303
        assert client.post(f"{here}/messages", data={"body": " "}).status_code == 422
        visit = {"on": "2026-11-01", "place": "武昌车间", "notes": "看了样机", "present": "李工"}
        assert client.post(f"{here}/visits", data=visit).status_code == 303
        refused = client.post(f"{here}/visits", data=visit | {"on": "2099-01-01"})
        assert refused.status_code == 422
        assert "after the meeting" in words(refused)
        task = {"title": "寄样品", "role": "licensor", "due_on": tomorrow(), "blocking": "y"}
        assert client.post(f"{here}/tasks", data=task).status_code == 303
        assert client.post(f"{here}/tasks", data=task | {"title": ""}).status_code == 422
        assert client.post(f"{here}/tasks", data=task | {"role": "manager"}).status_code == 422
        page = words(client.get(here))
        for shown in ("样机在哪里？", "看了样机", "寄样品", "Holds the deal"):
            assert shown in page
        row = session.scalars(select(DealTask)).one()
        client.sign_in(owner)
        assert client.post(f"{here}/tasks/{row.id}/done").status_code == 303
        assert client.post(f"{here}/tasks/{row.id}/done").status_code == 409
        assert len(session.scalars(select(DealMessage)).all()) == 2
        assert len(session.scalars(select(DealVisit)).all()) == 1

    def test_shows_contacts_once_both_agreed(self, client, session, sides):
        enquiry, owner, asker = sides
        client.sign_in(owner)
        deal = open_deal(client, session, enquiry)
        here = f"/en/deals/{deal.id}"
        mine = {"name": "王主任", "email": "wang@whut.example", "phone": "027-1"}
        assert client.post(f"{here}/contact", data=mine | {"email": "wang"}).status_code == 422
        refused = client.post(f"{here}/contact", data={"name": "王主任"})
        assert refused.status_code == 422
        assert client.post(f"{here}/contact", data=mine).status_code == 303
        assert client.post(f"{here}/contact", data=mine).status_code == 422
        client.sign_in(asker)
        assert "wang@whut.example" not in words(client.get(here))
        theirs = {"name": "赵总", "email": "zhao@steel.example"}
        assert client.post(f"{here}/contact", data=theirs).status_code == 303
        assert "wang@whut.example" in words(client.get(here))
        assert client.post(f"{here}/contact/withdraw").status_code == 303
        assert "wang@whut.example" not in words(client.get(here))
        assert client.post(f"{here}/contact/withdraw").status_code == 409

    def test_hands_files_out_under_the_agreement(self, client, session, make):
        deal = make.deal(DealStage.DUE_DILIGENCE)
        owner = make.member(session.get_one(Organization, deal.licensor_id))
        asker = make.member(session.get_one(Organization, deal.licensee_id))
        client.sign_in(owner)
        here = f"/en/deals/{deal.id}/room"
        sent = {"audience": ["licensee"], "confidential": "y"}
        assert client.post(here, data=sent).status_code == 422
        for _ in range(2):
            answer = client.post(here, data=sent | {"file": (io.BytesIO(PDF), "工艺.pdf")})
            assert answer.status_code == 303, words(answer)
        client.post(here, data={"confidential": "y", "file": (io.BytesIO(PDF), "内部.pdf")})
        page = client.get(here)
        assert "v2" in words(page)
        client.sign_in(asker)
        page = client.get(here)
        shown = words(page)
        assert "工艺.pdf" in shown
        assert "内部.pdf" not in shown
        opened = re.findall(r'action="([^"]+/room/[^"]+/open)"', page.text)
        assert len(opened) == 2
        file = client.post(opened[0])
        assert file.status_code == 200
        assert file.data.startswith(b"%PDF")
        assert file.data != PDF
        assert file.headers["Cache-Control"] == "private, no-store"
        assert len(session.scalars(select(DealView)).all()) == 1
        client.sign_in(owner)
        own = client.post(opened[0])
        assert own.data == PDF
        own.close()
        assert asker.name in words(client.get(here))
        assert client.post(opened[0].replace("/open", "/remove")).status_code == 303
        client.sign_in(asker)
        assert client.post(opened[0]).status_code == 404
        assert client.post(opened[0].replace("/open", "/remove")).status_code == 403

    def test_opens_particulars_after_both_signed(self, client, session, make):
        deal = make.deal(DealStage.CONFIDENTIALITY)
        owner = make.member(session.get_one(Organization, deal.licensor_id))
        asker = make.member(session.get_one(Organization, deal.licensee_id))
        client.sign_in(owner)
        here = f"/en/deals/{deal.id}/room"
        assert client.get(f"{here}/particulars").status_code == 200
        assert client.post(f"{here}/particulars", data={"body": ""}).status_code == 422
        written = client.post(f"{here}/particulars", data={"body": "脉宽 37 ns"})
        assert written.status_code == 303
        client.sign_in(asker)
        assert client.post(f"{here}/particulars/licensor").status_code == 404
        assert client.post(f"{here}/particulars/nobody").status_code == 404
        assert "37 ns" not in words(client.get(here))
        deal.confidential_at = deal.opened_at
        session.flush()
        assert "37 ns" in words(client.post(f"{here}/particulars/licensor"))
        assert "Particulars v1" in words(client.get(here))
