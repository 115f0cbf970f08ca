"""Statements: one text for one thing said, from which every fact is read back, and which tells nobody whose it is."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import zoneinfo
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from cast import NOON
from hypothesis import given
from hypothesis import strategies as st
from sample_facts import ANA, FULLEST

from app.awards import statements
from app.awards.facts import Facts, LicenseFacts, Presenter
from app.kit.signing import Algorithm, PublicKey

# --- whatever may be certified -----------------------------------------------------------------------------------

SCRIPTS = ["Ana Müller", "Nguyễn Thị Thuỳ Dương", "佐藤 花子", "Марија Ђурић", "عائشة بنت محمد", "שרה כהן", "ཚེ་རིང",
           "Zoë 👩‍🏫 “Zed” O\\'Hara\"", "a\tb\nc\x7f\x1f", "\u2028\u2029", "e\u0301 é", "𝔸𝕟𝕒"]  # fmt: skip
WORDS = st.sampled_from(SCRIPTS) | st.text(st.characters(blacklist_categories=("Cs",)), max_size=40)
INSTANTS = st.datetimes(
    min_value=datetime(1900, 1, 2), max_value=datetime(9998, 12, 30), timezones=st.timezones() | st.just(UTC)  # noqa: DTZ001
)  # fmt: skip
HOURS = st.decimals(min_value="0.01", max_value="999", places=2).map(str) | st.sampled_from(["0.5", "1", "12.0", "100"])
ZONES = st.sampled_from(sorted(zoneinfo.available_timezones() - {"localtime", "Factory"}))


@st.composite
def whatever(draw: st.DrawFn) -> Facts:
    replaces = draw(st.sampled_from(["", "7" * 20]))
    return Facts(
        number=draw(st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=20, max_size=20)),
        holder_name=draw(WORDS),
        license=draw(st.none() | st.builds(LicenseFacts, state=WORDS, type=WORDS, number=WORDS)),
        course_title=draw(WORDS),
        course_code=draw(WORDS),
        edition=draw(st.text("0123456789abcdef", min_size=64, max_size=64)),
        delivery=draw(st.sampled_from(["reading", "recorded", "live-webinar", "in-person"])),
        presenters=tuple(draw(st.lists(st.builds(Presenter, name=WORDS, credentials=WORDS), max_size=3))),
        credit_hours=draw(st.dictionaries(st.sampled_from(["ethics", "general", "clinical", "é", "😀", "Z"]), HOURS)),
        began_at=draw(INSTANTS),
        completed_at=draw(INSTANTS),
        time_zone=draw(ZONES),
        issued_at=draw(INSTANTS),
        provider_name=draw(WORDS),
        provider_address=draw(WORDS),
        provider_phone=draw(WORDS),
        provider_email=draw(WORDS),
        signer_name=draw(WORDS),
        signer_title=draw(WORDS),
        approval_statements=tuple(draw(st.lists(WORDS, max_size=3))),
        verify_url=draw(WORDS),
        demonstration=draw(st.booleans()),
        replaces=replaces,
        replaces_why=draw(st.sampled_from(["corrected", "reissued"])) if replaces else "",
    )


def to_the_second(facts: Facts) -> Facts:
    def cut(moment: datetime) -> datetime:
        return moment.astimezone(UTC).replace(microsecond=0)

    return replace(facts, began_at=cut(facts.began_at), completed_at=cut(facts.completed_at),
                   issued_at=cut(facts.issued_at))  # fmt: skip


@given(whatever())
def test_what_was_said_is_read_back_to_the_second(facts: Facts) -> None:
    whose = statements.personal(facts)
    words = statements.canonical(statements.of(facts, whose))
    assert statements.facts(json.loads(words), json.loads(whose.text)) == to_the_second(facts)


@given(whatever())
def test_everything_that_a_reader_works_out_is_said_as_well(facts: Facts) -> None:
    """The day on her calendar and the sum of her hours: a board reads those, and needs no table of time zones."""
    said = statements.of(facts, statements.personal(facts))
    read = statements.facts(said, None)
    assert said["completed_on"] == read.completed_on.isoformat() == facts.completed_on.isoformat()
    assert Decimal(said["hours"]["total"]) == sum(map(Decimal, said["hours"]["by_type"].values()), Decimal(0))


@given(whatever())
def test_the_statement_says_nothing_of_its_holder(facts: Facts) -> None:
    name, number = "Wilhelmina Unmistakable", "LIC-31415926"
    facts = replace(facts, holder_name=name, license=LicenseFacts("QZ", "XYZZY", number))
    whose = statements.personal(facts)
    words = statements.canonical(statements.of(facts, whose)).decode()
    assert not [secret for secret in (name, number, "XYZZY") if secret in words]
    assert json.loads(whose.text) == {"holder": name, "license": {"state": "QZ", "type": "XYZZY", "number": number}}
    assert statements.facts(json.loads(words), None).holder_name == statements.ERASED


# --- the one text ------------------------------------------------------------------------------------------------


def by_the_standard(value: Any) -> str:
    """RFC 8785 in a dozen lines, without numbers that are no whole ones: shares nothing with the library in use."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{by_the_standard(name)}:{by_the_standard(value[name])}" for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(by_the_standard, value)) + "]"
    if isinstance(value, str):
        short = {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\"}
        escaped = (short.get(ord(one)) or (f"\\u{ord(one):04x}" if ord(one) < 32 else one) for one in value)
        return '"' + "".join(escaped) + '"'
    return {"None": "null", "True": "true", "False": "false"}.get(str(value), str(value))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2**53 - 1) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
)


@given(st.dictionaries(WORDS, JSON, max_size=5))
def test_the_text_is_the_one_of_the_standard(value: dict[str, Any]) -> None:
    words = statements.canonical(value)
    assert words.decode() == by_the_standard(value)
    assert statements.canonical(json.loads(words)) == words


@pytest.mark.parametrize("value", [{"a": math.nan}, {"a": "\ud800"}, {"a": 2**53}, {"\udfff": 1}])
def test_what_has_no_one_text_is_not_said(value: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        statements.canonical(value)


@pytest.mark.parametrize("facts", [ANA, FULLEST])
def test_a_bundle_is_canonical_whole_or_without_its_holder(facts: Facts) -> None:
    whose = statements.personal(facts)
    said = statements.canonical(statements.of(facts, whose)).decode()
    for personal, salt in ((whose.text, whose.salt), (None, None), (None, whose.salt)):
        bundle = statements.bundle(said, personal, salt, key="statement-2026-00000000", signature=bytes(64))
        read = json.loads(bundle)
        assert bundle.decode() == by_the_standard(read)
        assert (read["personal"] is None) == (read["salt"] is None) == (personal is None)
        assert statements.canonical(read["statement"]).decode() == said


# --- the commitment ----------------------------------------------------------------------------------------------


def test_the_commitment_is_a_hash_over_a_salt_and_whose_it_is() -> None:
    whose = statements.personal(ANA)
    assert len(whose.salt) == 32
    assert whose.commitment == hashlib.sha256(b"\x02" + whose.salt + whose.text.encode()).hexdigest()


def test_the_same_person_twice_is_committed_to_in_two_ways() -> None:
    """Else whoever has one certificate of hers could tell which others are hers too."""
    assert len({statements.personal(ANA).commitment for _ in range(50)}) == 50


def test_no_commitment_passes_for_an_entry_of_the_register_or_a_subtree() -> None:
    salt, personal = bytes(32), b"{}"
    others = {hashlib.sha256(kind + salt + personal).hexdigest() for kind in (b"\x00", b"\x01")}
    assert statements.commitment(personal, salt) not in others


@given(WORDS, WORDS)
def test_two_names_are_two_commitments(one: str, other: str) -> None:
    facts = replace(ANA, license=None)
    texts = {statements.personal(replace(facts, holder_name=name)).text for name in (one, other)}
    assert len(texts) == len({one, other})


# --- what becomes of it ------------------------------------------------------------------------------------------


def test_each_kind_of_statement_says_what_the_format_asks() -> None:
    key = PublicKey("seal-2026-1a2b3c4d", Algorithm.P256, b"\x30\x59")
    made = statements.of_key("new", key, "seal", certificate=b"\x30\x82", now=NOON)
    at = "2026-11-20T17:00:00Z"
    assert statements.superseded("1" * 20, by="2" * 20, why="corrected", now=NOON) == {
        "version": 1, "kind": "supersede", "number": "1" * 20, "by": "2" * 20, "why": "corrected", "at": at,
    }  # fmt: skip
    assert statements.revoked("1" * 20, why="error", now=NOON) == {
        "version": 1, "kind": "revoke", "number": "1" * 20, "why": "error", "at": at,
    }  # fmt: skip
    assert statements.erased("1" * 20, now=NOON) == {"version": 1, "kind": "erase", "number": "1" * 20, "at": at}
    assert statements.gap(size=7, root=bytes(32), why="Fire.", now=NOON) == {
        "version": 1, "kind": "gap", "size": 7, "root": base64.b64encode(bytes(32)).decode(), "why": "Fire.", "at": at,
    }  # fmt: skip
    assert statements.readmitted("1" * 20, leaf=b"\xab" * 32, now=NOON) == {
        "version": 1, "kind": "readmit", "number": "1" * 20, "leaf": "ab" * 32, "at": at,
    }  # fmt: skip
    assert made == {
        "version": 1, "kind": "key", "act": "new", "key": key.name, "use": "seal", "algorithm": "p256",
        "public": "MFk=", "certificate": "MII=", "why": "", "since": None, "at": at,
    }  # fmt: skip


def test_instants_are_utc_and_whole_seconds_wherever_they_were_taken() -> None:
    tokyo = datetime(2026, 11, 21, 2, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=9)))
    said = statements.revoked("1" * 20, why="error", now=tokyo)
    assert said["at"] == "2026-11-20T17:00:00Z"
    assert statements.moment(said["at"]) == NOON
    with pytest.raises(ValueError, match="does not match"):
        statements.moment("2026-11-20T17:00:00.5Z")
