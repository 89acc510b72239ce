"""What tests of bookings' pages share."""

from __future__ import annotations

import pytest

from tests.booking_pages import soon


@pytest.fixture
def organization(make):
    return make.organization()


@pytest.fixture
def user(make, organization):
    return make.booker(organization)


@pytest.fixture
def resource(make):
    return make.resource(
        questions=[{"key": "q1", "text": "物料", "text_en": "Material", "required": True}],
        safety_statement="戴护目镜",
        late_fee_percent=30,
    )


@pytest.fixture
def operator(make, resource):
    return make.operator_user(resource)


@pytest.fixture
def slot(make, resource):
    return make.slot(resource, starts_at=soon())
