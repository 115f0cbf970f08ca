"""The verifier here and the one in a browser are written apart and must say the same, word for word.

What one of them takes and the other does not would be a place to hide a forgery in.
"""

from __future__ import annotations

import base64
import io
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import issuer
import pikepdf
import pytest
import sealed
from issuer import Issued
from playwright.sync_api import Browser, Page, sync_playwright
from proofs import bundles
from proofs.bundles import Bundle, World

from app.awards import proofs
from app.awards.proofs import Keys, Revocations, files
from app.awards.proofs.page import offline_page

SEED = 20_261_130
INPUTS, PARTS = 10_000, 2
BY_FALLBACK = 400
FILES = 400
TOGETHER = 500  # in one call of the browser

pytestmark = pytest.mark.campaign

JUDGE = """async ([what, keys, list, inputs]) => {
  const bytes = (text) => text === null ? null : Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const known = await continua.readKeys(bytes(keys));
  const listed = list === null ? null : await continua.readRevocations(bytes(list), known);
  const judge = what === "bundle" ? continua.check : continua.checkPdf;
  return Promise.all(inputs.map((parts) => judge(...parts.map(bytes), known, listed)));
}"""


@dataclass(frozen=True)
class Verifier:
    """The page in a browser, opened from the disk."""

    page: Page

    def told(self, what: str, inputs: list[tuple[bytes | None, ...]], keys: bytes, listed: bytes | None = None) -> Any:
        """Give what it says of each input."""
        told = []
        for start in range(0, len(inputs), TOGETHER):
            some = [[_text(part) for part in parts] for parts in inputs[start : start + TOGETHER]]
            told += self.page.evaluate(JUDGE, [what, _text(keys), _text(listed), some])
        return told


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])


@pytest.fixture(scope="module")
def verifier(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Verifier:
    path = tmp_path_factory.mktemp("offline") / "verify.html"
    path.write_text(offline_page(None), encoding="utf-8")
    return Verifier(_opened(browser, path))


def _opened(browser: Browser, path: Path) -> Page:
    page = browser.new_context(offline=True).new_page()
    page.goto(path.as_uri())
    page.locator("[data-ready]").wait_for(state="attached")
    return page


@pytest.fixture(scope="module")
def world() -> World:
    return bundles.world()


@pytest.fixture(scope="module")
def keys_file(world: World) -> bytes:
    provider = world.provider
    return provider.keys_file(checkpoint=provider.register.checkpoint(provider.current))


def _text(raw: bytes | None) -> str | None:
    return None if raw is None else base64.b64encode(raw).decode()


def _forged(number: int, among: World) -> Bundle:
    chance = random.Random(SEED + number)  # noqa: S311 - the same every time
    original = chance.choice(among.unregistered if chance.random() < 0.1 else among.issued)
    return bundles.mutated(original, among, chance)


def differences(ours: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> list[tuple[int, str, Any, Any]]:
    """Give each word in which two verifiers do not agree."""
    assert len(ours) == len(theirs)
    return [
        (place, name, one.get(name), other.get(name))
        for place, (one, other) in enumerate(zip(ours, theirs, strict=True))
        for name in one.keys() | other.keys()
        if one.get(name) != other.get(name)
    ]


@pytest.mark.parametrize("part", range(PARTS))
def test_they_say_the_same_of_ten_thousand_bundles(
    verifier: Verifier, world: World, keys_file: bytes, part: int
) -> None:
    inputs = [_forged(number, world) for number in range(part, INPUTS, PARTS)]
    ours = [proofs.check(*bundle, world.keys).plain() for bundle in inputs]

    theirs = verifier.told("bundle", list(inputs), keys_file)

    assert differences(ours, theirs) == []
    assert len({one["reason"] for one in ours}) > 12, "they are of many kinds"
    assert verifier.page.evaluate("continua.ways.isNative"), "this browser does the sums itself"


def test_they_say_the_same_where_the_browser_knows_no_ed25519(
    verifier: Verifier, world: World, keys_file: bytes
) -> None:
    inputs = [_forged(number, world) for number in range(BY_FALLBACK)]
    verifier.page.evaluate("continua.ways.isNative = false")
    try:
        theirs = verifier.told("bundle", list(inputs), keys_file)
    finally:
        verifier.page.evaluate("continua.ways.isNative = undefined")
    assert differences([proofs.check(*bundle, world.keys).plain() for bundle in inputs], theirs) == []


def test_they_say_the_same_of_what_is_on_a_list(verifier: Verifier, world: World, keys_file: bytes) -> None:
    numbers = [proofs.check(*bundle, world.keys).number for bundle in world.issued[:12]]
    listed = world.provider.revocations(**dict(zip(numbers, ["revoked", "superseded"] * 6, strict=True)))
    read = Revocations.read(listed, world.keys)
    ours = [proofs.check(*bundle, world.keys, revocations=read).plain() for bundle in world.issued]

    assert differences(ours, verifier.told("bundle", list(world.issued), keys_file, listed)) == []
    assert {one["status"] for one in ours} == {"valid", "revoked", "superseded"}


def test_control_a_verifier_that_says_one_word_differently_is_found(
    verifier: Verifier, world: World, keys_file: bytes
) -> None:
    theirs = verifier.told("bundle", list(world.issued[:3]), keys_file)
    theirs[1]["facts"]["hours"] = "40"
    ours = [proofs.check(*bundle, world.keys).plain() for bundle in world.issued[:3]]
    assert [name for _, name, *_ in differences(ours, theirs)] == ["facts"]


# --- files -------------------------------------------------------------------------------------------------------


def test_they_say_the_same_of_four_hundred_files(verifier: Verifier, world: World, keys_file: bytes) -> None:
    whole = _files(world)
    inputs = [_spoiled_file(whole, random.Random(SEED + number)) for number in range(FILES)]  # noqa: S311
    ours = [files.check(raw, world.keys).plain() for raw in inputs]

    theirs = verifier.told("file", [(raw,) for raw in inputs], keys_file)

    assert differences(ours, theirs) == []
    assert {one["seal"] for one in ours} == {"intact", "broken", "absent", "foreign", "revoked"}
    assert len({one["reason"] for one in ours}) > 4


def _files(world: World) -> list[bytes]:
    """Give files of each kind: sealed by each key, not sealed, saved anew, forged, two in one."""
    given = [Issued(bundle.certificate, bundle.proof or b"", "") for bundle in world.issued[:3]]
    forged = Issued(given[0].certificate.replace(b'"total":"', b'"total":"4'), given[0].proof, "")
    drawn = [sealed.drawn(one) for one in (*given, forged)]
    seals = (world.provider.seal, world.provider.seal, world.provider.stolen_seal, issuer.seal_key(99))
    whole = [sealed.sealed(pdf, key) for pdf, key in zip(drawn, seals, strict=True)]
    loose = [sealed.drawn(one, packed=False) for one in given]
    return [*whole, *drawn, *loose, *(_saved_anew(pdf) for pdf in whole), loose[0] + loose[1]]


def _saved_anew(pdf: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.save(out := io.BytesIO(), object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return out.getvalue()


def _spoiled_file(whole: list[bytes], chance: random.Random) -> bytes:
    pdf = chance.choice(whole)
    for _ in range(chance.choice((0, 1, 1, 2))):
        pdf = chance.choice(WAYS)(pdf, chance)
    return pdf


def _turn_a_bit(pdf: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(pdf))
    return pdf[:place] + bytes([pdf[place] ^ 1 << chance.randrange(8)]) + pdf[place + 1 :]


def _turn_a_bit_of_the_seal(pdf: bytes, chance: random.Random) -> bytes:
    start = pdf.find(b"/Contents <") + 11
    place = min(start + chance.randrange(1600), len(pdf) - 1)
    return pdf[:place] + b"%x" % chance.randrange(16) + pdf[place + 1 :]


def _cut_or_add(pdf: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(pdf))
    return chance.choice((pdf[:place], pdf[:place] + pdf[place + 1 :], pdf + b"\n", pdf + pdf[place:], b"\n" + pdf))


def _reword(pdf: bytes, chance: random.Random) -> bytes:
    old, new = chance.choice((
        (b"/ByteRange", b"/ByteRange "),
        (b"/ByteRange [", b"/ByteRange\r\n["),
        (b"/ByteRange [0", b"/ByteRange [00"),
        (b"/ByteRange [0 ", b"/ByteRange [0\xa0"),
        (b"/EmbeddedFile", b"/EmbeddedFiles"),
        (b"/Type /EmbeddedFile", b"/Type\0\f/EmbeddedFile"),
        (b"/Type /EmbeddedFile", b"/Type\xa0/EmbeddedFile"),
        (b"/FlateDecode", b"/FlateDecodes"),
        (b"/Length ", b"/Length 9"),
        (b"/Length ", b"/Length 9 0 R /Longer "),
        (b"/Length ", b"/Longer "),
        (b"stream\n", b"stream\r\n"),
        (b"endstream", b"\r\nendstream"),
        (b"endstream", b"ndstream"),
        (b"/Contents <", b"/Contents <0"),
        (b"<30", b"<31"),
        (b"0000>", b"0001>"),
    ))  # fmt: skip
    return pdf.replace(old, new)


WAYS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _turn_a_bit, _turn_a_bit, _turn_a_bit_of_the_seal, _cut_or_add, _reword, _reword,
)  # fmt: skip


def test_they_read_the_same_lists_of_keys(verifier: Verifier, world: World, keys_file: bytes) -> None:
    chance = random.Random(SEED)  # noqa: S311
    outcomes = []
    for _ in range(150):
        place = chance.randrange(len(keys_file))
        spoiled = keys_file[:place] + bytes([chance.randrange(32, 127)]) + keys_file[place + 1 :]
        outcomes.append(_reads(spoiled))
        assert verifier.page.evaluate(
            """async (text) => continua.readKeys(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)))
              .then(() => true, () => false)""",
            _text(spoiled),
        ) == outcomes[-1], spoiled  # fmt: skip
    assert {True, False} == set(outcomes)


def _reads(raw: bytes) -> bool:
    try:
        Keys.read(raw)
    except proofs.NotAList:
        return False
    return True
