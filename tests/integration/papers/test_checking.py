"""A text that was altered behind the application is found."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from marketplace.papers import checking, services
from tests.conftest import NOON


@pytest.fixture
def paper(session, make):
    """A paper that both parties have signed, with the triggers off that would refuse the harm."""
    sides = make.organization(), make.organization()
    paper = make.paper(*sides)
    for party, side in zip(paper.parties, sides, strict=True):
        services.sign(
            session,
            actor=make.member_of(side),
            paper_id=paper.id,
            party_id=party.id,
            name="王芳",
            sha256=paper.sha256,
            now=NOON,
        )
    session.flush()
    session.execute(text("RESET ROLE"))
    for table in ("paper", "paper_party", "signature"):
        session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
    yield paper
    session.execute(text("SET ROLE hanqiao_app"))


def faults(session):
    session.expire_all()
    return [fault.message for fault in checking.verify(session)]


ALTERED = "the text or the parties were altered"


class TestVerify:
    def test_finds_nothing_in_what_was_signed(self, session, make, paper):
        make.paper()
        assert faults(session) == []

    @pytest.mark.parametrize(
        ("harm", "message"),
        [
            ("UPDATE paper SET title = title || '。'", ALTERED),
            ("UPDATE paper SET title_en = 'Another'", ALTERED),
            ("UPDATE paper SET number = 2", ALTERED),
            ("UPDATE paper SET kind = 'amendment'", ALTERED),
            ("UPDATE paper SET object_id = gen_random_uuid()", ALTERED),
            ("UPDATE paper SET body = replace(body::text, '1,000', '9,000')::jsonb", ALTERED),
            ("UPDATE paper SET body = '[{}]'", ALTERED),
            ("UPDATE paper_party SET name = '别的公司' WHERE position = 1", ALTERED),
            ("UPDATE paper_party SET role = '丙方' WHERE position = 2", ALTERED),
            ("UPDATE paper_party SET position = 3 - position", ALTERED),
            (
                "UPDATE signature SET sha256 = repeat('0', 64)",
                "a signature stands under another text",
            ),
            ("DELETE FROM signature", "the signatures and the state do not agree"),
            ("UPDATE paper SET signed_at = NULL", "the signatures and the state do not agree"),
        ],
    )
    def test_finds_each_kind_of_harm(self, session, paper, harm, message):
        if "3 - position" in harm:
            session.execute(
                text("ALTER TABLE paper_party DROP CONSTRAINT paper_party_position_once")
            )
        session.execute(text(harm))
        assert message in faults(session)


class TestCommand:
    def test_counts_or_names_what_is_wrong(self, app, session, paper):
        runner = app.test_cli_runner()
        good = runner.invoke(args=["papers", "verify"])
        assert good.exit_code == 0
        assert "1 papers agree" in good.output
        session.execute(text("UPDATE paper SET title = 'x'"))
        session.commit()
        bad = runner.invoke(args=["papers", "verify"])
        assert bad.exit_code == 1
        assert str(paper.id) in bad.output
