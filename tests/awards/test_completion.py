"""Completion: the act that leaves nothing missing issues the certificate, and no other act does."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from cast import NOON, join
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from makers import (
    ISSUER,
    SIGNER,
    answer_all,
    evaluate,
    make_certificate,
    make_course,
    make_edition,
    make_enrollment,
    pass_exam,
    read_everything,
)
from sqlmodel import Session, select

from app import audit
from app.assessment import attempts
from app.assessment.attempts import Attempt
from app.audit import AuditLine
from app.awards import completion, eligibility
from app.awards.certificates import DRAW, Certificate
from app.awards.issuer import Issuer
from app.content.course import HourType
from app.identity import licenses, people
from app.identity.people import Person
from app.kit.database import Database
from app.kit.jobs import Job
from app.kit.mail import Mail
from app.learning import evaluations, progress
from app.learning.enrollments import Enrollment
from app.library import provider
from app.library.editions import Edition


def settle(db: Session, enrollment: Enrollment, person: Person) -> Certificate | None:
    return completion.settle(db, enrollment, person, issuer=ISSUER, now=NOON)


# --- exactly when nothing is missing -----------------------------------------------------------------------------

COURSE = make_course()
STATES = st.fixed_dictionaries(
    {
        "modules": st.sets(st.sampled_from(COURSE.modules)),
        "exam": st.sampled_from(["none", "untouched", "open", "failed", "failed and open", "passed"]),
        "evaluated": st.booleans(),
        "named": st.booleans(),
        "zoned": st.booleans(),
    }
)


def bring_to(db: Session, state: dict[str, object], number: int) -> tuple[Enrollment, Person]:
    """Bring somebody new to a state, by the verbs of the house where they allow it."""
    person = people.find_or_add(db, f"learner-{number}@example.org", now=NOON)
    course = make_course(code=f"course-{number}", **({"exam": None} if state["exam"] == "none" else {}))
    enrollment = make_enrollment(db, person, make_edition(db, course))
    for module in state["modules"]:  # type: ignore[attr-defined]
        progress.mark_done(db, enrollment.id, module, now=NOON)
    for tried in str(state["exam"]).split(" and "):
        _bring_exam_to(db, enrollment, tried)
    if state["evaluated"]:
        evaluations.submit(db, enrollment, {}, now=NOON)
    person.legal_name = "Ana Marie O’Neill" if state["named"] else None
    person.time_zone = "America/New_York" if state["zoned"] else None
    db.flush()
    return enrollment, person


def _bring_exam_to(db: Session, enrollment: Enrollment, tried: str) -> None:
    if tried in {"none", "untouched"}:
        return
    number = len(attempts.all_of(db, enrollment)) + 1
    attempt = Attempt(
        enrollment_id=enrollment.id, edition_id=enrollment.edition_id, number=number, seed="s", started_at=NOON
    )
    db.add(attempt)
    db.flush()
    if tried != "open":
        answer_all(db, attempt, right=tried == "passed")
        attempts.submit(db, attempt, now=NOON)


def test_five_hundred_states_a_certificate_is_issued_exactly_when_nothing_is_missing(db: Session) -> None:
    numbers = iter(range(10_000))

    @settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)
    @given(STATES)
    def law(state: dict[str, object]) -> None:
        enrollment, person = bring_to(db, state, next(numbers))
        due = (
            len(state["modules"]) == len(COURSE.modules)  # type: ignore[arg-type]
            and state["exam"] in {"none", "passed"}
            and all(state[each] for each in ("evaluated", "named", "zoned"))
        )
        assert (completion.missing(db, enrollment, person) == ()) == due
        assert (settle(db, enrollment, person) is not None) == due
        assert (enrollment.completed_at is not None) == due

    law()
    issued = db.exec(select(Certificate)).all()
    assert next(numbers) >= 200
    assert 0 < len(issued) < 200


@pytest.mark.parametrize("last", ["reading", "exam", "evaluation", "name"])
def test_whichever_act_is_the_last_one_completes_the_course(db: Session, ana: Person, last: str) -> None:
    enrollment = make_enrollment(db, ana)
    acts = {
        "reading": lambda: read_everything(db, enrollment),
        "exam": lambda: pass_exam_unread(db, enrollment),
        "evaluation": lambda: evaluations.submit(db, enrollment, {}, now=NOON),
        "name": lambda: confirm(db, ana),
    }
    for act in (act for name, act in acts.items() if name != last):
        act()
        assert settle(db, enrollment, ana) is None
    acts[last]()
    assert settle(db, enrollment, ana) is not None


def pass_exam_unread(db: Session, enrollment: Enrollment) -> None:
    _bring_exam_to(db, enrollment, "passed")


def confirm(db: Session, person: Person) -> None:
    people.attest_legal_name(db, person, "Ana Marie O’Neill", now=NOON)
    people.choose_time_zone(db, person, "America/New_York")


def test_settling_again_gives_the_certificate_that_was_issued(db: Session, ana: Person) -> None:
    first = make_certificate(db, ana)
    again = completion.settle(
        db, db.get_one(Enrollment, first.enrollment_id), ana, issuer=ISSUER, now=NOON + timedelta(days=9)
    )
    assert again is not None
    assert (again.id, again.number, again.completed_at) == (first.id, first.number, NOON)


def test_a_passed_exam_is_not_undone_by_an_attempt_that_is_open(db: Session, ana: Person) -> None:
    """Two tabs: she passes in one while another attempt stands open in the other."""
    enrollment = make_enrollment(db, ana, finished=True)
    db.add(Attempt(enrollment_id=enrollment.id, edition_id=enrollment.edition_id, number=2, seed="s", started_at=NOON))
    db.flush()
    assert settle(db, enrollment, ana) is not None


def test_a_certificate_asks_for_its_letter_and_its_drawing_and_stands_in_the_trail(db: Session, ana: Person) -> None:
    certificate = make_certificate(db, ana)
    (letter,) = db.exec(select(Mail)).all()
    assert letter.recipient == ana.email
    assert certificate.facts.verify_url in letter.text
    (drawing,) = db.exec(select(Job).where(Job.kind == DRAW)).all()
    assert json.loads(drawing.payload) == {"number": certificate.number}
    (line,) = db.exec(select(AuditLine).where(AuditLine.act == "certificate.issued")).all()
    assert (line.actor_id, line.subject) == (ana.id, certificate.number)


def test_what_is_missing_is_told_by_the_edition_she_began(db: Session, ana: Person) -> None:
    enrollment = make_enrollment(db, ana, finished=True)
    third = replace(COURSE.modules[0], slug="third", number=3, title="Third")
    longer = make_course(modules=(*COURSE.modules, third))
    make_edition(db, longer)
    assert completion.missing(db, enrollment, ana) == ()


# --- what it says ------------------------------------------------------------------------------------------------


def test_a_certificate_keeps_every_fact_as_it_was_on_the_day(db: Session, ana: Person) -> None:
    values = {
        "name": "Lakeside Institute", "address": "1 Shore Rd", "phone": "555-0100", "email": "ce@lake.example",
        "signer_name": "Pat Doe", "signer_title": "Director",
    }  # fmt: skip
    provider.change(db, values, by=audit.OPERATOR, now=NOON)
    licenses.confirm(db, ana, ("NY", "LCSW", "081234"), now=NOON)
    hours = {HourType.ETHICS: Decimal("0.5"), HourType.CLINICAL: Decimal("1.0"), HourType.GENERAL: Decimal(0)}
    course = make_course(credit=replace_hours(hours))
    edition = make_edition(db, course)
    began = NOON - timedelta(days=3)
    enrollment = make_enrollment(db, ana, edition, now=began)
    read_everything(db, enrollment)
    pass_exam(db, enrollment)
    evaluate(db, enrollment, ana)
    certificate = settle(db, enrollment, ana)
    assert certificate is not None
    facts = certificate.facts
    assert (facts.holder_name, facts.course_title, facts.course_code) == (
        "Ana Marie O’Neill", "A Small Course", "small-course",
    )  # fmt: skip
    assert facts.license is not None
    assert (facts.license.state, facts.license.type, facts.license.number) == ("NY", "LCSW", "081234")
    assert (facts.edition, facts.delivery) == (edition.content_hash, "reading")
    assert [(one.name, one.credentials) for one in facts.presenters] == [("Jordan Reyes", "PhD, LCSW")]
    assert facts.credit_hours == {"ethics": "0.5", "clinical": "1.0"}
    assert facts.total_hours == Decimal("1.5")
    assert (facts.began_at, facts.completed_at, facts.issued_at) == (began, NOON, NOON)
    assert (facts.provider_name, facts.provider_address) == ("Lakeside Institute", "1 Shore Rd")
    assert (facts.provider_phone, facts.provider_email) == ("555-0100", "ce@lake.example")
    assert (facts.signer_name, facts.signer_title) == ("Pat Doe", "Director")
    assert facts.verify_url == f"https://ce.example.org/v/{certificate.number}"


def replace_hours(hours: dict[HourType, Decimal]) -> object:
    return replace(COURSE.credit, claimed=hours)


def test_what_changes_later_changes_no_certificate(db: Session, ana: Person) -> None:
    certificate = make_certificate(db, ana)
    before = certificate.statement
    provider.change(db, {"name": "Another Name"}, by=audit.OPERATOR, now=NOON)
    licenses.confirm(db, ana, ("NJ", "LSW", "44SC1"), now=NOON)
    ana.legal_name, ana.time_zone = "Ana Newname", "Pacific/Auckland"
    make_edition(db, make_course(title="Another Title"))
    db.flush()
    db.expire_all()
    assert db.get_one(Certificate, certificate.id).statement == before


def test_whoever_named_no_license_has_none_on_her_certificate(db: Session, ana: Person) -> None:
    assert make_certificate(db, ana).facts.license is None


@pytest.mark.parametrize("demonstration", [True, False])
def test_a_certificate_says_whether_it_was_a_demonstration(db: Session, ana: Person, demonstration: bool) -> None:  # noqa: FBT001
    enrollment = make_enrollment(db, ana, finished=True)
    issuer = Issuer(address="http://127.0.0.1:8000", demonstration=demonstration, signer=SIGNER)
    certificate = completion.settle(db, enrollment, ana, issuer=issuer, now=NOON)
    assert certificate is not None
    assert certificate.facts.demonstration is demonstration


# --- acts that meet ----------------------------------------------------------------------------------------------


def test_the_last_act_sees_what_another_act_did_while_it_ran(postgres_database: Database) -> None:
    """She submits the exam in one tab while the evaluation goes through in another: neither may miss the other."""
    with postgres_database.write() as db:
        ana_id = join(db, "ana").id
        enrollment = make_enrollment(db, db.get_one(Person, ana_id))
        read_everything(db, enrollment)
        answer_all(db, attempts.start(db, enrollment, now=NOON))
    has_read_who_she_is, has_evaluated = threading.Event(), threading.Event()

    def submit_exam() -> bool:
        with postgres_database.write() as db:
            ana = db.get_one(Person, ana_id)
            assert ana.legal_name is None
            has_read_who_she_is.set()
            has_evaluated.wait(10)
            attempt = attempts.submit(db, db.exec(select(Attempt)).one(), now=NOON)
            return settle(db, db.get_one(Enrollment, attempt.enrollment_id), ana) is not None

    def send_evaluation() -> bool:
        has_read_who_she_is.wait(10)
        with postgres_database.write() as db:
            mine, ana = db.exec(select(Enrollment)).one(), db.get_one(Person, ana_id)
            evaluate(db, mine, ana)
            settled = settle(db, mine, ana) is not None
        has_evaluated.set()
        return settled

    with ThreadPoolExecutor(2) as acts:
        told = [act.result() for act in (acts.submit(submit_exam), acts.submit(send_evaluation))]
    assert told == [True, False]


def test_the_list_she_sees_and_the_gate_before_the_certificate_are_one_answer(db: Session, ana: Person) -> None:
    enrollment = make_enrollment(db, ana)
    course = db.get_one(Edition, enrollment.edition_id).course
    standing = completion.standing(db, enrollment, ana, course)
    assert completion.missing(db, enrollment, ana) == eligibility.missing(standing)
    assert standing.modules_left == ("First", "Second")
    assert (standing.pass_mark, standing.best_percent, standing.attempts_left) == (80, None, None)
