"""What she can prove herself with: asked by every page that asks her to."""

from dataclasses import dataclass

from sqlmodel import Session

from app.identity import authenticators, passkeys, recovery
from app.identity.people import Person, Role


@dataclass(frozen=True, slots=True)
class Means:
    """Her ways to show that it is her, beside her mail."""

    passkeys: int
    authenticator: bool
    recovery_codes: int
    is_staff: bool

    @property
    def any_strong(self) -> bool:
        """Say whether she has anything that counts for more than her mail."""
        return bool(self.passkeys or self.authenticator)

    @property
    def mail_counts(self) -> bool:
        """Say whether a code by mail is enough: for learners, and for staff that has nothing else yet."""
        return not (self.is_staff and self.any_strong)


def of(db: Session, person: Person) -> Means:
    """Give what she can prove herself with."""
    return Means(
        passkeys=len(passkeys.all_of(db, person)),
        authenticator=authenticators.of(db, person) is not None,
        recovery_codes=recovery.left(db, person),
        is_staff=person.role != Role.LEARNER,
    )
