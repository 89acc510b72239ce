from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from marketplace.accounts.models import AccountToken, Registration, SignIn, SignInThrottle
from marketplace.accounts.services import credentials, registration, throttle
from marketplace.accounts.services.tidying import forget_expired
from marketplace.mail.models import OutboxMail
from tests.conftest import NOON


class TestForgetExpired:
    def test_deletes_what_is_over_and_keeps_the_rest(self, session, make):
        user = make.user()
        for moment in (NOON - timedelta(days=100), NOON):
            address = f"person{moment:%m}@example.com"
            registration.start_registration(
                session, email=address, name="Li", language="zh", now=moment
            )
            credentials.start_reset(session, email=user.email, now=moment)
            throttle.note_failure(session, address, now=moment)
            session.add(
                SignIn(
                    user_id=user.id,
                    token_hash=address.encode(),
                    started_at=moment,
                    seen_at=moment,
                )
            )
        for mail in session.scalars(select(OutboxMail)):
            mail.delivered_at = mail.queued_at
        session.flush()

        assert forget_expired(session, now=NOON) == 6
        for model in (Registration, AccountToken, SignInThrottle, SignIn):
            assert len(session.scalars(select(model)).all()) == 1
        assert len(session.scalars(select(OutboxMail)).all()) == 2
        assert forget_expired(session, now=NOON) == 0
