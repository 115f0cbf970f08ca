"""What the signed facts of a certificate prove by themselves: without the register, without us, without a network.

Nothing that is read can make this raise, and nothing in it is believed before a signature is right. What it says in the
end comes from words.json, as in the browser's verifier, so that the two can be held against each other.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from app.awards.proofs import keys as known_keys
from app.awards.proofs import shapes
from app.awards.proofs.keys import STATEMENT, Key, Keys, Revocations
from app.awards.proofs.shapes import Read, Unfit
from app.awards.proofs.words import WORDS, filled, spoken
from app.awards.register import tree
from app.awards.register.notes import BadNote, Checkpoint, Note, Proof
from app.awards.verdicts import Status, Told

COMMITTED = b"\x02"  # before salt and personal part; RFC 6962 has 0 for an entry and 1 for a node
GRACE = timedelta(days=1)  # clocks differ: a key may sign a little after it was retired


class Verdict(StrEnum):
    """What a check without the register came to."""

    PROVEN = "proven"  # signed, whole, and in the register
    SIGNED_ONLY = "signed-only"  # signed and whole; not shown to be in the register
    UNNAMED = "unnamed"  # signed, and whose it is was left out
    FORGED = "forged"
    NOT_OURS = "not-ours"
    KEY_REVOKED = "key-revoked"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """What is proven, in names for programs and in sentences for people, and what is not."""

    verdict: Verdict
    reason: str
    sentence: str
    number: str = ""  # what the file claims; proven only where there are facts
    facts: Told | None = None  # only what the provider signed
    status: Status = Status.UNKNOWN
    standing: str = ""  # about revocation, as far as a list tells
    warnings: tuple[str, ...] = ()  # what is not proven
    index: int | None = None
    size: int | None = None
    seal: str = ""  # of a PDF: intact, or what became of it (files.Seal)
    seal_title: str = ""
    seal_sentence: str = ""
    provider: str

    @property
    def title(self) -> str:
        """The answer in a few words."""
        genuine = self.verdict in {Verdict.PROVEN, Verdict.SIGNED_ONLY}
        words: str = WORDS["verdicts"][self.verdict]
        if genuine and self.status in WORDS["headlines"]:
            words = WORDS["headlines"][self.status]
        elif self.verdict == Verdict.PROVEN and self.seal not in {"", "intact"}:
            words = WORDS["headlines"]["compare"]
        return filled(words, provider=self.provider)

    @property
    def holds(self) -> bool:
        """Whether everything that can be shown without asking has been shown."""
        stands = self.status in {Status.VALID, Status.UNKNOWN} and self.seal in {"", "intact"}
        return self.verdict == Verdict.PROVEN and stands

    def plain(self) -> dict[str, Any]:
        """Give it for a program."""
        return {
            "verdict": str(self.verdict),
            "reason": self.reason,
            "number": self.number,
            "status": str(self.status),
            "facts": None if self.facts is None else dict(self.facts),
            "entry": self.index,
            "size": self.size,
            "title": self.title,
            "sentence": self.sentence,
            "standing": self.standing,
            "warnings": list(self.warnings),
            "seal": self.seal,
            "seal_title": self.seal_title,
            "seal_sentence": self.seal_sentence,
        }


@dataclass(frozen=True, slots=True)
class _Bundle:
    """A certificate's signed facts, of the right shape; nothing about them is checked yet."""

    statement: Read
    personal: Read | None
    salt: str | None
    signature: Read

    @property
    def leaf(self) -> bytes:
        return tree.leaf_hash(shapes.canonical(self.statement))


def check(certificate: bytes, proof: bytes | None, keys: Keys, *, revocations: Revocations | None = None) -> Proven:
    """Say what a certificate's signed facts, and the proof that came with them, show of themselves."""
    try:
        read = shapes.read_canonical(certificate, "certificate")
    except Unfit as unfit:
        return refused(unfit.reason, keys)
    bundle = _Bundle(read["statement"], read["personal"], read["salt"], read["signature"])
    if flaw := _flaw(bundle, keys):
        return refused(flaw, keys, number=bundle.statement["number"])
    reason, stands = _stands(bundle, proof, keys)
    return _told(bundle, _weighed(bundle, reason, keys, stands), keys=keys, stands=stands, revocations=revocations)


def refused(reason: str, keys: Keys, *, number: str = "") -> Proven:
    """Say that nothing is proven, and why."""
    verdict, sentence = WORDS["reasons"][reason]
    said = filled(sentence, provider=keys.provider)
    return Proven(verdict=Verdict(verdict), reason=reason, sentence=said, number=number, provider=keys.provider)


# --- the signature and what it covers ------------------------------------------------------------------------------


def _flaw(bundle: _Bundle, keys: Keys) -> str | None:
    """Give why the facts are not what the provider signed."""
    key = keys.by_name.get(bundle.signature["key"])
    if key is None:
        return "unknown-key"
    if key.use != STATEMENT:
        return "wrong-use"
    if not known_keys.is_signed(bundle.statement, bundle.signature, key):
        return "signature"
    if not _is_committed(bundle):
        return "commitment"
    return "key-retired" if _is_after(bundle.statement["issued_at"], key.retired) else None


def _is_committed(bundle: _Bundle) -> bool:
    """Say whether the personal part is the one that was signed. It may be left out whole."""
    if bundle.personal is None or bundle.salt is None:
        return bundle.personal is None and bundle.salt is None
    opened = COMMITTED + base64.b64decode(bundle.salt) + shapes.canonical(bundle.personal)
    said: bool = bundle.statement["commitment"] == hashlib.sha256(opened).hexdigest()
    return said


def _is_after(issued_at: str, retired: str | None) -> bool:
    return retired is not None and datetime.fromisoformat(issued_at) > datetime.fromisoformat(retired) + GRACE


# --- the register --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Stands:
    """Where the statement stands in the register, as a signed checkpoint shows."""

    index: int
    checkpoint: Checkpoint
    signers: tuple[Key, ...]

    @property
    def by_revoked_key(self) -> bool:
        return all(key.revoked for key in self.signers)


def _stands(bundle: _Bundle, raw: bytes | None, keys: Keys) -> tuple[str, _Stands | None]:
    """Follow the proof from the statement up to its checkpoint."""
    if raw is None:
        return "no-proof", None
    try:
        proof = Proof.read(_text(raw))
        note = Note.read(proof.note)
        checkpoint = Checkpoint.read(note.text)
    except ValueError:
        return "bad-proof", None
    signing = keys.signing()
    if checkpoint.origin != keys.origin:
        return "another-register", None
    try:
        signers = tuple(signing[name] for name in note.signers({name: key.public for name, key in signing.items()}))
    except BadNote:
        return "checkpoint-not-signed", None
    index, size, root = proof.index, checkpoint.size, checkpoint.root
    if not tree.verify_inclusion(bundle.leaf, proof.hashes, index=index, size=size, root=root):
        return "proof-of-another", None
    return "proven", _Stands(index, checkpoint, signers)


def _text(raw: bytes) -> str:
    if len(raw) > shapes.LARGEST["proof"]:
        raise Unfit("too-large")
    return raw.decode("utf-8")


def _weighed(bundle: _Bundle, reason: str, keys: Keys, stands: _Stands | None) -> str:
    """Let revoked keys count only where a later checkpoint shows that the register had the statement before."""
    key = keys.by_name[bundle.signature["key"]]
    if key.revoked:
        vouched = stands is not None and not stands.by_revoked_key and stands.index < key.trusted_size
        if not vouched:
            return "statement-key-revoked"
        reason = "proven-before-revocation"
    if bundle.personal is None:
        return "unnamed"  # else somebody could cut a name out of a genuine file, and print another on the page
    if stands is None:
        return reason
    if stands.by_revoked_key:
        return "checkpoint-key-revoked"
    return "another-history" if _contradicts(stands.checkpoint, keys.checkpoint) else reason


def _contradicts(one: Checkpoint, other: Checkpoint | None) -> bool:
    return other is not None and one.size == other.size and one.root != other.root


# --- what is said --------------------------------------------------------------------------------------------------


def _told(
    bundle: _Bundle, reason: str, *, keys: Keys, stands: _Stands | None, revocations: Revocations | None
) -> Proven:
    verdict, sentence = WORDS["reasons"][reason]
    status, standing = _standing(bundle.statement, revocations)
    place = {"entry": stands.index + 1, "size": stands.checkpoint.size} if stands else {}
    return Proven(
        verdict=Verdict(verdict),
        reason=reason,
        sentence=filled(sentence, provider=keys.provider, **place),
        number=bundle.statement["number"],
        facts=facts(bundle.statement, bundle.personal, status),
        status=status,
        standing=standing,
        warnings=_warnings(bundle, stands, revocations),
        index=stands.index if stands else None,
        size=stands.checkpoint.size if stands else None,
        provider=keys.provider,
    )


def _standing(statement: Read, revocations: Revocations | None) -> tuple[Status, str]:
    """Say how the certificate stands by the list, if there is one that is new enough to know of it."""
    if revocations is None:
        return _status("not-asked")
    as_of = spoken(revocations.as_of)
    if entry := revocations.of(statement["number"]):
        return _status(entry["status"], as_of=as_of, at=spoken(entry["at"]))
    known = statement["issued_at"] <= revocations.as_of
    return _status("not-listed" if known else "not-covered", as_of=as_of)


def _status(name: str, **blanks: str) -> tuple[Status, str]:
    status, sentence = WORDS["statuses"][name]
    return Status(status), filled(sentence, **blanks)


def _warnings(bundle: _Bundle, stands: _Stands | None, revocations: Revocations | None) -> tuple[str, ...]:
    """Say what is not proven: that it cannot know of what came later, always."""
    until = "list" if revocations else "checkpoint" if stands else "issue"
    limit = filled(WORDS["limits"][until], as_of=spoken(revocations.as_of) if revocations else "")
    said = [limit + " " + filled(WORDS["limits"]["today"], verify_url=bundle.statement["verify_url"])]
    if bundle.statement["demonstration"]:
        said.append(WORDS["demonstration"])
    return tuple(said)


def facts(statement: Read, personal: Read | None, status: Status) -> dict[str, Any]:
    """Give the credited facts under the names that page, PDF, API and command line share."""
    named = personal["license"] if personal else None
    course, hours = statement["course"], statement["hours"]
    return {
        "number": statement["number"],
        "status": str(status),
        "holder": personal["holder"] if personal else "",
        "license": f"{named['state']} {named['type']}, number {named['number']}" if named else "",
        "course": course["title"],
        "code": course["code"],
        "edition": course["edition"],
        "hours": hours["total"],
        "hours_by_type": dict(hours["by_type"]),
        "format": statement["format"],
        "completed_on": statement["completed_on"],
        "completed_at": statement["completed_at"],
        "provider": statement["provider"]["name"],
        "approvals": list(statement["approvals"]),
        "presenters": [", ".join(filter(None, (one["name"], one["credentials"]))) for one in statement["presenters"]],
        "demonstration": statement["demonstration"],
    }
