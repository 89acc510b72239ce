"""Events, kept for thirty days, and the endpoints that are told of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from devtools.stripe_simulator.errors import BadParameters
from devtools.stripe_simulator.fields import METADATA, SPAN, TEXT, TEXTS, YES_NO
from devtools.stripe_simulator.lists import answer_page
from devtools.stripe_simulator.nouns.balance import DAY
from devtools.stripe_simulator.nouns.charges import change
from devtools.stripe_simulator.operations import Call, operation

if TYPE_CHECKING:
    from devtools.stripe_simulator.world import World

KEPT_SECONDS = 30 * DAY
#: Event has a delivery that did not arrive (yet).
UNDELIVERED = (
    "id IN (SELECT event FROM deliveries GROUP BY event, endpoint HAVING sum(state = 'done') = 0)"
)


def with_pending(world: World, event: dict[str, Any]) -> dict[str, Any]:
    """Tell on an event to how many endpoints it has yet to go."""
    with world.store.lock:
        row = world.store.rows.execute(
            "SELECT count(*) FROM (SELECT endpoint FROM deliveries WHERE event = ?"
            " GROUP BY endpoint HAVING sum(state = 'done') = 0)",
            (event["id"],),
        ).fetchone()
    event["pending_webhooks"] = row[0]
    return event


@operation("GET", "/v1/events/{id}")
def retrieve(call: Call) -> dict[str, Any]:
    """Give an event."""
    return with_pending(call.world, call.own("event"))


@operation(
    "GET",
    "/v1/events",
    {"type": TEXT, "types": TEXTS, "delivery_success": YES_NO, "created": SPAN},
    listing=True,
)
def list_events(call: Call) -> dict[str, Any]:
    """List events; ``delivery_success`` false gives those that some endpoint did not get."""
    given = call.values
    if given.get("type") and given.get("types"):
        raise BadParameters("You may pass either `type` or `types`, but not both.", param="type")
    where, values = ["created > ?"], [call.world.now() - KEPT_SECONDS]
    success = given.get("delivery_success")
    if success is not None:
        where.append(f"NOT {UNDELIVERED}" if success else UNDELIVERED)
    kinds = given.get("types") or ([given["type"]] if given.get("type") else [])
    alike: list[str] = []
    for kind in kinds:  # "charge.*" names a family
        alike.append("json_extract(body, '$.type') GLOB ?")
        values.append(kind)
    if alike:
        where.append(f"({' OR '.join(alike)})")
    page = answer_page(call, "event", "/v1/events", where=tuple(where), values=tuple(values))
    for event in page["data"]:
        with_pending(call.world, event)
    return page


ENDPOINT = {
    "description": TEXT,
    "metadata": METADATA,
    "enabled_events": TEXTS,
    "url": TEXT,
}


def add_endpoint(world: World, given: dict[str, Any], secret: str | None = None) -> dict[str, Any]:
    """Keep an endpoint; ``secret`` fixes the one that its deliveries are signed with."""
    if not given["url"].startswith(("http://", "https://")):
        raise BadParameters(
            "Invalid URL: An explicit scheme (such as https) must be provided.",
            code="url_invalid",
            param="url",
        )
    endpoint = {
        "id": world.new_id("we_"),
        "object": "webhook_endpoint",
        "api_version": given.get("api_version"),
        "application": None,
        "created": world.now(),
        "description": given.get("description"),
        "enabled_events": given["enabled_events"],
        "livemode": False,
        "metadata": given.get("metadata") or {},
        "status": "enabled",
        "url": given["url"],
        "_secret": secret or world.new_id("whsec_", 32),
    }
    return world.store.put(endpoint)


@operation(
    "POST",
    "/v1/webhook_endpoints",
    {
        **ENDPOINT,
        "enabled_events": TEXTS.needed,
        "url": TEXT.needed,
        "connect": YES_NO,
        "api_version": TEXT,
    },
)
def create_endpoint(call: Call) -> dict[str, Any]:
    """Make an endpoint; only this answer tells its secret."""
    endpoint = add_endpoint(call.world, call.values)
    return {**endpoint, "secret": endpoint["_secret"]}


@operation("GET", "/v1/webhook_endpoints/{id}")
def retrieve_endpoint(call: Call) -> dict[str, Any]:
    """Give an endpoint."""
    return call.own("webhook_endpoint")


@operation("POST", "/v1/webhook_endpoints/{id}", {**ENDPOINT, "disabled": YES_NO})
def update_endpoint(call: Call) -> dict[str, Any]:
    """Change an endpoint, or switch it off."""
    endpoint, given = call.own("webhook_endpoint"), dict(call.values)
    if "disabled" in given:
        endpoint["status"] = "disabled" if given.pop("disabled") else "enabled"
    change(endpoint, given)
    return call.keep(endpoint)


@operation("DELETE", "/v1/webhook_endpoints/{id}")
def delete_endpoint(call: Call) -> dict[str, Any]:
    """Take an endpoint away."""
    endpoint = call.own("webhook_endpoint")
    call.world.store.drop(endpoint["id"])
    return {"id": endpoint["id"], "object": "webhook_endpoint", "deleted": True}


@operation("GET", "/v1/webhook_endpoints", {}, listing=True)
def list_endpoints(call: Call) -> dict[str, Any]:
    """List endpoints."""
    return answer_page(call, "webhook_endpoint", "/v1/webhook_endpoints")
