"""How royalty statements, commissions, splits and disputes move on; one table each."""

from __future__ import annotations

from marketplace.core.lifecycle import Lifecycle
from marketplace.performance.models import (
    CommissionState,
    DealDisputeState,
    InterestState,
    SplitState,
    StatementState,
)

_S, _C, _P, _D = StatementState, CommissionState, SplitState, DealDisputeState
_I = InterestState

STATEMENT: Lifecycle[StatementState] = Lifecycle(
    {
        "report": ({_S.DUE, _S.DISPUTED}, _S.REPORTED),
        "confirm": ({_S.REPORTED}, _S.CONFIRMED),
        "dispute": ({_S.REPORTED}, _S.DISPUTED),
        "settle": ({_S.CONFIRMED}, _S.SETTLED),
        # What was paid went back by a refund.
        "reopen": ({_S.SETTLED}, _S.CONFIRMED),
        "cancel": ({_S.DUE, _S.REPORTED, _S.DISPUTED, _S.CONFIRMED}, _S.CANCELLED),
    }
)
COMMISSION: Lifecycle[CommissionState] = Lifecycle(
    {
        "invoice": ({_C.COMPUTED}, _C.INVOICED),
        "dispute": ({_C.COMPUTED, _C.INVOICED}, _C.DISPUTED),
        # The payer gives way, or the manager asks for less.
        "settle": ({_C.DISPUTED}, _C.INVOICED),
        "pay": ({_C.INVOICED}, _C.PAID),
        "reopen": ({_C.PAID}, _C.INVOICED),
        "waive": ({_C.COMPUTED, _C.INVOICED, _C.DISPUTED}, _C.WAIVED),
    }
)
INTEREST: Lifecycle[InterestState] = Lifecycle(
    {
        "pay": ({_I.CLAIMED}, _I.PAID),
        "waive": ({_I.CLAIMED}, _I.WAIVED),
        "reopen": ({_I.PAID}, _I.CLAIMED),
    }
)
SPLIT: Lifecycle[SplitState] = Lifecycle(
    {
        "ask": ({_P.DRAFT}, _P.CONSENTING),
        "take_back": ({_P.CONSENTING, _P.NOTICED}, _P.DRAFT),
        "publish": ({_P.CONSENTING}, _P.NOTICED),
        "book": ({_P.NOTICED}, _P.BOOKED),
        "finish": ({_P.BOOKED}, _P.PAID_OUT),
    }
)
DISPUTE: Lifecycle[DealDisputeState] = Lifecycle(
    {
        "propose": ({_D.OPEN, _D.PROPOSED}, _D.PROPOSED),
        "agree": ({_D.PROPOSED}, _D.RESOLVED),
        "judge": ({_D.OPEN, _D.PROPOSED}, _D.RESOLVED),
        "withdraw": ({_D.OPEN, _D.PROPOSED}, _D.WITHDRAWN),
    }
)
