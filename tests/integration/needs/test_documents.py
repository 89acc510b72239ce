"""What the search index gets to know of a need."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from marketplace.core.actor import VISITOR
from marketplace.exchange.exporting import Writer
from marketplace.needs.documents import document_of, load_documents
from marketplace.needs.models import Confidentiality, NeedStatus
from marketplace.needs.permissions import may_see_name
from marketplace.organizations.models import OrganizationStatus
from search.documents import Audience, Kind


class TestDocumentOf:
    def test_holds_what_people_search_for(self, make):
        owner = make.organization(district_code="420111")
        need = make.need(
            owner,
            title="标题",
            title_en="Title",
            problem="问题",
            problem_en="Problem",
            situation="外运",
            constraints="占地小于20平方米",
            ip_wishes="共有",
            keywords=["铜"],
            keywords_en=["copper"],
            field_codes=["0830"],
            trl_min=6,
            external_id="HQ-7",
            confidentiality=Confidentiality.NAMED,
        )
        document = document_of(need, owner)
        assert (document.kind, document.id, document.version) == (Kind.NEED, str(need.id), 1)
        assert (document.title, document.title_en) == ("标题", "Title")
        assert (document.summary, document.summary_en) == ("问题", "Problem")
        for text in ("外运", "占地小于20平方米", "共有", "铜回收率 60 95 %", need.acceptance):
            assert text in document.body
        assert (document.keywords, document.keywords_en) == (("铜",), ("copper",))
        assert (document.industries, document.fields, document.trl) == (("C39",), ("0830",), 6)
        assert document.cooperation == ("development", "ordinary_license")
        assert (document.price_minor, document.price_max_minor) == (30_000_000, 80_000_000)
        assert (document.year, document.due_on) == (2026, date(2027, 3, 31))
        assert (document.record_kind, document.audience) == ("technology", Audience.PUBLIC)
        assert document.names == (owner.name, owner.name_en)
        assert document.organization_id == str(owner.id)
        assert (document.district, document.numbers) == ("420111", ("HQ-7",))

    @pytest.mark.parametrize("level", Confidentiality)
    def test_names_the_company_only_when_a_visitor_may_see_it(self, make, level):
        owner = make.organization(district_code="420111")
        need = make.need(owner, confidentiality=level, external_id="HQ-8")
        document = document_of(need, owner)
        shown = may_see_name(VISITOR, need)
        assert (document.organization_name == owner.name) is shown
        told = (
            document.organization_id,
            document.organization_name,
            document.names,
            document.numbers,
        )
        assert any(told) is shown

    def test_keeps_the_district_back_from_readers_before_consent(self, make):
        owner = make.organization(district_code="420111")
        levels = {
            level: document_of(make.need(owner, confidentiality=level), owner).district
            for level in Confidentiality
        }
        assert levels == {"named": "420111", "verified": "420111", "on_consent": None}

    @pytest.mark.parametrize("status", NeedStatus)
    def test_is_none_for_what_must_not_be_found(self, make, status):
        owner = make.organization()
        document = document_of(make.need(owner, status=status), owner)
        assert (document is not None) is (status in {"open", "in_talks"})

    def test_is_none_while_the_organization_is_suspended(self, make):
        owner = make.organization(status=OrganizationStatus.SUSPENDED)
        assert document_of(make.need(owner), owner) is None

    def test_a_budget_with_an_upper_end_alone_still_falls_into_a_band(self, make):
        owner = make.organization()
        document = document_of(make.need(owner, budget_min_minor=None), owner)
        assert (document.price_minor, document.price_max_minor) == (80_000_000, 80_000_000)


class TestLoadDocuments:
    def test_gives_every_id_back(self, session, make):
        open_need = make.need()
        draft = make.need(status=NeedStatus.DRAFT)
        gone = uuid4()
        found = load_documents(session, [open_need.id, draft.id, gone])
        assert set(found) == {open_need.id, draft.id, gone}
        assert found[open_need.id].title == open_need.title
        assert (found[draft.id], found[gone]) == (None, None)


class TestExports:
    @pytest.mark.parametrize("level", Confidentiality)
    def test_carry_the_name_only_where_every_reader_sees_it(self, session, make, level):
        owner = make.organization()
        need = make.need(owner, confidentiality=level, external_id="HQ-9")
        writer = Writer(session, base_url="http://x", language="zh", translate=str)
        document = document_of(need, owner)
        table = str(list(writer.rows(Kind.NEED, [document])))
        reference = writer.reference(document)
        shown = may_see_name(VISITOR, need)
        for text in (table, reference):
            assert need.title in text
            assert (owner.name in text) is shown
            assert ("HQ-9" in text) is shown
