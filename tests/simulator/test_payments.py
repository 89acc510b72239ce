"""Money moves as at Stripe: declines, holds, refunds, disputes, transfers, payouts."""

from __future__ import annotations

import pytest
import stripe

from tests.simulator.running import paid_intent, session_request

DAY = 24 * 3600


def balances(api, **options) -> tuple[int, int]:
    found = api.balance.retrieve(options=options)
    return found.available[0].amount, found.pending[0].amount


def wallet_payment(simulator, api, method="alipay"):
    made = api.checkout.sessions.create(session_request())
    done = simulator.control(f"/sessions/{made.id}/complete", method=method)
    return api.payment_intents.retrieve(done["payment_intent"])


class TestCards:
    @pytest.mark.parametrize(
        ("name", "code", "decline"),
        [
            ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
            ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
            ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
            ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", "incorrect_cvc"),
            ("pm_card_chargeDeclinedProcessingError", "processing_error", "processing_error"),
        ],
    )
    def test_declines(self, api, name, code, decline):
        with pytest.raises(stripe.CardError) as declined:
            paid_intent(api, payment_method=name)
        error = declined.value
        assert (error.http_status, error.code, error.error.decline_code) == (402, code, decline)
        intent = api.payment_intents.retrieve(error.error.payment_intent.id)
        assert intent.status == "requires_payment_method"
        assert intent.last_payment_error.code == code
        assert api.charges.retrieve(intent.latest_charge).status == "failed"

    def test_a_decline_may_be_tried_again_with_another_card(self, api):
        with pytest.raises(stripe.CardError) as declined:
            paid_intent(api, payment_method="pm_card_chargeDeclined")
        found = declined.value.error.payment_intent.id
        again = api.payment_intents.confirm(found, {"payment_method": "pm_card_visa"})
        assert again.status == "succeeded"
        assert len(api.charges.list({"payment_intent": found}).data) == 2

    @pytest.mark.parametrize(("agree", "status"), [(True, "succeeded"), (False, None)])
    def test_buyer_authenticates(self, simulator, api, agree, status):
        intent = paid_intent(api, payment_method="pm_card_authenticationRequired")
        assert (intent.status, intent.next_action.type) == ("requires_action", "redirect_to_url")
        answer = simulator.web.post(
            f"{simulator.base}/_control/intents/{intent.id}/agree", json={"agree": agree}
        )
        assert answer.status_code == (200 if agree else 402)
        found = api.payment_intents.retrieve(intent.id)
        assert found.status == (status or "requires_payment_method")

    def test_unknown_card_is_declined(self, simulator, api):
        made = api.checkout.sessions.create(session_request())
        answer = simulator.web.post(
            f"{simulator.base}/_control/sessions/{made.id}/complete",
            json={"number": "4111111111111111"},
        )
        assert answer.json()["detail"]["decline_code"] == "test_mode_live_card"


class TestHold:
    def test_part_is_captured_and_the_rest_let_go(self, api):
        held = paid_intent(api, capture_method="manual")
        assert (held.status, held.amount_capturable) == ("requires_capture", 10_000)
        assert balances(api) == (0, 0)
        taken = api.payment_intents.capture(held.id, {"amount_to_capture": 6_000})
        assert (taken.status, taken.amount_received, taken.amount_capturable) == (
            "succeeded",
            6_000,
            0,
        )
        charge = api.charges.retrieve(taken.latest_charge, {"expand": ["balance_transaction"]})
        assert (charge.amount_captured, charge.balance_transaction.amount) == (6_000, 6_000)

    def test_more_than_held_is_refused(self, api):
        held = paid_intent(api, capture_method="manual")
        with pytest.raises(stripe.InvalidRequestError) as refused:
            api.payment_intents.capture(held.id, {"amount_to_capture": 10_001})
        assert refused.value.code == "amount_too_large"

    def test_no_capture_after_cancel_nor_twice(self, api):
        held = paid_intent(api, capture_method="manual")
        assert api.payment_intents.cancel(held.id).status == "canceled"
        for found in (held.id, paid_intent(api).id):
            with pytest.raises(stripe.InvalidRequestError) as refused:
                api.payment_intents.capture(found)
            assert refused.value.code == "payment_intent_unexpected_state"
        with pytest.raises(stripe.InvalidRequestError):
            api.payment_intents.cancel(held.id)

    def test_lapses_after_a_week(self, simulator, api):
        held = paid_intent(api, capture_method="manual", expand=["latest_charge"])
        before = held.latest_charge.payment_method_details.card.capture_before
        assert before - held.created == pytest.approx(7 * DAY, abs=5)
        simulator.control("/clock", advance=7 * DAY + 10)
        found = api.payment_intents.retrieve(held.id)
        assert (found.status, found.cancellation_reason) == ("canceled", "automatic")

    @pytest.mark.parametrize("wallet", ["alipay", "wechat_pay"])
    def test_wallets_hold_nothing(self, api, wallet):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            api.checkout.sessions.create(
                session_request(
                    payment_method_types=[wallet],
                    payment_intent_data={"capture_method": "manual"},
                )
            )
        assert refused.value.param == "capture_method"
        with pytest.raises(stripe.InvalidRequestError):
            api.payment_intents.create(
                {
                    "amount": 1,
                    "currency": "cny",
                    "capture_method": "manual",
                    "payment_method_types": [wallet],
                }
            )


class TestSessions:
    def test_no_expiry_once_complete(self, simulator, api):
        made = api.checkout.sessions.create(session_request())
        simulator.control(f"/sessions/{made.id}/complete")
        with pytest.raises(stripe.InvalidRequestError):
            api.checkout.sessions.expire(made.id)

    def test_no_payment_once_expired(self, simulator, api):
        made = api.checkout.sessions.create(session_request())
        assert api.checkout.sessions.expire(made.id).url is None
        answer = simulator.web.post(f"{simulator.base}/_control/sessions/{made.id}/complete")
        assert answer.status_code == 400
        assert simulator.look("/objects/charge") == []

    @pytest.mark.parametrize("seconds", [29 * 60, DAY + 60])
    def test_lives_from_half_an_hour_to_a_day(self, simulator, api, seconds):
        now = simulator.look("/")["now"]
        with pytest.raises(stripe.InvalidRequestError) as refused:
            api.checkout.sessions.create(session_request(expires_at=now + seconds))
        assert refused.value.param == "expires_at"

    def test_its_intent_is_not_cancelled_from_outside(self, simulator, api):
        made = api.checkout.sessions.create(session_request())
        simulator.control(f"/sessions/{made.id}/complete", method="alipay", agree=None)
        intent = api.checkout.sessions.retrieve(made.id).payment_intent
        with pytest.raises(stripe.InvalidRequestError):
            api.payment_intents.cancel(intent)
        api.checkout.sessions.expire(made.id)
        assert api.payment_intents.retrieve(intent).status == "canceled"

    @pytest.mark.parametrize(
        ("succeed", "paid", "event"),
        [
            (True, "paid", "checkout.session.async_payment_succeeded"),
            (False, "unpaid", "checkout.session.async_payment_failed"),
        ],
    )
    def test_money_that_comes_later(self, simulator, api, succeed, paid, event):
        made = api.checkout.sessions.create(session_request())
        done = simulator.control(f"/sessions/{made.id}/complete", method="alipay", later=True)
        assert (done["status"], done["payment_status"]) == ("complete", "unpaid")
        simulator.control(f"/intents/{done['payment_intent']}/settle", succeed=succeed)
        assert api.checkout.sessions.retrieve(made.id).payment_status == paid
        assert event in {each.type for each in api.events.list({"limit": 20}).data}

    def test_wechat_needs_its_client(self, api):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            api.checkout.sessions.create(session_request(payment_method_options={}))
        assert refused.value.param == "payment_method_options[wechat_pay][client]"


class TestRefunds:
    def test_never_more_than_was_taken(self, api):
        paid = paid_intent(api)
        api.refunds.create({"payment_intent": paid.id, "amount": 4_000})
        with pytest.raises(stripe.InvalidRequestError) as refused:
            api.refunds.create({"payment_intent": paid.id, "amount": 6_001})
        assert refused.value.param == "amount"
        api.refunds.create({"payment_intent": paid.id})
        with pytest.raises(stripe.InvalidRequestError) as refused:
            api.refunds.create({"payment_intent": paid.id})
        assert refused.value.code == "charge_already_refunded"
        assert api.charges.retrieve(paid.latest_charge).refunded is True

    def test_nothing_from_a_hold(self, api):
        held = paid_intent(api, capture_method="manual")
        with pytest.raises(stripe.InvalidRequestError):
            api.refunds.create({"payment_intent": held.id})

    @pytest.mark.parametrize("method", ["alipay", "wechat_pay"])
    def test_wallets_are_slow(self, simulator, api, method):
        paid = wallet_payment(simulator, api, method)
        made = api.refunds.create({"payment_intent": paid.id, "amount": 100})
        assert made.status == "pending"
        simulator.control("/clock", advance=10)
        assert api.refunds.retrieve(made.id).status == "succeeded"

    @pytest.mark.parametrize(("method", "days"), [("alipay", 90), ("wechat_pay", 180)])
    def test_wallets_refuse_when_it_is_long_ago(self, simulator, api, method, days):
        paid = wallet_payment(simulator, api, method)
        simulator.control("/clock", advance=days * DAY - 60)
        api.refunds.create({"payment_intent": paid.id, "amount": 1})
        simulator.control("/clock", advance=120)
        with pytest.raises(stripe.InvalidRequestError):
            api.refunds.create({"payment_intent": paid.id, "amount": 1})

    def test_a_failed_one_gives_the_money_back_to_us(self, simulator, api):
        simulator.control("/settings", settle_days=0)
        paid = paid_intent(api, payment_method="pm_card_refundFail")
        before = balances(api)
        made = api.refunds.create({"payment_intent": paid.id, "amount": 1_000})
        assert made.status == "succeeded"
        assert balances(api)[0] == before[0] - 1_000
        simulator.control("/clock", advance=10)
        found = api.refunds.retrieve(made.id)
        assert (found.status, found.failure_reason) == ("failed", "expired_or_canceled_card")
        assert balances(api) == before
        assert api.charges.retrieve(paid.latest_charge).amount_refunded == 0
        kinds = {event.type for event in api.events.list({"limit": 30}).data}
        assert {"refund.created", "refund.updated", "refund.failed"} <= kinds


class TestDisputes:
    @pytest.mark.parametrize(("status", "left"), [("won", 10_000 - 8_500), ("lost", -8_500)])
    def test_take_the_money_and_a_fee(self, simulator, api, status, left):
        simulator.control("/settings", settle_days=0, card_fee_bp=0, card_fee_fixed=0)
        paid = paid_intent(api)
        made = simulator.control("/disputes", payment_intent=paid.id)
        assert balances(api)[0] == -8_500
        with pytest.raises(stripe.InvalidRequestError) as refused:
            api.refunds.create({"payment_intent": paid.id})
        assert refused.value.code == "charge_disputed"
        simulator.control(f"/disputes/{made['id']}/close", status=status)
        assert api.disputes.retrieve(made["id"]).status == status
        assert balances(api)[0] == left

    def test_a_test_number_brings_one(self, api):
        paid = paid_intent(api, payment_method="pm_card_createDispute")
        assert api.disputes.list({"payment_intent": paid.id}).data[0].reason == "fraudulent"

    def test_wallets_know_none(self, simulator, api):
        paid = wallet_payment(simulator, api)
        answer = simulator.web.post(
            f"{simulator.base}/_control/disputes", json={"payment_intent": paid.id}
        )
        assert answer.status_code == 400


class TestPayees:
    @pytest.fixture
    def payee(self, simulator, api):
        made = api.accounts.create({"country": "HK", "email": "lab@example.com"})
        simulator.control(f"/accounts/{made.id}/onboard")
        return made.id

    def send(self, api, payee, amount, **more):
        wish = {"amount": amount, "currency": "cny", "destination": payee, **more}
        return api.transfers.create(wish)

    def test_must_have_given_their_details(self, api):
        made = api.accounts.create({"country": "HK"})
        with pytest.raises(stripe.InvalidRequestError) as refused:
            self.send(api, made.id, 1)
        assert refused.value.code == "insufficient_capabilities_for_transfer"

    def test_pending_money_is_not_moved_on(self, simulator, api, payee):
        paid_intent(api)
        with pytest.raises(stripe.InvalidRequestError) as refused:
            self.send(api, payee, 5_000)
        assert refused.value.code == "balance_insufficient"
        simulator.control("/clock", advance=7 * DAY)
        self.send(api, payee, 5_000)
        assert balances(api, stripe_account=payee) == (5_000, 0)

    def test_a_charge_pays_no_more_than_it_brought(self, api, payee):
        paid = paid_intent(api)
        self.send(api, payee, 9_000, source_transaction=paid.latest_charge)
        with pytest.raises(stripe.InvalidRequestError):
            self.send(api, payee, 1_001, source_transaction=paid.latest_charge)

    def test_reversal_needs_money_there(self, simulator, api, payee):
        simulator.control("/settings", settle_days=0)
        paid_intent(api)
        sent = self.send(api, payee, 5_000)
        there = {"stripe_account": payee}
        api.payouts.create({"amount": 4_000, "currency": "cny"}, there)
        with pytest.raises(stripe.InvalidRequestError) as refused:
            api.transfers.reversals.create(sent.id, {"amount": 2_000})
        assert refused.value.code == "balance_insufficient"
        api.transfers.reversals.create(sent.id, {"amount": 1_000})
        found = api.transfers.retrieve(sent.id)
        assert (found.amount_reversed, found.reversed) == (1_000, False)
        with pytest.raises(stripe.InvalidRequestError):
            api.transfers.reversals.create(sent.id, {"amount": 4_001})

    def test_a_paid_payout_may_come_back(self, simulator, api, payee):
        simulator.control("/settings", settle_days=0)
        paid_intent(api)
        self.send(api, payee, 5_000)
        there = {"stripe_account": payee}
        sent = api.payouts.create({"amount": 5_000, "currency": "cny"}, there)
        simulator.control("/clock", advance=10)
        assert api.payouts.retrieve(sent.id, options=there).status == "paid"
        simulator.control(f"/payouts/{sent.id}/fail")
        assert api.payouts.retrieve(sent.id, options=there).status == "failed"
        assert balances(api, stripe_account=payee) == (5_000, 0)
        with pytest.raises(stripe.InvalidRequestError):
            api.payouts.retrieve(sent.id)


def test_every_balance_is_the_sum_of_its_movements(simulator, api):
    simulator.control("/settings", settle_days=0)
    for amount in (10_000, 25_001, 333):
        paid = paid_intent(api, amount)
        api.refunds.create({"payment_intent": paid.id, "amount": amount // 3})
    simulator.control("/disputes", payment_intent=paid.id)
    moved = list(api.balance_transactions.list({"limit": 2}).auto_paging_iter())
    assert len(moved) == 7
    assert sum(each.net for each in moved) == balances(api)[0]
    assert all(each.net == each.amount - each.fee for each in moved)
    assert all(sum(part.amount for part in each.fee_details) == each.fee for each in moved)
