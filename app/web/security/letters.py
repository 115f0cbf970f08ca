"""Letters to her about how she signs in: whoever changes it in her name does not stay unnoticed."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from app.kit import mail


def tell(db: Session, email: str, what: str, *, now: datetime) -> None:
    """Write to an address of hers what was changed, in a sentence."""
    mail.queue(db, to=email, message=mail.letter("signing-in-changed", what=what), now=now)
