"""The group ``flask bench``; each measurement stands in a module of its own."""

from __future__ import annotations

from flask.cli import AppGroup

from marketplace.bench.booking import booking
from marketplace.bench.deals import deals
from marketplace.bench.importing import import_
from marketplace.bench.payments import payments
from marketplace.bench.relevance import relevance
from marketplace.bench.search import search

bench = AppGroup("bench", help="Measure speed and quality; touches no record.")
bench.add_command(booking)
bench.add_command(deals)
bench.add_command(import_)
bench.add_command(payments)
bench.add_command(relevance)
bench.add_command(search)

COMMANDS = (bench,)
