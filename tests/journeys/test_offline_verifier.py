"""The verifier on a disk: opened as a file, with no network, by somebody who was handed certificates and one page."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import issuer
import pytest
import sealed
from inspectors import DESK, PHONE, Inspector
from issuer import Issued, Issuer
from playwright.sync_api import Browser, FilePayload, Page, expect

from app.awards.proofs.page import offline_page
from app.awards.proofs.words import WORDS

pytest_plugins = ["travel"]
pytestmark = pytest.mark.journey

LARGEST_PAGE = 300_000
CHANCE = random.Random(6)  # noqa: S311 - the same every time
GOOD, SAVED, FORGED, REVOKED, LOOSE = (
    replace(issuer.facts(CHANCE), holder_name=name, demonstration=False)
    for name in ("Ana María Núñez", "Ben Ito", "Eve Adams", "Nguyễn Thị Thuỳ Dương", "Józef Świątek")
)
TELL_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`stopped by the policy: ${event.violatedDirective} ${event.blockedURI}`));
"""
DROP = """([name, text]) => {
  const files = new DataTransfer();
  files.items.add(new File([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))], name));
  document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }));
}"""


@dataclass
class Officer:
    """Olu with a page on her disk, and no network. What her browser complains of fails the test."""

    page: Page
    provider: Issuer
    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def opens(self, path: Path) -> None:
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("request", lambda asked: self.asked.append(asked.url))
        self.page.goto(path.as_uri())
        expect(self.page.locator("html")).to_have_attribute("data-ready", "")

    def chooses(self, *files: FilePayload, field: str = "Certificates") -> None:
        self.page.get_by_label(field, exact=True).set_input_files(list(files))

    def is_told(self, words: str) -> None:
        expect(self.page.get_by_role("status")).to_have_text(words)

    def reads(self, name: str) -> str:
        """Open what is said of one file, and give it."""
        shown = self.page.locator("details.checked", has_text=name)
        if shown.get_attribute("open") is None:
            shown.locator("summary").press("Enter")
        return shown.inner_text()


def file(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


@pytest.fixture(scope="module")
def provider() -> Issuer:
    return Issuer()


@pytest.fixture(scope="module")
def files(provider: Issuer) -> dict[str, FilePayload]:
    """Give one file of each kind that she may be handed."""
    good, saved, forged, revoked, loose = (provider.issue(facts) for facts in (GOOD, SAVED, FORGED, REVOKED, LOOSE))
    changed = Issued(forged.certificate.replace(b'"total":"', b'"total":"4'), forged.proof, forged.number)
    stranger = Issuer(current=issuer.statement_key(99))
    certificates = {
        "genuine.pdf": sealed.sealed(sealed.drawn(good), provider.seal),
        "saved-anew.pdf": sealed.drawn(saved, words=b"40 hours"),
        "altered.pdf": sealed.sealed(sealed.drawn(changed), provider.seal),
        "unknown.pdf": sealed.drawn(stranger.issue(GOOD)),
        "revoked.pdf": sealed.sealed(sealed.drawn(revoked), provider.seal),
        "certificate.json": loose.certificate,
        "certificate.tlog-proof": loose.proof,
        "scan.jpg": b"\xff\xd8\xff",
        "keys.json": provider.keys_file(),
        "revocations.json": provider.revocations(**{REVOKED.number: "revoked"}),
    }
    return {name: file(name, content) for name, content in certificates.items()}


@pytest.fixture
def olu(chromium: Browser, provider: Issuer) -> Iterator[Officer]:
    context = chromium.new_context(offline=True, reduced_motion="reduce", viewport=DESK)
    context.add_init_script(TELL_VIOLATIONS)
    officer = Officer(context.new_page(), provider)
    yield officer
    context.close()
    assert officer.complaints == []
    assert [url for url in officer.asked if not url.startswith(("file:", "data:", "blob:"))] == []


@pytest.fixture
def with_keys(provider: Issuer, tmp_path: Path) -> Path:
    path = tmp_path / "verify.html"
    path.write_text(offline_page(provider.keys_file().decode()), encoding="utf-8")
    return path


@pytest.fixture
def without_keys(tmp_path: Path) -> Path:
    path = tmp_path / "verify.html"
    path.write_text(offline_page(None), encoding="utf-8")
    return path


def test_the_page_is_light_and_whole(with_keys: Path) -> None:
    page = with_keys.read_text(encoding="utf-8")
    assert len(page.encode()) < LARGEST_PAGE
    assert 'src="' not in page
    assert "/static/" not in page


def test_she_tells_the_genuine_from_the_rest(olu: Officer, with_keys: Path, files: dict[str, FilePayload]) -> None:
    olu.opens(with_keys)
    olu.chooses(*(files[name] for name in files if name not in {"keys.json", "revocations.json"}))
    olu.is_told("7 files checked: 3 genuine, 2 to look at, 2 not to be accepted.")
    genuine, saved = olu.reads("genuine.pdf"), olu.reads("saved-anew.pdf")
    assert "Genuine, and in the register" in genuine
    assert "This file is exactly as it was sealed." in genuine
    assert GOOD.holder_name in genuine
    assert "cannot prove that the certificate was not revoked" in genuine
    assert "Genuine facts: compare them with the page" in saved
    assert "Not genuine" in olu.reads("altered.pdf")
    assert f"Not signed by {issuer.PROVIDER}" in olu.reads("unknown.pdf")
    assert "Nothing in it could be checked" in olu.reads("scan.jpg")
    assert "Genuine, and in the register" in olu.reads("certificate.json"), "with the proof beside it"


def test_a_list_tells_her_what_was_revoked(olu: Officer, with_keys: Path, files: dict[str, FilePayload]) -> None:
    olu.opens(with_keys)
    olu.chooses(files["revoked.pdf"], files["genuine.pdf"])
    olu.is_told("2 files checked: 2 genuine.")
    olu.chooses(files["revocations.json"], field="List of revocations")
    olu.is_told("2 files checked: 1 genuine, 1 not to be accepted.")
    assert "Revoked: it does not count" in olu.reads("revoked.pdf")
    assert "It is not on the list of revocations of February 1, 2027" in olu.reads("genuine.pdf")
    forged = json.loads(files["revocations.json"]["buffer"]) | {"entries": []}
    olu.chooses(file("forged.json", json.dumps(forged).encode()), field="List of revocations")
    expect(olu.page.get_by_role("alert")).to_contain_text("is not signed by")


def test_keys_can_be_brought_along_and_nothing_is_checked_without_them(
    olu: Officer, without_keys: Path, files: dict[str, FilePayload]
) -> None:
    olu.opens(without_keys)
    olu.chooses(files["genuine.pdf"])
    olu.is_told("Choose the provider’s keys: without them nothing can be checked.")
    olu.chooses(file("other.json", b'{"type":"continua-keys-1"}'), field="Other keys")
    expect(olu.page.get_by_role("alert")).to_contain_text(WORDS["lists"]["keys"])
    olu.chooses(files["keys.json"], field="Other keys")
    olu.is_told("1 file checked: 1 genuine.")
    olu.page.get_by_text("Fingerprints of the keys").click()
    assert olu.provider.current.name in olu.page.locator("#fingerprints").inner_text()


def test_files_can_be_dropped_and_cleared(olu: Officer, with_keys: Path, files: dict[str, FilePayload]) -> None:
    olu.opens(with_keys)
    olu.page.evaluate(DROP, ["genuine.pdf", issuer.b64(files["genuine.pdf"]["buffer"])])
    olu.is_told("1 file checked: 1 genuine.")
    olu.page.get_by_role("button", name="Clear the results").press("Enter")
    expect(olu.page.locator("details.checked")).to_have_count(0)
    expect(olu.page.get_by_label("Certificates", exact=True)).to_be_focused()


def test_the_page_shuts_nobody_out(olu: Officer, with_keys: Path, files: dict[str, FilePayload]) -> None:
    inspector = Inspector(olu)  # type: ignore[arg-type]  # it looks at the page alone
    olu.opens(with_keys)
    inspector("offline, empty")
    olu.chooses(*files.values())
    olu.is_told("7 files checked: 2 genuine, 2 to look at, 3 not to be accepted.")
    inspector("offline, closed")
    for name in ("genuine.pdf", "saved-anew.pdf", "altered.pdf", "revoked.pdf"):
        olu.reads(name)
    inspector("offline, open")
    assert inspector.findings == []


def test_the_policy_lets_nothing_else_run_and_nothing_out(olu: Officer, with_keys: Path) -> None:
    olu.opens(with_keys)
    for script in (
        "document.body.append(Object.assign(document.createElement('script'), { textContent: 'planted = 1' }))",
        "document.body.append(Object.assign(new Image(), { src: 'https://example.org/told' }))",
        "fetch('https://example.org/told').catch(() => 0)",
    ):
        olu.page.evaluate(script)
    expect(olu.page.get_by_role("status")).to_be_attached()
    assert olu.page.evaluate("typeof planted") == "undefined"
    told = [complaint for complaint in olu.complaints if complaint.startswith("stopped by the policy: ")]
    assert {complaint.split()[4] for complaint in told} == {"script-src-elem", "img-src", "connect-src"}
    olu.complaints.clear()
    olu.asked.clear()  # the browser tells of what was asked for, also where it stopped it


def test_a_phone_has_room_for_a_long_name(olu: Officer, with_keys: Path, provider: Issuer) -> None:
    olu.opens(with_keys)
    olu.page.set_viewport_size(PHONE)
    long = provider.issue(replace(issuer.facts(CHANCE), holder_name="W" * 80))
    olu.chooses(file("a" * 120 + ".pdf", sealed.drawn(long)))
    olu.is_told("1 file checked: 1 to look at.")
    assert olu.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
