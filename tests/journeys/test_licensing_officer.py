"""An officer with a folder of papers: dropped on one page, read while she looks on, sorted, opened, and receipted."""

from __future__ import annotations

import io
import json
import re
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pikepdf
import pypdfium2
import pytest
from desks import EVERY_VERDICT, Desk, desk
from inspectors import Inspector
from open_houses import OpenHouse, free_port
from playwright.sync_api import Locator, Page, expect
from scripted_checks import NUMBER
from walkers import Walk, Walker

from app.awards import numbers, receipts

pytest_plugins = ["travel"]
pytestmark = pytest.mark.journey

DROP = """(zone, files) => {
  const held = new DataTransfer();
  for (const [name, text] of files) held.items.add(new File([text], name, { type: "application/pdf" }));
  for (const kind of ["dragenter", "dragover", "drop"]) {
    zone.dispatchEvent(new DragEvent(kind, { dataTransfer: held, bubbles: true, cancelable: true }));
  }
}"""


@pytest.fixture
def her_desk(sqlite_url: str, tmp_path: Path) -> Iterator[Desk]:
    with desk(sqlite_url, tmp_path, free_port()) as opened:
        yield opened


def rows(page: Page) -> Locator:
    return page.locator(".found .result")


def names(page: Page) -> list[str]:
    """Give what stands first in each row that is shown."""
    shown = rows(page).locator("visible=true").locator(".result-name")
    return [words.strip() for words in shown.all_inner_texts()]


def counts(page: Page) -> list[str]:
    return page.locator(".count").all_inner_texts()


# --- real papers -------------------------------------------------------------------------------------------------


@pytest.fixture
def demo(sqlite_url: str, tmp_path: Path) -> Iterator[tuple[OpenHouse, dict[str, Path]]]:
    """A house with two certificates, one of them revoked, and a folder of what is handed in for them."""
    house = OpenHouse(tmp_path, sqlite_url, free_port())
    told = json.loads(_printed(house, "demo", "--json"))
    issued = {one["status"]: one["number"] for one in told["certificates"]}
    house.run("certificates", "export", *issued.values(), "--to", str(tmp_path / "issued"))
    house.open()
    originals = {status: tmp_path / "issued" / f"{number}.pdf" for status, number in issued.items()}
    yield house, originals
    house.close()


def _printed(house: OpenHouse, *words: str) -> str:
    done = subprocess.run(house._command(*words), env=house._settings(), capture_output=True, text=True, check=True)
    return done.stdout


def handed_in(originals: dict[str, Path], folder: Path) -> list[str]:
    """Make a folder as officers get them: most as issued, some saved again, one altered, one scanned, some strays."""
    folder.mkdir()
    valid = originals["valid"].read_bytes()
    papers = {f"{place:03} certificate.pdf": valid for place in range(24)}
    papers["101 saved again.pdf"] = _saved_again(valid)
    papers["102 altered.pdf"] = _altered(valid)
    papers["103 scan.png"] = _pictured(valid)
    papers["104 revoked.pdf"] = originals["revoked"].read_bytes()
    papers["105 notes.txt"] = b"Called her on Tuesday."
    papers["106 broken.pdf"] = valid[: len(valid) // 3]
    for name, content in papers.items():
        (folder / name).write_bytes(content)
    return [str(folder / name) for name in papers]


def _saved_again(content: bytes) -> bytes:
    held = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.save(held, linearize=True)
    return held.getvalue()


def _altered(content: bytes) -> bytes:
    held = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        page = pdf.pages[0]
        page.contents_add(pdf.make_stream(b"q 1 1 1 rg 150 330 500 60 re f Q"))  # her name is covered
        pdf.save(held)
    return held.getvalue()


def _pictured(content: bytes) -> bytes:
    held = io.BytesIO()
    with pypdfium2.PdfDocument(content) as pdf:
        pdf[0].render(scale=2).to_pil().save(held, format="png")
    return held.getvalue()


def test_an_officer_checks_a_folder_in_five_clicks_and_keeps_a_receipt(
    demo: tuple[OpenHouse, dict[str, Path]], walk: Walk, tmp_path: Path
) -> None:
    house, originals = demo
    olu = walk("olu", house)
    papers = handed_in(originals, tmp_path / "handed in")
    olu.goes_to("/verify")
    began = monotonic()
    olu.page.get_by_label("Files", exact=True).set_input_files(papers)  # one drag
    expect(rows(olu.page).first).to_be_visible()
    expect(rows(olu.page)).to_have_count(len(papers), timeout=60_000)
    expect(olu.page.locator("[data-said]")).to_contain_text(f"{len(papers)} of {len(papers)} read.")
    assert monotonic() - began < 60
    found = dict(zip(names(olu.page), [said_in(row) for row in rows(olu.page).all()], strict=True))
    assert {found[name] for name in found if name.endswith("certificate.pdf")} == {"Original · Valid, demonstration"}
    assert found["101 saved again.pdf"] == "Saved again, same facts · Valid, demonstration"
    assert found["102 altered.pdf"].split(" · ")[0] in {"Altered", "Picture: compare it"}
    assert found["103 scan.png"] == "Picture: compare it · Valid, demonstration"
    assert found["104 revoked.pdf"] == "Original · Revoked"
    assert found["105 notes.txt"] == "Not ours · Unknown"
    assert found["106 broken.pdf"].startswith("Not readable")
    olu.page.get_by_role("button", name="Document").click()  # two
    assert names(olu.page)[0].split(" ")[0] in {"102", "104", "105"}
    rows(olu.page).filter(has_text="104 revoked.pdf").locator("summary").click()  # three
    expect(rows(olu.page).filter(has_text="104 revoked.pdf")).to_contain_text("Revoked on")
    table = receipt(olu, "Receipt as CSV", tmp_path)  # four
    drawn = receipt(olu, "Receipt as PDF", tmp_path)  # five
    with urllib.request.urlopen(f"{house.address}/verify/keys.json") as answer:  # noqa: S310 - our own house
        read = receipts.read_csv(table, json.load(answer))
    assert {row["File"] for row in read.rows} == set(found)
    assert drawn.startswith(b"%PDF-")
    with pikepdf.open(io.BytesIO(drawn)) as pdf:
        assert list(pdf.attachments) == ["receipt.csv"]


def said_in(row: Locator) -> str:
    return " · ".join(row.locator(".result-line .state").all_inner_texts())


def receipt(officer: Walker, words: str, folder: Path) -> bytes:
    with officer.page.expect_download(timeout=60_000) as coming:
        officer.presses(words)
    target = folder / coming.value.suggested_filename
    coming.value.save_as(target)
    return target.read_bytes()


def test_without_a_script_the_same_table_comes_as_a_page(
    demo: tuple[OpenHouse, dict[str, Path]], walk: Walk, tmp_path: Path
) -> None:
    house, originals = demo
    olu = walk("olu", house, scripts=False)
    papers = handed_in(originals, tmp_path / "handed in")[-6:]
    olu.goes_to("/verify")
    olu.page.get_by_label("Files", exact=True).set_input_files(papers)
    olu.page.get_by_label("Certificate numbers").fill("0000-0000-0000-0000-0000")
    olu.presses("Check")
    expect(rows(olu.page)).to_have_count(7)
    assert any("to compare by eye" in words for words in counts(olu.page))
    rows(olu.page).filter(has_text="104 revoked.pdf").locator("summary").click()
    rows(olu.page).filter(has_text="104 revoked.pdf").get_by_role("link", name="The page of certificate").click()
    olu.reads("This certificate was revoked. It does not count.")
    olu.page.get_by_label("The file you were given").set_input_files(papers[0])
    olu.presses("Check the file")
    expect(rows(olu.page)).to_have_count(1)
    receipt_page = olu.page.request.post(
        f"{house.address}/verify/receipt.csv",
        multipart={"result": olu.page.locator("[name=result]").first.get_attribute("value") or ""},
    )
    assert receipt_page.ok


# --- every verdict -----------------------------------------------------------------------------------------------


def test_the_table_with_every_verdict_in_it_shuts_nobody_out(her_desk: Desk, walk: Walk) -> None:
    olu = walk("olu", her_desk)
    inspector = olu.sees = Inspector(olu)
    olu.goes_to("/verify")
    olu.sees("verify, empty")
    olu.page.get_by_label("Files", exact=True).set_input_files(her_desk.files(*EVERY_VERDICT))
    expect(rows(olu.page)).to_have_count(len(EVERY_VERDICT))
    olu.page.get_by_label("Certificate numbers").fill(f"{NUMBER}, {'0' * 20}, Ana Reyes")
    olu.presses("Check")
    expect(rows(olu.page)).to_have_count(len(EVERY_VERDICT) + 2)
    olu.sees("verify, every verdict")
    for name in ("altered.valid.pdf", "picture.valid.pdf", "original.superseded.pdf"):
        rows(olu.page).filter(has_text=name).locator("summary").click()
    olu.sees("verify, some of it open")
    olu.page.get_by_role("button", name="altered").click()
    olu.sees("verify, only what was altered")
    assert inspector.findings == []


def test_what_was_found_is_sorted_narrowed_and_counted(her_desk: Desk, walk: Walk) -> None:
    olu = walk("olu", her_desk)
    olu.goes_to("/verify")
    sent = ["original.valid.b.pdf", "altered.valid.a.pdf", "original.valid.c.pdf", "not-ours.unknown.d.pdf"]
    olu.page.locator(".zone").evaluate(DROP, [[name, name] for name in sent])
    expect(rows(olu.page)).to_have_count(4)
    expect(olu.page.locator(".count")).to_have_text(["1 altered", "1 not ours", "2 original"])
    header = olu.page.get_by_role("columnheader", name="File or number")
    header.get_by_role("button").click()
    assert names(olu.page) == sorted(sent)
    expect(header).to_have_attribute("aria-sort", "ascending")
    header.get_by_role("button").click()
    assert names(olu.page) == sorted(sent, reverse=True)
    olu.page.get_by_role("button", name="2 original").click()
    assert names(olu.page) == ["original.valid.c.pdf", "original.valid.b.pdf"]
    olu.page.locator(".zone").evaluate(DROP, [["altered.valid.e.pdf", "e"]])
    expect(olu.page.locator(".count")).to_have_text(["2 altered", "1 not ours", "2 original"])
    assert len(names(olu.page)) == 2, "what comes later is narrowed too"
    olu.page.get_by_role("button", name="2 original").click()
    assert names(olu.page)[0] == "original.valid.c.pdf"
    assert "altered.valid.e.pdf" in names(olu.page)


def test_everything_is_done_by_keyboard_alone(her_desk: Desk, walk: Walk) -> None:
    olu = walk("olu", her_desk)
    olu.goes_to("/verify")
    field = olu.page.get_by_label("Certificate numbers")
    field.focus()
    olu.page.keyboard.type(f"{NUMBER}, {'0' * 20}")
    olu.page.keyboard.press("Tab")
    olu.page.keyboard.press("Enter")
    expect(rows(olu.page)).to_have_count(2)
    expect(olu.page.get_by_role("heading", name="What we found")).to_be_focused()
    olu.page.keyboard.press("Tab")
    olu.page.keyboard.press("Enter")
    expect(olu.page.locator(".count").first).to_have_attribute("aria-pressed", "true")
    assert len(names(olu.page)) == 1
    olu.page.keyboard.press("Enter")
    for _ in range(4):  # the other outcome, two receipts, the first column
        olu.page.keyboard.press("Tab")
    olu.page.keyboard.press("Enter")
    expect(olu.page.get_by_role("columnheader", name="File or number")).to_have_attribute("aria-sort", "ascending")
    rows(olu.page).first.locator("summary").focus()
    olu.page.keyboard.press("Enter")
    expect(rows(olu.page).first.locator(".result-behind")).to_be_visible()


def test_on_the_page_of_a_number_the_file_of_another_is_told_apart(
    demo: tuple[OpenHouse, dict[str, Path]], walk: Walk
) -> None:
    house, originals = demo
    olu = walk("olu", house)
    olu.goes_to(f"/v/{originals['valid'].stem}")
    olu.page.get_by_label("The file you were given").set_input_files(str(originals["valid"]))
    expect(rows(olu.page)).to_have_count(1)
    expect(rows(olu.page)).not_to_contain_text("Not the certificate of this page.")
    inspector = Inspector(olu)
    inspector("record, with its file")
    olu.page.get_by_label("The file you were given").set_input_files(str(originals["revoked"]))
    expect(rows(olu.page)).to_have_count(2)
    expect(rows(olu.page).last).to_contain_text(
        "Not the certificate of this page. This is the certificate as we issued"
    )
    assert inspector.findings == []


def test_one_number_is_looked_up_by_enter(her_desk: Desk, walk: Walk) -> None:
    olu = walk("olu", her_desk)
    olu.goes_to("/verify")
    field = olu.page.get_by_label("Certificate numbers")
    field.fill(numbers.in_groups(NUMBER))
    field.press("Enter")
    expect(olu.page).to_have_url(re.compile(f"/v/{NUMBER}$"))
    olu.was_told("status of 404")  # the script knows it, and the house of this test has not issued it


# --- when something is in the way --------------------------------------------------------------------------------


def test_a_busy_house_is_asked_again_and_a_polite_limit_is_waited_for(her_desk: Desk, walk: Walk) -> None:
    olu = walk("olu", her_desk)
    her_desk.checks.busy_for = 2
    olu.goes_to("/verify")
    sent = ["busy.valid.a.pdf", "original.valid.b.pdf", "altered.valid.c.pdf"]
    olu.page.get_by_label("Files", exact=True).set_input_files(her_desk.files(*sent))
    expect(rows(olu.page)).to_have_count(3, timeout=30_000)
    expect(olu.page.locator("[data-said]")).to_contain_text("3 of 3 read.")
    assert sorted(names(olu.page)) == sorted(sent), "each once"


def test_what_does_not_arrive_says_so_in_its_row_and_the_others_stand(her_desk: Desk, walk: Walk) -> None:
    olu = walk("olu", her_desk)
    olu.goes_to("/verify")
    olu.page.get_by_label("Files", exact=True).set_input_files(her_desk.files("original.valid.a.pdf"))
    expect(rows(olu.page)).to_have_count(1)
    refusal = {"status": 413, "title": "That is too large", "detail": "More was sent than we accept in one go."}
    olu.page.route("**/verify/rows", lambda route: route.fulfill(status=413, json=refusal))
    olu.page.get_by_label("Files", exact=True).set_input_files(
        her_desk.files("original.valid.b.pdf", "altered.valid.c.pdf")
    )
    expect(rows(olu.page)).to_have_count(3)
    expect(rows(olu.page).filter(has_text="original.valid.b.pdf")).to_contain_text("More was sent than we accept")
    large = her_desk.file("scan.pdf", b"x" * (21 * 1024 * 1024))
    olu.page.get_by_label("Files", exact=True).set_input_files(large)
    expect(rows(olu.page).filter(has_text="scan.pdf")).to_contain_text("larger than 20 MB")
    olu.was_told("status of 413")


def test_a_receipt_that_cannot_be_had_leaves_the_table_where_it_is(her_desk: Desk, walk: Walk) -> None:
    olu = walk("olu", her_desk)
    olu.goes_to("/verify")
    olu.page.get_by_label("Files", exact=True).set_input_files(her_desk.files("original.valid.a.pdf"))
    expect(rows(olu.page)).to_have_count(1)
    problem = {"status": 503, "detail": "There is no receipt just now."}
    olu.page.route("**/verify/receipt.pdf", lambda route: route.fulfill(status=503, json=problem))
    olu.presses("Receipt as PDF")
    expect(olu.page.locator("#toast")).to_have_text("There is no receipt just now.")
    expect(rows(olu.page)).to_have_count(1)
    expect(olu.page.get_by_role("button", name="Receipt as PDF")).to_be_enabled()
    olu.was_told("status of 503")
