from __future__ import annotations

from itertools import islice

from marketplace.bench.search import demo_entries
from search.bench_records import corpus, records


class TestDemoEntries:
    def test_are_a_corpus_of_which_records_can_be_made(self):
        entries = demo_entries()
        assert len(entries) > 5
        made = list(islice(records(corpus(entries, {}), 50), 50))
        assert len({document.id for document in made}) == 50
        assert all(document.title and document.body and document.fields for document in made)
