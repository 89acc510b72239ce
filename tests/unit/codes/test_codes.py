"""The code lists hold what the standards say."""

from __future__ import annotations

import pytest

from marketplace.codes import districts
from marketplace.codes.code import Code, CodeList, folded
from marketplace.codes.districts import DISTRICTS
from marketplace.codes.fields import FIELDS
from marketplace.codes.industries import CLUSTERS, INDUSTRIES


@pytest.fixture
def plants() -> CodeList:
    return CodeList(
        "plants",
        [
            Code("1", "树", "Tree"),
            Code("11", "松 树", "Pine Tree", "1"),
            Code("111", "红松", "Red pine", "11"),
            Code("12", "树", "Oak", "1"),
            Code("13", "银杏", "Ginkgo", "1", retired=True),
            Code("2", "银杏", "Ginkgo"),
            Code("3", "草", "Grass", retired=True),
            Code("4", "花", "Flower"),
            Code("5", "花", "Bloom"),
        ],
        {"Conifer": "11", "Oak": "11"},
    )


def test_get_label_and_membership(plants):
    assert plants.get("12") == Code("12", "树", "Oak", "1")
    assert plants.get("99") is None
    assert "13" in plants
    assert "99" not in plants
    assert len(plants) == 9
    assert [code.code for code in plants][:3] == ["1", "11", "111"]
    assert plants.label("12", "zh") == "树"
    assert plants.label("12", "zh-Hans-CN") == "树"
    assert plants.label("12", "en") == "Oak"
    assert plants.label("13", "en") == "Ginkgo"
    assert plants.label("99", "zh") == "99"


def test_choices_keep_the_order_and_leave_out_retired_codes(plants):
    assert plants.choices("en") == [
        ("1", "Tree"),
        ("11", "Pine Tree"),
        ("111", "Red pine"),
        ("12", "Oak"),
        ("2", "Ginkgo"),
        ("4", "Flower"),
        ("5", "Bloom"),
    ]
    assert plants.choices("zh")[3] == ("12", "树")


def test_children_are_direct_and_include_retired_ones(plants):
    assert [code.code for code in plants.children("1")] == ["11", "12", "13"]
    assert plants.children("111") == []
    assert plants.children("99") == []
    plants.children("1").clear()
    assert len(plants.children("1")) == 3


def test_ancestors_go_from_the_nearest_up(plants):
    assert [code.code for code in plants.ancestors("111")] == ["11", "1"]
    assert plants.ancestors("1") == []
    assert plants.ancestors("99") == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Pine Tree", "11"),
        ("  pine\u3000TREE ", "11"),
        ("ＰＩＮＥ tree", "11"),
        ("松树", "11"),
        ("conifer", "11"),
        ("草", "3"),
        ("树", "12"),  # the finer of two
        ("银杏", "2"),  # the live one, though it is less fine
        ("花", "4"),  # the first of equals
        ("oak", "12"),  # a name before an alias
    ],
)
def test_find_takes_whole_names(plants, text, code):
    assert plants.find(text).code == code


@pytest.mark.parametrize("text", ["", "pine", "松", "11"])
def test_find_takes_nothing_less(plants, text):
    assert plants.find(text) is None


def test_a_list_refuses_slips():
    with pytest.raises(ValueError, match="letters: A is given twice"):
        CodeList("letters", [Code("A", "甲", "A"), Code("A", "乙", "B")])
    with pytest.raises(ValueError, match="letters: A1 stands before its parent"):
        CodeList("letters", [Code("A1", "甲一", "A one", "A"), Code("A", "甲", "A")])
    with pytest.raises(ValueError, match="letters: alias of the unknown code B"):
        CodeList("letters", [Code("A", "甲", "A")], {"乙": "B"})


@pytest.mark.parametrize("codes", [INDUSTRIES, FIELDS, DISTRICTS], ids=lambda codes: codes.name)
def test_every_list_is_named_in_both_languages_and_fits_its_column(codes):
    for code in codes:
        assert code.zh == code.zh.strip() != ""
        assert code.en.isascii()
        assert code.en == code.en.strip() != ""
        assert not code.zh.isascii()
        assert len(code.code) <= 12
    # No two live codes of one parent share a name, so a choice is never ambiguous.
    for names in ("zh", "en"):
        live = [(code.parent, folded(getattr(code, names))) for code in codes if not code.retired]
        assert len(live) == len(set(live))


def test_industries_hold_the_whole_standard_in_order():
    standard = [code for code in INDUSTRIES if not code.code.startswith("W")]
    sections = [code.code for code in standard if code.parent is None]
    divisions = [code for code in standard if code.parent is not None]
    assert "".join(sections) == "ABCDEFGHIJKLMNOPQRST"
    assert [code.code for code in standard] == sorted(code.code for code in standard)
    # GB/T 4754-2017 numbers its 97 divisions without a gap.
    assert [int(code.code[1:]) for code in divisions] == list(range(1, 98))
    assert all(code.parent == code.code[0] for code in divisions)


@pytest.mark.parametrize(
    ("section", "first", "last"),
    [
        ("A", 1, 5),
        ("B", 6, 12),
        ("C", 13, 43),
        ("D", 44, 46),
        ("E", 47, 50),
        ("F", 51, 52),
        ("G", 53, 60),
        ("H", 61, 62),
        ("I", 63, 65),
        ("J", 66, 69),
        ("K", 70, 70),
        ("L", 71, 72),
        ("M", 73, 75),
        ("N", 76, 79),
        ("O", 80, 82),
        ("P", 83, 83),
        ("Q", 84, 85),
        ("R", 86, 90),
        ("S", 91, 96),
        ("T", 97, 97),
    ],
)
def test_every_section_has_its_divisions(section, first, last):
    numbers = [int(code.code[1:]) for code in INDUSTRIES.children(section)]
    assert numbers == list(range(first, last + 1))


@pytest.mark.parametrize(
    ("code", "zh"),
    [
        ("C26", "化学原料和化学制品制造业"),
        ("C27", "医药制造业"),
        ("C36", "汽车制造业"),
        ("C39", "计算机、通信和其他电子设备制造业"),
        ("I65", "软件和信息技术服务业"),
        ("M75", "科技推广和应用服务业"),
        ("T97", "国际组织"),
        ("K70", "房地产业"),
    ],
)
def test_known_industries(code, zh):
    assert INDUSTRIES.label(code, "zh") == zh
    assert INDUSTRIES.find(zh).code == code


def test_the_clusters_of_the_eight_districts():
    named = {
        DISTRICTS.label(place, "zh"): [INDUSTRIES.label(code, "zh") for code in codes]
        for place, codes in CLUSTERS.items()
    }
    assert named == {
        "东湖高新区": ["生物医药", "光电子信息"],
        "武汉经开区": ["新能源与智能网联汽车"],
        "东西湖区": ["网络安全"],
        "汉阳区": ["工程设计建造"],
        "武昌区": ["北斗应用"],
        "青山区": ["绿色低碳"],
        "洪山区": ["光通信设备及光电子器件", "生物种业"],
        "江夏区": ["汽车零部件"],
    }
    used = [code for codes in CLUSTERS.values() for code in codes]
    assert used == [code.code for code in INDUSTRIES if code.code.startswith("W")]
    assert all(INDUSTRIES.get(code).parent is None for code in used)


def test_fields_hold_the_whole_catalogue():
    categories = [code.code for code in FIELDS if code.parent is None]
    live = [code for code in FIELDS if code.parent is not None and not code.retired]
    assert categories == [f"{number:02}" for number in range(1, 15)]
    assert len(live) == 117
    per_category = [sum(code.parent == category for code in live) for category in categories]
    assert per_category == [1, 2, 8, 3, 3, 3, 14, 38, 10, 11, 11, 5, 1, 7]
    below = [code for code in FIELDS if code.parent is not None]
    assert all(code.code[:2] == code.parent and len(code.code) == 4 for code in below)
    assert [code.code for code in FIELDS] == sorted(code.code for code in FIELDS)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("兵器科学与技术", "0826"),
        ("Computer Science and Technology", "0812"),
        ("哲学", "0101"),
        ("历史学", "06"),
        ("军事学", "11"),
        ("艺术学", "1301"),
        ("设计学", "1403"),
        ("风景园林学", "0834"),
        ("工商管理", "1202"),
        ("公共管理", "1204"),
        ("农业资源利用", "0903"),
        ("图书馆、情报与档案管理", "1205"),
        ("中医学/中药学", "1005"),
        ("化学/化学工程与技术", "0703"),
        ("地质学/地质资源与地质工程", "0709"),
        ("基础医学/临床医学", "1001"),
        ("林学/林业工程", "0907"),
        ("生物学/生物科学与工程", "0710"),
        ("畜牧学/兽医学", "0905"),
    ],
)
def test_disciplines_are_found_by_the_names_in_use(name, code):
    assert FIELDS.find(name).code == code


def test_disciplines_of_earlier_catalogues_are_kept_but_not_offered():
    retired = [code.code for code in FIELDS if code.retired]
    assert retired == ["0834", "1010", "1302", "1303", "1304", "1305"]
    assert not {code for code, _ in FIELDS.choices("zh")} & set(retired)
    assert FIELDS.label("1010", "zh") == "医学技术"


def test_wuhan_has_thirteen_districts_and_four_zones():
    inside = [code.code for code in DISTRICTS.children(districts.WUHAN)]
    assert inside == [
        *("420102", "420103", "420104", "420105", "420106", "420107", "420111"),
        *("420112", "420113", "420114", "420115", "420116", "420117"),
        *("4201Z1", "4201Z2", "4201Z3", "4201Z4"),
    ]
    assert DISTRICTS.label("420102", "zh") == "江岸区"
    above = [code.zh for code in DISTRICTS.ancestors("420106")]
    assert above == ["武汉市", "湖北省"]


def test_hubei_has_wuhan_and_sixteen_other_divisions():
    assert [code.zh for code in DISTRICTS.children(districts.HUBEI)] == [
        *("武汉市", "黄石市", "十堰市", "宜昌市", "襄阳市", "鄂州市", "荆门市", "孝感市"),
        *("荆州市", "黄冈市", "咸宁市", "随州市", "恩施土家族苗族自治州"),
        *("仙桃市", "潜江市", "天门市", "神农架林区"),
    ]


def test_china_has_34_divisions_and_a_world_outside():
    roots = [code.code for code in DISTRICTS if code.parent is None]
    assert roots[0] == districts.HUBEI
    assert roots[-1] == districts.OUTSIDE_CHINA
    provinces = roots[:-1]
    assert all(code.isdigit() and len(code) == 6 and code.endswith("0000") for code in provinces)
    assert sorted(int(code[:2]) for code in provinces) == [
        *range(11, 16),
        *range(21, 24),
        *range(31, 38),
        *range(41, 47),
        *range(50, 55),
        *range(61, 66),
        *(71, 81, 82),
    ]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("光谷", "4201Z1"),
        ("武汉", "420100"),
        ("湖北", "420000"),
        ("北京", "110000"),
        ("新疆", "650000"),
        ("Shaanxi", "610000"),
        ("jiang'an  district", "420102"),
        ("outside china", "ABROAD"),
        ("武汉经济技术开发区", "4201Z2"),
        ("恩施州", "422800"),
    ],
)
def test_places_are_found_by_the_names_in_use(name, code):
    assert DISTRICTS.find(name).code == code
