"""Files on their way into an organization's records."""

from __future__ import annotations

import io

import pytest

from marketplace.exchange import services
from marketplace.exchange.fields import ImportKind
from tests.conftest import NOON


@pytest.fixture
def owner(make):
    return make.organization(name="武汉示范大学")


@pytest.fixture
def editor(make, owner):
    return make.member_of(owner)


@pytest.fixture
def send(session, owner, editor, home):
    """Sends a file as the editor's browser does; gives the import."""

    def send(content, kind=ImportKind.RESULTS, *, name="rows.csv", actor=editor, language="en"):
        data = content if isinstance(content, bytes) else content.encode()
        return services.receive(
            session,
            actor=actor,
            kind=kind,
            organization_id=owner.id,
            name=name,
            stream=io.BytesIO(data),
            home=home,
            language=language,
        )

    return send


@pytest.fixture
def check(session, editor, home):
    """Agrees on the guessed columns and checks the file."""

    def check(row, *, publish=False, actor=editor):
        services.agree(row, actor=actor, mapping=dict(row.mapping), publish=publish)
        return services.start_check(session, row, actor=actor, home=home, now=NOON)

    return check
