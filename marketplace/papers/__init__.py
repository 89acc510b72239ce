"""Papers that parties sign: structured texts, hashes, signatures, typesetting and checking.

Beside what the other domains ask of a paper (``services.draw_up``, ``services.sign``,
``queries.current``, ``registry.register``): ``Paper.signed_at`` is set when the last party has
signed, so that SQL can ask for signed papers; ``services.attach_scan`` takes the stamped copy of
a whole paper; ``registry.register`` also takes the address of the object's page.
"""
