from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import analysis, synonyms
from search.analysis import analyse, analyse_once, fold, fold_with_offsets, grams, language


class TestFold:
    @pytest.mark.parametrize(
        ("text", "folded"),
        [
            ("ＡＢＣ１２３", "abc123"),
            ("Naïve Ångström", "naive angstrom"),
            ("後來發現", "后来发现"),
            ("乾燥的乾坤", "干燥的乾坤"),
            ("乾坤", "乾坤"),
            ("㎡ ﬁne Ⅳ", "m2 fine iv"),
            ("한국어", "한국어"),
            ("STRASSE straße", "strasse strasse"),
            ("", ""),
        ],
    )
    def test_width_case_accents_and_traditional_characters(self, text, folded):
        assert fold(text) == folded

    def test_keeps_the_length_where_a_phrase_would_change_it(self, monkeypatch):
        class Longer:
            def convert(self, text):
                return {"後": "后", "乾後": "干以后"}.get(text, text)

        analysis._traditional()
        monkeypatch.setattr(analysis, "_simplifier", Longer)
        assert analysis.simplified("乾後") == "乾后"

    def test_cuts_what_is_far_too_long(self):
        assert len(fold("x" * (analysis.TEXT_LIMIT + 5))) == analysis.TEXT_LIMIT

    @given(st.text(max_size=80))
    def test_offsets_point_into_the_text(self, text):
        folded, offsets = fold_with_offsets(text)
        assert len(folded) == len(offsets)
        assert offsets == sorted(offsets)
        assert all(0 <= offset < len(text) for offset in offsets)


class TestAnalyse:
    def test_keeps_terms_of_the_field_whole_and_gives_their_parts(self):
        assert analyse("激光焊接") == ["激光", "焊接", "激光焊", "激光焊接"]
        assert analyse("激光焊接", fine=False) == ["激光焊接"]

    def test_stems_english_and_leaves_names_of_substances(self):
        assert analyse("Welded TiO2 films, C++ and 0.05 mm") == [
            "weld", "tio2", "film", "c++", "0.05", "mm",
        ]  # fmt: skip

    def test_leaves_out_stop_words(self):
        assert analyse("the use of a laser 的 和") == ["use", "laser"]

    def test_cuts_overlong_tokens(self):
        assert analyse("x" * 500) == ["x" * analysis.TOKEN_LIMIT]

    @given(st.text(max_size=120))
    def test_never_fails_and_gives_what_white_space_keeps_apart(self, text):
        once = analyse_once(text)
        assert once.words == analyse(text)
        assert once.grams == grams(text)
        for token in (*once.words, *once.grams):
            assert token
            assert not any(character.isspace() for character in token)
            token.encode()


class TestGrams:
    def test_overlap(self):
        assert grams("激光焊接 welds 铜") == ["激光", "光焊", "焊接", "weld", "铜"]

    @given(st.text("激光焊接机器人铜水", min_size=2, max_size=12), st.data())
    def test_of_a_part_stand_in_a_row_in_those_of_the_whole(self, text, data):
        begin = data.draw(st.integers(0, len(text) - 2))
        end = data.draw(st.integers(begin + 2, len(text)))
        part, whole = grams(text[begin:end]), grams(text)
        assert whole[begin : begin + len(part)] == part


class TestNames:
    def test_have_pinyin_and_initials(self):
        assert analysis.romanized("华中科技大学") == ("huazhongkejidaxue", "hzkjdx")
        assert analysis.romanized("Wuhan") == ()
        assert {"zhangwei", "zw"} <= set(analysis.name_tokens("张伟"))


class TestLanguage:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("激光焊接", "zh"),
            ("laser", "en"),
            ("用 PLC 控制焊接", "zh"),
            ("", "en"),
            ("a 铜", "zh"),
        ],
    )
    def test_is_what_most_of_it_is(self, text, expected):
        assert language(text) == expected


class TestNumberKey:
    def test_keeps_letters_and_digits(self):
        assert analysis.number_key("ZL 2019-1012 3456.7") == "zl2019101234567"


class TestSynonyms:
    def test_list_is_large_and_well_formed(self):
        lines = list(analysis.lines("synonyms.txt"))
        assert len(lines) >= 300
        for line in lines:
            terms = [term.strip() for term in line.split("=")]
            assert len(terms) >= 2, line
            assert all(terms), line
            assert len(set(terms)) == len(terms), line

    def test_go_across_languages(self):
        assert "laser welding" in synonyms.of("激光焊接")
        assert "激光焊接" in synonyms.of("Laser Welding")
        assert synonyms.of("没有这个词") == ()

    def test_are_found_longest_first(self):
        words = ["laser", "welding", "robot"]
        assert [(begin, end) for begin, end, _others in synonyms.found_in(words)] == [
            (0, 2),
            (2, 3),
        ]

    def test_stay_one_word_in_chinese(self):
        for word in ("碳化硅", "成果转化", "先使用后付费"):
            assert word in analyse(word)
