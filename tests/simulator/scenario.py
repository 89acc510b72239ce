"""Every request that the simulator takes, made once through the official library."""

from __future__ import annotations

import time
from typing import Any

from tests.simulator.running import Running, paid_intent, session_request

TEXTS = {
    "description": "中试服务 B-2026-0031",
    "metadata": {"payment": "31", "attempt": "1"},
    "receipt_email": "buyer@example.com",
    "statement_descriptor_suffix": "HANQIAO",
    "transfer_group": "booking_31",
}


def run(simulator: Running) -> None:
    """Make the calls; their answers are kept by the simulator."""
    api = simulator.client().v1
    simulator.control("/settings", settle_days=0)
    _sessions(simulator, api)
    _intents(api)
    _refunds(simulator, api)
    _payees(simulator, api)
    _disputes(simulator, api)
    _events(api)


def _sessions(simulator: Running, api: Any) -> None:
    until = int(time.time()) + 31 * 60
    made = api.checkout.sessions.create(
        session_request(
            ui_mode="hosted_page",
            client_reference_id="payment-31",
            customer_creation="if_required",
            customer_email="buyer@example.com",
            currency="cny",
            expires_at=until,
            locale="zh",
            metadata={"payment": "31"},
            payment_intent_data=TEXTS,
            submit_type="book",
            billing_address_collection="auto",
            allow_promotion_codes=False,
            phone_number_collection={"enabled": False},
            automatic_tax={"enabled": False},
            invoice_creation={"enabled": False},
            adaptive_pricing={"enabled": False},
            expand=["line_items"],
        )
    )
    api.checkout.sessions.update(made.id, {"metadata": {"payment": "32"}})
    api.checkout.sessions.expire(made.id)
    for method in ("alipay", "wechat_pay", "card"):
        made = api.checkout.sessions.create(session_request(payment_intent_data=TEXTS))
        simulator.control(f"/sessions/{made.id}/complete", method=method, email="a@example.com")
        api.checkout.sessions.retrieve(
            made.id,
            {
                "expand": [
                    "line_items",
                    "payment_intent.latest_charge.balance_transaction",
                    "payment_intent.payment_method",
                ]
            },
        )
    held = api.checkout.sessions.create(
        session_request(
            payment_method_types=["card"],
            payment_method_options={"card": {"request_three_d_secure": "any"}},
            payment_intent_data={"capture_method": "manual"},
        )
    )
    simulator.control(f"/sessions/{held.id}/complete")
    held = api.checkout.sessions.retrieve(held.id)
    api.payment_intents.capture(held.payment_intent, {"amount_to_capture": 100_000})
    api.checkout.sessions.line_items.list(made.id, {"limit": 5})
    paid = api.checkout.sessions.retrieve(made.id)
    api.checkout.sessions.list({"payment_intent": paid.payment_intent})
    api.checkout.sessions.list({"status": "complete", "created": {"gte": 1}, "limit": 2})


def _intents(api: Any) -> None:
    made = api.payment_intents.create(
        {
            "amount": 5_000,
            "currency": "cny",
            "automatic_payment_methods": {"enabled": True},
            "return_url": "http://127.0.0.1:1/done",
            **{k: v for k, v in TEXTS.items() if k != "receipt_email"},
            "confirm": False,
        }
    )
    api.payment_intents.update(made.id, {"amount": 6_000, **TEXTS})
    wallet = {"type": "alipay", "alipay": {}, "billing_details": {"email": "a@example.com"}}
    api.payment_intents.confirm(
        made.id, {"payment_method_data": wallet, "return_url": "http://127.0.0.1:1/done"}
    )
    api.payment_intents.cancel(made.id, {"cancellation_reason": "abandoned"})
    scan = api.payment_intents.create(
        {
            "amount": 5_000,
            "currency": "cny",
            "confirm": True,
            "payment_method_types": ["wechat_pay"],
            "payment_method_data": {"type": "wechat_pay", "wechat_pay": {}},
            "payment_method_options": {"wechat_pay": {"client": "web"}},
        }
    )
    api.payment_intents.retrieve(scan.id, {"expand": ["payment_method"]})
    paid_intent(api, payment_method="pm_card_threeDSecure2Required", off_session=False)
    held = paid_intent(api, capture_method="manual", metadata={"payment": "33"})
    api.payment_intents.retrieve(held.id, {"expand": ["latest_charge"]})
    api.payment_intents.capture(
        held.id, {"amount_to_capture": 7_000, "metadata": {"step": "1"}, "final_capture": True}
    )
    freed = paid_intent(api, capture_method="manual")
    api.payment_intents.cancel(freed.id, {"cancellation_reason": "requested_by_customer"})
    api.payment_intents.list({"limit": 3, "created": {"gte": 1, "lt": 9_999_999_999}})
    api.payment_intents.search({"query": "metadata['payment']:'33'", "limit": 5})
    paid = paid_intent(api)
    api.payment_methods.retrieve(paid.payment_method)
    api.charges.retrieve(paid.latest_charge, {"expand": ["balance_transaction", "refunds"]})
    api.charges.update(paid.latest_charge, {"metadata": {"a": "b"}, "description": "x"})
    api.charges.list({"payment_intent": paid.id})
    api.charges.list({"transfer_group": "booking_31", "limit": 1, "created": {"gt": 1}})


def _refunds(simulator: Running, api: Any) -> None:
    paid = paid_intent(api)
    part = {"payment_intent": paid.id, "amount": 3_000, "reason": "requested_by_customer"}
    made = api.refunds.create({**part, "metadata": {"refund": "4"}})
    api.refunds.update(made.id, {"metadata": {"refund": "5"}})
    api.refunds.create({"charge": paid.latest_charge})
    simulator.control(f"/refunds/{made.id}/fail")
    api.refunds.retrieve(made.id, {"expand": ["failure_balance_transaction", "charge"]})
    session = api.checkout.sessions.create(session_request())
    done = simulator.control(f"/sessions/{session.id}/complete", method="alipay")
    later = api.refunds.create({"payment_intent": done["payment_intent"], "amount": 100})
    api.refunds.retrieve(later.id)
    api.refunds.list({"payment_intent": paid.id, "created": {"gte": 1}})
    api.refunds.list({"charge": paid.latest_charge, "limit": 1, "expand": ["data.charge"]})


def _payees(simulator: Running, api: Any) -> None:
    wish = {"requested": True}
    payee = api.accounts.create(
        {
            "country": "HK",
            "email": "lab@example.com",
            "controller": {
                "fees": {"payer": "application"},
                "losses": {"payments": "application"},
                "requirement_collection": "stripe",
                "stripe_dashboard": {"type": "express"},
            },
            "capabilities": {"transfers": wish},
            "business_type": "company",
            "business_profile": {"name": "武汉中试平台", "url": "https://example.com"},
            "company": {"name": "武汉中试平台"},
            "default_currency": "cny",
            "metadata": {"organization": "7"},
            "settings": {"payouts": {"schedule": {"interval": "manual"}}},
        }
    )
    api.accounts.update(payee.id, {"metadata": {"a": "b"}, "capabilities": {"transfers": wish}})
    api.account_links.create(
        {
            "account": payee.id,
            "type": "account_onboarding",
            "refresh_url": "http://127.0.0.1:1/again",
            "return_url": "http://127.0.0.1:1/done",
            "collection_options": {"fields": "eventually_due"},
        }
    )
    simulator.control(f"/accounts/{payee.id}/onboard")
    api.accounts.retrieve(payee.id)
    api.accounts.list({"limit": 3})
    _transfers(api, payee.id)
    other = api.accounts.create({"type": "express"})
    api.accounts.delete(other.id)


def _transfers(api: Any, payee: str) -> None:
    paid = paid_intent(api)
    moved = api.transfers.create(
        {
            "amount": 8_000,
            "currency": "cny",
            "destination": payee,
            "source_transaction": paid.latest_charge,
            "description": "B-2026-0031",
            "metadata": {"transfer": "1"},
            "transfer_group": "booking_31",
            "expand": ["destination_payment", "balance_transaction"],
        }
    )
    api.transfers.update(moved.id, {"metadata": {"transfer": "2"}})
    back = api.transfers.reversals.create(
        moved.id, {"amount": 1_000, "description": "late refund", "metadata": {"refund": "9"}}
    )
    api.transfers.reversals.retrieve(moved.id, back.id)
    api.transfers.reversals.list(moved.id)
    api.transfers.retrieve(moved.id, {"expand": ["destination"]})
    api.transfers.list({"destination": payee, "created": {"gte": 1}})
    api.transfers.list({"transfer_group": "booking_31", "limit": 1})
    there = {"stripe_account": payee}
    api.balance.retrieve(options=there)
    api.balance.retrieve()
    out = {"amount": 2_000, "currency": "cny", "description": "11月", "metadata": {"payout": "1"}}
    sent = api.payouts.create({**out, "method": "standard", "statement_descriptor": "HQ"}, there)
    api.payouts.update(sent.id, {"metadata": {"payout": "2"}}, there)
    api.payouts.cancel(sent.id, options=there)
    api.payouts.retrieve(sent.id, options=there)
    api.payouts.list({"status": "canceled", "limit": 1, "created": {"gte": 1}}, there)
    api.balance_transactions.list({"type": "payout", "currency": "cny"}, there)
    api.balance_transactions.list(
        {"type": "charge", "created": {"gte": 1, "lte": 9_999_999_999}, "limit": 2}
    )
    found = api.balance_transactions.list({"source": moved.id, "expand": ["data.source"]})
    api.balance_transactions.retrieve(found.data[0].id)


def _disputes(simulator: Running, api: Any) -> None:
    for status in ("won", "lost"):
        paid = paid_intent(api)
        made = simulator.control("/disputes", payment_intent=paid.id, amount=4_000)
        api.disputes.update(
            made["id"], {"evidence": {"product_description": "机时"}, "metadata": {"a": "b"}}
        )
        simulator.control(f"/disputes/{made['id']}/close", status=status)
        api.disputes.retrieve(made["id"], {"expand": ["charge", "payment_intent"]})
    paid = paid_intent(api)
    made = simulator.control("/disputes", charge=paid.latest_charge)
    api.disputes.update(made["id"], {"evidence": {"service_date": "2026-12-03"}, "submit": False})
    api.disputes.close(made["id"])
    api.disputes.list({"charge": paid.latest_charge})
    api.disputes.list({"payment_intent": paid.id, "created": {"gte": 1}, "limit": 2})


def _events(api: Any) -> None:
    endpoint = api.webhook_endpoints.create(
        {
            "url": "https://example.com/webhooks",
            "enabled_events": ["invoice.paid"],
            "description": "the product's",
            "metadata": {"a": "b"},
            "connect": False,
        }
    )
    api.webhook_endpoints.update(endpoint.id, {"disabled": True, "description": "off"})
    api.webhook_endpoints.retrieve(endpoint.id)
    api.webhook_endpoints.list({"limit": 3})
    api.webhook_endpoints.delete(endpoint.id)
    found = api.events.list({"limit": 100, "delivery_success": True, "created": {"gte": 1}})
    api.events.list({"type": "charge.refunded", "limit": 2, "starting_after": found.data[0].id})
    api.events.list({"types": ["payment_intent.succeeded", "refund.failed"], "limit": 100})
    api.events.list({"ending_before": found.data[-1].id, "limit": 2})
    api.events.retrieve(found.data[0].id)
