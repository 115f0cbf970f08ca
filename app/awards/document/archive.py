"""The archival finish: PDF/A-3a for keeping, PDF/UA-1 for reading aloud, in one file.

WeasyPrint writes one standard's mark at a time. It writes PDF/A-3a, tags included; the tags satisfy PDF/UA-1 as
well, so that mark is added here, with the extension schema that PDF/A asks for before it lets a stranger in.
"""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING

from app.awards.document import aloud

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
    return _marked_accessible(plain, laid_out)


def _marked_accessible(plain: bytes, laid_out: Document) -> bytes:
    import pikepdf

    finished = io.BytesIO()
    with pikepdf.open(io.BytesIO(plain)) as pdf:
        _claim(pdf)
        _sharpen_tags(pdf)
        aloud.finish(pdf, laid_out)
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
