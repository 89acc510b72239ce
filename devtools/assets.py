"""Fetches third-party files at exact versions and writes what pages and tests use of them.

Needs npm; run by ``make assets`` when a version or the list of icons changes. What it writes is
committed, with a manifest of packages, versions, licenses and hashes that a test checks offline.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
MANIFEST = ROOT / "static" / "vendor" / "manifest.json"

#: Package → (version, license).
PACKAGES = {"@tabler/icons": ("3.51.0", "MIT"), "axe-core": ("4.14.1", "MPL-2.0")}

#: Icon as pages call it → its name in the package.
ICONS = {
    name.split("=")[0]: name.split("=")[-1]
    for name in (
        "menu=menu-2 search bell user building file-text upload download printer share star "
        "bookmark filter x check alert-triangle info-circle clock calendar arrow-right arrow-left "
        "chevron-down chevron-right plus trash edit eye lock link copy external-link map-pin bulb "
        "scale messages chart-bar flask factory=building-factory-2 certificate send refresh home "
        "settings users list history qrcode thumb-up thumb-down volume-off"
    ).split()
}


def fetch(package: str, version: str) -> tarfile.TarFile:
    """Give the published archive of a package."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "--silent", f"{package}@{version}"], cwd=folder, check=True)
        content = next(Path(folder).glob("*.tgz")).read_bytes()
    return tarfile.open(fileobj=io.BytesIO(content))


def member(archive: tarfile.TarFile, name: str) -> bytes:
    """Give the content of one file of a package."""
    found = archive.extractfile(f"package/{name}")
    if found is None:
        raise FileNotFoundError(name)
    return found.read()


def sprite(archive: tarfile.TarFile) -> str:
    """Put the icons that pages use into one file of symbols."""
    symbols = []
    for shown, name in ICONS.items():
        source = member(archive, f"icons/outline/{name}.svg").decode()
        source = re.sub(r"<!--.*?-->", "", source, flags=re.DOTALL)
        body = re.sub(r"\s+", " ", re.sub(r"^.*?<svg[^>]*>|</svg>", "", source, flags=re.DOTALL))
        body = re.sub(r'<path[^>]*d="M0 0h24v24H0z"[^>]*/>', "", body)
        symbols.append(
            f'<symbol id="{shown}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
            f'stroke-width="2" stroke-linecap="round" stroke-linejoin="round">'
            f"{body.strip()}</symbol>"
        )
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def write(path: str, content: bytes, package: str) -> dict[str, str]:
    """Write a file of the repository; give its row of the manifest."""
    target = ROOT / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    version, license_name = PACKAGES[package]
    return {
        "path": path,
        "package": package,
        "version": version,
        "license": license_name,
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def main() -> None:
    """Fetch, write, and note what was written."""
    archives = {name: fetch(name, version) for name, (version, _) in PACKAGES.items()}
    tabler, axe = archives["@tabler/icons"], archives["axe-core"]
    rows = [
        write("static/img/icons.svg", sprite(tabler).encode(), "@tabler/icons"),
        write("static/vendor/tabler-icons-LICENSE", member(tabler, "LICENSE"), "@tabler/icons"),
        write("tests/e2e/vendor/axe.min.js", member(axe, "axe.min.js"), "axe-core"),
        write("tests/e2e/vendor/axe-LICENSE", member(axe, "LICENSE"), "axe-core"),
    ]
    MANIFEST.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
