import numpy as np
import pytest

from search.documents import Audience, Document, Kind
from search.embedded.engine import EmbeddedEngine
from search.embedding import EmbeddingUnavailable, VectorSpace
from search.explain import ReasonKind
from search.matching import ask, counterpart, likelihood, match
from search.visibility import EVERYTHING, PUBLIC
from search.weights import DEFAULT_WEIGHTS, FACTS, Weights

SPACE = VectorSpace("use_toy", 4)


def vector(*values):
    found = np.array(values, np.float32)
    return {SPACE.name: found / np.linalg.norm(found)}


class ToyEmbedder:
    space = SPACE

    def __init__(self):
        self.asked = []

    def documents(self, texts):
        pytest.fail(f"matching embeds questions alone, not {texts}")

    def queries(self, texts):
        self.asked += texts
        return np.stack([vector(1, 0, 0, 0)[SPACE.name] for _ in texts])


def listing(name, title, direction, **values):
    values = {"organization_id": "university", "vectors": vector(*direction), **values}
    return Document(kind=Kind.LISTING, id=name, version=1, title=title, **values)


NEED = Document(
    kind=Kind.NEED,
    id="need",
    version=1,
    title="求铝合金激光焊接工艺",
    organization_id="enterprise",
    trl=6,
    price_max_minor=500,
    fields=("焊接",),
    industries=("汽车",),
    cooperation=("license",),
    district="洪山",
)
WELDING = listing(
    "welding",
    "铝合金激光焊接方法",
    (1, 0, 0, 0.1),
    fields=("焊接",),
    industries=("汽车",),
    trl=7,
    cooperation=("license", "transfer"),
    price_minor=400,
    district="洪山",
)
LISTINGS = [
    WELDING,
    listing("cutting", "激光切割", (0.7, 0.7, 0, 0)),
    listing("soy", "大豆饮料", (0, 0, 1, 0)),
    listing("own", "铝合金激光焊接", (1, 0, 0, 0), organization_id="enterprise"),
    listing("hidden", "铝合金激光焊接", (1, 0, 0, 0), audience=Audience.VERIFIED),
]


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    engine = EmbeddedEngine(tmp_path_factory.mktemp("search"), (SPACE,))
    engine.put(Kind.LISTING, LISTINGS)
    engine.put(
        Kind.NEED,
        [
            Document(
                kind=Kind.NEED,
                id="n1",
                version=1,
                title="要铝合金激光焊接",
                vectors=vector(1, 0, 0, 0),
            ),
            Document(
                kind=Kind.NEED, id="n2", version=1, title="要豆浆", vectors=vector(0, 0, 1, 0)
            ),
        ],
    )
    engine.refresh()
    yield engine
    engine.close()


def find(engine, document=NEED, **values):
    values = {"visible": PUBLIC, "vectors": vector(1, 0, 0, 0), **values}
    return match(engine, document, **values)


class TestMatch:
    def test_the_best_comes_first_with_scores_between_0_and_1(self, engine):
        found = find(engine)
        assert [one.id for one in found] == ["welding", "cutting", "soy"]
        scores = [one.score for one in found]
        assert scores == sorted(scores, reverse=True)
        assert all(0 < score < 1 for score in scores)

    def test_own_records_and_hidden_ones_are_left_out(self, engine):
        assert not {"own", "hidden"} & {one.id for one in find(engine)}
        assert "hidden" in {one.id for one in find(engine, visible=EVERYTHING)}

    def test_every_fact_is_a_reason(self, engine):
        best = find(engine)[0]
        assert {reason.kind for reason in best.reasons} == set(ReasonKind)
        assert sum(reason.share for reason in best.reasons) == pytest.approx(1)
        assert best.concerns == ()
        terms = next(one.terms for one in best.reasons if one.kind is ReasonKind.TERMS)
        assert "激光焊接" in {term.asked for term in terms}

    def test_ranks_and_the_version_are_kept(self, engine):
        best = find(engine, weights=Weights(version=9))[0]
        assert best.ranks == {"words": 1, SPACE.name: 1}
        assert best.weights_version == 9

    def test_facts_can_turn_the_order(self, engine):
        far = Weights(version=2, facts={**FACTS, "field": -99.0})
        assert find(engine, weights=far)[0].id == "cutting"

    def test_a_concern_lowers_the_score(self, engine):
        dear = Document(**{**vars(NEED), "price_max_minor": 100, "trl": 9})
        before, after = find(engine)[0], find(engine, dear)[0]
        assert after.score < before.score
        assert {one.kind for one in after.concerns} == {ReasonKind.BUDGET, ReasonKind.READINESS}

    def test_no_more_than_wanted(self, engine):
        assert [one.id for one in find(engine, size=1)] == ["welding"]

    def test_a_result_finds_needs(self, engine):
        found = find(engine, WELDING)
        assert [one.id for one in found] == ["n1", "n2"]
        assert found[0].document.kind is Kind.NEED

    def test_words_alone_will_do(self, engine):
        assert [one.id for one in find(engine, vectors={})] == ["welding", "cutting"]

    def test_nothing_asked_is_nothing_found(self, engine):
        blank = Document(kind=Kind.NEED, id="x", version=1, title="")
        assert find(engine, blank, vectors={}) == []

    def test_vectors_are_computed_where_none_are_given(self, engine):
        embedder = ToyEmbedder()
        found = match(engine, NEED, visible=PUBLIC, embedders=(embedder,))
        assert found[0].id == "welding"
        assert embedder.asked == ["求铝合金激光焊接工艺"]

    def test_a_missing_model_is_said(self, engine):
        class Gone(ToyEmbedder):
            def queries(self, texts):
                raise EmbeddingUnavailable("gone")

        with pytest.raises(EmbeddingUnavailable, match="gone"):
            match(engine, NEED, visible=PUBLIC, embedders=(Gone(),))


class TestAsk:
    def test_goes_to_the_other_kind_without_the_own_organization(self):
        question = ask(NEED)
        assert question.kind is Kind.LISTING
        assert question.exclude_organizations == {"enterprise"}
        assert {"激光焊接", "铝合金"} <= set(question.terms)
        assert "合金" in question.grams

    def test_a_record_without_an_organization_excludes_none(self):
        assert (
            ask(Document(kind=Kind.NEED, id="x", version=1, title="铜")).exclude_organizations
            == frozenset()
        )

    def test_there_and_back(self):
        assert counterpart(Kind.NEED) is Kind.LISTING
        assert counterpart(counterpart(Kind.NEED)) is Kind.NEED


class TestLikelihood:
    def test_rises_with_the_sum_and_is_a_half_in_the_middle(self):
        assert likelihood(DEFAULT_WEIGHTS.middle, DEFAULT_WEIGHTS) == pytest.approx(0.5)
        found = [likelihood(total, DEFAULT_WEIGHTS) for total in (-50, 0, 5, 20, 50)]
        assert found == sorted(found)
        assert 0 <= found[0] < 0.01
        assert 0.99 < found[-1] <= 1

    def test_judges_across_languages_by_a_middle_of_its_own(self):
        weights = Weights(version=2, middle=11.0, cross_middle=22.0)
        assert likelihood(22.0, weights, same_language=False) == pytest.approx(0.5)
        assert likelihood(22.0, weights) > 0.99
