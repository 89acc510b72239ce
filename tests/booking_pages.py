"""Steps through the pages of bookings that several tests take."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from marketplace.bookings.times import BEIJING


def soon(days=6, hour=1):
    """A Wednesday-like morning some days ahead of the real clock, on a weekday."""
    moment = datetime.now(UTC).replace(hour=hour, minute=0, second=0, microsecond=0)
    moment += timedelta(days=days)
    while moment.astimezone(BEIJING).isoweekday() > 5:
        moment += timedelta(days=1)
    return moment


def hidden(response, name):
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', response.get_data(as_text=True))
    return found.group(1) if found else ""


def hold(client, slot, organization, **values):
    address = f"/resources/{slot.resource_id}/book?slot={slot.id}"
    page = client.get(address)
    data = {
        "key": hidden(page, "key"),
        "organization_id": str(organization.id),
        "places": "1",
        **values,
    }
    return client.post(address, data=data)


FORM = {"purpose": "放大试验", "answer_0": "水性浆料", "safety_accepted": "y"}
