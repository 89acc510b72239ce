"""Board, list with its file, calendar and funnel."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest

from marketplace.core.actor import PlatformRole
from marketplace.deals.models import DealStage
from marketplace.organizations.models import Organization
from marketplace.web.clock import now as present
from tests.clients import words


@pytest.fixture
def owner(make, session):
    """A licensor with a deal in each of three stages; gives a writer and the deals."""
    listing_owner = make.organization()
    deals = [
        make.deal(
            stage,
            listing=make.listing(listing_owner, status="published", title=f"技术{count}"),
            opened_at=present() - timedelta(days=40),
            stage_since=present() - timedelta(days=days),
            next_on=date(2026, 11, 1),
            value_minor=count * 1_000_000,
        )
        for count, (stage, days) in enumerate(
            [(DealStage.INQUIRY, 1), (DealStage.TERMS, 35), (DealStage.CLOSED, 3)], start=1
        )
    ]
    return make.member(listing_owner), deals


class TestBoard:
    def test_shows_running_deals_by_stage_and_marks_the_stuck(self, client, owner):
        person, _deals = owner
        page = words(client.sign_in(person).get("/en/deals/"))
        assert "技术1" in page
        assert "技术2" in page
        assert "技术3" not in page
        assert "Stuck for 35 days" in page
        assert "Days here: 1" in page

    def test_narrows_to_a_side(self, client, owner):
        client.sign_in(owner[0])
        assert "技术1" in words(client.get("/deals/?role=licensor"))
        assert "技术1" not in words(client.get("/deals/?role=licensee"))
        assert "技术1" not in words(client.get("/deals/?role=manager"))

    def test_says_what_to_do_when_empty(self, client, make):
        client.sign_in(make.member())
        assert "You have no deal yet" in words(client.get("/en/deals/"))

    def test_shows_strangers_nothing_and_administrators_all(self, client, make, owner):
        client.sign_in(make.member())
        assert "技术1" not in words(client.get("/deals/list?ended=1"))
        client.sign_in(make.platform_user(PlatformRole.ADMINISTRATOR))
        assert "技术3" in words(client.get("/deals/list?ended=1"))


class TestList:
    @pytest.mark.parametrize(
        ("query", "shown"),
        [
            ("", {"技术1", "技术2"}),
            ("ended=1", {"技术1", "技术2", "技术3"}),
            ("stage=closed", {"技术3"}),
            ("stage=nonsense", {"技术1", "技术2"}),
            ("stuck=1", {"技术2"}),
            ("q=技术1", {"技术1"}),
            ("q=%25", set()),
            ("role=licensee", set()),
            ("sort=value&page=1", {"技术1", "技术2"}),
            ("sort=wrong&page=x", {"技术1", "技术2"}),
        ],
    )
    def test_filters(self, client, owner, query, shown):
        page = words(client.sign_in(owner[0]).get(f"/deals/list?{query}"))
        assert {title for title in ("技术1", "技术2", "技术3") if title in page} == shown

    def test_finds_by_number(self, client, owner):
        person, deals = owner
        page = words(client.sign_in(person).get(f"/deals/list?q={deals[0].reference.lower()}"))
        assert "技术1" in page
        assert "技术2" not in page

    def test_sorts_by_value(self, client, owner):
        page = words(client.sign_in(owner[0]).get("/deals/list?sort=value"))
        assert page.index("技术2") < page.index("技术1")

    def test_gives_a_file_that_no_spreadsheet_runs(self, client, owner, session):
        person, deals = owner
        deals[0].title = "=1+1"
        session.flush()
        answer = client.sign_in(person).get("/en/deals/list.csv?ended=1")
        rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
        assert len(rows) == 3
        assert not any(row["title"].startswith("=") for row in rows)
        assert {row["stage"] for row in rows} == {
            "First contact",
            "Negotiating terms",
            "Deal closed",
        }


class TestCalendar:
    def test_shows_next_steps_and_tasks_on_their_day(self, client, owner, make):
        person, deals = owner
        make.deal_task(deals[0], due_on=date(2026, 11, 5), title="寄样品")
        page = words(client.sign_in(person).get("/en/deals/calendar?month=2026-11"))
        assert "到厂取样" in page
        assert "寄样品" in page

    @pytest.mark.parametrize("month", ["", "2026-13", "x", "1999-01", "2026-2"])
    def test_stays_calm_about_odd_months(self, client, owner, month):
        assert client.sign_in(owner[0]).get(f"/deals/calendar?month={month}").status_code == 200


class TestFunnel:
    def test_counts_what_was_reached_and_the_median_time(self, client, owner):
        client.sign_in(owner[0])
        answer = client.get("/en/deals/funnel?days=365&format=csv")
        rows = {
            row["stage"]: row
            for row in csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))
        }
        assert rows["First contact"]["reached"] == "3"
        assert rows["Negotiating terms"]["reached"] == "2"
        assert rows["Deal closed"]["reached"] == "1"
        assert rows["First contact"]["median_days"] == "1.0"
        assert rows["Deal closed"]["median_days"] == ""
        assert "33 %" in words(client.get("/en/deals/funnel"))

    def test_says_when_nothing_was_opened(self, client, make):
        client.sign_in(make.member())
        page = words(client.get("/en/deals/funnel?days=90"))
        assert "No deal was opened in this period" in page

    def test_counts_the_same_for_an_administrator(self, client, owner, make):
        client.sign_in(make.platform_user(PlatformRole.ADMINISTRATOR))
        answer = client.get("/en/deals/funnel?days=365&format=csv")
        assert "First contact,3," in answer.text


class TestDesk:
    def test_shows_tasks_and_what_stands_still(self, client, owner, make, session):
        person, deals = owner
        make.deal_task(deals[0], due_on=present().date(), title="寄样品")
        page = words(client.sign_in(person).get("/en/desk"))
        assert "寄样品" in page
        assert "技术2" in page
        licensee = make.member(session.get_one(Organization, deals[0].licensee_id))
        assert "寄样品" not in words(client.sign_in(licensee).get("/en/desk"))


class TestPhone:
    def test_marks_empty_columns_and_leads_to_the_others(self, client, owner):
        """A phone hides marked columns, so that the board opens at the first deal."""
        page = client.sign_in(owner[0]).get("/en/deals/").get_data(as_text=True)
        assert page.count("board__column--empty") == page.count('class="board__column ') == 5
        assert 'href="#stage-inquiry"' in page
        assert 'href="#stage-terms"' in page
        assert 'href="#stage-notice"' not in page
