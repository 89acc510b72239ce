"""Turns the signed-in browser into an ``Actor``."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import g, request
from flask import session as cookie
from sqlalchemy import update

from marketplace.accounts.models import SignIn, User
from marketplace.accounts.queries import find_signed_in
from marketplace.accounts.tokens import fresh
from marketplace.core.actor import VISITOR
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.transactions import SAFE

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Flask
    from sqlalchemy.orm import Session

KEY = "sign_in"
#: Who was signed in here last, and Flask-WTF's secret of the forms in this browser.
LAST, FORMS = "last_user", "csrf_token"

#: A sign-in ends after this time, however often it is used.
LONGEST = timedelta(days=30)
#: How exactly it is noted when a sign-in was last used.
NOTED = timedelta(minutes=5)


def remember(session: Session, user: User, *, at: datetime) -> SignIn:
    """Sign this browser in: a row that can be ended, and a cookie that names it.

    Everything else in the cookie goes, so that nobody can prepare it for somebody else. Only a
    person who was signed in here before keeps the secret of open forms: what was typed before the
    sign-in ended can still be sent.
    """
    token, hashed = fresh()
    agent = (request.user_agent.string or "")[:200]
    sign_in = SignIn(
        user_id=user.id, token_hash=hashed, started_at=at, seen_at=at, user_agent=agent
    )
    session.add(sign_in)
    forms = cookie.get(FORMS) if cookie.get(LAST) == str(user.id) else None
    cookie.clear()
    cookie.update({KEY: token, LAST: str(user.id)} | ({FORMS: forms} if forms else {}))
    cookie.permanent = True
    return sign_in


def forget(sign_in: SignIn | None, *, at: datetime) -> None:
    """Sign this browser out."""
    if sign_in is not None:
        sign_in.ended_at = at
    cookie.clear()


def load_actor() -> None:
    """Set ``g.actor`` and ``g.user`` for this request; static files need none."""
    g.actor, g.user, g.sign_in = VISITOR, None, None
    if request.endpoint == "static" or KEY not in cookie:
        return
    token, moment = cookie.get(KEY), now()
    found = (
        find_signed_in(db.session, token, since=moment - LONGEST, at=moment)
        if isinstance(token, str)
        else None
    )
    if found is None or not found[1].is_open:
        cookie.pop(KEY, None)
        return
    sign_in, g.user, g.actor = found
    g.sign_in = sign_in
    if request.method not in SAFE and sign_in.seen_at < moment - NOTED:
        # A plain statement: two requests at once must not see each other as a lost update.
        db.session.execute(
            update(SignIn).where(SignIn.id == sign_in.id).values(seen_at=moment),
            execution_options={"synchronize_session": False},
        )


def install(app: Flask) -> None:
    """Load the actor before anything judges it."""
    app.before_request(load_actor)
