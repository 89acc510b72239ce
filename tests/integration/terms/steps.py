"""Steps that several tests of the institution's side take."""

from __future__ import annotations

from datetime import date

from marketplace.terms.models import (
    Decision,
    PricingMethod,
)
from marketplace.terms.rules.approval import EXAMPLE
from marketplace.terms.services import notices
from marketplace.terms.services import pricing as services

AGREEMENT = services.PricingRecord(method=PricingMethod.AGREEMENT, basis="市场法")


def text(**values):
    return notices.NoticeText(
        **{
            "name": "激光清洗技术",
            "summary": "除锈速度提高三倍。",
            "buyer": "武汉某轨道公司",
            "price_note": "入门费 30 万元",
            "days": 15,
        }
        | values
    )


def post(session, officer, deal, now, **values):
    return notices.post_notice(
        session, actor=officer, deal_id=deal.id, text=text(**values), now=now
    )


def price(session, officer, deal, now, record=AGREEMENT):
    return services.record_pricing(session, actor=officer, deal_id=deal.id, record=record, now=now)


def decide(session, officer, deal, now, **values):
    record = services.DecisionRecord(
        **{
            "decision": Decision.APPROVED,
            "body": EXAMPLE[0].body,
            "subject": "普通许可，30 万元",
            "decided_on": date(2026, 11, 19),
        }
        | values
    )
    return services.record_decision(session, actor=officer, deal_id=deal.id, record=record, now=now)


def missing(check, session, deal, now):
    return [obstacle.message for obstacle in check(session, deal, now)]
