"""Texts that an author writes step by step and a reviewer passes before readers see them.

What listings, needs and facilities have in common: the parts and steps of a text (``outline``),
its columns (``models``), its way past the reviewers (``rules``), its trail and its kept revisions
(``services``, ``revisions``). A domain says what its parts are, who may do what, and what else
happens at each step.
"""
