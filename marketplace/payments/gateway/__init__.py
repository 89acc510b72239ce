"""The border to the payment provider: a protocol of plain values, and Stripe behind it.

Only modules of this package import ``stripe``.
"""
