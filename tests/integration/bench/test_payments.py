"""The payment benchmark: it measures, explains every fen, and leaves nothing behind."""

from __future__ import annotations

import json

from marketplace.bench.commands import bench


def test_measures_inbox_sync_and_comparison(app):
    wanted = ["payments", "--events", "50", "--syncs", "20", "--payments", "25", "--json"]
    done = app.test_cli_runner().invoke(bench, wanted)
    assert done.exit_code == 0, done.output
    found = json.loads(done.output.splitlines()[-1])
    assert (found["payments"], found["movements"]) == (25, 25)
    assert found["unexplained_minor"] == 0
    for name in ("inbox_a_second", "bare_a_second", "sync_p95_ms", "comparison_s"):
        assert found[name] > 0


def test_says_it_as_a_table():
    from marketplace.bench.payments import Found, shown

    found = Found(
        day="2026-11-25",
        events=3000,
        inbox_a_second=100.4,
        inbox_p95_ms=20,
        bare_a_second=2000,
        bare_p95_ms=2,
        syncs=300,
        sync_p50_ms=10,
        sync_p95_ms=15.26,
        lookups_p95_ms=9,
        payments=10_000,
        movements=10_000,
        comparison_s=12.3,
        unexplained_minor=0,
    )
    said = shown(found)
    assert "measured on 2026-11-25" in said
    assert "comparison of 10,000 payments, 10,000 movements, s" in said
    assert " 15.3" in said
