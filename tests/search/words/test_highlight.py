from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.highlight import highlight, snippet
from search.syntax import parse


def marked(text, query):
    return [part for part, is_hit in highlight(text, parse(query).tokens) if is_hit]


class TestHighlight:
    @pytest.mark.parametrize(
        ("text", "query", "hits"),
        [
            ("用激光焊接机器人", "激光焊接", ["激光焊接"]),
            ("雷射 Laser　Welding", "激光焊接", ["Laser　Welding"]),
            ("Welded and welding", "weld", ["Welded", "welding"]),
            ("廢水處理", "废水", ["廢水"]),
            ("ＬＥＤ显示", "led", ["ＬＥＤ"]),
            ("激光与焊接", "激光焊接", ["激光", "焊接"]),
            ("没有", "激光", []),
            ("", "激光", []),
            ("ﬁne ﬁlm", "film", ["ﬁlm"]),
        ],
    )
    def test_marks_what_counts_as_the_query(self, text, query, hits):
        assert marked(text, query) == hits

    def test_gives_no_html(self):
        assert highlight("<b>铜</b>", ["铜"]) == [("<b>", False), ("铜", True), ("</b>", False)]

    @given(st.text(max_size=100), st.text(max_size=20))
    def test_segments_make_up_the_text(self, text, query):
        segments = highlight(text, parse(query).tokens)
        assert "".join(part for part, _hit in segments) == text


class TestSnippet:
    TEXT = "第一句没有。" * 40 + "这里用铜回收。" + "后面还有话。" * 40

    def test_is_the_text_itself_when_short(self):
        assert snippet("铜", ["铜"]) == [("铜", True)]

    def test_shows_the_place_with_the_hits(self):
        segments = snippet(self.TEXT, ["铜"], size=60)
        assert ("铜", True) in segments
        assert segments[0] == segments[-1] == ("…", False)
        assert segments[1][0].startswith("这里用")

    def test_begins_at_the_beginning_without_hits(self):
        assert snippet(self.TEXT, [], size=60)[0][0].startswith("第一句")

    def test_takes_the_end_when_the_hit_stands_there(self):
        segments = snippet("甲" * 300 + "铜", ["甲铜"], size=50)
        assert segments[-1] != ("…", False)

    @given(st.text("铜水。a ", max_size=400), st.integers(10, 100))
    def test_is_never_longer_than_asked(self, text, size):
        segments = snippet(text, ["铜", "a"], size=size)
        assert sum(len(part) for part, _hit in segments if part != "…") <= size
