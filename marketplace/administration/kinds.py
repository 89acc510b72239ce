"""Names of the kinds of objects that stand in the audit trail."""

from __future__ import annotations

from marketplace.core.messages import N_

#: A kind without a name is shown by its code.
KINDS = {
    "answer": N_("Answer to a need"),
    "approval": N_("Approval of a step"),
    "booking": N_("Booking of a facility"),
    "booking_series": N_("Series of bookings"),
    "claim": N_("Claim of a manager"),
    "commission": N_("Commission of a manager"),
    "contract": N_("Contract of a deal"),
    "deal": N_("Deal between two sides"),
    "demo": N_("Demo records"),
    "enquiry": N_("Enquiry about a listing"),
    "facility": N_("Centre or platform"),
    "facility_question": N_("Question about a facility"),
    "file_import": N_("Import of a file"),
    "holiday": N_("Day of the calendar"),
    "income_split": N_("Split of an income"),
    "introduction": N_("Introduction by a manager"),
    "job": N_("Long job"),
    "listing": N_("Listing"),
    "manager": N_("Technology manager"),
    "mandate": N_("Mandate of a manager"),
    "match": N_("Match"),
    "match_weights": N_("Weights of matching"),
    "milestone": N_("Milestone of a deal"),
    "need": N_("Technical need"),
    "objection": N_("Objection to a notice"),
    "organization": N_("Organization"),
    "paper": N_("Paper to sign"),
    "payment": N_("Payment of money"),
    "payout": N_("Payout to a payee"),
    "person": N_("Person"),
    "price_notice": N_("Price notice"),
    "qualification": N_("Qualification"),
    "report": N_("Test report"),
    "resource": N_("Resource"),
    "rule": N_("Figure of law or practice"),
    "slot": N_("Slot of a resource"),
    "wait_entry": N_("Place on a wait list"),
}
