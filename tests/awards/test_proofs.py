"""What a certificate proves of itself: each verdict, what is told with it, and that nothing read makes it raise."""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import issuer
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as some
from issuer import Issued, Issuer

from app.awards import proofs, statements, verdicts
from app.awards.document import wording
from app.awards.proofs import Keys, NotAList, Proven, Revocations, Verdict, shapes, words
from app.awards.register import notes, tree
from app.awards.register.notes import Checkpoint
from app.awards.verdicts import Status
from app.content.course import Delivery

CHANCE = random.Random(6)  # noqa: S311 - the same every time
FACTS = replace(issuer.facts(CHANCE), demonstration=False, issued_at=issuer.ISSUED)
OTHERS = [issuer.facts(CHANCE) for _ in range(6)]


class World:
    """A provider with seven certificates, of which Ana's is the fourth."""

    def __init__(self, **provider: Any):
        self.provider = Issuer(**provider)
        for other in OTHERS[:3]:
            self.provider.issue(other)
        self.ana = self.provider.issue(FACTS)
        for other in OTHERS[3:]:
            self.provider.issue(other)

    @property
    def keys(self) -> Keys:
        return Keys.read(self.provider.keys_file())

    def check(self, issued: Issued, **given: Any) -> Proven:
        return proofs.check(issued.certificate, issued.proof, self.keys, **given)


@pytest.fixture
def world() -> World:
    return World()


def edited(issued: Issued, *path: str, to: Any) -> Issued:
    """Change a value in a certificate, written as certificates are."""
    read = json.loads(issued.certificate)
    holder = read
    for name in path[:-1]:
        holder = holder[name]
    holder[path[-1]] = to
    return replace(issued, certificate=rfc8785.dumps(read))


# --- proven ------------------------------------------------------------------------------------------------------


def test_what_was_issued_is_proven_and_its_place_is_told(world: World) -> None:
    proven = world.check(world.ana)
    assert (proven.verdict, proven.index, proven.size, proven.holds) == (Verdict.PROVEN, 3, 4, True)
    assert "entry 4 of 4" in proven.sentence
    assert issuer.PROVIDER in proven.sentence


def test_its_facts_are_told_in_the_words_of_every_other_check(world: World) -> None:
    named = FACTS.license
    shown = f"{named.state} {named.type}, number {named.number}" if named else ""
    assert world.check(world.ana).facts == verdicts.told(FACTS, verdicts.Status.UNKNOWN, license_shown=shown)


def test_it_always_says_that_later_revocation_cannot_be_seen(world: World) -> None:
    for issued in (world.ana, replace(world.ana, proof=b""), edited(world.ana, "personal", "holder", to="Eve")):
        proven = world.check(issued)
        assert proven.facts is None or "cannot prove" in proven.warnings[0]
        assert proven.facts is None or FACTS.verify_url in proven.warnings[0]
    assert world.check(world.ana).status == Status.UNKNOWN


def test_a_demonstration_is_called_one(world: World) -> None:
    shown = world.provider.issue(replace(OTHERS[0], demonstration=True))
    assert words.WORDS["demonstration"] in world.check(shown).warnings
    assert words.WORDS["demonstration"] not in world.check(world.ana).warnings


def test_old_certificates_verify_after_rotation() -> None:
    world = World(current=issuer.statement_key(1, retired=issuer.ISSUED + timedelta(days=1)))
    assert world.check(world.ana).verdict == Verdict.PROVEN


def test_a_newer_proof_serves_as_well(world: World) -> None:
    newer = world.provider.register.proof(3, world.provider.former)
    proven = world.check(replace(world.ana, proof=newer))
    assert (proven.verdict, proven.size) == (Verdict.PROVEN, 7)


# --- signed, and no more than that -------------------------------------------------------------------------------


def _by_a_forger(world: World) -> bytes:
    forger = issuer.statement_key(99)
    return world.provider.register.proof(3, forger)


def _elsewhere(world: World) -> bytes:
    other = issuer.Register("other.example/register", world.provider.register.entries, world.provider.register.nodes)
    return other.proof(3, world.provider.current)


@pytest.mark.parametrize(
    ("proof", "reason"),
    [
        (lambda _world: None, "no-proof"),
        (lambda _world: b"", "bad-proof"),
        (lambda _world: b"x" * 16_385, "bad-proof"),
        (lambda world: world.ana.proof + b"\n", "bad-proof"),
        (lambda world: world.ana.proof.replace(b"index 3", b"index 03"), "bad-proof"),
        (lambda world: world.ana.proof.replace(b"index 3", b"index 2"), "proof-of-another"),
        (lambda world: world.provider.register.proof(2, world.provider.current), "proof-of-another"),
        (_by_a_forger, "checkpoint-not-signed"),
        (_elsewhere, "another-register"),
    ],
)
def test_a_proof_that_is_missing_or_wrong_leaves_the_signature(world: World, proof: Any, reason: str) -> None:
    proven = world.check(replace(world.ana, proof=proof(world)))
    assert (proven.verdict, proven.reason, proven.holds) == (Verdict.SIGNED_ONLY, reason, False)
    assert proven.facts is not None
    assert proven.index is None


def test_more_than_sixteen_signatures_are_too_many(world: World) -> None:
    line = _by_a_forger(world).splitlines(keepends=True)[-1]
    assert world.check(replace(world.ana, proof=world.ana.proof + line * 15)).verdict == Verdict.PROVEN
    assert world.check(replace(world.ana, proof=world.ana.proof + line * 16)).reason == "bad-proof"


def test_a_checkpoint_that_contradicts_the_published_one_is_told(world: World) -> None:
    register = world.provider.register
    published = Checkpoint(issuer.ORIGIN, 4, hashlib.sha256(b"another history").digest())
    note = notes.signed(
        published, name=issuer.ORIGIN, public=world.provider.current.public, sign=world.provider.current.sign
    )
    for checkpoint, reason in ((note, "another-history"), (register.checkpoint(world.provider.current, 4), "proven")):
        keys = Keys.read(world.provider.keys_file(checkpoint=checkpoint))
        assert proofs.check(world.ana.certificate, world.ana.proof, keys).reason == reason


# --- forged, or not ours -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("statement", "hours", "total"), "40"),
        (("statement", "number"), "7" * 20),
        (("statement", "completed_on"), "2026-01-01"),
        (("statement", "course", "title"), "Another course"),
        (("statement", "commitment"), "0" * 64),
        (("statement", "approvals"), ["Approved by everybody."]),
        (("statement", "demonstration"), True),
        (("signature", "value"), issuer.b64(bytes(64))),
    ],
)
def test_a_changed_statement_is_forged_and_none_of_its_facts_are_told(world: World, path: Any, to: Any) -> None:
    proven = world.check(edited(world.ana, *path, to=to))
    assert (proven.verdict, proven.reason, proven.facts) == (Verdict.FORGED, "signature", None)


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("personal", "holder"), "Eve"),
        (("personal", "license"), {"state": "NY", "type": "LCSW", "number": "1"}),
        (("salt",), issuer.b64(bytes(32))),
        (("salt",), None),
        (("personal",), None),
    ],
)
def test_another_holder_is_forged(world: World, path: Any, to: Any) -> None:
    proven = world.check(edited(world.ana, *path, to=to))
    assert (proven.verdict, proven.reason, proven.facts) == (Verdict.FORGED, "commitment", None)


def test_whose_it_is_may_be_left_out_but_then_it_proves_nobodys(world: World) -> None:
    left_out = edited(edited(world.ana, "salt", to=None), "personal", to=None)
    proven = world.check(left_out)
    assert (proven.verdict, proven.holds) == (Verdict.UNNAMED, False)
    assert proven.facts is not None
    assert (proven.facts["holder"], proven.facts["number"]) == ("", FACTS.number)


def test_a_key_that_nobody_knows_is_not_ours(world: World) -> None:
    forger = issuer.statement_key(99)
    certificate, _ = issuer.bundle(FACTS, forger)
    proven = world.check(replace(world.ana, certificate=certificate))
    assert (proven.verdict, proven.reason) == (Verdict.NOT_OURS, "unknown-key")


def test_a_forger_who_gives_his_key_a_known_name_gains_nothing(world: World) -> None:
    forger = replace(issuer.statement_key(99), name=world.provider.current.name)
    certificate, _ = issuer.bundle(FACTS, forger)
    assert world.check(replace(world.ana, certificate=certificate)).verdict == Verdict.FORGED


def test_a_seal_key_signs_no_statement(world: World) -> None:
    proven = world.check(edited(world.ana, "signature", "key", to=world.provider.seal.name))
    assert (proven.verdict, proven.reason) == (Verdict.NOT_OURS, "wrong-use")


def test_no_list_gives_a_key_an_algorithm_that_its_use_does_not_have(world: World) -> None:
    told = json.loads(world.provider.keys_file())
    for key in told["keys"]:
        if key["use"] == "statement":
            key["algorithm"] = "p256"
    with pytest.raises(NotAList):
        Keys.read(rfc8785.dumps(told))


def test_a_retired_key_signs_nothing_new() -> None:
    world = World(current=issuer.statement_key(1, retired=issuer.ISSUED - timedelta(days=2)))
    assert (world.check(world.ana).verdict, world.check(world.ana).reason) == (Verdict.FORGED, "key-retired")


# --- revoked keys ------------------------------------------------------------------------------------------------


def stolen(trusted_size: int | None, **more: Any) -> World:
    """Revoke the key that signed everything so far."""
    return World(current=issuer.statement_key(1, revoked=issuer.ISSUED, trusted_size=trusted_size, **more))


def test_what_a_revoked_key_signed_is_not_proven_by_the_file_alone() -> None:
    for trusted in (None, 0, 7):
        world = stolen(trusted)
        proven = world.check(world.ana)
        assert (proven.verdict, proven.reason) == (Verdict.KEY_REVOKED, "statement-key-revoked")
        assert not proven.holds


def test_a_later_checkpoint_shows_what_stood_in_the_register_before_the_revocation() -> None:
    for trusted, verdict in ((4, Verdict.PROVEN), (3, Verdict.KEY_REVOKED), (None, Verdict.KEY_REVOKED)):
        world = stolen(trusted)
        newer = world.provider.register.proof(3, world.provider.former)
        assert world.check(replace(world.ana, proof=newer)).verdict == verdict


def test_of_a_key_that_is_distrusted_from_before_only_the_register_can_tell() -> None:
    world = stolen(7, distrusted_since=issuer.ISSUED - timedelta(days=3))
    newer = world.provider.register.proof(3, world.provider.former)
    assert world.check(replace(world.ana, proof=newer)).verdict == Verdict.KEY_REVOKED


def test_what_was_replaced_and_then_revoked_is_revoked(world: World) -> None:
    read = json.loads(world.provider.revocations(**{FACTS.number: "revoked"}))
    unsigned = {name: value for name, value in read.items() if name != "signature"}
    for statuses in (("superseded", "revoked"), ("revoked", "superseded")):
        unsigned["entries"] = [read["entries"][0] | {"status": status} for status in statuses]
        value = issuer.b64(world.provider.current.sign(rfc8785.dumps(unsigned)))
        signed = unsigned | {"signature": {"key": world.provider.current.name, "value": value}}
        listed = Revocations.read(rfc8785.dumps(signed), world.keys)
        assert world.check(world.ana, revocations=listed).status == Status.REVOKED


def test_a_checkpoint_of_a_revoked_key_proves_nothing(world: World) -> None:
    signed = world.provider.register.proof(3, world.provider.stolen)
    proven = world.check(replace(world.ana, proof=signed))
    assert (proven.verdict, proven.reason) == (Verdict.KEY_REVOKED, "checkpoint-key-revoked")


def test_a_thief_who_puts_his_own_register_before_the_revocation_gains_nothing() -> None:
    world = stolen(4)
    own = issuer.Register()
    certificate, entry = issuer.bundle(replace(FACTS, holder_name="Eve"), world.provider.current)
    own.append(entry)
    thief = Issued(certificate, own.proof(0, world.provider.current), FACTS.number)
    assert world.check(thief).verdict == Verdict.KEY_REVOKED


# --- unreadable --------------------------------------------------------------------------------------------------

RESPELLED = {
    "spaces": lambda raw: json.dumps(json.loads(raw), ensure_ascii=False).encode(),
    "escapes": lambda raw: json.dumps(json.loads(raw), separators=(",", ":"), sort_keys=True).encode(),
    "another order": lambda raw: raw[:1] + raw[1:-1].split(b',"salt"')[1][1:] + b"}",
    "a name twice": lambda raw: raw.replace(b'{"holder":', b'{"holder":"Eve","holder":', 1),
    "another encoding": lambda raw: raw.decode().encode("utf-16"),
    "a mark before": lambda raw: b"\xef\xbb\xbf" + raw,
    "a line after": lambda raw: raw + b"\n",
    "a float": lambda raw: raw.replace(b'"version":1', b'"version":1.0'),
    "too deep": lambda raw: raw.replace(b'"replaces":', b'"replaces":' + b"[" * 20 + b"]" * 20 + b',"x":'),
    "much too deep": lambda _raw: b"[" * 30_000,
    "half a character": lambda raw: raw.replace(b'"holder":"', b'"holder":"\\ud800'),
    "nothing": lambda _raw: b"",
    "bytes": lambda _raw: bytes(range(256)),
}


@pytest.mark.parametrize("way", RESPELLED)
def test_a_certificate_has_one_spelling(world: World, way: str) -> None:
    issued = edited(world.ana, "personal", "holder", to="Zoë")  # so that escapes differ
    assert world.check(issued).reason == "commitment", "the control"
    proven = world.check(replace(issued, certificate=RESPELLED[way](issued.certificate)))
    assert (proven.verdict, proven.reason, proven.facts) == (Verdict.UNREADABLE, "not-canonical", None)


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("type",), "continua-certificate-2"),
        (("statement", "version"), 2),
        (("statement", "version"), "1"),
        (("statement", "version"), True),
        (("statement", "kind"), "revoke"),
        (("statement", "demonstration"), 0),
        (("statement", "number"), "7" * 19),
        (("statement", "number"), "IIII-OOOO-LLLL-UUUU"),
        (("statement", "issued_at"), "2026-02-30T00:00:00Z"),
        (("statement", "issued_at"), "2026-11-20T18:00:00.5Z"),
        (("statement", "hours", "total"), "1e3"),
        (("statement", "hours", "by_type", "a b"), "1"),
        (("statement", "presenters"), {}),
        (("statement", "presenters"), [None]),
        (("statement", "more"), ""),
        (("personal", "license"), []),
        (("personal", "holder"), "a\u0000b"),
        (("signature", "value"), issuer.b64(bytes(63))),
        (("signature", "algorithm"), "none"),
        (("salt",), issuer.b64(bytes(31))),
        (("more",), None),
    ],
)
def test_only_what_a_certificate_holds_is_read(world: World, path: Any, to: Any) -> None:
    proven = world.check(edited(world.ana, *path, to=to))
    assert (proven.verdict, proven.reason) == (Verdict.UNREADABLE, "wrong-shape")


def test_what_is_too_large_is_not_read(world: World) -> None:
    assert world.check(edited(world.ana, "personal", "holder", to="x" * 70_000)).reason == "too-large"


# --- lists of revocations ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["revoked", "superseded"])
def test_a_list_says_what_was_revoked_or_replaced(world: World, status: str) -> None:
    listed = Revocations.read(world.provider.revocations(**{FACTS.number: status}), world.keys)
    proven = world.check(world.ana, revocations=listed)
    assert (proven.verdict, proven.status, proven.holds) == (Verdict.PROVEN, status, False)
    assert "January 15, 2027, 3:00 PM (UTC)" in proven.standing
    assert proven.facts is not None
    assert proven.facts["status"] == status


def test_what_is_not_on_a_list_was_valid_when_it_was_made(world: World) -> None:
    listed = Revocations.read(world.provider.revocations(**{OTHERS[0].number: "revoked"}), world.keys)
    proven = world.check(world.ana, revocations=listed)
    assert (proven.status, proven.holds) == (Status.VALID, True)
    assert "after February 1, 2027, 12:00 AM (UTC)" in proven.warnings[0]


def test_a_list_says_nothing_of_what_was_issued_after_it(world: World) -> None:
    later = world.provider.issue(replace(OTHERS[0], issued_at=issuer.ISSUED + timedelta(days=300)))
    listed = Revocations.read(world.provider.revocations(), world.keys)
    proven = world.check(later, revocations=listed)
    assert (proven.status, proven.standing[:31]) == (Status.UNKNOWN, "The list of revocations is of F")


def test_a_list_that_the_provider_did_not_sign_is_not_used(world: World) -> None:
    read = json.loads(world.provider.revocations(**{FACTS.number: "revoked"}))
    for change, sentence in (
        ({"entries": []}, "not signed by"),
        ({"origin": "other.example/register"}, "another register"),
        ({"as_of": "yesterday"}, "not a list of revocations"),
        ({"signature": read["signature"] | {"key": "statement-2026-00000000"}}, "not signed by"),
        ({"signature": read["signature"] | {"key": world.provider.seal.name}}, "not signed by"),
    ):
        with pytest.raises(NotAList, match=sentence):
            Revocations.read(rfc8785.dumps(read | change), world.keys)
    with pytest.raises(NotAList, match="has revoked"):
        Revocations.read(world.provider.revocations(world.provider.stolen), world.keys)


@pytest.mark.parametrize(
    "change",
    [
        {"type": "continua-keys-2"},
        {"keys": {}},
        {"as_of": ""},
        {"checkpoint": "not a note"},
        {"keys": [{"key": "statement-2026-00000000"}]},
    ],
)
def test_a_file_of_keys_is_what_it_should_be(world: World, change: Any) -> None:
    with pytest.raises(NotAList, match="not a list of a provider"):
        Keys.read(rfc8785.dumps(json.loads(world.provider.keys_file()) | change))


def test_a_published_checkpoint_that_the_keys_did_not_sign_spoils_the_list_of_keys(world: World) -> None:
    forged = world.provider.register.checkpoint(issuer.statement_key(99))
    with pytest.raises(NotAList):
        Keys.read(world.provider.keys_file(checkpoint=forged))


# --- whatever is read --------------------------------------------------------------------------------------------

KEYS = Keys.read(Issuer().keys_file())


@given(certificate=some.binary(max_size=300), proof=some.none() | some.binary(max_size=300))
def test_no_bytes_make_it_raise(certificate: bytes, proof: bytes | None) -> None:
    assert proofs.check(certificate, proof, KEYS).facts is None


JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(), inner, max_size=3),
)


@given(part=JSON, name=some.sampled_from(["statement", "personal", "salt", "signature", "type"]))
def test_no_value_in_any_place_makes_it_raise(part: Any, name: str) -> None:
    read = json.loads(issuer.bundle(FACTS, issuer.statement_key(1))[0]) | {name: part}
    certificate = json.dumps(read, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    proven = proofs.check(certificate.encode("utf-8", errors="surrogatepass"), None, KEYS)
    assert proven.verdict in {Verdict.UNREADABLE, Verdict.FORGED}


def test_every_reason_has_a_verdict_and_every_shape_is_one() -> None:
    assert {verdict for verdict, _ in words.WORDS["reasons"].values()} == set(Verdict) == set(words.WORDS["verdicts"])
    known = set(shapes.SHAPES["objects"]) | set(shapes.SHAPES["patterns"]) | {"boolean", "size"}
    used = {shape for named in shapes.SHAPES["objects"].values() for shape in named.values()}
    assert {shape.strip("?[]{}") for shape in used if shape[0] not in "=#"} <= known


def test_formats_are_named_as_on_the_certificate() -> None:
    assert {name: wording.delivery(name) for name in words.WORDS["formats"]} == words.WORDS["formats"]
    assert set(words.WORDS["formats"]) == {str(form) for form in Delivery}


def test_what_stands_in_a_blank_is_never_taken_for_a_blank() -> None:
    assert words.filled("{a} and {b}", a="{b}", b="c") == "{b} and c"


def test_the_statement_is_read_as_the_register_has_it(world: World) -> None:
    read = json.loads(world.ana.certificate)
    assert world.provider.register.entries[3] == statements.canonical(read["statement"])
    assert tree.leaf_hash(world.provider.register.entries[3]) == world.provider.register.node(0, 3)
