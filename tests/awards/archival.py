"""What an archival and accessible PDF must have, checked by structure, and what is heard when one is read aloud.

It is no validator. It checks what a validator once found wrong, or would (ISO 19005-3, ISO 14289-1), each in a
sentence, so that nobody needs veraPDF to run the tests; where veraPDF is installed it is asked as well.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf

_RUNS = {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/Rendition", "/ResetForm", "/Movie"}
_PAIR = re.compile(r"<(\w{4})> <(\w+)>")
_BLOCKS = {"/P", "/H1", "/H2", "/Caption", "/TH", "/TD", "/Link", "/Figure", "/Form"}


def faults(content: bytes) -> list[str]:
    """Say everything that is wrong."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        checks = (_claims, _colors, _fonts, _pages, _words, _nothing_runs, _attachments, _fields, _tags)
        return [fault for check in checks for fault in check(pdf)]


def _claims(pdf: Pdf) -> Iterator[str]:
    told = pdf.Root.Metadata.read_bytes().decode()
    for mark in ('pdfaid:part="3"', 'pdfaid:conformance="A"', "<pdfuaid:part>1</pdfuaid:part>", "pdfaSchema:prefix>"):
        if mark not in told:
            yield f"the metadata lack {mark}"
    if "/Filter" in pdf.Root.Metadata:
        yield "the metadata are packed"
    if "/ID" not in pdf.trailer or "/Encrypt" in pdf.trailer:
        yield "the file has no identifier, or is locked"


def _colors(pdf: Pdf) -> Iterator[str]:
    intents = list(pdf.Root.get("/OutputIntents", []))
    if [str(intent.S) for intent in intents] != ["/GTS_PDFA1"] or not intents[0].DestOutputProfile.read_bytes():
        yield "the colors are not told"


def _fonts(pdf: Pdf) -> Iterator[str]:
    for thing in _dictionaries(pdf):
        if thing.get("/Type") != Name.Font or thing.get("/Subtype") == Name.CIDFontType2:
            continue
        if thing.get("/Subtype") != Name.Type0 or "/ToUnicode" not in thing:
            yield f"the font {thing.get('/BaseFont')} is not spelled out"
        elif "/FontFile2" not in thing.DescendantFonts[0].FontDescriptor:
            yield f"the font {thing.BaseFont} is not in the file"


def _pages(pdf: Pdf) -> Iterator[str]:
    for page in pdf.pages:
        if page.get("/Tabs") != Name.S or "/StructParents" not in page:
            yield "the tab order is not that of reading"
        depth = 0
        for operands, operator in pikepdf.parse_content_stream(page):
            depth += {"BDC": 1, "BMC": 1, "EMC": -1}.get(str(operator), 0)
            if str(operator) in {"Tj", "TJ", "f", "S", "Do", "B", "sh"} and not depth:
                yield f"{operator} {operands} is neither text nor an ornament"


def _words(pdf: Pdf) -> Iterator[str]:
    if not str(pdf.Root.get("/Lang", "")) or not pdf.Root.MarkInfo.Marked:
        yield "the language is not told, or nothing is tagged"
    if not pdf.Root.ViewerPreferences.DisplayDocTitle or not str(pdf.docinfo.get("/Title", "")):
        yield "the title is not shown"


def _nothing_runs(pdf: Pdf) -> Iterator[str]:
    for thing in _dictionaries(pdf):
        if str(thing.get("/S", "")) in _RUNS or "/AA" in thing or "/JS" in thing:
            yield f"{thing.get('/S')} would run"
    if {"/OpenAction", "/AA"} & set(pdf.Root.keys()) or "/XFA" in pdf.Root.get("/AcroForm", {}):
        yield "something happens when it is opened"


def _attachments(pdf: Pdf) -> Iterator[str]:
    specs = [thing for thing in _dictionaries(pdf) if thing.get("/Type") == Name.Filespec]
    associated = {spec.objgen for spec in pdf.Root.get("/AF", [])}
    for spec in specs:
        if spec.objgen not in associated or "/AFRelationship" not in spec or not str(spec.get("/Desc", "")):
            yield f"{spec.UF} does not say what it is to the page"
        file = spec.EF.F
        if spec.F != spec.UF or file.get("/Type") != Name.EmbeddedFile or "/" not in str(file.Subtype)[1:]:
            yield f"{spec.UF} has no type"
        if int(file.Params.Size) != len(file.read_bytes()) or "/ModDate" not in file.Params:
            yield f"{spec.UF} is not as large as it says, or has no date"


def _fields(pdf: Pdf) -> Iterator[str]:
    rows = _rows(pdf)
    for page in pdf.pages:
        for annotation in page.get("/Annots", []):
            element = rows.get(int(annotation.get("/StructParent", -1)))
            if element is None or annotation.objgen not in {found.objgen for found in _referred(element)}:
                yield f"{annotation.Subtype} hangs on no tag"
            elif annotation.Subtype == Name.Widget and Name.Form != element.S:
                yield "a field is not tagged as one"
            if not int(annotation.get("/F", 0)) & 4:
                yield f"{annotation.Subtype} does not print"
            if not str(annotation.get("/TU", annotation.get("/Contents", ""))):
                yield f"{annotation.Subtype} is not told"


def _tags(pdf: Pdf) -> Iterator[str]:
    for element in elements(pdf):
        if element.S in {Name.Figure, Name.Form} and not str(element.get("/Alt", "")):
            yield f"{element.S} has no words"
        if element.S == Name.TH and "/Scope" not in element.A:
            yield "a header heads nothing"
    rows = _rows(pdf)
    for page in pdf.pages:
        tags = rows[int(page.StructParents)]
        told = {int(mark): tag for mark, tag in enumerate(tags) if isinstance(tag, Dictionary)}
        for mark, element in told.items():
            if mark not in _marks(element):
                yield f"mark {mark} leads to a tag that does not lead back"


def read_aloud(content: bytes) -> list[str]:
    """Give what is heard, in the order of the tags, a line for each block; a header comes before its fact."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        texts = {page.objgen: _texts(page) for page in pdf.pages}
        return [line for line in _heard(pdf.Root.StructTreeRoot.K[0], texts) if line]


def _heard(element: Dictionary, texts: dict[Any, dict[int, str]]) -> Iterator[str]:
    if str(element.S) in _BLOCKS:
        yield str(element.get("/Alt", "")) or "".join(_inner(element, texts)).strip()
        return
    for child in _below(element):
        if isinstance(child, Dictionary) and "/S" in child:
            yield from _heard(child, texts)


def _inner(element: Dictionary, texts: dict[Any, dict[int, str]]) -> Iterator[str]:
    for child in _below(element):
        if isinstance(child, int):
            yield texts[element.Pg.objgen][child]
        elif "/S" in child:
            yield from _inner(child, texts)


def _texts(page: pikepdf.Page) -> dict[int, str]:
    """Give the text of each mark on a page, as its fonts spell it."""
    spelled, mark, letters = {}, -1, {}
    fonts = {name: _letters(font) for name, font in page.Resources.Font.items()}
    for operands, operator in pikepdf.parse_content_stream(page):
        match str(operator):
            case "BDC" if "/MCID" in operands[1]:
                mark = int(operands[1].MCID)
                spelled[mark] = str(operands[1].get("/ActualText", ""))
            case "EMC":
                mark = -1
            case "Tf":
                letters = fonts[str(operands[0])]
            case "TJ" if mark >= 0:
                glyphs = b"".join(bytes(part) for part in operands[0] if isinstance(part, pikepdf.String)).hex()
                spelled[mark] += "".join(letters[glyphs[at : at + 4]] for at in range(0, len(glyphs), 4))
    return {mark: f"{text} " for mark, text in spelled.items()}


def _letters(font: Dictionary) -> dict[str, str]:
    pairs = _PAIR.findall(font.ToUnicode.read_bytes().decode())
    return {glyph.lower(): bytes.fromhex(codes).decode("utf-16-be") for glyph, codes in pairs}


def elements(pdf: Pdf) -> Iterator[Dictionary]:
    """Give every tag, in the order of reading."""
    waiting = [pdf.Root.StructTreeRoot]
    while waiting:
        element = waiting.pop()
        if "/S" in element:
            yield element
        waiting += [child for child in reversed(_below(element)) if isinstance(child, Dictionary)]


def _referred(element: Dictionary) -> Iterator[Any]:
    for child in _below(element):
        if isinstance(child, Dictionary) and child.get("/Type") == Name.OBJR:
            yield child.Obj


def _marks(element: Dictionary) -> set[int]:
    return {int(child) for child in _below(element) if isinstance(child, int)}


def _rows(pdf: Pdf) -> dict[int, Any]:
    row = list(pdf.Root.StructTreeRoot.ParentTree.Nums)
    return {int(key): value for key, value in zip(row[::2], row[1::2], strict=True)}


def _below(element: Dictionary) -> list[Any]:
    below = element.get("/K", [])
    return list(below) if isinstance(below, Array) else [below]


def _dictionaries(pdf: Pdf) -> Iterator[Dictionary]:
    for thing in pdf.objects:
        if isinstance(thing, Dictionary | pikepdf.Stream):
            yield thing
