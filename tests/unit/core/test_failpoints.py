"""Named places where a process can be stopped."""

from __future__ import annotations

import os

import pytest

from marketplace.core import failpoints


@pytest.fixture(autouse=True)
def disarmed():
    yield
    failpoints.arm("")


def test_does_nothing_unless_armed():
    failpoints.reach("after_lock")


def test_breaks_from_the_named_time_on():
    failpoints.arm("after_lock=raise@2 before_commit=pause:0")
    failpoints.reach("after_lock")
    failpoints.reach("before_commit")
    with pytest.raises(failpoints.FailPoint):
        failpoints.reach("after_lock")


def test_kills_the_process(monkeypatch):
    killed = []
    monkeypatch.setattr(os, "kill", lambda pid, number: killed.append((pid, number)))
    failpoints.arm("after_commit=kill")
    failpoints.reach("after_commit")
    assert killed == [(os.getpid(), 9)]


@pytest.mark.parametrize("text", ["nowhere=raise", "after_lock=explode", "after_lock"])
def test_refuses_what_it_does_not_understand(text):
    with pytest.raises(ValueError, match="no such fail-point"):
        failpoints.arm(text)
