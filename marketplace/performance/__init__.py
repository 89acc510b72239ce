"""Performance of a signed contract: milestones, royalties, commissions, income splits, disputes.

What is owed, met, earned and shared out stands in the one book (``ledger``) under accounts of its
own; the tables here keep what was agreed and how far it has come. Payments are asked for in parts
(``PaymentPart``), so that one milestone may be met by several transfers; each part is one payment
of the payments domain, whose callback moves the milestone, statement or commission on.

What higher domains use: ``services.plans`` (made when a contract is signed), ``queries.figures``
(owed, met, earned per deal and organization), ``queries.late`` (what is overdue),
``queries.splits`` (awards), ``rules.split`` and ``rules.royalty`` (pure sums).
"""
