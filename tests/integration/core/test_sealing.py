"""Second-step secrets stand sealed in the database."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from marketplace.core import sealing
from marketplace.core.sealing import SealBroken, Sealed


@pytest.fixture
def keys():
    """Give the function that sets keys; the application's own come back afterwards."""
    kept = list(sealing._boxes)
    yield sealing.use
    sealing._boxes[:] = kept


def stored(session, user):
    query = text("SELECT totp_secret FROM person WHERE id = :id")
    return session.execute(query, {"id": user.id}).scalar_one()


class TestSealed:
    def test_the_database_holds_no_secret(self, session, make):
        user = make.user(totp_secret="JBSWY3DPEHPK3PXP")
        session.flush()
        assert "JBSWY3DPEHPK3PXP" not in stored(session, user)
        session.expire(user)
        assert user.totp_secret == "JBSWY3DPEHPK3PXP"

    def test_none_stays_none(self, session, make):
        user = make.user()
        assert stored(session, user) is None
        session.expire(user)
        assert user.totp_secret is None

    def test_an_old_key_still_opens_and_the_new_one_seals(self, keys):
        keys("old")
        sealed = Sealed().process_bind_param("secret", None)
        keys("new", "old")
        assert Sealed().process_result_value(sealed, None) == "secret"
        again = Sealed().process_bind_param("secret", None)
        keys("new")
        assert Sealed().process_result_value(again, None) == "secret"
        with pytest.raises(SealBroken, match="old secret key"):
            Sealed().process_result_value(sealed, None)

    def test_an_altered_value_is_refused(self, keys):
        keys("key")
        sealed = Sealed().process_bind_param("secret", None)
        altered = sealed[:-4] + ("AAAA" if sealed[-4:] != "AAAA" else "BBBB")
        with pytest.raises(SealBroken):
            Sealed().process_result_value(altered, None)
