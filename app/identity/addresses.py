"""A new address for an account: hers once she has shown that she reads what is sent there."""

from datetime import datetime

from sqlmodel import Session

from app import audit
from app.identity import people
from app.identity.people import Person
from app.kit.errors import Conflict


class AddressTaken(Conflict):
    """She reads the mail of another account: she has two."""

    title = "You have another account with this address"
    message = (
        "This address belongs to an account already. If both are yours, ask the provider to merge them: nothing of "
        "either is lost."
    )


def purpose(person: Person) -> str:
    """Say what a code for the new address is for: it opens no door, and changes nobody else's address."""
    return f"address:{person.id}"


def change(db: Session, person: Person, email: str, *, now: datetime) -> None:
    """Change the address she signs in with, on the record; raise `AddressTaken` where it is another account's."""
    other = people.by_email(db, email)
    if other is not None and other.id != person.id:
        raise AddressTaken
    actor, before = person.actor, person.email
    person.email, person.email_key = people.address(email), people.key(email)
    db.add(person)
    detail = {"from": before, "to": person.email}
    audit.record(
        db, actor=actor, act="person.address_changed", subject=person.email, now=now, detail=detail, about=person.id
    )
