"""Makes papers ready to be signed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from marketplace.papers import services
from marketplace.papers.content import Content, Filled, clause, fields, paragraph
from marketplace.papers.models import PaperKind
from marketplace.papers.rules import PartyInput
from tests.factories import Maker

if TYPE_CHECKING:
    from marketplace.organizations.models import Organization
    from marketplace.papers.models import Paper

DRAWN_AT = datetime(2026, 11, 19, 9, tzinfo=UTC)


def some_content(amount: str = "1,000,000.00") -> Content:
    """A short text with one filled value."""
    value = Filled(f"人民币 {amount} 元", f"CNY {amount}", "terms.amount_minor")
    return Content(
        title="保密协议",
        title_en="Confidentiality agreement",
        blocks=(
            clause("保密信息", "Confidential information"),
            paragraph("违约金为{amount}。", "The penalty is {amount}.", amount=value),
            fields((("金额", "Amount"), value)),
        ),
    )


class Makers(Maker):
    def paper(self, *organizations: Organization, person: Any = None, **values: Any) -> Paper:
        """A confidentiality agreement between organizations (two new ones by default)."""
        sides = organizations or (self.organization(), self.organization())  # type: ignore[attr-defined]
        roles = (("甲方", "Party A"), ("乙方", "Party B"), ("丙方", "Party C"))
        parties = [
            PartyInput(role=role, role_en=role_en, organization_id=side.id)
            for side, (role, role_en) in zip(sides, roles, strict=False)
        ]
        if person is not None:
            parties.append(PartyInput(role="技术经理人", role_en="Manager", person_id=person.id))
        values.setdefault("kind", PaperKind.STATEMENT)
        values.setdefault("object_kind", "sample")
        values.setdefault("object_id", uuid4())
        values.setdefault("content", some_content())
        values.setdefault("now", DRAWN_AT)
        values.setdefault("actor", None)
        paper = services.draw_up(self.session, parties=parties, **values)
        self.add(paper)
        return paper
