"""A register of as many certificates as it takes, written as the application writes it, but many at a time.

Run as a program, it audits one and says what that cost:

    python -m proofs.large_registers URL FOLDER [signatures]
"""

from __future__ import annotations

import hashlib
import json
import resource
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from cast import NOON, join
from makers import make_edition
from registers import certify, make_issuer
from sqlalchemy import insert
from sqlmodel import select

from app.awards import auditing, keys, numbers, statements
from app.awards.certificates import Certificate
from app.awards.issuer import Issuer
from app.awards.register import log, notes, tree
from app.awards.register.log import Entry, Node, SignedCheckpoint
from app.awards.register.notes import Checkpoint
from app.kit.database import Database, open_database

AT_ONCE = 2_000


def fill(database: Database, issuer: Issuer, *, count: int) -> None:
    """Issue so many certificates, each signed, in the place it would have taken."""
    with database.write() as db:
        make_edition(db)
        pattern = certify(db, "ana", issuer).facts
        person = join(db, "ana").id
        hand = keys.hand(db, issuer, now=NOON)
        nodes = {(one.level, one.place): one.hash for one in db.exec(select(Node))}
        first = log.size(db)
        for start in range(0, count - 1, AT_ONCE):
            rows: dict[Any, list[dict[str, Any]]] = {Certificate: [], Entry: [], Node: [], SignedCheckpoint: []}
            for place in range(start, min(start + AT_ONCE, count - 1)):
                number = _number(place)
                facts = replace(pattern, number=number, verify_url=issuer.verify_url(number))
                _enter(rows, facts, person, hand, first + place, nodes)
            for table, values in rows.items():
                db.execute(insert(table), values)
    if issuer.remembers:
        with database.read() as db:
            newest = log.newest(db)
            assert newest is not None
            issuer.remembers.keep(newest.note)


def _enter(rows: Any, facts: Any, person: int, hand: log.Hand, seq: int, nodes: dict[tuple[int, int], bytes]) -> None:
    whose = statements.personal(facts)
    words = statements.canonical(statements.of(facts, whose))
    rows[Certificate].append({"number": facts.number, "person_id": person, "statement": words.decode(),
                              "personal": whose.text, "salt": whose.salt, "completed_at": facts.completed_at,
                              "issued_at": facts.issued_at})  # fmt: skip
    rows[Entry].append({"seq": seq, "kind": "issue", "subject": facts.number, "statement": words.decode(),
                        "key": hand.key.name, "signature": hand.sign(words), "at": facts.issued_at})  # fmt: skip
    for level, place, made in tree.completed_by(seq, tree.leaf_hash(words), lambda *at: nodes[at]):
        nodes[level, place] = made
        rows[Node].append({"level": level, "place": place, "hash": made})
    reached = Checkpoint(hand.origin, seq + 1, tree.root(seq + 1, lambda *at: nodes[at]))
    note = notes.signed(reached, name=hand.origin, public=hand.key.public, sign=hand.sign)
    rows[SignedCheckpoint].append({"size": seq + 1, "note": note, "at": facts.issued_at})


def _number(place: int) -> str:
    digest = hashlib.sha256(str(place).encode()).digest()
    drawn = "".join(numbers.ALPHABET[byte % 32] for byte in digest[: numbers.LENGTH - 1])
    return drawn + numbers.check_symbol(drawn)


def _main(url: str, folder: str, *options: str) -> None:
    """Audit a register, and say what that cost, in a process that has done nothing else."""
    issuer, database = make_issuer(Path(folder)), open_database(url)
    began = time.process_time()
    with database.read() as db:
        found = len(list(auditing.audit(db, issuer, documents=False, signatures="signatures" in options)))
    spent, peak = time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sys.stdout.write(json.dumps({"found": found, "seconds": spent, "kilobytes": peak}))


if __name__ == "__main__":
    _main(*sys.argv[1:])
