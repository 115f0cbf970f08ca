"""Every text of the database: filled with payloads to see what they do (furnished.py), or why it need not be.

Each column that holds text is in one of two lists.
"""

from __future__ import annotations

from sqlalchemy import String
from sqlmodel import AutoString, SQLModel

import app.main  # noqa: F401 - it knows every table

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
JSON = "JSON of our own making: what is typed stands in its values, and is handed to the verbs that write them"
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
