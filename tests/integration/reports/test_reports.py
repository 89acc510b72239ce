"""Test reports from the first value to the proven level of a listing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.bookings.models import BookingState
from marketplace.core.actor import PlatformRole
from marketplace.core.errors import (
    Denied,
    EditedElsewhere,
    NotFound,
    RuleBroken,
    StepNotAllowed,
)
from marketplace.organizations.models import Organization
from marketplace.papers import queries as papers
from marketplace.papers import services as signing
from marketplace.reports import queries
from marketplace.reports.models import Conclusion, ProofState, ReportState
from marketplace.reports.services import proofs, ratings, reports
from marketplace.reports.services.reports import ReportInput
from tests.factories.bookings import WEDNESDAY

AFTER = WEDNESDAY + timedelta(hours=4)
ROWS = [{"name": "铜回收率", "unit": "%", "target": "≥ 95", "measured": "96.2"}]


@pytest.fixture
def report(session, operator, booking):
    booking.state = BookingState.IN_SERVICE
    session.flush()
    return reports.begin_report(session, actor=operator, booking_id=booking.id, now=AFTER)


@pytest.fixture
def save(session, operator, report):
    def saved(**values):
        kept = {
            "title": "铜回收中试验证",
            "object_tested": "蚀刻液 20 L，批号 2026-11",
            "method": "GB/T 5121.1",
            "rows": ROWS,
            "summary": "三批平均回收率 96.2%。",
            "level": 6,
            "version": report.version,
        }
        return reports.save_report(
            session,
            actor=operator,
            report_id=report.id,
            given=ReportInput(**(kept | values)),
            now=AFTER,
        )

    return saved


@pytest.fixture
def sign(session, make, operator, organization, report):
    def signed():
        for owner in (owner_of(session, operator), organization):
            actor = make.actor(make.member(owner))
            paper = papers.get_paper(session, report.paper_id, actor=actor)
            party = next(one for one in paper.parties if actor.is_member(one.organization_id))
            signing.sign(
                session,
                actor=actor,
                paper_id=paper.id,
                party_id=party.id,
                name=actor.name or "签字人",
                sha256=paper.sha256,
                now=AFTER,
            )

    return signed


def owner_of(session, operator):
    """The operator's organization: its owner signs, its staff may not."""
    return session.get_one(Organization, next(iter(operator.organization_ids)))


def end(session, booking):
    booking.state, booking.ended_at = BookingState.COMPLETED, AFTER
    session.flush()


class TestBeginReport:
    def test_takes_figures_of_the_listing_as_targets(
        self, session, make, operator, listing, booking
    ):
        listing.gains = [{"name": "铜回收率", "unit": "%", "today": "80", "ours": "95"}]
        end(session, booking)
        report = reports.begin_report(session, actor=operator, booking_id=booking.id, now=AFTER)
        assert (report.rows[0]["target"], report.listing_id) == ("95", listing.id)

    def test_is_begun_once(self, session, operator, booking, report):
        again = reports.begin_report(session, actor=operator, booking_id=booking.id, now=AFTER)
        assert again is report

    def test_waits_for_the_use(self, session, operator, booking):
        with pytest.raises(StepNotAllowed):
            reports.begin_report(session, actor=operator, booking_id=booking.id, now=AFTER)

    def test_is_the_operators(self, session, make, user, booking, report):
        with pytest.raises(Denied):
            reports.begin_report(session, actor=make.actor(user), booking_id=booking.id, now=AFTER)


class TestSaveReport:
    def test_judges_values_and_concludes(self, save):
        saved = save()
        assert (saved.rows[0]["verdict"], saved.conclusion) == ("reached", Conclusion.REACHED)

    def test_two_at_once_are_told(self, save, report):
        save()
        with pytest.raises(EditedElsewhere):
            save(version=report.version - 1)

    @pytest.mark.parametrize("values", [{"title": " "}, {"level": 10}])
    def test_refuses_what_does_not_fit(self, save, values):
        with pytest.raises(RuleBroken):
            save(**values)

    def test_strangers_do_not_know_of_it(self, session, make, report):
        stranger = make.member_of(make.organization())
        with pytest.raises(NotFound):
            queries.get_report(session, report.id, actor=stranger)


class TestIssueReport:
    def test_fixes_the_text_for_both_sides(self, session, operator, save, report):
        save()
        found, paper = reports.issue_report(session, actor=operator, report_id=report.id, now=AFTER)
        assert (found.state, len(paper.parties)) == (ReportState.ISSUED, 2)
        text = str(paper.body)
        for part in ("96.2", "铜回收率", "GB/T 5121.1", "TRL 6", "三批平均回收率"):
            assert part in text
        with pytest.raises(StepNotAllowed):
            save()

    def test_an_incomplete_report_stays_a_draft(self, session, operator, report):
        with pytest.raises(RuleBroken):
            reports.issue_report(session, actor=operator, report_id=report.id, now=AFTER)
        assert report.state is ReportState.DRAFT

    def test_without_any_verdict_somebody_has_to_conclude(self, session, operator, save, report):
        save(rows=[{"name": "外观", "measured": "光滑"}])
        with pytest.raises(RuleBroken, match="come to"):
            reports.issue_report(session, actor=operator, report_id=report.id, now=AFTER)

    def test_can_be_taken_back_before_both_signed(self, session, operator, save, sign, report):
        save()
        reports.issue_report(session, actor=operator, report_id=report.id, now=AFTER)
        reports.take_back(session, actor=operator, report_id=report.id, now=AFTER)
        assert (report.state, report.paper_id) == (ReportState.DRAFT, None)
        save(summary="四批平均。")


class TestProof:
    @pytest.fixture
    def proof(self, session, operator, save, sign, report):
        save()
        reports.issue_report(session, actor=operator, report_id=report.id, now=AFTER)
        sign()
        return queries.proof_of(session, report.id)

    def test_a_report_signed_by_both_is_put_forward(self, proof, report, listing):
        assert report.state is ReportState.SIGNED
        assert (proof.level, proof.level_before, proof.state) == (6, 4, ProofState.WAITING)
        assert listing.trl == 4

    def test_a_reviewer_raises_the_level(self, session, make, proof, listing):
        listing.pending = {"trl": 4, "title": "新标题"}
        session.flush()
        proofs.accept_proof(session, actor=make.reviewer(), proof_id=proof.id, now=AFTER)
        assert (listing.trl, listing.pending["trl"], listing.pending["title"]) == (6, 6, "新标题")
        (found,) = queries.accepted_proofs(session, listing.id)
        assert found is proof
        with pytest.raises(StepNotAllowed):
            proofs.accept_proof(session, actor=make.reviewer(), proof_id=proof.id, now=AFTER)

    def test_never_lowers_it(self, session, make, proof, listing):
        listing.trl = 8
        session.flush()
        proofs.accept_proof(session, actor=make.reviewer(), proof_id=proof.id, now=AFTER)
        assert listing.trl == 8

    def test_can_be_refused_with_a_reason(self, session, make, proof, listing):
        with pytest.raises(RuleBroken):
            proofs.refuse_proof(
                session, actor=make.reviewer(), proof_id=proof.id, reason=" ", now=AFTER
            )
        proofs.refuse_proof(
            session, actor=make.reviewer(), proof_id=proof.id, reason="批次太少", now=AFTER
        )
        assert (proof.state, listing.trl) == (ProofState.REFUSED, 4)

    def test_nobody_judges_their_own(self, session, make, proof, organization, resource):
        operator = session.get_one(Organization, resource.organization_id)
        for owner in (organization, operator):
            actor = make.reviewer(member_of=owner)
            with pytest.raises(Denied):
                proofs.accept_proof(session, actor=actor, proof_id=proof.id, now=AFTER)

    def test_a_level_already_reached_needs_no_proof(
        self, session, operator, save, sign, report, listing
    ):
        listing.trl = 6
        save()
        reports.issue_report(session, actor=operator, report_id=report.id, now=AFTER)
        sign()
        assert queries.proof_of(session, report.id) is None


class TestRate:
    def test_a_user_rates_a_completed_use_once(self, session, make, user, booking, resource):
        end(session, booking)
        actor = make.actor(user)
        ratings.rate(session, actor=actor, booking_id=booking.id, stars=4, text=" 准时 ", now=AFTER)
        assert queries.stars_of(session, resource.facility_id) == queries.Stars(1, 4.0)
        (row,) = queries.list_ratings(session, resource.facility_id, most=5)
        assert row.text == "准时"
        with pytest.raises(RuleBroken, match="already"):
            ratings.rate(session, actor=actor, booking_id=booking.id, stars=1, text="", now=AFTER)

    def test_not_before_and_not_the_operator(self, session, make, user, operator, booking):
        with pytest.raises(StepNotAllowed):
            ratings.rate(
                session, actor=make.actor(user), booking_id=booking.id, stars=5, text="", now=AFTER
            )
        with pytest.raises(Denied):
            ratings.rate(
                session, actor=operator, booking_id=booking.id, stars=5, text="", now=AFTER
            )

    @pytest.mark.parametrize(("stars", "text"), [(0, ""), (6, ""), (5, "x" * 1001)])
    def test_stays_on_the_scale(self, session, make, user, booking, stars, text):
        end(session, booking)
        with pytest.raises(RuleBroken):
            ratings.rate(
                session,
                actor=make.actor(user),
                booking_id=booking.id,
                stars=stars,
                text=text,
                now=AFTER,
            )


def test_reviewers_read_only_what_is_put_forward(session, make, report):
    reviewer = make.actor(make.platform_user(PlatformRole.REVIEWER))
    assert not queries.is_readable(session, report.id, actor=reviewer)
    assert queries.is_readable(session, report.id, actor=make.administrator())
