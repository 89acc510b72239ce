"""What a page may cost: bytes and requests over the wire, time until its largest part is seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.conftest import sign_in

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession, Page

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("indexed")]

KB = 1024
SEARCH = "/technologies?q=蚀刻"
#: Wire bytes of a first visit, and of all style sheets and scripts together.
LIMITS = {
    "/": 90 * KB,
    SEARCH: 60 * KB,
    "/en/technologies": 60 * KB,
    "/needs": 60 * KB,
    "/help": 90 * KB,
    "/sign-in": 90 * KB,
}
REQUESTS, STYLES, SCRIPTS = 12, 25 * KB, 20 * KB
#: The goal is 1.0 s; the bound leaves room for a machine that does other work beside.
LCP_MS, SHIFT = 2500, 0.05
#: 1.6 Mbit/s with 150 ms, as on a slow 4G line, and a processor of a quarter of the speed.
SLOW = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
#: Notes the last candidate for the largest part and every move of the layout.
OBSERVE = """
window.seen = {lcp: 0, shift: 0};
new PerformanceObserver((list) => list.getEntries().forEach((e) => { seen.lcp = e.startTime; }))
  .observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver((list) => list.getEntries().forEach((e) => {
  if (!e.hadRecentInput) seen.shift += e.value;
})).observe({type: "layout-shift", buffered: true});
"""


@dataclass
class Wire:
    """What came over the wire, by the kind of resource."""

    kinds: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    def listen(self, line: CDPSession) -> None:
        line.on("Network.responseReceived", self._received)
        line.on("Network.loadingFinished", self._finished)
        line.send("Network.enable")
        line.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def _received(self, event: dict[str, Any]) -> None:
        if not event["response"]["url"].startswith("data:"):
            self.kinds[event["requestId"]] = event["type"]

    def _finished(self, event: dict[str, Any]) -> None:
        self.sizes[event["requestId"]] = int(event["encodedDataLength"])

    def of(self, kind: str) -> int:
        return sum(self.sizes.get(one, 0) for one, it in self.kinds.items() if it == kind)

    def total(self) -> int:
        return sum(self.sizes.get(one, 0) for one in self.kinds)


@pytest.mark.parametrize("path", LIMITS)
def test_a_first_visit_costs_little(page: Page, path: str):
    wire = Wire()
    wire.listen(page.context.new_cdp_session(page))
    page.goto(path, wait_until="networkidle")
    print(  # noqa: T201 — shown by pytest -rP
        f"{path}: {wire.total():,} bytes in {len(wire.kinds)} requests; "
        f"CSS {wire.of('Stylesheet'):,}, JS {wire.of('Script'):,}, HTML {wire.of('Document'):,}"
    )
    assert wire.of("Document") > 0
    assert 0 < wire.of("Stylesheet") <= STYLES
    assert 0 < wire.of("Script") <= SCRIPTS
    assert wire.total() <= LIMITS[path]
    assert len(wire.kinds) <= REQUESTS


@pytest.mark.parametrize("width", [1280, 360])
def test_a_slow_phone_sees_results_soon_and_nothing_jumps(page: Page, width: int):
    page.set_viewport_size({"width": width, "height": 740})
    page.add_init_script(OBSERVE)
    page.goto("/help")
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.setCacheDisabled", {"cacheDisabled": True})
    line.send("Network.emulateNetworkConditions", SLOW)
    line.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.goto(SEARCH, wait_until="load")
    page.wait_for_timeout(500)
    seen = page.evaluate("seen")
    told = f"{SEARCH} at {width} px: LCP {seen['lcp']:.0f} ms, shift {seen['shift']:.3f}"
    print(told)  # noqa: T201 — shown by pytest -rP
    assert 0 < seen["lcp"] <= LCP_MS
    assert seen["shift"] <= SHIFT


def test_nothing_jumps_on_the_pages_of_a_member(page: Page):
    page.add_init_script(OBSERVE)
    sign_in(page, "university")
    for path in ("/", "/desk", "/matches/", "/notices/", "/imports/new"):
        page.goto(path, wait_until="networkidle")
        assert page.evaluate("seen.shift") <= SHIFT, path
