"""The evaluation: what she thought of the course, and who the certificate is for. Often the last act."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter
from fastapi.responses import Response

from app.awards import certificates, completion
from app.awards.eligibility import Step
from app.content.course import Course
from app.identity import license_formats, licenses, people
from app.identity.licenses import License
from app.identity.people import Person
from app.kit import time_zones
from app.kit.errors import Invalid
from app.learning import enrollments, evaluations
from app.learning.enrollments import Enrollment
from app.learning.evaluations import Item
from app.library import editions
from app.request import Db, Form, House, Learner, Now, RowNumber, Sent
from app.web.render import Page, Shows, see_other

router = APIRouter()

ANOTHER = "new"  # the choice of a license that is not on her list yet
ATTESTATION = "This is my legal name, I am this person, and I did this course myself."


@dataclass(frozen=True, kw_only=True)
class EvaluationPage(Page):
    """The evaluation form, and the name, license and time zone it confirms."""

    template: ClassVar[str] = "learn/evaluation.html"
    action: str
    course_title: str
    code: str
    items: tuple[Item, ...]
    asks_items: bool  # False once the evaluation was sent and only her name is still missing
    legal_name: str
    name_is_settled: bool  # set before: shown, not asked
    attestation: str
    licenses: tuple[tuple[str, str], ...]  # those on her list: what choosing one sends, and its name
    is_unusual: bool  # the number that was typed is not of the form its state usually has
    states: tuple[tuple[str, str], ...]
    zones: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    sent: Mapping[str, str]  # what was typed, by field
    errors: Mapping[str, str]  # a sentence by field
    missing: tuple[str, ...]  # what else stands between her and the certificate


@router.get("/enrollments/{enrollment_id}/evaluation")
def form(enrollment_id: RowNumber, db: Db, learner: Learner, show: Shows) -> Response:
    """Ask what she thought of the course."""
    enrollment = enrollments.of(db, learner, enrollment_id)
    if enrollment.completed_at is not None:
        return see_other(_certificate(db, enrollment))
    return show(_page(db, enrollment, learner, sent=_known(db, learner), errors={}))


@router.post("/enrollments/{enrollment_id}/evaluation")
def evaluate(
    enrollment_id: RowNumber, form: Form, learner: Learner, db: Db, house: House, now: Now, show: Shows
) -> Response:
    """Keep the evaluation, her name, license and time zone; issue the certificate if nothing else is missing."""
    enrollment = enrollments.of(db, learner, enrollment_id)
    if enrollment.completed_at is not None:
        return see_other(_certificate(db, enrollment))
    course = editions.by_id(db, enrollment.edition_id).course
    try:
        asks_items = not evaluations.is_done(db, enrollment)
        mine = licenses.all_of(db, learner)
        read = read_form(course, form, asks_items=asks_items, legal_name=learner.attested_name or "", mine=mine)
    except Invalid as refused:
        page = _page(db, enrollment, learner, sent=form.texts(), errors=refused.fields)
        return show(page, status=refused.status)
    if read.answers is not None:
        evaluations.submit(db, enrollment, read.answers, now=now)
    if learner.attested_name is None:
        people.attest_legal_name(db, learner, read.name, now=now)
    people.choose_time_zone(db, learner, read.zone)
    if read.license is not None:
        licenses.confirm(db, learner, read.license, stands=form.text(licenses.STANDS) == "yes", now=now)
    certificate = completion.settle(db, enrollment, learner, issuer=house.issuer, now=now)
    return see_other(f"/certificates/{certificate.number}" if certificate else f"/courses/{enrollment.course_code}")


@dataclass(frozen=True, slots=True)
class FormRead:
    """The whole form, without a mistake."""

    answers: Mapping[str, str] | None
    name: str
    zone: str
    license: tuple[str, str, str] | None


def read_form(
    course: Course, form: Sent, *, asks_items: bool, legal_name: str, mine: Sequence[License] = ()
) -> FormRead:  # fmt: skip
    """Read the whole form before anything is written; every mistake of every field comes back at once."""
    mistakes: dict[str, str] = {}
    answers = None
    if asks_items:
        with _collecting(mistakes):
            answers = evaluations.read(course, form.texts())
    name = legal_name
    if not name:
        with _collecting(mistakes):
            name = people.legal_name(form.text("legal_name"))
        if form.text("attest") != "yes":
            mistakes["attest"] = "Confirm that this is your legal name and that you did the course yourself."
    zone = form.text("time_zone")
    if zone not in time_zones.names():
        mistakes["time_zone"] = "Choose your time zone from the list."
    license_ = None
    with _collecting(mistakes):
        license_ = _license(form, mine)
    if mistakes:
        raise Invalid(mistakes)
    return FormRead(answers, name, zone, license_)


def _license(form: Sent, mine: Sequence[License]) -> tuple[str, str, str] | None:
    """Read which license she chose, or the one that she typed."""
    chosen = next((one for one in mine if str(one.id) == form.text("license")), None)
    if chosen is None:
        return licenses.read_confirmed(form.texts())
    hers, typed = (chosen.state, chosen.type, chosen.number), licenses.read(*_typed(form.texts()))
    if typed not in {None, hers}:
        raise Invalid({"license": "You chose a license and typed another one. Empty the fields, or choose “Another”."})
    return hers


@contextmanager
def _collecting(mistakes: dict[str, str]) -> Iterator[None]:
    try:
        yield
    except Invalid as refused:
        mistakes.update(refused.fields)


def _page(
    db: Db, enrollment: Enrollment, learner: Person, *, sent: Mapping[str, str], errors: Mapping[str, str]
) -> EvaluationPage:
    missing = completion.missing(db, enrollment, learner)
    return evaluation_page(
        editions.by_id(db, enrollment.edition_id).course,
        action=f"/enrollments/{enrollment.id}/evaluation",
        asks_items=not evaluations.is_done(db, enrollment),
        legal_name=learner.attested_name,
        mine=licenses.all_of(db, learner),
        sent=sent,
        errors=errors,
        missing=tuple(one.sentence for one in missing if one.step != Step.EVALUATION),
    )


def evaluation_page(
    course: Course,
    *,
    action: str,
    asks_items: bool = True,
    legal_name: str | None = None,
    mine: Sequence[License] = (),
    sent: Mapping[str, str],
    errors: Mapping[str, str],
    missing: tuple[str, ...] = (),
) -> EvaluationPage:
    """Build the page of the form, with what was sent and the mistakes in it."""
    return EvaluationPage(
        title="Evaluation",
        action=action,
        course_title=course.title,
        code=course.code,
        items=evaluations.items(course),
        asks_items=asks_items,
        legal_name=legal_name or "",
        name_is_settled=legal_name is not None,
        attestation=ATTESTATION,
        licenses=tuple((str(one.id), one.name) for one in mine),
        is_unusual=is_unusual(sent),
        states=tuple(licenses.STATES.items()),
        zones=time_zones.choices(),
        sent=sent,
        errors=errors,
        missing=missing,
    )


def _known(db: Db, learner: Person) -> dict[str, str]:
    license_ = licenses.latest(db, learner)
    known = {"legal_name": learner.legal_name or "", "time_zone": learner.time_zone or ""}
    return known | {"license": str(license_.id) if license_ else ANOTHER}


def is_unusual(sent: Mapping[str, str]) -> bool:
    """Say whether a number was typed that is not of the form its state usually has: then she is asked about it."""
    return bool(license_formats.unusual(*_typed(sent)))


def _typed(sent: Mapping[str, str]) -> Iterator[str]:
    return (sent.get(f"license_{part}", "") for part in ("state", "type", "number"))


def _certificate(db: Db, enrollment: Enrollment) -> str:
    earned = certificates.of_enrollment(db, enrollment.id)
    return f"/certificates/{earned.number}" if earned else f"/courses/{enrollment.course_code}"
