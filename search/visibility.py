"""Who may find which document: one rule, judged by every engine as a filter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from search.documents import Audience

if TYPE_CHECKING:
    from search.documents import Document


@dataclass(frozen=True, kw_only=True)
class Visible:
    """The audiences a viewer belongs to, and the bodies whose documents are the viewer's own."""

    audiences: frozenset[Audience] = frozenset({Audience.PUBLIC})
    organization_ids: frozenset[str] = frozenset()
    everything: bool = False

    def allows(self, document: Document) -> bool:
        """Whether the viewer may find the document; engines must agree with this."""
        return (
            self.everything
            or document.audience in self.audiences
            or document.organization_id in self.organization_ids
        )


#: What anybody may find.
PUBLIC = Visible()
#: For jobs that look on behalf of the platform, never for a person's page.
EVERYTHING = Visible(everything=True)
