"""Files that nobody should open without care: bombs, circles, locks, scripts, and what was cut short.

Each is made here, small, and says what it must be told apart as.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import pikepdf
from awards.pdf_surgery import changed
from pikepdf import Array, Dictionary, Name, Pdf, String

from app.awards.reading.kinds import Trouble

Make = Callable[[], bytes]


@dataclass(frozen=True)
class BadFile:
    """One file, and what is wrong with it. None: it can be read, and proves nothing."""

    name: str
    trouble: Trouble | None
    make: Make


BAD: dict[str, BadFile] = {}


def wrong(trouble: Trouble | None) -> Callable[[Make], Make]:
    """Register a bad file."""

    def register(make: Make) -> Make:
        BAD[make.__name__] = BadFile(make.__name__, trouble, make)
        return make

    return register


def blank(pages: int = 1) -> Pdf:
    pdf = pikepdf.new()
    for _ in range(pages):
        pdf.add_blank_page(page_size=(612, 792))
    return pdf


def saved(pdf: Pdf, **more: object) -> bytes:
    held = io.BytesIO()
    pdf.save(held, **more)
    return held.getvalue()


def deflated(size: int, byte: bytes = b"\0") -> bytes:
    """Pack so many bytes of one kind."""
    packer = zlib.compressobj(9)
    piece = byte * (1 << 20)
    packed = b"".join(packer.compress(piece) for _ in range(size >> 20))
    return packed + packer.flush()


# --- not a file to read ------------------------------------------------------------------------------------------


@wrong(Trouble.EMPTY)
def empty() -> bytes:
    return b""


@wrong(Trouble.OTHER)
def a_letter() -> bytes:
    return b"Dear board, please find my certificate attached.\r\n"


@wrong(Trouble.OTHER)
def random_bytes() -> bytes:
    return Random(7).randbytes(50_000)  # noqa: S311 - the same every time


@wrong(Trouble.OTHER)
def a_program() -> bytes:
    return b"\x7fELF" + bytes(5000)


@wrong(Trouble.OTHER)
def a_web_page() -> bytes:
    return b"<!doctype html><script>location='https://ce.example.net'</script>"


@wrong(Trouble.OTHER)
def a_drawing() -> bytes:
    return b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'


@wrong(Trouble.HEIC)
def a_photo_of_a_phone() -> bytes:
    return b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(2000)


@wrong(Trouble.TOO_LARGE)
def a_large_pdf() -> bytes:
    return b"%PDF-1.7\n" + bytes(21 * 1024 * 1024)


@wrong(Trouble.DAMAGED)
def only_a_beginning() -> bytes:
    return b"%PDF-1.7\n"


@wrong(Trouble.DAMAGED)
def random_bytes_after_a_beginning() -> bytes:
    return b"%PDF-1.7\n" + Random(8).randbytes(50_000)  # noqa: S311 - the same every time


# --- locked, too many, too much ----------------------------------------------------------------------------------


@wrong(Trouble.LOCKED)
def locked_with_a_password() -> bytes:
    return saved(blank(), encryption=pikepdf.Encryption(owner="owner", user="secret"))


@wrong(Trouble.TOO_MANY_PAGES)
def ten_thousand_pages() -> bytes:
    pdf = blank()
    page = pdf.pages[0]
    for _ in range(9_999):
        pdf.pages.append(page)
    return saved(pdf)


@wrong(Trouble.BOMB)
def a_page_that_unpacks_to_gigabytes() -> bytes:
    return _with_content(deflated(2 << 30), Name.FlateDecode)


@wrong(Trouble.BOMB)
def a_page_packed_twice() -> bytes:
    return _with_content(zlib.compress(deflated(1 << 30), 9), Array([Name.FlateDecode, Name.FlateDecode]))


@wrong(None)
def an_attachment_that_unpacks_to_gigabytes() -> bytes:
    pdf = blank()
    pdf.attachments["certificate.json"] = pikepdf.AttachedFileSpec(pdf, b"x", filename="certificate.json")
    content = pdf.attachments["certificate.json"].obj.EF.F
    content.write(deflated(1 << 30), filter=Name.FlateDecode)
    pdf.pages[0].Contents = pdf.make_stream(b"")
    return saved(pdf, compress_streams=False)


@wrong(Trouble.BOMB)
def an_image_of_fifty_thousand_dots_square() -> bytes:
    pdf = blank()
    image = pdf.make_stream(b"")
    image.write(deflated(8 << 20), filter=Name.FlateDecode)
    image.Type, image.Subtype, image.Width, image.Height = Name.XObject, Name.Image, 50_000, 50_000
    image.ColorSpace, image.BitsPerComponent = Name.DeviceGray, 8
    pdf.pages[0].Resources = Dictionary(XObject=Dictionary(Im=image))
    pdf.pages[0].Contents = pdf.make_stream(b"600 0 0 600 0 0 cm /Im Do")
    return saved(pdf, compress_streams=False)


@wrong(Trouble.BOMB)
def a_png_of_fifty_thousand_dots_square() -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", 50_000, 50_000, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", deflated(64 << 20)) + chunk(b"IEND", b"")


@wrong(Trouble.DAMAGED)
def a_png_cut_short() -> bytes:
    from PIL import Image

    held = io.BytesIO()
    Image.new("L", (500, 500), 255).save(held, "PNG")
    return held.getvalue()[:300]


# --- circles -----------------------------------------------------------------------------------------------------


@wrong(Trouble.TANGLED)
def pages_within_themselves() -> bytes:
    return _written(
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [2 0 R] /Count 1 >>",
    )


@wrong(Trouble.TANGLED)
def resources_nested_without_end() -> bytes:
    """Not a circle, which is followed once: hundreds of dictionaries, one within the next."""
    nested = "<< /A " * 300 + "1" + " >>" * 300
    return _written(
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources {nested} >>",
    )


@wrong(Trouble.BREAKS_READER)
def forms_that_paint_themselves() -> bytes:
    pdf = blank()
    form = pdf.make_stream(b"/Fm Do /Fm Do")
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 612, 792])
    form.Resources = Dictionary(XObject=Dictionary(Fm=form))
    pdf.pages[0].Resources = Dictionary(XObject=Dictionary(Fm=form))
    pdf.pages[0].Contents = pdf.make_stream(b"/Fm Do")
    return saved(pdf)


@wrong(Trouble.DAMAGED)
def a_table_that_points_to_itself() -> bytes:
    body = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"
    at = len(body)
    return body + b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 2 /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (
        at,
        at,
    )


@wrong(Trouble.BREAKS_READER)
def forms_that_double_thirty_times() -> bytes:
    """Each form paints the next one twice: a billion paintings out of thirty small objects."""
    pdf = blank()
    form = pdf.make_stream(b"0 0 1 1 re f")
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 612, 792])
    for _ in range(30):
        outer = pdf.make_stream(b"/Fm Do /Fm Do")
        outer.Type, outer.Subtype, outer.BBox = Name.XObject, Name.Form, Array([0, 0, 612, 792])
        outer.Resources = Dictionary(XObject=Dictionary(Fm=form))
        form = outer
    pdf.pages[0].Resources = Dictionary(XObject=Dictionary(Fm=form))
    pdf.pages[0].Contents = pdf.make_stream(b"/Fm Do")
    return saved(pdf)


# --- what can be read, and proves nothing ------------------------------------------------------------------------


@wrong(None)
def a_script() -> bytes:
    pdf = blank()
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.launchURL('https://ce.example.net')"))
    return saved(pdf)


@wrong(None)
def a_program_to_launch() -> bytes:
    pdf = blank()
    pdf.Root.OpenAction = Dictionary(S=Name.Launch, F=String("/bin/true"))
    return saved(pdf)


@wrong(None)
def a_page_from_another_file() -> bytes:
    """The page's content is said to be a file of this machine, and one behind an address."""
    pdf = blank()
    content = pdf.make_stream(b"")
    content.F = Dictionary(Type=Name.Filespec, F=String("/etc/passwd"), UF=String("file:///etc/passwd"))
    pdf.pages[0].Contents = content
    pdf.Root.URI = Dictionary(Base=String("http://127.0.0.1:9/"))
    return saved(pdf)


@wrong(None)
def a_huge_sheet() -> bytes:
    pdf = blank()
    pdf.pages[0].MediaBox = Array([0, 0, 1_000_000, 1_000_000])
    return saved(pdf)


@wrong(None)
def a_sheet_of_no_size() -> bytes:
    pdf = blank()
    pdf.pages[0].MediaBox = Array([0, 0, 0, 0])
    return saved(pdf)


@wrong(None)
def a_million_letters() -> bytes:
    pdf = blank()
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    pdf.pages[0].Resources = Dictionary(Font=Dictionary(F=font))
    line = b"BT /F 1 Tf 1 0 0 1 10 10 Tm (" + b"4CKT 9M2Q " * 100 + b") Tj ET\n"
    pdf.pages[0].Contents = pdf.make_stream(line * 1000)
    return saved(pdf)


# --- zips --------------------------------------------------------------------------------------------------------


def zipped(files: dict[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Give a zip of files."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", kind, compresslevel=9) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return held.getvalue()


@wrong(Trouble.ZIP_EMPTY)
def an_empty_zip() -> bytes:
    return zipped({})


@wrong(Trouble.OFFICE)
def a_letter_of_a_word_processor() -> bytes:
    return zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"})


@wrong(Trouble.OFFICE)
def a_sheet_of_a_free_one() -> bytes:
    return zipped({"mimetype": b"application/vnd.oasis", "META-INF/manifest.xml": b"<m/>"})


@wrong(Trouble.BROKEN_ZIP)
def half_a_zip() -> bytes:
    whole = zipped({"a.pdf": saved(blank())})
    return whole[: len(whole) // 2]


@wrong(Trouble.ZIP_TOO_MUCH)
def a_zip_of_too_many() -> bytes:
    return zipped({f"{number}.txt": b"x" for number in range(600)}, zipfile.ZIP_STORED)


@wrong(Trouble.BOMB)
def a_small_zip_bomb() -> bytes:
    return zipped({"a.pdf": b"%PDF-1.7" + bytes(4 << 20)})


@wrong(Trouble.TOO_LARGE)
def a_zip_bomb() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed, packed.open("a.pdf", "w") as one:
        one.write(b"%PDF-1.7")
        for _ in range(600):
            one.write(bytes(1 << 20))
    return held.getvalue()


@wrong(Trouble.BROKEN_ZIP)
def a_zip_that_lies_about_sizes() -> bytes:
    return _lying(zipped({"a.pdf": b"%PDF" + bytes(4 << 20)}))


@wrong(Trouble.ZIP_IN_ZIP)
def a_zip_in_a_zip() -> bytes:
    return zipped({"inner.zip": zipped({"a.pdf": b"%PDF-1.7"})})


@wrong(Trouble.ZIP_LINK)
def a_link_in_a_zip() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as packed:
        link = zipfile.ZipInfo("certificate.pdf")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        packed.writestr(link, "/etc/passwd")
    return held.getvalue()


@wrong(Trouble.ZIP_LOCKED)
def a_locked_file_in_a_zip() -> bytes:
    content = bytearray(zipped({"a.pdf": b"%PDF-1.7"}, zipfile.ZIP_STORED))
    content[6] |= 1  # the bit that says so, in both places where it stands
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def _lying(content: bytes) -> bytes:
    """Say of a packed file that it unpacks to little."""
    at = content.index(b"PK\x01\x02") + 24
    return content[:at] + struct.pack("<I", 100) + content[at + 4 :]


def _with_content(packed: bytes, filters: object) -> bytes:
    pdf = blank()
    content = pdf.make_stream(b"")
    content.write(packed, filter=filters)
    pdf.pages[0].Contents = content
    return saved(pdf, compress_streams=False)


def _written(*objects: str) -> bytes:
    """Write a PDF by hand."""
    body, places = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n{one}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    count = len(objects) + 1
    tail = f"xref\n0 {count}\n0000000000 65535 f \n{table}trailer\n<< /Size {count} /Root 1 0 R >>\n"
    return body + tail.encode() + f"startxref\n{len(body)}\n%%EOF\n".encode()


def cut_short(content: bytes) -> list[bytes]:
    """Cut a file at every tenth of it."""
    return [content[: len(content) * tenth // 10] for tenth in range(1, 10)]


__all__ = ["BAD", "BadFile", "changed", "cut_short", "zipped"]
