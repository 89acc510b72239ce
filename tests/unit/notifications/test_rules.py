from __future__ import annotations

from uuid import uuid4

import pytest

from marketplace.core.errors import NotFound
from marketplace.notifications import tokens
from marketplace.notifications.models import NoticeGroup
from marketplace.notifications.rules import DEFAULTS, both, told

CHINESE = {"“%(title)s” was returned: %(reason)s": "“%(title)s”被退回：%(reason)s", "Vague": "含糊"}


def translated(text: str) -> str:
    return CHINESE.get(text, text)


class TestTold:
    message = "“%(title)s” was returned: %(reason)s"

    def test_fills_places_in_the_readers_language(self):
        values = {"title": both("激光", "Laser"), "reason": {"label": "Vague"}}
        assert told(self.message, values, language="zh", translate=translated) == (
            "“激光”被退回：含糊"
        )
        assert told(self.message, values, language="en", translate=str) == (
            "“Laser” was returned: Vague"
        )

    def test_shows_the_other_language_where_one_is_missing(self):
        values = {"title": both("激光", ""), "reason": "100%"}
        assert "“激光”" in told(self.message, values, language="en", translate=str)

    def test_shows_typed_words_as_typed_even_if_they_are_a_message(self):
        values = {"title": "Vague", "reason": ""}
        assert told(self.message, values, language="zh", translate=translated) == (
            "“Vague”被退回："
        )

    def test_translates_prepared_lines_among_typed_ones(self):
        values = {"title": "甲", "reason": {"labels": ["Vague", " ", "表 2 有误"]}}
        assert told(self.message, values, language="zh", translate=translated) == (
            "“甲”被退回：含糊 表 2 有误"
        )

    def test_survives_a_value_without_any_text(self):
        values = {"title": both("", ""), "reason": ""}
        assert told(self.message, values, language="zh", translate=translated) == "“”被退回："


class TestDefaults:
    def test_name_every_group(self):
        assert set(DEFAULTS) == set(NoticeGroup)


class TestTokens:
    def test_come_back_as_they_were_signed(self):
        person = uuid4()
        token = tokens.sign("secret", person, {NoticeGroup.MATCHES, NoticeGroup.ANSWERS})
        asked = tokens.read("secret", token)
        assert asked.person_id == person
        assert set(asked.groups) == {NoticeGroup.MATCHES, NoticeGroup.ANSWERS}

    @pytest.mark.parametrize("damage", [lambda t: t + "x", lambda _t: "", lambda t: t[1:]])
    def test_are_refused_when_altered(self, damage):
        token = tokens.sign("secret", uuid4(), {NoticeGroup.MATCHES})
        with pytest.raises(NotFound):
            tokens.read("secret", damage(token))

    def test_are_refused_under_another_secret(self):
        token = tokens.sign("secret", uuid4(), {NoticeGroup.MATCHES})
        with pytest.raises(NotFound):
            tokens.read("another", token)
