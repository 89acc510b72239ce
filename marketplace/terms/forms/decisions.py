"""Short forms: answers to offers, pricing, decisions, notices, objections, trials, exports."""

from __future__ import annotations

from wtforms import BooleanField, FieldList, FormField, RadioField, SelectField, StringField
from wtforms import Form as RowForm
from wtforms.validators import DataRequired, Length

from marketplace.core.messages import N_
from marketplace.files.forms import file_field
from marketplace.listings.models import ExportControl
from marketplace.terms.forms.fields import Amount, Count, Day, Percent, line, words
from marketplace.terms.models import Decision, PricingMethod, TrialPayment, TrialTrigger
from marketplace.terms.rules.approval import Tier
from marketplace.web.forms import Form, options, text

NEEDED = DataRequired(N_("Fill this in."))
CHOSEN = DataRequired(N_("Choose from the list."))


class DeclineForm(Form):
    """Why an offer is declined."""

    reason = words(N_("Reason"))


class PricingForm(Form):
    """How the price came about."""

    method = RadioField(
        N_("Pricing method"), [CHOSEN], choices=lambda: options(PricingMethod.choices())
    )
    amount_minor = Amount(
        N_("Amount that decides on the tier, in yuan"),
        description=N_("Left empty, it is what the agreed terms fix."),
    )
    basis = words(N_("Why this price"))
    house = line(N_("Market or licensed house"), limit=200)
    permit = line(N_("Number of its permit"), limit=100)
    held_on = Day(N_("Day of the result"))
    result = words(N_("Result of the market or auction"), rows=2)
    appraiser = line(N_("Appraised by"), limit=200)
    appraised_minor = Amount(N_("Appraised at, in yuan"))
    appraised_on = Day(N_("Appraised on"))


class DecisionForm(Form):
    """Who decided on what and when."""

    decision = RadioField(
        N_("Outcome of the decision"), [CHOSEN], choices=lambda: options(Decision.choices())
    )
    body = StringField(N_("Deciding body"), [NEEDED, Length(max=200)])
    subject = words(N_("Decided on"), rows=2)
    decided_on = Day(N_("Day of the decision"))
    participants = words(N_("Who took part"), rows=2)
    note = words(N_("Remark"), rows=2)
    minutes = file_field(N_("Minutes"))


class ValuationForm(Form):
    """A valuation report."""

    report = file_field(N_("Valuation report"))


class TierRow(RowForm):
    """A tier: from an amount on, who decides."""

    from_minor = Amount(N_("From, in yuan"))
    is_above = SelectField(
        N_("The amount itself"),
        choices=lambda: options(
            [("", N_("belongs to this tier")), ("above", N_("belongs to the tier before"))]
        ),
        default="",
        validate_choice=False,
    )
    body = line(N_("Deciding body"), limit=200)


class TiersForm(Form):
    """An institution's tiers."""

    tiers = FieldList(FormField(TierRow), N_("Tiers"))

    def rows(self) -> list[Tier]:
        """Give the filled rows."""
        found = (entry.form for entry in self.tiers)
        return [
            Tier(
                from_minor=row.from_minor.hundredths or 0,
                is_above=row.is_above.data == "above",
                body=text(row.body),
            )
            for row in found
            if text(row.body) or row.from_minor.data
        ]


class NoticeForm(Form):
    """What is published of a deal."""

    name = StringField(N_("Name of the result"), [NEEDED, Length(max=300)])
    summary = words(N_("Summary"), N_("What it is, without secrets."))
    inventors = line(N_("Made by"), limit=300)
    buyer = StringField(N_("Proposed buyer or licensee"), [NEEDED, Length(max=300)])
    price_note = words(N_("Proposed price and how it is paid"), rows=4)
    days = Count(N_("Days of the notice"))
    also_at = line(
        N_("Also published at"), N_("The institution's site, a technology market."), limit=300
    )
    is_related = BooleanField(N_("The buyer is related to the institution or its people"))
    related_note = words(N_("How they are related"), rows=2)


class ObjectionForm(Form):
    """An objection."""

    reasons = words(N_("What you object to, and why"), rows=5)


class SettlementForm(Form):
    """How an objection ends."""

    outcome = RadioField(
        N_("Outcome"),
        [CHOSEN],
        choices=lambda: options(
            [
                ("dismissed", N_("Dismissed: the days run on")),
                ("upheld", N_("Upheld: the notice ends")),
            ]
        ),
    )
    settlement = words(N_("Reasons of the settlement"), rows=4)


class ReasonForm(Form):
    """A reason."""

    reason = words(N_("Reason"))


class TrialForm(Form):
    """A trial: use first, pay later."""

    starts_on = Day(N_("Trial begins on"))
    scope = words(N_("What may be tried, where"), rows=2)
    trigger = RadioField(
        N_("What makes the payment due"),
        [CHOSEN],
        choices=lambda: options(TrialTrigger.choices()),
    )
    decide_by = Day(
        N_("Decision at the latest on"),
        description=N_("The date, or the last day if there is no income before."),
    )
    payment = RadioField(
        N_("How it is paid"), [CHOSEN], choices=lambda: options(TrialPayment.choices())
    )
    price_minor = Amount(N_("Price after the trial, in yuan"))
    instalments = Count(N_("Number of instalments"))
    condition = words(N_("Condition that makes the price due"), rows=2)
    share_bp = Percent(N_("Share of revenue in per cent"))
    security = words(
        N_("Guarantee or insurance"), N_("Who answers for damage during the trial."), rows=2
    )


class IncomeForm(Form):
    """The first income."""

    income_on = Day(N_("Day of the first income"))
    words = words(N_("From what"), rows=2)


class ExportForm(Form):
    """Export papers."""

    control = SelectField(
        N_("What the export catalogue says"),
        choices=lambda: options(ExportControl.choices()),
        default=ExportControl.UNCHECKED.value,
        validate_choice=False,
    )
    license_number = line(N_("Number of the export license"), limit=100)
    license_file = file_field(N_("License file"))
    applied_on = Day(N_("Registration applied for on"))
    registration_number = line(N_("Registration number"), limit=100)
    registered_on = Day(N_("Registered on"))


class OpenLicenseForm(Form):
    """Acceptance of an open license in the name of an organization."""

    organization = SelectField(N_("In the name of"), [CHOSEN])
    years = Count(N_("Years of use"))
    foreign_licensee = BooleanField(N_("We are a foreign person, company or organization"))
    accepts = BooleanField(
        N_("We accept the declared open license and will pay the declared fee"),
        [DataRequired(N_("Tick this to accept."))],
    )
