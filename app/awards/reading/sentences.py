"""What is said of a file and of a number: a sentence to an officer, and what to do next. All of them stand here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.awards import numbers, telling
from app.awards.document import wording
from app.awards.reading.findings import Doubt
from app.awards.reading.found import ALSO_SAYS, LOOKS_DIFFERENT, MISSING, NOTHING, QR_CODE
from app.awards.reading.kinds import Trouble
from app.awards.verdicts import Difference, Standing, Status

ASK_FOR_FILE = "Ask the holder for the PDF file as it was issued."

TROUBLES = {
    Trouble.EMPTY: "This file is empty. Ask for it to be sent again.",
    Trouble.TOO_LARGE: "This file is larger than 20 MB, and a certificate never is. Send the certificate alone.",
    Trouble.HEIC: "This photo is in a phone’s own format (HEIC). Save it as JPEG or PDF, and drop it here again.",
    Trouble.OTHER: "This is neither a PDF nor a picture nor a zip, so there is no certificate in it to read.",
    Trouble.LOCKED: "This PDF is locked with a password. Our certificates never are. " + ASK_FOR_FILE,
    Trouble.DAMAGED: "This file is damaged or was cut short, and cannot be read. Ask for it to be sent again.",
    Trouble.TOO_MANY_PAGES: "This PDF has {detail} pages. Send the certificates in it as files of at most 20 pages.",
    Trouble.NO_PAGE: "There is no page in this PDF. Ask for it to be sent again.",
    Trouble.BOMB: "This file unpacks to far more than a certificate ever holds, so we stopped reading it.",
    Trouble.TANGLED: "The objects in this PDF run in circles or lie too deep in each other, so we stopped reading it.",
    Trouble.TOO_SLOW: "Reading this file took too long, so we stopped. A certificate of ours takes a moment.",
    Trouble.BREAKS_READER: "This file made our reader stop. A certificate of ours never does. " + ASK_FOR_FILE,
    Trouble.BROKEN_ZIP: "This zip, or a file in it, is damaged. Ask for it to be sent again.",
    Trouble.ZIP_TOO_MUCH: "There is too much in this zip: at most 500 files and 200 MB. Send it in parts.",
    Trouble.ZIP_IN_ZIP: "This is a zip within a zip. Unpack the outer one, and drop this one here by itself.",
    Trouble.ZIP_LOCKED: "This file is locked with a password within the zip. Unpack it and drop it here by itself.",
    Trouble.ZIP_LINK: "This entry of the zip is a link to another file, and no file. It was not followed.",
    Trouble.ZIP_EMPTY: "There is no file in this zip.",
    Trouble.OFFICE: (
        "This is a document of a word processor or a spreadsheet, and our certificates never are. " + ASK_FOR_FILE
    ),
}

# Each goes on from “… is on record, but ”.
DOUBTS = {
    Doubt.SCRIPT: "this file holds a program (JavaScript) that can change what it shows",
    Doubt.ACTION: "this file would open or send something else",
    Doubt.LAYERS: "this file has layers that can be switched on and off",
    Doubt.FORM: "this file has form fields that the original has not",
    Doubt.NOTES: "comments, stamps or shapes were put on this page",
    Doubt.MIXED: "this file is built so that different programs may show different pages",
    Doubt.APPENDED: "something was appended to this file after it was issued",
    Doubt.IMAGE: "this is a picture, and a picture proves nothing by itself",
    Doubt.NO_TEXT: "there are no words in this file, only shapes, and we cannot read those",
    Doubt.PAGES: "this file has more pages than a certificate",
    Doubt.DAMAGED: "this file is damaged",
    Doubt.UNLIKE: "this file is not laid out as the certificate is",
    Doubt.UNALIGNED: "this page looks different throughout, as printing in other letters does",
    Doubt.ATTACHED: "what is attached to this file was changed or is damaged",
    Doubt.FILES: "other files are attached to this one",
    Doubt.WORDS: "words were added to the margin of this page: “{detail}”",
    Doubt.MARKS: "something is drawn on this page, or missing from it, beside the facts",
    Doubt.DESCRIPTION: "the title of this file names another certificate, or other hours",
    Doubt.SPOKEN: "this file says something else to programs that read it aloud or copy from it",
    Doubt.UNUSUAL: "this page is painted by means of which programs show different things",
    Doubt.NO_ORIGINAL: "the original to compare it with is not kept here",
}
COMPARE = "Compare what it says with the record, fact by fact."

NO_NUMBER_IN_PICTURE = (
    "This is a picture, and no certificate number could be read from its QR code. "
    "Type the number that is printed on it."
)
NOT_OURS = "There is no certificate number of ours in this file. We did not issue it."
NOT_OURS_WITH_SCRIPT = (
    "There is no certificate number of ours in this file, and there is a program in it (JavaScript). "
    "We did not issue it; be careful with it."
)
NOT_ISSUED = "We never issued a certificate with the number {number}. Compare the number with the paper."
NOT_ISSUED_BUT_SIGNED = (
    "We never issued this certificate, number {number}: it carries the seal of “{signer}”, which is not ours. "
    "If that is another provider, check it there."
)
MISTYPED = "We never issued a certificate with the number {number}: no number of ours is built like that."
SEVERAL = "This is no certificate: it names several, such as {number}. Check each of them by its number."
NEVER_ENTERED = (
    "This file is signed with a key of ours, but we never issued it: our register, which has no gap, does not know it. "
    "Do not accept it, and tell us, for somebody may have used our key."
)
LOST = (
    "This file is ours, record lost: seal and signature show that we issued it, but its record was lost with a "
    "database. How it stands today is not known. Write to us with this file."
)
LOST_RESAVED = (
    "Ours, record lost: the data attached to this file is signed by us, but the file was saved again, and there is no "
    "record to hold it against. " + ASK_FOR_FILE
)
ERASED_ORIGINAL = (
    "This is the certificate as we sealed it. {stands} Whose it is was erased from our records by request."
)
ERASED_PICTURE = (
    "The certificate with this number is on record. {stands} Whose it is was erased by request, so this file cannot be "
    "held against the record. " + ASK_FOR_FILE
)
UNKNOWN_SIGNER = " It carries a seal of “{signer}”, which is not ours."


def of_number(standing: Standing, *, demonstration: bool) -> str:
    """Say how a certificate stands that was asked for by its number."""
    return f"{stands(standing, demonstration=demonstration)} {_NEXT[standing.status]}".strip()


def of_original(standing: Standing, *, demonstration: bool) -> str:
    """Say that a file is the very one that was issued."""
    return f"This is the certificate as we issued it. {stands(standing, demonstration=demonstration)}"


def of_same_facts(standing: Standing, *, demonstration: bool, signer: str) -> str:
    """Say that a file was saved again and says the same."""
    again = "This file was saved again or printed, and every fact in it equals the record."
    return f"{again} {stands(standing, demonstration=demonstration)}{_signed(signer)}"


def of_altered(differences: Sequence[Difference], standing: Standing, *, signer: str) -> str:
    """Say that a file was altered, and in what."""
    first, more = differences[0], len({one.field for one in differences}) - 1
    others = f", and {more} more {'fact differs' if more == 1 else 'facts differ'}" if more else ""
    told = (
        f"Altered: {telling.field(first.field)}: {_on_file(first.paper)}; record: {_on_record(first.record)}{others}."
    )
    stood = "" if standing.status is Status.VALID else f" {stands(standing, demonstration=False)}"
    return f"{told} Do not accept this file; go by the record.{stood}{_signed(signer)}"


def _on_file(paper: str) -> str:
    """Say what a file says, in quotation marks; what is said about the file is said without."""
    if paper.startswith(ALSO_SAYS) or paper == LOOKS_DIFFERENT:
        return f"this file {paper}"
    if paper.startswith(QR_CODE):
        return f"on this file, {paper}"
    return "not on this file" if paper == MISSING else f"this file: “{paper}”"


def _on_record(record: str) -> str:
    return record if record == NOTHING or record.startswith(QR_CODE) else f"“{record}”"


def of_picture(doubt: Doubt, detail: str, standing: Standing, *, demonstration: bool, signer: str) -> str:
    """Say that a record was found, and that a person has to compare."""
    stored = _ON_RECORD[standing.status]
    why = DOUBTS[doubt].format(detail=detail)
    stood = "" if standing.status is Status.VALID and not demonstration else f" {_stood(standing, demonstration)}"
    return f"The certificate is {stored}, but {why}. {COMPARE}{stood}{_signed(signer)}"


def of_trouble(trouble: Trouble, detail: str = "") -> str:
    """Say why nothing can be said of a file."""
    return TROUBLES[trouble].format(detail=detail)


def of_slip(number: str) -> str:
    """Say what is wrong with a number as it was typed."""
    if len(number) != numbers.LENGTH:
        return f"A certificate number has {numbers.LENGTH} letters and digits; this has {len(number)}."
    if odd := sorted(set(number) - set(numbers.ALPHABET)):
        return f"A certificate number never holds “{odd[0]}”. Check that symbol."
    return "One symbol does not fit the others: one is mistyped, or two changed places. Compare it with the paper."


def stands(standing: Standing, *, demonstration: bool) -> str:
    """Say how a certificate stands."""
    if standing.status is Status.VALID:
        return _DEMONSTRATION if demonstration else "It is valid."
    return _stood(standing, demonstration)


def _stood(standing: Standing, demonstration: bool) -> str:  # noqa: FBT001 - told on from the functions above
    if standing.status is Status.REVOKED:
        when = f" on {wording.date_in_words(date.fromisoformat(standing.revoked_on))}" if standing.revoked_on else ""
        return f"It was revoked{when}: it does not count."
    if standing.status is Status.SUPERSEDED:
        how = "corrected" if standing.why_replaced == "corrected" else "issued anew"
        return f"It was {how}: certificate {numbers.in_groups(standing.replaced_by)} counts instead."
    if standing.status is Status.UNKNOWN:
        return "How it stands today is not known."
    return _DEMONSTRATION if demonstration else "It is valid."


def _signed(signer: str) -> str:
    return UNKNOWN_SIGNER.format(signer=signer) if signer else ""


_DEMONSTRATION = "It is genuine, and a demonstration: it counts for no credit."
_ON_RECORD = {
    Status.VALID: "on record and valid",
    Status.SUPERSEDED: "on record, replaced",
    Status.REVOKED: "on record, revoked",
    Status.UNKNOWN: "not on record",
}
_NEXT = {
    Status.VALID: "Compare the facts with the paper: a number alone does not show what is printed.",
    Status.SUPERSEDED: "",
    Status.REVOKED: "",
    Status.UNKNOWN: "",
}
