"""Completion: whichever act was the last one missing issues the certificate, in its own transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlmodel import Session

from app.assessment import attempts
from app.assessment.attempts import Attempt
from app.awards import certificates, eligibility, numbers
from app.awards.certificates import Certificate
from app.awards.eligibility import Missing, Standing
from app.awards.facts import Facts, LicenseFacts, Presenter
from app.awards.issuer import Issuer
from app.content.course import Course
from app.identity import licenses, people
from app.identity.people import Person
from app.learning import beats, enrollments, evaluations, progress
from app.learning.enrollments import Enrollment
from app.learning.progress import Reading
from app.library import approvals, editions, provider
from app.library.editions import Edition


def standing(
    db: Session,
    enrollment: Enrollment,
    person: Person,
    course: Course,
    *,
    reading: Reading | None = None,
    tries: list[Attempt] | None = None,
) -> Standing:
    """Say how far an enrollment is, from the records and nothing else; a page may hand in what it has looked up."""
    reading = reading or progress.of(db, enrollment.id)
    tries = attempts.all_of(db, enrollment) if tries is None else tries
    submitted = [attempt.percent for attempt in tries if attempt.submitted_at is not None]
    passed = any(attempt.passed for attempt in tries)
    return Standing(
        modules_left=tuple(module.title for module in course.modules if not reading.is_done(module)),
        has_exam=course.exam is not None,
        exam_open=attempts.open_one(tries) is not None,
        exam_passed=passed,
        attempts_left=attempts.left(course.exam, tries) if course.exam else None,
        pass_mark=course.exam.pass_mark if course.exam else 0,
        best_percent=max(submitted, default=None),
        evaluated=evaluations.is_done(db, enrollment),
        confirmed=person.legal_name is not None and person.time_zone is not None,
        minutes_short=0 if passed else beats.minutes_short(db, enrollment.id, course),
    )


def missing(
    db: Session,
    enrollment: Enrollment,
    person: Person,
    *,
    reading: Reading | None = None,
    tries: list[Attempt] | None = None,
) -> tuple[Missing, ...]:
    """Give what still stands between a learner and her certificate."""
    course = editions.by_id(db, enrollment.edition_id).course
    return eligibility.missing(standing(db, enrollment, person, course, reading=reading, tries=tries))


def missing_once_passed(db: Session, enrollment: Enrollment, person: Person) -> tuple[Missing, ...]:
    """Give what would still be missing if she had passed the exam."""
    course = editions.by_id(db, enrollment.edition_id).course
    passed = replace(standing(db, enrollment, person, course), exam_passed=True, minutes_short=0)
    return eligibility.missing(passed)


def settle(db: Session, enrollment: Enrollment, person: Person, *, issuer: Issuer, now: datetime) -> Certificate | None:
    """Complete an enrollment and issue its certificate if nothing is missing; None if something is.

    Called by every act that could be the last one. The enrollment is held meanwhile, so of two acts that
    race one issues and the other finds what was issued; a unique index stands behind that.
    """
    enrollment = enrollments.locked(db, enrollment)
    if enrollment.completed_at is not None:
        return certificates.of_enrollment(db, enrollment.id)
    edition, person = editions.by_id(db, enrollment.edition_id), people.afresh(db, person)
    if eligibility.missing(standing(db, enrollment, person, edition.course)):
        return None
    enrollment.completed_at = now
    db.add(enrollment)
    db.flush()
    facts = _facts(db, enrollment, person, edition, issuer=issuer, now=now)
    return certificates.issue(
        db, holder=person, enrollment_id=enrollment.id, edition_id=edition.id, facts=facts, issuer=issuer
    )


def _facts(
    db: Session, enrollment: Enrollment, person: Person, edition: Edition, *, issuer: Issuer, now: datetime
) -> Facts:
    course, offered_by, license_ = edition.course, provider.current(db), licenses.latest(db, person)
    number, zone = numbers.new(), person.time_zone or "UTC"
    hours = {str(kind): amount for kind, amount in course.credit.claimed.items() if amount}
    return Facts(
        number=number,
        holder_name=person.legal_name or person.email,
        license=LicenseFacts(license_.state, license_.type, license_.number) if license_ else None,
        course_title=course.title,
        course_code=course.code,
        edition=edition.content_hash,
        delivery=str(course.format),
        presenters=tuple(Presenter(one.name, one.credentials) for one in course.instructors),
        credit_hours={kind: str(amount) for kind, amount in hours.items()},
        began_at=enrollment.began_at,
        completed_at=now,
        time_zone=zone,
        issued_at=now,
        provider_name=offered_by.name,
        provider_address=offered_by.address,
        provider_phone=offered_by.phone,
        provider_email=offered_by.email,
        signer_name=offered_by.signer_name,
        signer_title=offered_by.signer_title,
        approval_statements=_statements(db, course, hours, offered_by.name, zone=zone, now=now),
        verify_url=issuer.verify_url(number),
        demonstration=issuer.demonstration,
    )


def _statements(
    db: Session, course: Course, hours: dict[str, Decimal], provider_name: str, *, zone: str, now: datetime
) -> tuple[str, ...]:
    # Boards go by the date on her calendar, so the approval must cover that date and not the one in UTC.
    return approvals.statements(
        db,
        provider=provider_name,
        course_code=course.code,
        delivery=str(course.format),
        hours=hours,
        on=now.astimezone(ZoneInfo(zone)).date(),
    )
