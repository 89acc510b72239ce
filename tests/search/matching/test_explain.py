import pytest

from search import explain
from search.documents import Document, Kind
from search.explain import Concern, Reason, ReasonKind, SharedTerm
from search.fusion import Fused
from search.weights import DEFAULT_WEIGHTS, FACTS


def record(kind=Kind.LISTING, **values):
    return Document(kind=kind, id="1", version=1, **{"title": "激光焊接", **values})


def compare(need, listing):
    return explain.facts(need=record(Kind.NEED, **need), listing=record(Kind.LISTING, **listing))


class TestFacts:
    def test_open_facts_say_nothing(self):
        full = {"fields": ("f",), "industries": ("i",), "trl": 5, "cooperation": ("license",)}
        full |= {"district": "d", "price_minor": 1}
        for pair in ((full, {}), ({}, full), ({}, {})):
            assert compare(*pair) == explain.Facts((), ())

    @pytest.mark.parametrize(
        ("kind", "field"),
        [
            (ReasonKind.FIELD, "fields"),
            (ReasonKind.INDUSTRY, "industries"),
            (ReasonKind.COOPERATION, "cooperation"),
        ],
    )
    def test_common_values_are_a_reason(self, kind, field):
        found = compare({field: ("a", "b", "c")}, {field: ("c", "x", "a")})
        assert found.reasons == (Reason(kind, values=("a", "c")),)

    def test_other_forms_of_cooperation_are_a_concern_but_another_field_is_none(self):
        found = compare(
            {"cooperation": ("equity",), "fields": ("a",)},
            {"cooperation": ("license", "transfer"), "fields": ("b",)},
        )
        assert found == explain.Facts(
            (), (Concern(ReasonKind.COOPERATION, "equity", "license,transfer"),)
        )

    @pytest.mark.parametrize(("offered", "fits"), [(4, False), (5, True), (9, True)])
    def test_readiness_must_reach_what_is_wanted(self, offered, fits):
        found = compare({"trl": 5}, {"trl": offered})
        if fits:
            assert found == explain.Facts(
                (Reason(ReasonKind.READINESS, values=(str(offered),)),), ()
            )
        else:
            assert found.concerns == (Concern(ReasonKind.READINESS, "5", "4"),)

    @pytest.mark.parametrize(
        ("budget", "price", "fits"),
        [
            ({"price_max_minor": 100}, 100, True),
            ({"price_minor": 50, "price_max_minor": 100}, 101, False),
            ({"price_minor": 50}, 50, True),
        ],
    )
    def test_the_price_must_lie_within_the_budget(self, budget, price, fits):
        found = compare(budget, {"price_minor": price})
        assert [one.kind for one in found.reasons] == [ReasonKind.BUDGET] * fits
        assert [one.kind for one in found.concerns] == [ReasonKind.BUDGET] * (not fits)

    def test_the_same_district_is_a_reason(self):
        assert compare({"district": "a"}, {"district": "a"}).reasons == (
            Reason(ReasonKind.PLACE, values=("a",)),
        )
        assert compare({"district": "a"}, {"district": "b"}).reasons == ()


class TestReasons:
    def shares(self, words, meaning, terms=(), facts=()):
        shared = [SharedTerm(term, term) for term in terms]
        found = explain.Facts(tuple(Reason(kind) for kind in facts), ())
        fused = Fused("1", words, meaning, {})
        return explain.reasons(fused, shared, found, DEFAULT_WEIGHTS)

    @pytest.mark.parametrize("words", [0.0, 0.4, 9.0])
    @pytest.mark.parametrize("meaning", [-3.0, 0.0, 2.0])
    @pytest.mark.parametrize("terms", [(), ("a",), ("a", "b", "c", "d")])
    @pytest.mark.parametrize("facts", [(), tuple(ReasonKind(kind) for kind in FACTS)])
    def test_shares_add_up_to_one_strongest_first(self, words, meaning, terms, facts):
        found = self.shares(words, meaning, terms, facts)
        shares = [reason.share for reason in found]
        assert sum(shares) == pytest.approx(1)
        assert shares == sorted(shares, reverse=True)
        assert min(shares) >= 0

    def test_each_gets_what_it_added(self):
        found = self.shares(3.0, 1.0, ("a", "b", "c"))
        assert [(one.kind, one.share) for one in found] == [
            (ReasonKind.TERMS, 0.75),
            (ReasonKind.MEANING, 0.25),
        ]
        assert found[0].terms == (SharedTerm("a", "a"), SharedTerm("b", "b"), SharedTerm("c", "c"))

    def test_words_that_cannot_be_shown_belong_to_the_meaning(self):
        assert [one.kind for one in self.shares(3.0, 1.0)] == [ReasonKind.MEANING]
        found = {one.kind: one.share for one in self.shares(3.0, 1.0, ("a",))}
        assert found[ReasonKind.TERMS] == pytest.approx(0.25)

    def test_a_fact_counts_as_weighed(self):
        found = {one.kind: one.share for one in self.shares(0, 0.8, (), (ReasonKind.FIELD,))}
        assert found == {ReasonKind.FIELD: 0.5, ReasonKind.MEANING: 0.5}


def shared(text, **other):
    asked = explain.written_terms(record(Kind.NEED, title=text))
    return [(term.asked, term.found) for term in explain.shared_terms(asked, record(**other))]


class TestSharedTerms:
    def test_are_shown_as_written(self):
        found = shared("求ＣＦＲＰ板的激光焊接", title="激光焊接", body="用于cfrp。")
        assert found == [("激光焊接", "激光焊接"), ("ＣＦＲＰ", "cfrp")]

    def test_title_and_keywords_come_first_then_the_longer(self):
        found = shared("锂电池隔膜涂布设备", title="涂布", keywords=("隔膜",), body="锂电池与设备")
        assert [term for term, _ in found[:2]] == ["隔膜", "涂布"]

    def test_words_of_asking_are_none(self):
        assert shared("企业寻求方案，希望想要", title="企业寻求方案，希望想要") == []

    def test_elements_are_terms_of_one_character(self):
        assert shared("想把铜提出来", title="铜的回收") == [("铜", "铜")]

    def test_digits_are_none(self):
        assert shared("型号 7 和 2024", title="7 与 2024") == []

    def test_english_finds_chinese_and_shows_both(self):
        found = shared("electrowinning of antimony", title="含锑金精矿的电积")
        assert found == [("antimony", "锑")]

    def test_english_finds_english(self):
        found = shared("jacquard looms", title="", title_en="Monitoring of Jacquard looms")
        assert ("jacquard", "Jacquard") in found

    def test_no_more_than_can_be_read(self):
        words = "水泥混凝土钢筋沥青路面桥梁隧道地铁车站风电叶片"
        assert len(shared(words, title=words)) == explain.TERMS_SHOWN

    def test_nothing_shared_is_nothing_shown(self):
        assert shared("大豆蛋白", title="激光焊接") == []
