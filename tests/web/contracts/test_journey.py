"""Each of the five kinds from agreed terms to its file set, step by step through the pages."""

from __future__ import annotations

import io
import zipfile

import pytest

from marketplace.contracts import queries
from marketplace.contracts.models import RegistrationStatus
from marketplace.contracts.rules import checklist
from marketplace.contracts.services.drawing import current_paper
from marketplace.deals.models import Deal, DealStage
from marketplace.organizations.models import Organization
from marketplace.papers import queries as papers
from marketplace.web.clock import now
from tests.clients import words
from tests.pdf_words import words_of
from tests.unit.contracts.test_builder import KINDS, full

STAMPED = b"%PDF-1.4 stamped by both"


@pytest.mark.parametrize("kind", KINDS)
class TestFromTermsToFileSet:
    def test_signs_registers_and_packs(self, client, session, make, kind):
        terms = full(kind, foreign_licensee=False)
        deal = make.agreed_deal(terms)
        supplier, taker = (
            make.member(session.get_one(Organization, one))
            for one in (deal.licensor_id, deal.licensee_id)
        )
        contract = f"/deals/{deal.id}/contract"

        client.sign_in(supplier).post(f"{contract}/draw-up")
        paper = current_paper(session, deal.id)
        for party, person in zip(paper.parties, (taker, supplier), strict=True):
            signed = client.sign_in(person).post(
                f"/papers/{paper.id}/sign",
                data={
                    "party_id": str(party.id),
                    "sha256": paper.sha256,
                    "name": person.name,
                    "agreed": "y",
                },
            )
            assert signed.status_code == 303
        assert session.get_one(Deal, deal.id).stage is DealStage.SIGNED

        found = words_of(client.get(f"/papers/{paper.id}.pdf?mark=no").data)
        assert supplier.name.replace(" ", "") in found
        assert f"{terms.fixed_total_minor / 100:,.2f}" in found
        client.post(
            f"/papers/{paper.id}/scans", data={"upload": (io.BytesIO(STAMPED), "盖章件.pdf")}
        )
        assert len(papers.scans_of(session, paper)) == 1

        today = now().date().isoformat()
        points = checklist(kind, has_patent=True, is_export=False)
        for step, data in (
            (
                "prepare",
                {
                    "office": "武汉登记点",
                    "technology": "1000000",
                    "checked": [point.value for point in points],
                },
            ),
            ("file", {"filed_on": today}),
            ("register", {"number": f"2026-{kind.value}", "registered_on": today}),
        ):
            answer = client.post(f"{contract}/registration/{step}", data=data)
            assert answer.status_code == 303, words(answer)
        entry = queries.find_registration(session, queries.get_contract(session, deal.id))
        assert entry.status is RegistrationStatus.REGISTERED

        packed = client.get(f"{contract}/subsidy.zip").data
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            stamped = archive.read("03-合同盖章件-01.pdf")
            sheet = words_of(archive.read("01-技术合同认定登记表.pdf"))
        assert stamped == STAMPED
        assert "1,000,000.00" in sheet
        shown = words(client.get(f"{contract}/subsidy"))
        assert f"2026-{kind.value}" in shown
