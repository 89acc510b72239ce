"""Who may call which endpoint: every endpoint of the product stands in ``access_table.txt``."""

from __future__ import annotations

from pathlib import Path

from marketplace.web.access import access_of

TABLE = Path(__file__).with_name("access_table.txt")


def level(view: object) -> str:
    asked = access_of(view)
    return asked if isinstance(asked, str) else " or ".join(sorted(role.value for role in asked))


def present(application) -> list[str]:
    rows = []
    for rule in application.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        asked = level(application.view_functions[rule.endpoint])
        rows.append(f"{rule.endpoint:<44} {methods:<9} {asked:<32} {rule.rule}")
    return sorted(rows)


class TestAccessTable:
    def test_lists_every_endpoint_with_its_level(self, application):
        """A new endpoint is written here by hand, so that somebody thinks of who may call it."""
        expected = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line]
        assert present(application) == expected

    def test_visitor_is_refused_where_the_table_says_so(self, client, application):
        for rule in application.url_map.iter_rules():
            view = application.view_functions[rule.endpoint]
            if access_of(view) == "public" or rule.endpoint == "static":
                continue
            values = {
                name: "00000000-0000-4000-8000-000000000000" if kind == "UUIDConverter" else "1"
                for name, kind in (
                    (name, type(converter).__name__) for name, converter in rule._converters.items()
                )
            }
            with application.test_request_context():
                address = application.url_for(rule.endpoint, **values)
            method = "GET" if "GET" in (rule.methods or ()) else "POST"
            answer = client.open(address, method=method)
            assert answer.status_code in (302, 401), (rule.endpoint, answer.status_code)
