"""The fields of the tantivy index, and a document in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import tantivy

from search.analysis import joined
from search.fields import index_fields
from search.queries import FACETS

if TYPE_CHECKING:
    from pathlib import Path

    from search.documents import Document

#: Fields and what their postings hold; phrases need positions, rankings need frequencies.
WORD_FIELDS: Final = {
    "title": "freq",
    "keywords": "freq",
    "text": "freq",
    "names": "freq",
    "numbers": "basic",
    "characters": "basic",
    "title_grams": "position",
    "keywords_grams": "position",
    "grams": "position",
}
#: What each field's term queries read of the postings.
TERM_OPTIONS: Final = dict.fromkeys(WORD_FIELDS, "freq") | {
    "numbers": "basic",
    "characters": "basic",
}
_TOKENS: Final = "tokens"


def build() -> tantivy.Schema:
    """Give the schema."""
    builder = tantivy.SchemaBuilder()
    for name, option in WORD_FIELDS.items():
        builder.add_text_field(name, tokenizer_name=_TOKENS, index_option=option)
    for name in FACETS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_text_field("spellings", tokenizer_name=_TOKENS, index_option="basic")
    for name in ("id", "audience", "suggestions"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("key", "newest", "soonest"):
        builder.add_unsigned_field(name, indexed=name == "key", fast=True)
    return builder.build()


SCHEMA: Final = build()


def open_index(folder: Path) -> tantivy.Index:
    """Open or create the index in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    index = tantivy.Index(SCHEMA, str(folder))
    whitespace = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer(_TOKENS, whitespace)
    index.config_reader("manual")
    return index


def with_key(key: int) -> tantivy.Query:
    """Give what finds the document under a key (deleting by term takes numbers as signed)."""
    return tantivy.Query.term_query(SCHEMA, "key", key)


def fill(document: Document, key: int) -> tantivy.Document:
    """Give a document as tantivy takes it."""
    fields = index_fields(document)
    filled = tantivy.Document()
    for name, values in fields.words.items():
        for tokens in values:
            if tokens:
                filled.add_text(name, joined(tokens))
    for name, chosen in fields.facets.items():
        for value in chosen:
            filled.add_text(name, value)
    for value in fields.suggestions:
        filled.add_text("suggestions", value)
    filled.add_text("spellings", joined(fields.spellings))
    filled.add_text("id", document.id)
    filled.add_text("audience", document.audience)
    filled.add_unsigned("key", key)
    filled.add_unsigned("newest", fields.newest)
    filled.add_unsigned("soonest", fields.soonest)
    return filled
