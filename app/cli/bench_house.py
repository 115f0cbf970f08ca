"""A house for the benches of certificates: empty, with keys of its own, and facts as courses give them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from app.awards import certificates, numbers, pdfs
from app.awards.certificates import Earned
from app.awards.drawing import DrawingRoom
from app.awards.facts import Facts, LicenseFacts, Presenter
from app.awards.issuer import Issuer
from app.awards.register.witness import Memory
from app.cli import migrate
from app.kit.clock import system_clock
from app.kit.database import Database, open_database
from app.kit.signing import KeptInFolder

TIMEOUT_SECONDS = 60.0
APPROVAL = (
    "Example Center for Practice, #1107, is approved as an ACE provider to offer social work continuing education by "
    "the Association of Social Work Boards (ASWB) Approved Continuing Education (ACE) program. Regulatory boards are "
    "the final authority on courses accepted for continuing education credit. ACE provider approval period: January 1, "
    "2026–December 31, 2028. Social workers completing this course receive 3.0 ethics continuing education credits."
)


@dataclass(frozen=True, slots=True)
class House:
    """A database of its own, keys of its own, and who issues."""

    database: Database
    issuer: Issuer
    folder: Path

    def issue(self, *, now: datetime) -> str:
        """Issue one certificate, durably, and give its number."""
        facts = facts_of(numbers.new(), address=self.issuer.address, now=now)
        with self.database.write() as db:
            certificates.enter(db, facts, Earned(None, None, None), issuer=self.issuer, now=now)
        return facts.number

    def draw(self, room: DrawingRoom, number: str) -> bytes:
        """Have its PDF drawn, sealed and kept, durably."""
        return pdfs.of(self.database, room, number, issuer=self.issuer, timeout=TIMEOUT_SECONDS, clock=system_clock)


@contextmanager
def opened() -> Iterator[House]:
    """Open an empty house in a folder that is gone afterwards."""
    with TemporaryDirectory(prefix="continua-bench-") as place:
        folder = Path(place)
        url = f"sqlite:///{folder / 'bench.db'}"
        migrate.upgrade(url)
        database = open_database(url)
        issuer = Issuer(
            address="https://ce.example.org",
            demonstration=False,
            signer=KeptInFolder(folder / "keys"),
            remembers=Memory(folder / "register" / "checkpoint"),
        )
        yield House(database, issuer, folder)
        database.close()


def facts_of(number: str, *, address: str, now: datetime) -> Facts:
    """Give the facts of a certificate as a course of three hours gives them."""
    return Facts(
        number=number,
        holder_name="María Núñez-O’Brien",
        license=LicenseFacts("NY", "LCSW", "081234"),
        course_title="Social Media, Boundaries and the Duty of Confidentiality",
        course_code="SM-101",
        edition="96378fcba055" * 5 + "0123",
        delivery="reading",
        presenters=(Presenter("Jordan Reyes", "PhD, LCSW"), Presenter("Amara Nwosu", "LICSW")),
        credit_hours={"ethics": "3.0"},
        began_at=now - timedelta(days=3),
        completed_at=now,
        time_zone="America/New_York",
        issued_at=now,
        provider_name="Example Center for Practice",
        provider_address="100 Main Street, Albany, NY 12207",
        provider_phone="+1 518 555 0100",
        provider_email="ce@example.org",
        signer_name="Adaeze Brennan",
        signer_title="Director of Continuing Education",
        approval_statements=(APPROVAL,),
        verify_url=f"{address}/v/{number}",
        demonstration=False,
    )
