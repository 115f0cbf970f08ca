"""The drawings of certificates: made once, kept as they are, the same for everybody."""

from __future__ import annotations

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from cast import join
from conftest import Pencil, StillClock
from makers import ISSUER, make_certificate
from sqlmodel import select

from app.awards import pdfs
from app.awards.certificates import DRAW, NoSuchCertificate
from app.awards.document.order import Order
from app.awards.pdfs import CertificateDocument
from app.kit.database import Database
from app.kit.errors import Unavailable
from app.kit.jobs import Worker


@pytest.fixture
def number(database: Database) -> str:
    with database.write() as db:
        return make_certificate(db, join(db, "ana")).number


def test_a_drawing_is_made_once_and_kept_with_its_fingerprint(
    database: Database, number: str, clock: StillClock
) -> None:
    pencil = Pencil()
    first = pdfs.of(database, pencil, number, issuer=ISSUER, timeout=1, clock=clock)
    again = pdfs.of(database, pencil, number.lower(), issuer=ISSUER, timeout=1, clock=clock)
    assert pencil.drawn == [number]
    assert again == first
    with database.read() as db:
        assert db.exec(select(CertificateDocument)).one().sha256 == hashlib.sha256(first).hexdigest()


def test_a_certificate_is_drawn_by_the_job_that_its_issue_asked_for(
    database: Database, number: str, clock: StillClock
) -> None:
    pencil = Pencil()
    assert Worker(database, clock, {DRAW: pdfs.drawer(database, pencil, ISSUER, clock)}).run_once()
    pdfs.of(database, pencil, number, issuer=ISSUER, timeout=1, clock=clock)
    assert pencil.drawn == [number]


@dataclass
class TwoHands:
    """Two that draw at once, and never quite the same."""

    both_draw: threading.Barrier = field(default_factory=lambda: threading.Barrier(2))

    def draw(self, order: Order, *, timeout: float, paper: str) -> bytes:  # noqa: ARG002
        return f"%PDF-1.7 drawn by hand {self.both_draw.wait()} of {order.facts.number}".encode()


def test_of_two_that_draw_at_once_everybody_gets_the_one_that_was_kept(
    database: Database, number: str, clock: StillClock
) -> None:
    hands = TwoHands()
    with ThreadPoolExecutor(2) as acts:
        drawn = list(
            acts.map(lambda _: pdfs.of(database, hands, number, issuer=ISSUER, timeout=1, clock=clock), range(2))
        )
    assert drawn[0] == drawn[1]
    with database.read() as db:
        assert db.exec(select(CertificateDocument)).one().content == drawn[0]


class NoPango:
    """A machine that cannot draw."""

    def draw(self, order: Order, *, timeout: float, paper: str) -> bytes:  # noqa: ARG002
        raise Unavailable("No PDF can be drawn on this machine.")


def test_a_drawing_that_fails_leaves_the_certificate_and_can_be_made_later(
    database: Database, number: str, clock: StillClock
) -> None:
    with pytest.raises(Unavailable):
        pdfs.of(database, NoPango(), number, issuer=ISSUER, timeout=1, clock=clock)
    assert pdfs.of(database, Pencil(), number, issuer=ISSUER, timeout=1, clock=clock)


def test_a_number_that_was_never_issued_is_not_drawn(database: Database, number: str, clock: StillClock) -> None:
    with pytest.raises(NoSuchCertificate):
        pdfs.of(database, Pencil(), f"{number}0", issuer=ISSUER, timeout=1, clock=clock)
