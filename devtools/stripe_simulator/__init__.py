"""A payment provider on this machine that answers as Stripe does. Test money only.

It is a process of its own: ``python -m devtools.stripe_simulator --port 8420``. The product
never imports it; it reaches it through the official library by the address of its API.
"""
