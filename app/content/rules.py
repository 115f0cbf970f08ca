"""The rules of authoring by name: what each one protects, and whether it stops a course or only warns.

A rule's sentence here is the one docs/authoring.md prints; a test compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can be wrong. Only warnings can be waived, and only with a reason, on the record."""

    name: str
    level: str
    about: str


@cache
def by_name() -> dict[str, Rule]:
    """Give every rule, errors and warnings, under its name."""
    return {rule.name: rule for rule in _read(_ERRORS, ERROR) + _read(_WARNINGS, WARNING)}


def warnings() -> list[str]:
    """Name the rules that an author may waive."""
    return [rule.name for rule in by_name().values() if rule.level == WARNING]


def _read(table: str, level: str) -> list[Rule]:
    rows = (line.split("|", 1) for line in table.strip().splitlines())
    return [Rule(name.strip(), level, about.strip()) for name, about in rows]


_ERRORS = """
missing-file | A course has course.md and at least one module; a course that is read or recorded has exam.md.
not-utf8 | Every text is saved as UTF-8 and holds no binary characters.
settings-syntax | Settings are lines of the form `name: value`, and each name stands once.
settings-unclosed | Settings begin and end with a line of three hyphens.
unknown-setting | Only the settings in this guide may be used.
bad-setting | A setting has a value of the kind this guide gives for it.
missing-setting | Settings that boards ask for may not be left out or left empty.
duplicate-module-number | Two modules may not share a number or an address.
duplicate-code | Two courses may not share a code.
empty-module | A module has something to read.
unknown-reference | A citation names a reference listed in course.md.
missing-media | A picture, recording or video is in the course’s media folder.
media-outside-course | Media come from the course’s own folder and from nowhere else.
missing-alt-text | A picture is described in words, or marked `{decorative}`.
missing-captions | A video has captions.
missing-transcript | A video or recording has a transcript.
unclosed-box | A box is opened and closed by lines of three colons, and holds no other box.
unknown-box | A box is one of the kinds in this guide.
bad-link | A link leads to a web page, an e-mail address, a phone number, a file of the course or a heading.
no-answer | A question has something to answer.
no-right-answer | A question with options has at least one right answer.
two-right-answers | A question with round brackets has exactly one right answer.
mixed-options | The options of one question are all written in the same way.
one-option | A question offers at least two options.
duplicate-option | No option of a question stands twice.
duplicate-question | Every question of a course has a name of its own.
text-outside-question | Text stands where it belongs to a question or an introduction.
misplaced-feedback | Feedback is indented by two spaces under its option.
question-wrong-level | A question’s heading has the number of # signs its place asks for.
bad-pool-heading | A pool says how many questions it draws.
pool-too-small | A pool holds at least as many questions as it draws.
unknown-question-line | A line that looks like a question setting is one.
bad-question-value | A question setting has a value of the kind this guide gives for it.
unknown-objective | An objective is named by its number in course.md.
objective-untested | Every objective is tested by a question that every learner is asked.
scenario-missing-step | A choice in a scenario leads to a step that is there.
scenario-unreachable-step | Every step of a scenario can be reached from the first.
too-few-questions | A post-test asks as many multiple-choice questions as the hours claimed require.
too-many-true-false | At most one in ten graded questions is true or false.
too-few-objectives | A course has at least three learning objectives.
hours-exceed-method | No more hours are claimed than the method computes.
ethics-areas-missing | A course that claims ethics hours says how its content divides over the ethics areas A to H.
ethics-areas-sum | The shares of the ethics areas add up to 100 percent.
missing-disclosure | Every instructor discloses commercial support and conflicts of interest, or that there are none.
"""

_WARNINGS = """
unknown-file | A course folder holds only files that are part of the course.
unused-reference | A reference that is listed is cited.
old-reference | A reference is at most ten years old.
heading-skips-level | Headings go down one level at a time.
raw-html | HTML tags are shown as text, and a picture carries no script.
objective-untaught | Every objective is named in the settings of a module that teaches it.
missing-rationale | A graded question explains its answer.
longest-is-key | The right answer is not regularly the longest.
all-of-the-above | No option refers to the others.
key-position | The right answer does not usually stand in the same place.
negative-stem | A word that turns a question around is in bold.
review-overdue | A course is reviewed by the day it promised.
"""
