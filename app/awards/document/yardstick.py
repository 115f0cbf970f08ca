"""What a certificate would cost to draw as WeasyPrint's first page says: the yardstick for how fast ours are.

The same words in the same type on the same paper, with the same frame and code as SVG pictures, by one call that reads
fonts, style sheets and pictures anew. It has no tags, no attachments and no seal.
"""

from __future__ import annotations

from collections.abc import Iterator

from app.awards.document import codes, guilloche, press, setting, sheets
from app.awards.facts import Facts

_FACES = (  # what an English certificate needs, as the web has it
    "literata-latin-400-normal.woff2",
    "literata-latin-400-italic.woff2",
    "literata-latin-700-normal.woff2",
    "atkinson-hyperlegible-next-latin-400-normal.woff2",
    "atkinson-hyperlegible-next-latin-700-normal.woff2",
)
_PATHS = {"m": "M", "l": "L", "c": "C"}


def draw_plainly(facts: Facts) -> bytes:
    """Draw a certificate's words by one plain call."""
    from weasyprint import HTML

    sheet, paper = sheets.Sheet.of(facts, sealed=True), setting.PAPERS["letter"]
    size = next(setting.Measured.of(sheet).sizes(paper))
    style = f"<style>{press.declared(_FACES)} {press.certificate_style(paper.css)}</style></head>"
    html = press.page("sheet.html", sheet=sheet, size=size).replace("</head>", style)
    html = html.replace('"frame"', '"frame.svg"').replace('src="code"', 'src="code.svg"')
    served = {name: (press.FONTS / name).read_bytes() for name in _FACES}
    frame = guilloche.draw(facts.number, width=paper.width, height=paper.height)
    served |= {"frame.svg": _svg(press.Drawn(paper.width, paper.height, frame))}
    served |= {"code.svg": _svg(codes.draw(facts.verify_url))}
    drawn: bytes = HTML(string=html, base_url=press.SHELF, url_fetcher=press.fetcher(served)).write_pdf()
    return drawn


def _svg(drawn: press.Drawn) -> bytes:
    """Write a drawing as an SVG picture."""
    size = f'width="{drawn.width}" height="{drawn.height}" viewBox="0 0 {drawn.width} {drawn.height}"'
    shapes = "".join(_shapes(drawn.operators.decode().split()))
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} fill="none">{shapes}</svg>'.encode()


def _shapes(words: list[str]) -> Iterator[str]:
    """Give the elements that say the same as these PDF operators: those that guilloche and codes draw with."""
    numbers: list[str] = []
    path: list[str] = []
    open_groups: list[int] = []
    for word in words:
        if word.lstrip("-")[0].isdigit():
            numbers.append(word)
            continue
        if word in _PATHS:
            path.append(f"{_PATHS[word]}{' '.join(numbers)}")
        elif word == "re":
            path.append("M{0} {1}h{2}v{3}h-{2}z".format(*numbers))
        elif word in {"S", "s", "f"}:
            paint = 'fill="#1C2530"' if word == "f" else 'stroke="#0B5D5B" stroke-width="0.28"'
            yield f'<path {paint} d="{"".join(path)}"/>'
            path = []
        elif word == "q":
            open_groups.append(0)
        elif word == "cm":
            open_groups[-1] += 1
            yield f'<g transform="matrix({" ".join(numbers)})">'
        elif word == "Q":
            yield "</g>" * open_groups.pop()
        numbers = []
