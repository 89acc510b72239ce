import threading

import numpy as np
import pytest

from search.documents import Document, Kind
from search.embedding import Part, passages, query_vectors, question, question_vectors
from search.embeddings.e5 import E5Small
from search.embeddings.recent import Recent
from search.embeddings.sentences import SentenceEncoder
from search.embeddings.shared import of_parts
from search.providers import open_embedders


@pytest.fixture(scope="module")
def embedders():
    return open_embedders()


def listing(**changes):
    values = {"title": "激光焊接铝合金", "keywords": ("激光焊接", "铝合金"), "body": "焊缝强度高。"}
    return Document(kind=Kind.LISTING, id="1", version=1, **{**values, **changes})


class TestOpenEmbedders:
    def test_gives_both_models_on_whole_documents(self, embedders):
        parts = [(e.space.name.partition("_")[0], e.space.part) for e in embedders]
        assert parts == [("use", Part.WHOLE), ("e5", Part.WHOLE)]

    def test_names_serve_as_field_names(self, embedders):
        names = [embedder.space.name for embedder in embedders]
        assert len(set(names)) == len(names)
        assert all(name.replace("_", "a").isalnum() and name.islower() for name in names)

    def test_an_address_takes_the_place_of_the_wheels(self):
        opened = open_embedders(url="http://127.0.0.1:1/v1", model="Text-Small.3", dimensions=8)
        assert [e.space.name for e in opened] == ["text_small_3_8_whole"]


class TestVectors:
    def test_are_unit_rows_of_the_space(self, embedders):
        for embedder in embedders:
            for vectors in (embedder.documents(["水泥", "激光焊接"]), embedder.queries(["a b"])):
                assert vectors.dtype == np.float32
                assert vectors.shape[1] == embedder.space.dimensions
                assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)

    def test_rows_keep_the_order_of_the_texts(self, embedders):
        texts = ["激光焊接" * n for n in (9, 1, 5, 2, 7, 3, 8, 4, 6, 10)]
        for embedder in embedders:
            together = embedder.documents(texts)
            alone = np.concatenate([embedder.documents([text]) for text in texts])
            assert np.allclose(together, alone, atol=1e-3)

    def test_no_text_gives_no_row(self, embedders):
        for embedder in embedders:
            assert embedder.documents([]).shape == (0, embedder.space.dimensions)
            assert embedder.queries([]).shape == (0, embedder.space.dimensions)

    @pytest.mark.parametrize("text", ["", "  ", "\x00", "\ud800", "钢\x00铁", "🙂", "x" * 5000])
    def test_odd_text_gives_a_vector_all_the_same(self, embedders, text):
        for embedder in embedders:
            assert np.isfinite(embedder.documents([text])).all()
            assert np.isfinite(embedder.queries([text])).all()

    def test_meaning_crosses_languages(self, embedders):
        for embedder in embedders:
            query = embedder.queries(["laser welding of aluminium"])[0]
            near, far = embedder.documents(["铝合金激光焊接工艺", "大豆蛋白饮料的研制"]) @ query
            assert near > far

    def test_threads_get_what_one_would(self, embedders):
        texts = [f"第{n}号焊接工艺" for n in range(12)]
        for embedder in embedders:
            expected = embedder.documents(texts)
            got = {}

            def work(start, embedder=embedder, got=got):
                got[start] = embedder.documents(texts[start : start + 3])

            threads = [threading.Thread(target=work, args=(start,)) for start in (0, 3, 6, 9)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert np.allclose(np.concatenate([got[s] for s in (0, 3, 6, 9)]), expected, atol=1e-3)


class TestPartsOfOneModel:
    def test_ask_for_a_question_once(self):
        class Counting(SentenceEncoder):
            asked = 0

            def queries(self, texts):
                self.asked += 1
                return super().queries(texts)

        model = Counting()
        whole, head = of_parts(model, Part.WHOLE, Part.HEAD)
        assert (whole.queries(["铜"]) == head.queries(["铜"])).all()
        assert model.asked == 1

    def test_load_when_first_used(self):
        model = E5Small()
        of_parts(model, Part.WHOLE)
        assert "_encoder" not in vars(model)


class TestE5:
    def test_english_is_asked_with_its_gloss_and_without_the_middle(self, embedders):
        e5 = embedders[1]
        query = e5.queries(["antimony from gold concentrate"])[0]
        near, far = e5.documents(["从金精矿中提取锑", "养殖罗非鱼的细菌病"]) @ query
        assert near - far > 0.05

    def test_english_passages_carry_their_gloss(self):
        model = E5Small()
        glossed, alone = model.documents(["antimony"]), model.encode(["antimony"])
        assert not np.allclose(glossed, alone, atol=0.01)

    def test_no_question_gives_no_row(self):
        assert E5Small().queries([]).shape == (0, 384)


class TestRecent:
    def test_forgets_the_longest_unused(self):
        asked = []

        def embed(texts):
            asked.extend(texts)
            return np.zeros((len(texts), 1), np.float32)

        recent = Recent(embed, size=2)
        for text in ("a", "b", "a", "c", "a", "b"):
            recent(text)
        assert asked == ["a", "b", "c", "b"]

    def test_nobody_can_change_a_remembered_vector(self):
        vector = Recent(lambda texts: np.zeros((len(texts), 2), np.float32))("a")
        with pytest.raises(ValueError, match="read-only"):
            vector[0] = 1


class TestPassages:
    def texts(self, document):
        """Give the head and the whole."""
        model = SentenceEncoder()
        parts = of_parts(model, Part.HEAD, Part.WHOLE)
        found = passages(document, parts)
        return [found[part.space.name] for part in parts]

    def test_the_head_is_title_and_keywords(self):
        assert self.texts(listing())[0] == "激光焊接铝合金。激光焊接；铝合金"

    def test_the_whole_is_title_keywords_summary_and_body(self):
        text = self.texts(listing(summary="速度提高30%"))[1]
        assert text == "激光焊接铝合金。激光焊接；铝合金。速度提高30%。焊缝强度高。"

    def test_english_stands_in_where_there_is_no_chinese(self):
        english = {"title_en": "Laser", "keywords_en": ("a", "b"), "body_en": "Strong seams."}
        blank = {"title": "", "keywords": (), "body": ""}
        assert self.texts(listing(**blank, **english)) == [
            "Laser。a; b",
            "Laser。a; b。Strong seams.",
        ]

    def test_long_bodies_are_cut(self):
        assert [len(text) for text in self.texts(listing(body="焊" * 50_000))] == [16, 1200]


class TestQuestion:
    def test_is_title_summary_and_the_opening_of_the_body(self):
        text = question(listing(summary="快", body="缝" * 900))
        assert text.startswith("激光焊接铝合金。快。缝缝")
        assert len(text) == 400

    def test_is_english_where_there_is_no_chinese(self):
        assert question(listing(title="", body="", title_en="Laser")) == "Laser"

    def test_vectors_come_by_space(self, embedders):
        vectors = question_vectors(listing(), embedders)
        assert set(vectors) == {embedder.space.name for embedder in embedders}

    def test_a_blank_has_no_vectors(self, embedders):
        assert query_vectors("  ", embedders) == {}
