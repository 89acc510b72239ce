"""The matrix covers every column and file, and is what it was agreed to be."""

from __future__ import annotations

import pytest

from marketplace.deals import confidentiality, models
from marketplace.deals.confidentiality import FIELDS, FILES, OWNER, Secrecy, Viewer, may_read, shows
from marketplace.deals.models import DealRole
from marketplace.files.models import Visibility
from marketplace.files.permissions import agreeing_kinds
from marketplace.tables import load

TABLES = load().metadata.tables
R = DealRole
VIEWERS = {
    "licensor": R.LICENSOR,
    "licensee": R.LICENSEE,
    "manager": R.MANAGER,
    "administrator": None,
    "stranger": None,
}


def viewer(name: str, **facts: bool) -> Viewer:
    return Viewer(role=VIEWERS[name], is_administrator=name == "administrator", **facts)


class TestMatrix:
    def test_covers_every_table_of_deals_and_the_two_records(self):
        own = {
            kind.__tablename__
            for kind in vars(models).values()
            if getattr(kind, "__tablename__", None)
        }
        assert set(FIELDS) == own | {"listing", "need"}

    @pytest.mark.parametrize("table", sorted(FIELDS))
    def test_has_an_entry_for_every_column_and_no_other(self, table):
        assert set(FIELDS[table]) == set(TABLES[table].columns.keys())

    def test_has_an_entry_for_every_visibility_of_a_file(self):
        assert set(FILES) == agreeing_kinds() == set(OWNER)
        for kind, entries in FILES.items():
            assert set(entries) == set(Visibility), kind

    def test_keeps_secret_what_is_secret(self):
        secret = {
            (table, column): secrecy
            for table, columns in FIELDS.items()
            for column, secrecy in columns.items()
            if secrecy in (Secrecy.SIGNED, Secrecy.CONTACT, Secrecy.NAMED)
        }
        assert secret == {
            ("need", "organization_id"): Secrecy.NAMED,
            ("deal", "licensee_id"): Secrecy.NAMED,
            ("deal_contact_consent", "name"): Secrecy.CONTACT,
            ("deal_contact_consent", "email"): Secrecy.CONTACT,
            ("deal_contact_consent", "phone"): Secrecy.CONTACT,
            ("deal_disclosure", "body"): Secrecy.SIGNED,
            ("room_file", "name"): Secrecy.SIGNED,
        }
        for entries in FILES.values():
            assert entries[Visibility.CONFIDENTIAL] is Secrecy.SIGNED
            assert entries[Visibility.INTERNAL] is Secrecy.OWN


#: Class → who reads a thing of the licensor before anything was agreed, and after everything was.
READERS = {
    Secrecy.OPEN: ("licensor licensee manager administrator",) * 2,
    Secrecy.NAMED: ("licensor administrator", "licensor licensee manager administrator"),
    Secrecy.CONTACT: ("licensor", "licensor licensee manager"),
    Secrecy.SIGNED: ("licensor", "licensor licensee manager"),
    Secrecy.OWN: ("licensor", "licensor"),
    Secrecy.NEVER: ("", ""),
}


class TestMayRead:
    @pytest.mark.parametrize("secrecy", list(Secrecy))
    @pytest.mark.parametrize("agreed", [False, True])
    def test_opens_each_class_to_its_readers_alone(self, secrecy, agreed):
        found = {
            name
            for name in VIEWERS
            if may_read(
                secrecy,
                viewer(name, signed=agreed, consented=agreed, named=agreed),
                owner=R.LICENSOR,
            )
        }
        assert found == set(READERS[secrecy][agreed].split())

    @pytest.mark.parametrize("secrecy", [Secrecy.CONTACT, Secrecy.SIGNED, Secrecy.NAMED])
    def test_needs_its_own_agreement_and_no_other(self, secrecy):
        own = {"contact": "consented", "signed": "signed", "named": "named"}[secrecy.value]
        others = {"signed": True, "consented": True, "named": True} | {own: False}
        assert not may_read(secrecy, viewer("licensee", **others), owner=R.LICENSOR)

    @pytest.mark.parametrize(
        ("table", "column"),
        [(table, column) for table, columns in FIELDS.items() for column in columns],
    )
    def test_every_field_is_closed_to_strangers(self, table, column):
        facts = {"signed": True, "consented": True, "named": True}
        assert not shows(viewer("stranger", **facts), table, column, role=R.LICENSOR)

    def test_a_need_belongs_to_the_licensee_and_a_listing_to_the_licensor(self):
        closed = {"signed": False, "named": False}
        assert shows(viewer("licensee", **closed), "need", "return_reason")
        assert not shows(viewer("licensor", **closed), "need", "return_reason")
        assert shows(viewer("licensor", **closed), "listing", "return_reason")
        assert not shows(viewer("licensee", **closed), "listing", "return_reason")
        assert confidentiality.owner_of("deal", "licensee_id") is R.LICENSEE
