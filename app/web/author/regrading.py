"""Correcting a question after people have answered it: the key, what would follow, and what followed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse

from app.assessment import corrections, key_texts, rulings
from app.assessment.corrections import DROPPED, Correction
from app.assessment.rulings import Ruling
from app.awards import regrade_outcomes, regrades
from app.awards.consequences import Plan
from app.awards.regrades import Decision, NothingLeftToGrade, NothingToCorrect, PlanStale, Proposal
from app.content.course import Question
from app.kit.errors import Invalid, Refusal
from app.library import drafts, editions
from app.request import Form, RowNumber, Sent
from app.web.author import frame, regrade_pages
from app.web.author.regrade_pages import CorrectPage, Earlier, PlanPage, PlanRow, RuledPage
from app.web.author.shelved import SHELF, AtShelf, Shelved
from app.web.render import Show, Shows, safe, see_other

shelf_router = APIRouter(prefix=SHELF)

ASKED = "/questions/{question_id}"


def asked_fields(request: Request) -> Sent:
    """Read the fields of an address as those of a form: looking at a plan changes nothing, so it is asked for."""
    return Sent({name: request.query_params.getlist(name) for name in request.query_params})


Asked = Annotated[Sent, Depends(asked_fields)]


@dataclass(frozen=True, slots=True)
class Corrected:
    """A question on the shelf, and what somebody wants to be different about it."""

    at: Shelved
    question: Question  # as it is graded now
    sent: Sent

    @property
    def how(self) -> str:
        """Say what she chose: another key, a wider one, or none."""
        chosen = self.sent.text("how")
        return chosen if chosen in regrade_pages.HOW else "replace"

    @property
    def only(self) -> bool:
        """Whether it is meant for this edition alone."""
        return self.sent.text("where") == "only"

    def correction(self) -> Correction:
        """Read the correction, or raise `NotAKey`."""
        if self.how == "drop":
            return DROPPED
        return key_texts.read(self.question, self.sent.all("key"), keeps_old=self.how == "add")

    def proposal(self) -> Proposal:
        """Give what is proposed."""
        return Proposal(self.at.edition, self.question.id, self.correction(), everywhere=not self.only)

    def href(self, page: str) -> str:
        """Give the address of a page of the question."""
        return f"/author/shelf/{self.at.edition.course_code}/questions/{quote(self.question.id)}/{page}"

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """Give what has to be sent again for the very same proposal."""
        chosen = [("how", self.how), ("where", "only" if self.only else "everywhere")]
        keys = [] if self.how == "drop" else [("key", part) for part in self.sent.all("key")]
        return (*chosen, *keys, *((("edition", self.at.edition.short),) if not self.at.is_current else ()))


@shelf_router.get(f"{ASKED}/correct")
def correct(at: AtShelf, question_id: str, sent: Asked, show: Shows) -> HTMLResponse:
    """Show a question with its key, to say what is wrong with it."""
    return show(_correct_page(_opened(at, question_id, sent)))


@shelf_router.get(f"{ASKED}/plan")
def plan(at: AtShelf, question_id: str, sent: Asked, show: Shows) -> HTMLResponse:
    """Show what would follow from a correction. Nothing is written."""
    opened = _opened(at, question_id, sent)
    try:
        found = regrades.plan(at.db, opened.proposal())
    except (Invalid, NothingToCorrect, NothingLeftToGrade) as refused:
        return show(_correct_page(opened, refused), status=refused.status)
    return show(_plan_page(opened, found))


@shelf_router.post(f"{ASKED}/correct")
def apply(at: AtShelf, question_id: str, form: Form, show: Shows) -> Response:
    """Put a correction in force, if what would follow is still what she has seen."""
    opened = _opened(at, question_id, form)
    decision = Decision(
        form.text("plan"), form.text("reason"), at.author.actor, takes_passes=form.text("passes") == "take"
    )
    try:
        _assert_agreed(form)
        ruling = regrades.apply(at.db, opened.proposal(), decision, issuer=at.house.issuer, now=at.now)
    except PlanStale as stale:
        return show(_plan_page(opened, stale.plan, stale), status=stale.status)
    except Invalid as refused:
        return _again(opened, refused, show)
    return see_other(f"/author/shelf/{ruling.course_code}/corrections/{ruling.id}")


@shelf_router.get("/corrections/{ruling_id}")
def ruled(at: AtShelf, ruling_id: RowNumber, show: Shows) -> HTMLResponse:
    """Show what followed from a correction."""
    ruling = rulings.of(at.db, at.edition.course_code, ruling_id)
    outcome = regrade_outcomes.of(at.db, ruling)
    source, is_right = _source(at, ruling)
    page = RuledPage(
        title="Corrected",
        studio=at.studio(here="results"),
        code=ruling.course_code,
        heading=ruling.heading,
        was=ruling.was,
        became=ruling.became,
        on=frame.moment(ruling.made_at, at.author, now=at.now),
        by=ruling.made_by,
        reason=ruling.reason,
        where="One edition alone" if ruling.edition_id else "Wherever the same text stands",
        counts=regrade_outcomes.counts(at.db, ruling, [one.attempt for one in outcome]),
        rows=tuple(
            PlanRow(
                who=one.who,
                attempt=one.number,
                before=regrade_pages.score(one.attempt.was_percent, passed=one.attempt.was_passed),
                after=regrade_pages.score(one.attempt.percent, passed=one.attempt.passed),
                words="Pass kept" if one.attempt.is_kept else "",
            )
            for one in outcome[: regrade_pages.MOST_ROWS]
        ),
        source=source,
        source_is_right=is_right,
        draft_href=_draft_href(at),
    )
    return show(page)


def _assert_agreed(form: Sent) -> None:
    if form.text("passes") == "take" and form.text("agreed") != "yes":
        raise Invalid({"agreed": "Say that you have read whose passes are taken, or keep them."})


def _again(opened: Corrected, refused: Invalid, show: Show) -> HTMLResponse:
    """Show the page again that the mistake was made on, with what was typed."""
    if set(refused.fields) & {"reason", "agreed"}:
        found = regrades.plan(opened.at.db, opened.proposal())
        return show(_plan_page(opened, found, refused), status=refused.status)
    return show(_correct_page(opened, refused), status=refused.status)


def _opened(at: Shelved, question_id: str, sent: Sent) -> Corrected:
    """Open a question in the edition that was named, or in the newest one that asks it."""
    if at.is_current and not regrades.asks(at.edition, question_id):
        newest = regrades.newest_that_asks(at.db, at.edition.course_code, question_id)
        at = replace(at, edition=newest, is_current=False)
    return Corrected(at, regrades.question(at.db, at.edition, question_id), sent)


def _correct_page(opened: Corrected, refused: Refusal | None = None) -> CorrectPage:
    at, question, sent = opened.at, opened.question, opened.sent
    errors = tuple(refused.fields.items()) if isinstance(refused, Invalid) else ()
    earlier = rulings.of_question(at.db, at.edition.course_code, question.id)
    return CorrectPage(
        title="Correct a question",
        studio=at.studio(here="results"),
        heading=safe(question.heading_html),
        prompt=safe(question.prompt_html),
        key=corrections.key_in_words(question),
        edition_words=f"Edition {at.edition.short}, published {at.edition.published_in_words}",
        edition="" if at.is_current else at.edition.short,
        plan_href=opened.href("plan"),
        form=regrade_pages.key_form(question, sent.all("key") if sent.all("how") else None),
        how=opened.how,
        only=opened.only,
        editions=len(editions.history(at.db, at.edition.course_code)),
        refused="" if refused is None or errors else refused.message,
        errors=errors,
        earlier=tuple(_earlier(one) for one in earlier),
        draft_href=_draft_href(at),
    )


def _earlier(one: Ruling) -> Earlier:
    return Earlier(f"{one.on}: {one.was} → {one.became}", f"/author/shelf/{one.course_code}/corrections/{one.id}")


def _plan_page(opened: Corrected, found: Plan, refused: Refusal | None = None) -> PlanPage:
    changed, same, left_out = regrade_pages.rows(found)
    errors: Mapping[str, str] = refused.fields if isinstance(refused, Invalid) else {}
    sent = opened.sent
    return PlanPage(
        title="What would follow",
        studio=opened.at.studio(here="results"),
        heading=safe(found.question.heading_html),
        was=found.was,
        becomes=found.becomes,
        where=regrade_pages.where(found),
        counts=found.counts,
        rows=changed,
        unchanged=same,
        left_out=left_out,
        losing=regrade_pages.losing(found),
        can_take=sum(one.can_lose for one in found.consequences),
        back_href=f"{opened.href('correct')}?{urlencode(opened.fields)}",
        apply_href=opened.href("correct") + ("" if opened.at.is_current else f"?edition={opened.at.edition.short}"),
        fields=(*opened.fields, ("plan", found.digest)),
        reason=sent.text("reason"),
        takes=sent.text("passes") == "take",
        stale=refused.message if isinstance(refused, PlanStale) else "",
        errors=tuple(errors.items()),
        error_of=dict(errors),
    )


def _source(at: Shelved, ruling: Ruling) -> tuple[str, bool]:
    """Say whether the text that learners read holds the corrected key, and whether that is so."""
    current = editions.newest(at.db, ruling.course_code)
    exam = current.course.exam if current else None
    asked = next((one for one in exam.questions() if one.id == ruling.question_id), None) if exam else None
    if current is None or asked is None:
        return "The current edition does not ask this question any more.", True
    if corrections.changes(asked, ruling.laid):
        return "The text still holds the old key. Put it right in exam.md, so that the next edition carries it.", False
    return f"Edition {current.short}, published {current.published_in_words}, carries the corrected key.", True


def _draft_href(at: Shelved) -> str:
    draft = drafts.of_course(at.db, at.edition.course_code)
    return frame.address(draft, "/files/exam.md") if draft else ""
