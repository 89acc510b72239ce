import pytest

from search import bilingual, terms
from search.documents import Document, Kind


def asked(**values):
    return terms.asked_by(Document(kind=Kind.NEED, id="1", version=1, **{"title": "", **values}))


class TestAskedBy:
    def test_titles_and_keywords_weigh_more_than_bodies(self):
        found = asked(title="水泥", keywords=("钢筋",), summary="沥青", body="石膏")
        weights = [found.grams[word] for word in ("水泥", "钢筋", "沥青", "石膏")]
        assert weights == [terms.TITLE, terms.KEYWORD, terms.SUMMARY, terms.BODY]

    def test_repetition_adds_up(self):
        found = asked(title="水泥", keywords=("水泥",))
        assert found.grams["水泥"] == terms.TITLE + terms.KEYWORD

    def test_a_word_counts_once_however_many_pairs_it_has(self):
        found = asked(title="水泥")
        assert (found.words, found.grams) == ({"水泥": terms.WHOLE}, {"水泥": 1.0})
        found = asked(title="机器人")
        assert (found.words, found.grams) == (
            {"机器人": terms.WHOLE},
            {"机器": 0.5, "器人": 0.5},
        )

    def test_pairs_across_words_count_less(self):
        assert asked(title="水泥沥青").grams == {"水泥": 1.0, "泥沥": terms.ACROSS, "沥青": 1.0}

    def test_elements_say_more_than_other_characters(self):
        found = asked(title="硒，菌")
        assert found.words == {"硒": terms.ELEMENT, "菌": terms.SINGLE}
        assert found.grams == {}

    def test_other_scripts_are_words(self):
        assert asked(title="水泥CFRP").words["cfrp"] == terms.FOREIGN

    def test_words_of_asking_are_left_out(self):
        found = asked(title="企业，寻求，水泥，方案")
        assert (set(found.words), set(found.grams)) == ({"水泥"}, {"水泥"})

    def test_no_more_than_the_limit(self):
        text = "".join(chr(code) for code in range(0x4E00, 0x4E00 + 400))
        assert len(asked(title=text).grams) == terms.LIMIT

    def test_english_asks_in_chinese_too(self):
        found = asked(title="antimony from titanium dioxide")
        assert found.words["锑"] == pytest.approx(terms.ELEMENT)
        assert found.grams["氧化"] > 0
        assert found.words["antimoni"] == terms.TRANSLATED * terms.FOREIGN

    def test_english_without_an_entry_asks_as_it_stands(self):
        assert asked(title="zzyzx of copper").words["zzyzx"] == terms.FOREIGN

    def test_english_fields_stand_in_for_missing_chinese(self):
        found = asked(title_en="antimony", keywords_en=("copper",), body_en="iron")
        assert {"锑", "铜", "铁"} <= set(found.words)

    def test_a_blank_asks_nothing(self):
        assert asked() == terms.Asked({}, {})


class TestGlosses:
    def test_shares_add_up(self):
        for gloss in bilingual.glosses("magnetic bearing controller for a helium turbine"):
            assert sum(gloss.meanings.values()) == pytest.approx(1)

    def test_the_longest_term_wins(self):
        found = [gloss.term for gloss in bilingual.glosses("printed circuit board with copper")]
        assert found == ["printed circuit board", "copper"]

    def test_the_whole_text_decides_between_meanings(self):
        def best(text):
            bearing = next(one for one in bilingual.glosses(text) if one.term == "bearing")
            return max(bearing.meanings, key=bearing.meanings.__getitem__)

        assert best("magnetic bearing of a turbine rotor") == "轴承"

    def test_small_words_and_punctuation_are_passed_over(self):
        assert bilingual.glosses("of the, and!") == ()

    def test_our_own_synonyms_are_meanings(self):
        [gloss] = bilingual.glosses("laser welding")
        assert "激光焊接" in gloss.meanings


class TestWithGloss:
    def test_english_is_followed_by_chinese(self):
        text = bilingual.with_gloss("antimony and copper")
        assert text.startswith("antimony and copper ")
        assert "锑" in text

    @pytest.mark.parametrize("text", ["铜的回收", "", "  ", "zzyzx"])
    def test_anything_else_stays_as_it_is(self, text):
        assert bilingual.with_gloss(text) == text

    def test_only_the_opening_is_glossed(self):
        assert bilingual.with_gloss("antimony copper", limit=8).endswith("锑")


class TestDictionary:
    def test_rare_characters_are_left_out(self):
        assert "氦" in bilingual.dictionary()["helium"]
        assert all(
            word.encode("gb2312") for words in bilingual.dictionary().values() for word in words
        )

    def test_first_senses_and_common_words_weigh_most(self):
        copper = bilingual.dictionary()["copper"]
        assert max(copper, key=copper.__getitem__) == "铜"


class TestExamples:
    def test_come_in_pairs(self):
        chinese, english = bilingual.examples(10)
        assert len(chinese) == len(english) == 10
        assert all(pair.endswith(zh) for zh, pair in zip(chinese, english, strict=True))
