"""``python -m devtools.elasticsearch start|stop|address``."""

from __future__ import annotations

import sys

from devtools.elasticsearch import node
from devtools.elasticsearch.artifacts import MissingToolError


def main(words: list[str]) -> int:
    """Do what the one word asks; 0 when it went well."""
    match words:
        case ["start"]:
            try:
                print(node.start())
            except (MissingToolError, node.NotStartedError) as error:
                print(error, file=sys.stderr)
                return 1
        case ["stop"]:
            print("stopped" if node.stop() else "nothing was running")
        case ["address"]:
            found = node.address()
            if found is None:
                print("nothing is running", file=sys.stderr)
                return 1
            print(found)
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
