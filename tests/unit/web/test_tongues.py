"""The language of typed texts is said wherever it is not the page's own."""

from __future__ import annotations

import pytest

from marketplace.web.tongues import mark

ENGLISH = '<html lang="en">{}</html>'
CHINESE = '<html lang="zh-Hans">{}</html>'


def english(part: str) -> str:
    return mark(ENGLISH.format(part), "en").removeprefix('<html lang="en">').removesuffix("</html>")


def chinese(part: str) -> str:
    return mark(CHINESE.format(part), "zh").split(">", 1)[1].removesuffix("</html>")


class TestEnglishPage:
    @pytest.mark.parametrize(
        ("written", "marked"),
        [
            ("<p>Owner</p>", "<p>Owner</p>"),
            ("<p>武汉大学</p>", '<p lang="zh-Hans">武汉大学</p>'),
            (
                "<p>激光 x 焊接</p>",
                '<p><bdi><bdi lang="zh-Hans">激光</bdi> x <bdi lang="zh-Hans">焊接</bdi></bdi></p>',
            ),
            (
                "<li>Seen by 李明 today</li>",
                '<li><bdi>Seen by <bdi lang="zh-Hans">李明</bdi> today</bdi></li>',
            ),
            (
                "<p>李明<b>one</b> 武汉 </p>",
                '<p><bdi lang="zh-Hans">李明</bdi><b>one</b> <bdi lang="zh-Hans">武汉</bdi> </p>',
            ),
            ("<p>one<br>武汉</p>", '<p>one<br><bdi lang="zh-Hans">武汉</bdi></p>'),
            (
                "<option value=1>武汉 (3)</option>",
                '<option value=1 lang="zh-Hans">武汉 (3)</option>',
            ),
            ("<textarea>first 武汉</textarea>", '<textarea lang="zh-Hans">first 武汉</textarea>'),
            ('<input value="武汉" id=a>', '<input value="武汉" id=a lang="zh-Hans">'),
        ],
    )
    def test_says_which_words_are_chinese(self, written: str, marked: str):
        assert english(written) == marked

    @pytest.mark.parametrize(
        "part",
        [
            '<p lang="zh-Hans">武汉<b>大学 one</b></p>',
            '<a href="/" lang="zh-Hans" hreflang="zh-Hans">中文</a>',
            "<script>const a = '武汉'</script>",
            "<code>武汉</code>",
            "<svg><text>武汉</text></svg>",
            '<input type="hidden" value="武汉">',
            '<input aria-label="Name" value="武汉">',
        ],
    )
    def test_leaves_what_says_it_or_has_no_language(self, part: str):
        assert english(part) == part

    def test_knows_the_end_of_a_part_in_the_other_language(self):
        part = '<div lang="zh-Hans"><div>武汉</div><p lang="en">武汉</p></div><p>武汉</p>'
        assert english(part) == (
            '<div lang="zh-Hans"><div>武汉</div>'
            '<p lang="en"><bdi lang="zh-Hans">武汉</bdi></p></div>'
            '<p lang="zh-Hans">武汉</p>'
        )

    def test_takes_a_part_that_never_ends(self):
        assert english('<div lang="zh-Hans">武汉') == '<div lang="zh-Hans">武汉'


class TestChinesePage:
    @pytest.mark.parametrize(
        ("written", "marked"),
        [
            ("<p>Laser welding of steel</p>", '<p lang="en">Laser welding of steel</p>'),
            (
                "<p>甲<b>乙</b> Laser welding of steel </p>",
                '<p>甲<b>乙</b> <bdi lang="en">Laser welding of steel</bdi> </p>',
            ),
        ],
    )
    def test_says_which_sentences_are_english(self, written: str, marked: str):
        assert chinese(written) == marked

    @pytest.mark.parametrize(
        "part",
        [
            "<p>激光焊接 laser welding of steel</p>",
            "<p>TRL 6 · CSV</p>",
            "<p>li.ming@example.com</p>",
            "<p>https://www.example.com/some/long-page.html</p>",
            "<p>Wuhan University</p>",
            '<p lang="en">Laser welding of steel</p>',
        ],
    )
    def test_leaves_names_addresses_and_units(self, part: str):
        assert chinese(part) == part

    def test_finds_chinese_inside_an_english_part(self):
        assert chinese('<ul lang="en"><li>武汉</li></ul>') == (
            '<ul lang="en"><li lang="zh-Hans">武汉</li></ul>'
        )
