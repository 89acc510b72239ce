"""Columns whose values are sealed: who reads the database alone learns nothing from them.

The key comes from the site's secret key. When that is replaced, the old one is kept among the old
secret keys, so that what it sealed can still be read; every value written is sealed with the new.
"""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

_boxes: list[MultiFernet] = []


class SealBroken(Exception):
    """A sealed value was altered, or sealed with a key that is not known any more."""


def use(secret_key: str, *old_keys: str) -> None:
    """Say which secret keys open the seals of this process; the first one makes new ones."""
    _boxes[:] = [MultiFernet([Fernet(_key(one)) for one in (secret_key, *old_keys)])]


def _key(secret: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"hanqiao: sealed columns")
    return base64.urlsafe_b64encode(derived.derive(secret.encode()))


class Sealed(TypeDecorator[str]):
    """A text that stands sealed in its column."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 — SQLAlchemy's signature
        """Seal a value on its way into the database."""
        return None if value is None else _boxes[0].encrypt(value.encode()).decode("ascii")

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 — SQLAlchemy's signature
        """Open a value that was read; raise SealBroken when no known key opens it."""
        if value is None:
            return None
        try:
            return _boxes[0].decrypt(value.encode("ascii")).decode()
        except InvalidToken as error:
            message = "a sealed value can't be opened: is an old secret key missing?"
            raise SealBroken(message) from error
