"""Random documents and viewers: the rule in Python and the filter of both engines agree."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.documents import Audience, Kind
from search.visibility import Visible
from tests.factories.search import axis, document, find, ids

OWNERS = ["", "o1", "o2", "o3"]
CROWD = [
    document(
        f"{audience.value}-{owner}",
        audience=audience,
        organization_id=owner,
        vectors={"toy": axis(0)},
    )
    for audience in Audience
    for owner in OWNERS
]


@pytest.fixture(scope="module")
def engine(shared):
    engine = shared()
    engine.put(Kind.LISTING, CROWD)
    engine.refresh()
    return engine


viewers = st.builds(
    Visible,
    audiences=st.frozensets(st.sampled_from(Audience)),
    organization_ids=st.frozensets(st.sampled_from(["o1", "o2", "o9"])),
    everything=st.booleans(),
)


@settings(max_examples=25, deadline=None)
@given(visible=viewers)
def test_every_way_of_finding_keeps_to_the_rule(engine, visible):
    allowed = {one.id for one in CROWD if visible.allows(one)}
    page = find(engine, "激光", visible=visible, size=50)
    assert set(ids(page)) == allowed
    assert page.total == len(allowed)
    near = engine.near(Kind.LISTING, "toy", axis(0), visible=visible, size=50)
    assert {one.id for one in near} == allowed
    suggested = engine.suggest(Kind.LISTING, "激光", visible=visible)
    assert bool(suggested) == bool(allowed)


@settings(max_examples=40, deadline=None)
@given(text=st.text(max_size=60))
def test_no_typed_text_makes_an_engine_fail(engine, text):
    assert 0 <= find(engine, text, vectors={"toy": axis(0)}).total <= len(CROWD)
    engine.suggest(Kind.LISTING, text, visible=Visible())
    engine.did_you_mean(Kind.LISTING, text, visible=Visible())
