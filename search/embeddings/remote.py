"""Any model behind an OpenAI-compatible address."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import httpx
import numpy as np

from search.embedding import EmbeddingUnavailable, Part, VectorSpace
from search.embeddings.recent import Recent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

#: Texts a request.
BATCH: Final = 64
#: Tries of one request, and the longest wait before the next (seconds).
TRIES: Final = 4
LONGEST_WAIT: Final = 20.0
_MAY_PASS: Final = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
_REFUSED_LENGTH: Final = frozenset({400, 422})
#: Characters of a refusal that an error quotes.
_QUOTED: Final = 200


class RemoteEmbedder:
    """Embeds through ``POST <url>/embeddings``; the address may already end in that."""

    def __init__(
        self,
        *,
        url: str,
        model: str,
        dimensions: int,
        api_key: str | None = None,
        part: Part = Part.WHOLE,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        slug = re.sub(r"[^a-z0-9]+", "_", model.lower()).strip("_")
        self.space = VectorSpace(f"{slug}_{dimensions}_{part}", dimensions, part)
        base = url.rstrip("/")
        self._url = base if base.endswith("/embeddings") else f"{base}/embeddings"
        self._model = model
        self._sleep = sleep
        #: Some servers know models of one length only and refuse to be asked for it.
        self._says_length = True
        self._client = httpx.Client(
            headers={"Authorization": f"Bearer {api_key}"} if api_key else {},
            timeout=httpx.Timeout(60.0, connect=5.0),
            transport=transport,
        )
        self._recent = Recent(self.documents)

    def documents(self, texts: Sequence[str]) -> np.ndarray:
        """Embed passages, some dozens a request."""
        vectors = np.empty((len(texts), self.space.dimensions), np.float32)
        for start in range(0, len(texts), BATCH):
            batch = texts[start : start + BATCH]
            vectors[start : start + len(batch)] = self._embed(batch)
        return vectors

    def queries(self, texts: Sequence[str]) -> np.ndarray:
        """Embed questions, or give those embedded a moment ago."""
        if not texts:
            return np.empty((0, self.space.dimensions), np.float32)
        return np.stack(self._recent.all(texts))

    def _embed(self, texts: Sequence[str]) -> np.ndarray:
        body: dict[str, Any] = {
            "model": self._model,
            # A blank is refused by most servers.
            "input": [text.replace("\x00", " ").strip() or "。" for text in texts],
            "encoding_format": "float",
        }
        if self._says_length:
            body["dimensions"] = self.space.dimensions
        answer = self._post(body)
        if (
            answer.status_code in _REFUSED_LENGTH
            and self._says_length
            and "dimension" in answer.text.lower()
        ):
            self._says_length = False
            body.pop("dimensions")
            answer = self._post(body)
        if answer.is_error:
            raise self._failure(f"answered {answer.status_code}: {answer.text[:_QUOTED].strip()!r}")
        return self._read(answer, len(texts))

    def _post(self, body: dict[str, Any]) -> httpx.Response:
        """Send a request, again after a growing wait when the fault may pass."""
        wait = 0.5
        tried = 0
        while True:
            tried += 1
            try:
                answer = self._client.post(self._url, json=body)
            except httpx.HTTPError as error:
                if tried == TRIES:
                    what = f"does not answer ({error or type(error).__name__})"
                    raise self._failure(what) from error
                self._sleep(wait)
            else:
                if answer.status_code not in _MAY_PASS or tried == TRIES:
                    return answer
                self._sleep(min(LONGEST_WAIT, _asked_wait(answer) or wait))
            wait *= 3

    def _read(self, answer: httpx.Response, count: int) -> np.ndarray:
        try:
            rows = sorted(answer.json()["data"], key=lambda row: row["index"])
            vectors = np.asarray([row["embedding"] for row in rows], np.float32)
        except (ValueError, KeyError, TypeError) as error:
            raise self._failure("gave no list of vectors") from error
        if vectors.ndim != 2 or len(vectors) != count:  # noqa: PLR2004 — rows and columns
            raise self._failure(f"gave {len(vectors)} vectors for {count} texts")
        if vectors.shape[1] != self.space.dimensions:
            raise self._failure(
                f"gave vectors of {vectors.shape[1]} dimensions, the settings say "
                f"{self.space.dimensions}: set EMBEDDINGS_DIMENSIONS={vectors.shape[1]}"
            )
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not np.isfinite(lengths).all() or not lengths.all():
            raise self._failure("gave vectors without a direction")
        vectors /= lengths
        return vectors

    def _failure(self, what: str) -> EmbeddingUnavailable:
        place = urlsplit(self._url)
        return EmbeddingUnavailable(
            f"The embeddings address {place.scheme}://{place.netloc.rpartition('@')[2]}"
            f"{place.path} (model {self._model}) {what}"
        )


def _asked_wait(answer: httpx.Response) -> float | None:
    try:
        return max(0.0, float(answer.headers.get("Retry-After", "")))
    except ValueError:
        return None
