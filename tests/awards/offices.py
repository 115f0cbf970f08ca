"""A provider's sealed certificates and its records, in memory: what files are held against."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from functools import cache

import seal_keys
from awards.sample_facts import ACE, ANA, FULLEST, NEW_YORK
from issuer import Issuer, Key

from app.awards import badges, document, numbers, statements
from app.awards.checking import Record
from app.awards.document.order import Order
from app.awards.facts import Facts, LicenseFacts
from app.awards.verdicts import Standing, Status

DID = "did:web:ce.example.org"
ADDRESS = "https://ce.example.org"
VALID = Standing(status=Status.VALID)


def numbered(facts: Facts, seed: int) -> Facts:
    """Give the same certificate under another number."""
    digest = hashlib.sha256(str(seed).encode()).digest()
    drawn = "".join(numbers.ALPHABET[byte % 32] for byte in digest[: numbers.LENGTH - 1])
    number = drawn + numbers.check_symbol(drawn)
    return replace(facts, number=number, verify_url=f"{ADDRESS}/v/{numbers.in_groups(number)}")


HERS = numbered(ANA, 1)
BEN = replace(
    numbered(ANA, 2),
    holder_name="Ben Ito",
    license=LicenseFacts(state="NJ", type="LSW", number="44SL0612"),
    course_title="Supervision in clinical practice",
    course_code="SU-204",
    credit_hours={"supervision": "3", "clinical": "1.5"},
    approval_statements=(ACE, NEW_YORK),
)
LONG = numbered(FULLEST, 3)


@dataclass
class Office:
    """Issues certificates, and keeps what was issued."""

    issuer: Issuer = field(
        default_factory=lambda: Issuer(
            current=Key(seal_keys.STATEMENT, seal_keys.STATEMENT_KEY), seal=Key(seal_keys.SEAL, seal_keys.SEAL_KEY)
        )
    )
    records: dict[str, Record] = field(default_factory=dict)
    originals: dict[tuple[str, str], bytes] = field(default_factory=dict)
    has_gap: bool = False  # records of its were lost, and the register says so

    def issue(self, facts: Facts, *, standing: Standing = VALID, papers: tuple[str, ...] = ("letter",)) -> bytes:
        """Issue a certificate, and give the PDF of its first paper."""
        issued = self.issuer.issue(facts)
        self.records[facts.number] = Record(number=facts.number, standing=standing, facts=facts)
        order = _order(facts, issued.certificate, issued.proof)
        for paper in papers:
            self.originals[facts.number, paper] = document.draw(order, paper=paper, sign=signer().sign)
        return self.originals[facts.number, papers[0]]

    def by_bytes(self, sha256: str) -> Record | None:
        for (number, _paper), content in self.originals.items():
            if hashlib.sha256(content).hexdigest() == sha256:
                return self.records.get(number)
        return None

    def by_number(self, number: str) -> Record | None:
        return self.records.get(number)

    def original(self, number: str, paper: str) -> bytes | None:
        return self.originals.get((number, paper)) or self.originals.get((number, "letter"))

    def keys(self) -> bytes:
        return self.issuer.keys_file()

    def was_lost(self) -> bool:
        return self.has_gap


def _order(facts: Facts, bundle: bytes, proof: bytes) -> Order:
    said = json.loads(bundle)["statement"]
    credential = badges.credential(
        facts,
        did=DID,
        address=ADDRESS,
        holder_email="ana@example.org",
        salt=hashlib.sha256(facts.number.encode()).hexdigest()[:32],
        statement_sha256=hashlib.sha256(statements.canonical(said)).hexdigest(),
    )
    return Order(
        facts,
        statement=bundle,
        proof=proof,
        credential=json.dumps(credential, ensure_ascii=False),
        seal=seal_keys.SEALING,
        badge_key=seal_keys.STATEMENT,
        badge_method=seal_keys.METHOD,
    )


def signer() -> seal_keys.Signer:
    return seal_keys.Signer()


@cache
def office() -> Office:
    """Give an office that issued Ana's certificate, Ben's, and the fullest there can be; drawn once for all tests."""
    opened = Office()
    opened.issue(HERS, papers=("letter", "a4"))
    opened.issue(BEN)
    opened.issue(LONG)
    return opened
