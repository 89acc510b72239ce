"""What people are told of offers, notices and trials."""

from __future__ import annotations

from marketplace.core.messages import N_
from marketplace.notifications.models import NoticeGroup
from marketplace.notifications.rules import Topic


def _by_key(*rows: tuple[str, str]) -> dict[str, Topic]:
    return {key: Topic(key, NoticeGroup.DEALS, message) for key, message in rows}


#: Fact of an offer → what the other side (and the manager) is told.
OFFERS = _by_key(
    ("offer.sent", N_("%(party)s sent an offer in “%(title)s”.")),
    ("offer.declined", N_("%(party)s declined your offer in “%(title)s”.")),
    ("offer.withdrawn", N_("%(party)s withdrew its offer in “%(title)s”.")),
    ("terms.agreed", N_("Terms are agreed in “%(title)s”.")),
)
PREPARED = Topic(
    "offer.prepared",
    NoticeGroup.DEALS,
    N_("An offer lies ready for you to check and send in “%(title)s”."),
)
#: Fact of a trial → what both sides are told.
TRIALS = _by_key(
    ("trial.proposed", N_("A trial is proposed in “%(title)s”.")),
    ("trial.accepted", N_("The trial in “%(title)s” is agreed.")),
    ("trial.called_off", N_("The trial in “%(title)s” is called off.")),
    ("trial.income_reported", N_("The first income of the trial in “%(title)s” is reported.")),
    ("trial.reminded", N_("The trial in “%(title)s” needs a decision by %(day)s.")),
    ("trial.fell_due", N_("The trial in “%(title)s” is over: take a license or return it.")),
    ("trial.converted", N_("The trial in “%(title)s” becomes a license.")),
    ("trial.given_back", N_("The technology of the trial in “%(title)s” is returned.")),
)
#: Fact of a notice → what the institution and the other side are told.
NOTICES = _by_key(
    ("price_notice.posted", N_("The price of “%(title)s” is published.")),
    ("price_notice.passed", N_("The price notice of “%(title)s” is over.")),
    ("price_notice.taken_back", N_("The price notice of “%(title)s” is taken back.")),
)
OBJECTION_RAISED = Topic(
    "objection.raised",
    NoticeGroup.DEALS,
    N_("Somebody objects to the price notice of “%(title)s”. Settle it with reasons."),
)
#: Fact of an objection's end → what who raised it is told.
SETTLED = _by_key(
    ("objection.dismissed", N_("Your objection to “%(title)s” is dismissed: %(reasons)s")),
    ("objection.upheld", N_("Your objection to “%(title)s” is upheld: %(reasons)s")),
)
