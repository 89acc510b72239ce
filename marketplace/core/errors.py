"""What can be wrong with a request, as plain values without HTTP."""

from __future__ import annotations


class MarketplaceError(Exception):
    """Root of the errors that a person is told about."""


class NotFound(MarketplaceError):
    """There is no such object, or this actor may not know of it."""


class Denied(MarketplaceError):
    """The actor may see the object, but not do this to it."""


class RuleBroken(MarketplaceError):
    """A rule of the field forbids the step.

    ``message`` is a message id with %(name)s places, ``values`` fill them, ``field`` names the
    form field at fault when there is one.
    """

    def __init__(self, message: str, *, field: str | None = None, **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.values = values


class StepNotAllowed(RuleBroken):
    """The object's present state does not allow this step."""


class EditedElsewhere(RuleBroken):
    """Somebody else saved the same object after this page was opened."""
