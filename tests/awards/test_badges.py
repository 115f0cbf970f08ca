"""Badges: what they claim, that nothing in them goes unsigned, and that nothing about the holder is told by them."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_facts import ANA, FULLEST

from app.awards import badges, did
from app.awards.badges import claims, proofs, rdf
from app.awards.facts import Facts, Presenter
from app.kit.templates import ROOT

ADDRESS = "https://ce.example.org"
DID = did.did_web(ADDRESS)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\x01")
METHOD = did.method(DID, "statement-2026-1a2b3c4d")
KEYS = {METHOD: KEY.public_key().public_bytes_raw()}
EMAIL, SALT, STATEMENT = "Ana@example.org", "s1", 64 * "0"

Path_ = tuple[str | int, ...]


def credential(facts: Facts = ANA, email: str | None = EMAIL) -> dict[str, Any]:
    return badges.credential(facts, did=DID, address=ADDRESS, holder_email=email, salt=SALT, statement_sha256=STATEMENT)


def signed(unsigned: dict[str, Any] | None = None, key: Ed25519PrivateKey = KEY) -> dict[str, Any]:
    return badges.sign(unsigned or credential(), method=METHOD, created=ANA.issued_at, sign=key.sign)


def leaves(value: Any, path: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    if isinstance(value, dict | list):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, step))
    else:
        yield path, value


def objects(value: Any, path: Path_ = ()) -> Iterator[Path_]:
    if isinstance(value, dict):
        yield path
    if isinstance(value, dict | list):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from objects(inner, (*path, step))


def changed(badge: dict[str, Any], path: Path_, change: Callable[[Any, Any], None]) -> dict[str, Any]:
    """Copy a badge and change what holds the last step of a path."""
    copy = deepcopy(badge)
    inner: Any = copy
    for step in path[:-1]:
        inner = inner[step]
    change(inner, path[-1])
    return copy


def put(value: Any) -> Callable[[Any, Any], None]:
    return lambda inner, step: inner.__setitem__(step, value)


def take(inner: Any, step: Any) -> None:
    del inner[step]


BADGE = signed()
FULLEST_BADGE = signed(credential(FULLEST))


# --- what it claims ----------------------------------------------------------------------------------------------

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60)
HOURS = st.decimals(Decimal("0.25"), Decimal(40), places=2).map(str)
FACTS = st.builds(
    lambda title, provider, hours, name, ended_at, zone: replace(
        FULLEST,
        course_title=title,
        provider_name=provider,
        credit_hours=hours,
        presenters=(Presenter(name, ""),),
        completed_at=ended_at,
        time_zone=zone,
    ),
    TEXTS,
    TEXTS,
    st.dictionaries(st.sampled_from(claims.HOUR_TYPES), HOURS, min_size=1),
    TEXTS,
    st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - zone beside it
    st.sampled_from(["America/New_York", "Pacific/Honolulu", "America/St_Johns", "Asia/Kolkata", "UTC"]),
)


@given(FACTS)
@settings(max_examples=60)
def test_the_facts_go_in_and_come_out_again_and_the_proof_holds(facts: Facts) -> None:
    badge = badges.read(badges.written(signed(credential(facts))))
    assert badges.verify(badge, KEYS) == badges.Checked(
        proven=True, sentence="The badge is signed with a key of its issuer, and unchanged.", method=METHOD
    )
    stated = badges.facts_of(badge)
    assert Decimal(stated.pop("hours")) == facts.total_hours
    assert stated == {
        "number": facts.number,
        "course": facts.course_title,
        "code": facts.course_code,
        "edition": facts.edition,
        "hours_by_type": facts.credit_hours,
        "provider": facts.provider_name,
        "completed_on": facts.completed_on.isoformat(),
        "completed_at": f"{facts.completed_at:%Y-%m-%dT%H:%M:%SZ}",
    }


def test_a_badge_says_what_one_hour_is_and_what_it_counts_as() -> None:
    assert BADGE["credentialSubject"]["narrative"] == "0.5 contact hours (60 minutes each): 0.5 ethics."
    assert BADGE["credentialSubject"]["creditsEarned"] == 0.5
    assert BADGE["description"] == (
        "0.5 contact hours (60 minutes each): 0.5 ethics. "
        "Completed on November 20, 2026 (2026-11-20), America/New_York. Not approved by any board."
    )
    assert (
        "1.5 general, 2 clinical, 0.5 ethics, 1 cultural competence, 12.5 supervision" in FULLEST_BADGE["description"]
    )
    assert signed(credential(replace(ANA, credit_hours={"ethics": "1"})))["description"].startswith(
        "1 contact hour (60 minutes): 1 ethics."
    )


def test_a_whole_number_of_hours_is_written_without_a_point() -> None:
    whole = credential(replace(ANA, credit_hours={"ethics": "2.00"}))
    assert json.dumps(whole["credentialSubject"]["creditsEarned"]) == "2"


def test_a_demonstration_says_so_in_its_name() -> None:
    assert FULLEST_BADGE["name"].startswith("Demonstration, not valid for credit: ")


def test_it_has_what_open_badges_require_and_nothing_empty() -> None:
    subject = BADGE["credentialSubject"]
    assert {"@context", "id", "type", "issuer", "validFrom", "credentialSubject", "proof"} <= BADGE.keys()
    assert list(rdf.CONTEXTS) == BADGE["@context"]
    assert BADGE["@context"][0] == "https://www.w3.org/ns/credentials/v2"
    assert {"VerifiableCredential", "OpenBadgeCredential"} == set(BADGE["type"])
    assert {"id", "type"} <= BADGE["issuer"].keys()
    assert {"type", "achievement", "identifier"} <= subject.keys()
    assert {"id", "type", "name", "description", "criteria"} <= subject["achievement"].keys()
    assert subject["achievement"]["achievementType"] == "CertificateOfCompletion"
    assert {"type", "hashed", "identityHash", "identityType", "salt"} == subject["identifier"][0].keys()
    described = {one["id"] for one in subject["achievement"]["resultDescription"]}
    assert {one["resultDescription"] for one in subject["result"]} == described
    assert isinstance(BADGE["proof"], list), "1EdTech's schema asks for a list"
    for badge in (BADGE, FULLEST_BADGE, credential(replace(ANA, presenters=(), credit_hours={}), email=None)):
        assert not [path for path, value in leaves(badge) if value in (None, "")]
        assert "[]" not in json.dumps(badge)
        assert "{}" not in json.dumps(badge)


def test_the_dates_are_those_of_open_badges() -> None:
    """The pattern is that of 1EdTech's DateTimeZ: with seconds and a zone."""
    dated = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
    subject = BADGE["credentialSubject"]
    for moment in (BADGE["validFrom"], BADGE["awardedDate"], subject["activityStartDate"], subject["activityEndDate"]):
        assert dated.fullmatch(moment)
    assert subject["activityEndDate"] == "2026-11-20T22:42:10-05:00"
    assert BADGE["validFrom"] == BADGE["awardedDate"] == BADGE["proof"][0]["created"] == "2026-11-21T03:42:10Z"


def test_it_names_the_statement_in_the_register() -> None:
    assert badges.statement_of(BADGE) == STATEMENT
    assert badges.statement_of({"evidence": [{"narrative": "no hash"}]}) is None


# --- the holder --------------------------------------------------------------------------------------------------


def test_nothing_about_the_holder_is_in_it_in_clear() -> None:
    for email in (EMAIL, None):
        written = badges.written(signed(credential(ANA, email))).decode()
        assert "@" not in written.replace('"@context"', "")
        for hers in (EMAIL, "Núñez", "081-234", "LCSW-R", ANA.holder_name):
            assert hers.lower() not in written.lower()
    assert "licenseNumber" not in json.dumps(FULLEST_BADGE)


def test_whoever_knows_the_address_can_tell_whose_it_is_by_the_rule_of_open_badges() -> None:
    (holder,) = BADGE["credentialSubject"]["identifier"]
    assert holder["identityType"] == "emailAddress"
    known = EMAIL.lower() + holder["salt"]
    assert holder["identityHash"] == f"sha256${hashlib.sha256(known.encode()).hexdigest()}"
    assert credential(email=EMAIL.upper()) == credential(email=f" {EMAIL} ")


def test_without_an_address_her_name_is_hashed() -> None:
    (holder,) = credential(email=None)["credentialSubject"]["identifier"]
    assert holder["identityType"] == "name"
    assert holder["identityHash"] == badges.recipient_hash(ANA.holder_name, SALT)


# --- the proof ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "value"),
    [
        (ANA, "z4HgMuFQK8o2njx9r2nwQBq1cu1Cgh1DVxtgUb5mHQ1sjszFPSwBoDpWwrCwmzHnU6FTHgob6KqPhMuLQAqQviMRv"),
        (FULLEST, "z2BfbvMpPbjzZchiu4jwuJAWDmb3bLPRR8gGijkgKkJ5iVGJmCMSkWakLbWeHcMzH78rntRr2n8ywDJ3bKGkskMMy"),
    ],
    ids=["ana", "fullest"],
)
def test_a_library_of_others_makes_the_same_proof_to_the_letter(facts: Facts, value: str) -> None:
    """What npm's @digitalbazaar/vc 7.3.0 gave for the same credential and key (tests/proofs/badge_validators.mjs)."""
    assert signed(credential(facts))["proof"][0]["proofValue"] == value


CHANGES: dict[str, Callable[[Any], Any]] = {
    "one letter more": lambda value: f"{value}x" if isinstance(value, str) else value,
    "one letter less": lambda value: value[:-1] if isinstance(value, str) else value,
    "a space more": lambda value: f"{value} " if isinstance(value, str) else value,
    "a line more": lambda value: f"{value}\n" if isinstance(value, str) else value,
    "the other case": lambda value: value.swapcase() if isinstance(value, str) else value,
    "a number more": lambda value: value + 1 if isinstance(value, int | float) else value,
    "the other truth": lambda value: not value if isinstance(value, bool) else value,
    "another kind": lambda value: str(value) + "!" if not isinstance(value, str) else 7,
    "an object": lambda value: {"id": value},
    "a list of two": lambda value: [value, f"{value}x"],
    "nothing": lambda _value: None,
    "an empty text": lambda _value: "",
    "an empty list": lambda _value: [],
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_no_leaf_can_be_changed(change: Callable[[Any], Any]) -> None:
    tried = 0
    for path, value in leaves(BADGE):
        if (other := change(value)) != value or type(other) is not type(value):
            tried += 1
            found = badges.verify(changed(BADGE, path, put(other)), KEYS)
            assert not found.proven, f"{path}: {value!r} became {other!r}"
    assert tried


@given(st.data())
@settings(max_examples=300)
def test_no_leaf_can_be_changed_into_any_other(data: st.DataObject) -> None:
    path, value = data.draw(st.sampled_from(list(leaves(FULLEST_BADGE))))
    other = data.draw(st.one_of(TEXTS, st.integers(), st.floats(allow_nan=False), st.booleans()))
    if other != value:
        assert not badges.verify(changed(FULLEST_BADGE, path, put(other)), KEYS).proven


@pytest.mark.parametrize("added", [{"role": "Instructor"}, {"unheardOf": "x"}, {"@type": "x"}, {"schema:name": "x"}])
def test_nothing_can_be_taken_out_or_put_in(added: dict[str, str]) -> None:
    for path, _value in leaves(BADGE):
        assert not badges.verify(changed(BADGE, path, take), KEYS).proven, path
    for path in objects(BADGE):
        (term, value), *_ = added.items()
        assert not badges.verify(changed(BADGE, (*path, term), put(value)), KEYS).proven, path


def test_control_where_signatures_are_not_checked_changes_pass() -> None:
    """So it is the signature that the changes above fail on, not that they cannot be read."""
    passed = 0
    with mock.patch.object(proofs, "_is_signed", return_value=True):
        for path, value in leaves(BADGE):
            if isinstance(value, str) and path[0] != "proof":
                passed += badges.verify(changed(BADGE, path, put(f"{value}x")), KEYS).proven
    assert passed > 25


def test_a_term_without_meaning_is_refused_though_no_signature_covers_it() -> None:
    path = ("credentialSubject", "hoursAsPaid")
    extended = changed(BADGE, path, put("17.5"))
    assert "no signature would cover it: 'hoursAsPaid'" in badges.verify(extended, KEYS).sentence
    with pytest.raises(badges.NotCovered):
        signed(changed(credential(), path, put("17.5")))


def test_control_a_processor_that_drops_terms_in_silence_takes_it() -> None:
    extended = changed(BADGE, ("credentialSubject", "hoursAsPaid"), put("17.5"))
    rdf._machine.cache_clear()
    try:
        with mock.patch.object(rdf, "_dropped", return_value=None):
            assert badges.verify(extended, KEYS).proven
    finally:
        rdf._machine.cache_clear()


@pytest.mark.parametrize("type_", [["Evidence", "Gold"], ["Evidence", "a b:c"], ["Evidence", "_:b1"]])
def test_what_is_no_address_is_refused(type_: list[str]) -> None:
    assert not badges.verify(changed(BADGE, ("evidence", 0, "type"), put(type_)), KEYS).proven
    with pytest.raises(badges.NotCovered):
        signed(changed(credential(), ("evidence", 0, "type"), put(type_)))


def test_control_a_processor_that_drops_addresses_in_silence_takes_one_that_is_relative() -> None:
    extended = changed(BADGE, ("evidence", 0, "type"), put(["Evidence", "Gold"]))
    with mock.patch.object(rdf, "_mapped", return_value=None):
        assert badges.verify(extended, KEYS).proven


def test_another_key_another_issuer_and_another_suite_are_refused() -> None:
    assert not badges.verify(signed(key=OTHER), KEYS).proven
    assert not badges.verify(BADGE, {METHOD: OTHER.public_key().public_bytes_raw()}).proven
    assert not badges.verify(BADGE, {}).proven
    elsewhere = "did:web:elsewhere.example#key"
    foreign = badges.sign(credential(), method=elsewhere, created=ANA.issued_at, sign=KEY.sign)
    assert "issuer" in badges.verify(foreign, {elsewhere: KEYS[METHOD]}).sentence
    for term, value in {"cryptosuite": "eddsa-jcs-2022", "proofPurpose": "authentication", "type": "Proof"}.items():
        assert not badges.verify(changed(BADGE, ("proof", 0, term), put(value)), KEYS).proven
    assert not badges.verify({**BADGE, "proof": [*BADGE["proof"], *BADGE["proof"]]}, KEYS).proven


def test_the_proof_of_one_badge_does_not_hold_for_another() -> None:
    assert badges.verify(FULLEST_BADGE, KEYS).proven
    assert not badges.verify({**BADGE, "proof": FULLEST_BADGE["proof"]}, KEYS).proven


def test_the_order_in_a_file_and_a_proof_without_its_list_change_nothing() -> None:
    backwards = json.loads(json.dumps(BADGE, sort_keys=True))
    assert badges.verify(backwards, KEYS).proven
    assert badges.verify({**BADGE, "proof": BADGE["proof"][0]}, KEYS).proven


@pytest.mark.parametrize("respelled", [lambda one: [one], lambda one: [one, one], lambda one: {0.5: "5.0E-1"}[one]])
def test_what_is_spelled_otherwise_and_still_holds_states_no_other_fact(respelled: Callable[[Any], Any]) -> None:
    """JSON-LD has several spellings for one meaning: a list of one, a number as a text."""
    held, stated = 0, badges.facts_of(BADGE)
    for path in [*(path for path, _value in leaves(BADGE)), *list(objects(BADGE))[1:]]:
        inner = BADGE
        for step in path:
            inner = inner[step]  # type: ignore[index, assignment]
        with suppress(KeyError, TypeError):  # only hours are written as a text
            other = changed(BADGE, path, put(respelled(inner)))
            held += badges.verify(other, KEYS).proven
            assert not badges.verify(other, KEYS).proven or badges.facts_of(other).items() <= stated.items()
    assert held, "or nothing was tried"


# --- whatever may come -------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_nothing_makes_a_check_raise(junk: Any) -> None:
    assert not badges.verify(junk, KEYS).proven
    assert badges.facts_of(junk) == {}
    assert badges.statement_of(junk) is None


@given(st.data(), JSON)
@settings(max_examples=200)
def test_nor_does_a_badge_with_something_odd_in_it(data: st.DataObject, junk: Any) -> None:
    path = data.draw(st.sampled_from([*(path for path, _value in leaves(BADGE)), *list(objects(BADGE))[1:]]))
    odd = changed(BADGE, path, put(junk))
    assert odd == BADGE or not badges.verify(odd, KEYS).proven
    badges.facts_of(odd)
    badges.statement_of(odd)


def nested(depth: int) -> dict[str, Any]:
    inner: dict[str, Any] = {"id": "urn:x:1"}
    for _ in range(depth):
        inner = {"achievement": inner}
    return inner


def alike(parents: int, children: int) -> list[dict[str, Any]]:
    child = {"type": "IdentityObject", "hashed": True}
    return [{"type": ["Profile"], "otherIdentifier": [dict(child) for _ in range(children)]} for _ in range(parents)]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("credentialSubject",), nested(5_000)),
        (("credentialSubject", "source"), alike(2, 12)),
        (("credentialSubject", "source"), alike(40, 10)),
        (("credentialSubject", "narrative"), "x" * 5_000_000),
        (("credentialSubject", "result"), [{"type": ["Result"]}] * 100_000),
        (("@context",), ["https://www.w3.org/ns/credentials/v2", "https://evil.example/context.json"]),
        (("@context",), [*rdf.CONTEXTS, {"name": "https://schema.org/description"}]),
        (("@context",), list(reversed(rdf.CONTEXTS))),
        (("credentialSubject", "@context"), {"name": "https://schema.org/description"}),
        (("proof", 0, "proofValue"), "z" + "1" * 1_000_000),
    ],
    ids=["deep", "alike", "many alike", "long", "wide", "foreign", "inline", "reversed", "scoped", "endless"],
)
def test_what_is_made_to_keep_us_busy_or_to_mislead_us_is_refused_at_once(path: Path_, value: Any) -> None:
    began = datetime.now(UTC).timestamp()  # noqa: TID251 - the time that it really takes
    assert not badges.verify(changed_shallowly(path, value), KEYS).proven
    assert datetime.now(UTC).timestamp() - began < 2  # noqa: TID251


def test_what_is_too_much_alike_is_refused_for_that() -> None:
    assert (
        "too much alike"
        in badges.verify(changed_shallowly(("credentialSubject", "source"), alike(2, 12)), KEYS).sentence
    )


def changed_shallowly(path: Path_, value: Any) -> dict[str, Any]:
    copy = deepcopy(BADGE)
    inner: Any = copy
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return copy


def test_the_loader_knows_our_contexts_and_never_fetches_another() -> None:
    for url in rdf.CONTEXTS:
        assert rdf.load(url)["document"]["@context"]["@protected"] is True
    for url in ("https://www.w3.org/2018/credentials/v1", "file:///etc/passwd", "http://127.0.0.1/", ""):
        with pytest.raises(badges.NotBundled):
            rdf.load(url)


def test_the_contexts_are_those_that_their_readme_names() -> None:
    folder = Path(rdf.__file__).parent / "contexts"
    told = (folder / "README.md").read_text(encoding="utf-8")
    assert {path.name for path in folder.glob("*.json")} == set(rdf.CONTEXTS.values())
    for path in folder.glob("*.json"):
        row = next(line for line in told.splitlines() if f"`{path.name}`" in line)
        assert f"`{hashlib.sha256(path.read_bytes()).hexdigest()}`" in row
    for url in rdf.CONTEXTS:
        assert f"`{url}`" in told


@pytest.mark.parametrize(
    "content",
    [
        b'{"id": "a", "id": "b"}',
        b'{"a": {"id": "a", "id": "b"}}',
        b'{"creditsEarned": NaN}',
        b'{"creditsEarned": Infinity}',
        b"[" * 100_000,
        b'{"a": ' * 20_000 + b"}" * 20_000,
        b"\xff\xfe{}",
        b"[]",
        b"",
        b" " * (proofs.MOST_BYTES + 1),
    ],
)
def test_a_file_that_can_be_read_in_two_ways_is_not_read(content: bytes) -> None:
    assert badges.read(content) is None


def test_a_badge_is_read_back_as_it_was_written() -> None:
    assert badges.read(badges.written(FULLEST_BADGE)) == FULLEST_BADGE


@pytest.mark.parametrize(
    ("path", "value", "lost"),
    [
        (("id",), "https://ce.example.org/v/4CKT9M2QXW7HB3NDE5RV", "number"),
        (("credentialSubject", "creditsEarned"), "0.5", "hours"),
        (("credentialSubject", "creditsEarned"), True, "hours"),
        (("credentialSubject", "creditsEarned"), 1e300, "hours"),
        (("credentialSubject", "result", 0, "value"), "half", "hours_by_type"),
        (("credentialSubject", "result", 0, "resultDescription"), "urn:x#hours-ethics", "hours_by_type"),
        (("credentialSubject", "activityEndDate"), "2026-11-20T22:42:10", "completed_on"),
        (("credentialSubject", "activityEndDate"), "0001-01-01T00:00:00+05:00", "completed_at"),
        (("issuer",), DID, "provider"),
    ],
)
def test_what_is_not_stated_as_we_state_it_is_not_read_as_a_fact(path: Path_, value: Any, lost: str) -> None:
    assert lost in badges.facts_of(BADGE)
    assert lost not in badges.facts_of(changed(BADGE, path, put(value)))


# --- what it costs -----------------------------------------------------------------------------------------------


def test_a_badge_can_be_written_without_loading_what_signs_it() -> None:
    script = (
        "import sys; sys.path[:0] = ['tests/awards']; from sample_facts import ANA; from app.awards import badges, did;"
        "c = badges.credential(ANA, did='did:web:x', address='https://x', holder_email=None, salt='s',"
        "statement_sha256=''); badges.facts_of(c); badges.written(c); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert not loaded & {"pyld", "aiohttp", "lxml", "base58"}
