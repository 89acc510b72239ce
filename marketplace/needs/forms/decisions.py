"""Forms beside the wizard: a new need, review, closing, answers, scores."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from wtforms import DateField, FieldList, FormField, HiddenField, RadioField, SelectField
from wtforms.validators import InputRequired, Optional

from marketplace.core.messages import N_
from marketplace.files.forms import file_field
from marketplace.files.models import Visibility
from marketplace.needs.content import NeedContent
from marketplace.needs.forms.fields import level, level_choices, line, named, translated, words
from marketplace.needs.forms.steps import language_choices
from marketplace.needs.models import DeclineReason, NeedKind
from marketplace.needs.rules import STATEMENT_LIMIT
from marketplace.needs.services.answers import AnswerDraft, Gain
from marketplace.needs.services.talk import MESSAGE_LIMIT
from marketplace.web.fields import Row
from marketplace.web.forms import Form, SelectChoice, options, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marketplace.needs.content import Parameter
    from marketplace.needs.offers import Offered
    from marketplace.organizations.models import Organization

_REASON = 2000


class FileForm(Form):
    """Hangs a file on a need."""

    file = file_field(N_("File"), N_("PDF, Office, image or text; judged by its content."))
    visibility = RadioField(
        N_("Who may open it?"),
        [InputRequired(N_("Choose from the list."))],
        choices=lambda: options(Visibility.choices()),
        default=Visibility.CONFIDENTIAL.value,
        description=N_("Name and content of a file may tell who you are."),
    )


class CreateForm(Form):
    """Starts a need."""

    organization_id = SelectField(N_("In the name of"))
    kind = RadioField(
        N_("What do you look for?"),
        [InputRequired()],
        choices=lambda: translated(NeedKind),
        default=NeedKind.TECHNOLOGY.value,
    )
    language = RadioField(
        N_("Language of the text"), [InputRequired()], choices=language_choices, default="zh"
    )
    title = line(
        N_("Title of the need"),
        N_("You can change it later. One line, best with the figure that matters."),
        limit=200,
        checks=[InputRequired(N_("Give the need a title."))],
    )

    def to_content(self) -> NeedContent:
        """Give the content a need starts with."""
        return NeedContent(
            title=text(self.title), kind=NeedKind(self.kind.data), language=text(self.language)
        )


class ReviewForm(Form):
    """Returns a text with reasons."""

    version = HiddenField()
    reason = words(
        N_("Why is it returned?"),
        N_("Say what is wrong, where, and how to mend it; the author reads it."),
        limit=_REASON,
    )


class TextForm(Form):
    """A question or a reply."""

    text = words(N_("Your text"), rows=4, limit=MESSAGE_LIMIT)


class QuestionForm(Form):
    """A public question in an organization's name."""

    organization_id = SelectField(N_("In the name of"))
    text = words(
        N_("Your question"),
        N_("Question and reply are public; your organization's name is not shown."),
        rows=3,
        limit=MESSAGE_LIMIT,
    )


class DeclineForm(Form):
    """Declines an answer with a fixed reason."""

    reason = RadioField(
        N_("Why do you decline?"),
        [InputRequired(N_("Choose a reason; the answering side reads it."))],
        choices=lambda: translated(DeclineReason),
    )
    text = words(N_("More about it"), rows=3, limit=_REASON)


class CloseForm(Form):
    """Closes a need; the endings of waiting answers are read beside it."""

    met = RadioField(
        N_("How does it end?"),
        [InputRequired(N_("Say whether the need is met."))],
        choices=lambda: options(
            (("yes", N_("The need is met")), ("no", N_("The need stays unmet")))
        ),
    )
    reason = words(
        N_("Reason"),
        N_("Readers see it. Needed unless an answer you chose here met the need."),
        rows=3,
        limit=_REASON,
    )


class ReopenForm(Form):
    """Opens a need again."""

    deadline_on = DateField(N_("Answers wanted by"), [Optional()])


class GainRow(Row):
    """What the offer reaches of one wanted figure."""

    name = HiddenField()
    unit = HiddenField()
    wanted = HiddenField()
    ours = line(N_("We reach"), limit=100)


class AnswerForm(Form):
    """The short fixed form of an answer."""

    organization_id = SelectField(N_("In the name of"))
    listing_id = SelectField(N_("A listing of ours"))
    offer = line(N_("What we offer, in one line"), limit=300)
    trl = SelectField(N_("Readiness level"), choices=level_choices)
    gains = FieldList(FormField(GainRow), N_("What we reach"))
    statement = words(
        N_("Why it fits"),
        N_("At most 2,000 characters: evidence, what is open, what you need from the company."),
        rows=8,
        limit=STATEMENT_LIMIT,
        checks=[InputRequired(N_("Say why it fits."))],
    )
    next_step = line(
        N_("Next step"),
        N_("What you would do first, and how long it takes."),
        checks=[InputRequired(N_("Say what the next step is."))],
    )
    price_idea = line(
        N_("Idea of the price"), N_("A range or a way to share; it does not bind you."), limit=200
    )

    def offer_choices(
        self, organizations: Sequence[Organization], listings: Sequence[Offered], language: str
    ) -> None:
        """Say in whose name one may answer, and with which listings."""
        self.organization_id.choices = named(organizations)
        self.listing_id.choices = [
            SelectChoice("", "–"),
            *(SelectChoice(str(listing.id), listing.name(language)) for listing in listings),
        ]

    @staticmethod
    def rows_for(parameters: Sequence[Parameter]) -> list[dict[str, str]]:
        """Give a row for each figure that the need wants."""
        return [
            {"name": row.name, "unit": row.unit, "wanted": row.wanted}
            for row in parameters
            if row.name and row.wanted
        ]

    def to_draft(self, parameters: Sequence[Parameter]) -> AnswerDraft:
        """Give the answer; figures are taken from the need, only what we reach from the form."""
        wanted = [row for row in parameters if row.name and row.wanted]
        typed = [str(row["ours"] or "") for row in self.gains.data]
        return AnswerDraft(
            organization_id=UUID(self.organization_id.data),
            listing_id=UUID(self.listing_id.data) if self.listing_id.data else None,
            offer=text(self.offer),
            trl=level(self.trl.data),
            statement=text(self.statement),
            next_step=text(self.next_step),
            price_idea=text(self.price_idea),
            gains=tuple(
                Gain(row.name, row.unit, row.wanted, ours)
                for row, ours in zip(wanted, typed, strict=False)
            ),
        )
