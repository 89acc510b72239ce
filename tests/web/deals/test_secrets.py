"""What the pages of a deal show: every field and file × actor × stage, by the matrix."""

from __future__ import annotations

import hashlib
import io

import pytest

from marketplace.accounts.models import User
from marketplace.core.actor import PlatformRole
from marketplace.deals import confidentiality
from marketplace.deals.confidentiality import Secrecy, Viewer, may_read
from marketplace.deals.models import (
    ContactConsent,
    DealDisclosure,
    DealOrigin,
    DealRole,
    DealStage,
    RoomFile,
)
from marketplace.deals.records import LISTING, NEED
from marketplace.files.forms import store
from marketplace.files.models import Attachment, Visibility
from marketplace.listings.models import ListingStatus
from marketplace.needs.models import Confidentiality
from marketplace.organizations.models import Organization
from tests.clients import words

#: Columns that hold free words, in which a mark can be put.
TEXTS = frozenset(
    {
        "title",
        "summary",
        "problem",
        "gain",
        "abstract",
        "next_step",
        "terms",
        "external_id",
        "return_reason",
        "situation",
        "constraints",
        "acceptance",
        "ip_wishes",
    }
)
STAGES = [stage for stage in DealStage if stage is not DealStage.LAPSED]
ROLES = {
    "licensor": DealRole.LICENSOR,
    "licensee": DealRole.LICENSEE,
    "manager": DealRole.MANAGER,
    "administrator": None,
    "stranger": None,
}


def marker(table: str, column: str) -> str:
    return f"MARK-{table}-{column}".replace("_", "-")


@pytest.fixture
def world(make, session, now):
    """A deal whose texts each carry a mark, and a person for each role."""

    def build(stage: DealStage, *, hidden: bool = False):
        listing = make.listing(status=ListingStatus.PUBLISHED)
        need = make.need(confidentiality=Confidentiality.ON_CONSENT)
        for record, labels, table in ((listing, LISTING, "listing"), (need, NEED, "need")):
            for column in labels:
                if column in TEXTS:
                    setattr(record, column, marker(table, column))
        company = session.get_one(Organization, need.organization_id)
        company.name = company.name_en = "MARK-company"
        match = make.match(need, listing)
        broker = make.broker()
        deal = make.deal(
            stage,
            manager=broker,
            match_id=match.id,
            origin=DealOrigin.MATCH,
            listing_id=listing.id,
            need_id=need.id,
            licensor_id=listing.organization_id,
            licensee_id=need.organization_id,
            licensee_hidden=hidden,
            title="MARK-title",
        )
        people = {
            "licensor": make.member(session.get_one(Organization, deal.licensor_id)),
            "licensee": make.member(company),
            "manager": session.get_one(User, broker.person_id),
            "administrator": make.platform_user(PlatformRole.ADMINISTRATOR),
            "stranger": make.member(make.organization()),
        }
        for role in (DealRole.LICENSOR, DealRole.LICENSEE):
            make.add(
                DealDisclosure(
                    deal_id=deal.id,
                    role=role,
                    number=1,
                    body=f"MARK-body-{role.value}",
                    written_by=people[role.value].id,
                    written_at=now,
                )
            )
            for confidential in (True, False):
                room_file(make, deal, role, people[role.value], now, confidential=confidential)
        for visibility in Visibility:
            make.listing_file(listing, visibility=visibility, name=f"MARK-{visibility.value}.pdf")
        return deal, people

    return build


@pytest.fixture
def kept(app):
    """The content that every room file of these tests names."""
    return store().take(io.BytesIO(b"abc"), "abc.txt")


def room_file(make, deal, role, person, now, *, confidential):
    kind = "closed" if confidential else "open"
    attachment = make.add(
        Attachment(
            object_kind="deal_room",
            object_id=deal.id,
            organization_id=None,
            uploaded_by=person.id,
            name=f"MARK-{kind}-{role.value}.pdf",
            media_type="text/plain",
            size_bytes=3,
            sha256=hashlib.sha256(b"abc").hexdigest(),
            visibility=Visibility.CONFIDENTIAL,
        )
    )
    others = [one.value for one in (DealRole.LICENSOR, DealRole.LICENSEE) if one is not role]
    make.add(
        RoomFile(
            deal_id=deal.id,
            role=role,
            name=attachment.name,
            number=1,
            attachment_id=attachment.id,
            uploaded_by=person.id,
            uploaded_at=now,
            audience=[*others, "manager"],
            confidential=confidential,
        )
    )


def everything(client, person, deal) -> str:
    """Give all words of all pages of the deal as one person reads them, particulars included."""
    client.sign_in(person)
    here = f"/en/deals/{deal.id}"
    answers = [client.get(here + part) for part in ("", "/records", "/room")]
    answers += [client.post(f"{here}/room/particulars/{role}") for role in ("licensor", "licensee")]
    assert {answer.status_code for answer in answers} <= {200, 404}
    return "\n".join(words(answer) for answer in answers)


def expected(name: str, stage: DealStage, *, hidden: bool) -> dict[str, bool]:
    """Give each mark with whether this person may read it, by the matrix alone."""
    signed = STAGES.index(stage) > STAGES.index(DealStage.CONFIDENTIALITY)
    viewer = Viewer(
        role=ROLES[name],
        is_administrator=name == "administrator",
        signed=signed,
        named=not hidden,
    )
    found = {
        marker(table, column): confidentiality.shows(viewer, table, column)
        for table, labels in (("listing", LISTING), ("need", NEED))
        for column in labels
        if column in TEXTS
    }
    found["MARK-company"] = may_read(Secrecy.NAMED, viewer, owner=DealRole.LICENSEE)
    for role in (DealRole.LICENSOR, DealRole.LICENSEE):
        found[f"MARK-body-{role.value}"] = confidentiality.shows(
            viewer, "deal_disclosure", "body", role=role
        )
        found[f"MARK-closed-{role.value}.pdf"] = may_read(Secrecy.SIGNED, viewer, owner=role)
        found[f"MARK-open-{role.value}.pdf"] = viewer.role is not None
    for visibility, secrecy in confidentiality.FILES["listing"].items():
        found[f"MARK-{visibility.value}.pdf"] = may_read(secrecy, viewer, owner=DealRole.LICENSOR)
    return found


class TestPages:
    @pytest.mark.parametrize("stage", STAGES)
    def test_show_each_mark_to_its_readers_alone(self, client, world, stage):
        deal, people = world(stage)
        for name, person in people.items():
            text = everything(client, person, deal)
            for mark, readable in expected(name, stage, hidden=False).items():
                assert (mark in text) == readable, (stage, name, mark)

    def test_hide_the_name_of_a_company_that_did_not_agree(self, client, world):
        deal, people = world(DealStage.INQUIRY, hidden=True)
        for name, person in people.items():
            text = everything(client, person, deal)
            readable = expected(name, DealStage.INQUIRY, hidden=True)["MARK-company"]
            assert ("MARK-company" in text) == readable, name
        client.sign_in(people["licensor"])
        for page in (
            "/deals/",
            "/deals/list",
            "/deals/list.csv?ended=1",
            "/deals/calendar",
            "/desk",
        ):
            assert "MARK-company" not in client.get(page).text
        people_of_company = people["licensee"].name
        assert people_of_company not in everything(client, people["licensor"], deal)

    def test_show_contacts_by_consent_alone(self, client, world, session, now):
        deal, people = world(DealStage.TERMS)
        for count, role in enumerate((DealRole.LICENSOR, DealRole.LICENSEE), start=1):
            session.add(
                ContactConsent(
                    deal_id=deal.id,
                    role=role,
                    given_by=people[role.value].id,
                    given_at=now,
                    name=f"MARK-name-{role.value}",
                    email=f"{role.value}@mark.example",
                    phone=f"MARK-phone-{role.value}",
                )
            )
            session.flush()
            for name, person in people.items():
                client.sign_in(person)
                text = words(client.get(f"/en/deals/{deal.id}"))
                for side in ("licensor", "licensee"):
                    readable = count == 2 and name != side and ROLES[name] is not None
                    for mark in (f"MARK-name-{side}", f"{side}@mark.example", f"MARK-phone-{side}"):
                        assert (mark in text) == readable, (name, mark)

    @pytest.mark.parametrize("stage", [DealStage.CONFIDENTIALITY, DealStage.DUE_DILIGENCE])
    @pytest.mark.usefixtures("kept")
    def test_hand_out_files_by_the_same_rule(self, client, world, session, stage):
        deal, people = world(stage)
        files = session.query(RoomFile).filter_by(deal_id=deal.id).all()
        for name, person in people.items():
            client.sign_in(person)
            for file in files:
                readable = expected(name, stage, hidden=False)[file.name]
                answer = client.post(f"/deals/{deal.id}/room/{file.id}/open")
                assert answer.status_code == (200 if readable else 404), (name, file.name)
                answer.close()

    def test_open_a_listings_confidential_file_and_write_it_down(self, client, world, session, app):
        deal, people = world(DealStage.DUE_DILIGENCE)
        kept = store().take(io.BytesIO(b"secret,1\n"), "secret.csv")
        attachment = session.query(Attachment).filter_by(name="MARK-confidential.pdf").one()
        attachment.sha256, attachment.media_type = kept.sha256, kept.media_type
        session.flush()
        path = f"/en/files/{attachment.id}"
        for name, person in people.items():
            client.sign_in(person)
            answer = client.get(path)
            answer.close()
            assert answer.status_code == (404 if name == "stranger" else 200), name
        client.sign_in(people["licensee"])
        assert "Open the file" in words(client.get(path))
        opened = client.post(f"{path}/open")
        assert opened.data == b"secret,1\n"
        opened.close()
        room = words(client.get(f"/en/deals/{deal.id}/room"))
        assert "File of the technology: MARK-confidential.pdf" in room

    def test_close_a_listings_confidential_file_before_signing_and_after_the_end(
        self, client, world, session, now
    ):
        deal, people = world(DealStage.CONFIDENTIALITY)
        attachment = session.query(Attachment).filter_by(name="MARK-confidential.pdf").one()
        client.sign_in(people["licensee"])
        assert client.get(f"/files/{attachment.id}").status_code == 404
        deal.confidential_at = now
        session.flush()
        assert client.get(f"/files/{attachment.id}").status_code == 200
        deal.stage, deal.ended_at, deal.lapse_reason = DealStage.LAPSED, now, "price"
        session.flush()
        assert client.get(f"/files/{attachment.id}").status_code == 404

    def test_never_hand_out_a_room_file_by_its_plain_address(self, client, world, session):
        deal, people = world(DealStage.PERFORMING)
        file = session.query(RoomFile).filter_by(deal_id=deal.id).first()
        reviewer = people["stranger"]
        for person in (*people.values(), reviewer):
            client.sign_in(person)
            assert client.get(f"/files/{file.attachment_id}").status_code == 404
            assert client.post(f"/files/{file.attachment_id}/open").status_code == 404
