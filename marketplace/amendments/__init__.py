"""Amendments (补充协议) of signed contracts: proposed, signed by both sides, in force at once.

What a signed amendment does to milestones, royalties and the book is ``performance``'s own
(``performance.services.changes``); this domain says what is proposed, by whom, and in which words.
"""
