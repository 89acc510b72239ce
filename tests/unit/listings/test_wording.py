from __future__ import annotations

from marketplace.listings.content import OUTLINE, filled
from marketplace.listings.wording import Wording

WORDING = Wording(say=lambda text: f"<{text}>", money=lambda minor: f"¥{minor}", language="zh")


class TestChanges:
    def test_names_only_parts_that_differ(self):
        old = filled({"title": "甲", "keywords": ["a"], "trl": 3})
        new = filled({"title": "甲", "keywords": ["a", "b"], "trl": 4})
        assert [change.name for change in OUTLINE.changes(old, new, WORDING.lines)] == [
            "keywords",
            "trl",
        ]

    def test_marks_the_words_that_changed(self):
        old, new = filled({"summary": "速度提高两倍"}), filled({"summary": "速度提高三倍"})
        pieces = OUTLINE.changes(old, new, WORDING.lines)[0].pieces
        assert [(piece.mark.value, piece.text) for piece in pieces] == [
            ("same", "速度提高"),
            ("removed", "两"),
            ("added", "三"),
            ("same", "倍"),
        ]

    def test_everything_is_new_at_the_first_review(self):
        found = OUTLINE.changes({}, filled({"title": "甲", "summary": "乙"}), WORDING.lines)
        marks = {change.name: {piece.mark for piece in change.pieces} for change in found}
        assert marks["title"] == marks["summary"] == {"added"}
        assert "abstract" not in marks


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
