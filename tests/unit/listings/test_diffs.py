from __future__ import annotations

from marketplace.listings.content import filled
from marketplace.listings.diffs import changes, compare, words_of
from marketplace.listings.wording import Wording

WORDING = Wording(say=lambda text: f"<{text}>", money=lambda minor: f"¥{minor}", language="zh")


def shown(old, new):
    return [(segment.change, segment.text) for segment in compare(old, new)]


class TestCompare:
    def test_shows_the_changed_word_alone(self):
        assert shown("除锈速度提高两倍", "除锈速度提高三倍") == [
            ("same", "除锈速度提高"),
            ("removed", "两倍"),
            ("added", "三倍"),
        ]

    def test_compares_english_by_words(self):
        assert shown("it is fast", "it is very fast") == [
            ("same", "it is "),
            ("added", "very "),
            ("same", "fast"),
        ]

    def test_keeps_every_sign_of_both_texts(self):
        old, new = "甲 a\n b。", "乙 a\n\n b！<script>"
        segments = compare(old, new)
        assert "".join(s.text for s in segments if s.change != "added") == old
        assert "".join(s.text for s in segments if s.change != "removed") == new

    def test_long_texts_are_compared_by_lines(self):
        old = "\n".join(f"line {index} of text" for index in range(1000))
        new = old.replace("line 7 of", "line 7 off")
        changed = [s for s in compare(old, new) if s.change != "same"]
        assert [s.text for s in changed] == ["line 7 of text\n", "line 7 off text\n"]

    def test_words_join_to_the_text(self):
        text = "激光焊接 30%，\n好 "
        assert "".join(words_of(text)) == text


class TestChanges:
    def test_names_only_parts_that_differ(self):
        old = filled({"title": "甲", "keywords": ["a"], "trl": 3})
        new = filled({"title": "甲", "keywords": ["a", "b"], "trl": 4})
        assert [change.name for change in changes(old, new, WORDING)] == ["keywords", "trl"]

    def test_everything_is_new_at_the_first_review(self):
        found = changes({}, filled({"title": "甲", "summary": "乙"}), WORDING)
        assert [(c.name, [s.change for s in c.segments]) for c in found] == [
            ("title", ["added"]),
            ("summary", ["added"]),
        ]


class TestWording:
    def test_says_every_kind_of_part(self):
        line = {
            "kind": ("patent", ["<Patent>"]),
            "language": ("en", ["<English>"]),
            "cooperation": (["transfer", "gift"], ["<Transfer>", "<gift>"]),
            "price_minor": (500, ["¥500"]),
            "price_max_minor": (600, ["¥600"]),
            "industry_codes": (["C37"], None),
            "keywords": (["a", "b"], ["a", "b"]),
            "abstract": ("a\nb", ["a", "b"]),
            "trl": (6, ["6"]),
            "gains": (
                [{"name": "速度", "today": "1", "ours": "2", "unit": "m"}, {"name": "x"}],
                ["速度: 1 → 2 m", "x:  → "],
            ),
            "evidence": (
                [
                    {"level": 4, "statement": "台架", "attachment_id": "a"},
                    {"level": 5, "statement": "样机"},
                ],
                ["TRL 4: 台架 [<with a file>]", "TRL 5: 样机"],
            ),
            "inventors": ([{"name": "李明", "unit": ""}], ["李明"]),
            "open_license": (
                {"fee": "1%", "payment": "", "until": "2030"},
                ["<Fee>: 1%", "<Offer holds until>: 2030"],
            ),
            "rights": (
                [
                    {
                        "kind": "invention_patent",
                        "number": "ZL2017106018623",
                        "legal_status": "granted",
                        "applicant": "U",
                        "filed_on": "2017-07-21",
                    },
                    {"kind": "know_how"},
                ],
                [
                    "<Invention patent> · ZL 2017 1 0601862.3 · U · <Granted> · <filed> 2017-07-21",
                    "<Know-how>",
                ],
            ),
        }
        for name, (value, expected) in line.items():
            told = WORDING.lines(name, value)
            if expected is None:
                assert told[0].startswith("C37 ")
            else:
                assert told == expected

    def test_says_nothing_of_nothing(self):
        for value in (None, "", [], {}):
            assert WORDING.lines("abstract", value) == []
