"""The way of a text past the reviewers: written, sent, taken back, returned, published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic

from marketplace.core.errors import EditedElsewhere, RuleBroken, StepNotAllowed
from marketplace.core.lifecycle import Lifecycle, State
from marketplace.core.messages import N_

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from marketplace.drafting.models import ReviewedText
    from marketplace.drafting.outline import Content

#: Longest reason that a reviewer gives.
REASON_LENGTH = 2000


@dataclass(frozen=True)
class ReviewPath(Generic[State]):
    """How texts of one kind get past the reviewers.

    The lifecycle knows the steps send, recall, return and publish, which lead into ``under_review``
    and out of it. In the ``reviewed`` states the columns hold a text that readers see or saw:
    changes wait beside it and have no state of their own.
    """

    lifecycle: Lifecycle[State]
    under_review: State
    reviewed: frozenset[State]

    def is_reviewed(self, text: ReviewedText) -> bool:
        """Whether edits wait beside a text that readers see or saw."""
        return text.status in self.reviewed

    def has_changes_under_review(self, text: ReviewedText) -> bool:
        """Whether a reviewer has to read changes of a reviewed text."""
        return self.is_reviewed(text) and text.pending_submitted_at is not None

    def is_waiting(self, text: ReviewedText) -> bool:
        """Whether a reviewer has to read a text."""
        return text.status is self.under_review or self.has_changes_under_review(text)

    def possible(self, text: ReviewedText) -> frozenset[str]:
        """Names of the steps that the state allows, counting those of waiting changes."""
        steps = self.lifecycle.possible(text.status)
        if self.has_changes_under_review(text):
            return steps | {"recall", "return", "publish"}
        if self.is_reviewed(text) and text.pending is not None:
            return steps | {"send"}
        return steps

    def write(
        self,
        text: ReviewedText,
        content: Content,
        *,
        by: UUID | None,
        at: datetime,
        columns: Callable[[], object],
    ) -> None:
        """Keep what an author wrote: beside a reviewed text, else through ``columns``."""
        if self.is_reviewed(text):
            text.pending = content
        else:
            columns()
        text.edited_by = by
        text.touched_at = at

    def send(self, text: ReviewedText, *, at: datetime) -> None:
        """Put the text, or the changes of a reviewed one, into the reviewers' queue."""
        if self.is_reviewed(text):
            if text.pending is None or text.pending_submitted_at is not None:
                raise StepNotAllowed(N_("There are no changes that could be sent."))
            text.pending_submitted_at = at
        else:
            text.status = self.lifecycle.next(text.status, "send")
            text.submitted_at = at
        text.return_reason = ""
        text.touched_at = at

    def _back(self, text: ReviewedText, step: str) -> None:
        """Take text or changes out of the queue."""
        if self.has_changes_under_review(text):
            text.pending_submitted_at = None
        else:
            text.status = self.lifecycle.next(text.status, step)

    def recall(self, text: ReviewedText) -> None:
        """Take the text back from the reviewers, to go on writing."""
        self._back(text, "recall")

    def require_waiting(self, text: ReviewedText, step: str, *, seen: int) -> None:
        """Refuse to judge what nobody sent, or another version than the one that was read."""
        if not self.is_waiting(text):
            self.lifecycle.next(text.status, step)
        if text.version != seen:
            raise EditedElsewhere(
                N_("The text changed after you had opened it. Read the changes and decide again.")
            )

    def give_back(self, text: ReviewedText, *, reason: str, by: UUID | None) -> None:
        """Return the text with reasons; what readers see of a published one stays."""
        if not reason.strip():
            raise RuleBroken(N_("Say why, so that the author can mend it."), field="reason")
        text.return_reason = reason.strip()[:REASON_LENGTH]
        self._back(text, "return")
        text.reviewed_by = by

    def publish(
        self,
        text: ReviewedText,
        *,
        by: UUID | None,
        at: datetime,
        replace: Callable[[], object],
    ) -> None:
        """Put what waits before the readers; ``replace`` puts changes in the place of the old."""
        if self.has_changes_under_review(text):
            replace()
            text.pending = text.pending_submitted_at = None
        else:
            text.status = self.lifecycle.next(text.status, "publish")
            text.published_at = at
        text.reviewed_by = by
        text.return_reason = ""
        text.touched_at = at
