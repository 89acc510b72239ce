"""What an operation takes: parameters by name and kind, read and refused as Stripe does."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from devtools.stripe_simulator.errors import BadParameters

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MOST_METADATA = 50
LONGEST_KEY = 40
LONGEST_VALUE = 500
LARGEST_AMOUNT = 99_999_999


@dataclass(frozen=True)
class Field:
    """One parameter: how to read it, whether it must be there, and what is inside it."""

    read: Callable[[Any, str, Field], Any]
    required: bool = False
    choices: tuple[str, ...] = ()
    inside: Mapping[str, Field] = field(default_factory=dict)
    each: Field | None = None
    least: int | None = None
    most: int | None = None

    @property
    def needed(self) -> Field:
        """The same parameter, which must be given."""
        return replace(self, required=True)


def _text(value: Any, name: str, this: Field) -> str:  # noqa: ANN401 - as it came
    if not isinstance(value, str):
        raise BadParameters("Invalid string: expected a text", param=name)
    if this.choices and value not in this.choices:
        raise BadParameters(f"Invalid {name}: must be one of {', '.join(this.choices)}", param=name)
    return value


def _number(value: Any, name: str, this: Field) -> int:  # noqa: ANN401 - as it came
    try:
        number = int(_text(value, name, Field(_text)))
    except ValueError:
        raise BadParameters(
            f"Invalid integer: {value}", code="parameter_invalid_integer", param=name
        ) from None
    if this.least is not None and number < this.least:
        raise BadParameters(
            f"This value must be greater than or equal to {this.least}.",
            code="parameter_invalid_integer",
            param=name,
        )
    if this.most is not None and number > this.most:
        code = "amount_too_large" if "amount" in name else "parameter_invalid_integer"
        raise BadParameters(f"Must be no more than {this.most}", code=code, param=name)
    return number


def _yes_no(value: Any, name: str, _this: Field) -> bool:  # noqa: ANN401 - as it came
    if value not in {"true", "false"}:
        raise BadParameters(f"Invalid boolean: {value}", param=name)
    return bool(value == "true")


def _group(value: Any, name: str, this: Field) -> dict[str, Any]:  # noqa: ANN401 - as it came
    if value == "":
        return {}
    if not isinstance(value, dict):
        raise BadParameters("Invalid hash", param=name)
    return read(value, this.inside, under=name)


def _several(value: Any, name: str, this: Field) -> list[Any]:  # noqa: ANN401 - as it came
    if value == "":
        return []
    if not isinstance(value, list) or this.each is None:
        raise BadParameters("Invalid array", param=name)
    return [
        this.each.read(inner, f"{name}[{place}]", this.each) for place, inner in enumerate(value)
    ]


def _metadata(value: Any, name: str, _this: Field) -> dict[str, str] | None:  # noqa: ANN401
    if value == "":
        return None
    if isinstance(value, list):  # keys that are all digits look like a list
        value = {str(place): inner for place, inner in enumerate(value)}
    if not isinstance(value, dict):
        raise BadParameters("Invalid hash", param=name)
    if len(value) > MOST_METADATA:
        raise BadParameters(f"Metadata can have up to {MOST_METADATA} keys", param=name)
    for key, inner in value.items():
        if not isinstance(inner, str):
            raise BadParameters("Metadata values must be texts", param=f"{name}[{key}]")
        if len(key) > LONGEST_KEY or len(inner) > LONGEST_VALUE:
            raise BadParameters(
                f"Metadata keys can be up to {LONGEST_KEY} characters long and values up to "
                f"{LONGEST_VALUE}",
                param=f"{name}[{key}]",
            )
    return value


def _span(value: Any, name: str, _this: Field) -> dict[str, int]:  # noqa: ANN401 - as it came
    """Read a moment or a span of moments, in seconds since 1970."""
    if isinstance(value, str):
        return {"equal": _number(value, name, NUMBER)}
    sides = dict.fromkeys(("gt", "gte", "lt", "lte"), NUMBER)
    return _group(value, name, Field(_group, inside=sides))


TEXT = Field(_text)
NUMBER = Field(_number)
YES_NO = Field(_yes_no)
METADATA = Field(_metadata)
SPAN = Field(_span)
AMOUNT = Field(_number, least=1, most=LARGEST_AMOUNT)
TEXTS = Field(_several, each=TEXT)
PAGE = {
    "limit": Field(_number, least=1, most=100),
    "starting_after": TEXT,
    "ending_before": TEXT,
    "expand": TEXTS,
}


def choice(*words: str) -> Field:
    """Take one of these words."""
    return Field(_text, choices=words)


def group(**inside: Field) -> Field:
    """Take a hash with these members."""
    return Field(_group, inside=inside)


def several(each: Field) -> Field:
    """Take a list of these."""
    return Field(_several, each=each)


def read(given: Mapping[str, Any], fields: Mapping[str, Field], under: str = "") -> dict[str, Any]:
    """Read what was given; BadParameters names the first parameter that cannot be read."""
    values: dict[str, Any] = {}
    for name, value in given.items():
        full = f"{under}[{name}]" if under else name
        known = fields.get(name)
        if known is None:
            raise BadParameters(
                f"Received unknown parameter: {full} (the simulator takes: "
                f"{', '.join(sorted(fields))})",
                code="parameter_unknown",
                param=full,
            )
        values[name] = known.read(value, full, known)
    for name, known in fields.items():
        if known.required and values.get(name) in (None, "", [], {}):
            full = f"{under}[{name}]" if under else name
            raise BadParameters(
                f"Missing required param: {full}.", code="parameter_missing", param=full
            )
    return values
