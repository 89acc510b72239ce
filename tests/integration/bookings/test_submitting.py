"""Sending the form: what must be there, the price, twice, too late."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from marketplace.bookings.models import (
    Approval,
    BookingState,
    MemberRate,
    PriceUnit,
    Qualification,
    QualificationState,
    RateKind,
    ResourcePrice,
)
from marketplace.bookings.rules import KeyReused, PriceChanged, TimeRanOut
from marketplace.bookings.services.holding import Wish, hold
from marketplace.bookings.services.submitting import Details, submit
from marketplace.core.errors import NotFound, RuleBroken
from tests.factories.bookings import NOON
from tests.jobs import topics


class TestSubmit:
    def test_by_approval_waits_for_the_operator(self, session, slot, send):
        booking = send(slot)
        assert booking.state is BookingState.PENDING_APPROVAL
        assert booking.deadline_at == NOON + timedelta(hours=48)
        assert (booking.price_minor, booking.late_fee_percent) == (100_000, 50)
        assert "booking.requested" in topics(session)

    def test_instant_waits_for_payment(self, session, make, send):
        resource = make.resource(approval=Approval.INSTANT)
        booking = send(make.slot(resource))
        assert booking.state is BookingState.AWAITING_PAYMENT
        assert booking.deadline_at == NOON + timedelta(minutes=30)

    def test_instant_and_free_is_confirmed(self, make, send):
        resource = make.resource(approval=Approval.INSTANT, price_minor=None)
        booking = send(make.slot(resource), expected_minor=0)
        assert (booking.state, booking.deadline_at) == (BookingState.CONFIRMED, None)

    def test_twice_is_once(self, session, actor, slot, send):
        booking = send(slot)
        details = Details(purpose="放大试验", expected_minor=100_000)
        again = submit(session, actor=actor, booking_id=booking.id, details=details, now=NOON)
        assert again.id == booking.id
        with pytest.raises(KeyReused):
            submit(
                session,
                actor=actor,
                booking_id=booking.id,
                details=Details(purpose="别的", expected_minor=100_000),
                now=NOON,
            )

    def test_says_a_changed_price_first(self, slot, send):
        with pytest.raises(PriceChanged) as changed:
            send(slot, expected_minor=90_000)
        assert changed.value.total_minor == 100_000

    def test_after_the_hold_is_too_late(self, session, actor, organization, slot):
        wish = Wish(resource_id=slot.resource_id, organization_id=organization.id, slot_id=slot.id)
        booking = hold(session, actor=actor, wish=wish, key="k", now=NOON)
        with pytest.raises(TimeRanOut):
            submit(
                session,
                actor=actor,
                booking_id=booking.id,
                details=Details(purpose="x", expected_minor=100_000),
                now=NOON + timedelta(minutes=15),
            )

    def test_of_another_tenant_is_not_found(self, session, make, slot):
        booking = make.booking(slot, state=BookingState.HELD)
        stranger = make.actor(make.booker())
        with pytest.raises(NotFound):
            submit(
                session,
                actor=stranger,
                booking_id=booking.id,
                details=Details(purpose="x", expected_minor=0),
                now=NOON,
            )

    @pytest.mark.parametrize(
        ("columns", "values", "field"),
        [
            ({}, {"purpose": ""}, "purpose"),
            ({}, {"purpose": "长" * 2001}, "purpose"),
            ({"needs_project": True}, {}, "project_account"),
            ({"safety_statement": "戴护目镜"}, {}, "safety_accepted"),
            (
                {"questions": [{"key": "q1", "text": "材料", "text_en": "", "required": True}]},
                {},
                "answer_0",
            ),
            ({"price_unit": PriceUnit.SAMPLE}, {}, "samples"),
            ({"price_unit": PriceUnit.SAMPLE}, {"samples": -3}, "samples"),
            ({"price_unit": PriceUnit.SAMPLE}, {"samples": 10**9}, "samples"),
        ],
    )
    def test_names_what_is_missing(self, make, send, columns, values, field):
        slot = make.slot(make.resource(**columns))
        with pytest.raises(RuleBroken) as broken:
            send(slot, **values)
        assert broken.value.field == field

    def test_keeps_answers_as_they_were_asked(self, make, send):
        questions = [{"key": "q1", "text": "材料", "text_en": "Material", "required": True}]
        slot = make.slot(make.resource(questions=questions, needs_project=True))
        booking = send(slot, answers={"q1": "水性浆料"}, project_account="P-1")
        assert booking.answers == [
            {"key": "q1", "text": "材料", "text_en": "Material", "answer": "水性浆料"}
        ]


class TestRates:
    def test_member_pays_the_member_rate(self, session, make, organization, resource, slot, send):
        make.add(
            ResourcePrice(resource_id=resource.id, rate=RateKind.MEMBER, unit_minor=70_000),
            MemberRate(
                facility_id=resource.facility_id,
                organization_id=organization.id,
                valid_until=date(2026, 12, 31),
            ),
        )
        booking = send(slot, expected_minor=70_000)
        assert booking.rate is RateKind.MEMBER

    def test_ended_membership_pays_the_standard_rate(
        self, make, organization, resource, slot, send
    ):
        make.add(
            ResourcePrice(resource_id=resource.id, rate=RateKind.MEMBER, unit_minor=70_000),
            MemberRate(
                facility_id=resource.facility_id,
                organization_id=organization.id,
                valid_until=date(2026, 11, 24),
            ),
        )
        assert send(slot).rate is RateKind.STANDARD

    def test_voucher_has_its_rate(self, make, resource, slot, send):
        make.add(ResourcePrice(resource_id=resource.id, rate=RateKind.VOUCHER, unit_minor=50_000))
        booking = send(slot, expected_minor=50_000, voucher_number="CXQ-1")
        assert booking.rate is RateKind.VOUCHER

    def test_deposit_is_paid_on_top(self, make, send):
        slot = make.slot(make.resource(deposit_minor=20_000))
        booking = send(slot, expected_minor=120_000)
        assert (booking.price_minor, booking.total_minor) == (100_000, 120_000)

    def test_places_multiply(self, session, make, actor, organization):
        slot = make.slot(capacity=3)
        wish = Wish(
            resource_id=slot.resource_id,
            organization_id=organization.id,
            slot_id=slot.id,
            places=3,
        )
        booking = hold(session, actor=actor, wish=wish, key="k", now=NOON)
        sent = submit(
            session,
            actor=actor,
            booking_id=booking.id,
            details=Details(purpose="x", expected_minor=300_000),
            now=NOON,
        )
        assert sent.price_minor == 300_000


class TestQualified:
    @pytest.fixture
    def slot(self, make):
        return make.slot(make.resource(needs_qualification=True))

    def grant(self, make, slot, user, organization, **values):
        values.setdefault("state", QualificationState.GRANTED)
        values.setdefault("valid_until", date(2026, 12, 31))
        return make.add(
            Qualification(
                resource_id=slot.resource_id,
                person_id=user.id,
                organization_id=organization.id,
                decided_at=NOON,
                **values,
            )
        )

    def test_person_is_let_in(self, make, slot, user, organization, send):
        self.grant(make, slot, user, organization)
        assert send(slot).state is BookingState.PENDING_APPROVAL

    @pytest.mark.parametrize(
        "values",
        [
            {"valid_until": date(2026, 11, 24)},
            {"state": QualificationState.ASKED},
            {"state": QualificationState.REVOKED},
        ],
    )
    def test_others_are_not(self, make, slot, user, organization, send, values):
        self.grant(make, slot, user, organization, **values)
        with pytest.raises(RuleBroken, match="qualification"):
            send(slot)

    def test_nobody_without_one(self, slot, send):
        with pytest.raises(RuleBroken, match="qualification"):
            send(slot)
