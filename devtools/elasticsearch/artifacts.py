"""Fetches the libraries of Elasticsearch through Maven, once, into a cache."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION: Final = "8.14.3"
_SERVER: Final = "org.elasticsearch:elasticsearch"
_TRANSPORT: Final = "org.elasticsearch.plugin:transport-netty4"
#: How long Maven may take (seconds).
_PATIENCE: Final = 600

_POM: Final = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId><artifactId>node</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>{group}</groupId><artifactId>{artifact}</artifactId><version>{version}</version>
  </dependency></dependencies>
</project>
"""
_DESCRIPTOR: Final = f"""description=HTTP and transport over Netty
name=transport-netty4
version={VERSION}
elasticsearch.version={VERSION}
java.version=17
classname=org.elasticsearch.transport.netty4.Netty4Plugin
"""


class MissingToolError(Exception):
    """Java or Maven is not installed, or Maven could not fetch the libraries."""


def cache() -> Path:
    """Give the folder that keeps the libraries and the node between runs."""
    named = os.environ.get("HANQIAO_CACHE")
    root = Path(named) if named else Path(__file__).resolve().parents[2] / ".cache"
    return root / "elasticsearch"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Let one process at a time work on the cache."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def fetch(folder: Path) -> Path:
    """Make sure that the libraries are there and give the home of the node."""
    home = folder / VERSION
    if (home / "complete").exists():
        return home
    for tool in ("java", "mvn"):
        if shutil.which(tool) is None:
            message = f"{tool} is not installed (Java 17 and Maven 3 are needed)"
            raise MissingToolError(message)
    shutil.rmtree(home, ignore_errors=True)
    module = home / "modules" / "transport-netty4"
    _copy(_SERVER, home / "lib", home)
    _copy(_TRANSPORT, module, home)
    for doubled in module.glob("elasticsearch-core-*.jar"):
        doubled.unlink()
    (module / "plugin-descriptor.properties").write_text(_DESCRIPTOR, encoding="utf-8")
    (home / "complete").touch()
    return home


def _copy(artifact: str, target: Path, home: Path) -> None:
    group, name = artifact.split(":")
    target.mkdir(parents=True, exist_ok=True)
    pom = home / "pom.xml"
    pom.write_text(_POM.format(group=group, artifact=name, version=VERSION), encoding="utf-8")
    done = subprocess.run(
        [
            "mvn",
            "--quiet",
            "--batch-mode",
            "--file",
            str(pom),
            "dependency:copy-dependencies",
            f"-DoutputDirectory={target.resolve()}",
        ],
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )
    if done.returncode:
        message = f"Maven could not fetch {artifact}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        raise MissingToolError(message)
