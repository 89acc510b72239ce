"""A process that does one piece of work with payments and may be killed in it.

Run as ``python victim.py DATABASE STRIPE_BASE DEED ID``; the fail-point comes by the environment.
"""

from __future__ import annotations

import os
import sys
from uuid import UUID

from sqlalchemy import create_engine

from marketplace.core import audit, failpoints
from marketplace.ledger import services as ledger
from marketplace.payments.gateway.provider import StripeGateway
from marketplace.payments.running import calls, sync
from marketplace.payments.running.desk import Desk
from marketplace.tables import load
from marketplace.web.clock import now

DEEDS = {"call": calls.carry_out, "sync": sync.sync_payment}


def main() -> None:
    database, base, deed, one = sys.argv[1:]
    load()
    assert audit
    assert ledger
    failpoints.arm(os.environ.get("HANQIAO_FAILPOINTS", ""))
    gateway = StripeGateway(key="sk_test_1", webhook_secret="whsec_1", base=base)
    DEEDS[deed](Desk(create_engine(database), gateway, now), UUID(one))


if __name__ == "__main__":
    main()
