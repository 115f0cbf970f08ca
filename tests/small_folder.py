"""A small, sound course folder, written by a test and spoiled by it."""

from __future__ import annotations

from pathlib import Path

COURSE = """---
code: small-course
title: A Small Course
summary: Enough of a course to be published.
level: beginning
format: reading
language: en
audience: Social workers
objectives:
  - Apply the first rule
  - Compare two rules
  - Choose between them
credit:
  method: clock
  minutes: 30
  hours: {general: 0.5}
pass: 80
instructors:
  - name: Jordan Reyes
    credentials: PhD, LCSW
    disclosure: No conflict of interest.
reviewed_on: 2026-11-01
review_due: 2028-11-01
---
What this course is about.
"""
MODULE = """---
objectives: [1, 2, 3]
---
# The rules

There are two rules.

![How they meet](media/rules.svg)
"""
EXAM = """# Exam

## Which rule comes first?
Objective: 1
Rationale: It is called the first.

- (x) The first
- ( ) The second

## Which rules differ?
Objective: 2
Rationale: Each differs from the other.

- [x] The first
- [x] The second
- [ ] The third

## Which one would you choose?
Objective: 3
Rationale: The first comes first.

- (x) The first one
- ( ) The second one
"""
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2"><rect width="2" height="2"/></svg>\n'


def write(folder: Path, **changes: str) -> Path:
    """Write the folder, each text as it stands or as the test wants it."""
    texts = {"course": COURSE, "module": MODULE, "exam": EXAM, "picture": PICTURE} | changes
    (folder / "media").mkdir(parents=True, exist_ok=True)
    (folder / "course.md").write_text(texts["course"], encoding="utf-8")
    (folder / "01-rules.md").write_text(texts["module"], encoding="utf-8")
    (folder / "exam.md").write_text(texts["exam"], encoding="utf-8")
    (folder / "media" / "rules.svg").write_text(texts["picture"], encoding="utf-8")
    return folder
