"""Facilities proposed for listings and needs, with reasons."""

from __future__ import annotations

import pytest

from marketplace.facilities.fit import FitPart
from marketplace.facilities.models import FacilityKind, FacilityStatus
from marketplace.listings.models import ListingStatus
from marketplace.matching.places import lack_of, places_for, values_of
from marketplace.needs.models import NeedStatus
from tests.clients import words


@pytest.fixture
def platform(make):
    return make.facility(name="湿法中试线", status=FacilityStatus.PUBLISHED, trl_from=4, trl_to=6)


@pytest.fixture
def listing(make):
    return make.listing(
        status=ListingStatus.PUBLISHED,
        trl=5,
        industry_codes=["C26"],
        field_codes=["0805"],
        next_step="需要湿法合成放大到公斤级",
    )


class TestPlacesFor:
    def test_proposes_who_brings_a_listing_to_its_next_level(self, session, platform, listing):
        (place,) = places_for(session, listing)
        assert place.facility is platform
        assert place.fit.serves_step
        assert {reason.part for reason in place.fit.reasons} >= {
            FitPart.STEP,
            FitPart.INDUSTRY,
            FitPart.CAPABILITY,
        }

    def test_proposes_by_words_and_codes_to_a_need(self, session, make, platform):
        need = make.need(
            status=NeedStatus.OPEN,
            problem="想找人做湿法合成的放大",
            industry_codes=["C26"],
            field_codes=["0805"],
        )
        (place,) = places_for(session, need)
        assert FitPart.STEP not in {reason.part for reason in place.fit.reasons}

    def test_passes_over_offices_drafts_and_strangers(self, session, make, listing):
        make.facility(kind=FacilityKind.OFFICE, status=FacilityStatus.PUBLISHED)
        make.facility(status=FacilityStatus.DRAFT)
        make.facility(
            status=FacilityStatus.PUBLISHED,
            complete=False,
            name="无关实验室",
            trl_from=1,
            trl_to=2,
        )
        assert places_for(session, listing) == []

    def test_the_last_level_lacks_none(self, make):
        assert lack_of(make.listing(trl=9), None).level is None

    @pytest.mark.parametrize(("language", "name"), [("zh", "化学原料"), ("en", "chemical")])
    def test_names_codes_in_the_readers_language(self, session, platform, listing, language, name):
        (place,) = places_for(session, listing)
        reason = next(one for one in place.fit.reasons if one.part is FitPart.INDUSTRY)
        assert name in str(values_of(reason, language)["code"])


class TestPanel:
    @pytest.fixture
    def owner(self, make):
        return make.organization()

    @pytest.fixture
    def listing(self, make, owner):
        return make.listing(owner, status=ListingStatus.PUBLISHED, trl=5, industry_codes=["C26"])

    def test_is_for_those_who_work_on_the_record(self, client, make, platform, owner, listing):
        path = f"/en/technologies/{listing.id}"
        title = "Where it could be proven or scaled up"
        assert title not in words(client.get(path))
        client.sign_in(make.member())
        assert title not in words(client.get(path))
        client.sign_in(make.member(owner))
        told = words(client.get(path))
        for text in (title, "stands at TRL 5", "Helps to reach TRL 6", "fit "):
            assert text in told

    def test_says_when_nothing_fits(self, client, make, owner, listing):
        client.sign_in(make.member(owner))
        assert "No published centre" in words(client.get(f"/en/technologies/{listing.id}"))
