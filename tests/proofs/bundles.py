"""Certificates' signed facts as forgers leave them: edited, spliced, signed anew, given proofs of something else.

Whatever a forger does without the provider's keys, no fact is ever accepted that the provider did not sign, and nothing
is called proven that is not in its register.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
import string
import traceback
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import issuer
import rfc8785
from issuer import Issuer, Key, b64

from app.awards import proofs
from app.awards.proofs import Keys, Proven, Verdict, checking
from app.awards.proofs import keys as known_keys
from app.awards.register import notes, tree
from app.awards.register.notes import Checkpoint, Proof
from app.cli.campaign import Found, Trial

CERTIFICATES = 24
TOO_MANY = 17  # signatures under a note


class Bundle(NamedTuple):
    """What comes out of one file."""

    certificate: bytes
    proof: bytes | None


Check = Callable[[Bundle, Keys], Proven]


@dataclass(frozen=True)
class World:
    """A provider, what it issued, and a forger with keys of his own."""

    provider: Issuer
    issued: tuple[Bundle, ...]
    unregistered: tuple[Bundle, ...]  # signed, and in no register: what a lost database leaves behind
    keys: Keys
    facts: frozenset[str]  # of everything that was ever signed
    entries: frozenset[bytes]
    forger: Key
    forger_seal: Key


def world(seed: int = 1, *, certificates: int = CERTIFICATES) -> World:
    """Let a provider issue certificates with each of its keys."""
    chance, provider = random.Random(seed), Issuer()  # noqa: S311 - the same every time
    signers = [provider.current, provider.former, provider.stolen]
    issued = [provider.issue(issuer.facts(chance), signers[number % 3]) for number in range(certificates)]
    given = [Bundle(one.certificate, one.proof) for one in issued]
    size = len(issued)
    # The last ones have newer proofs, under a checkpoint of a key that is trusted.
    given += [Bundle(issued[at].certificate, provider.register.proof(at, provider.current, size)) for at in range(size)]
    lost = [issuer.bundle(issuer.facts(chance), provider.current)[0] for _ in range(4)]
    keys = Keys.read(provider.keys_file(checkpoint=provider.register.checkpoint(provider.current)))
    return World(
        provider=provider,
        issued=tuple(given),
        unregistered=tuple(Bundle(certificate, given[0].proof) for certificate in lost),
        keys=keys,
        facts=frozenset(_facts(certificate) for certificate in [*(one.certificate for one in issued), *lost]),
        entries=frozenset(provider.register.entries),
        forger=issuer.statement_key(99),
        forger_seal=issuer.seal_key(99),
    )


def _facts(certificate: bytes) -> str:
    read = json.loads(certificate)
    return told(checking.facts(read["statement"], read["personal"], checking.Status.UNKNOWN))


def told(facts: Any) -> str:
    """Give facts for comparing; a file that leaves out whose it is says less, and nothing else."""
    return json.dumps(dict(facts), sort_keys=True)


# --- trying ------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Outcome:
    """What came of checking mutated bundles."""

    checked: int = 0
    changed: int = 0
    raised: Counter[str] = field(default_factory=Counter)
    false_facts: list[int] = field(
        default_factory=list
    )  # the seeds of bundles that were believed, and said something else
    false_proofs: list[int] = field(default_factory=list)  # of those called proven that are in no register
    verdicts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def failures(self) -> int:
        """How often the claim was broken."""
        return self.raised.total() + len(self.false_facts) + len(self.false_proofs)

    def told(self) -> dict[str, object]:
        """Give what evidence says."""
        return {
            "checked": self.checked,
            "of_them_changed": self.changed,
            "raised": dict(self.raised),
            "false_facts_believed": self.false_facts[:20],
            "false_proofs_believed": self.false_proofs[:20],
            "verdicts": dict(self.verdicts.most_common()),
            "reasons": dict(self.reasons.most_common()),
        }


def prove(n: int, *, seed: int, among: World | None = None) -> Outcome:
    """Check `n` mutated bundles, each of a seed of its own."""
    outcome, among = Outcome(), among or world()
    for number in range(seed, seed + n):
        chance = random.Random(number)  # noqa: S311 - the same every time
        original = chance.choice(among.unregistered if chance.random() < 0.1 else among.issued)
        bundle = mutated(original, among, chance)
        outcome.changed += bundle != original
        _try(bundle, number, outcome, among)
    return outcome


def _try(bundle: Bundle, number: int, outcome: Outcome, among: World) -> None:
    try:
        proven = proofs.check(bundle.certificate, bundle.proof, among.keys)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what must not happen
        where = traceback.extract_tb(error.__traceback__)[-1]
        outcome.raised[f"seed {number}: {type(error).__name__} in {Path(where.filename).name}:{where.lineno}"] += 1
        return
    outcome.checked += 1
    outcome.verdicts[str(proven.verdict)] += 1
    outcome.reasons[proven.reason] += 1
    if proven.facts is not None and not _is_signed(bundle, proven, among):
        outcome.false_facts.append(number)
    if proven.verdict == Verdict.PROVEN and _entry(bundle) not in among.entries:
        outcome.false_proofs.append(number)


def _is_signed(bundle: Bundle, proven: Proven, among: World) -> bool:
    """Say whether the facts are some that the provider signed, or those without whose they are."""
    assert proven.facts is not None
    if told(proven.facts) in among.facts:
        return True
    unnamed = dict(proven.facts) | {"holder": "", "license": ""}
    left_out = json.loads(bundle.certificate)["personal"] is None and unnamed == dict(proven.facts)
    return left_out and any(json.loads(known) | {"holder": "", "license": ""} == unnamed for known in among.facts)


def _entry(bundle: Bundle) -> bytes:
    return rfc8785.dumps(json.loads(bundle.certificate)["statement"])


# --- forging -----------------------------------------------------------------------------------------------------

Act = Callable[[Bundle, World, random.Random], Bundle]


def mutated(bundle: Bundle, among: World, chance: random.Random) -> Bundle:
    """Forge a bundle in one to three steps."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        try:
            bundle = chance.choice(ACTS)(bundle, among, chance)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, RecursionError):
            continue  # an earlier step left nothing that this one could work on
    return bundle


NASTY = (
    "\u0000",
    "\u200b",
    "\u202e",
    "\ufeff",
    "\u2028",
    "é",
    "é",
    "А",  # Cyrillic
    "\U0001f4a5",
    "\\",
    '"',
    "\x7f",
    "\r\n",
    "9" * 30,
    "x" * 70_000,
)
VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2**53, 2**64, "", "0", "1", [], {}, [[]], {"": ""}, "LCSW", "100", "2026-02-30",
    "2026-11-20T18:00:00Z", "2026-13-20T18:00:00Z", "2099-01-01T00:00:00Z", "A" * 43 + "=", "7" * 20, "f" * 64,
)  # fmt: skip
LITERALS = (
    "1.0",
    "1e0",
    "-0",
    "NaN",
    "Infinity",
    "-1",
    "01",
    "9007199254740993",
    "1e999",
    "tru",
    '"\\ud800"',
    '"\\u0041"',
)


def _edit(bundle: Bundle, among: World, chance: random.Random) -> Bundle:
    """Change one value somewhere, and write it as certificates are written."""
    read = json.loads(bundle.certificate)
    holder, name = chance.choice(list(_places(read)))
    other = chance.choice(among.issued)
    holder[name] = _another(holder[name], chance) if chance.random() < 0.7 else _same_place(other, name, holder[name])
    return bundle._replace(certificate=rfc8785.dumps(read))


def _another(value: Any, chance: random.Random) -> Any:
    if isinstance(value, str) and chance.random() < 0.7:
        at = chance.randint(0, len(value))
        return chance.choice((
            value[:at] + chance.choice(NASTY) + value[at:],
            value[:at] + chance.choice(string.printable) + value[at + 1 :],
            value[:at],
            value + " ",
            unicodedata.normalize("NFD", value),
            unicodedata.normalize("NFKC", value),
            value.swapcase(),
        ))  # fmt: skip
    return chance.choice(VALUES)


def _same_place(other: Bundle, name: Any, kept: Any) -> Any:
    return next((holder[name] for holder, at in _places(json.loads(other.certificate)) if at == name), kept)


def _places(read: Any) -> Iterator[tuple[Any, Any]]:
    names = read.keys() if isinstance(read, dict) else range(len(read))
    for name in names:
        yield read, name
        if isinstance(read[name], dict | list):
            yield from _places(read[name])


def _add_or_drop(bundle: Bundle, _among: World, chance: random.Random) -> Bundle:
    read = json.loads(bundle.certificate)
    holder, name = chance.choice(list(_places(read)))
    if chance.random() < 0.5 and isinstance(holder, dict):
        holder[chance.choice(("holder", "hours", "note", "__proto__", "constructor", "Number"))] = chance.choice(VALUES)
    else:
        del holder[name]
    return bundle._replace(certificate=rfc8785.dumps(read))


def _splice(bundle: Bundle, among: World, chance: random.Random) -> Bundle:
    """Take a part from another certificate."""
    read, other = json.loads(bundle.certificate), json.loads(chance.choice(among.issued).certificate)
    for name in chance.sample(("statement", "personal", "salt", "signature"), chance.randint(1, 3)):
        read[name] = other[name]
    return bundle._replace(certificate=rfc8785.dumps(read))


def _rename(bundle: Bundle, among: World, chance: random.Random) -> Bundle:
    """Put another holder in, with a commitment that fits, and sign it as a forger can."""
    read = json.loads(bundle.certificate)
    read["personal"] = {"holder": "Eve", "license": None}
    salt = base64.b64decode(read["salt"]) if chance.random() < 0.5 else chance.randbytes(32)
    read["salt"] = b64(salt)
    if chance.random() < 0.8:
        digest = hashlib.sha256(b"\x02" + salt + rfc8785.dumps(read["personal"])).hexdigest()
        read["statement"]["commitment"] = digest
    if chance.random() < 0.8:
        read["signature"] = _forged_signature(read, among, chance)
    return bundle._replace(certificate=rfc8785.dumps(read))


def _sign_anew(bundle: Bundle, among: World, chance: random.Random) -> Bundle:
    read = json.loads(bundle.certificate)
    read["statement"]["hours"]["total"] = "40"
    read["signature"] = _forged_signature(read, among, chance)
    return bundle._replace(certificate=rfc8785.dumps(read))


def _forged_signature(read: Any, among: World, chance: random.Random) -> dict[str, str]:
    said = rfc8785.dumps(read["statement"])
    keys = among.provider.keys
    name = chance.choice([among.forger.name, among.forger_seal.name, *(key.name for key in keys)])
    value = chance.choice((among.forger.sign(said), bytes(64), chance.randbytes(64), _low_order(chance)))
    return {"key": name, "value": b64(value)}


def _low_order(chance: random.Random) -> bytes:
    """Give a signature of points of small order, which careless verifiers take for anybody's."""
    return chance.choice((b"\x01" + bytes(31), bytes(32), b"\xff" * 31 + b"\x7f")) + bytes(32)


def _malleable(bundle: Bundle, _among: World, _chance: random.Random) -> Bundle:
    """Add the order of the curve to a signature: the same to whoever computes and does not look."""
    read = json.loads(bundle.certificate)
    raw = base64.b64decode(read["signature"]["value"])
    more = int.from_bytes(raw[32:], "little") + 2**252 + 27742317777372353535851937790883648493
    read["signature"]["value"] = b64(raw[:32] + more.to_bytes(32, "little"))
    return bundle._replace(certificate=rfc8785.dumps(read))


def _confuse_keys(bundle: Bundle, among: World, chance: random.Random) -> Bundle:
    read = json.loads(bundle.certificate)
    keys = (*among.provider.keys, among.forger, among.forger_seal)
    read["signature"]["key"] = chance.choice([key.name for key in keys] + ["none", "", "__proto__", "statement"])
    return bundle._replace(certificate=rfc8785.dumps(read))


def _leave_unnamed(bundle: Bundle, _among: World, chance: random.Random) -> Bundle:
    read = json.loads(bundle.certificate)
    for name in chance.choice((("personal", "salt"), ("personal",), ("salt",))):
        read[name] = None
    return bundle._replace(certificate=rfc8785.dumps(read))


def _respell(bundle: Bundle, _among: World, chance: random.Random) -> Bundle:
    """Say it in another spelling of JSON, of which some say it twice."""
    text = bundle.certificate.decode()
    twice = f'{{"personal":{{"holder":"Eve","license":null}},{text[1:]}'
    ways = (
        lambda: json.dumps(json.loads(text), ensure_ascii=False),
        lambda: json.dumps(json.loads(text), separators=(",", ":")),
        lambda: json.dumps(dict(reversed(json.loads(text).items())), ensure_ascii=False, separators=(",", ":")),
        lambda: twice,
        lambda: text.replace('"holder":', '"holder":"Eve","holder":', 1),
        lambda: text.replace('"total":', '"total":"40","total":', 1),
        lambda: text.replace('"version":1', '"version":' + chance.choice(LITERALS), 1),
        lambda: text.replace('"demonstration":', '"demonstration":' + chance.choice(LITERALS) + ',"x":', 1),
        lambda: text.replace("/", "\\/", 1),
        lambda: text.replace("a", "\\u0061", 1),
        lambda: text + chance.choice((" ", "\n", "\0", "}", text)),
        lambda: chance.choice(("\ufeff", " ", "\n", "[" * 5000, '{"a":' * 5000)) + text,
        lambda: text.replace('"replaces":', '"replaces":' + "[" * chance.choice((5, 16, 20, 3000)), 1),
    )
    return bundle._replace(certificate=chance.choice(ways)().encode("utf-8", errors="surrogatepass"))


def _recode(bundle: Bundle, _among: World, chance: random.Random) -> Bundle:
    code = chance.choice(("utf-16", "utf-16-le", "utf-32", "utf-8-sig", "cp1252"))
    return bundle._replace(certificate=bundle.certificate.decode().encode(code, errors="replace"))


def _spoil_bytes(raw: bytes, other: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(raw))
    end = min(len(raw), start + chance.choice((1, 1, 2, 20, 300)))
    turned = raw[:start] + bytes([raw[start] ^ 1 << chance.randrange(8)]) + raw[start + 1 :]
    return chance.choice((
        turned, turned, turned,
        raw[:start],
        raw[:start] + raw[end:],
        raw[:end] + raw[start:],
        raw[:start] + other[start:end] + raw[end:],
        raw[:start] + chance.randbytes(end - start) + raw[end:],
        raw[:start] + other[start:],
    ))  # fmt: skip


def _spoil_certificate(bundle: Bundle, among: World, chance: random.Random) -> Bundle:
    other = chance.choice(among.issued).certificate
    return bundle._replace(certificate=_spoil_bytes(bundle.certificate, other, chance))


def _spoil_proof(bundle: Bundle, among: World, chance: random.Random) -> Bundle:
    other = chance.choice(among.issued).proof or b""
    return bundle._replace(proof=_spoil_bytes(bundle.proof or b"", other, chance))


def _swap_proof(bundle: Bundle, among: World, chance: random.Random) -> Bundle:
    return bundle._replace(proof=chance.choice((None, b"", chance.choice(among.issued).proof)))


def _edit_proof(bundle: Bundle, among: World, chance: random.Random) -> Bundle:
    """Change the proof's lines in a way that a program could have written."""
    proof = Proof.read((bundle.proof or b"").decode())
    hashes = list(proof.hashes)
    match chance.randrange(6):
        case 0:
            chance.shuffle(hashes)
        case 1:
            hashes.insert(chance.randint(0, len(hashes)), chance.randbytes(32))
        case 2:
            del hashes[chance.randrange(len(hashes))]
        case 3:
            return bundle._replace(proof=Proof(chance.randrange(99), tuple(hashes), proof.note).text().encode())
        case 4:
            other = Proof.read((chance.choice(among.issued).proof or b"").decode())
            return bundle._replace(proof=Proof(proof.index, tuple(hashes), other.note).text().encode())
        case 5:
            hashes = [bytes(32) for _ in hashes]
    return bundle._replace(proof=Proof(proof.index, tuple(hashes), proof.note).text().encode())


def _respell_proof(bundle: Bundle, among: World, chance: random.Random) -> Bundle:
    text = (bundle.proof or b"").decode()
    line = text.splitlines(keepends=True)[-1]
    stranger = _note(among.forger, Checkpoint(issuer.ORIGIN, 3, bytes(32))).splitlines(keepends=True)[-1]
    ways = (
        text.replace("\n", "\r\n"),
        text.replace("index ", "index 0", 1),
        text.replace("index ", "extra ZXh0cmE=\nindex ", 1),
        text.replace("@v1", "@v2"),
        text.replace("— ", "- "),
        text.replace("=\n", "\n", 1),
        text + "\n",
        text + line,
        text + stranger * chance.choice((1, 14, 15, 16, TOO_MANY)),
        text.replace(line, stranger * chance.choice((1, 2)) + line),
        text.replace(line, stranger),
        text.replace(
            issuer.ORIGIN, chance.choice(("other.example/register", issuer.ORIGIN + "\u00a0", "", "a b", "a+b"))
        ),
        text.replace(f"— {issuer.ORIGIN}", "— other.example"),
        text.replace("\n\n", "\nextension\n\n", 1),
    )
    return bundle._replace(proof=chance.choice(ways).encode())


def _own_register(bundle: Bundle, among: World, chance: random.Random) -> Bundle:
    """Put the certificate into a register of the forger's own, signed as well as a forger can."""
    entry = rfc8785.dumps(json.loads(bundle.certificate)["statement"])
    origin = chance.choice((issuer.ORIGIN, issuer.ORIGIN, "forger.example/register"))
    own = issuer.Register(origin)
    for _ in range(chance.randint(0, 3)):
        own.append(chance.randbytes(9))
    index = own.append(entry)
    head = Checkpoint(origin, len(own.entries), tree.root(len(own.entries), own.node))
    signer = chance.choice((among.forger, among.provider.stolen))  # of the two, one is the provider's, and stolen
    note = _note(signer, head)
    if chance.random() < 0.3:
        known = b64(
            notes.key_id(issuer.ORIGIN, among.provider.current.public) + among.forger.sign(head.text().encode())
        )
        note = f"{head.text()}\n— {issuer.ORIGIN} {known}\n"
    proof = Proof(index, tuple(tree.inclusion(index, head.size, own.node)), note)
    return bundle._replace(proof=proof.text().encode())


def _note(key: Key, head: Checkpoint) -> str:
    return notes.signed(head, name=head.origin, public=key.public, sign=key.sign)


def _nothing(bundle: Bundle, _among: World, _chance: random.Random) -> Bundle:
    return bundle


ACTS: tuple[Act, ...] = (
    _edit, _edit, _edit, _edit, _add_or_drop, _splice, _splice, _rename, _rename, _sign_anew, _malleable, _confuse_keys,
    _leave_unnamed, _respell, _respell, _recode, _spoil_certificate, _spoil_certificate, _spoil_proof, _spoil_proof,
    _swap_proof, _edit_proof, _edit_proof, _respell_proof, _own_register, _nothing,
)  # fmt: skip


# --- controls, and the long form -----------------------------------------------------------------------------------


@contextmanager
def trusting_names() -> Iterator[None]:
    """Switch off: whose a certificate is need not be what was signed."""
    with mock.patch.object(checking, "_is_committed", return_value=True):
        yield


@contextmanager
def trusting_signatures() -> Iterator[None]:
    """Switch off: whoever names a known key is believed."""
    with mock.patch.object(known_keys, "is_signed", return_value=True):
        yield


@contextmanager
def trusting_proofs() -> Iterator[None]:
    """Switch off: whatever path is given leads to the root."""
    with mock.patch.object(tree, "verify_inclusion", return_value=True):
        yield


CONTROLS = {
    "the commitment is not checked": trusting_names,
    "the signature is not checked": trusting_signatures,
    "the way to the root is not checked": trusting_proofs,
}
CONTROL_N = 2000


def try_it(*, n: int, seed: int, folder: Path, tell: Callable[[str], None]) -> Found:
    """Check `n` mutated bundles, and some with each protection switched off."""
    among = world()

    def trial(what: str, tried: int) -> Trial:
        outcome = prove(tried, seed=seed, among=among)
        tell(f"{what}: {tried} bundles, {outcome.failures} failures")
        return Trial("none", "", what, tried, outcome.failures, outcome.told())

    shipped = trial("as shipped", n)
    controls = []
    for what, switched_off in CONTROLS.items():
        with switched_off():
            controls.append(trial(what, CONTROL_N))
    return Found(trials=(shipped,), controls=tuple(controls))
