"""How a person chooses channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wtforms import BooleanField, SelectField

from marketplace.core.messages import N_
from marketplace.notifications.models import Frequency, NoticeGroup
from marketplace.notifications.rules import Channels
from marketplace.web.forms import Form, SelectChoice, options

if TYPE_CHECKING:
    from collections.abc import Mapping


def _frequencies() -> list[SelectChoice]:
    return options(Frequency.choices())


class ReadForm(Form):
    """A button: nothing is typed."""


class ChannelsForm(Form):
    """Two fields per group: whether in the site, and how often by mail."""

    def rows(self) -> list[tuple[NoticeGroup, Any, Any]]:
        """Give each group with its two fields."""
        return [
            (group, self[f"on_site_{group.value}"], self[f"mail_{group.value}"])
            for group in NoticeGroup
        ]

    def show(self, choices: Mapping[NoticeGroup, Channels]) -> None:
        """Fill the fields with what holds at present."""
        for group, on_site, mail in self.rows():
            on_site.data = choices[group].on_site
            mail.data = choices[group].mail.value

    def to_choices(self) -> dict[NoticeGroup, Channels]:
        """Give what was chosen."""
        return {
            group: Channels(on_site=bool(on_site.data), mail=Frequency(mail.data))
            for group, on_site, mail in self.rows()
        }


for _group in NoticeGroup:
    setattr(ChannelsForm, f"on_site_{_group.value}", BooleanField(N_("Show in the site")))
    setattr(
        ChannelsForm,
        f"mail_{_group.value}",
        SelectField(N_("E-mail"), choices=_frequencies),
    )
