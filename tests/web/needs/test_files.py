"""Files of a need on its pages."""

from __future__ import annotations

from io import BytesIO

from tests.clients import words


def send(client, need, **values):
    fields = {
        "file": (BytesIO(b"a,b\n1,2\n"), "figures.csv"),
        "visibility": "confidential",
        **values,
    }
    return client.post(
        f"/en/needs/{need.id}/files", data=fields, content_type="multipart/form-data"
    )


def test_hang_on_the_need_until_they_are_taken_off(client, session, buyer, need):
    client.sign_in(buyer)
    assert "Add a file" in words(client.get(f"/en/needs/{need.id}/files"))
    assert send(client, need).status_code == 303
    told = words(client.get(f"/en/needs/{need.id}/files"))
    assert "figures.csv" in told
    assert "After a confidentiality agreement" in told
    assert "figures.csv" in words(client.get(f"/needs/{need.id}"))
    page = client.get(f"/needs/{need.id}/files").text
    action = page.split("/remove")[0].rsplit('action="', 1)[1] + "/remove"
    assert client.post(action).status_code == 303
    assert "figures.csv" not in words(client.get(f"/needs/{need.id}"))


def test_confidential_ones_are_counted_for_readers_but_not_named(client, buyer, scientist, need):
    client.sign_in(buyer)
    send(client, need)
    client.sign_in(scientist)
    told = words(client.get(f"/en/needs/{need.id}"))
    assert "figures.csv" not in told
    assert "1 more file: After a confidentiality agreement" in told
    assert client.get(f"/needs/{need.id}/files").status_code == 404


def test_a_missing_or_bad_file_is_told_at_its_field(client, buyer, need):
    client.sign_in(buyer)
    refused = client.post(f"/en/needs/{need.id}/files", data={"visibility": "public"})
    assert refused.status_code == 422
    assert "Choose a file." in words(refused)
    bad = send(client, need, file=(BytesIO(b"MZ\x90\x00" + b"\0" * 200), "a.exe"))
    assert bad.status_code == 422
    assert send(client, need, visibility="nobody").status_code == 422
