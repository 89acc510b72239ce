"""The pages on which a text is written step by step, reviewed, and compared with its past."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from flask import flash, jsonify, render_template, request, url_for
from flask_babel import gettext

from marketplace.accounts.queries import load_people
from marketplace.core.actor import require
from marketplace.core.errors import EditedElsewhere, NotFound, RuleBroken
from marketplace.drafting import meeting
from marketplace.drafting.forms import ReviewForm, StepForm
from marketplace.drafting.models import ReviewedText, Revision
from marketplace.drafting.outline import Weight
from marketplace.drafting.services import seen_of
from marketplace.web.access import current_actor
from marketplace.web.arguments import whole_number
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import say, text
from marketplace.web.pages import form_page, see_other
from marketplace.web.templating import local

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flask.typing import ResponseReturnValue

    from marketplace.drafting.outline import Content, Outline, Remark
    from marketplace.drafting.revisions import Revisions
    from marketplace.drafting.rules import ReviewPath

Text = TypeVar("Text", bound=ReviewedText)
_CONFLICT = 409


class TextPages(ABC, Generic[Text]):
    """What the pages of all reviewed texts share; a domain says what is special of its kind.

    Its routes are ``<folder>.edit``, ``.autosave``, ``.check``, ``.review`` … and take the text's
    id as ``<thing>_id``; its templates lie in ``<folder>/`` and call the text ``<thing>``.
    """

    folder: ClassVar[str]
    thing: ClassVar[str]
    #: What an organization calls its own ones (message id).
    ours: ClassVar[str]
    outline: ClassVar[Outline]
    path: ClassVar[ReviewPath[Any]]
    forms: ClassVar[Mapping[str, type[StepForm]]]
    revisions: ClassVar[Revisions[Any]]
    #: Reasons that reviewers choose from (message ids); each says how to mend.
    reasons: ClassVar[Sequence[str]]
    #: Steps that hold at once: no reviewer reads them, and half-typed they must not be saved.
    immediate: ClassVar[frozenset[str]] = frozenset()

    @abstractmethod
    def heading(self, one: Text) -> str:
        """Give what the text is called."""

    @abstractmethod
    def content(self, one: Text) -> Content:
        """Give the text as its author last left it."""

    @abstractmethod
    def remarks(self, one: Text, content: Content) -> Sequence[Remark]:
        """Give what is needed before sending, and advice."""

    @abstractmethod
    def lines(self, name: str, value: Any) -> list[str]:  # noqa: ANN401 — any part of a content
        """Give a part's lines in the words of this request's language."""

    @abstractmethod
    def may_write(self, one: Text) -> bool:
        """Whether the actor writes texts of this organization."""

    @abstractmethod
    def may_edit(self, one: Text, step: str) -> bool:
        """Whether the actor may change the step now."""

    @abstractmethod
    def save(self, one: Text, step: str, values: Mapping[str, Any], seen: str) -> object:
        """Save what a step brings."""

    @abstractmethod
    def publish(self, one: Text, seen: int) -> object:
        """Publish the text that the reviewer read."""

    @abstractmethod
    def give_back(self, one: Text, reason: str, seen: int) -> object:
        """Return the text that the reviewer read."""

    def refuse(self, form: StepForm, error: RuleBroken) -> dict[str, Any]:
        """Show a broken rule; give what else the page needs for it."""
        form.reject(error)
        return {}

    def extras(self, _one: Text, _step: str, _content: Content) -> dict[str, Any]:
        """Give what else the page of a step needs."""
        return {}

    def address(self, one: Text, endpoint: str, **values: Any) -> str:  # noqa: ANN401 — parts of an address
        """Give the address of one of the text's pages."""
        return url_for(f"{self.folder}.{endpoint}", **{f"{self.thing}_id": one.id, **values})

    def values(self, one: Text) -> dict[str, Any]:
        """Give what the templates of all pages need."""
        return {
            self.thing: one,
            "text": one,
            "heading": self.heading(one),
            "address": partial(self.address, one),
            "steps": self.outline.steps,
            "parts": self.outline.parts,
            "folder": self.folder,
            "ours": self.ours,
            "immediate": self.immediate,
        }

    def _answers(self, content: Content, step: str) -> list[tuple[str, list[str]]]:
        """Give labels and lines of a step's parts."""
        return [
            (self.outline.parts[name].label, self.lines(name, content[name]))
            for name in self.outline.names_of(step)
        ]

    def _meetings(self, theirs: Content, form: StepForm, step: str) -> list[meeting.Meeting]:
        """Give the parts of a step that the author and somebody else left differently."""
        mine = self.outline.filled({**theirs, **form.sound_values()})
        return meeting.meetings(
            (
                (
                    name,
                    self.outline.parts[name].label,
                    self.lines(name, theirs[name]),
                    self.lines(name, mine[name]),
                )
                for name in self.outline.names_of(step)
            ),
            request.form,
        )

    def seen_of(self, one: Text, step: str) -> str:
        """Give what the form of a step carries, to tell if somebody else changed it."""
        return seen_of(one, self.content(one), self.outline.names_of(step))

    def form(self, one: Text, step: str, **options: Any) -> StepForm:  # noqa: ANN401 — WTForms' own options
        """Make the form of a step; a step that isn't there is no page."""
        if step not in self.forms:
            raise NotFound
        kind = self.forms[step]
        return kind(data=kind.data_of(self.content(one)), **options)

    def edit(self, one: Text, step: str) -> ResponseReturnValue:
        """Show one step and save it; a refused one keeps every typed value."""
        form = self.form(one, step)
        if not self.may_edit(one, step):
            require(self.may_write(one))
            return see_other(self.address(one, "check"))
        if not form.is_submitted():
            form.version.data = self.seen_of(one, step)
            form.add_blank_rows()
            return self.step_page(one, step, form)
        refused = (
            self._save(one, step, form)
            if form.accepted()
            else self.step_page(one, step, form, status=422)
        )
        return see_other(self._next(one, step)) if refused is None else refused

    def _save(self, one: Text, step: str, form: StepForm) -> ResponseReturnValue | None:
        """Save the step; give the page that says why when it was refused."""
        try:
            left = meeting.given_up(request.form)
            own = {name: value for name, value in form.values().items() if name not in left}
            self.save(one, step, own, form.version.data or "")
        except EditedElsewhere as error:
            form.general_errors.append(say(error.message, error.values))
            form.version.data = self.seen_of(one, step)
            return self.step_page(one, step, form, status=_CONFLICT)
        except RuleBroken as error:
            return self.step_page(one, step, form, status=422, **self.refuse(form, error))
        return None

    def _next(self, one: Text, step: str) -> str:
        """Give where to go after a step: the same one, the next one, or the check at the end."""
        if "stay" in request.form:
            flash(gettext("Saved."), "success")
            return self.address(one, "edit", step=step)
        following = [*self.forms, ""][list(self.forms).index(step) + 1]
        if not following:
            return self.address(one, "check")
        return self.address(one, "edit", step=following)

    def step_page(
        self,
        one: Text,
        step: str,
        form: StepForm,
        *,
        status: int = 200,
        **values: Any,  # noqa: ANN401 — template values
    ) -> ResponseReturnValue:
        """Show the form of a step; after a conflict beside what was saved meanwhile."""
        content = self.content(one)
        conflict = status == _CONFLICT or meeting.is_choosing(request.form)
        editors = load_people(db.session, [one.edited_by]) if conflict else {}
        page = render_template(
            f"{self.folder}/edit.html",
            **self.values(one),
            **{
                "step": step,
                "form": form,
                "tasks": self.outline.tasks(content, self.remarks(one, content)),
                "meetings": self._meetings(content, form, step) if conflict else [],
                "conflict": conflict,
                "editor": next((editor.name for editor in editors.values()), ""),
                "beside_reviewed": self.path.is_reviewed(one),
            }
            | self.extras(one, step, content)
            | values,
        )
        return page, status

    def autosave(self, one: Text, step: str) -> ResponseReturnValue:
        """Save the faultless fields while the author writes; the answer is a line for the page."""
        if step in self.immediate:
            raise NotFound
        form = self.form(one, step)
        form.validate()
        try:
            self.save(one, step, form.sound_values(), form.version.data or "")
        except EditedElsewhere as error:
            return jsonify(message=say(error.message, error.values), conflict=True), 409
        except RuleBroken as error:
            why = say(error.message, error.values)
            return jsonify(message=gettext("Not saved: %(why)s", why=why)), 422
        db.session.flush()
        saved = gettext("Saved at %(time)s", time=f"{local(now()):%H:%M}")
        faulty = [gettext(field.label.text) for field in form if field.errors]
        if faulty:
            saved = gettext("%(saved)s, but for: %(fields)s", saved=saved, fields=", ".join(faulty))
        return jsonify(message=saved, version=self.seen_of(one, step))

    def check(self, one: Text, **values: Any) -> ResponseReturnValue:  # noqa: ANN401 — template values
        """Show all answers with what is missing, before sending."""
        content = self.content(one)
        remarks = self.remarks(one, content)
        return render_template(
            f"{self.folder}/check.html",
            **self.values(one),
            is_verified=one.organization_id in current_actor().verified,
            is_waiting=self.path.is_waiting(one),
            needed=[remark for remark in remarks if remark.weight is Weight.REQUIRED],
            advised=[remark for remark in remarks if remark.weight is Weight.ADVICE],
            tasks=self.outline.tasks(content, remarks),
            answers={step: self._answers(content, step) for step in self.outline.steps},
            **values,
        )

    def review(
        self,
        one: Text,
        *,
        old: Mapping[str, Any],
        may_review: bool,
        **values: Any,  # noqa: ANN401 — template values
    ) -> ResponseReturnValue:
        """Show what changed since the ``old`` text; publish it or return it with reasons."""
        form = ReviewForm()
        form.offer(self.reasons)
        if not form.is_submitted():
            form.seen.data = str(one.version)
        elif form.accepted():
            try:
                return self._decide(one, form)
            except EditedElsewhere as error:
                form.general_errors.append(gettext(error.message))
                form.seen.data = str(one.version)
            except RuleBroken as error:
                form.reject(error)
        content = self.content(one)
        return form_page(
            f"{self.folder}/review.html",
            form,
            **self.values(one),
            changes=self.outline.changes(old, content, self.lines),
            is_first=not old,
            remarks=self.remarks(one, content),
            is_waiting=self.path.is_waiting(one),
            may_review=may_review,
            content=content,
            revisions=self.revisions.all(db.session, one.id),
            **values,
        )

    def _decide(self, one: Text, form: ReviewForm) -> ResponseReturnValue:
        seen = whole_number(form.seen.data)
        if request.form.get("decision") == "publish":
            self.publish(one, seen)
            flash(gettext("Published: %(title)s", title=self.heading(one)), "success")
        else:
            # Authors read the reasons in their own language: prepared ones are kept as message ids.
            prepared = [self.reasons[int(number)] for number in form.prepared.data or []]
            self.give_back(one, "\n".join([*prepared, text(form.reason)]), seen)
            flash(
                gettext("Returned with your reasons: %(title)s", title=self.heading(one)), "success"
            )
        return see_other(url_for(f"{self.folder}.review_queue"))

    def history(self, one: Text, *, current: Content | None) -> ResponseReturnValue:
        """Show the kept texts and the ``current`` one, each compared with the one before it."""
        revisions: Sequence[Revision] = self.revisions.all(db.session, one.id)
        texts = [dict(revision.content) for revision in reversed(revisions)]
        if current is not None:
            texts.append(current)
        compared = [
            self.outline.changes(before, after, self.lines)
            for before, after in zip([{}, *texts], texts, strict=False)
        ]
        return render_template(
            "drafting/history.html",
            **self.values(one),
            revisions=revisions,
            compared=list(reversed(compared)),
            people=load_people(db.session, [revision.reviewed_by for revision in revisions]),
        )
