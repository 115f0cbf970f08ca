"""The archival finish: PDF/A-3a for keeping, PDF/UA-1 for reading aloud, in one file.

WeasyPrint writes one standard's mark at a time. It writes PDF/A-3a, tags included; the tags satisfy PDF/UA-1 as
well, so that mark is added here, with the extension schema that PDF/A asks for before it lets a stranger in.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pikepdf
    from weasyprint import Document

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


def paint(laid_out: Document, *, name: str) -> bytes:
    """Paint the laid-out sheets as an archival PDF. The same sheets give the same bytes on the same machine.

    The name tells this file from all others: a certificate's number.
    """
    identifier = hashlib.sha256(name.encode()).digest()[:16]
    plain = laid_out.write_pdf(pdf_variant="pdf/a-3a", pdf_identifier=identifier)
    return _marked_accessible(plain)


def _marked_accessible(plain: bytes) -> bytes:
    import pikepdf

    finished = io.BytesIO()
    with pikepdf.open(io.BytesIO(plain)) as pdf:
        _claim(pdf)
        _sharpen_tags(pdf)
        _set_aside_running_feet(pdf)
        pdf.save(finished, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return finished.getvalue()


def _claim(pdf: pikepdf.Pdf) -> None:
    """Write into the file's own description that it follows PDF/UA-1."""
    from pikepdf import Name

    before, end, after = pdf.Root.Metadata.read_bytes().decode().partition("</rdf:RDF>")
    metadata = f"{before}{_UA_MARK}{end}{after}".encode()
    pdf.Root.Metadata = pdf.make_stream(metadata, Type=Name.Metadata, Subtype=Name.XML)


def _sharpen_tags(pdf: pikepdf.Pdf) -> None:
    """Say what WeasyPrint leaves open: what a header heads, and where on the page the figure stands.

    It gives the figure's place in CSS pixels from the top; PDF counts points from the bottom.
    """
    from pikepdf import Array, Dictionary, Name

    height = float(pdf.pages[0].mediabox[3])
    for element in pdf.objects:
        kind = element.get(Name.S) if isinstance(element, Dictionary) else None
        if kind == Name.TH:
            element.A.Scope = Name.Column if Name.THead == element.P.P.S else Name.Row
        elif kind == Name.Figure:
            left, top, right, bottom = (float(edge) * _POINTS_PER_PIXEL for edge in element.A.BBox)
            element.A.BBox = Array([left, height - bottom, right, height - top])


def _set_aside_running_feet(pdf: pikepdf.Pdf) -> None:
    """Mark what stands at the foot of every page as an ornament, so that “Page 2 of 3” is not read out mid-table.

    WeasyPrint gives it tags that hang on nothing, which a program that reads aloud may neither find nor pass over.
    """
    from pikepdf import Array

    read_aloud = {element.objgen for element in _tree(pdf.Root.StructTreeRoot)}
    rows = pdf.Root.StructTreeRoot.ParentTree.Nums  # a page's number, the tags of its parts, the next page's number …
    for number, page in enumerate(pdf.pages):
        tags = list(rows[2 * number + 1])
        loose = {part for part, tag in enumerate(tags) if tag.objgen not in read_aloud}
        rows[2 * number + 1] = Array([None if part in loose else tag for part, tag in enumerate(tags)])
        _paint_as_ornaments(pdf, page, loose)


def _tree(element: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """Give an element of the structure and all below it."""
    from pikepdf import Array, Dictionary

    yield element
    below: pikepdf.Object | list[pikepdf.Object] = element.get("/K", [])
    for child in below if isinstance(below, Array) else [below]:
        if isinstance(child, Dictionary):
            yield from _tree(child)


def _paint_as_ornaments(pdf: pikepdf.Pdf, page: pikepdf.Page, parts: Collection[int]) -> None:
    from pikepdf import Dictionary, Name, Operator, parse_content_stream, unparse_content_stream

    def retold(operands: Sequence[pikepdf.Object], operator: Operator) -> tuple[Sequence[pikepdf.Object], Operator]:
        if operator == Operator("BDC") and int(operands[1].get(Name.MCID, -1)) in parts:
            return [Name.Artifact, Dictionary(Type=Name.Pagination)], operator
        return operands, operator

    painting = [retold(list(step.operands), step.operator) for step in parse_content_stream(page)]
    page.Contents = pdf.make_stream(unparse_content_stream(painting))
