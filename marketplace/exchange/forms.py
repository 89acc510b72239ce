"""The form that sends a file, and the reading of the page that agrees on columns."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired

from marketplace.core.messages import N_
from marketplace.exchange.fields import ImportKind
from marketplace.web.forms import Form, SelectChoice, options, text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from marketplace.organizations.models import Organization


class UploadForm(Form):
    """A file, what it holds and whose records it holds."""

    kind = RadioField(
        N_("What the file holds"),
        [InputRequired(N_("Choose what the file holds."))],
        choices=lambda: options(ImportKind.choices()),
    )
    organization_id = SelectField(
        N_("Whose records these are"), [InputRequired(N_("Choose an organization."))]
    )
    file = FileField(
        N_("File"),
        [FileRequired(N_("Choose a file."))],
        description=N_(
            "CSV (UTF-8 or GB18030), Excel workbook (.xlsx) or JSON Lines, one record a line."
        ),
        render_kw={"accept": ".csv,.tsv,.txt,.xlsx,.jsonl,.ndjson"},
    )

    def offer(self, organizations: Sequence[Organization]) -> None:
        """Set the organizations that may be chosen."""
        self.organization_id.choices = [
            SelectChoice(str(one.id), one.name) for one in organizations
        ]

    def chosen_kind(self) -> ImportKind:
        """Give what the file holds."""
        return ImportKind(text(self.kind))

    def chosen_organization(self) -> UUID:
        """Give whose records the file holds."""
        return UUID(text(self.organization_id))


def mapping_from(values: Mapping[str, str], columns: Sequence[str]) -> dict[str, str]:
    """Read which field each column was assigned to; unassigned ones are left out."""
    chosen = {column: values.get(f"column-{index}", "") for index, column in enumerate(columns)}
    return {column: key for column, key in chosen.items() if key}
