"""A sample of the certificate that a course leads to: for its author, and for a board that is asked to approve it.

It can never pass for a real one: nobody is its holder, its number is none that could be issued, and it is marked.
"""

from __future__ import annotations

from datetime import datetime

from app.awards.document import wording
from app.awards.facts import Facts, LicenseFacts, Presenter
from app.content.course import Course
from app.library.provider import Provider

HOLDER = "Sample Learner"
NUMBER = "X" * 20
MARK = wording.SAMPLE


def of(course: Course, offered_by: Provider, *, edition: str, address: str, now: datetime) -> Facts:
    """Give the facts that a certificate of this course would show if it were earned now."""
    return Facts(
        number=NUMBER,
        holder_name=HOLDER,
        license=LicenseFacts("NY", "LCSW", "000000"),
        course_title=course.title,
        course_code=course.code,
        edition=edition,
        delivery=str(course.format),
        presenters=tuple(Presenter(one.name, one.credentials) for one in course.instructors),
        credit_hours={str(kind): str(amount) for kind, amount in course.credit.claimed.items() if amount},
        began_at=now,
        completed_at=now,
        time_zone="America/New_York",
        issued_at=now,
        provider_name=offered_by.name,
        provider_address=offered_by.address,
        provider_phone=offered_by.phone,
        provider_email=offered_by.email,
        signer_name=offered_by.signer_name,
        signer_title=offered_by.signer_title,
        approval_statements=(),
        verify_url=f"{address}/v/{NUMBER}",
        demonstration=True,
    )
