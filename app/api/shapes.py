"""The shapes of what machines send and are told, for the description of the API (docs/api.md).

What is told is made elsewhere, from the same results as pages and receipts; tests hold every answer against these.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from app.awards.verdicts import Document, Status
from app.counter import MOST

LONGEST_NUMBER = 80  # letters, with whatever stands between the groups


class Shape(BaseModel):
    """A shape. What is not in it is refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Asked(Shape):
    """Numbers to be checked."""

    numbers: Annotated[
        list[Annotated[str, Field(max_length=LONGEST_NUMBER)]],
        Field(
            min_length=1, max_length=MOST, description="As they are printed: case, hyphens and spaces do not matter."
        ),
    ]


class FactsTold(Shape):
    """The credited facts, as they are on record."""

    number: str = Field(description="20 symbols without hyphens.")
    status: Status
    holder: str
    license: str = Field(
        description="Whole where the file was read, by its end where a number was asked for; or empty."
    )
    course: str
    code: str
    edition: str = Field(description="The content hash of the text that was studied.")
    hours: str = Field(description="Contact hours of 60 minutes, exact decimal text.")
    hours_by_type: dict[str, str]
    format: str = Field(description="reading, recorded, live-webinar or in-person")
    completed_on: str = Field(description="The date on the holder’s calendar, which boards go by: 2026-11-20")
    completed_at: str = Field(description="The instant in UTC: 2026-11-20T18:00:00Z")
    provider: str
    approvals: list[str] = Field(description="As they were on that date. Empty: not approved by any board.")
    presenters: list[str]
    demonstration: bool = Field(description="Issued on trial: not valid for credit.")


class DifferenceTold(Shape):
    """One fact in which the file and the record disagree."""

    field: str
    paper: str
    record: str


class HistoryTold(Shape):
    """What became of the certificate. What did not happen is left out."""

    revoked_on: str | None = None
    revocation_class: str | None = None
    revocation_reason: str | None = None
    replaced_by: str | None = Field(default=None, description="The number of the certificate that counts instead.")
    replaces: str | None = None
    why_replaced: str | None = Field(default=None, description="corrected or reissued")


class SignatureTold(Shape):
    """Who signed the result."""

    key: str = Field(description="A statement key, listed at /verify/keys.json.")
    value: str = Field(description="Ed25519 over the RFC 8785 text of the result without `signature`, in base64.")


class ResultTold(Shape):
    """What one file, or one number, proves."""

    asked: str = Field(description="The number as it was sent; empty for a file.")
    filename: str = Field(description="Empty for a number.")
    sha256: str = Field(description="Of the file; empty for a number.")
    number: str = Field(description="The number that was found; empty where there is none.")
    document: Document | None = Field(description="What the file is; null for a number.")
    status: Status
    ok: bool | None = Field(
        description="True only for an original, or the same facts, of a valid one; null for a number."
    )
    facts: FactsTold | None
    differences: list[DifferenceTold]
    history: HistoryTold
    sentence: str
    checked_at: str
    signature: SignatureTold | None = Field(description="Null while the signing key is not at hand.")


class Answer(Shape):
    """What was found, in the order in which it was sent; a zip gives a result for each file in it."""

    results: list[ResultTold]


class Problem(BaseModel):
    """Why something was refused (RFC 9457), in a sentence to a person."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    fields: dict[str, str] | None = Field(default=None, description="With 422: a sentence for each wrong field.")
