"""The archival finish: PDF/A-3a for keeping, PDF/UA-1 for reading aloud, in one file, with its attachments.

WeasyPrint writes one standard's mark at a time. It writes PDF/A-3a, tags included; the tags satisfy PDF/UA-1 as
well, so that mark is added here, with the extension schema that PDF/A asks for before it lets a stranger in.

All of it happens on the objects that WeasyPrint made, before there is a file: a file that is written, read and
written again takes twice as long. It is written plainly, every object in its place, so that a short program finds
what is attached.
"""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from app.awards.document import aloud, seal
from app.awards.document.order import Attached, SealKey

if TYPE_CHECKING:
    from weasyprint import Document

Objects = Any  # of pydyf, which WeasyPrint writes with; it is untyped

_POINTS_PER_PIXEL = 0.75
_UA_NAMESPACE = "http://www.aiim.org/pdfua/ns/id/"
_UA_MARK = f"""
<rdf:Description rdf:about="" xmlns:pdfuaid="{_UA_NAMESPACE}"><pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about=""
    xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
    xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
    xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
  <pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
    <pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
    <pdfaSchema:namespaceURI>{_UA_NAMESPACE}</pdfaSchema:namespaceURI>
    <pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
    <pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
      <pdfaProperty:name>part</pdfaProperty:name>
      <pdfaProperty:valueType>Integer</pdfaProperty:valueType>
      <pdfaProperty:category>internal</pdfaProperty:category>
      <pdfaProperty:description>The part of PDF/UA that the file follows</pdfaProperty:description>
    </rdf:li></rdf:Seq></pdfaSchema:property>
  </rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"""


@dataclass(frozen=True, slots=True)
class Sealing:
    """What is put into a file that will be sealed, and where its seal stands."""

    key: SealKey
    at: datetime
    reason: str  # ours, never somebody's words
    told: str  # what is read aloud where the seal stands
    rectangle: tuple[float, float, float, float] = (0, 0, 0, 0)  # on the last sheet, in points from the lower left
    attached: tuple[Attached, ...] = ()


FIELD = "Seal"
_EFFORT = 4  # of zlib's nine: 3 percent larger than at 6, in half the time


def paint(laid_out: Document, *, name: str, sealing: Sealing | None = None) -> bytes:
    """Paint the laid-out sheets as an archival PDF. The same sheets give the same bytes on the same machine.

    The name tells this file from all others: a certificate's number. With a sealing there is room for a seal (seal.py).
    """
    pdf = _painted(laid_out)
    _claim(pdf)
    _sharpen_tags(pdf)
    aloud.finish(pdf, laid_out)
    pdf.add_object(pdf.info)
    if sealing:
        _attach(pdf, sealing)
        _make_room_for_seal(pdf, sealing)
    return _written(pdf, hashlib.sha256(name.encode()).digest()[:16])


def at(pdf: Objects, reference: bytes) -> Objects:
    """Give the object that a reference leads to."""
    return pdf.objects[int(reference.split()[0])]


def _painted(laid_out: Document) -> Objects:
    from weasyprint import DEFAULT_OPTIONS
    from weasyprint.pdf import VARIANTS, generate_pdf

    variant = "pdf/a-3a"
    options = {**DEFAULT_OPTIONS, **VARIANTS[variant][1], "pdf_variant": variant, "uncompressed_pdf": True}
    return generate_pdf(laid_out, None, 1, **options)


def _claim(pdf: Objects) -> None:
    """Write into the file's own description that it follows PDF/UA-1."""
    metadata = at(pdf, pdf.catalog["Metadata"])
    before, end, after = metadata.stream[0].decode().partition("</rdf:RDF>")
    metadata.stream = [f"{before}{_UA_MARK}{end}{after}".encode()]


def _sharpen_tags(pdf: Objects) -> None:
    """Say what WeasyPrint leaves open: what makes a row, what a header heads, and where on the page the figure stands.

    It gives the figure's place in CSS pixels from the top; PDF counts points from the bottom.
    """
    height = at(pdf, pdf.page_references[0])["MediaBox"][3]
    for element in [each for each in pdf.objects if isinstance(each, dict) and "S" in each]:
        if element["S"] == "/Table":
            _part_into_rows(pdf, element)
        elif element["S"] == "/TH":
            section = at(pdf, at(pdf, element["P"])["P"])
            element["A"]["Scope"] = "/Column" if section["S"] == "/THead" else "/Row"
        elif element["S"] == "/Figure":
            left, top, right, bottom = (edge * _POINTS_PER_PIXEL for edge in element["A"]["BBox"])
            element["A"]["BBox"][:] = [left, height - bottom, right, height - top]


def _part_into_rows(pdf: Objects, table: Objects) -> None:
    """Give the cells of a table without rows the rows that they stand in: a header begins one."""
    import pydyf

    below, row = pydyf.Array(), None
    for reference in table["K"]:
        cell = at(pdf, reference)
        if cell["S"] == "/TH":
            shared = {"Type": "/StructElem", "S": "/TR", "K": pydyf.Array(), "Pg": cell["Pg"], "P": table.reference}
            row = _added(pdf, pydyf.Dictionary(shared))
            below.append(row.reference)
        if row is not None and cell["S"] in {"/TH", "/TD"}:
            row["K"].append(reference)
            cell["P"] = row.reference
        else:
            below.append(reference)
    table["K"] = below


def _attach(pdf: Objects, sealing: Sealing) -> None:
    """Put files into the file, each said to be what it is to the page (ISO 19005-3, 6.8)."""
    import pydyf

    names = pydyf.Array()
    for one in sorted(sealing.attached, key=lambda each: each.name):
        file = _added(pdf, _embedded(one, sealing.at))
        spec = {"Type": "/Filespec", "AFRelationship": f"/{one.relation}", "Desc": pydyf.String(one.told)}
        spec |= {"F": pydyf.String(one.name), "UF": pydyf.String(one.name)}
        spec["EF"] = pydyf.Dictionary({"F": file.reference, "UF": file.reference})
        names += [pydyf.String(one.name), _added(pdf, pydyf.Dictionary(spec)).reference]
    if names:
        pdf.catalog["Names"] = pydyf.Dictionary({"EmbeddedFiles": pydyf.Dictionary({"Names": names})})
        pdf.catalog["AF"] = pydyf.Array(names[1::2])


def _embedded(one: Attached, when: datetime) -> Objects:
    import pydyf

    date = pydyf.String(f"{when.astimezone(UTC):D:%Y%m%d%H%M%SZ}")
    told = {"Size": len(one.content), "CreationDate": date, "ModDate": date}
    told["CheckSum"] = f"<{hashlib.md5(one.content, usedforsecurity=False).hexdigest()}>"
    kind = one.media_type.replace("/", "#2f")
    extra = {"Type": "/EmbeddedFile", "Subtype": f"/{kind}", "Params": pydyf.Dictionary(told)}
    return pydyf.Stream([one.content], extra)


def _make_room_for_seal(pdf: Objects, sealing: Sealing) -> None:
    """Add a signature field, tagged and told (ISO 14289-1, 7.18.1 and 7.18.4), and the place of its signature."""
    import pydyf

    page = pdf.page_references[-1]
    widget = _added(pdf, _widget(pdf, sealing, page))
    _tag_form(pdf, widget, page, sealing.told)
    at(pdf, page).setdefault("Annots", pydyf.Array()).append(widget.reference)
    pdf.catalog["AcroForm"] = pydyf.Dictionary({"Fields": pydyf.Array([widget.reference]), "SigFlags": 3})

    class Signature(pydyf.Object):  # type: ignore[misc]  # pydyf is untyped
        data = seal.room(sealing.key, at=sealing.at, reason=sealing.reason)

    widget["V"] = _added(pdf, Signature()).reference  # it comes last (seal.close)
    pdf.catalog["Perms"] = pydyf.Dictionary({"DocMDP": widget["V"]})


def _widget(pdf: Objects, sealing: Sealing, page: bytes) -> Objects:
    """Give the field as it is on the page. It has no look of its own: the ornament under it is drawn with the rest."""
    import pydyf

    left, bottom, right, top = sealing.rectangle
    box = pydyf.Array([0, 0, right - left, top - bottom])
    look = _added(pdf, pydyf.Stream([], {"Type": "/XObject", "Subtype": "/Form", "BBox": box}))
    shown = {"Rect": pydyf.Array(sealing.rectangle), "AP": pydyf.Dictionary({"N": look.reference}), "P": page, "F": 132}
    told = {"T": pydyf.String(FIELD), "TU": pydyf.String(sealing.told)}
    return pydyf.Dictionary({"Type": "/Annot", "Subtype": "/Widget", "FT": "/Sig", **shown, **told})


def _tag_form(pdf: Objects, widget: Objects, page: bytes, told: str) -> None:
    """Give a field its place in the order of reading: the last."""
    import pydyf

    root = at(pdf, pdf.catalog["StructTreeRoot"])
    document, rows = at(pdf, root["K"][0]), at(pdf, root["ParentTree"])["Nums"]
    widget["StructParent"] = row = 1 + max(rows[::2])
    named = pydyf.Dictionary({"Type": "/OBJR", "Obj": widget.reference, "Pg": page})
    form = {"Type": "/StructElem", "S": "/Form", "P": document.reference, "Pg": page, "K": named}
    element = _added(pdf, pydyf.Dictionary({**form, "Alt": pydyf.String(told)}))
    document["K"].append(element.reference)
    rows += [row, element.reference]
    root["ParentTreeNextKey"] = row + 1


def _added(pdf: Objects, thing: Objects) -> Objects:
    pdf.add_object(thing)
    return thing


def _written(pdf: Objects, identifier: bytes) -> bytes:
    """Write the file: every object in turn, streams compressed, and a plain table of where each is."""
    import pydyf

    pieces, places, length = [b"%PDF-1.7\n%\xf0\x9f\x96\xa4\n"], [], 0
    for thing in pdf.objects[1:]:
        if isinstance(thing, pydyf.Stream):
            _compress(thing)
        length += len(pieces[-1])
        places.append(length)
        pieces.append(thing.indirect + b"\n")
    length += len(pieces[-1])
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    seen = f"<{identifier.hex()}><{hashlib.md5(b''.join(pieces), usedforsecurity=False).hexdigest()}>"
    told = f"/Size {len(pdf.objects)} /Root {pdf.catalog.number} 0 R /Info {pdf.info.number} 0 R /ID [{seen}]"
    end = f"trailer\n<< {told} >>\nstartxref\n{length}\n%%EOF\n"
    pieces.append(f"xref\n0 {len(pdf.objects)}\n0000000000 65535 f \n{table}{end}".encode())
    return b"".join(pieces)


def _compress(stream: Objects) -> None:
    """Deflate a stream, but the file's own description: that is for whoever looks into the file."""
    if stream.extra.get("Type") != "/Metadata":
        content = stream.data.partition(b"stream\n")[2][: -len(b"\nendstream")]
        stream.extra["Filter"] = "/FlateDecode"
        stream.stream, stream.compress = [zlib.compress(content, _EFFORT)], False
