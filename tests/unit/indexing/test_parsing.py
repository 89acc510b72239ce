"""A search page's address and its query are two forms of one thing."""

from __future__ import annotations

from uuid import uuid4

import pytest
from werkzeug.datastructures import MultiDict

from marketplace.indexing.parsing import (
    CHOSEN_LIMIT,
    LAST_PAGE,
    TEXT_LIMIT,
    QueryString,
    args_of,
    parse,
    query_from_args,
    without,
)
from search.documents import Kind
from search.queries import Query, Sort


def test_reads_everything_that_an_address_holds():
    owner = uuid4()
    parsed = parse(
        QueryString(
            "?q=%20固态%20电池&record_kind=patent&trl=6&trl=7&cooperation=equity&fields=0805"
            f"&organization_id={owner}&price_band=negotiable&year=2024&sort=newest&page=3"
        ),
        Kind.LISTING,
    )
    assert parsed.notices == ()
    assert parsed.query == Query(
        kind=Kind.LISTING,
        text="固态 电池",
        chosen={
            "record_kind": ("patent",),
            "trl": ("6", "7"),
            "cooperation": ("equity",),
            "fields": ("0805",),
            "organization_id": (str(owner),),
            "price_band": ("negotiable",),
            "year": ("2024",),
        },
        sort=Sort.NEWEST,
        page=3,
    )


def test_reads_the_arguments_of_a_request_too():
    assert query_from_args(MultiDict([("trl", "1"), ("trl", "2")]), Kind.NEED).chosen == {
        "trl": ("1", "2")
    }


@pytest.mark.parametrize(
    "text",
    [
        "record_kind=talent",
        "record_kind=",
        "trl=0",
        "trl=10",
        "trl=x",
        "industries=ZZ",
        "fields=9999",
        "cooperation=gift",
        "organization_id=1",
        "district=moon",
        "price_band=cheap",
        "year=0",
        "year=99999",
        "year=²",
        "sort=price",
        "page=0",
        "page=-1",
        "page=x",
        "page=²",
        "page=99999999999999999999",
        "unknown=1",
        "",
    ],
)
def test_drops_what_it_does_not_know(text):
    assert query_from_args(QueryString(text), Kind.LISTING) == Query(kind=Kind.LISTING)


def test_kinds_of_records_belong_to_their_kind_of_document():
    assert query_from_args(QueryString("record_kind=talent"), Kind.NEED).chosen == {
        "record_kind": ("talent",)
    }


def test_cuts_long_text_and_says_so():
    parsed = parse(MultiDict({"q": "激" * (TEXT_LIMIT + 1)}), Kind.LISTING)
    assert parsed.query.text == "激" * TEXT_LIMIT
    assert [notice.values for notice in parsed.notices] == [{"limit": TEXT_LIMIT}]
    assert parse(MultiDict({"q": "激" * TEXT_LIMIT}), Kind.LISTING).notices == ()


def test_takes_out_signs_that_nobody_sees():
    odd = "激光\x00\u200b焊接\ud800\u2028 \U000e0001\ue000\n机"
    assert query_from_args(MultiDict({"q": odd}), Kind.LISTING).text == "激光 焊接 机"


def test_keeps_a_bounded_number_of_values_and_pages():
    owners = [str(uuid4()) for _ in range(CHOSEN_LIMIT + 5)]
    args = MultiDict([*(("organization_id", owner) for owner in owners), ("page", "100000")])
    query = query_from_args(args, Kind.LISTING)
    assert query.chosen["organization_id"] == tuple(owners[:CHOSEN_LIMIT])
    assert query.page == LAST_PAGE


def test_the_address_of_a_query_reads_back_as_the_query():
    query = Query(
        kind=Kind.NEED,
        text="a b",
        chosen={"trl": ("3",), "year": ("2020", "2021")},
        sort=Sort.SOONEST,
        page=2,
    )
    assert query_from_args(MultiDict(args_of(query)), Kind.NEED) == query
    assert args_of(Query(kind=Kind.NEED)) == {}


def test_a_chip_takes_away_its_own_value_alone():
    query = Query(kind=Kind.NEED, chosen={"trl": ("3", "4"), "year": ("3",)}, page=4)
    assert without(query, "trl", "3") == Query(
        kind=Kind.NEED, chosen={"trl": ("4",), "year": ("3",)}
    )
    assert without(query, "year", "3").chosen == {"trl": ("3", "4")}
