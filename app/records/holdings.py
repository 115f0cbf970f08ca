"""The data map: every table, what it holds of whom, why, how long, who sees it, and what an erasure does to it.

docs/privacy.md is written from this, and a test fails for a table that is not here. Exports and erasures go by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What becomes of a table's rows about somebody when she erases her account."""

    NONE = "holds nothing of hers"
    GOES = "goes at once"
    EMPTIED = "her words and name go at once, the row stays"
    APART = "stays apart from the account for the retention time"
    STAYS = "stays: it names nobody any more"
    STAFF = "stays: the record of an act of the staff"


@dataclass(frozen=True, slots=True)
class Holding:
    """One table of the map.

    `hers` says by which columns a row is found to be hers: `person_id`, `enrollment_id:enrollment` (as that row is),
    or `@recipient` (an address). `hidden` are columns that no export gives: what proves a browser or a key, and the
    names of others.
    """

    table: str
    what: str
    why: str
    kept: str
    seen_by: str
    fate: Fate = Fate.NONE
    hers: str = ""
    hidden: tuple[str, ...] = ()


ACCOUNT, FOREVER = "as long as the account", "as long as the provider runs the site"
EVIDENCE = "the retention time after completion"
NOBODY, HERSELF, STAFF = "nobody", "herself", "administrators, auditors"
OFFICE = "herself, administrators, auditors"
BOARDS = "herself, administrators, auditors, licensing officers (each look is written down)"
AUTHORS = "authors of the course, administrators"
EVERYBODY = "everybody"
PROOF_OF_HER = ("token_hash", "device_hash", "code_hash", "browser_hash")

HOLDINGS: tuple[Holding, ...] = (
    # who she is
    Holding("person", "e-mail address, legal name and when it was attested, role, time zone, merged accounts",
            "to sign in, and to name her on certificates", ACCOUNT, OFFICE, Fate.EMPTIED, "id", ("email_key",)),
    Holding("license", "state, type, number, dates of issue and renewal", "boards match certificates by it", ACCOUNT,
            OFFICE, Fate.GOES, "person_id"),
    Holding("license_change", "what a license said after each change, when, and by which account",
            "a certificate may name what was changed since", ACCOUNT, OFFICE, Fate.EMPTIED, "license_id:license"),
    Holding("grievance", "what somebody complains of, her address and name, and the answer",
            "approving bodies ask for a procedure that is followed", ACCOUNT, OFFICE, Fate.EMPTIED,
            "person_id|@email_key", ("email_key", "answered_by")),
    Holding("accommodation_request", "what would help her in exams, in her words, and the answer",
            "to grant it: nobody asks why she needs it", ACCOUNT, OFFICE, Fate.GOES, "person_id"),
    Holding("accommodation", "the terms of exams that were granted", "to apply them", ACCOUNT, OFFICE, Fate.GOES,
            "person_id", ("granted_by",)),
    Holding("request_note", "how the office is getting on with a request or a grievance", "to answer in time",
            ACCOUNT, STAFF, Fate.STAFF),
    # what opens the account
    Holding("sign_in", "when and how a browser signed in, was last seen and ended, and its kind",
            "to keep her signed in, and to show her where she is", "30 days after it ended", HERSELF, Fate.GOES,
            "person_id", PROOF_OF_HER),
    Holding("sign_in_code", "address, fingerprint of a code, tries", "to check the code", "an hour", NOBODY,
            Fate.GOES, "@email_key", ("email_key", *PROOF_OF_HER)),
    Holding("one_time_link", "fingerprint of a link the operator made, when it was used", "to sign in without mail",
            "90 days", NOBODY, Fate.GOES, "person_id", PROOF_OF_HER),
    Holding("invitation", "address, role, who invited, fingerprint of the link", "to invite the staff", ACCOUNT,
            STAFF, Fate.GOES, "accepted_by|@email_key", ("email_key", "invited_by", *PROOF_OF_HER)),
    Holding("passkey", "public key, name and times of a passkey", "to sign in without mail", ACCOUNT, HERSELF,
            Fate.GOES, "person_id", ("public_key", "credential_id")),
    Holding("passkey_challenge", "random numbers that passkeys sign", "to use a passkey", "minutes", NOBODY),
    Holding("authenticator", "secret of an authenticator app, sealed", "to sign in to the office", ACCOUNT, NOBODY,
            Fate.GOES, "person_id", ("secret",)),
    Holding("recovery_code", "fingerprints of ten codes", "to sign in when a device is lost", ACCOUNT, NOBODY,
            Fate.GOES, "person_id", ("code_hash",)),
    Holding("proof_try", "when proofs of her were tried", "to slow down guessing", "a day", NOBODY, Fate.GOES,
            "person_id"),
    Holding("first_link", "fingerprint of the link of the first administrator", "to open the house once", FOREVER,
            NOBODY),
    Holding("kept_form", "a form that was sent after a sign-in had expired", "nothing she sent is lost", "7 days",
            HERSELF, Fate.GOES, "person_id", ("ticket",)),
    # what she did
    Holding("reader", "fingerprint of a token in a browser without an account", "reading needs no account",
            "30 days after the last visit", NOBODY, hidden=("token_hash",)),
    Holding("enrollment", "which course, which edition, begun and completed when", "evidence of completion", EVIDENCE,
            BOARDS, Fate.APART, "person_id"),
    Holding("module_mark", "which modules she read, when", "evidence of completion", EVIDENCE, BOARDS, Fate.APART,
            "enrollment_id:enrollment"),
    Holding("place", "where she was in a module", "to go on where she stopped", ACCOUNT, HERSELF, Fate.GOES,
            "enrollment_id:enrollment"),
    Holding("seat_clock", "the sitting that is open", "to count active time", ACCOUNT, NOBODY, Fate.GOES,
            "person_id", ("keys",)),
    Holding("sitting", "beginning, end and seconds of each sitting", "evidence of time spent", EVIDENCE, BOARDS,
            Fate.APART, "enrollment_id:enrollment"),
    Holding("edition_choice", "whether she moved to a new edition", "evidence of what she read", EVIDENCE, OFFICE,
            Fate.APART, "enrollment_id:enrollment"),
    Holding("attempt", "each exam: paper, times, terms, score", "evidence of completion", EVIDENCE, BOARDS,
            Fate.APART, "enrollment_id:enrollment", ("seed",)),
    Holding("answer_event", "each answer in an exam; what is private or in free words nobody but she ever sees",
            "nothing she answered is lost, and scores can be checked",
            f"{EVIDENCE}; free words as long as the account", HERSELF, Fate.EMPTIED, "attempt_id:attempt", ("key",)),
    Holding("locked_answer", "which answers she had checked", "a checked answer counts", EVIDENCE, HERSELF,
            Fate.APART, "attempt_id:attempt"),
    Holding("regraded_attempt", "scores before and after a corrected key", "evidence of a correction", EVIDENCE,
            OFFICE, Fate.APART, "attempt_id:attempt"),
    Holding("evaluation", "that she evaluated a course, and when: not what she said", "evidence of completion",
            EVIDENCE, BOARDS, Fate.APART, "enrollment_id:enrollment"),
    Holding("evaluation_response", "what somebody said of a course, with no way to who it was",
            "to improve the course", FOREVER, AUTHORS),
    Holding("question_report", "that she found a question wrong", "to correct it, and to answer her", ACCOUNT,
            AUTHORS, Fate.EMPTIED, "person_id"),
    Holding("report_remark", "what she wrote about a question", "to correct it", ACCOUNT, AUTHORS, Fate.GOES,
            "report_id:question_report"),
    # what she earned
    Holding("certificate", "what was earned, and beside it whose it is: name and license", "it is what boards check",
            f"name and license: {EVIDENCE}; all else: {FOREVER}",
            "whoever has its number; the license only to whom it is shown", Fate.APART, "person_id",
            ("revoked_by", "salt")),
    Holding("certificate_document", "PDFs of certificates", "everybody gets the same bytes", EVIDENCE,
            "whoever has the number", Fate.APART, "certificate_id:certificate"),
    Holding("certificate_correction", "corrections that were asked for, and why", "two people decide", EVIDENCE,
            STAFF, Fate.APART, "certificate_id:certificate"),
    Holding("erasure", "that the account of a number was erased, and when", "to end what stays, in time", FOREVER,
            STAFF, Fate.STAYS, "person_id"),
    # letters and the trail
    Holding("mail", "letters to her", "to send them, and to show what was said",
            "90 days after sending; codes until they are sent", STAFF, Fate.GOES, "@recipient", ("token",)),
    Holding("audit_line", "who did what to which record, when, from which network",
            "to find out what happened", f"network 90 days; all else {ACCOUNT}", STAFF, Fate.EMPTIED, "actor_id",
            ("salt", "network_salt")),
    Holding("audit_link", "the place of each line in a chain, in numbers and commitments",
            "nobody can change the trail unseen", FOREVER, STAFF, Fate.STAYS),
    # what the staff does: it names the account that acted
    Holding("course_author", "who writes which course", "to let authors in", FOREVER, AUTHORS, Fate.STAFF, "person_id"),
    Holding("draft", "texts that are not published, and who began them", "to write courses", FOREVER, AUTHORS,
            Fate.STAFF, "begun_by"),
    Holding("draft_file", "files of drafts, and who changed them", "to write courses", FOREVER, AUTHORS, Fate.STAFF,
            "changed_by"),
    Holding("draft_revision", "earlier texts of drafts, and who saved them", "to go back", FOREVER, AUTHORS,
            Fate.STAFF, "saved_by"),
    Holding("draft_text", "texts by what they say", "to write courses", FOREVER, AUTHORS),
    Holding("review", "who reviewed which edition, with name and license", "boards ask for it", FOREVER, AUTHORS,
            Fate.STAFF, "reviewer_id"),
    Holding("review_request", "who asked for a review", "to be reviewed", FOREVER, AUTHORS, Fate.STAFF, "asked_by"),
    Holding("report_answer", "what authors answered to reports", "it was told to whoever reported", FOREVER, AUTHORS,
            Fate.STAFF, "answered_by"),
    Holding("ruling", "corrections of keys, and who made them", "scores can be checked", FOREVER, AUTHORS, Fate.STAFF),
    Holding("roster", "rosters of learners that the office took in: addresses, names, licenses, courses",
            "to show what would come of each row, and what did", "90 days; at once where it names her", STAFF,
            Fate.EMPTIED),
    # of the house
    Holding("approval", "approvals by boards", "certificates print them", FOREVER, EVERYBODY),
    Holding("approval_end", "approvals that ended early, and who noted it", "certificates print them", FOREVER, STAFF,
            Fate.STAFF),
    Holding("edition", "published courses", "certificates name them", FOREVER, EVERYBODY, Fate.STAFF),
    Holding("offering", "which courses are on offer", "to offer them", FOREVER, EVERYBODY, Fate.STAFF),
    Holding("provider", "name, address, policies of the provider", "to show them", FOREVER, EVERYBODY),
    Holding("provider_logo", "the provider's logo", "to show it", FOREVER, EVERYBODY),
    Holding("reminder", "which reminders were sent", "to send each once", FOREVER, NOBODY),
    Holding("job", "work that waits, by numbers of records", "to do it", "30 days after it was done", STAFF),
    Holding("register_entry", "statements about certificates, without a name", "proof", FOREVER, STAFF),
    Holding("register_node", "hashes", "proof", FOREVER, EVERYBODY),
    Holding("register_checkpoint", "signed roots", "proof", FOREVER, EVERYBODY),
)  # fmt: skip

BY_TABLE = {one.table: one for one in HOLDINGS}


def written() -> str:
    """Give the map as the table of docs/privacy.md."""
    head = "| Table | Holds | Why | How long | Who sees it | When she erases her account |\n|---|---|---|---|---|---|\n"
    return head + "".join(
        f"| `{one.table}` | {one.what} | {one.why} | {one.kept} | {one.seen_by} | {one.fate} |\n" for one in HOLDINGS
    )
