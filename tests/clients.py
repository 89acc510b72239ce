"""A browser without a window: signs in, sends forms, gives parsed pages."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import html5lib
from flask.testing import FlaskClient

from marketplace.accounts.models import SignIn
from marketplace.accounts.session import KEY
from marketplace.accounts.tokens import token_hash
from marketplace.web.clock import now
from marketplace.web.extensions import db

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from werkzeug.test import TestResponse

    from marketplace.accounts.models import User


class Client(FlaskClient):
    """Opens a fresh application context per request, as a server does.

    Flask would go on using the test's own context, and ``g`` would leak from one request into
    the next.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        db.session.commit()
        with self.application.app_context():
            # The isolated engine hands out one connection: both sessions see the same rows.
            response = super().open(*args, **kwargs)
            db.session.close()
        db.session.expire_all()
        return response

    def sign_in(self, user: User) -> Client:
        """Sign a person in without the form."""
        token = secrets.token_urlsafe(32)
        moment = now()
        db.session.add(
            SignIn(user_id=user.id, token_hash=token_hash(token), started_at=moment, seen_at=moment)
        )
        db.session.flush()
        with self.session_transaction() as cookie:
            cookie.clear()
            cookie[KEY] = token
        return self


def parsed(response: TestResponse) -> Element:
    """Parse a page strictly; broken HTML fails the test."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(response.get_data(as_text=True))


def words(response: TestResponse) -> str:
    """Give the page's visible text with blanks folded."""
    body = parsed(response).find("body")
    assert body is not None
    return " ".join(" ".join(body.itertext()).split())
