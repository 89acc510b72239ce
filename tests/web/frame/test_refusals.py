"""Refused requests leave a line for those who watch over the site."""

from __future__ import annotations

import logging
from uuid import uuid4

import pytest

from marketplace.core.actor import MemberRole


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.WARNING, logger="hanqiao.security")

    def told():
        return [one.getMessage() for one in caplog.records if one.name == "hanqiao.security"]

    return told


class TestNoteRefusal:
    def test_names_a_members_foreign_object(self, client, make, lines):
        user = make.member()
        client.sign_in(user)
        path = f"/listings/{uuid4()}/edit/basics"
        assert client.get(path).status_code == 404
        (line,) = lines()
        assert line.startswith(f"refused 404 unknown or foreign object: GET '{path}'")
        assert f"person={user.id}" in line

    def test_is_silent_about_a_visitors_wrong_address(self, client, lines):
        assert client.get(f"/technologies/{uuid4()}").status_code == 404
        assert lines() == []

    def test_names_what_a_member_may_not_do(self, client, make, lines):
        owner = make.organization()
        client.sign_in(make.member(owner, MemberRole.OPERATOR_STAFF))
        assert client.get(f"/organizations/{owner.id}/edit").status_code == 403
        assert lines()[0].startswith("refused 403 not allowed: GET")

    def test_keeps_a_path_on_one_line(self, client, make, lines):
        client.sign_in(make.member())
        client.get("/listings/%0Arefused 200 forged/edit/basics")
        assert all("\n" not in line for line in lines())

    def test_names_forged_forms(self, client, make, lines, monkeypatch):
        monkeypatch.setitem(client.application.config, "WTF_CSRF_ENABLED", True)
        client.sign_in(make.member())
        assert client.post("/account", data={"name": "x"}).status_code == 400
        assert lines()[-1].startswith("refused 400 The CSRF")
