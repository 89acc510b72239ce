from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.accounts.browsers import browser_name
from marketplace.accounts.passwords import hashed, is_outdated, matches, require_good
from marketplace.accounts.services.throttle import FREE_TRIES, LONGEST_WAIT, wait_after
from marketplace.core.errors import RuleBroken


class TestPasswords:
    def test_hash_is_argon2id_and_salted(self):
        first, second = hashed("a long enough sentence"), hashed("a long enough sentence")

        assert first.startswith("$argon2id$")
        assert first != second
        assert matches(first, "a long enough sentence")
        assert not matches(first, "a long enough sentence ")
        assert not is_outdated(first)

    @pytest.mark.parametrize("stored", [None, "", "nonsense"])
    def test_nothing_matches_without_a_hash(self, stored):
        assert not matches(stored, "nobody has this password")

    @pytest.mark.parametrize(
        "password",
        [
            "",
            "short",
            "1234567890",
            "PASSWORD123",
            "aaaaaaaaaabbb",
            "li.ming@example.com",
            "x" * 201,
        ],
    )
    def test_easy_and_endless_ones_are_refused(self, password):
        with pytest.raises(RuleBroken) as error:
            require_good(password, about=("li.ming@example.com", "Li Ming"))
        assert error.value.field == "password"

    @pytest.mark.parametrize("password", ["长江大桥今晚很美丽真的", "a long enough sentence"])
    def test_sentences_are_taken(self, password):
        require_good(password, about=("li.ming@example.com", "Li Ming"))


class TestWaitAfter:
    def test_grows_and_has_an_end(self):
        waits = [wait_after(count) for count in range(FREE_TRIES, FREE_TRIES + 12)]

        assert wait_after(FREE_TRIES - 1) is None
        assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
        assert waits == sorted(waits)
        assert waits[-1] == LONGEST_WAIT


class TestBrowserName:
    @pytest.mark.parametrize(
        ("agent", "name"),
        [
            (
                (
                    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 "
                    "Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0"
                ),
                "Edge · Windows",
            ),
            (
                (
                    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 "
                    "Mobile/15E148 MicroMessenger/8.0.40"
                ),
                "微信 WeChat · iPhone",
            ),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Firefox/128.0", "Firefox · Linux"),
            ("curl/8.0", "curl"),
            ("", ""),
            ("x" * 100, "x" * 60),
        ],
    )
    def test_is_short(self, agent, name):
        assert browser_name(agent) == name
