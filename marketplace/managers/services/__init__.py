"""Use cases of the register, of mandates, and of what managers did."""

from marketplace.managers.services.mandates import (
    decline_mandate,
    draft_mandate,
    edit_mandate,
    end_mandate,
    offer_mandate,
    revise_mandate,
)
from marketplace.managers.services.record import introduce, notice_contract, rate
from marketplace.managers.services.register import (
    add_credential,
    apply,
    apply_again,
    edit_manager,
    withdraw_credential,
)
from marketplace.managers.services.review import (
    license_manager,
    refuse_manager,
    restore_manager,
    suspend_manager,
)

__all__ = [
    "add_credential",
    "apply",
    "apply_again",
    "decline_mandate",
    "draft_mandate",
    "edit_manager",
    "edit_mandate",
    "end_mandate",
    "introduce",
    "license_manager",
    "notice_contract",
    "offer_mandate",
    "rate",
    "refuse_manager",
    "restore_manager",
    "revise_mandate",
    "suspend_manager",
    "withdraw_credential",
]
