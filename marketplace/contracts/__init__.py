"""Contracts of deals: assembled from the agreed terms, signed, registered, and their subsidy.

What higher domains use: ``services.drawing`` and ``services.registration``;
``library.builder.build`` (terms → text, pure); ``rules.installments`` (all fixed payments of a
contract, whose sum is its amount); ``receipts.register`` (performance says which money came in,
with its bank slips); ``queries.find_contract``.
"""
