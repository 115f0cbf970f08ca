"""Keys of the house: a root and yearly leaves that seal PDFs, and keys that sign what the register says.

What became of a key is told by entries in the register and by nothing else, so no key that was ever used is forgotten.
A certificate that was signed with a retired key verifies for ever. Of a revoked key counts what stood in the register
before it was revoked, and nothing after.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from app import audit
from app.awards import statements, vouching
from app.awards.issuer import Issuer
from app.awards.register import log, seal_certificates
from app.awards.register.log import Hand
from app.awards.register.notes import Checkpoint, Note
from app.awards.verdicts import instant
from app.kit.errors import Conflict, NotFound, Refusal
from app.kit.signing import Algorithm, KeyMissing, PublicKey
from app.library import provider

ROOT, SEAL, STATEMENT = "root", "seal", "statement"
ALGORITHMS = {ROOT: Algorithm.P256, SEAL: Algorithm.P256, STATEMENT: Algorithm.ED25519}
ROTATE_AFTER = timedelta(days=365)


class NoSuchKey(NotFound):
    """The register knows no key of this name."""

    message = "There is no key of this name. ./run keys list shows them all."


class KeyNotActive(Conflict):
    """The key signs nothing any more."""

    message = "This key was retired or revoked before. ./run keys list shows when."


class LastOfItsUse(Conflict):
    """Nothing could be signed without it."""

    message = "Nothing could be signed without this key. Make its successor first: ./run keys rotate"


class NoReasonForKey(Refusal):
    """A key is not revoked without saying why."""

    message = "Say why the key is revoked: the register keeps it, and everybody can read it."


class NotYet(Refusal):
    """A key is distrusted from a time that has come."""

    message = "Say since when the key may have been in other hands: an instant that has come. Or leave it out."


@dataclass(frozen=True, slots=True)
class Key:
    """One key as the register tells of it."""

    public: PublicKey
    use: str  # root | seal | statement
    certificate: bytes  # DER; empty for keys that sign statements
    made_at: datetime
    retired_at: datetime | None = None
    revoked_at: datetime | None = None
    distrusted_since: datetime | None = None  # what it signed from then on is refused, also where it is on record
    trusted_size: int | None = None  # of the register: how many entries there were when it was revoked
    why: str = ""

    @property
    def name(self) -> str:
        """The name it goes by."""
        return self.public.name

    @property
    def is_active(self) -> bool:
        """Whether it signs."""
        return self.retired_at is None and self.revoked_at is None


def all_of(db: Session) -> list[Key]:
    """Give every key there ever was, in the order they were made."""
    return list(log.once(db, _read))


def _read(db: Session) -> list[Key]:
    known: dict[str, Key] = {}
    for entry in log.of_kind(db, "key"):
        said = entry.said
        known[entry.subject] = _told(known.get(entry.subject), said, at=statements.moment(said["at"]), seq=entry.seq)
    return list(known.values())


def by_name(db: Session, name: str) -> Key:
    """Find a key, or raise `NoSuchKey`."""
    if found := next((key for key in all_of(db) if key.name == name), None):
        return found
    raise NoSuchKey


def active(db: Session, use: str) -> Key | None:
    """Give the key that signs now: the newest that was neither retired nor revoked."""
    return next((key for key in reversed(all_of(db)) if key.use == use and key.is_active), None)


def hand(db: Session, issuer: Issuer, *, now: datetime) -> Hand:
    """Give whoever writes into the register now, and hold the register: no key may be revoked before it has signed.

    Of two that write into an empty house at once, one makes the keys and the other finds them.
    """
    log.hold(db)
    return _by(db, issuer, in_use(db, issuer, now=now).public)


def in_use(db: Session, issuer: Issuer, *, now: datetime) -> Key:
    """Give the key that signs statements now. In an empty house, the keys are made here."""
    key = active(db, STATEMENT)
    if key is None:
        log.hold(db)
        key = active(db, STATEMENT) or _begin(db, issuer, now=now)
    return key


def origin(db: Session, issuer: Issuer) -> str:
    """Give the name of the register: what it was called when it began."""
    newest = log.newest(db)
    return Checkpoint.read(Note.read(newest.note).text).origin if newest else issuer.origin


def sealing(db: Session, issuer: Issuer, *, now: datetime) -> tuple[Key, Key]:
    """Give the key that seals PDFs now, and the root that vouches for it."""
    in_use(db, issuer, now=now)
    seal, root = active(db, SEAL), active(db, ROOT)
    if seal is None or root is None:
        raise NoSuchKey
    return seal, root


def assert_held(db: Session, issuer: Issuer) -> None:
    """Raise `KeyMissing` or `KeyExposed` where a key that signs now is not here, or not safe here."""
    for use in (STATEMENT, SEAL):
        key = active(db, use)
        if key is not None and not issuer.signer.holds(key.name):
            raise KeyMissing(key.name)


def rotate(db: Session, issuer: Issuer, *, by: audit.Actor, now: datetime) -> list[Key]:
    """Make this year's keys, and retire those before them. The root stays while it is here and lives long enough.

    The old statement key vouches for the new one where it is still here.
    """
    log.hold(db)
    if active(db, STATEMENT) is None:
        in_use(db, issuer, now=now)
        return all_of(db)
    return _renew(db, issuer, by=by, now=now)


def _renew(db: Session, issuer: Issuer, *, distrusted: str = "", by: audit.Actor, now: datetime) -> list[Key]:
    before, old = all_of(db), active(db, STATEMENT)
    new = issuer.signer.make(STATEMENT, ALGORITHMS[STATEMENT], now=now)
    writes = first = _by(db, issuer, new)
    if old and old.name != distrusted and issuer.signer.holds(old.name):
        first = _by(db, issuer, old.public)
    elif issuer.remembers:
        issuer.remembers.vouch(new.name)
    _enter(db, first, statements.of_key("new", new, STATEMENT, now=now), now=now)
    root = _root(db, issuer, writes, distrusted=distrusted, now=now)
    _make_seal(db, issuer, writes, root, now=now)
    for key in before:
        if key.is_active and key.name != root.name:
            _enter(db, writes, statements.of_key("retire", key.public, key.use, now=now), now=now)
    known = {key.name for key in before}
    made = [key for key in all_of(db) if key.name not in known]
    _trail(db, "keys.rotated", ", ".join(key.name for key in made), by=by, now=now)
    return made


def retire(db: Session, key: Key, *, issuer: Issuer, by: audit.Actor, now: datetime) -> Key:
    """Let a key sign nothing any more. What it signed stands."""
    log.hold(db)
    key = by_name(db, key.name)
    if not key.is_active:
        raise KeyNotActive
    others = [one for one in all_of(db) if one.use == key.use and one.is_active and one.name != key.name]
    if not others:
        raise LastOfItsUse
    _enter(db, _not_by(db, issuer, key), statements.of_key("retire", key.public, key.use, now=now), now=now)
    _trail(db, "key.retired", key.name, by=by, now=now)
    return by_name(db, key.name)


def revoke(
    db: Session, key: Key, *, reason: str, since: datetime | None, issuer: Issuer, by: audit.Actor, now: datetime
) -> Key:  # fmt: skip
    """Distrust a key, because others may have it. Its successor is made first, and is not vouched for by it.

    What stood in the register before this counts on; with `since`, only what stood there before that instant.
    """
    if not reason.strip():
        raise NoReasonForKey
    if since is not None and since > now:
        raise NotYet
    log.hold(db)
    key = by_name(db, key.name)
    if key.revoked_at is not None:
        raise KeyNotActive
    if key.is_active:
        _renew(db, issuer, distrusted=key.name, by=by, now=now)
    if since and issuer.remembers:
        for name in vouching.brought_in(db, key.name, since=since):
            if issuer.signer.holds(name):
                issuer.remembers.vouch(name)  # it is ours all the same
    why = " ".join(reason.split())
    said = statements.of_key("revoke", key.public, key.use, why=why, since=since, now=now)
    _enter(db, _not_by(db, issuer, key), said, now=now)
    _trail(db, "key.revoked", key.name, by=by, now=now, reason=why)
    return by_name(db, key.name)


def published(db: Session, *, now: datetime) -> dict[str, Any]:
    """Give the file of public keys (docs/verifying.md): all that an offline check needs to know of this house."""
    newest = log.newest(db)
    return {
        "type": "continua-keys-1",
        "provider": provider.current(db).name,
        "origin": Checkpoint.read(Note.read(newest.note).text).origin if newest else "",
        "as_of": instant(now),
        "checkpoint": newest.note if newest else "",
        "keys": [_published(key) for key in all_of(db)],
    }


# --- making --------------------------------------------------------------------------------------------------------


def _begin(db: Session, issuer: Issuer, *, now: datetime) -> Key:
    """Make the first keys of a house. The first entry of its register is the key that signs it."""
    first = issuer.signer.make(STATEMENT, ALGORITHMS[STATEMENT], now=now)
    writes = _by(db, issuer, first)
    _enter(db, writes, statements.of_key("new", first, STATEMENT, now=now), now=now)
    _make_seal(db, issuer, writes, _root(db, issuer, writes, now=now), now=now)
    _trail(db, "keys.made", first.name, by=audit.HOUSE, now=now)
    return by_name(db, first.name)


def _root(db: Session, issuer: Issuer, writes: Hand, *, distrusted: str = "", now: datetime) -> Key:
    root = active(db, ROOT)
    # A leaf must not outlive the root that vouches for it.
    is_young = root is not None and now - root.made_at < seal_certificates.ROOT_LIVES - seal_certificates.LEAF_LIVES
    if root and is_young and root.name != distrusted and issuer.signer.holds(root.name):
        return root
    made = issuer.signer.make(ROOT, ALGORITHMS[ROOT], now=now)
    certificate = seal_certificates.root(made, house=provider.current(db).name, sign=_signing(issuer, made), now=now)
    _enter(db, writes, statements.of_key("new", made, ROOT, certificate=certificate, now=now), now=now)
    return by_name(db, made.name)


def _make_seal(db: Session, issuer: Issuer, writes: Hand, root: Key, *, now: datetime) -> None:
    made = issuer.signer.make(SEAL, ALGORITHMS[SEAL], now=now)
    certificate = seal_certificates.leaf(
        made, root.certificate, house=provider.current(db).name, sign=_signing(issuer, root.public), now=now
    )
    _enter(db, writes, statements.of_key("new", made, SEAL, certificate=certificate, now=now), now=now)


def _signing(issuer: Issuer, key: PublicKey) -> Any:
    return lambda message: issuer.signer.sign(key.name, message)


def _not_by(db: Session, issuer: Issuer, key: Key) -> Hand:
    """Give a hand that does not use this key: nothing it signs tells of its own end."""
    for other in reversed(all_of(db)):
        if other.use == STATEMENT and other.is_active and other.name != key.name:
            return _by(db, issuer, other.public)
    raise LastOfItsUse


def _by(db: Session, issuer: Issuer, key: PublicKey) -> Hand:
    return Hand(
        origin=origin(db, issuer),
        key=key,
        sign=_signing(issuer, key),
        opens=lambda note: vouching.opened(db, issuer, note),
        remembers=issuer.remembers,
    )


def _enter(db: Session, writes: Hand, said: statements.Statement, *, now: datetime) -> None:
    log.append(db, said, subject=said["key"], hand=writes, now=now)


def _told(known: Key | None, said: statements.Statement, *, at: datetime, seq: int) -> Key:
    if known is None:
        public = PublicKey(said["key"], Algorithm(said["algorithm"]), base64.b64decode(said["public"]))
        return Key(public, said["use"], base64.b64decode(said["certificate"] or ""), made_at=at)
    if said["act"] == "retire":
        return replace(known, retired_at=known.retired_at or at)
    since = statements.moment(said["since"]) if said["since"] else None
    return replace(known, revoked_at=at, distrusted_since=since, trusted_size=seq, why=said["why"])


def _published(key: Key) -> dict[str, Any]:
    def when(moment: datetime | None) -> str | None:
        return instant(moment) if moment else None

    return {
        "key": key.name,
        "use": key.use,
        "algorithm": str(key.public.algorithm),
        "public": base64.b64encode(key.public.public).decode(),
        "certificate": base64.b64encode(key.certificate).decode() if key.certificate else None,
        "from": instant(key.made_at),
        "retired": when(key.retired_at),
        "revoked": when(key.revoked_at),
        "distrusted_since": when(key.distrusted_since),
        "trusted_size": key.trusted_size,
    }


def _trail(db: Session, act: str, subject: str, *, by: audit.Actor, now: datetime, **detail: str) -> None:
    audit.record(db, actor=by, act=act, subject=subject, now=now, detail=detail)


def fingerprints(keys: Iterable[Key]) -> dict[str, str]:
    """Give the SHA-256 of each public key, to be read out over the telephone."""
    import hashlib

    return {key.name: hashlib.sha256(key.public.public).hexdigest() for key in keys}


def due(known: Iterable[Key], *, now: datetime) -> list[str]:
    """Say what an operator should do about keys that sign and are getting old."""
    old = [key for key in known if key.is_active and key.use != ROOT and now - key.made_at > ROTATE_AFTER]
    return [f"{key.name} is more than a year old. Make this year’s keys: ./run keys rotate" for key in old]
