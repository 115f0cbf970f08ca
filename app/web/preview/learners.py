"""The pages of a learner, for somebody who only looks: she reads, answers and is graded, and nothing is kept."""

from __future__ import annotations

from dataclasses import replace

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.assessment import attempts, grading, papers
from app.assessment.papers import Paper
from app.awards import eligibility, samples
from app.awards.eligibility import Standing, Step
from app.content.course import Course
from app.kit import time_zones
from app.kit.errors import Invalid, NotFound
from app.learning import progress
from app.learning.progress import Reading
from app.request import Form, RowNumber
from app.web import catalog, certificates, evaluation, exam_pages, learn, next_steps, reporting, results
from app.web.preview import carried
from app.web.preview.showing import Seen, on_page, to_learner
from app.web.preview.view import OnView
from app.web.report_forms import Reports
from app.web.results import Tried

ZONE = "America/New_York"
NOT_SENT = "This is a preview, so nothing was sent. A learner’s report would stand under Reports in the Studio."
SAMPLE_SENTENCE = "This is a sample. A learner who completes the course sees her certificate here."


class NotInPreview(NotFound):
    """An address of the site that belongs to no course."""

    title = "This is not part of the preview"
    message = "The link is right, but it leads out of the course, and a preview shows the course alone. Go back."


def shelf(request: Request, view: Seen) -> HTMLResponse:
    """Show the course as a card among others: here it is alone."""
    return to_learner(request, view, catalog.catalog_page([view.shown], site=view.site))


def policies(request: Request, view: Seen) -> HTMLResponse:
    """Show the provider's policies."""
    return to_learner(request, view, catalog.policies_page(view.provider))


def course(request: Request, view: Seen) -> HTMLResponse:
    """Show the page of the course."""
    step = next_steps.first(view.shown, site=view.site)
    page = catalog.course_page(view.shown, progress.NOTHING_YET, offered_by=view.provider, step=step, site=view.site)
    return to_learner(request, view, page)


def module(request: Request, view: Seen, slug: str) -> HTMLResponse:
    """Show a module; its knowledge checks are answered by address, as everywhere."""
    page = learn.module_page(
        view.shown,
        learn.module_of(view.shown, slug),
        progress.NOTHING_YET,
        learn.sent_in_address(request),
        keeps_place=False,
        site=view.site,
    )
    page = replace(page, reports=_reports(view, f"/courses/{view.shown.code}/modules/{slug}"))
    return to_learner(request, view, page)


def done(view: Seen, slug: str) -> RedirectResponse:
    """Go on to what comes after a module."""
    return on_page(view, learn.after(view.shown, learn.module_of(view.shown, slug)))


def door(request: Request, view: Seen) -> HTMLResponse:
    """Show the page before the exam, to somebody who has read everything."""
    everything = Reading(done={one.slug: view.now for one in view.shown.modules}, place=None)
    return to_learner(request, view, exam_pages.door_page(view.shown, everything, [], signed_in=True, site=view.site))


def start(view: Seen) -> RedirectResponse:
    """Begin the exam with the first of all papers."""
    attempts.exam_of(view.shown)
    return on_page(view, "/attempts/1")


def exam(request: Request, view: Seen, attempt_id: RowNumber, given: str = "") -> HTMLResponse:
    """Show the exam as drawn by a seed, with the answers that the address carries."""
    paper = paper_of(view.shown, attempt_id)
    page = exam_pages.exam_page(
        view.shown,
        paper,
        carried.given(paper, given),
        save_href=f"{view.site}/attempts/{attempt_id}/answers",
        saves=False,
        now=view.now,
    )
    page = replace(page, reports=_reports(view, f"/attempts/{attempt_id}"))
    return to_learner(request, view, page)


def answer(view: Seen, attempt_id: RowNumber, form: Form) -> RedirectResponse:
    """Fold what was answered into the address of the next page."""
    place = "/review" if form.text("then") == "review" else ""
    return on_page(view, f"/attempts/{attempt_id}{place}?given={carried.pack(form)}")


def review(request: Request, view: Seen, attempt_id: RowNumber, given: str = "") -> HTMLResponse:
    """Show what would be submitted."""
    paper = paper_of(view.shown, attempt_id)
    at = f"{view.site}/attempts/{attempt_id}"
    page = exam_pages.review_page(
        view.shown,
        paper,
        carried.given(paper, given),
        exam_href=f"{at}?given={given}",
        submit_href=f"{at}/submit?given={given}",
    )
    return to_learner(request, view, page)


def submit(view: Seen, attempt_id: RowNumber, given: str = "") -> RedirectResponse:
    """Go on to the result: it is worked out there, from what the address carries."""
    return on_page(view, f"/attempts/{attempt_id}/result?given={given}")


def result(request: Request, view: Seen, attempt_id: RowNumber, given: str = "") -> HTMLResponse:
    """Grade what the address carries, and show how it went."""
    course, paper = view.shown, paper_of(view.shown, attempt_id)
    answers = carried.given(paper, given)
    outcome = grading.grade(paper.questions, answers, pass_mark=attempts.exam_of(course).pass_mark)
    percent = int(outcome.score * 100 / outcome.possible) if outcome.possible else 0
    missing = eligibility.missing(_standing(course, passed=outcome.passed, percent=percent))
    of_exam = next((one for one in missing if one.step is Step.EXAM), None)
    page = results.result_page(
        course,
        paper,
        answers,
        tried=Tried(1, outcome.passed, percent, time_zones.in_words(view.now, ZONE)),
        advice=results.advice(missing, of_exam),
        next_step=_next(view, course, can_try=None if of_exam is None else of_exam.can_act),
        site=view.site,
    )
    page = replace(page, reports=_reports(view, f"/attempts/{attempt_id}"))
    return to_learner(request, view, page)


def reported(request: Request, _view: Seen) -> Response:
    """Answer a report: a preview keeps none, and says so."""
    return reporting.answered(request, Reports(request.url.path, promise=NOT_SENT), thanks="")


def thanked(request: Request, view: Seen) -> HTMLResponse:
    """Show where a learner's report would have led that no script sent."""
    reports = Reports(request.url.path, promise=NOT_SENT)
    page = reporting.reported_page(reports, course_href=f"{view.site}/courses/{view.shown.code}")
    return to_learner(request, view, replace(page, title="A report in a preview", thanks="Nothing was sent"))


def _reports(view: OnView, below: str) -> Reports:
    return Reports(f"{view.site}{below}/reports")


def paper_of(course: Course, seed: int) -> Paper:
    """Draw the paper of a seed."""
    return papers.draw(attempts.exam_of(course), str(seed))


def _standing(course: Course, *, passed: bool, percent: int) -> Standing:
    """Say how far somebody is who has read everything and tried the exam once."""
    exam = attempts.exam_of(course)
    return Standing(
        modules_left=(),
        has_exam=True,
        exam_open=False,
        exam_passed=passed,
        attempts_left=None if exam.attempts is None else exam.attempts - 1,
        pass_mark=exam.pass_mark,
        best_percent=percent,
        evaluated=False,
        confirmed=False,
    )


def _next(view: OnView, course: Course, *, can_try: bool | None) -> tuple[str, str]:
    """Give the address and the words of what comes after a result."""
    if can_try is None:
        return f"{view.site}/evaluation", "Continue: evaluation"
    if can_try:
        return f"{view.site}/courses/{course.code}/exam", "Try the exam again"
    return f"{view.site}/policies", "How to reach the provider"


def evaluate(request: Request, view: Seen) -> HTMLResponse:
    """Show the form of the evaluation."""
    action = f"{view.site}/evaluation"
    page = evaluation.evaluation_page(view.shown, action=action, sent={}, errors={})
    return to_learner(request, view, page)


def evaluated(request: Request, view: Seen, form: Form) -> HTMLResponse | RedirectResponse:
    """Read the form as if it were kept, and go on to the certificate."""
    try:
        evaluation.read_form(view.shown, form, asks_items=True, legal_name="")
    except Invalid as refused:
        action = f"{view.site}/evaluation"
        page = evaluation.evaluation_page(view.shown, action=action, sent=form.texts(), errors=refused.fields)
        return to_learner(request, view, page, status=refused.status)
    return on_page(view, "/certificate")


def certificate(request: Request, view: Seen) -> HTMLResponse:
    """Show a sample of the certificate, marked as one."""
    address = f"{request.url.scheme}://{request.url.netloc}"
    facts = samples.of(view.shown, view.provider, edition="0" * 64, address=address, now=view.now)
    page = certificates.certificate_page(
        facts, status="valid", sentence=SAMPLE_SENTENCE, mark=samples.MARK, site=view.site
    )
    return to_learner(request, view, page)


def elsewhere() -> None:
    """Say that this is not part of the preview."""
    raise NotInPreview
