"""Nothing an author types, in any text field, becomes a script, a handler or an address that runs."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import nh3
import pytest
from sample_course import FILES, TODAY, write

from app.content import compiled, html, reader

PAYLOADS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//x.example/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<img/src='x'/onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<body onload=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<form action=javascript:alert(1)><input type=submit>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<style>@import 'x'</style>",
    "<link rel=stylesheet href=x>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href=//x.example/>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<marquee onstart=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<select onchange=alert(1)>",
    "<textarea autofocus onfocus=alert(1)>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<div style=width:expression(alert(1))>",
    "<x onclick=alert(1)>x</x>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#115;cript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x]( javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](\x01javascript:alert(1))",
    "[x](//x.example/)",
    "![x](javascript:alert(1))",
    '![x](x"onerror="alert(1))',
    '![x](media/photo.png "\\" onerror=alert(1) \\"")',
    '![" onerror="alert(1)](media/photo.png)',
    '![x](media/photo.png){onerror="alert(1)"}',
    "{onclick=alert(1)}",
    "<javascript:alert(1)>",
    "<data:text/html,x>",
    "[x][y]\n\n[y]: javascript:alert(1)",
    "`<script>alert(1)</script>`",
    "```html\n<script>alert(1)</script>\n```",
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    "</p></section></div><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    '[@nasw-code, "><script>]',
    "___(<script>alert(1)</script>)___",
    "@[video](javascript:alert(1))",
    '@[audio](media/voice.mp3 "><script>")',
    "::: note <script>alert(1)</script>\nx\n:::",
    "~~<script>~~",
    "| <script> |\n|---|\n| <img onerror=x> |",
    "[^1]<b onclick=x>\n\n[^1]: <script>alert(1)</script>",
    "^[<script>alert(1)</script>]",
    'https://x.example/"onmouseover="alert(1)',
    "<a\nhref\n=\njavascript:alert(1)>x</a>",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "\u202e<script>",
    "<\x0bscript>alert(1)</script>",
]

HANDLER = re.compile(r"^on", re.IGNORECASE)
FORBIDDEN = {
    "script",
    "style",
    "iframe",
    "object",
    "embed",
    "form",
    "input",
    "base",
    "meta",
    "link",
    "svg",
    "math",
    "template",
}


class Watcher(HTMLParser):
    """Reads HTML as a browser would and remembers what could run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in FORBIDDEN:
            self.found.append(tag)
        for name, value in attrs:
            address = name in {"href", "src", "action", "data", "poster", "srcdoc", "formaction"}
            scheme = re.sub(r"[\x00-\x20]", "", value or "").lower()
            if (
                HANDLER.match(name)
                or name == "style"
                or (address and scheme.startswith(("javascript:", "data:", "vbscript:", "//")))
            ):
                self.found.append(f"{tag} {name}={value}")


def dangers(text: str) -> list[str]:
    watcher = Watcher()
    watcher.feed(text)
    return watcher.found


def htmls(value: object, name: str = "") -> list[str]:
    """Give every HTML text of a stored course."""
    if isinstance(value, dict):
        return [text for key, inner in value.items() for text in htmls(inner, key)]
    if isinstance(value, list):
        return [text for inner in value for text in htmls(inner, name)]
    return [value] if isinstance(value, str) and name.endswith("html") else []


PLACES = [
    ("course.md", "What **every**"),
    ("course.md", "Reamer, F. G. (2023)."),
    ("01-a-decision-model.md", "Six steps"),
    ("01-a-decision-model.md", "## The limits"),
    ("01-a-decision-model.md", "Dana receives"),
    ("01-a-decision-model.md", "A note."),
    ("01-a-decision-model.md", "It keeps"),
    ("01-a-decision-model.md", "The phone rings."),
    ("01-a-decision-model.md", "Kind, and"),
    ("01-a-decision-model.md", "What it means"),
    ("media/consent.md", "Arrows"),
    ("media/talk.md", "What is said."),
    ("exam.md", "Take your time."),
    ("exam.md", "A client sends"),
    ("exam.md", "Name the dilemma"),
    ("exam.md", "Right: begin"),
    ("exam.md", "The model begins"),
    ("exam.md", "A departure that may"),
    ("exam.md", "Consult"),
    ("exam.md", "Dana runs a group."),
    ("exam.md", "Leave the chat"),
    ("exam.md", "What will you change?"),
    ("evaluation.md", "## The examples"),
]


def forgiving(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a course with problems through, so that even its HTML can be looked at."""
    monkeypatch.setattr(reader._Reader, "problems", lambda _self: [])


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_no_payload_survives_in_any_field(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, payload: str):
    forgiving(monkeypatch)
    files: dict[str, str | bytes] = dict(FILES)
    for name, place in PLACES:
        assert place in str(files[name])
        inner = payload if name == "01-a-decision-model.md" else payload.replace("\n", " ")
        files[name] = str(files[name]).replace(place, f"{place} {inner} ", 1)

    reading = reader.read(write(tmp_path, files), today=TODAY)

    assert reading.course is not None
    texts = htmls(json.loads(compiled.dump(reading.course)))
    assert len(texts) > 40
    assert [found for text in texts for found in dangers(text)] == []


def test_control_the_watcher_sees_what_the_sieve_lets_through():
    seen = [payload for payload in PAYLOADS if dangers(payload)]

    assert len(seen) > 25
    assert [payload for payload in PAYLOADS if dangers(html.clean(payload))] == []


def test_control_without_our_sieve_the_default_one_would_pass_other_things():
    assert "style" not in html.clean("<p style='x'>a</p>")
    assert nh3.clean("<a href='ftp://x.example'>a</a>") != html.clean("<a href='ftp://x.example'>a</a>")


def test_there_are_sixty_payloads_and_more():
    assert len(set(PAYLOADS)) >= 60


def test_no_page_carries_a_style_or_script_of_its_own(tmp_path: Path):
    course = reader.read(write(tmp_path, dict(FILES)), today=TODAY).course

    text = compiled.dump(course)

    assert "style=" not in text
    assert "<script" not in text
    assert re.search(r"\son\w+=", text) is None
