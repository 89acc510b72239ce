import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from search.embedding import EmbeddingUnavailable, Part
from search.embeddings.remote import BATCH, TRIES, RemoteEmbedder


class FakeServer(ThreadingHTTPServer):
    """Answers like an embeddings server; ``answers`` are given before the normal ones."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests = []
        self.answers = []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/v1"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append((self.path, dict(self.headers), body))
        status, headers, answer = 200, {}, None
        if self.server.answers:
            status, headers, answer = self.server.answers.pop(0)
        if answer is None:
            rows = [
                {"index": place, "embedding": [float(len(text)), 3.0, 0.0, 4.0]}
                for place, text in enumerate(body["input"])
            ]
            answer = json.dumps({"data": rows[::-1]})
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.encode())

    def log_message(self, *args):
        """Keep the test's output clean."""


@pytest.fixture
def server():
    server = FakeServer()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def waits():
    return []


@pytest.fixture
def embedder(server, waits):
    return RemoteEmbedder(
        url=server.url, model="m", dimensions=4, api_key="key", sleep=waits.append
    )


class TestDocuments:
    def test_are_unit_vectors_in_the_order_of_the_texts(self, embedder):
        vectors = embedder.documents(["", "a" * 12])
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
        assert vectors[1] == pytest.approx(np.array([12, 3, 0, 4]) / 13)

    def test_the_request_says_what_the_settings_say(self, server, embedder):
        embedder.documents(["钢"])
        [(path, headers, body)] = server.requests
        assert path == "/v1/embeddings"
        assert headers["Authorization"] == "Bearer key"
        assert body == {
            "model": "m",
            "input": ["钢"],
            "encoding_format": "float",
            "dimensions": 4,
        }

    def test_go_in_batches(self, server, embedder):
        assert embedder.documents(["x"] * (BATCH * 2 + 1)).shape == (BATCH * 2 + 1, 4)
        assert [len(body["input"]) for _, _, body in server.requests] == [BATCH, BATCH, 1]

    def test_an_address_may_name_the_whole_path(self, server):
        RemoteEmbedder(url=f"{server.url}/embeddings/", model="m", dimensions=4).documents(["a"])
        assert server.requests[0][0] == "/v1/embeddings"
        assert "Authorization" not in server.requests[0][1]


class TestQueries:
    def test_are_asked_once(self, server, embedder):
        embedder.queries(["a", "b", "a"])
        embedder.queries(["b"])
        embedder.queries(["b", "c"])
        assert [body["input"] for _, _, body in server.requests] == [["a", "b"], ["c"]]

    def test_none_asks_nothing(self, server, embedder):
        assert embedder.queries([]).shape == (0, 4)
        assert server.requests == []


class TestFaults:
    def test_one_that_may_pass_is_tried_again(self, server, embedder, waits):
        server.answers = [(503, {}, "busy"), (429, {"Retry-After": "7"}, "slow down")]
        assert embedder.documents(["a"]).shape == (1, 4)
        assert waits == [0.5, 7]

    def test_it_gives_up_in_the_end_and_quotes_the_server(self, server, embedder, waits):
        server.answers = [(503, {}, "still busy")] * TRIES
        with pytest.raises(EmbeddingUnavailable, match=r"answered 503: 'still busy'"):
            embedder.documents(["a"])
        assert len(server.requests) == TRIES
        assert waits == [0.5, 1.5, 4.5]

    def test_a_refusal_is_not_repeated(self, server, embedder, waits):
        server.answers = [(401, {}, "bad key")]
        with pytest.raises(EmbeddingUnavailable, match="401"):
            embedder.documents(["a"])
        assert waits == []

    def test_nobody_at_the_address(self, server, waits):
        server.server_close()
        gone = RemoteEmbedder(
            url="http://user:pass@127.0.0.1:1/v1", model="m", dimensions=4, sleep=waits.append
        )
        with pytest.raises(EmbeddingUnavailable, match="does not answer") as caught:
            gone.documents(["a"])
        assert len(waits) == TRIES - 1
        assert "pass" not in str(caught.value)

    def test_a_model_of_one_length_is_not_asked_for_another_again(self, server, embedder):
        server.answers = [(400, {}, "This model does not take dimensions")]
        embedder.documents(["a"])
        embedder.documents(["b"])
        assert ["dimensions" in body for _, _, body in server.requests] == [True, False, False]

    def test_a_wrong_length_names_the_setting(self, server):
        embedder = RemoteEmbedder(url=server.url, model="m", dimensions=5, part=Part.HEAD)
        with pytest.raises(EmbeddingUnavailable, match="EMBEDDINGS_DIMENSIONS=4"):
            embedder.documents(["a"])

    @pytest.mark.parametrize(
        ("answer", "message"),
        [
            ("no json", "no list of vectors"),
            ('{"data": [{"index": 0}]}', "no list of vectors"),
            ('{"data": []}', "0 vectors for 1 texts"),
            ('{"data": [{"index": 0, "embedding": [0, 0, 0, 0]}]}', "without a direction"),
            ('{"data": [{"index": 0, "embedding": [NaN, 0, 0, 1]}]}', "without a direction"),
        ],
    )
    def test_an_answer_that_makes_no_sense(self, server, embedder, answer, message):
        server.answers = [(200, {}, answer)]
        with pytest.raises(EmbeddingUnavailable, match=message):
            embedder.documents(["a"])
