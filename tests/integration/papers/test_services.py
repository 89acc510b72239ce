"""Drawing up, signing and superseding, with what is told and recorded."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from marketplace.core import audit
from marketplace.core.actor import VISITOR, MemberRole
from marketplace.core.errors import Denied, EditedElsewhere, NotFound, RuleBroken
from marketplace.files.models import Attachment, Visibility
from marketplace.files.store import Upload
from marketplace.notifications.models import Notice
from marketplace.papers import queries, registry, rules, services
from marketplace.papers.models import PaperKind, Signature
from marketplace.papers.permissions import may_see, of_own_parties
from marketplace.papers.rules import PartyInput
from tests.conftest import NOON
from tests.factories.papers import some_content
from tests.jobs import run_jobs, topics

SCAN = Upload(name="合同扫描件.pdf", media_type="application/pdf", size_bytes=9, sha256="c" * 64)


@pytest.fixture
def sides(make):
    return make.organization(name="武汉光谷大学"), make.organization(name="江城光电有限公司")


def sign(session, paper, party, actor, **values):
    values.setdefault("name", "张伟")
    values.setdefault("sha256", paper.sha256)
    return services.sign(
        session, actor=actor, paper_id=paper.id, party_id=party.id, now=NOON, **values
    )


def insert(session, row):
    with session.begin_nested():
        session.add(row)
        session.flush()


class TestDrawUp:
    def test_names_the_parties_with_the_facts_of_the_day(self, session, make, sides):
        paper = make.paper(*sides, person=make.user(name="李经理"))
        named = [(party.position, party.role, party.name) for party in paper.parties]
        assert named == [
            (1, "甲方", "武汉光谷大学"),
            (2, "乙方", "江城光电有限公司"),
            (3, "技术经理人", "李经理"),
        ]
        assert paper.parties[0].code == sides[0].credit_code
        assert paper.number == 1

    def test_tells_and_records(self, session, make, sides):
        paper = make.paper(*sides)
        services.draw_up(
            session,
            actor=make.member_of(sides[0]),
            kind=PaperKind.AMENDMENT,
            object_kind="sample",
            object_id=paper.object_id,
            content=some_content(),
            parties=[PartyInput(role="甲方", role_en="A", organization_id=sides[0].id)],
            now=NOON,
        )
        audit.write_pending(session)
        assert "paper.drawn_up" in topics(session)
        actions = session.scalars(select(audit.AuditEntry.action)).all()
        assert actions.count("paper.drawn_up") == 2

    def test_supersedes_what_not_all_have_signed(self, session, make, sides):
        first = make.paper(*sides)
        sign(session, first, first.parties[0], make.member_of(sides[0]))
        second = make.paper(*sides, object_id=first.object_id, content=some_content("2.00"))
        assert (second.number, queries.load(session, first.id).is_current) == (2, False)
        assert queries.current(session, first.kind, "sample", first.object_id).id == second.id
        assert [p.number for p in queries.list_numbers(session, second)] == [2, 1]

    def test_gives_the_same_text_back_with_its_signatures(self, session, make, sides):
        first = make.paper(*sides)
        sign(session, first, first.parties[0], make.member_of(sides[0]))
        again = make.paper(*sides, object_id=first.object_id)
        assert again.id == first.id
        assert again.parties[0].signature is not None

    def test_keeps_what_all_have_signed(self, session, make, sides):
        first = make.paper(*sides)
        for party, side in zip(first.parties, sides, strict=True):
            sign(session, first, party, make.member_of(side))
        with pytest.raises(RuleBroken):
            make.paper(*sides, object_id=first.object_id, content=some_content("3.00"))

    @pytest.mark.parametrize("kind", ["organization_id", "person_id"])
    def test_finds_no_unknown_party(self, session, make, kind):
        with pytest.raises(NotFound):
            services.draw_up(
                session,
                actor=None,
                kind=PaperKind.REPORT,
                object_kind="sample",
                object_id=uuid4(),
                content=some_content(),
                parties=[PartyInput(role="甲方", role_en="A", **{kind: uuid4()})],
                now=NOON,
            )


class TestSign:
    def test_takes_each_party_once_and_then_is_complete(self, session, make, sides):
        paper = make.paper(*sides)
        first, second = make.member_of(sides[0]), make.member_of(sides[1])
        signature = sign(session, paper, paper.parties[0], first, name=" 张伟 ")
        assert (signature.name, signature.at, signature.sha256) == ("张伟", NOON, paper.sha256)
        assert not rules.is_signed(queries.load(session, paper.id))
        with pytest.raises(RuleBroken, match="signed already"):
            sign(session, paper, paper.parties[0], first)
        sign(session, paper, paper.parties[1], second)
        assert rules.is_signed(queries.load(session, paper.id))
        assert queries.has_signed_paper(session, paper.kind, "sample", paper.object_id)

    def test_runs_what_the_domain_said_in_the_same_transaction(
        self, session, make, sides, monkeypatch
    ):
        monkeypatch.setattr(registry, "_rules", {})
        heard = []
        registry.register(
            PaperKind.STATEMENT,
            signed=lambda _s, paper, signature, now: heard.append(
                (paper.signed_at, signature.name, now)
            ),
        )
        paper = make.paper(*sides)
        sign(session, paper, paper.parties[0], make.member_of(sides[0]))
        sign(session, paper, paper.parties[1], make.member_of(sides[1]), name="王芳")
        assert heard == [(None, "张伟", NOON), (NOON, "王芳", NOON)]

    def test_refuses_a_text_that_was_replaced(self, session, make, sides):
        paper = make.paper(*sides)
        make.paper(*sides, object_id=paper.object_id, content=some_content("5.00"))
        with pytest.raises(EditedElsewhere):
            sign(session, paper, paper.parties[0], make.member_of(sides[0]))

    def test_refuses_another_hash(self, session, make, sides):
        paper = make.paper(*sides)
        with pytest.raises(EditedElsewhere):
            sign(session, paper, paper.parties[0], make.member_of(sides[0]), sha256="0" * 64)

    def test_is_for_the_partys_own_signers(self, session, make, sides):
        paper = make.paper(*sides)
        with pytest.raises(Denied):
            sign(session, paper, paper.parties[0], make.member_of(sides[1]))
        with pytest.raises(Denied):
            sign(session, paper, paper.parties[0], make.member_of(sides[0], MemberRole.EDITOR))
        with pytest.raises(NotFound):
            sign(session, paper, paper.parties[0], make.member_of(make.organization()))
        with pytest.raises(NotFound):
            sign(session, paper, paper.parties[0], VISITOR)

    def test_lets_a_manager_sign_for_themself_alone(self, session, make, sides):
        person = make.member(sides[0])
        paper = make.paper(*sides, person=person)
        actor = make.actor(person)
        with pytest.raises(Denied):
            sign(session, paper, paper.parties[0], actor)
        assert sign(session, paper, paper.parties[2], actor).person_id == person.id

    def test_lets_the_domain_narrow_who_signs(self, session, make, sides, monkeypatch):
        monkeypatch.setattr(registry, "_rules", {})
        registry.register(PaperKind.STATEMENT, may_sign=lambda *_: False)
        paper = make.paper(*sides)
        with pytest.raises(Denied):
            sign(session, paper, paper.parties[0], make.member_of(sides[0]))

    def test_finds_no_party_of_another_paper(self, session, make, sides):
        paper, other = make.paper(*sides), make.paper(*sides)
        with pytest.raises(NotFound):
            sign(session, paper, other.parties[0], make.member_of(sides[0]))

    def test_keeps_the_stamped_scan(self, session, make, sides):
        paper = make.paper(*sides)
        signature = sign(session, paper, paper.parties[0], make.member_of(sides[0]), upload=SCAN)
        kept = session.get(Attachment, signature.attachment_id)
        assert (kept.object_kind, kept.visibility) == ("paper", Visibility.SIGNED_IN)
        assert queries.scans_of(session, paper) == [kept]

    def test_refuses_a_scan_that_is_none(self, session, make, sides):
        paper = make.paper(*sides)
        table = Upload(name="a.csv", media_type="text/csv", size_bytes=3, sha256="d" * 64)
        with pytest.raises(RuleBroken):
            sign(session, paper, paper.parties[0], make.member_of(sides[0]), upload=table)


class TestAttachScan:
    def test_follows_the_last_signature(self, session, make, sides):
        paper = make.paper(*sides)
        first, second = make.member_of(sides[0]), make.member_of(sides[1])
        sign(session, paper, paper.parties[0], first)
        with pytest.raises(RuleBroken):
            services.attach_scan(session, actor=first, paper_id=paper.id, upload=SCAN, now=NOON)
        sign(session, paper, paper.parties[1], second)
        kept = services.attach_scan(session, actor=second, paper_id=paper.id, upload=SCAN, now=NOON)
        assert kept.organization_id == sides[1].id
        reader = make.member_of(sides[0], MemberRole.EDITOR)
        with pytest.raises(Denied):
            services.attach_scan(session, actor=reader, paper_id=paper.id, upload=SCAN, now=NOON)


class TestWhoSees:
    def test_agrees_in_both_forms(self, session, make, sides):
        person = make.user()
        paper = make.paper(*sides, person=person)
        actors = [
            (make.member_of(sides[0]), True),
            (make.member_of(sides[1], MemberRole.TTO_OFFICER), True),
            (make.member_of(sides[1], MemberRole.EDITOR), True),
            (make.member_of(sides[1], MemberRole.TECHNOLOGY_MANAGER), False),
            (make.member_of(make.organization()), False),
            (make.actor(person), True),
            (make.administrator(), False),
            (VISITOR, False),
        ]
        for actor, sees in actors:
            found = session.scalar(
                select(type(paper).id).where(type(paper).id == paper.id, of_own_parties(actor))
            )
            assert (found is not None) is sees
            assert may_see(session, actor, paper) is sees

    def test_adds_whom_the_domain_lets_read(self, session, make, sides, monkeypatch):
        monkeypatch.setattr(registry, "_rules", {})
        paper = make.paper(*sides)
        reader = make.member_of(make.organization())
        registry.register(
            PaperKind.STATEMENT,
            object_kind="sample",
            may_see=lambda _s, actor, object_id: (
                actor.user_id == reader.user_id and object_id == paper.object_id
            ),
        )
        assert queries.get_paper(session, paper.id, actor=reader).id == paper.id


class TestLists:
    def test_asks_for_the_open_signatures_of_ones_own_parties(self, session, make, sides):
        person = make.user()
        paper = make.paper(*sides, person=person)
        owner, other = make.member_of(sides[0]), make.member_of(make.organization())
        assert [p.id for p in queries.list_to_sign(session, actor=owner)] == [paper.id]
        assert [p.id for p in queries.list_to_sign(session, actor=make.actor(person))] == [paper.id]
        assert queries.list_to_sign(session, actor=other) == []
        assert queries.list_to_sign(session, actor=VISITOR) == []
        sign(session, paper, paper.parties[0], owner)
        assert queries.list_to_sign(session, actor=owner) == []
        assert [p.id for p in queries.list_own(session, actor=owner).items] == [paper.id]


class TestNotices:
    def test_asks_each_party_and_tells_all_at_the_end(self, app, session, make, sides):
        one, two = make.member(sides[0]), make.member(sides[1])
        paper = make.paper(*sides)
        services.draw_up(
            session,
            actor=None,
            kind=paper.kind,
            object_kind="sample",
            object_id=paper.object_id,
            content=some_content("8.00"),
            parties=[
                PartyInput(role="甲方", role_en="A", organization_id=sides[0].id),
                PartyInput(role="乙方", role_en="B", organization_id=sides[1].id),
            ],
            now=NOON,
        )
        run_jobs(app, session)
        paper = queries.current(session, paper.kind, "sample", paper.object_id)
        sign(session, paper, paper.parties[0], make.actor(one))
        run_jobs(app, session)
        sign(session, paper, paper.parties[1], make.actor(two))
        run_jobs(app, session)
        told = {(row.person_id, row.topic) for row in session.scalars(select(Notice)).all()}
        assert told == {
            (one.id, "paper.drawn_up"),
            (two.id, "paper.drawn_up"),
            (two.id, "paper.signed"),
            (one.id, "paper.complete"),
            (two.id, "paper.complete"),
        }


class TestConstraints:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE paper SET title = 'another'",
            "UPDATE paper SET body = '[]'",
            "UPDATE paper SET sha256 = repeat('0', 64)",
            "DELETE FROM paper",
            "UPDATE paper_party SET name = 'another'",
            "DELETE FROM paper_party",
            "UPDATE signature SET name = 'another'",
            "DELETE FROM signature",
        ],
    )
    def test_fix_text_parties_and_signatures(self, session, make, sides, statement):
        paper = make.paper(*sides)
        sign(session, paper, paper.parties[0], make.member_of(sides[0]))
        session.flush()
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(text(statement))

    def test_know_one_signature_per_party(self, session, make, sides):
        paper = make.paper(*sides)
        sign(session, paper, paper.parties[0], make.member_of(sides[0]))
        with pytest.raises(IntegrityError, match="one_signature_per_party"):
            insert(
                session,
                Signature(
                    paper_id=paper.id,
                    party_id=paper.parties[0].id,
                    person_id=make.user().id,
                    name="李",
                    at=NOON,
                    sha256=paper.sha256,
                ),
            )

    def test_bind_a_signature_to_a_party_of_the_paper(self, session, make, sides):
        paper, other = make.paper(*sides), make.paper(*sides)
        with pytest.raises(IntegrityError, match="signature_by_a_party"):
            insert(
                session,
                Signature(
                    paper_id=paper.id,
                    party_id=other.parties[0].id,
                    person_id=make.user().id,
                    name="李",
                    at=NOON,
                    sha256=paper.sha256,
                ),
            )


class TestWithdraw:
    def test_ends_an_unsigned_paper_and_goes_on_counting(self, session, make, sides):
        paper = make.paper(*sides)
        services.withdraw(session, actor=None, paper_id=paper.id, now=NOON)
        services.withdraw(session, actor=None, paper_id=paper.id, now=NOON)
        assert queries.current(session, paper.kind, "sample", paper.object_id) is None
        assert make.paper(*sides, object_id=paper.object_id).number == 2
        with pytest.raises(NotFound):
            services.withdraw(session, actor=None, paper_id=uuid4(), now=NOON)

    def test_keeps_what_all_have_signed(self, session, make, sides):
        paper = make.paper(*sides)
        for party, side in zip(paper.parties, sides, strict=True):
            sign(session, paper, party, make.member_of(side))
        with pytest.raises(RuleBroken):
            services.withdraw(session, actor=None, paper_id=paper.id, now=NOON)
