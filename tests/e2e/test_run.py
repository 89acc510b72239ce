"""The first command of the README: starts, greets, starts again quickly, ends every child."""

from __future__ import annotations

import re
import subprocess
import time

import pytest

from tests.e2e.conftest import Copy

pytestmark = pytest.mark.e2e


def children(home) -> list[str]:
    """Give the processes that work in a home, whoever started them."""
    listing = subprocess.run(
        ["ps", "axeww", "-o", "pid,args"], capture_output=True, text=True, check=True
    )
    return [
        line for line in listing.stdout.splitlines() if str(home) in line and "ps axeww" not in line
    ]


class TestRunAll:
    def test_runs_beside_another_copy_and_ends_every_child(self, copy, tmp_path):
        other = Copy(tmp_path / "home").wait()
        told = "\n".join(other.lines)
        assert f"http://127.0.0.1:{other.port}/" in told
        for name in ("reviewer", "admin", "university", "enterprise", "manager", "operator"):
            assert re.search(rf"{name}@hanqiao\.example", told)
        other.stop()
        assert children(tmp_path / "home") == []

        began = time.monotonic()
        again = Copy(tmp_path / "home").wait()
        took = time.monotonic() - began
        again.stop()
        assert children(tmp_path / "home") == []
        assert took < 10 * 3, f"the second start took {took:.1f} s"
