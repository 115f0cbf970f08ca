"""What people do in a furnished house (furnished.py): they join, publish, ask, answer, sit exams and evaluate.

They do it with plain words wherever a column holds the text, since the payload is written over that; and with the
payload where it ends up within something that a verb writes: a course, a statement, an answer, a letter.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import date
from unittest import mock

import cast as the_cast
import makers
import steps
from cast import NOON
from conftest import PUBLIC
from proofs import injections
from sqlmodel import Session, select

from app import audit
from app.assessment import attempts, question_reports, report_answers
from app.assessment.question_reports import About, Outcome, Place
from app.assessment.report_answers import Reply
from app.awards import certificates, completion, regrades, replacements
from app.awards.facts import LicenseFacts
from app.awards.regrades import Decision, Proposal
from app.awards.replacements import Changes
from app.awards.second_looks import CorrectionRequest
from app.content.course import Course, Instructor, Kind
from app.identity import grievances, invitations, licenses, people, request_notes, requests, sign_in
from app.identity.passkeys import Passkey
from app.identity.people import Person, Role
from app.identity.sign_in import Proof
from app.kit import mail
from app.kit.files import Files
from app.learning import enrollments, progress
from app.learning.evaluations import FEWEST, EvaluationResponse
from app.learning.rosters import imports
from app.library import approvals, authors, drafts, provider, reviews
from app.library.editions import Edition, Offering
from app.library.reviews import ReviewRequest, Signature

SMALL, LARGE, OVER = steps.CODE, "every-construct", "retired-course"
TOKEN = "1"  # of a link that came by mail
PLAIN = "Words."
FITS = 900  # letters that every form takes: several payloads side by side may be longer
SAID = dict.fromkeys(("content", "instructor", "relevance", "format", "commercial"), "5")


def join(db: Session) -> dict[str, Person]:
    """Give everybody an account, with a name."""
    who = {name: the_cast.join(db, name) for name in the_cast.EMAILS}
    who["rhea"] = people.find_or_add(db, "rhea@example.org", now=NOON)
    who["rhea"].role = Role.REVIEWER
    for one in who.values():
        people.attest_legal_name(db, one, f"Name {one.id}", now=NOON)
        people.choose_time_zone(db, one, "America/New_York")
    db.flush()
    return who


def publish(db: Session, who: Mapping[str, Person], payload: str, *, first: str) -> tuple[Edition, Edition]:
    """Publish a course that is earned, one that holds the payload in every text, and one that is retired."""
    teacher = Instructor(payload, payload, payload, bio=payload)
    words = {"summary": payload, "audience": payload, "objectives": (payload,) * 3, "instructors": (teacher,)}
    makers.make_edition(db, makers.make_course(title="Before"))
    small = makers.make_edition(db, makers.make_course(title=payload, **words))
    large = makers.make_edition(db, _large(first))
    over = makers.make_edition(db, makers.make_course(OVER, title=payload))
    for edition in (small, large, over):
        authors.begin(db, edition.course_code, who["ines"], now=NOON)
    retired = db.get_one(Offering, OVER)
    retired.retired_at = NOON
    db.add(retired)
    return small, large


def _large(payload: str) -> Course:
    course = injections.read(injections.filled(payload)[0])
    assert course is not None, f"no course is left of {payload[:80]}"
    return course


def begin_drafts(db: Session, ines: Person, payload: str) -> Sequence[drafts.Draft]:
    """Begin a course that is sound but for its module, one with the payload in every text, and go on with two."""
    first = makers.make_draft(db, ines, **{"01-rules": f"{makers.PLAIN_MODULE}\n{payload}\n"})
    drafts.write(db, first, "01-rules.md", f"{makers.PLAIN_MODULE}\n{payload} again\n", over=1, by=ines, now=NOON)
    written = {name.removesuffix(".md"): raw.decode() for name, raw in injections.filled(payload)[0].items()
               if name.endswith(".md") and "/" not in name}  # fmt: skip
    written = {name: words.replace("code: every-construct", "code: large-draft") for name, words in written.items()}
    second = makers.make_draft(db, ines, code="large-draft", **written)
    going_on = [makers.make_draft(db, ines, code=f"draft-of-{code}") for code in (SMALL, OVER)]
    for draft, code in zip(going_on, (SMALL, OVER), strict=True):
        draft.course_code = code  # as if it had been opened from what is published
        db.add(draft)
    db.flush()
    return first, second, *going_on


def run_the_office(db: Session, who: Mapping[str, Person], payload: str) -> None:
    """Ask, answer, invite, send rosters: what the office has on its desk."""
    ana, ada, olu = who["ana"], who["ada"], who["olu"]
    provider.change(db, {"name": "Riverside", "signer_name": "Maria"}, by=ada.actor, now=NOON)
    if (held := licenses.confirm(db, ana, ("NY", "LCSW", "081234"), now=NOON)) is not None:
        licenses.renew_on(db, held, date(2027, 3, 31), now=NOON)
    makers.make_approval(db)
    record = makers.make_approval(
        db, provider_number="1108", valid_from="2027-01-01", course_code=SMALL, course_number="7"
    )
    approvals.end(db, record, last_day=date(2027, 6, 30), reason=PLAIN, by=ada.actor, now=NOON)
    requests.ask(db, ana, PLAIN, provider_email="office@example.org", now=NOON)
    requests.grant(db, ana, requests.TimeFactor.DOUBLE, one_at_a_time=True, note=PLAIN, by=olu.actor, now=NOON)
    requests.ask(db, ana, PLAIN, provider_email="office@example.org", now=NOON)
    sent = grievances.send(db, PLAIN, email="", person=ana, provider_email="office@example.org", now=NOON)
    grievances.answer(db, sent, PLAIN, by=ada.actor, now=NOON)
    grievances.send(db, PLAIN, email="guest@example.org", name="A Guest", now=NOON)
    for kind in ("accommodation", "grievance"):
        for number in (1, 2):
            request_notes.add(db, kind, number, PLAIN, by=ada.actor, now=NOON)
    invited = {"provider": "Riverside", "address": PUBLIC, "by": ada.actor, "now": NOON}
    invitations.invite(db, "new@example.org", Role.REVIEWER, **invited).token_hash = sign_in.fingerprint(TOKEN)
    sign_in.begin(db, ana, proof=Proof.CODE, now=NOON)
    db.add(Passkey(person_id=ana.id, credential_id="hers", public_key=b"", name=PLAIN, added_at=NOON))
    _rosters(db, ada, payload)
    db.flush()


def _rosters(db: Session, ada: Person, payload: str) -> None:
    """Send a roster whose cells are payloads, and one that was taken in already."""
    made = io.StringIO()
    head = ("E-mail", "Legal name", "License state", "License type", "License number", "Course code", payload)
    plain = ("pat@example.org", payload, "NY", "LCSW", "081235", SMALL, payload)
    csv.writer(made).writerows([head, (payload,) * len(head), plain])
    for name in ("one.csv", "two.csv"):
        sent = imports.send(db, made.getvalue().encode(), name=name, by=ada.actor, now=NOON)
    outcome = {"row": 2, "email": payload, "name": payload, "what": payload, "remarks": payload}
    sent.told, sent.done_at, sent.done_by = json.dumps([outcome]), NOON, ada.label
    db.add(sent)


def sign(db: Session, who: Mapping[str, Person], begun: Sequence[drafts.Draft], files: Files) -> None:
    """Ask for a review of each draft but the last, and sign that one and whatever is published."""
    for draft in begun[:-1]:
        digest = drafts.content_hash(db, draft, files)
        asked = {"draft_id": draft.id, "course_code": draft.course_code, "content_hash": digest, "note": PLAIN}
        db.add(ReviewRequest(**asked, asked_at=NOON, asked_by=who["ines"].id))
    texts = [(one.course_code, one.content_hash) for one in db.exec(select(Edition)).all()]
    for code, digest in (*texts, (begun[-1].course_code, drafts.content_hash(db, begun[-1], files))):
        signed = Signature(PLAIN, PLAIN, PLAIN)
        reviews.vouch(db, signed, course_code=code, content_hash=digest, by=who["rhea"].actor, now=NOON)
    db.flush()


def earn(db: Session, who: Mapping[str, Person], small: Edition, payload: str) -> tuple[str, ...]:
    """Issue three certificates: one that stands, one that was corrected, and one that is revoked."""
    ana, ada = who["ana"], who["ada"]
    issued = []
    for _ in range(3):
        enrollment = makers.make_enrollment(db, ana, small, finished=False)
        makers.read_everything(db, enrollment)
        makers.pass_exam(db, enrollment)
        makers.evaluations.submit(db, enrollment, SAID | {"practice": payload}, now=NOON)
        one = completion.settle(db, enrollment, people.by_id(db, ana.id), issuer=makers.ISSUER, now=NOON)
        assert one is not None
        issued.append(one)
    named = LicenseFacts("NY", payload, payload)
    wanted = Changes(holder_name=payload, license=named, credit_hours={"ethics": "1"}).to_json()
    asked = {"certificate_id": issued[0].id, "changes": wanted, "reason": PLAIN, "asked_by": who["gus"].id}
    db.add(CorrectionRequest(**asked, asked_at=NOON))
    _corrected(db, issued[1], payload, ada)
    certificates.revoke(db, issued[2], reason=payload, issuer=makers.ISSUER, by=ada.actor, now=NOON)
    audit.record(
        db, actor=ada.actor, act="certificate.corrected", subject="x", now=NOON, detail={payload: payload, "w": payload}
    )
    db.flush()
    return tuple(one.number for one in db.exec(select(certificates.Certificate)))


def _corrected(db: Session, certificate: certificates.Certificate, payload: str, ada: Person) -> None:
    """Correct a license to one that no verb would let in."""
    changes = Changes(license=LicenseFacts("NJ", payload, "081236"))
    with mock.patch.object(replacements, "assert_sound"):
        replacements.correct(db, certificate, changes, reason=payload, issuer=makers.ISSUER, by=ada.actor, now=NOON)


def sit_exams(db: Session, ana: Person, large: Edition, payload: str) -> Sequence[int]:
    """Sit an exam with every kind of question: once to its end, and once more. What is written is a payload."""
    enrollment = enrollments.begin(db, ana, large, now=NOON)
    for module in large.course.modules:
        progress.mark_done(db, enrollment.id, module, now=NOON)
    tried = []
    for last in (False, True):
        attempt = attempts.start(db, enrollment, now=NOON)
        for slot in attempts.paper(db, attempt).slots:
            written = {
                Kind.SHORT: payload, Kind.FREE_TEXT: payload, Kind.NUMBER: payload,
                Kind.GAPS: [payload] * len(slot.question.gaps),
            }.get(slot.question.kind)  # fmt: skip
            if written is not None:
                key = f"answer-{attempt.id}-{slot.number}"
                attempts.save_answer(db, attempt, slot.question.id, written, sequence=slot.number, key=key, now=NOON)
        tried.append(attempt.id if last else attempts.submit(db, attempt, now=NOON).id)
    return tried


def report(db: Session, who: Mapping[str, Person], large: Edition, payload: str) -> None:
    """Report two questions, answer one of them, and correct its key."""
    exam = large.course.exam
    assert exam is not None
    one, other, *_ = exam.questions()
    for question in (one, other):
        about = About(large, question, Place.EXAM)
        question_reports.report(db, who["ana"], about, PLAIN, address=PUBLIC, now=NOON)
    reply = Reply(Outcome.LATER, payload[:FITS], seen=10**6)
    report_answers.answer(db, large, one.id, reply, by=who["ines"], address=PUBLIC, now=NOON)
    for edition in db.exec(select(Edition).where(Edition.course_code == SMALL)).all()[-1:]:
        proposal = Proposal(edition, "question-1", makers.DROPPED)
        decision = Decision(regrades.plan(db, proposal).digest, payload[:FITS], who["ines"].actor)
        regrades.apply(db, proposal, decision, issuer=makers.ISSUER, now=NOON)


def evaluate(db: Session, large: Edition, payload: str) -> None:
    """Let as many people evaluate both courses as are told of."""
    own = {f"own-{one.id}": payload if one.kind == Kind.FREE_TEXT else "5" for one in large.course.evaluation}
    told = json.dumps(SAID | own | {f"objective-{number}": "5" for number in (1, 2, 3)} | {"practice": payload})
    for edition in db.exec(select(Edition)).all():
        for number in range(FEWEST):
            row = {"id": f"{edition.id}-{number}", "edition_id": edition.id, "answers": told}
            db.add(EvaluationResponse(**row, counted_on=date(2026, 11, 1)))
    db.flush()


def write_letters(db: Session, who: Mapping[str, Person], payload: str) -> None:
    """Write the letters that are written once names and titles are what they are now."""
    ana, ada = people.by_id(db, who["ana"].id), people.by_id(db, who["ada"].id)
    requests.decline(db, ana, reason=payload[:FITS], by=ada.actor, now=NOON)
    held = grievances.by_id(db, 2)
    grievances.answer(db, held, payload[:FITS], by=ada.actor, now=NOON)
    letter = mail.letter("enrolled", provider=provider.current(db).name, address=PUBLIC, courses=[payload])
    mail.queue(db, to="pat@example.org", message=letter, now=NOON)
    db.flush()
