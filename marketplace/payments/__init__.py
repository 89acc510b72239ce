"""Payments through Stripe, by bank transfer recorded by hand, and free; refunds, disputes, payouts.

Nothing here calls the provider inside a transaction: a call is written down and committed first
(``StripeCall``), made by ``running`` outside of any transaction, and its outcome written in
another. The return page, the inbox and the sweep all end in ``running.sync.sync_payment``, which
fetches the objects again and moves forward only.

Higher domains register what a payment is for (``purposes``), ask for one with
``services.requests.request`` and hear of it by their callbacks ``settled`` and ``ended``, which
run in the transaction that settles. A ``settled`` that raises RuleBroken says that the payment
can't be honoured any more: it is refunded in full by itself.
"""
