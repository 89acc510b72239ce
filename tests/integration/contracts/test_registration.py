"""Registration, recording, reminders and the subsidy's file set."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from types import SimpleNamespace
from uuid import uuid4

import pytest
from sqlalchemy import select

from marketplace.contracts import hearers, queries, receipts
from marketplace.contracts.models import RegistrationStatus
from marketplace.contracts.receipts import Receipt
from marketplace.contracts.rules import Point
from marketplace.contracts.services import registration as services
from marketplace.contracts.services import subsidy
from marketplace.core.errors import Denied, NotFound, RuleBroken, StepNotAllowed
from marketplace.files.models import Attachment, Visibility
from marketplace.files.store import Upload
from marketplace.notifications.models import Notice
from marketplace.organizations.models import Organization
from marketplace.papers import services as paper_services
from marketplace.terms.kinds import ContractKind
from tests.conftest import NOON
from tests.factories.terms import simple_terms
from tests.jobs import run_jobs, waiting
from tests.pdf_words import words_of

TODAY = date(2026, 11, 20)
ALL = [point.value for point in Point]
SCAN = Upload(name="合同.pdf", media_type="application/pdf", size_bytes=9, sha256="c" * 64)


@pytest.fixture
def signed(make):
    deal, contract = make.signed_contract()
    return deal, contract, make.member_at(deal.licensor_id)


def prepare(session, deal, actor, **values):
    values = {"office": "武汉登记点", "technology_minor": 30_000_000, "checked": ALL, **values}
    return services.prepare(session, actor=actor, deal_id=deal.id, now=NOON, **values)


def file(session, deal, actor, **values):
    values.setdefault("filed_on", TODAY)
    return services.file(session, actor=actor, deal_id=deal.id, now=NOON, **values)


def register(session, deal, actor, **values):
    values = {"number": "2026420101000123", "registered_on": TODAY, **values}
    return services.register(session, actor=actor, deal_id=deal.id, now=NOON, **values)


class TestWay:
    def test_leads_to_a_number(self, app, session, signed):
        deal, contract, actor = signed
        entry = prepare(session, deal, actor)
        assert set(entry.checked) == {
            point.value for point in services.points_of(session, deal, contract)
        }
        entry = file(session, deal, actor)
        assert (entry.status, entry.answer_due_on) == (RegistrationStatus.FILED, date(2026, 12, 20))
        entry = register(session, deal, actor)
        assert (entry.status, entry.number) == (RegistrationStatus.REGISTERED, "2026420101000123")
        assert services.is_registered(entry)
        assert not services.is_registered(None)
        told = dict(waiting(session))["contract.registered"]
        assert told["licensor_id"] == str(deal.licensor_id)
        assert (told["registered_on"], told["manager_id"]) == ("2026-11-20", None)
        assert told["value_minor"] == 30_000_000
        run_jobs(app, session)

    def test_comes_back_and_goes_again(self, session, signed):
        deal, _, actor = signed
        prepare(session, deal, actor)
        file(session, deal, actor)
        entry = services.give_back(
            session, actor=actor, deal_id=deal.id, reason="缺少技术任务书", now=NOON
        )
        assert (entry.status, entry.answer_due_on) == (RegistrationStatus.RETURNED, None)
        with pytest.raises(StepNotAllowed):
            register(session, deal, actor)
        prepare(session, deal, actor, office="东湖登记点")
        entry = file(session, deal, actor)
        assert (entry.return_reason, entry.office) == ("", "东湖登记点")

    def test_is_also_the_managers(self, session, make):
        manager = make.user()
        deal, _ = make.signed_contract(manager=manager)
        assert prepare(session, deal, make.actor(manager)).office == "武汉登记点"

    def test_is_not_the_other_sides(self, session, make, signed):
        deal, _, _ = signed
        with pytest.raises(Denied):
            prepare(session, deal, make.member_at(deal.licensee_id))
        with pytest.raises(NotFound):
            prepare(session, deal, make.member_of(make.organization()))

    def test_follows_the_signatures(self, session, make):
        deal, _ = make.drawn_contract()
        with pytest.raises(StepNotAllowed):
            prepare(session, deal, make.member_at(deal.licensor_id))

    def test_begins_with_the_sheet(self, session, signed):
        deal, _, actor = signed
        with pytest.raises(NotFound):
            file(session, deal, actor)


class TestFaults:
    def test_name_their_field(self, session, signed):
        deal, _, actor = signed
        with pytest.raises(RuleBroken) as over:
            prepare(session, deal, actor, technology_minor=30_000_001)
        assert over.value.field == "technology"
        prepare(session, deal, actor, checked=ALL[1:])
        with pytest.raises(RuleBroken) as missing:
            file(session, deal, actor)
        assert missing.value.field == "checked"
        prepare(session, deal, actor)
        with pytest.raises(RuleBroken) as early:
            file(session, deal, actor, filed_on=date(2026, 11, 19))
        assert early.value.field == "filed_on"
        file(session, deal, actor)
        with pytest.raises(RuleBroken) as silent:
            services.give_back(session, actor=actor, deal_id=deal.id, reason=" ", now=NOON)
        assert silent.value.field == "reason"
        for values, field in (
            ({"number": " "}, "number"),
            ({"registered_on": date(2026, 11, 21)}, "registered_on"),
        ):
            with pytest.raises(RuleBroken) as wrong:
                register(session, deal, actor, **values)
            assert wrong.value.field == field

    def test_find_a_number_given_twice(self, session, make, signed):
        deal, _, actor = signed
        prepare(session, deal, actor)
        file(session, deal, actor)
        register(session, deal, actor)
        other, _ = make.signed_contract()
        second = make.member_at(other.licensor_id)
        prepare(session, other, second)
        file(session, other, second)
        with pytest.raises(RuleBroken, match="already"):
            register(session, other, second)


class TestRecording:
    def test_is_noted_with_its_number(self, session, signed):
        deal, _, actor = signed
        contract = services.record_license(
            session,
            actor=actor,
            deal_id=deal.id,
            number="2026420000012",
            recorded_on=TODAY,
            now=NOON,
        )
        assert (contract.recorded_on, contract.recording_number) == (TODAY, "2026420000012")
        with pytest.raises(RuleBroken):
            services.record_license(
                session, actor=actor, deal_id=deal.id, number="", recorded_on=TODAY, now=NOON
            )

    def test_is_refused_where_there_is_no_patent(self, session, make):
        deal, _ = make.signed_contract(patent=False)
        with pytest.raises(StepNotAllowed):
            services.record_license(
                session,
                actor=make.member_at(deal.licensor_id),
                deal_id=deal.id,
                number="1",
                recorded_on=TODAY,
                now=NOON,
            )


def remind(session, day):
    hearers.remind(SimpleNamespace(session=session, now=datetime(*day, 1, tzinfo=UTC)))


def told(session):
    return session.scalars(select(Notice.dedupe).order_by(Notice.made_at, Notice.dedupe)).all()


class TestReminders:
    def test_come_thirty_seven_and_one_day_before_the_recording(self, app, session, make):
        manager = make.user()
        _, contract = make.signed_contract(manager=manager)
        assert contract.recording_due_on == date(2027, 2, 20)
        for day in ((2027, 1, 20), (2027, 1, 21), (2027, 1, 22), (2027, 2, 13), (2027, 2, 19)):
            remind(session, day)
        # The manager and the owner who drew it up and the one who signed: each once per mark.
        marks = [key.rpartition(":")[2] for key in told(session)]
        assert set(marks) == {"30", "7", "1"}
        own = session.scalars(select(Notice).where(Notice.person_id == manager.id)).all()
        assert len(own) == 3

    def test_stop_once_it_is_recorded(self, app, session, signed):
        deal, _, actor = signed
        services.record_license(
            session, actor=actor, deal_id=deal.id, number="1", recorded_on=TODAY, now=NOON
        )
        remind(session, (2027, 2, 19))
        assert told(session) == []

    def test_ask_about_an_answer_that_is_late(self, app, session, signed):
        deal, _, actor = signed
        prepare(session, deal, actor)
        file(session, deal, actor)
        remind(session, (2026, 12, 20))
        assert told(session) == []
        remind(session, (2026, 12, 21))
        remind(session, (2026, 12, 22))
        assert {key.split(":")[0] for key in told(session)} == {"contract.answer_late"}


@pytest.fixture
def paid(session, make, signed, monkeypatch):
    """The signed deal with one slip of 2026, one of 2027 and one in dollars."""
    deal, _, actor = signed
    slip = Attachment(
        object_kind="payment",
        object_id=uuid4(),
        organization_id=deal.licensor_id,
        uploaded_by=actor.user_id,
        name="回单.png",
        media_type="image/png",
        size_bytes=3,
        sha256="d" * 64,
        visibility=Visibility.INTERNAL,
    )
    session.add(slip)
    session.flush()
    rows = [
        Receipt(amount_minor=20_000_000, on=date(2026, 11, 1), attachment_ids=(slip.id, uuid4())),
        Receipt(amount_minor=10_000_000, on=date(2027, 1, 1)),
        Receipt(amount_minor=5_00, on=date(2026, 3, 1), currency="USD"),
    ]
    monkeypatch.setattr(receipts, "_readers", [])
    receipts.register(lambda _s, deal_id: rows if deal_id == deal.id else [])
    return signed


class TestAssess:
    def test_counts_yuan_of_the_year_alone(self, session, paid):
        deal, contract, _ = paid
        found = subsidy.assess(session, deal, contract, year=2026)
        assert found.received_minor == 20_000_000
        assert subsidy.assess(session, deal, contract, year=2027).received_minor == 10_000_000

    def test_qualifies_with_registration_slip_and_stamped_copy(self, session, make, paid):
        deal, contract, actor = paid
        assert not subsidy.assess(session, deal, contract, year=2026).subsidy.qualifies
        prepare(session, deal, actor)
        file(session, deal, actor)
        register(session, deal, actor)
        paper_services.attach_scan(
            session, actor=actor, paper_id=contract.paper_id, upload=SCAN, now=NOON
        )
        found = subsidy.assess(session, deal, contract, year=2026).subsidy
        assert found.qualifies
        assert found.amount_minor == 400_000
        # The receipt of 2027 has no slip.
        assert not subsidy.assess(session, deal, contract, year=2027).subsidy.qualifies


class TestFileSet:
    def test_holds_cover_sheet_contract_scan_and_slips(self, session, paid):
        deal, contract, actor = paid
        prepare(session, deal, actor)
        paper_services.attach_scan(
            session, actor=actor, paper_id=contract.paper_id, upload=SCAN, now=NOON
        )
        packed = subsidy.file_set(
            session,
            deal,
            contract,
            assessment=subsidy.assess(session, deal, contract, year=2026),
            check_url="https://hanqiao.example/check/x",
            read=lambda sha256: sha256[:3].encode(),
            say=lambda finding, language: f"{language}:{finding.message[:9]}",
        )
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        assert list(files) == [
            "00-申报说明与清单.pdf",
            "01-技术合同认定登记表.pdf",
            "02-技术合同.pdf",
            "03-合同盖章件-01.pdf",
            "04-银行回单-2026-11-01-01.png",
        ]
        assert files["03-合同盖章件-01.pdf"] == b"ccc"
        assert files["04-银行回单-2026-11-01-01.png"] == b"ddd"
        sheet = words_of(files["01-技术合同认定登记表.pdf"])
        for text in (
            contract.shown_number,
            "技术许可",
            "武汉光谷激光研究有限公司",
            "江城光电有限公司",
            session.get_one(Organization, deal.licensor_id).credit_code,
            "洪山区",
            "人民币300,000.00元",
            "武汉登记点",
            "ZL2020",
            "王芳",
        ):
            assert text in sheet
        assert "技术许可合同" in words_of(files["02-技术合同.pdf"])
        assert "04-银行回单" in words_of(files["00-申报说明与清单.pdf"])


class TestSheet:
    def test_names_the_way_of_payment(self, session, make):
        deal, contract = make.signed_contract(
            simple_terms(contract_kind=ContractKind.SERVICE, license_kind=None), patent=False
        )
        text = "".join(
            line.text("zh")
            for block in subsidy.sheet(session, deal, contract).blocks
            for line in block.lines
        )
        assert "一次总算、一次总付" in text
        assert "未涉及已登记的知识产权" in text


class TestDeskList:
    def test_names_what_waits_for_registration(self, session, signed):
        deal, contract, actor = signed
        assert [row.id for row in queries.list_unregistered(session, [deal.id])] == [contract.id]
        prepare(session, deal, actor)
        file(session, deal, actor)
        register(session, deal, actor)
        assert queries.list_unregistered(session, [deal.id]) == []
