"""Wordings to begin a statement with: what bodies are known to ask for, to be compared with one's own letter.

Bodies change their wording, and the letter that grants an approval is what counts. Nothing here is ever printed unless
somebody has taken it over into a record of her own. Sources: docs/operating.md, “approvals”.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wording:
    """One wording: of which body, what it says, and what to look for in the letter."""

    key: str
    name: str
    body: str
    statement: str
    note: str


ACE = (
    "{provider}, {provider_number}, is approved as an ACE provider to offer social work continuing education by the "
    "Association of Social Work Boards (ASWB) Approved Continuing Education (ACE) program. Regulatory boards are the "
    "final authority on courses accepted for continuing education credit. ACE provider approval period: {valid_from}–"
    "{valid_to}. Social workers completing this course receive {hours} {hour_types} continuing education credits."
)
ACE_COURSE = (
    "{course_number} is approved by the Association of Social Work Boards (ASWB) Approved Continuing Education (ACE) "
    "program to be offered by {provider} as an individual course. Regulatory boards are the final authority on courses "
    "accepted for continuing education credit. ACE course approval period: {valid_from}–{valid_to}. Social workers "
    "completing this course receive {hours} {hour_types} continuing education credits."
)
NEW_YORK = (
    "{provider} is recognized by the New York State Education Department’s State Board for Social Work as an approved "
    "provider of continuing education for licensed social workers #{provider_number}."
)
CALIFORNIA = (
    "This course meets the qualifications for {hours} hours of continuing education credit for LMFTs, LCSWs, LPCCs "
    "and/or LEPs as required by the California Board of Behavioral Sciences. Provider: {provider}, {provider_number}."
)
NASW = (
    "This program is approved by the National Association of Social Workers (approval {course_number}) for {hours} "
    "{hour_types} continuing education contact hours, from {valid_from} to {valid_to}."
)
SINGLE = "Approved by the board for {hours} {hour_types} contact hours. Approval number {course_number}, {provider}."
OTHER = "{provider}, {provider_number}, is approved from {valid_from} to {valid_to} for {hours} {hour_types} hours."

WORDINGS = (
    Wording(
        "ace",
        "ASWB ACE, the provider",
        "Association of Social Work Boards (ASWB) ACE",
        ACE,
        "Covers the formats that ACE has approved, each by itself. Numbers look like #1107. Three years.",
    ),
    Wording(
        "ace-course",
        "ASWB ACE, one course",
        "Association of Social Work Boards (ASWB) ACE",
        ACE_COURSE,
        "For one course. Give the course and its number. Two years.",
    ),
    Wording(
        "nasw",
        "NASW, one title",
        "National Association of Social Workers (NASW)",
        NASW,
        "NASW approves each title by itself, for twelve months, with a number of its own.",
    ),
    Wording(
        "new-york",
        "New York",
        "New York State Education Department",
        NEW_YORK,
        "Numbers look like SW-1234.",
    ),
    Wording(
        "california",
        "California",
        "California Board of Behavioral Sciences",
        CALIFORNIA,
        "California takes providers that certain bodies have approved. Name yours as its letter does.",
    ),
    Wording(
        "one-course",
        "Another board, one course",
        "",
        SINGLE,
        "For boards that approve single courses, such as Pennsylvania’s: the approval number has to stand there.",
    ),
    Wording("other", "Another board, the provider", "", OTHER, "Put the words of your letter in its place."),
)


def by_key(key: str) -> Wording | None:
    """Give a wording; None where there is none of this name."""
    return next((one for one in WORDINGS if one.key == key), None)
