"""Both sides of a closed deal rate its manager, once each."""

from __future__ import annotations

import pytest

from marketplace.core.actor import MemberRole
from marketplace.core.errors import StepNotAllowed
from marketplace.deals.models import DealStage
from marketplace.deals.services.rating import rate_manager
from marketplace.managers import queries
from marketplace.organizations.models import Organization
from marketplace.web.clock import now
from tests.clients import words


@pytest.fixture
def broker(make):
    return make.broker()


@pytest.fixture
def deal(make, broker):
    return make.deal(DealStage.CLOSED, manager=broker)


def side(session, make, organization_id, role=MemberRole.OWNER):
    return make.member(session.get_one(Organization, organization_id), role)


class TestRate:
    def test_comes_from_both_sides_and_stands_on_the_profile(
        self, client, session, make, broker, deal
    ):
        path = f"/deals/{deal.id}/rating"
        for organization_id, stars in ((deal.licensor_id, "5"), (deal.licensee_id, "4")):
            client.sign_in(side(session, make, organization_id))
            assert path in client.get(f"/deals/{deal.id}").get_data(as_text=True)
            assert client.get(path).status_code == 200
            assert client.post(path, data={}).status_code == 422
            assert client.post(path, data={"stars": stars, "text": "有分寸"}).status_code == 303
            again = client.post(path, data={"stars": "1"})
            assert again.status_code == 422
            assert "已对这项交易作出评价" in words(again)
            assert "贵方评价" in words(client.get(f"/deals/{deal.id}"))
        assert queries.rating_of(session, broker.id).mean == 4.5
        assert "有分寸" in words(client.get(f"/managers/{broker.id}"))

    def test_waits_for_the_end(self, client, session, make, broker):
        deal = make.deal(DealStage.PERFORMING, manager=broker)
        person = side(session, make, deal.licensor_id)
        client.sign_in(person)
        assert client.get(f"/deals/{deal.id}/rating").status_code == 403
        with pytest.raises(StepNotAllowed):
            rate_manager(
                session, actor=make.actor(person), deal_id=deal.id, stars=5, text="", now=now()
            )

    def test_needs_a_manager(self, client, session, make):
        deal = make.deal(DealStage.CLOSED)
        client.sign_in(side(session, make, deal.licensor_id))
        assert client.get(f"/deals/{deal.id}/rating").status_code == 403

    def test_is_not_for_the_manager_nor_for_readers(self, client, session, make, broker, deal):
        from marketplace.accounts.models import User

        path = f"/deals/{deal.id}/rating"
        staff = side(session, make, deal.licensor_id, MemberRole.OPERATOR_STAFF)
        for person in (session.get_one(User, broker.person_id), staff):
            assert client.sign_in(person).get(path).status_code == 403
        assert client.sign_in(make.user()).get(path).status_code == 404
