"""The connection: time limits, and one error for everything that keeps an answer away."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from elasticsearch import ApiError, BadRequestError, Elasticsearch, TransportError

from search.engine import SearchUnavailable, StaleSpaces

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Seconds that a question and a write may take.
ASKING: Final = 5.0
WRITING: Final = 60.0
#: What Elasticsearch says of a vector field that the index does not have.
_UNKNOWN_FIELD: Final = "does not exist in the mapping"


def connect(url: str, *, api_key: str | None, ca: Path | None) -> Elasticsearch:
    """Give a client; nothing is sent yet. SearchUnavailable when ``ca`` is no file."""
    if ca is not None and not ca.is_file():
        message = f"the certificate authority {ca} is no file"
        raise SearchUnavailable(message)
    certificates: dict[str, Any] = {"ca_certs": str(ca)} if ca else {}
    return Elasticsearch(
        url,
        api_key=api_key,
        **certificates,
        request_timeout=ASKING,
        retry_on_timeout=False,
        max_retries=1,
    )


@contextmanager
def answering() -> Iterator[None]:
    """Turn the client's errors into those of the engine protocol."""
    try:
        yield
    except BadRequestError as error:
        require_spaces(str(error.body))
        message = f"Elasticsearch refused the request: {error}"
        raise SearchUnavailable(message) from error
    except (ApiError, TransportError) as error:
        message = f"Elasticsearch does not answer: {error}"
        raise SearchUnavailable(message) from error


def require_spaces(reason: str) -> None:
    """Raise StaleSpaces when an error is about a vector field that the index does not have."""
    if _UNKNOWN_FIELD in reason:
        message = "the index holds no vectors of a space that was asked for"
        raise StaleSpaces(message)
