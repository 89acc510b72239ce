"""What a long test counted: said on the terminal, and kept where the soak asks for it."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

#: Whether tests run in their long forms.
LONG = os.environ.get("HANQIAO_SOAK") == "1"
#: Tells the shards of one part apart.
SHARD = int(os.environ.get("HANQIAO_SHARD", "1"))


def note(**figures: float) -> None:
    """Keep figures: whole numbers add up over a part's shards, of others the largest counts."""
    said = ", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in figures.items())
    sys.stdout.write(said + "\n")
    kept = os.environ.get("HANQIAO_FIGURES")
    if kept:
        with Path(kept).open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(figures) + "\n")
