"""Each of the five kinds of contract from a match to the closed and rated deal, through pages."""

from __future__ import annotations

import io
import zipfile

import pytest
from sqlalchemy import func, select

from marketplace.core.actor import MemberRole
from marketplace.deals.models import DealStage
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Line
from marketplace.ledger.services import seal_pending
from marketplace.managers import queries as managers
from marketplace.organizations.models import Organization
from marketplace.performance.models import CommissionState, SplitState
from marketplace.performance.queries import figures
from marketplace.terms.kinds import ContractKind
from tests.deal_driver import DealDriver, in_days
from tests.pdf_words import words_of

ROYALTY = {
    "royalty_base": "sales",
    "royalty_form": "fixed",
    "royalty_count": "yearly",
    "royalty_period": "half_year",
    "royalty_steps-0-from_minor": "0",
    "royalty_steps-0-rate_bp": "3",
    "inspects_books": "yes",
}
WORK = {
    "milestones-0-name": "样机验收",
    "milestones-0-criterion": "连续运行 300 小时",
    "milestones-0-amount_minor": "200000.50",
    "milestones-0-due_on": in_days(90),
}
SOLD = {"upfront_fee_minor": "300000", "starts_on": in_days(-370), "term_months": "36"}
#: What each kind is paid for: rights by a fee and a royalty, work by a fee and a milestone.
TERMS = {
    ContractKind.DEVELOPMENT: {"upfront_fee_minor": "300000", "new_results": "joint"} | WORK,
    ContractKind.TRANSFER: SOLD | ROYALTY,
    ContractKind.LICENSE: SOLD | WORK | ROYALTY | {"license_kind": "non_exclusive"},
    ContractKind.CONSULTING: {"upfront_fee_minor": "300000"} | WORK,
    ContractKind.SERVICE: {"upfront_fee_minor": "300000"} | WORK,
}


@pytest.fixture
def driver(client, session, make):
    return DealDriver(client, session, make)


@pytest.mark.parametrize("kind", list(ContractKind))
def test_goes_from_a_match_to_closed_and_rated(client, session, make, driver, kind):
    match = make.match(driver.need, driver.listing)
    driver.open(match)
    driver.keep_secret()
    assert driver.deal.stage is DealStage.DUE_DILIGENCE
    driver.look_into()
    first = TERMS[kind] | {"upfront_fee_minor": "250000"}
    driver.bargain(kind, first, TERMS[kind])
    assert driver.deal.stage is DealStage.NOTICE
    driver.decide(on_market=kind is ContractKind.CONSULTING)
    driver.conclude()
    assert driver.deal.stage is DealStage.SIGNED
    number = f"2026420000{kind.value}"
    driver.register(number)
    driver.perform()
    statements = driver.report("400000")
    assert bool(statements) == ("royalty_base" in TERMS[kind])

    split = driver.share_out()
    assert split.state is SplitState.PAID_OUT
    assert split.gross_minor == figures.earned(session, driver.deal_id)
    cashier = make.member(session.get_one(Organization, driver.profile.organization_id))
    assert driver.pay_the_manager(cashier).state is CommissionState.PAID

    driver.look(driver.officer, f"{driver.here}/contract/subsidy")
    packed = driver.take(driver.manager, f"{driver.here}/contract/subsidy.zip")
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        names = archive.namelist()
        sheet = next(one for one in names if one.endswith("登记表.pdf"))
        assert driver.university.name in words_of(archive.read(sheet))
        assert sum("回单" in one for one in names) >= 1

    driver.move(driver.buyer, "close", outcome="按约完成。")
    assert driver.deal.stage is DealStage.CLOSED
    for person, stars in ((driver.officer, "5"), (driver.buyer, "4")):
        driver.send(person, f"{driver.here}/rating", stars=stars, text="专业")
    assert managers.rating_of(session, driver.profile.id).mean == 4.5

    for person in (driver.officer, driver.buyer, driver.manager):
        driver.look(person, driver.here)
        driver.look(person, f"{driver.here}/records")
    assert session.scalar(select(func.sum(Line.amount_minor))) == 0
    seal_pending(session)
    assert list(ledger.verify(session)) == []

    stranger = make.member(make.organization(), MemberRole.OWNER)
    client.sign_in(stranger)
    for method, path in sorted(driver.seen):
        answer = client.open(path, method=method)
        assert answer.status_code == 404, (method, path, answer.status_code)
