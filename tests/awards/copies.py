"""Copies of a certificate as honest people make them: saved again, printed, converted, scanned.

None of them may ever be called altered. Those that keep words and shapes say the same facts; images are pictures.
"""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pikepdf
from awards import pdf_surgery as surgery
from awards.pdf_surgery import changed
from pikepdf import Array, Name, Pdf, String

Make = Callable[[bytes], bytes]

SAME: dict[str, Make] = {}  # every fact is equal, and is found to be
PICTURES: dict[str, Make] = {}  # a person has to look
EITHER: dict[str, Make] = {}  # depends on what the program does with letters


class NotHere(Exception):
    """The program that makes this copy is not on this machine."""


def of(kind: dict[str, Make]) -> Callable[[Make], Make]:
    """Register a way to copy."""

    def register(make: Make) -> Make:
        kind[make.__name__] = make
        return make

    return register


def by_program(content: bytes, *command: str) -> bytes:
    """Have a program make a copy: IN and OUT stand for the files."""
    if shutil.which(command[0]) is None:
        raise NotHere(command[0])
    with TemporaryDirectory() as folder:
        there, made = Path(folder, "in.pdf"), Path(folder, "out.pdf")
        there.write_bytes(content)
        names = {"IN": str(there), "OUT": str(made)}
        subprocess.run([names.get(word, word) for word in command], check=True, capture_output=True, timeout=120)
        return made.read_bytes()


# --- saved again -------------------------------------------------------------------------------------------------


@of(SAME)
def saved_by_pikepdf(content: bytes) -> bytes:
    return changed(content, lambda _pdf: None)


@of(SAME)
def saved_without_object_streams(content: bytes) -> bytes:
    return changed(content, lambda _pdf: None, object_stream_mode=pikepdf.ObjectStreamMode.disable)


@of(SAME)
def saved_unpacked(content: bytes) -> bytes:
    return changed(
        content, lambda _pdf: None, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.all
    )


@of(SAME)
def saved_with_another_title(content: bytes) -> bytes:
    def name(pdf: Pdf) -> None:
        pdf.docinfo.Title, pdf.docinfo.Keywords = String("ana-ce-2026.pdf"), String("CE, ethics, renewal")

    return changed(content, name)


@of(SAME)
def saved_without_metadata(content: bytes) -> bytes:
    def forget(pdf: Pdf) -> None:
        del pdf.Root["/Metadata"]
        del pdf.trailer["/Info"]

    return changed(content, forget)


@of(SAME)
def saved_without_tags(content: bytes) -> bytes:
    def untag(pdf: Pdf) -> None:
        for name in ("/StructTreeRoot", "/MarkInfo", "/Outlines"):
            if name in pdf.Root:
                del pdf.Root[name]

    return changed(content, untag)


@of(SAME)
def saved_without_attachments(content: bytes) -> bytes:
    return changed(content, surgery.strip)


@of(SAME)
def saved_without_its_seal(content: bytes) -> bytes:
    def unseal(pdf: Pdf) -> None:
        page = pdf.pages[0]
        page.Annots = Array([note for note in page.Annots if note.Subtype != Name.Widget])
        del pdf.Root["/AcroForm"], pdf.Root["/Perms"]

    return changed(content, unseal)


@of(SAME)
def saved_with_looser_permissions(content: bytes) -> bytes:
    """The seal says what may be changed. Once bytes have changed it proves nothing, so nobody goes by what it says."""

    def loosen(pdf: Pdf) -> None:
        for note in pdf.pages[0].Annots:
            if note.Subtype == Name.Widget:
                note.V.Reference[0].TransformParams.P = 3

    return changed(content, loosen)


@of(SAME)
def saved_to_open_at_a_whole_page(content: bytes) -> bytes:
    """A viewer adds how the page is to be shown first."""

    def show(pdf: Pdf) -> None:
        pdf.Root.OpenAction = Array([pdf.pages[0].obj, Name.Fit])
        pdf.Root.PageMode = Name.UseNone

    return changed(content, show)


@of(SAME)
def encrypted_without_a_password(content: bytes) -> bytes:
    rights = pikepdf.Permissions(modify_other=False)
    return changed(content, lambda _pdf: None, encryption=pikepdf.Encryption(owner="owner", user="", allow=rights))


@of(SAME)
def followed_by_empty_lines(content: bytes) -> bytes:
    """Mail gateways do it."""
    return content + b"\r\n\r\n"


@of(SAME)
def turned_on_its_side(content: bytes) -> bytes:
    return changed(content, lambda pdf: setattr(pdf.pages[0], "Rotate", 90))


@of(SAME)
def linearized_by_qpdf(content: bytes) -> bytes:
    return by_program(content, "qpdf", "--linearize", "IN", "OUT")


@of(SAME)
def unpacked_by_qpdf(content: bytes) -> bytes:
    return by_program(content, "qpdf", "--qdf", "--object-streams=disable", "IN", "OUT")


@of(SAME)
def united_by_poppler(content: bytes) -> bytes:
    return by_program(content, "pdfunite", "IN", "OUT")


@of(SAME)
def cleaned_by_mupdf(content: bytes) -> bytes:
    return by_program(content, "mutool", "clean", "-gggg", "-z", "IN", "OUT")


# --- printed -----------------------------------------------------------------------------------------------------


@of(SAME)
def printed_by_pdfium(content: bytes) -> bytes:
    """As a browser's viewer prints: the page alone, its annotations painted into it."""
    import pypdfium2
    import pypdfium2.raw as pdfium

    source, target = pypdfium2.PdfDocument(content), pypdfium2.PdfDocument.new()
    target.import_pages(source)
    page = target[0]
    pdfium.FPDFPage_Flatten(page, pdfium.FLAT_PRINT)
    page.close()
    held = io.BytesIO()
    target.save(held)
    target.close()
    source.close()
    return held.getvalue()


@of(SAME)
def printed_with_a_profile_for_its_colors(content: bytes) -> bytes:
    """As Apple's programs write it: colors by a profile of their own."""
    from PIL import ImageCms

    def profile(pdf: Pdf) -> None:
        page = pdf.pages[0]
        srgb = pdf.make_stream(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
        srgb.N, srgb.Alternate = 3, Name.DeviceRGB
        page.Resources.ColorSpace.Cs1 = Array([Name.ICCBased, srgb])
        painted = page.Contents.read_bytes().replace(b"0.109804 0.145098 0.188235 rg", b"/Cs1 cs 0.11 0.145 0.188 scn")
        page.Contents = pdf.make_stream(painted)

    return changed(content, profile)


@of(EITHER)
def printed_by_cairo(content: bytes) -> bytes:
    return by_program(content, "pdftocairo", "-pdf", "IN", "OUT")


@of(EITHER)
def printed_by_ghostscript(content: bytes) -> bytes:
    return by_program(content, "gs", "-q", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pdfwrite", "-o", "OUT", "IN")


@of(EITHER)
def printed_in_grays_by_ghostscript(content: bytes) -> bytes:
    grays = ("-sColorConversionStrategy=Gray", "-dProcessColorModel=/DeviceGray")
    return by_program(content, "gs", "-q", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pdfwrite", *grays, "-o", "OUT", "IN")


@of(EITHER)
def printed_to_fit_other_paper(content: bytes) -> bytes:
    fitted = ("-sPAPERSIZE=a4", "-dFIXEDMEDIA", "-dPDFFitPage")
    return by_program(content, "gs", "-q", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pdfwrite", *fitted, "-o", "OUT", "IN")


@of(EITHER)
def printed_smaller_with_a_margin(content: bytes) -> bytes:
    def shrink(pdf: Pdf) -> None:
        page = pdf.pages[0]
        page.contents_add(pdf.make_stream(b"q 0.94 0 0 0.94 23.76 18.36 cm"), prepend=True)
        page.contents_add(pdf.make_stream(b"Q"))

    return changed(content, shrink)


@of(EITHER)
def printed_by_chromium(content: bytes) -> bytes:
    """Chromium prints the page as shapes: it is given as an SVG, for without a screen it prints no PDF."""
    if shutil.which("pdftocairo") is None:
        raise NotHere("pdftocairo")
    from playwright.sync_api import sync_playwright

    with TemporaryDirectory() as folder:
        there, drawn = Path(folder, "in.pdf"), Path(folder, "page.svg")
        there.write_bytes(content)
        subprocess.run(["pdftocairo", "-svg", str(there), str(drawn)], check=True, capture_output=True)
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])
            page = browser.new_page()
            page.set_content(f"<style>@page{{size:11in 8.5in;margin:0}}body{{margin:0}}</style>{drawn.read_text()}")
            printed = page.pdf(width="11in", height="8.5in", page_ranges="1")
            browser.close()
    return printed


def _chromium() -> str:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        raise NotHere("chromium")
    return found


# --- scanned -----------------------------------------------------------------------------------------------------


def scan(content: bytes, *, dpi: float = 150) -> Any:
    """Give the page as a scanner would: an image in grays."""
    from app.awards.reading import leaves

    with leaves.opened(content) as document:
        leaf = leaves.Leaf(document, 0)
        image = leaf.picture(dpi).copy()
        leaf.close()
    return image


def _held(image: Any, kind: str, **more: Any) -> bytes:
    held = io.BytesIO()
    image.save(held, kind, **more)
    return held.getvalue()


@of(PICTURES)
def scanned_as_png(content: bytes) -> bytes:
    return _held(scan(content), "PNG")


@of(PICTURES)
def scanned_as_pdf(content: bytes) -> bytes:
    return _held(scan(content).convert("RGB"), "PDF", resolution=150)


@of(PICTURES)
def scanned_as_tiff(content: bytes) -> bytes:
    return _held(scan(content, dpi=200).convert("1"), "TIFF", compression="group4")


@of(PICTURES)
def scanned_upside_down(content: bytes) -> bytes:
    return _held(scan(content).rotate(180), "PNG")


@of(PICTURES)
def photographed_askew(content: bytes) -> bytes:
    turned = scan(content, dpi=250).rotate(7, fillcolor=120, expand=True)
    return _held(turned.point([level * 0.8 + 20 for level in range(256)]), "JPEG", quality=55)


@of(PICTURES)
def scanned_with_words_from_ocr(content: bytes) -> bytes:
    """As an office's scanner makes it: an image, and behind it words that were guessed, some wrongly."""

    def guess(pdf: Pdf) -> None:
        from pikepdf import Dictionary

        pdf.pages[0].Resources.Font = Dictionary()
        surgery.paint(
            pdf, surgery.written((60, 300, 200, 310), "Ana Maria Nunez-O Brlen 0,5 contact hours", more="3 Tr")
        )

    return changed(scanned_as_pdf(content), guess)


@of(PICTURES)
def one_more_empty_page(content: bytes) -> bytes:
    def add(pdf: Pdf) -> None:
        pdf.add_blank_page(page_size=(792, 612))

    return changed(content, add)


@of(PICTURES)
def stamped_as_received_in_the_margin(content: bytes) -> bytes:
    stamp = surgery.written((300, 8, 400, 14), "RECEIVED MAR 03 2027", size=7)
    return changed(content, lambda pdf: surgery.paint(pdf, stamp))
