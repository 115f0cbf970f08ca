"""The hand of the house: signs what was found with the statement key in use, and knows its own signatures again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.awards import keys
from app.awards.attesting import Signature
from app.kit.errors import Unavailable
from app.kit.signing import verifies

if TYPE_CHECKING:
    from app.awards.issuer import Issuer
    from app.awards.keys import Key
    from app.kit.database import Database


class NothingSignedYet(Unavailable):
    """A house that never issued anything has no keys."""

    message = "This house has no signing key yet. Its operator makes one with ./run keys new."


@dataclass(frozen=True, slots=True)
class HouseHand:
    """Signs for the house; what signs is looked up each time, for a key may be rotated while the house is open."""

    database: Database
    issuer: Issuer

    def sign(self, message: bytes) -> Signature:
        """Sign with the statement key that is in use."""
        with self.database.read() as db:
            key = keys.active(db, keys.STATEMENT)
        if key is None:
            raise NothingSignedYet
        return Signature(key.name, self.issuer.signer.sign(key.name, message))

    def signed(self, signature: Signature, message: bytes) -> bool:
        """Say whether one of this house's statement keys that still count made this signature."""
        key = self._known(signature.key)
        counts = key is not None and key.use == keys.STATEMENT and key.revoked_at is None
        return counts and key is not None and verifies(key.public, signature.value, message)

    def fingerprint(self, key: str) -> str:
        """Give the SHA-256 of a public key; empty of one that is not known."""
        known = self._known(key)
        return hashlib.sha256(known.public.public).hexdigest() if known else ""

    def _known(self, name: str) -> Key | None:
        with self.database.read() as db:
            return next((one for one in keys.all_of(db) if one.name == name), None)
