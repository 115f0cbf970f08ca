"""A small course that holds every part of the format and gives no problem, and a way to spoil it."""

from __future__ import annotations

from base64 import b64decode
from datetime import date
from pathlib import Path

from app.content import reader
from app.content.course import Reading

TODAY = date(2026, 11, 20)
CARET = "‸"  # marks in a spoiled text where its problem is expected

COURSE = """---
code: ethics-of-technology          # the address, for ever
title: The Ethics of Technology: “Who is watching?”
summary: How to decide well when practice goes online.
level: intermediate
format: reading
language: en
audience: Licensed social workers at every level
objectives:
  - Apply a decision model to a dilemma: six steps
  - Describe what the Code says
    about searching for clients
  - Compare two policies on social media
credit:
  method: clock
  minutes: 60
  hours: {ethics: 0.5, general: 0.5}
pass: 80%
attempts: unlimited
instructors:
  - name: Jordan Reyes
    credentials: PhD, LCSW
    bio: She says: “ask first”.
    disclosure: No commercial support or conflict of interest.
ethics_areas: {A: 15, B: 10, C: 20, D: 20, E: 10, F: 10, G: 10, H: 5}
references:
  nasw-code: National Association of Social Workers. (2021). Code of ethics. https://www.socialworkers.org/
  reamer-2023: Reamer, F. G. (2023). Artificial intelligence in social work. IJSWVE, 20(2).
reviewed_on: 2026-11-01
review_due: 2028-11-01
---
What **every** practitioner meets online.
"""

FIRST = """---
objectives: [1, 2]
---
# A decision model

Six steps help [@nasw-code, 1.07(r)], and a seventh [@reamer-2023].[^1] Go to [the limits](#the-limits).

## The limits

::: case The friend request
Dana receives a request. See [the next module](02-confidentiality.md#searching).
:::

| Step | Time |
|------|-----:|
| Name | 5    |

![How consent flows](media/consent.svg "Consent")

![](media/photo.png){decorative}

@[video](media/talk.mp4 "A talk")

@[audio](media/voice.mp3)

::: check Try it
Take your time.

### May Dana accept?
- (x) She declines
  > It keeps the boundary.
- ( ) She accepts
  > It opens her private life.
:::

::: scenario A call at night
### The call
The phone rings.
- Answer it -> talk
  > Kind, and is it wise?
- Let it ring -> morning

### Talk
You talk for an hour.
- Write a note -> morning

### Morning
The next day comes.
:::

Term
: What it means

~~Old~~ text, and https://www.example.org/ bare.

[^1]: A note.
"""

SECOND = """---
title: Confidentiality: in practice
objectives: [3]
---
## Searching

Ask [before you search](https://www.example.org/search) for `code`.

<!-- a note
to myself -->

- One
- Two
"""

EXAM = """---
title: Final exam
feedback: after-submit
shuffle: options
---
Take your time.

## What is the first step?

Points: 2
Objective: 1
Source: nasw-code, 1.06(c)

A client sends a request.

- (x) Name the dilemma
  > Right: begin there.
- ( ) Decide at once, before anyone else is asked

Rationale: The model begins with a name.

## Which of these identify a client?

Objective: 2
Credit: partial

- [x] A photo
- [x] The date and the town
- [ ] A yearly number

Rationale: Small towns have long memories.

## Match each term with its meaning

Objective: 3

- Crossing -> A departure that may be harmless
- Violation -> A departure that harms
- -> A record of every visit

Rationale: The two differ in harm.

## Put the steps in order

1. Name the dilemma
2. Consult
3. Decide

Rationale: As in the module.

## When were the standards published?

Answer: 2017

Rationale: In that summer.

## About how many minutes does it take?

Answer: 45 ± 5

Rationale: Give or take.

## What do you obtain before a search?

Answer: informed consent | consent

Rationale: The Code says so.

## Fill the gap

The duty is called ___(confidentiality | privacy)___ and it binds ___(everyone)___.

Rationale: It does.

## Case: The group chat

Dana runs a group.

Hint: this is part of the story.

### What should Dana do first?

- (x) Leave the chat
  > Yes.
- ( ) Stay and watch

### Which duties are in tension?

- [x] Confidentiality
- [ ] Billing

Rationale: Think of minors.

## Pool: Telehealth (draw 2)

### Before a first session you verify

- (x) Identity and location
  > Both.
- ( ) The payment method and its expiry

### The client moves to another state

- (x) You check its rules
  > Yes.
- ( ) You go on as before, as if nothing happened

### Case: A child enters

A child comes in.

#### What now?

- (x) You pause
  > Yes.
- ( ) You go on with the session as planned

## Reflection: your own policy

Words: 50-300

What will you change?

____
"""

EVALUATION = """## The examples were close to my practice

- ( ) 1
- ( ) 2
- ( ) 3
- ( ) 4
- ( ) 5

## What would you add?

____
"""

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><title>Flow</title><path d="M0 0h9"/></svg>\n'

VTT = """WEBVTT

NOTE by hand

first
00:01.000 --> 00:04.000 line:0
Welcome.

00:00:04.000 --> 00:00:09.500
Let us
begin.
"""
PNG = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
)  # one pixel

FILES = {
    "course.md": COURSE,
    "01-a-decision-model.md": FIRST,
    "02-confidentiality.md": SECOND,
    "exam.md": EXAM,
    "evaluation.md": EVALUATION,
    "media/consent.svg": SVG,
    "media/consent.md": "Arrows lead from *asking* to consent.",
    "media/photo.png": PNG,
    "media/talk.mp4": "not really a video",
    "media/talk.vtt": VTT,
    "media/talk.md": "What is said.",
    "media/voice.mp3": "not really a recording",
    "media/voice.md": "What is said.",
}


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    """Write the files of a course."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def read(folder: Path, files: dict[str, str | bytes] | None = None) -> Reading:
    """Write a course and read it; paths of problems begin with `c/`."""
    return reader.read(write(folder, files if files is not None else dict(FILES)), today=TODAY, label="c")


def spoiled(*edits: tuple[str, str, str]) -> tuple[dict[str, str | bytes], str]:
    """Give the course with some texts replaced, and the place where a caret was put, as `file:line:column`."""
    files: dict[str, str | bytes] = dict(FILES)
    place = ""
    for name, old, new in edits:
        text = str(files.get(name, ""))
        if old not in text:
            message = f"{name} has no {old!r}"
            raise LookupError(message)
        text = text.replace(old, new, 1) if old else new + text
        if CARET in text:
            before, _, after = text.partition(CARET)
            place = f"{name}:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"
            text = before + after
        files[name] = text
    return files, place


def shown(reading: Reading) -> list[str]:
    """Give the problems as `file:line:column rule`, without the folder."""
    return [f"{p.path.removeprefix('c/')}:{p.line}:{p.column} {p.rule}" for p in reading.problems]
