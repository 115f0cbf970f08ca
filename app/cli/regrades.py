"""`continua regrade`: a key corrected after people have answered: what would follow, then the same plan applied."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated

import typer
from sqlmodel import Session

from app import audit
from app.assessment import key_texts, rulings
from app.assessment.corrections import DROPPED, Correction, Regrade
from app.assessment.rulings import Ruling
from app.awards import consequences, issuing, numbers, regrade_outcomes, regrades
from app.awards.consequences import Consequence, Plan
from app.awards.issuer import Issuer
from app.awards.regrades import Decision, PlanStale, Proposal
from app.cli import office
from app.library import editions
from app.library.editions import Edition, NoSuchEdition
from app.settings import Settings

app = typer.Typer(help="Correct a key or drop a question, and grade again.", no_args_is_help=True)

Code = Annotated[str, typer.Argument(help="The course's code.")]
QuestionId = Annotated[str, typer.Argument(metavar="QUESTION", help="The question's id.")]
Key = Annotated[
    str,
    typer.Option(
        help="The right key: option numbers (2,3), items in their right order, for each term the number of its "
        "meaning, accepted answers (a | b), the same for each gap (a | b; c), or a number (45 ± 5)."
    ),
]
Drop = Annotated[bool, typer.Option("--drop", help="Take the question out: it counts neither way.")]
Too = Annotated[bool, typer.Option("--keep-old", help="What counted as right before counts as well.")]
Only = Annotated[
    str,
    typer.Option(
        metavar="HASH",
        help="In one edition alone, by the beginning of its hash. Else wherever the same text stands.",
    ),
]


@app.command("plan")
def plan(
    code: Code,
    question: QuestionId,
    *,
    key: Key = "",
    drop: Drop = False,
    keep_old: Too = False,
    only: Only = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print for a machine.")] = False,
) -> None:
    """Say what would follow from a correction: every attempt, who gains a pass, whose is at stake. Writes nothing."""
    with office.act() as desk:
        edition = _edition(desk.db, code, question, only)
        written = DROPPED if drop else _key(desk.db, edition, question, key, keep_old=keep_old)
        found = regrades.plan(desk.db, Proposal(edition, question, written, everywhere=not only))
    typer.echo(json.dumps(_plain(found), ensure_ascii=False, indent=2) if as_json else "\n".join(_text(found)))


@app.command("apply")
def apply(  # noqa: PLR0913 - each is an option of the command
    code: Code,
    question: QuestionId,
    *,
    plan: Annotated[str, typer.Option(help="The name of the plan that you have seen.")],
    reason: Annotated[str, typer.Option(help="Why. It stays on record.")],
    key: Key = "",
    drop: Drop = False,
    keep_old: Too = False,
    only: Only = "",
    take_passes: Annotated[
        bool, typer.Option("--take-passes", help="Take the passes that the plan says are at stake. Else they stay.")
    ] = False,
) -> None:
    """Apply the very plan that was seen: scores, passes, certificates and letters, in one transaction and once."""
    settings = Settings()
    issuer = issuing.of(settings)
    with office.act() as desk:
        edition = _edition(desk.db, code, question, only)
        written = DROPPED if drop else _key(desk.db, edition, question, key, keep_old=keep_old)
        proposal = Proposal(edition, question, written, everywhere=not only)
        ruling = _applied(desk, proposal, Decision(plan, reason, audit.OPERATOR, takes_passes=take_passes), issuer)
        lines = list(_done(desk.db, ruling))
    typer.echo("\n".join(lines))


def _applied(desk: office.Desk, proposal: Proposal, decision: Decision, issuer: Issuer) -> Ruling:
    try:
        return regrades.apply(desk.db, proposal, decision, issuer=issuer, now=desk.now)
    except PlanStale as stale:
        typer.echo("\n".join(_text(stale.plan)))
        raise


@app.command("list")
def list_rulings(code: Code) -> None:
    """List what was corrected in a course, newest first: when, by whom and why."""
    with office.act() as desk:
        for one in reversed(rulings.of_course(desk.db, code)):
            typer.echo(f"{one.made_at:%Y-%m-%d %H:%M}  {one.question_id}  {one.was} → {one.became}  {one.made_by}")
            typer.echo(f"  {one.reason}")


def _edition(db: Session, code: str, question_id: str, typed: str) -> Edition:
    """Give the edition that was named, or the newest one that asks the question."""
    if not typed:
        return regrades.newest_that_asks(db, code, question_id)
    found = editions.by_hash(db, typed)
    if found.course_code != code:
        raise NoSuchEdition(typed)
    return found


def _key(db: Session, edition: Edition, question_id: str, key: str, *, keep_old: bool) -> Correction:
    asked = regrades.question(db, edition, question_id)
    return key_texts.read(asked, key_texts.split(asked, key), keeps_old=keep_old)


# --- as text -------------------------------------------------------------------------------------------------------


def _text(found: Plan) -> Iterator[str]:
    yield f"{found.question.heading}  [{found.question.id}]"
    yield f"Key: {found.was} → {found.becomes}"
    yield ""
    yield from (f"{words}: {count}" for words, count in found.counts)
    yield ""
    for one in consequences.sorted_by_weight(found.consequences):
        yield from (f"{_line(regrade)}  {one.who}  {one.words}".rstrip() for regrade in one.regrades)
    yield ""
    yield f"Plan: {found.digest}"


def _line(one: Regrade) -> str:
    before, after = ("pass" if passed else "no pass" for passed in (one.was_passed, one.earned))
    return f"attempt {one.attempt_id}: {one.was_percent}% → {one.percent}%, {before} → {after}"


def _done(db: Session, ruling: Ruling) -> Iterator[str]:
    touched = rulings.touched(db, ruling)
    yield f"Corrected: {ruling.heading}  [{ruling.question_id}]"
    yield f"Key: {ruling.was} → {ruling.became}"
    yield from (f"{words}: {count}" for words, count in regrade_outcomes.counts(db, ruling, touched))


# --- for a machine -------------------------------------------------------------------------------------------------


def _plain(found: Plan) -> dict[str, object]:
    return {
        "plan": found.digest,
        "course": found.course_code,
        "question": found.question.id,
        "was": found.was,
        "becomes": found.becomes,
        "counts": dict(found.counts),
        "people": [_person(one) for one in found.consequences],
    }


def _person(one: Consequence) -> dict[str, object]:
    return {
        "enrollment": one.enrollment_id,
        "who": one.who,
        "gains_pass": one.gains,
        "pass_at_stake": one.would_lose,
        "certificate_to_issue": one.completes,
        "certificate": numbers.in_groups(one.certificate) if one.certificate else None,
        "attempts": [_attempt(each) for each in one.regrades],
    }


def _attempt(one: Regrade) -> dict[str, object]:
    return {
        "attempt": one.attempt_id,
        "was": {"score": str(one.was_score), "possible": str(one.was_possible), "passed": one.was_passed},
        "now": {"score": str(one.score), "possible": str(one.possible), "passes": one.earned},
    }
