"""What approving bodies ask for, held against the course: met, to be looked at, or not ours to hold.

The rules are those of NASW's CE approval program and of ASWB's ACE application documents (socialworkers.org, CE
approval, “Apply” and application checklist; aswb.org, “Applying to be an ACE provider”). Bodies change them: whoever
applies reads the body's own list first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from app.content import asked, credit_hours, references, traceability
from app.content.course import Course, Exam, HourType, Kind

PASS_MARK = 80  # NASW CE approval: post-test of 80 percent
FEWEST_OBJECTIVES = 3  # NASW CE approval
AREAS = "ABCDEFGH"
BY_HAND = (
    "Résumé and license of the director of continuing education",
    "Résumé and license of the social work consultant",
    "Résumé of the planner: NASW asks for a social work degree, and for somebody who is not the presenter",
    "Chart of the organization, fee sheet, and the provider agreement",
    "The body’s own questionnaire for each delivery format, and its prequalification or request form",
    "The course’s public page saved as PDF, if the body asks for web pages as they stand",
)


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that is asked for: by whom, where it is in the pack, and how the course stands to it."""

    asked: str
    by: str
    place: str  # the slug of a section
    standing: str
    is_met: bool


def of(course: Course, *, policies: Mapping[str, str], signed: bool, today: date) -> tuple[Point, ...]:
    """Hold a course against the list."""
    points = (
        *_of_the_content(course),
        *_of_the_hours(course),
        *(_of_the_exam(course, course.exam) if course.exam else _without_exam()),
        *_of_the_sources(course, today=today),
        *_of_the_people(course),
        *_of_the_house(policies, signed=signed),
    )
    return tuple(points)


def _of_the_content(course: Course) -> Iterator[Point]:
    count = len(course.objectives)
    yield Point(
        "At least three measurable objectives", "NASW", "objectives-map", f"{count} objectives",
        count >= FEWEST_OBJECTIVES,
    )  # fmt: skip
    found = traceability.of(course)
    yield Point(
        "Content, post-test and evaluation follow the objectives",
        "NASW, ASWB ACE",
        "objectives-map",
        "Each is taught, tested and evaluated" if found.is_whole else f"{len(found.gaps)} to look at",
        found.is_whole,
    )


def _of_the_hours(course: Course) -> Iterator[Point]:
    credit = course.credit
    fits = credit.total <= credit.claimable
    standing = f"{credit.total} claimed, {credit.claimable} computed"
    yield Point("Contact hours computed from the content", "NASW, ASWB ACE", "contact-hours", standing, fits)
    enough = credit.total >= 1
    yield Point(
        "At least one contact hour", "NASW", "contact-hours",
        f"{credit.total} claimed", enough,
    )  # fmt: skip
    if HourType.ETHICS in credit.claimed:
        missing = [area for area in AREAS if not course.ethics_areas.get(area)]
        standing = f"Without a share: {', '.join(missing)}" if missing else "All eight have a share"
        yield Point("Ethics: the eight content areas", "ASWB ACE", "outline", standing, not missing)


def _of_the_exam(course: Course, exam: Exam) -> Iterator[Point]:
    yield Point(
        "A post-test passed with 80% or more", "NASW", "post-test", f"{exam.pass_mark}%", exam.pass_mark >= PASS_MARK
    )
    needed = credit_hours.questions_needed(course.credit.total)
    have = asked.fewest(exam, lambda one: one.graded and one.kind in asked.MULTIPLE_CHOICE)
    yield Point(
        "Ten multiple-choice questions for the first hour, five for each further one",
        "NASW",
        "post-test",
        f"{have} asked of every learner, {needed} needed",
        have >= needed,
    )
    graded = asked.graded(exam)
    either = asked.most(exam, lambda one: one.graded and one.kind is Kind.TRUE_FALSE)
    fits = either <= credit_hours.TRUE_FALSE_SHARE * graded
    yield Point("At most one question in ten true or false", "NASW", "post-test", f"{either} of {graded}", fits)


def _without_exam() -> Iterator[Point]:
    yield Point("A post-test, where the course is not live", "NASW", "post-test", "There is none", is_met=False)


def _of_the_sources(course: Course, *, today: date) -> Iterator[Point]:
    old = [one for one in course.references if _is_old(one.text, today)]
    standing = "None listed" if not course.references else f"{len(old)} of {len(course.references)} older than that"
    met = bool(course.references) and not old
    yield Point("References not older than ten years", "NASW", "references", standing, met)


def _is_old(text: str, today: date) -> bool:
    year = references.latest_year(text, until=today.year)
    return year is not None and today.year - year > references.YEARS_UNTIL_OLD


def _of_the_people(course: Course) -> Iterator[Point]:
    without = [one.name for one in course.instructors if not one.bio]
    standing = f"No bio: {', '.join(without)}" if without else "Each with credentials, bio and disclosure"
    yield Point("Instructors: qualifications and disclosures", "NASW, ASWB ACE", "instructors", standing, not without)


def _of_the_house(policies: Mapping[str, str], *, signed: bool) -> Iterator[Point]:
    unstated = [label for label, words in policies.items() if not words]
    standing = f"Not stated: {', '.join(unstated)}" if unstated else "All stated"
    yield Point("Policies: grievances, refunds, accommodations", "ASWB ACE", "policies", standing, not unstated)
    yield Point("An evaluation form that asks for each objective", "NASW", "evaluation-form", "Enclosed", is_met=True)
    yield Point("A sample certificate", "NASW, ASWB ACE", "certificate", "sample-certificate.pdf", is_met=True)
    standing = "Signed" if signed else "No review on record"
    yield Point("Reviewed by a second person", "good practice", "review-and-edition", standing, signed)
