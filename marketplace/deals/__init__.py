"""Deals: from the first contact of two parties to a performed contract, brokered by a manager.

What higher domains (terms, contracts, performance) plug into:
``guards.register(name, check)``, ``effects.register(event, effect)``, ``tabs.register(…)``, the
panel places ``deal.next``, ``deal.terms``, ``deal.contract``, ``deal.money``, ``deal.side``,
``services.stages.advance`` (a person's step) and ``services.stages.advance_by_system`` (a fact
that moves the deal, such as a contract signed by both).
"""
