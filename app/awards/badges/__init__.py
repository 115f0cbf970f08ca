"""Badges: a certificate as an Open Badges 3.0 credential that software of others can read and check.

The row is the truth, and the register proves it; a badge is a third way to carry the same facts, for wallets and
validators that know nothing of us. It is signed in the render process only: canonical JSON-LD needs a heavy library.
"""

from __future__ import annotations

from app.awards.badges.claims import credential, facts_of, recipient_hash, statement_of
from app.awards.badges.proofs import Checked, read, sign, verify, written
from app.awards.badges.rdf import NotBundled, NotCovered

__all__ = [
    "Checked",
    "NotBundled",
    "NotCovered",
    "credential",
    "facts_of",
    "read",
    "recipient_hash",
    "sign",
    "statement_of",
    "verify",
    "written",
]
