"""Makes needs and answers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from marketplace.needs.models import (
    Answer,
    AnswerStatus,
    DeclineReason,
    Need,
    NeedConsent,
    NeedQuestion,
    NeedStatus,
)
from tests import factories
from tests.factories import Maker

if TYPE_CHECKING:
    from marketplace.organizations.models import Organization

MONDAY = datetime(2026, 11, 16, 2, tzinfo=UTC)
_PUBLISHED = frozenset(
    {
        NeedStatus.OPEN,
        NeedStatus.IN_TALKS,
        NeedStatus.MET,
        NeedStatus.CLOSED_UNMET,
        NeedStatus.EXPIRED,
    }
)
_ENDED = frozenset(
    {
        AnswerStatus.CHOSEN,
        AnswerStatus.DECLINED,
        AnswerStatus.WITHDRAWN,
        AnswerStatus.NEED_CLOSED,
    }
)


class Makers(Maker):
    def need(self, organization: Organization | None = None, **values: Any) -> Need:
        """An open technology need of a new verified enterprise, unless told otherwise."""
        number = factories.number()
        owner = organization or self.organization()  # type: ignore[attr-defined]
        status = values.setdefault("status", NeedStatus.OPEN)
        values.setdefault("title", f"铜蚀刻废液在线回收 {number}")
        values.setdefault(
            "problem", "线路板厂的蚀刻废液含铜高，目前外运处理，希望在厂内回收铜并循环使用药水。"
        )
        values.setdefault("industry_codes", ["C39"])
        values.setdefault(
            "parameters", [{"name": "铜回收率", "unit": "%", "now": "60", "wanted": "95"}]
        )
        values.setdefault("budget_min_minor", 30_000_000)
        values.setdefault("budget_max_minor", 80_000_000)
        values.setdefault("deadline_on", date(2027, 3, 31))
        values.setdefault("acceptance", "连续运行30天，出水铜含量低于0.5 mg/L。")
        values.setdefault("cooperation", ["development", "ordinary_license"])
        if status in _PUBLISHED:
            values.setdefault("published_at", MONDAY)
            values.setdefault("touched_at", MONDAY)
        if status is NeedStatus.UNDER_REVIEW:
            values.setdefault("submitted_at", MONDAY)
        if status is NeedStatus.RETURNED:
            values.setdefault("return_reason", "The wanted figures are missing.")
        if status in (NeedStatus.MET, NeedStatus.CLOSED_UNMET):
            values.setdefault("closed_at", MONDAY)
        if status is NeedStatus.CLOSED_UNMET:
            values.setdefault("close_reason", "The project was stopped.")
        return self.add(Need(organization_id=owner.id, **values))

    def answer(
        self,
        need: Need | None = None,
        organization: Organization | None = None,
        **values: Any,
    ) -> Answer:
        """An answer sent on a Monday at 10:00 Beijing time by a new organization's member."""
        need = need or self.need()
        organization = organization or self.organization()  # type: ignore[attr-defined]
        status = values.setdefault("status", AnswerStatus.SENT)
        if "created_by" not in values:
            values["created_by"] = self.member(organization).id  # type: ignore[attr-defined]
        values.setdefault("sent_at", MONDAY)
        values.setdefault("trl", 6)
        values.setdefault("offer", "电沉积铜回收中试装置")
        values.setdefault("statement", "中试装置已连续运行60天，铜回收率97%。")
        values.setdefault("next_step", "到厂取样，两周内给出测试报告。")
        if status is AnswerStatus.DECLINED:
            values.setdefault("decline_reason", DeclineReason.TOO_EARLY)
        if status in _ENDED:
            values.setdefault("outcome_at", MONDAY)
        if status is AnswerStatus.SHORTLISTED:
            values.setdefault("shortlisted_at", MONDAY)
        return self.add(Answer(need_id=need.id, organization_id=organization.id, **values))

    def consent(self, need: Need, organization: Organization) -> NeedConsent:
        """The owner's agreement to be named to one organization."""
        owner = self.member(organization).id  # type: ignore[attr-defined]
        return self.add(
            NeedConsent(
                need_id=need.id,
                organization_id=organization.id,
                granted_at=MONDAY,
                granted_by=owner,
            )
        )

    def need_question(self, need: Need, **values: Any) -> NeedQuestion:
        """A question from a new organization's member."""
        organization = self.organization()  # type: ignore[attr-defined]
        values.setdefault("asked_by", self.member(organization).id)  # type: ignore[attr-defined]
        values.setdefault("asked_at", MONDAY)
        values.setdefault("body", "废液每天的产生量是多少？")
        return self.add(NeedQuestion(need_id=need.id, organization_id=organization.id, **values))
