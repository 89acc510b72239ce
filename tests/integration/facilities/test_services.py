from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from marketplace.core.actor import MemberRole
from marketplace.core.errors import Denied, EditedElsewhere, NotFound, RuleBroken, StepNotAllowed
from marketplace.facilities import queries
from marketplace.facilities.content import author_content
from marketplace.facilities.models import (
    Facility,
    FacilityKind,
    FacilityRevision,
    FacilityStatus,
    FilingLevel,
    Recommendation,
)
from marketplace.facilities.services import drafts, files, filing, life, questions, reviews
from marketplace.files.store import Upload
from marketplace.organizations.models import OrganizationStatus
from tests.jobs import topics, waiting

S = FacilityStatus
UPLOAD = Upload(name="notice.pdf", media_type="application/pdf", size_bytes=9, sha256="0" * 64)


@pytest.fixture
def owner(make):
    return make.organization()


@pytest.fixture
def staff(make, owner):
    return make.member_of(owner, MemberRole.OPERATOR_STAFF)


def save(session, actor, facility, step, now, **values):
    loaded = queries.get_own_facility(session, facility.id, actor=actor)
    return drafts.save_step(
        session,
        actor=actor,
        facility_id=facility.id,
        step=step,
        values=values,
        seen=drafts.seen_of(loaded, step),
        now=now,
    )


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
        facility = make.facility(owner, instruments=2)
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


class TestReview:
    def test_runs_from_draft_to_publication_with_a_revision(self, session, make, owner, staff, now):
        facility = make.facility(owner)
        reviewer = make.reviewer()
        reviews.send_for_review(session, actor=staff, facility_id=facility.id, now=now)
        assert facility.status is S.UNDER_REVIEW
        session.flush()
        reviews.publish_facility(
            session, actor=reviewer, facility_id=facility.id, seen=facility.version, now=now
        )
        assert (facility.status, facility.published_at) == (S.PUBLISHED, now)
        assert {"facility.sent", "facility.published", "search.sync"} <= topics(session)
        save(session, staff, facility, "place", now, address="新路")
        assert facility.address != "新路"
        reviews.send_for_review(session, actor=staff, facility_id=facility.id, now=now)
        with pytest.raises(StepNotAllowed):
            reviews.send_for_review(session, actor=staff, facility_id=facility.id, now=now)
        session.flush()
        reviews.publish_facility(
            session, actor=reviewer, facility_id=facility.id, seen=facility.version, now=now
        )
        session.flush()
        assert facility.address == "新路"
        assert facility.pending is None
        (kept,) = queries.list_revisions(session, facility.id)
        assert (kept.number, kept.content["address"]) == (1, "高新四路 88 号")

    def test_returned_changes_leave_the_published_text(self, session, make, owner, staff, now):
        facility = make.facility(owner, status=S.PUBLISHED)
        save(session, staff, facility, "place", now, address="新路")
        reviews.send_for_review(session, actor=staff, facility_id=facility.id, now=now)
        session.flush()
        reviews.return_facility(
            session,
            actor=make.reviewer(),
            facility_id=facility.id,
            reason="路名有误",
            seen=facility.version,
            now=now,
        )
        assert facility.status is S.PUBLISHED
        assert facility.return_reason == "路名有误"
        assert facility.pending["address"] == "新路"

    def test_a_published_text_without_changes_cannot_be_sent(
        self, session, make, owner, staff, now
    ):
        facility = make.facility(owner, status=S.PUBLISHED)
        with pytest.raises(StepNotAllowed):
            reviews.send_for_review(session, actor=staff, facility_id=facility.id, now=now)

    def test_what_the_city_filed_here_needs_no_proof(self, session, make, owner, staff, now):
        facility = make.facility(
            owner, status=S.PUBLISHED, filing_level=FilingLevel.CITY, filing_number="武科 1"
        )
        save(session, staff, facility, "place", now, address="新路")
        reviews.send_for_review(session, actor=staff, facility_id=facility.id, now=now)
        assert facility.pending_submitted_at == now

    def test_changes_can_be_taken_back(self, session, make, owner, staff, now):
        facility = make.facility(owner, status=S.PUBLISHED)
        save(session, staff, facility, "place", now, address="新路")
        reviews.send_for_review(session, actor=staff, facility_id=facility.id, now=now)
        reviews.recall_facility(session, actor=staff, facility_id=facility.id, now=now)
        assert facility.pending_submitted_at is None
        assert facility.pending is not None

    def test_only_verified_organizations_send(self, session, make, now):
        owner = make.organization(status=OrganizationStatus.APPLIED)
        actor = make.member_of(owner)
        facility = make.facility(owner)
        with pytest.raises(RuleBroken, match="verified"):
            reviews.send_for_review(session, actor=actor, facility_id=facility.id, now=now)

    def test_readers_of_the_organization_do_not_send(self, session, make, owner, now):
        actor = make.member_of(owner, MemberRole.TTO_OFFICER)
        facility = make.facility(owner)
        with pytest.raises(Denied):
            reviews.send_for_review(session, actor=actor, facility_id=facility.id, now=now)

    def test_nobody_judges_their_own(self, session, make, owner, now):
        facility = make.facility(owner, status=S.UNDER_REVIEW)
        actor = make.reviewer(member_of=owner)
        with pytest.raises(Denied):
            reviews.publish_facility(
                session, actor=actor, facility_id=facility.id, seen=facility.version, now=now
            )
        with pytest.raises(Denied):
            reviews.return_facility(
                session,
                actor=actor,
                facility_id=facility.id,
                reason="x",
                seen=facility.version,
                now=now,
            )

    def test_judges_only_what_waits_and_what_was_read(self, session, make, now):
        reviewer = make.reviewer()
        published = make.facility(status=S.PUBLISHED)
        withdrawn = make.facility(status=S.WITHDRAWN)
        for facility in (published, withdrawn):
            with pytest.raises(StepNotAllowed):
                reviews.publish_facility(
                    session,
                    actor=reviewer,
                    facility_id=facility.id,
                    seen=facility.version,
                    now=now,
                )
        waits = make.facility(status=S.UNDER_REVIEW)
        with pytest.raises(EditedElsewhere):
            reviews.publish_facility(
                session, actor=reviewer, facility_id=waits.id, seen=99, now=now
            )

    def test_an_incomplete_text_is_not_published(self, session, make, now):
        facility = make.facility(status=S.UNDER_REVIEW, hours=[])
        with pytest.raises(RuleBroken):
            reviews.publish_facility(
                session,
                actor=make.reviewer(),
                facility_id=facility.id,
                seen=facility.version,
                now=now,
            )

    def test_sending_anew_forgets_the_districts_word(self, session, make, owner, staff, now):
        facility = make.facility(
            owner,
            filing_level=FilingLevel.CITY,
            recommendation=Recommendation.NOT_RECOMMENDED,
            recommended_at=now,
        )
        reviews.send_for_review(session, actor=staff, facility_id=facility.id, now=now)
        session.flush()
        assert facility.recommendation is None

    def test_compares_with_the_last_reviewed_text(self, session, make, owner, staff, now):
        facility = make.facility(owner)
        loaded = queries.get_own_facility(session, facility.id, actor=staff)
        assert reviews.compared_with(session, loaded) == {}
        session.add(
            FacilityRevision(
                facility_id=facility.id, number=1, content={"name": "旧"}, reviewed_at=now
            )
        )
        session.flush()
        assert reviews.compared_with(session, loaded) == {"name": "旧"}


class TestLife:
    def test_a_suspended_facility_is_restored(self, session, make, now):
        facility = make.facility(status=S.PUBLISHED)
        reviewer = make.reviewer()
        with pytest.raises(RuleBroken):
            life.suspend_facility(
                session, actor=reviewer, facility_id=facility.id, reason=" ", now=now
            )
        session.expire(facility)
        life.suspend_facility(
            session, actor=reviewer, facility_id=facility.id, reason="投诉", now=now
        )
        session.flush()
        life.restore_facility(session, actor=reviewer, facility_id=facility.id, now=now)
        assert (facility.status, facility.suspended_reason) == (S.PUBLISHED, "")
        assert {"facility.suspended", "facility.restored"} <= topics(session)

    def test_a_withdrawn_one_frees_its_number_and_comes_back_as_a_draft(
        self, session, make, owner, staff, now
    ):
        facility = make.facility(
            owner,
            status=S.PUBLISHED,
            filing_level=FilingLevel.CITY,
            filing_number="A-1",
            pending={"name": "x"},
        )
        life.withdraw_facility(
            session, actor=staff, facility_id=facility.id, reason="搬迁", now=now
        )
        session.flush()
        assert facility.pending is None
        second = make.facility(
            status=S.PUBLISHED, filing_level=FilingLevel.CITY, filing_number="A-1"
        )
        with pytest.raises(RuleBroken) as error:
            life.reopen_facility(session, actor=staff, facility_id=facility.id, now=now)
        assert error.value.field == "filing_number"
        second.filing_number = "A-2"
        session.flush()
        session.expire_all()
        life.reopen_facility(session, actor=staff, facility_id=facility.id, now=now)
        session.flush()
        assert facility.status is S.DRAFT
        assert len(queries.list_revisions(session, facility.id)) == 1

    def test_a_draft_comes_back_without_a_revision(self, session, make, owner, staff, now):
        facility = make.facility(owner, status=S.WITHDRAWN)
        life.reopen_facility(session, actor=staff, facility_id=facility.id, now=now)
        session.flush()
        assert queries.last_reviewed(session, facility.id) is None

    def test_bookings_note_the_next_free_day_and_prices(self, session, make):
        facility = make.facility(status=S.PUBLISHED)
        offer = {"next_free_on": date(2026, 12, 1), "price_minor": 100, "price_max_minor": 900}
        assert life.note_offer(session, facility.id, **offer)
        session.flush()
        version = facility.version
        assert not life.note_offer(session, facility.id, **offer)
        session.flush()
        assert facility.version == version
        assert not life.note_offer(session, uuid4(), **offer)

    def test_follows_its_organization_into_the_index(self, session, make, owner):
        facility = make.facility(owner, status=S.PUBLISHED)
        make.facility(owner)
        life.sync_organization(session, owner.id)
        ids = [str(payload) for topic, payload in waiting(session) if topic == "search.sync"]
        assert any(str(facility.id) in one for one in ids)


class TestFiling:
    def apply(self, make, **values):
        values.setdefault("status", S.PUBLISHED)
        return make.facility(filing_level=FilingLevel.CITY, submitted_at=None, **values)

    def recommend(self, session, make, facility, now, word=Recommendation.RECOMMENDED, text=""):
        return filing.recommend_facility(
            session,
            actor=make.member_of(make.district()),
            facility_id=facility.id,
            recommendation=word,
            text=text,
            now=now,
        )

    def file(self, session, make, facility, now, number="武科 1", filed_on=date(2026, 1, 5)):
        return filing.file_facility(
            session,
            actor=make.city_officer(),
            facility_id=facility.id,
            number=number,
            filed_on=filed_on,
            now=now,
        )

    def test_goes_by_the_district_to_the_city(self, session, make, now):
        facility = self.apply(make, pending={"name": "x", "filing_level": "city"})
        with pytest.raises(RuleBroken, match="district"):
            self.file(session, make, facility, now)
        self.recommend(session, make, facility, now, text="条件具备")
        assert "facility.recommended" in topics(session)
        assert queries.count_applications(session) == 1
        self.file(session, make, facility, now)
        session.flush()
        assert facility.is_filed
        assert facility.pending["filing_number"] == "武科 1"
        assert "facility.filed" in topics(session)
        with pytest.raises(Denied):
            self.file(session, make, facility, now)

    @pytest.mark.parametrize(
        ("number", "day", "field"),
        [(" ", 0, "number"), ("x" * 81, 0, "number"), ("1", 2, "filed_on")],
    )
    def test_refuses_a_wrong_number_or_day(self, session, make, now, number, day, field):
        facility = self.apply(make, recommendation=Recommendation.RECOMMENDED, recommended_at=now)
        with pytest.raises(RuleBroken) as error:
            self.file(session, make, facility, now, number, (now + timedelta(days=day)).date())
        assert error.value.field == field

    def test_refuses_a_number_that_another_carries(self, session, make, now):
        make.facility(status=S.PUBLISHED, filing_level=FilingLevel.CITY, filing_number="武科 1")
        facility = self.apply(make, recommendation=Recommendation.RECOMMENDED, recommended_at=now)
        with pytest.raises(RuleBroken) as error:
            self.file(session, make, facility, now)
        assert error.value.field == "filing_number"

    def test_a_district_says_why_not(self, session, make, now):
        facility = self.apply(make)
        with pytest.raises(RuleBroken):
            self.recommend(session, make, facility, now, Recommendation.NOT_RECOMMENDED)
        self.recommend(session, make, facility, now, Recommendation.NOT_RECOMMENDED, "次数不足")
        assert facility.recommendation_note == "次数不足"

    def test_another_district_does_not_speak(self, session, make, now):
        facility = self.apply(make)
        with pytest.raises(Denied):
            filing.recommend_facility(
                session,
                actor=make.member_of(make.district("420111")),
                facility_id=facility.id,
                recommendation=Recommendation.RECOMMENDED,
                text="",
                now=now,
            )

    def test_the_city_refuses_with_grounds(self, session, make, now):
        facility = self.apply(make, recommendation=Recommendation.RECOMMENDED, recommended_at=now)
        officer = make.city_officer()
        with pytest.raises(RuleBroken):
            filing.refuse_filing(
                session, actor=officer, facility_id=facility.id, reason="", now=now
            )
        filing.refuse_filing(
            session, actor=officer, facility_id=facility.id, reason="设备不足", now=now
        )
        session.flush()
        assert (facility.filing_level, facility.recommendation) == (None, None)
        assert facility.status is S.PUBLISHED

    def test_lists_applications_by_district_or_for_the_city(self, session, make):
        early = self.apply(make, status=S.UNDER_REVIEW)
        shown = self.apply(make)
        self.apply(make, district_code="420111")
        of_district = queries.list_applications(session, districts=frozenset({"4201Z1"}))
        assert {one.id for one in of_district.items} == {early.id, shown.id}
        assert queries.list_applications(session).total == 2


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
