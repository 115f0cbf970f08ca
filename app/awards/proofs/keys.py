"""What a check without the register stands on: the provider's public keys, and a signed list of what was revoked."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from app.awards.proofs import shapes
from app.awards.proofs.shapes import Read, Unfit
from app.awards.proofs.words import WORDS, filled
from app.awards.register import notes
from app.awards.register.notes import BadNote, Checkpoint
from app.kit.errors import Unsupported

STATEMENT, SEAL = "statement", "seal"
ALGORITHM = {STATEMENT: "ed25519", SEAL: "p256"}  # a use has one algorithm; no document chooses its own
PUBLIC_BYTES = 32  # of Ed25519


class NotAList(Unsupported):
    """A file that should hold keys, or revocations, holds something else, or was not made by who it says."""

    title = "We could not use that file"


@dataclass(frozen=True, slots=True)
class Key:
    """A public key that the provider uses or once used."""

    name: str
    use: str
    public: bytes
    retired: str | None  # when new ones took over
    revoked: str | None
    trusted_size: int  # of a revoked key: what stood in the register below this size still counts


@dataclass(frozen=True, slots=True)
class Keys:
    """All keys of one provider, as its site publishes them, with the register that they sign."""

    provider: str
    origin: str
    as_of: str
    checkpoint: Checkpoint | None  # what the provider published with them
    by_name: Mapping[str, Key]

    @classmethod
    def read(cls, raw: bytes) -> Keys:
        """Read a keys file, or raise `NotAList`."""
        try:
            told = shapes.read(raw, "keys")
            by_name = {key.name: key for key in map(_key, told["keys"])}
            keys = cls(told["provider"], told["origin"], told["as_of"], None, by_name)
            published = keys.opened(told["checkpoint"]) if told["checkpoint"] else None
        except ValueError as error:
            raise NotAList(WORDS["lists"]["keys"]) from error
        return cls(keys.provider, keys.origin, keys.as_of, published, by_name)

    def signing(self) -> dict[tuple[str, bytes], Key]:
        """Give the keys for statements as a note names them."""
        named = (key for key in self.by_name.values() if key.use == STATEMENT)
        return {(self.origin, notes.key_id(self.origin, key.public)): key for key in named}

    def seals(self) -> dict[bytes, Key]:
        """Give the keys for seals by their public part."""
        return {key.public: key for key in self.by_name.values() if key.use == SEAL}

    def opened(self, note: str) -> Checkpoint:
        """Give the checkpoint of this register that a note holds, or raise `BadNote`."""
        checkpoint = notes.opened(note, {name: key.public for name, key in self.signing().items()})
        if checkpoint.origin != self.origin:
            raise BadNote("a checkpoint of another register")
        return checkpoint


@dataclass(frozen=True, slots=True)
class Revocations:
    """What the provider said, at one time, no longer counts."""

    as_of: str
    by_number: Mapping[str, Read]  # by the SHA-256 of the number: the list tells nobody which certificates there are

    @classmethod
    def read(cls, raw: bytes, keys: Keys) -> Revocations:
        """Read a list that the provider signed, or raise `NotAList`."""
        try:
            told = shapes.read(raw, "revocations")
        except Unfit as error:
            raise NotAList(WORDS["lists"]["revocations"]) from error
        if flaw := _flaw(told, keys):
            raise NotAList(filled(WORDS["lists"][flaw], provider=keys.provider))
        # What was replaced may have been revoked as well, and then it is revoked: the last of a name stays.
        entries = sorted(told["entries"], key=lambda entry: entry["status"] == "revoked")
        return cls(told["as_of"], {entry["number"]: entry for entry in entries})

    def of(self, number: str) -> Read | None:
        """Give what the list says of a certificate."""
        return self.by_number.get(hashlib.sha256(number.encode()).hexdigest())


def is_signed(signed: Read, signature: Read, key: Key) -> bool:
    """Say whether a signature over what is signed, in its one spelling, is by this key."""
    value = base64.b64decode(signature["value"])
    return notes.is_signed(shapes.canonical(signed), value, public=key.public)


def _key(told: Read) -> Key:
    public, use = base64.b64decode(told["public"]), told["use"]
    if use in ALGORITHM and told["algorithm"] != ALGORITHM[use]:
        raise Unfit("wrong-shape")
    if use == STATEMENT and len(public) != PUBLIC_BYTES:
        raise Unfit("wrong-shape")
    # Where a key is distrusted from before it was revoked, no size tells what stood in the register by then.
    trusted = 0 if told["distrusted_since"] else told["trusted_size"] or 0
    return Key(told["key"], use, public, told["retired"], told["revoked"], trusted)


def _flaw(told: Read, keys: Keys) -> str | None:
    """Give what is wrong with a list of revocations."""
    key = keys.by_name.get(told["signature"]["key"])
    unsigned = {name: value for name, value in told.items() if name != "signature"}
    if told["origin"] != keys.origin:
        return "revocations-of-another"
    if key is None or key.use != STATEMENT or not is_signed(unsigned, told["signature"], key):
        return "revocations-not-signed"
    return "revocations-key-revoked" if key.revoked else None
