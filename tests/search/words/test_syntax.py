from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import syntax
from search.syntax import Atom, parse


def words(parsed):
    return [word.raw for word in parsed.words]


def texts(atoms):
    return [[word.raw for word in atom.words] or list(atom.phrase) or atom.number for atom in atoms]


class TestPlainWords:
    def test_are_cut_without_stop_words(self):
        assert words(parse("激光焊接的机器人 for welding")) == ["激光焊接", "机器人", "welding"]

    def test_keep_terms_of_several_words_together(self):
        parsed = parse("internet of things platform")
        assert words(parsed) == ["internet of things", "platform"]
        assert parsed.words[0].token == ""
        assert ("物联", "联网") in parsed.words[0].synonyms

    def test_keep_stop_words_when_nothing_else_stands(self):
        assert words(parse("的")) == ["的"]

    def test_take_single_characters_in_a_row_together(self):
        word = parse("含硌高").words[0]
        assert (word.raw, word.parts) == ("含硌高", ("含", "硌", "高"))

    def test_give_parts_only_when_they_make_up_the_word(self):
        assert parse("激光焊接").words[0].parts == ("激光", "焊接")
        assert parse("机器人").words[0].parts == ()

    def test_read_numbers_whole(self):
        assert [word.number for word in parse("ZL201910123456.7 铜").words] == [
            "zl2019101234567",
            "",
        ]
        assert [word.number for word in parse("2024").words] == [""]

    def test_end_at_their_limit(self):
        assert len(parse(" ".join(f"w{number}" for number in range(100))).words) == 32

    def test_of_nothing_are_blank(self):
        assert parse(" \x00 ").blank
        assert not parse("!!!").blank


class TestOperators:
    def test_phrase(self):
        assert parse('"激光焊"').required == ((Atom(phrase=("激光", "光焊")),),)

    def test_without(self):
        assert texts(parse("a1 -b1 NOT c1").excluded) == [["b1"], ["c1"]]
        assert words(parse("high-speed")) == ["high", "speed"]

    def test_or_joins_neighbors(self):
        parsed = parse('x1 a1 OR "b1" OR c1 y1')
        assert [texts(group) for group in parsed.required] == [[["a1"], ["b1"], ["c1"]]]
        assert words(parsed) == ["x1", "y1"]

    def test_and_is_what_words_mean_anyway(self):
        assert words(parse("a1 AND b1")) == ["a1", "b1"]

    def test_fields(self):
        (group,) = parse("标题:铜 ").required
        assert group[0].field == "title"
        (group,) = parse("number:ZL2019.7").required
        assert group[0] == Atom(field="numbers", number="zl20197")

    def test_unknown_fields_are_words(self):
        assert words(parse("http://x1")) == ["http", "x1"]
        assert parse("http://x1").required == ()

    def test_full_width_signs_work_too(self):
        assert parse("“铜” －铝").required == ((Atom(phrase=("铜",)),),)
        assert texts(parse("“铜” －铝").excluded) == [["铝"]]

    @pytest.mark.parametrize(
        ("text", "notice", "read"),
        [
            ('铜 "铝', syntax.MISSING_QUOTE, ["铜", "铝"]),
            ("铜 OR", syntax.DANGLING, ["铜"]),
            ("OR 铜", syntax.DANGLING, ["铜"]),
            ("铜 OR NOT 铝", syntax.DANGLING, ["铜", "铝"]),
            ("铜 OR -铝", syntax.DANGLING, ["铜", "铝"]),
            ("铜 NOT", syntax.DANGLING, ["铜"]),
        ],
    )
    def test_that_do_not_parse_are_read_as_words_with_a_notice(self, text, notice, read):
        parsed = parse(text)
        assert (parsed.notice, words(parsed)) == (notice, read)
        assert not parsed.required
        assert not parsed.excluded

    def test_overlong_queries_say_so(self):
        assert parse("铜 " * 400).notice == syntax.TOO_LONG
        assert parse("铜 " * 10_000).notice == syntax.TOO_LONG

    def test_pass_over_chunks_without_letters(self):
        parsed = parse('"..." -!! a1 title:*')
        assert (words(parsed), parsed.required, parsed.excluded) == (["a1"], (), ())

    @given(st.text(max_size=200))
    def test_never_fail(self, text):
        parsed = parse(text)
        assert len(parsed.words) <= syntax.WORDS_LIMIT

    @given(st.text('激光焊接ab "-:|ORNOT', max_size=60))
    def test_never_fail_on_their_own_signs(self, text):
        assert parse(text).notice in {None, syntax.MISSING_QUOTE, syntax.DANGLING}


class TestTokens:
    def test_hold_what_is_looked_for_but_not_what_is_excluded(self):
        tokens = parse('铜 -铝 OR1 "蚀刻液" title:钢').tokens
        assert {"铜", "蚀刻 刻液", "钢", "steel"} <= set(tokens)
        assert "铝" not in tokens
