"""Enums whose members carry the text that people read."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class LabelledEnum(StrEnum):
    """A stored key with its label: ``DRAFT = "draft", N_("Draft")``.

    The label is an English message id; templates translate it.
    """

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        """Keep the label beside the stored value."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Give (stored key, message id of the label) in the order of definition."""
        return [(member.value, member.label) for member in cls]
