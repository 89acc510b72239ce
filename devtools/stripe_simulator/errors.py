"""The errors that Stripe answers with: status, type, code and the parameter at fault."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """A call that is answered with an error; what it did before stays done."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        **more: Any,  # noqa: ANN401 - whatever the error carries besides: a charge, an intent
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body: dict[str, Any] = {"message": message, "type": kind}
        if code is not None:
            self.body["code"] = code
            self.body["doc_url"] = "https://stripe.com/docs/error-codes/" + code.replace("_", "-")
        if param is not None:
            self.body["param"] = param
        self.body.update({name: value for name, value in more.items() if value is not None})


class BadParameters(Refused):
    """Parameters that cannot be read; such an answer is not kept for its idempotency key."""


def no_such(kind: str, found_id: str, param: str = "id", status: int = 404) -> Refused:
    """Answer that there is no object ``found_id``."""
    return Refused(
        f"No such {kind}: '{found_id}'", status=status, code="resource_missing", param=param
    )


def unexpected_state(intent: dict[str, Any], doing: str, wanted: str) -> Refused:
    """Answer that an intent cannot be moved from where it stands."""
    return Refused(
        f"You cannot {doing} this PaymentIntent because it has a status of {intent['status']}. "
        f"Only a PaymentIntent with one of the following statuses may be used: {wanted}.",
        code="payment_intent_unexpected_state",
        payment_intent=intent,
    )
