"""What a request costs: people come to the last free place in crowds."""

from __future__ import annotations

import secrets

import pytest

from tests.statements import counted


def asked(sent):
    """Leave out the savepoints in which the tests themselves run."""
    return [one for one in sent if "SAVEPOINT sa_" not in one]


@pytest.fixture
def send(client, slot, organization):
    def sent():
        address = f"/resources/{slot.resource_id}/book?slot={slot.id}"
        values = {"organization_id": str(organization.id), "key": secrets.token_hex(8)}
        with counted() as found:
            answer = client.post(address, data=values)
        return answer, asked(found)

    return sent


class TestStatements:
    def test_of_who_is_too_late_are_four(self, client, make, user, slot, send):
        make.booking(slot)
        client.sign_in(user)
        answer, sent = send()
        assert answer.status_code == 409
        # Who it is; the offer; the nearest others; unread notices in the frame.
        assert len(sent) == 4, sent

    def test_of_who_gets_the_place_are_five(self, client, user, slot, send):
        client.sign_in(user)
        answer, sent = send()
        assert answer.status_code == 303
        # Who it is; the offer; savepoint; place, booking and line; the savepoint's end.
        assert len(sent) == 5, sent

    def test_of_knowing_the_person_is_one(self, client, user):
        client.sign_in(user)
        with counted() as sent:
            client.get("/about")
        # And the unread notices, which the frame shows.
        assert len(asked(sent)) == 2, sent
