"""The text of an amendment: both languages, every value with its field."""

from __future__ import annotations

from dataclasses import replace

from marketplace.papers import queries as papers
from marketplace.performance.rules.changes import PlanRow
from tests.amending import LOWER, propose, rows_of


class TestText:
    def test_traces_every_value_in_both_languages(self, session, make):
        deal = make.performing()
        rows = rows_of(session, deal)
        row = propose(
            session,
            deal,
            make.side(deal.licensor_id),
            rows=(
                rows[0],
                replace(rows[1], amount_minor=50_000_00),
                PlanRow(name="中试", criterion="好", amount_minor=20_000_00),
            ),
            term_months=48,
            territory="湖北",
            late_interest_bp=500,
            confidentiality_years=3,
            **LOWER,
        )
        paper = papers.load(session, row.paper_id)
        body = str(paper.body)
        for source in (
            "contract.number",
            "contract.signed_at",
            "amendment.grounds",
            "terms.term_months",
            "terms.territory",
            "terms.late_interest_bp",
            "terms.confidentiality_years",
            "amendment.terms.fixed_total_minor",
            "amendment.terms.royalty_steps",
            "amendment.rows",
        ):
            assert f"'{source}'" in body, source
        for word in ("取消", "新增", "变更为", "taken out", "From now on", "80,000.00"):
            assert word in body
        assert paper.title_en.startswith("Amendment no. 1")
