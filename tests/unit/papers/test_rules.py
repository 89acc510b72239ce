"""When a paper may be made, replaced and signed."""

from __future__ import annotations

from types import SimpleNamespace
from uuid import uuid4

import pytest

from marketplace.core.errors import EditedElsewhere, RuleBroken
from marketplace.papers import registry, rules
from marketplace.papers.models import PaperKind
from marketplace.papers.rules import PartyInput

ONE, TWO = uuid4(), uuid4()


def party(**values):
    return PartyInput(role="甲方", role_en="Party A", **values)


class TestRequireParties:
    def test_takes_organizations_and_people(self):
        rules.require_parties([party(organization_id=ONE), party(person_id=TWO)])

    @pytest.mark.parametrize(
        "parties",
        [
            [],
            [party(organization_id=uuid4()) for _ in range(9)],
            [party()],
            [party(organization_id=ONE, person_id=TWO)],
            [party(organization_id=ONE), party(organization_id=ONE)],
        ],
    )
    def test_refuses_nobody_a_crowd_and_the_same_twice(self, parties):
        with pytest.raises(RuleBroken):
            rules.require_parties(parties)


class TestRequireSignable:
    def test_refuses_a_superseded_or_other_text(self):
        paper = SimpleNamespace(is_current=True, sha256="a" * 64)
        rules.require_signable(paper, "a" * 64)
        with pytest.raises(EditedElsewhere):
            rules.require_signable(paper, "b" * 64)
        with pytest.raises(EditedElsewhere):
            rules.require_signable(SimpleNamespace(is_current=False, sha256="a" * 64), "a" * 64)


class TestRequireReplaceable:
    def test_keeps_what_all_have_signed(self):
        rules.require_replaceable(None)
        rules.require_replaceable(SimpleNamespace(signed_at=None))
        with pytest.raises(RuleBroken):
            rules.require_replaceable(SimpleNamespace(signed_at="some day"))


class TestRequireScan:
    def test_takes_pdf_and_pictures_alone(self):
        rules.require_scan("application/pdf")
        rules.require_scan("image/png")
        with pytest.raises(RuleBroken) as refused:
            rules.require_scan("text/csv")
        assert refused.value.field == "upload"


class TestRequireName:
    def test_refuses_blanks(self):
        rules.require_name("张伟")
        with pytest.raises(RuleBroken) as refused:
            rules.require_name("  ")
        assert refused.value.field == "name"


class TestRegistry:
    def test_prefers_the_rules_of_the_object_kind(self, monkeypatch):
        monkeypatch.setattr(registry, "_rules", {})
        paper = SimpleNamespace(kind=PaperKind.REPORT, object_kind="booking")
        assert registry.rules_of(paper) == registry.Rules()
        registry.register(PaperKind.REPORT, may_see=lambda *_: True)
        general = registry.rules_of(paper)
        registry.register(PaperKind.REPORT, object_kind="booking", may_sign=lambda *_: False)
        own = registry.rules_of(paper)
        assert general.may_see(None, None, None)
        assert not own.may_sign(None, None, None, None)
        assert not own.may_see(None, None, None)
