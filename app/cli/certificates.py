"""`continua certificates`: looking one up, writing PDFs, and every act that changes how one stands."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from app import audit
from app.awards import certificates, erasures, issuing, numbers, pdfs, replacements, standing
from app.awards.certificates import Certificate
from app.awards.drawing import DrawingRoom
from app.awards.facts import LicenseFacts
from app.awards.replacements import Changes
from app.awards.verdicts import REASONS
from app.cli import evidence_sheet, office, opening
from app.kit.clock import system_clock
from app.kit.errors import Invalid
from app.settings import Settings

app = typer.Typer(help="Certificates: look one up, correct, re-issue, revoke, export.", no_args_is_help=True)

app.command("evidence")(evidence_sheet.evidence)

EXPORT_TIMEOUT_SECONDS = 60.0

Number = Annotated[str, typer.Argument(help="The certificate's number, in any case, with or without hyphens.")]
Reason = Annotated[str, typer.Option(help="Why: it stays on record, and the holder is told.")]


@app.command("show")
def show(number: Number) -> None:
    """Show what a certificate says, how it stands, and what happened to it."""
    with office.act() as desk:
        certificate = certificates.by_number(desk.db, number)
        facts, stands = certificate.facts, standing.of(desk.db, certificate)
        typer.echo(f"{facts.number_in_groups}  {stands.status}{_why(certificate)}")
        typer.echo(
            f"{office.harmless(facts.holder_name)}, {facts.course_title}, {facts.total_hours} contact hours, "
            f"{facts.completed_on}"
        )
        for event in standing.history(desk.db, certificate):
            other = f" {numbers.in_groups(event.number)}" if event.number else ""
            typer.echo(f"  {event.at:%Y-%m-%d %H:%M} UTC  {event.kind}{other}  {office.harmless(event.why)}".rstrip())


@app.command("revoke")
def revoke(
    number: Number,
    reason: Annotated[str, typer.Option(help="Why, in words: shown to everyone who checks it.")],
    why: Annotated[str, typer.Option("--class", help=f"Of which kind the reason is: {', '.join(REASONS)}.")] = "other",
) -> None:
    """Revoke a certificate. Its number keeps its page, which says when and why; nothing is deleted."""
    with office.act() as desk:
        certificate = certificates.by_number(desk.db, number)
        certificates.revoke(
            desk.db, certificate, why=why, reason=reason, issuer=desk.issuer, by=audit.OPERATOR, now=desk.now
        )
        typer.echo(f"Revoked: {numbers.in_groups(certificate.number)}.")


@app.command("correct")
def correct(
    number: Number,
    reason: Reason,
    name: Annotated[str, typer.Option(help="The holder's legal name.")] = "",
    license_: Annotated[str, typer.Option("--license", help="State, type and number: “NY LCSW 081234”.")] = "",
    completed: Annotated[str, typer.Option(metavar="DATE", help="The completion date on her calendar.")] = "",
    hours: Annotated[list[str] | None, typer.Option(metavar="TYPE=HOURS", help="All hours, by type.")] = None,
) -> None:
    """Issue a corrected certificate in place of one that was wrong. The old number leads to the new one."""
    with office.act() as desk:
        certificate = certificates.by_number(desk.db, number)
        changes = Changes(
            holder_name=name or None,
            license=_license(license_) if license_ else None,
            completed_at=_completed(certificate, completed) if completed else None,
            credit_hours=dict(map(_hours, hours)) if hours else None,
        )
        new = replacements.correct(
            desk.db, certificate, changes, reason=reason, issuer=desk.issuer, by=audit.OPERATOR, now=desk.now
        )
        typer.echo(f"{numbers.in_groups(certificate.number)} is superseded by {numbers.in_groups(new.number)}.")


@app.command("reissue")
def reissue(number: Number, reason: Reason) -> None:
    """Issue a certificate anew as it is, under a new number and with the keys of today."""
    with office.act() as desk:
        certificate = certificates.by_number(desk.db, number)
        new = replacements.reissue(
            desk.db, certificate, reason=reason, issuer=desk.issuer, by=audit.OPERATOR, now=desk.now
        )
        typer.echo(f"{numbers.in_groups(certificate.number)} is superseded by {numbers.in_groups(new.number)}.")


@app.command("erase")
def erase(
    number: Number,
    sure: Annotated[bool, typer.Option("--yes", help="Yes: this cannot be undone.")] = False,  # noqa: FBT002 - an option
) -> None:
    """Forget whose certificate this was, and its PDFs. Its number, facts, status and proofs stay."""
    if not sure and not typer.confirm("Name, license and PDFs of this certificate will be gone for good. Go on?"):
        raise typer.Exit(1)
    with office.act() as desk:
        certificate = certificates.by_number(desk.db, number)
        erased = erasures.erase(desk.db, certificate, issuer=desk.issuer, by=audit.OPERATOR, now=desk.now)
        for one in erased:
            typer.echo(f"Erased: whose certificate {numbers.in_groups(one.number)} was.")


@app.command("export")
def export(
    chosen: Annotated[list[str], typer.Argument(metavar="NUMBER…", help="Certificate numbers.")],
    to: Annotated[Path, typer.Option(help="The folder to write the PDFs into; it is made if need be.")],
    paper: Annotated[str, typer.Option(help=f"The paper: {' or '.join(pdfs.PAPERS)}.")] = pdfs.LETTER,
) -> None:
    """Write certificates as PDF files, the very bytes their holders download, each named by its number."""
    settings = Settings()
    issuer, database = issuing.of(settings), opening.records(settings)
    rooms = [DrawingRoom(issuer.signer) for _ in range(min(os.cpu_count() or 1, len(chosen)))]
    to.mkdir(parents=True, exist_ok=True)

    def written(place: int) -> Path:
        number, room = chosen[place], rooms[place % len(rooms)]
        content = pdfs.of(
            database,
            room,
            number,
            issuer=issuer,
            timeout=EXPORT_TIMEOUT_SECONDS,
            clock=system_clock,
            paper=paper,
        )
        target = to / f"{numbers.read(number)}.pdf"
        target.write_bytes(content)
        return target

    try:
        with ThreadPoolExecutor(len(rooms)) as hands:
            for done, target in enumerate(hands.map(written, range(len(chosen))), start=1):
                typer.echo(str(target))
                _progress(done, len(chosen))
    finally:
        for room in rooms:
            room.close()
        database.close()


def _progress(done: int, of: int) -> None:
    """Draw a bar on a terminal that somebody watches, where there is enough to wait for."""
    import sys

    if of >= 10 and sys.stderr.isatty():
        width = 30 * done // of
        sys.stderr.write(f"\r{'█' * width}{'░' * (30 - width)} {done} of {of}" + ("\n" if done == of else ""))
        sys.stderr.flush()


def _why(certificate: Certificate) -> str:
    return f": {office.harmless(certificate.revocation_reason)}" if certificate.revocation_reason else ""


def _license(words: str) -> LicenseFacts:
    parts = words.split(maxsplit=2)
    if len(parts) != 3:
        raise Invalid({"license": "Write state, type and number, like “NY LCSW 081234”."})
    return LicenseFacts(*parts)


def _completed(certificate: Certificate, day: str) -> datetime:
    """Give the same time of day on another date of her calendar."""
    facts = certificate.facts
    try:
        date = datetime.strptime(day, "%Y-%m-%d").date()  # noqa: DTZ007 - a day of a calendar has no zone
    except ValueError:
        raise Invalid({"completed_on": "Write the date like 2026-11-20."}) from None
    local: time = facts.completed_local.timetz().replace(tzinfo=None)
    return datetime.combine(date, local, tzinfo=ZoneInfo(facts.time_zone))


def _hours(words: str) -> tuple[str, str]:
    kind, equals, amount = words.partition("=")
    if not equals:
        raise Invalid({"credit_hours": "Write type and hours with an equals sign, like ethics=0.5."})
    return kind.strip(), amount.strip()
