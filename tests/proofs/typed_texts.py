"""Payloads in every text that a person may type, on every page that shows one, in a browser that no policy restrains.

Each column of the database that holds text is in one of two lists: it is filled with payloads here, or it says why it
need not be. What no verb would let in is written past the verbs, so that the pages have to hold by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from unittest import mock

import cast as the_cast
import steps
from conftest import PUBLIC
from fastapi import FastAPI
from fastapi.testclient import TestClient
from makers import ISSUER, make_approval, make_course, make_edition, make_enrollment
from playwright.sync_api import Browser
from proofs import injections
from proofs.injections import OURS, Outcome
from sqlalchemy import String, inspect, text
from sqlmodel import AutoString, Session, SQLModel
from ways import PLACE

from app import audit
from app.awards import completion
from app.identity import requests, sign_in
from app.identity.licenses import License
from app.identity.sign_in import Proof
from app.kit import mail, templates
from app.library import provider
from app.main import ROUTERS

AT_ONCE = 20  # pages in one window
HTML, OK = "text/html", 200

# --- every column that holds text --------------------------------------------------------------------------------

TYPED: dict[str, str] = {  # table: the columns that hold what somebody typed
    "accommodation_request": "needs answer answered_by",
    "accommodation": "granted_by",
    "approval": "body provider_number course_number statement",
    "approval_end": "reason by",
    "audit_line": "actor_label subject network",
    "audit_link": "named",
    "certificate": "revoked_by revocation_reason",
    "certificate_correction": "reason",
    "draft": "title",
    "edition": "title published_by",
    "grievance": "email name words answered_by answer",
    "invitation": "email invited_by",
    "job": "last_error",
    "license": "type number",
    "mail": "recipient subject text last_error",
    "offering": "folder problems conflict retired_by retirement_reason",
    "passkey": "name",
    "person": "email legal_name",
    "provider": "name address phone email signer_name signer_title refund_policy grievance_policy "
    "accommodations_policy privacy_policy",
    "question_report": "heading",
    "report_answer": "words",
    "report_remark": "words",
    "request_note": "words by",
    "review": "name license note",
    "review_request": "note",
    "roster": "file_name sent_by done_by",
    "ruling": "heading was became reason made_by",
    "sign_in": "device",
}
DIGEST = "a digest or a random text of our own"
CODE = "a code, a slug, an id or a path that the reader of courses lets in only plain"
CHOICE = "one word of a list of our own"
JSON = "JSON of our own making: what is typed stands in its values, and gets there by the columns above"
KEY = "a name that we make ourselves, for finding"
NEVER = "shown on no page"
NOT_TYPED: dict[str, dict[str, str]] = {  # reason: table: columns
    DIGEST: {
        "attempt": "seed",
        "certificate": "number",
        "certificate_document": "sha256",
        "draft_file": "sha256",
        "draft_revision": "sha256",
        "draft_text": "sha256",
        "edition": "content_hash",
        "evaluation_response": "id",
        "first_link": "token_hash",
        "invitation": "token_hash",
        "kept_form": "ticket",
        "mail": "token",
        "offering": "folder_hash",
        "one_time_link": "token_hash",
        "passkey": "credential_id",
        "passkey_challenge": "challenge browser_hash",
        "proof_try": "device_hash",
        "provider": "logo",
        "provider_logo": "digest",
        "reader": "token_hash",
        "recovery_code": "code_hash",
        "register_checkpoint": "note",
        "register_entry": "key subject",
        "review": "content_hash",
        "review_request": "content_hash",
        "roster": "sha256",
        "sign_in": "token_hash device_hash",
        "sign_in_code": "code_hash browser_hash",
    },
    CODE: {
        "answer_event": "question_id",
        "approval": "course_code",
        "course_author": "course_code",
        "draft": "course_code",
        "draft_file": "name",
        "draft_revision": "name",
        "edition": "course_code",
        "enrollment": "course_code",
        "locked_answer": "question_id",
        "module_mark": "module_slug",
        "offering": "course_code",
        "place": "module_slug block",
        "question_report": "course_code question_id place",
        "review": "course_code",
        "review_request": "course_code",
        "ruling": "course_code question_id",
        "seat_clock": "module_slug",
        "sitting": "module_slug",
    },
    CHOICE: {
        "accommodation": "time_factor",
        "approval": "formats hour_types",
        "attempt": "time_factor score possible",
        "audit_line": "act",
        "audit_link": "act",
        "certificate": "replaces_why revocation_class",
        "certificate_document": "paper",
        "draft_revision": "how was",
        "edition": "kind",
        "invitation": "role",
        "job": "kind",
        "license": "state",
        "license_change": "act",
        "one_time_link": "proof",
        "passkey_challenge": "purpose",
        "person": "role time_zone",
        "regraded_attempt": "was_score was_possible score possible",
        "register_entry": "kind",
        "report_answer": "outcome",
        "request_note": "kind",
        "sign_in": "proof",
        "sign_in_code": "purpose",
    },
    JSON: {
        "answer_event": "answer",
        "attempt": "seen",
        "audit_line": "detail",
        "certificate": "statement personal",
        "certificate_correction": "changes",
        "draft": "based_on",
        "edition": "source compiled files",
        "evaluation_response": "answers",
        "license_change": "told",
        "register_entry": "statement",
        "roster": "told counts",
        "ruling": "prints correction plan",
        "seat_clock": "keys",
    },
    KEY: {
        "answer_event": "key",
        "grievance": "email_key",
        "invitation": "email_key",
        "job": "key payload",
        "person": "email_key",
        "reminder": "key",
        "sign_in_code": "email_key",
    },
    NEVER: {
        "kept_form": "path content_type",
        "mail": "html",  # written by templates that escape, like pages
        "sign_in_code": "email",
    },
}


def columns() -> set[tuple[str, str]]:
    """Give every column of the house that holds text."""
    kinds = (String, AutoString)
    return {(table.name, one.name) for table in _tables() for one in table.columns if isinstance(one.type, kinds)}


def _tables() -> list[object]:
    return [*SQLModel.metadata.tables.values()]


def typed() -> set[tuple[str, str]]:
    """Give the columns that are filled."""
    return {(table, name) for table, names in TYPED.items() for name in names.split()}


def not_typed() -> list[tuple[str, str]]:
    """Give the columns that are left out, each as often as a reason names it."""
    return [(table, name) for held in NOT_TYPED.values() for table, names in held.items() for name in names.split()]


# --- a house in which each of them is filled ---------------------------------------------------------------------


def furnish(house: FastAPI, payload: str) -> str:
    """Let people do what they do, then write the payload over whatever they typed; give the certificate's number."""
    with house.state.wiring.database.write() as db:
        ana, ada = the_cast.join(db, "ana"), the_cast.join(db, "ada")
        db.add(License(person_id=ana.id, state="NY", type="LCSW", number="1", confirmed_at=the_cast.NOON))
        requests.ask(db, ana, "More time.", provider_email="a@example.org", now=the_cast.NOON)
        make_approval(db)
        provider.change(db, {"name": "Riverside", "signer_name": "Maria"}, by=ada.actor, now=the_cast.NOON)
        words = mail.Letter("A letter", "Words.", "<p>Words.</p>")
        mail.queue(db, to="ana@example.org", message=words, now=the_cast.NOON)
        edition = make_edition(db, make_course(title=f"A Course {payload}"))
        enrollment = make_enrollment(db, ana, edition, finished=True)
        _write_over(db, payload, ("person", "provider", "license", "approval"))
        db.expire_all()
        certificate = completion.settle(
            db, enrollment, the_cast.people.by_id(db, ana.id), issuer=ISSUER, now=the_cast.NOON
        )
        assert certificate is not None
        audit.record(
            db, actor=ada.actor, act="certificate.corrected", subject="x", now=the_cast.NOON, detail={"w": payload}
        )
        db.flush()
        _write_over(db, payload, tuple(TYPED))
        return certificate.number


def _write_over(db: Session, payload: str, tables: Sequence[str]) -> None:
    connection = db.connection()
    for name in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
        connection.execute(text(f'DROP TRIGGER "{name}"'))
    connection.execute(text("PRAGMA ignore_check_constraints = ON"))
    there = set(inspect(connection).get_table_names())
    for table in tables:
        for column in TYPED[table].split() if table in there else ():
            filled = "rowid || :payload" if column in {"email", "number"} else ":payload"  # some are each another's
            # The statement of an approval has places in braces, and no others are let in (app/library/approvals.py).
            words = payload.replace("{", "").replace("}", "") if table == "approval" else payload
            connection.execute(text(f'UPDATE "{table}" SET "{column}" = {filled}'), {"payload": words})


def filled_tables(house: FastAPI) -> set[str]:
    """Say which tables have a row to show."""
    with house.state.wiring.database.read() as db:
        return {name for name in TYPED if db.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one()}


# --- and a browser to open it ------------------------------------------------------------------------------------


def pages(house: FastAPI, number: str) -> Iterator[tuple[str, str]]:
    """Ask for every page, as nobody, as Ana and as the administrator."""
    known = {"code": steps.CODE, "slug": "first", "number": number}
    ways = {route.path for router in ROUTERS for route in router.routes if "GET" in route.methods}
    for client in _browsers(house):
        for way in sorted(ways):
            path = PLACE.sub(lambda found: known.get(found[1], "1"), way)
            answer = client.get(path)
            if answer.status_code >= 500:
                raise AssertionError(f"{path}: {answer.status_code}")
            if answer.headers.get("content-type", "").startswith(HTML) and answer.status_code == OK:
                yield path, OURS.sub("", answer.text)
        client.close()


def _browsers(house: FastAPI) -> Iterator[TestClient]:
    for name in ("", "ana", "ada"):
        client = TestClient(house, base_url=PUBLIC, follow_redirects=False, raise_server_exceptions=False)
        if name:
            with house.state.wiring.database.write() as db:
                token = sign_in.begin(
                    db, the_cast.people.by_id(db, 1 if name == "ana" else 2), proof=Proof.PASSKEY, now=the_cast.NOON
                )
            client.cookies.set("__Host-continua", token)
        yield client


def prove(house: FastAPI, browser: Browser, payload: str) -> Outcome:
    """Open every page of a house in which everything that was typed is a payload."""
    outcome = Outcome(payloads=payload.count("\n") + 1, texts=len(typed()))
    number = furnish(house, payload)
    texts = [shown for _path, shown in pages(house, number)]
    outcome.pages, outcome.shown = len(texts), sum("parent.ran" in one for one in texts)
    context = browser.new_context(bypass_csp=True)
    try:
        page = context.new_page()
        for first in range(0, len(texts), AT_ONCE):
            injections._open(page, texts[first : first + AT_ONCE], outcome)
    finally:
        context.close()
    return outcome


@contextmanager
def unescaped() -> Iterator[None]:
    """Take the protection away: templates write what they are handed as it was typed."""
    environment = templates.environment()
    with mock.patch.object(environment, "autoescape", False):
        environment.cache.clear()  # type: ignore[union-attr]
        yield
    environment.cache.clear()  # type: ignore[union-attr]
