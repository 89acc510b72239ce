"""Secret links and cookies: the person holds the token, the database only its hash."""

from __future__ import annotations

import hashlib
import secrets


def token_hash(token: str) -> bytes:
    """Hash a token; the token itself is kept nowhere."""
    return hashlib.sha256(token.encode()).digest()


def fresh() -> tuple[str, bytes]:
    """Make a token of 256 bits; give it with its hash."""
    token = secrets.token_urlsafe(32)
    return token, token_hash(token)
