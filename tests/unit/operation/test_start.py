"""Which processes a copy runs, and what they are told."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

import pytest

from config import Settings
from marketplace.operation import start
from marketplace.payments.gateway.provider import LIVE_KEYS


@pytest.fixture
def settings(tmp_path):
    return Settings.for_tests(home=tmp_path, database_url="postgresql://x/y")


class TestSimulator:
    def test_runs_in_development_without_a_key(self, settings):
        assert start.simulates_payments(settings)
        assert not start.simulates_payments(replace(settings, stripe_api_key=f"{LIVE_KEYS[0]}1"))
        assert not start.simulates_payments(replace(settings, environment="production"))

    def test_is_not_there_in_an_installed_copy(self, settings, monkeypatch):
        monkeypatch.setattr(start, "SIMULATOR", Path("/nowhere"))
        assert not start.simulates_payments(settings)

    def test_is_told_where_events_go(self, settings):
        command, told = start.simulator(settings, 9123, "whsec_1")
        assert "--webhook http://127.0.0.1:8000/payments/inbox --secret whsec_1" in command
        assert told["STRIPE_API_BASE"] == "http://127.0.0.1:9123"
        assert told["STRIPE_WEBHOOK_SECRET"] == "whsec_1"

    def test_keeps_its_port_unless_it_is_taken(self, settings):
        with socket.socket() as door:
            door.bind(("127.0.0.1", 0))
            free = door.getsockname()[1]
        near = replace(settings, port=free - 1000)
        assert start.simulator_port(near) == free
        with socket.socket() as door:
            door.bind(("127.0.0.1", free))
            door.listen()
            assert start.simulator_port(near) != free
        assert start.simulator_port(replace(settings, port=65_000)) > 0
