"""Passwords: what is accepted, and how they are kept (argon2id)."""

from __future__ import annotations

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_

MINIMUM = 10
MAXIMUM = 200

#: RFC 9106, second recommended setting: 64 MiB, three passes, four lanes.
_hasher = PasswordHasher()

#: The most tried of the long ones; a short list, for length does most of the work.
_COMMON = frozenset(
    {
        "1234567890",
        "0123456789",
        "0987654321",
        "12345678910",
        "123456789a",
        "a123456789",
        "1q2w3e4r5t",
        "1qaz2wsx3edc",
        "qwertyuiop",
        "qwerty12345",
        "password12",
        "password123",
        "password1234",
        "passw0rd123",
        "abc1234567",
        "abcd123456",
        "woaini1314",
        "woaini520520",
        "5201314520",
        "iloveyou123",
        "admin12345",
        "administrator",
        "welcome123",
    }
)


def require_good(password: str, *, about: tuple[str, ...] = (), field: str = "password") -> None:
    """Raise RuleBroken for a password that is short, endless, common, uniform or one's own name.

    ``about`` holds the person's address and name.
    """
    folded = password.casefold()
    if len(password) < MINIMUM:
        raise RuleBroken(
            N_("Use at least %(count)s characters. A short sentence works well."),
            field=field,
            count=MINIMUM,
        )
    if len(password) > MAXIMUM:
        raise RuleBroken(N_("Use at most %(count)s characters."), field=field, count=MAXIMUM)
    own = {text.casefold() for text in about if text}
    own |= {text.partition("@")[0] for text in own}
    if folded in _COMMON or len(set(folded)) < 4 or folded in own:  # noqa: PLR2004 — signs of which a password is made
        raise RuleBroken(N_("This password is easily guessed. Choose another."), field=field)


def hashed(password: str) -> str:
    """Give the argon2id hash of a password, with its salt and settings."""
    return _hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether the password fits the stored hash; without one the same work is done in vain."""
    try:
        return _hasher.verify(stored or _nobody(), password) and bool(stored)
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with weaker settings than today's."""
    return _hasher.check_needs_rehash(stored)


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _hasher.hash("nobody has this password")
