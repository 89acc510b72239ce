from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from marketplace.core.errors import Denied, EditedElsewhere, NotFound, RuleBroken
from marketplace.facilities import queries
from marketplace.facilities.content import author_content
from marketplace.facilities.models import (
    Facility,
    FacilityKind,
    FacilityStatus,
    FilingLevel,
    Instrument,
    Recommendation,
)
from marketplace.facilities.services import drafts, files, questions
from tests.facility_steps import UPLOAD, save
from tests.jobs import topics

S = FacilityStatus


class TestDraft:
    def test_takes_place_and_address_of_the_organization(self, session, make, now):
        owner = make.organization(district_code="420111", address="珞喻路 1 号")
        facility = drafts.draft_facility(
            session,
            actor=make.member_of(owner),
            organization_id=owner.id,
            name=" 平台 ",
            kind=FacilityKind.OFFICE,
            now=now,
        )
        assert (facility.name, facility.district_code, facility.address) == (
            "平台",
            "420111",
            "珞喻路 1 号",
        )
        assert facility.status is S.DRAFT

    def test_of_no_organization_or_anothers_does_not_exist(self, session, make, staff, now):
        for identity in (uuid4(), make.organization().id):
            with pytest.raises(NotFound):
                drafts.draft_facility(
                    session,
                    actor=staff,
                    organization_id=identity,
                    name="x",
                    kind=FacilityKind.OFFICE,
                    now=now,
                )


class TestSaveStep:
    def test_takes_only_the_parts_of_its_step(self, session, make, owner, staff, now):
        facility = make.facility(owner)
        save(session, staff, facility, "place", now, address="新路", name="别的名字")
        assert (facility.address, facility.name) == ("新路", "光谷湿法材料中试平台")

    def test_other_steps_do_not_disturb(self, session, make, owner, staff, now):
        facility = make.facility(owner)
        loaded = queries.get_own_facility(session, facility.id, actor=staff)
        seen = drafts.seen_of(loaded, "place")
        save(session, staff, facility, "english", now, name_en="Platform")
        drafts.save_step(
            session,
            actor=staff,
            facility_id=facility.id,
            step="place",
            values={"address": "新路"},
            seen=seen,
            now=now,
        )
        with pytest.raises(EditedElsewhere):
            drafts.save_step(
                session,
                actor=staff,
                facility_id=facility.id,
                step="place",
                values={"address": "旧路"},
                seen=seen,
                now=now,
            )

    def test_an_instrument_keeps_its_row_and_a_dropped_one_stays_retired(
        self, session, make, owner, staff, now
    ):
        facility = make.facility(owner, instruments=2, published_at=now)
        loaded = queries.get_own_facility(session, facility.id, actor=staff)
        first, second = author_content(loaded)["instruments"]
        rows = [second | {"name": "改名"}, {"kind": "space", "name": "会议室", "bookable": True}]
        save(session, staff, facility, "instruments", now, instruments=rows)
        session.expire_all()
        living = queries.list_instruments(session, facility.id)
        assert [one.name for one in living] == ["改名", "会议室"]
        assert str(living[0].id) == second["id"]
        gone = queries.get_instrument(session, first["id"], actor=staff)
        assert gone.retired_at == now
        assert [
            one.name for one in queries.list_instruments(session, facility.id, bookable=True)
        ] == ["改名", "会议室"]
        rows = [first, second]
        save(session, staff, facility, "instruments", now, instruments=rows)
        session.expire_all()
        assert len(queries.list_instruments(session, facility.id)) == 2

    def test_a_new_instrument_is_the_same_however_often_it_is_saved(
        self, session, make, owner, staff, now
    ):
        facility = make.facility(owner, instruments=0)
        for name in ("液", "液晶", "液晶线"):
            save(
                session,
                staff,
                facility,
                "instruments",
                now,
                instruments=[{"kind": "line", "name": name}],
            )
            session.expire_all()
        rows = session.scalars(select(Instrument).where(Instrument.facility_id == facility.id))
        assert [one.name for one in rows] == ["液晶线"]

    def test_a_new_instrument_never_takes_the_place_of_a_published_one(
        self, session, make, owner, staff, now
    ):
        facility = make.facility(owner, status=S.PUBLISHED)
        loaded = queries.get_own_facility(session, facility.id, actor=staff)
        (old,) = author_content(loaded)["instruments"]
        new = {"kind": "line", "name": "新线"}
        for _ in range(2):
            save(session, staff, facility, "instruments", now, instruments=[new])
        (kept,) = facility.pending["instruments"]
        assert kept["id"] != old["id"]
        first = kept["id"]
        save(session, staff, facility, "instruments", now, instruments=[new | {"maker": "厂"}])
        assert facility.pending["instruments"][0]["id"] == first

    def test_hours_are_told_to_higher_domains(self, session, make, owner, staff, now):
        facility = make.facility(owner, status=S.PUBLISHED, pending={"name": "新名"})
        save(session, staff, facility, "hours", now, hours=[], follows_holidays=False)
        assert facility.hours == []
        assert facility.follows_holidays is False
        assert "facility.hours_changed" in topics(session)
        assert author_content(facility)["hours"] == []
        assert author_content(facility)["name"] == "新名"

    def test_refuses_files_of_other_objects(self, session, make, owner, staff, now):
        facility = make.facility(owner)
        other = make.facility_file(make.facility(owner))
        with pytest.raises(NotFound):
            save(session, staff, facility, "filing", now, filing_proof_id=str(other.id))
        row = {"attachment_id": str(other.id), "alt": "x", "alt_en": ""}
        with pytest.raises(NotFound):
            save(session, staff, facility, "people", now, photos=[row])

    def test_a_filing_number_stands_once(self, session, make, owner, staff, now):
        make.facility(filing_level=FilingLevel.CITY, filing_number="A-1", status=S.PUBLISHED)
        facility = make.facility(owner)
        values = {"filing_level": "city", "filing_number": "A-1", "filed_on": "2025-01-01"}
        with pytest.raises(RuleBroken) as error:
            save(session, staff, facility, "filing", now, **values)
        assert error.value.field == "filing_number"


class TestFiles:
    def test_a_removed_file_that_readers_still_see_stays(self, session, make, owner, staff, now):
        facility = make.facility(owner, status=S.PUBLISHED)
        photo = make.facility_file(facility)
        proof = make.facility_file(facility, purpose="filing_proof")
        facility.photos = [{"attachment_id": str(photo.id), "alt": "线", "alt_en": ""}]
        facility.filing_proof_id = proof.id
        session.flush()
        for file in (photo, proof):
            files.detach_file(
                session, actor=staff, facility_id=facility.id, attachment_id=file.id, now=now
            )
            assert file.removed_at is None
        assert facility.pending["photos"] == []
        assert facility.pending["filing_proof_id"] is None

    def test_a_facility_holds_twelve_photos(self, session, make, owner, staff, now):
        facility = make.facility(owner)
        photo = make.facility_file(facility)
        row = {"attachment_id": str(photo.id), "alt": "线", "alt_en": ""}
        facility.photos = [row] * files.MOST_PHOTOS
        with pytest.raises(RuleBroken) as error:
            files.attach_photo(
                session,
                actor=staff,
                facility_id=facility.id,
                upload=UPLOAD,
                alt="x",
                alt_en="",
                now=now,
            )
        assert error.value.field == "file"

    def test_nothing_is_attached_while_a_reviewer_reads(self, session, make, owner, staff, now):
        facility = make.facility(owner, status=S.UNDER_REVIEW)
        with pytest.raises(Denied):
            files.attach_proof(
                session, actor=staff, facility_id=facility.id, upload=UPLOAD, now=now
            )

    def test_a_waiting_photo_is_seen_by_operator_and_reviewers(self, make, owner, staff):
        facility = make.facility(owner, status=S.PUBLISHED)
        photo = make.facility_file(facility)
        assert files.may_open_photo(staff, facility, photo.id)
        assert files.may_open_photo(make.reviewer(), facility, photo.id)
        assert not files.may_open_photo(make.actor(), facility, photo.id)


class TestQuestions:
    def test_is_due_in_two_working_days(self, session, make, now):
        asking = make.organization()
        facility = make.facility(status=S.PUBLISHED)
        question = questions.ask_operator(
            session,
            actor=make.member_of(asking),
            facility_id=facility.id,
            organization_id=asking.id,
            body=" 能试吗？ ",
            now=now,
        )
        # A Friday evening in Wuhan: Monday and Tuesday follow.
        assert (question.due_on, question.body) == (date(2026, 11, 24), "能试吗？")

    @pytest.mark.parametrize("body", ["  ", "x" * 4001])
    def test_says_something_short(self, session, make, now, body):
        asking = make.organization()
        with pytest.raises(RuleBroken):
            questions.ask_operator(
                session,
                actor=make.member_of(asking),
                facility_id=make.facility(status=S.PUBLISHED).id,
                organization_id=asking.id,
                body=body,
                now=now,
            )

    def test_only_in_the_name_of_ones_own_organization(self, session, make, now):
        with pytest.raises(Denied):
            questions.ask_operator(
                session,
                actor=make.member_of(make.organization()),
                facility_id=make.facility(status=S.PUBLISHED).id,
                organization_id=make.organization().id,
                body="x",
                now=now,
            )


class TestConstraints:
    @pytest.mark.parametrize(
        "values",
        [
            {"trl_from": 5, "trl_to": 4},
            {"trl_from": 0, "trl_to": 4},
            {"status": S.PUBLISHED, "published_at": None},
            {"status": S.RETURNED, "return_reason": ""},
            {"status": S.SUSPENDED, "suspended_reason": ""},
            {"filing_number": "1", "filing_level": None},
            {"filing_number": "1", "filing_level": FilingLevel.CITY, "filed_on": None},
            {"recommendation": Recommendation.RECOMMENDED},
            {"price_minor": 5, "price_max_minor": 4},
        ],
    )
    def test_hold_for_facilities(self, session, make, values):
        facility = Facility(
            organization_id=make.organization().id,
            kind=FacilityKind.LABORATORY,
            name="x",
            **values,
        )
        with pytest.raises(IntegrityError), session.begin_nested():
            make.add(facility)

    def test_hold_for_instruments_and_questions(self, session, make, now):
        facility = make.facility()
        with pytest.raises(IntegrityError), session.begin_nested():
            make.instrument(facility, count=0)
        with pytest.raises(IntegrityError), session.begin_nested():
            make.facility_question(facility, body="")
        with pytest.raises(IntegrityError), session.begin_nested():
            make.facility_question(facility, reply="x")
