"""The rules of authoring by name: what each one protects, and whether it stops a course or only warns.

The sentences here are those that docs/authoring.md prints; a test compares the two.
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
    remedy: str  # what to do, in general; each message says it for the case at hand


@cache
def by_name() -> dict[str, Rule]:
    """Give every rule, errors and warnings, under its name."""
    return {rule.name: rule for rule in _read(_ERRORS, ERROR) + _read(_WARNINGS, WARNING)}


def warnings() -> list[str]:
    """Name the rules that an author may waive."""
    return [rule.name for rule in by_name().values() if rule.level == WARNING]


def _read(table: str, level: str) -> list[Rule]:
    lines = [line.strip() for line in table.strip().splitlines()]
    rows = zip(lines[::3], lines[1::3], lines[2::3], strict=True)
    return [Rule(name, level, about, remedy) for name, about, remedy in rows]


_ERRORS = """
missing-file
    A course has course.md and at least one module; a course that is read or recorded has exam.md.
    Add the file that is named.
not-utf8
    Every text is saved as UTF-8 and holds no binary characters.
    Save the text as UTF-8.
too-long
    A line has at most 20,000 characters, a paragraph 60,000, and a text 1 MB.
    Divide it into paragraphs, or into several modules.
settings-syntax
    Settings are lines of the form `name: value`, and each name stands once.
    Write each setting on a line of its own: `name: value`.
settings-unclosed
    Settings begin and end with a line of three hyphens.
    Add a line `---` after the last setting.
unknown-setting
    Only the settings in this guide may be used.
    Correct the name as suggested.
bad-setting
    A setting has a value of the kind this guide gives for it.
    Write one of the values that the message names.
missing-setting
    Settings that boards ask for may not be left out or left empty.
    Add the setting.
duplicate-module-number
    Two modules may not share a number or an address.
    Rename the second file.
duplicate-code
    Two courses may not share a code.
    Give the second course a code of its own.
empty-module
    A module has something to read.
    Write its text, or delete the file.
unknown-reference
    A citation names a reference listed in course.md.
    Correct the name, or list the reference in course.md.
missing-media
    A picture, recording or video is in the course’s media folder.
    Add the file, or correct its name.
media-outside-course
    Media come from the course’s own folder and from nowhere else.
    Put the file into the media folder.
bad-picture
    A picture is what its name says, and small enough for a phone.
    Export the picture again, 2000 pixels across or less.
missing-alt-text
    A picture is described in words, or marked `{decorative}`.
    Say in the square brackets what the picture shows.
missing-captions
    A video has captions that a player can read.
    Add a WebVTT file of the same name that ends in `.vtt`.
missing-transcript
    A video or recording has a transcript.
    Add an `.md` file of the same name.
unclosed-box
    A box is opened and closed by lines of three colons, and holds no other box.
    Add a line `:::` where the box ends.
unknown-box
    A box is one of the kinds in this guide.
    Use one of the boxes in this guide.
bad-link
    A link leads to a web page, an e-mail address, a phone number, a file of the course or a heading.
    Correct the address.
no-answer
    A question has something to answer.
    Add options, or a line `Answer: …`.
no-right-answer
    A question with options has at least one right answer.
    Put an x into the brackets of the right option.
two-right-answers
    A question with round brackets has exactly one right answer.
    Keep one x, or use square brackets throughout.
mixed-options
    The options of one question are all written in the same way.
    Write all options alike: a hyphen, a space, brackets.
one-option
    A question offers at least two options.
    Add another option.
duplicate-option
    No option of a question stands twice.
    Reword or delete the second.
duplicate-question
    Every question of a course has a name of its own.
    Reword the heading, or add a line `Id: …`.
text-outside-question
    Text stands where it belongs to a question or an introduction.
    Move the text above the options, or begin it with `Rationale:`.
misplaced-feedback
    Feedback is indented by two spaces under its option.
    Put it under its option, behind two spaces and `>`.
question-wrong-level
    A question’s heading has the number of # signs its place asks for.
    Begin the heading with as many # signs as the message says.
bad-pool-heading
    A pool says how many questions it draws.
    Write `## Pool: Name (draw 10)`.
pool-too-small
    A pool holds at least as many questions as it draws.
    Add questions, or draw fewer.
unknown-question-line
    A line that looks like a question setting is one.
    Correct the name as suggested; put a backslash before dialogue.
bad-question-value
    A question setting has a value of the kind this guide gives for it.
    Write one of the values that the message names.
unknown-objective
    An objective is named by its number in course.md.
    Write the number of an objective in course.md.
objective-untested
    Every objective is tested by a question that every learner is asked.
    Add `Objective:` with its number to a question of the exam.
scenario-missing-step
    A choice in a scenario leads to a step that is there.
    Correct the name after the arrow.
scenario-unreachable-step
    Every step of a scenario can be reached from the first.
    Add a choice that leads to the step, or delete it.
too-few-questions
    A post-test asks as many multiple-choice questions as the hours claimed require.
    Add questions, or claim fewer hours.
too-many-true-false
    At most one in ten graded questions is true or false.
    Give some of them more options.
too-few-objectives
    A course has at least three learning objectives.
    Add objectives.
hours-exceed-method
    No more hours are claimed than the method computes.
    Claim fewer hours, or add to the course.
ethics-areas-missing
    A course that claims ethics hours says how its content divides over the ethics areas A to H.
    Give a percentage for each letter.
ethics-areas-sum
    The shares of the ethics areas add up to 100 percent.
    Change the shares.
missing-disclosure
    Every instructor discloses commercial support and conflicts of interest, or that there are none.
    Add a `disclosure:` to the instructor.
"""

_WARNINGS = """
unknown-file
    A course folder holds only files that are part of the course.
    Move the file elsewhere, or correct its name.
unused-reference
    A reference that is listed is cited.
    Cite it, or delete it.
old-reference
    A reference is at most ten years old.
    Cite something newer.
heading-skips-level
    Headings go down one level at a time.
    Begin the heading with fewer # signs.
raw-html
    HTML tags are shown as text, and a picture carries no script.
    Write it in Markdown; save a picture as plain SVG or PNG.
objective-untaught
    Every objective is named in the settings of a module that teaches it.
    Add its number to the `objectives` of a module.
missing-rationale
    A graded question explains its answer.
    Add a line `Rationale: …`, or feedback under the options.
longest-is-key
    The right answer is not regularly the longest.
    Write fuller wrong answers, or shorter right ones.
all-of-the-above
    No option refers to the others.
    Let learners choose all that apply.
key-position
    The right answer does not usually stand in the same place.
    Move some right answers, or let options be shuffled.
negative-stem
    A word that turns a question around is in bold.
    Ask it the other way, or put the word in bold.
review-overdue
    A course is reviewed by the day it promised.
    Review the course, and set both dates anew.
"""
