"""``make soak``: the long proofs of money and bookings, in parts that can be stopped and resumed.

Every part is cut into shards, each a run of pytest with a time limit of its own. What passed is
kept in ``.cache/soak.jsonl`` and not run again, so a stopped soak goes on where it was:

    python -m devtools.soak                    every part, what has passed is left out
    python -m devtools.soak --part storm       one part
    python -m devtools.soak --part storm --again
    python -m devtools.soak --list             parts, shards and what they measured
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
#: Not under ``test-results``: browser tests empty that folder when they begin.
RESULTS = ROOT / ".cache" / "soak.jsonl"
PAYMENTS = "tests/integration/payments"
BOOKINGS = "tests/integration/bookings/test_races.py"


@dataclass(frozen=True)
class Part:
    """One proof: which tests, in how many shards, and how long a shard may take."""

    says: str
    tests: tuple[str, ...]
    shards: int = 1
    #: Minutes after which a shard is given up.
    limit: int = 30
    environment: tuple[tuple[str, str], ...] = ()


PARTS = {
    "deliveries": Part(
        "10,000 events, each delivered 1 to 5 times, shuffled, 80 at once",
        (f"{PAYMENTS}/test_races.py::TestDeliveries",),
        shards=4,
    ),
    "edge": Part(
        "1,000 payments within two seconds of their end, 1,000 against a rival for the slot",
        (f"{PAYMENTS}/test_races.py::TestExpiryEdge", f"{BOOKINGS}::TestPaymentAtTheEdge"),
    ),
    "lanes": Part(
        "10,000 cases of lanes, buffers and blocks in a row, 1,000 with eight bookers at once",
        ("tests/unit/bookings/test_lanes.py", f"{BOOKINGS}::TestLanes"),
        shards=4,
    ),
    "kills": Part(
        "25 processes killed at each fail-point in each piece of work",
        (f"{PAYMENTS}/test_killed.py",),
    ),
    "servers": Part(
        "500 kills of web and worker processes at any moment, under traffic",
        ("tests/soak/test_servers.py::test_killed_at_any_moment",),
    ),
    "storm": Part(
        "30 % of all calls to the provider fail for 10 minutes, 20 % of events never come",
        ("tests/soak/test_servers.py::test_storm",),
    ),
    "load": Part(
        "50 searches and 20 bookings a second for 30 minutes",
        ("tests/soak/test_servers.py::test_load",),
        limit=60,
    ),
    "comparison": Part(
        "the daily comparison over 10,000 payments with fees, refunds and disputes",
        (f"{PAYMENTS}/test_comparison.py",),
        limit=60,
    ),
    "sequences": Part(
        "2,000 sequences of 50 steps with payments, refunds, disputes and payouts",
        (f"{PAYMENTS}/test_sequences.py",),
        shards=16,
    ),
    "machine": Part(
        "2,000 sequences of 50 steps with contracts, milestones, royalties and splits",
        ("tests/integration/performance/test_machine.py",),
        shards=16,
        environment=(("HANQIAO_LONG", "125"),),
    ),
}


def main() -> int:
    """Run what is asked for and has not passed yet; give 1 when something failed."""
    asked = argparse.ArgumentParser(prog="devtools.soak", description=__doc__)
    asked.add_argument("--part", action="append", choices=list(PARTS))
    asked.add_argument("--again", action="store_true", help="run also what has passed")
    asked.add_argument("--list", action="store_true", help="only show what was measured")
    given = asked.parse_args()
    chosen = given.part or list(PARTS)
    if not given.list:
        for name in chosen:
            for shard in range(1, PARTS[name].shards + 1):
                if given.again or not _kept(name).get(shard, {}).get("passed"):
                    _run(name, shard)
    return _show(chosen)


def _kept(part: str) -> dict[int, dict[str, Any]]:
    """Give the last result of each shard."""
    if not RESULTS.exists():
        return {}
    rows = [json.loads(line) for line in RESULTS.read_text(encoding="utf-8").splitlines()]
    return {row["shard"]: row for row in rows if row["part"] == part}


def _run(name: str, shard: int) -> None:
    part = PARTS[name]
    print(f"{name} {shard}/{part.shards}: {part.says}", flush=True)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        figures = Path(folder) / "figures"
        command = [sys.executable, "-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider"]
        command += ["-o", f"timeout={part.limit * 60}", f"--hypothesis-seed={shard}"]
        command += [f"--basetemp={folder}/tests", *part.tests]
        own = {"HANQIAO_SOAK": "1", "HANQIAO_SHARD": str(shard), "HANQIAO_FIGURES": str(figures)}
        own["HANQIAO_PART"] = name
        done = subprocess.run(
            command, cwd=ROOT, env={**os.environ, **own, **dict(part.environment)}, check=False
        )
        lines = figures.read_text(encoding="utf-8").splitlines() if figures.exists() else []
    result = {
        "part": name,
        "shard": shard,
        "passed": done.returncode == 0,
        "seconds": round(time.monotonic() - begun),
        "at": datetime.now(UTC).isoformat(timespec="minutes"),
        "figures": _together([json.loads(line) for line in lines]),
    }
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(result) + "\n")


def _together(figures: list[dict[str, Any]]) -> dict[str, Any]:
    """Add whole numbers up; of others keep the largest."""
    found: dict[str, Any] = {}
    for one in figures:
        for name, value in one.items():
            before = found.get(name)
            if before is None:
                found[name] = value
            else:
                found[name] = before + value if isinstance(value, int) else max(before, value)
    return found


def _show(chosen: list[str]) -> int:
    failed = False
    for name in chosen:
        kept = _kept(name)
        passed = sum(row["passed"] for row in kept.values())
        failed |= passed < PARTS[name].shards
        seconds = sum(row["seconds"] for row in kept.values())
        print(f"{name}: {passed}/{PARTS[name].shards} passed in {seconds} s")
        for figure, value in _together([row["figures"] for row in kept.values()]).items():
            print(f"    {figure.replace('_', ' ')}: {value:,}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
