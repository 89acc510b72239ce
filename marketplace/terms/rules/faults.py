"""A fault in what was typed: at which field, what is wrong, how to mend it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.core.errors import RuleBroken

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Fault:
    """One fault; ``message`` is a message id with places that ``values`` fill."""

    field: str
    message: str
    values: Mapping[str, object] = dataclasses.field(default_factory=dict, hash=False)

    def as_error(self) -> RuleBroken:
        """Give the fault as the error that forms know how to show."""
        return RuleBroken(self.message, field=self.field, **self.values)
