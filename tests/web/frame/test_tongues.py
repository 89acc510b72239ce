"""Pages say the language of what people typed; somebody new is told where to begin."""

from __future__ import annotations

from tests.clients import parsed


def test_an_english_page_marks_a_chinese_name(client, make):
    client.sign_in(make.user(name="李明"))

    page = parsed(client.get("/en/desk"))

    names = [link for link in page.iter("a") if link.text == "李明"]
    assert names
    assert {link.get("lang") for link in names} == {"zh-Hans"}


def test_somebody_new_reads_the_first_steps(client, make):
    client.sign_in(make.user())

    page = parsed(client.get("/en/desk"))

    (steps,) = page.findall(".//section[@aria-labelledby='first-steps']")
    assert "/en/organizations/new" in {link.get("href") for link in steps.iter("a")}
