"""Every stage × event × role: allowed exactly as the table says, else nothing changes."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from marketplace.core.actor import MemberRole
from marketplace.core.errors import Denied, NotFound, RuleBroken, StepNotAllowed
from marketplace.deals import effects, guards
from marketplace.deals.guards import Obstacle
from marketplace.deals.models import Deal, DealRole, DealStage, DealStageEntry
from marketplace.deals.rules import BY_EVENT, GUARDS
from marketplace.deals.services.stages import advance, advance_by_system
from marketplace.organizations.models import Organization
from tests.jobs import topics

VALUES: dict[str, object] = {
    "next_step": "到厂取样",
    "next_on": date(2026, 12, 1),
    "purpose": "评估除锈工艺",
    "findings": "专利有效",
    "value": 50_000_000,
    "lapse_reason": "price",
    "lapse_note": "",
    "why": "有异议",
    "outcome": "已投用",
}
#: Who tries → as whom the table judges them; None is nobody in the deal.
TRYING = {
    "licensor": DealRole.LICENSOR,
    "licensee": DealRole.LICENSEE,
    "manager": DealRole.MANAGER,
    "reader": None,
    "administrator": None,
    "stranger": None,
    "invited": None,
    "system": DealRole.SYSTEM,
}
HIDDEN = ("stranger", "invited")


@pytest.fixture
def clear(app, monkeypatch):
    """Nothing is missing and nothing follows: the table alone is judged."""
    monkeypatch.setattr(guards, "_checks", {name: lambda *_: [] for name in GUARDS})
    monkeypatch.setattr(effects, "_effects", {})


@pytest.fixture
def people(make, session):
    def of(deal):
        licensor = session.get_one(Organization, deal.licensor_id)
        found = {
            "licensor": make.member_of(licensor, MemberRole.TTO_OFFICER),
            "licensee": make.member_of(
                session.get_one(Organization, deal.licensee_id), MemberRole.EDITOR
            ),
            "reader": make.member_of(licensor, MemberRole.OPERATOR_STAFF),
            "administrator": make.administrator(),
            "stranger": make.member_of(make.organization()),
        }
        from marketplace.accounts.models import User

        manager = session.get_one(User, deal.manager_person_id)
        other = make.broker()
        return found | {
            "manager": make.actor(manager),
            "invited": make.actor(session.get_one(User, other.person_id)),
        }

    return of


def state(session, deal_id):
    row = session.execute(select(Deal.__table__).where(Deal.__table__.c.id == deal_id)).one()
    entries = session.scalar(select(func.count()).where(DealStageEntry.deal_id == deal_id))
    return tuple(row), entries, sorted(topics(session)), list(session.info.get("audit.pending", []))


def attempt(session, deal, event, name, people, now):
    if name == "system":
        return advance_by_system(session, deal_id=deal.id, event=event, values=VALUES, now=now)
    return advance(
        session, actor=people[name], deal_id=deal.id, event=event, values=VALUES, now=now
    )


@pytest.mark.usefixtures("clear")
class TestEveryStep:
    @pytest.mark.parametrize("stage", list(DealStage))
    def test_is_taken_exactly_as_the_table_says(self, session, make, people, now, stage):
        deal = make.deal(stage, manager=make.broker())
        actors = people(deal)
        before = state(session, deal.id)
        for event, row in BY_EVENT.items():
            for name, role in TRYING.items():
                allowed = role in row.actors and stage in row.sources
                trial = session.begin_nested()
                if allowed:
                    moved = attempt(session, deal, event, name, actors, now)
                    assert moved.stage is row.target, (event, name)
                    assert "deal.advanced" in topics(session)
                    session.info.pop("audit.pending", None)
                else:
                    if name in HIDDEN:
                        expected: tuple[type[Exception], ...] = (NotFound,)
                    elif name == "system":
                        expected = (ValueError, StepNotAllowed)
                    elif role in row.actors:
                        expected = (StepNotAllowed,)
                    else:
                        expected = (Denied,)
                    with pytest.raises(expected):
                        attempt(session, deal, event, name, actors, now)
                    session.flush()
                    assert state(session, deal.id) == before, (event, name)
                trial.rollback()
                session.expire_all()
        assert state(session, deal.id)[:2] == before[:2]


class TestGuards:
    @pytest.mark.parametrize(
        ("event", "guard"),
        [(event, name) for event, row in BY_EVENT.items() for name in row.guards],
    )
    def test_each_holds_its_step_back(self, session, make, now, monkeypatch, event, guard):
        missing = Obstacle(message="missing %(what)s", who=frozenset(), values={"what": guard})
        checks = {name: lambda *_: [] for name in GUARDS} | {guard: lambda *_: [missing]}
        monkeypatch.setattr(guards, "_checks", checks)
        row = BY_EVENT[event]
        deal = make.deal(min(row.sources))
        before = state(session, deal.id)
        licensor = make.member_of(session.get_one(Organization, deal.licensor_id))
        name = "licensor" if DealRole.LICENSOR in row.actors else "system"
        with pytest.raises(RuleBroken) as caught:
            attempt(session, deal, event, name, {"licensor": licensor}, now)
        assert caught.value.values == {"what": guard}
        session.flush()
        assert state(session, deal.id) == before

    def test_an_unknown_one_holds_back_too(self, session, make, now, monkeypatch):
        monkeypatch.setattr(guards, "_checks", {})
        deal = make.deal(DealStage.PERFORMING)
        licensor = make.member_of(session.get_one(Organization, deal.licensor_id))
        with pytest.raises(RuleBroken):
            attempt(session, deal, "close", "licensor", {"licensor": licensor}, now)
