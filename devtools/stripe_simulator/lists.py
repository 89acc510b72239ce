"""Lists with cursors, spans of time, and references opened on request (``expand``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from devtools.stripe_simulator.errors import Refused, no_such

if TYPE_CHECKING:
    from devtools.stripe_simulator.operations import Call
    from devtools.stripe_simulator.world import World

#: What a reference points to, by the beginning of its id.
KINDS = {
    "pi_": "payment_intent",
    "ch_": "charge",
    "py_": "charge",
    "txn_": "balance_transaction",
    "re_": "refund",
    "pyr_": "refund",
    "tr_": "transfer",
    "trr_": "transfer_reversal",
    "du_": "dispute",
    "pm_": "payment_method",
    "po_": "payout",
    "acct_": "account",
    "cs_": "checkout.session",
}
SIDES = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "equal": "="}
DEEPEST = 4
USUAL_LIMIT = 10


def answer_page(
    call: Call,
    kind: str,
    url: str,
    *,
    where: tuple[str, ...] = (),
    values: tuple[Any, ...] = (),
    **members: Any,  # noqa: ANN401 - members of the object by their name
) -> dict[str, Any]:
    """Answer one page of a list, newest first; members that are None do not narrow it."""
    store, given = call.world.store, call.values
    conditions, parts = list(where), list(values)
    for side, moment in (given.get("created") or {}).items():
        conditions.append(f"created {SIDES[side]} ?")
        parts.append(moment)
    backwards = False
    for cursor, sign in (("starting_after", "<"), ("ending_before", ">")):
        if given.get(cursor):
            place = store.place(given[cursor])
            if place is None:
                raise no_such(kind, given[cursor], cursor, 400)
            conditions.append(f"seq {sign} ?")
            parts.append(place)
            backwards = cursor == "ending_before"
    limit = given.get("limit", USUAL_LIMIT)
    found = store.find(
        kind,
        call.account,
        where=tuple(conditions),
        values=tuple(parts),
        limit=limit + 1,
        oldest_first=backwards,
        **{name: value for name, value in members.items() if value is not None},
    )
    more, found = len(found) > limit, found[:limit]
    if backwards:
        found.reverse()
    return {"object": "list", "data": found, "has_more": more, "url": url}


def listed(data: list[dict[str, Any]], url: str) -> dict[str, Any]:
    """Give a whole list that is part of an object."""
    return {"object": "list", "data": data, "has_more": False, "url": url}


def expand(world: World, answer: dict[str, Any], paths: list[str]) -> dict[str, Any]:
    """Put objects in the place of their ids where asked; Refused where there is no reference."""
    for path in paths:
        parts = path.split(".")
        if len(parts) > DEEPEST + (parts[0] == "data"):
            raise Refused(
                f"You cannot expand more than {DEEPEST} levels of a property.", param="expand"
            )
        _open(world, answer, parts, path)
    return answer


def _open(world: World, thing: dict[str, Any], parts: list[str], path: str) -> None:
    name, rest = parts[0], parts[1:]
    if thing.get("object") == "list" and name == "data":
        for each in thing["data"]:
            _open(world, each, rest, path)
        return
    if name not in thing:
        hidden = "_" + name
        if hidden not in thing:
            raise Refused(f"This property cannot be expanded ({path}).", param="expand")
        thing[name] = thing[hidden]
    value = thing[name]
    if isinstance(value, int):
        raise Refused(f"This property cannot be expanded ({path}).", param="expand")
    if isinstance(value, str):
        kind = next((kind for start, kind in KINDS.items() if value.startswith(start)), None)
        if kind is None:
            raise Refused(f"This property cannot be expanded ({path}).", param="expand")
        value = thing[name] = world.store.get(kind, value, None)
    if rest and isinstance(value, dict):
        _open(world, value, rest, path)
