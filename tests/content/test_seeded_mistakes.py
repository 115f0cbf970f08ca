"""One mistake gives one message, at the place where the author must type."""

from __future__ import annotations

from pathlib import Path

import pytest
from sample_course import CARET, COURSE, FILES, read, shown, spoiled

from app.content import rules

C, M1, M2, X, V = "course.md", "01-a-decision-model.md", "02-confidentiality.md", "exam.md", "evaluation.md"
OBJECTIVES = COURSE[COURSE.index("objectives:") : COURSE.index("credit:")]

# rule | what is spoiled: (file, old, new with a caret where the message is expected), …
MISTAKES: list[tuple[str, tuple[tuple[str, str, str], ...]]] = [
    # Settings
    ("settings-syntax", ((C, "level: intermediate", "level: intermediate\n‸level: advanced"),)),
    ("settings-syntax", ((C, "hours: {ethics: 0.5, general: 0.5}", "hours: ‸{ethics: 0.5, general: 0.5"),)),
    ("settings-syntax", ((C, "level: intermediate", 'level: ‸"intermediate'),)),
    ("settings-syntax", ((C, "level: intermediate", "level: ‸@intermediate"),)),
    ("settings-syntax", ((C, "level: intermediate", "level: ‸*intermediate"),)),
    (
        "settings-syntax",
        (
            (M2, "title: Confidentiality: in practice\nobjectives: [3]", "‸just some words"),
            (C, "pass: 80%", "pass: 80%\nwaive:\n  objective-untaught: this is about something else"),
        ),
    ),
    ("settings-unclosed", ((X, "shuffle: options\n---\n", "shuffle: options\n"), (X, "---", "‸---"))),
    ("unknown-setting", ((C, "level: intermediate", "‸levle: intermediate"),)),
    ("unknown-setting", ((C, "level: intermediate", "level: intermediate\n‸color: blue"),)),
    ("unknown-setting", ((C, "  method: clock", "  ‸methud: clock"),)),
    ("unknown-setting", ((C, "    credentials: PhD", "    ‸credential: PhD"),)),
    ("unknown-setting", ((C, "    disclosure: No", "    ‸disclosuer: No"),)),
    ("unknown-setting", ((X, "feedback: after-submit", "‸feedbak: after-submit"),)),
    ("unknown-setting", ((M1, "objectives: [1, 2]", "objectives: [1, 2]\n‸minuets: 3"),)),
    ("bad-setting", ((C, "level: intermediate", "level: ‸easy"),)),
    ("bad-setting", ((C, "format: reading", "format: ‸book"),)),
    ("bad-setting", ((C, "pass: 80%", "pass: ‸101"),)),
    ("bad-setting", ((C, "pass: 80%", "pass: ‸0"),)),
    ("bad-setting", ((C, "attempts: unlimited", "attempts: ‸often"),)),
    ("bad-setting", ((C, "reviewed_on: 2026-11-01", "reviewed_on: ‸2026-02-30"),)),
    ("bad-setting", ((C, "code: ethics-of-technology ", "code: ‸Ethics_of_Technology "),)),
    ("bad-setting", ((C, "language: en", "language: ‸English language"),)),
    ("bad-setting", ((C, "  minutes: 60", "  minutes: ‸an hour"),)),
    ("bad-setting", ((C, "hours: {ethics: 0.5", "‸hours: {ethics: 0.3"),)),
    ("bad-setting", ((C, "general: 0.5}", "‸generl: 0.5}"),)),
    ("bad-setting", ((C, "hours: {ethics: 0.5, general: 0.5}", "hours: ‸half an hour"),)),
    ("bad-setting", ((C, "H: 5}", "‸I: 5}"),)),
    ("bad-setting", ((C, OBJECTIVES, "objectives: ‸Apply a decision model\n"),)),
    ("bad-setting", ((X, "feedback: after-submit", "feedback: ‸soon"),)),
    ("bad-setting", ((X, "feedback: after-submit", "pass: ‸75"),)),
    ("bad-setting", ((X, "feedback: after-submit", "attempts: ‸3"),)),
    ("bad-setting", ((X, "feedback: after-submit", "time_limit: ‸an hour"),)),
    ("bad-setting", ((M1, "objectives: [1, 2]", "objectives: [1, 2, ‸three]"),)),
    ("bad-setting", ((C, "pass: 80%", "pass: 80%\nwaive:\n  ‸no-answer: because"),)),
    ("bad-setting", ((C, "pass: 80%", "pass: 80%\nwaive:\n  ‸unused-refrence: because"),)),
    ("bad-setting", ((C, "pass: 80%", "pass: 80%\nwaive:\n  ‸unused-reference:"),)),
    ("missing-setting", ((C, "level: intermediate\n", ""), (C, "---\nWhat", "‸---\nWhat"))),
    ("missing-setting", ((C, "level: intermediate", "‸level:"),)),
    ("missing-setting", ((C, "title: The Ethics of Technology: “Who is watching?”", '‸title: ""'),)),
    ("missing-setting", ((C, "    credentials: PhD, LCSW\n", ""), (C, "- name", "- ‸name"))),
    ("missing-setting", ((C, "  method: clock\n", ""), (C, "credit:", "‸credit:"))),
    ("missing-setting", ((C, "  hours: {ethics: 0.5, general: 0.5}\n", ""), (C, "credit:", "‸credit:"))),
    ("missing-setting", ((C, "method: clock", "method: mergener"), (C, "credit:", "‸credit:"))),
    (
        "missing-setting",
        (
            (
                C,
                "  reamer-2023: Reamer, F. G. (2023). Artificial intelligence in social work. IJSWVE, 20(2).",
                "  ‸reamer-2023:",
            ),
        ),
    ),
    ("missing-setting", ((C, "- Compare two policies on social media", "-‸"),)),
    (
        "missing-disclosure",
        ((C, "    disclosure: No commercial support or conflict of interest.\n", ""), (C, "- name", "- ‸name")),
    ),
    (
        "missing-disclosure",
        ((C, "    disclosure: No commercial support or conflict of interest.", "    ‸disclosure:"),),
    ),
    (
        "too-few-objectives",
        (
            (C, "  - Compare two policies on social media\n", ""),
            (C, "objectives:", "‸objectives:"),
            (M2, "objectives: [3]", "objectives: [2]"),
            (X, "Objective: 3", "Objective: 2"),
        ),
    ),
    ("hours-exceed-method", ((C, "  hours: {ethics: 0.5, general: 0.5}", "  ‸hours: {ethics: 0.5, general: 1.0}"),)),
    (
        "hours-exceed-method",
        ((C, "method: clock", "method: ncbtmb"), (C, "minutes: 60", "minutes: 59"), (C, "  hours:", "  ‸hours:")),
    ),
    (
        "ethics-areas-missing",
        (
            (C, "ethics_areas: {A: 15, B: 10, C: 20, D: 20, E: 10, F: 10, G: 10, H: 5}\n", ""),
            (C, "---\nWhat", "‸---\nWhat"),
        ),
    ),
    ("ethics-areas-missing", ((C, "ethics_areas: {A: 15", "‸ethics_areas: {A: 20"), (C, ", H: 5", ""))),
    ("ethics-areas-missing", ((C, "G: 10, H: 5", "G: 15, H: ‸0"),)),
    ("ethics-areas-sum", ((C, "ethics_areas: {A: 15", "‸ethics_areas: {A: 16"),)),
    ("review-overdue", ((C, "review_due: 2028-11-01", "review_due: ‸2026-11-19"),)),
    ("old-reference", ((C, "  reamer-2023: Reamer, F. G. (2023)", "  ‸reamer-2023: Reamer, F. G. (2015)"),)),
    ("unused-reference", ((M1, ", and a seventh [@reamer-2023]", ""), (C, "  reamer-2023", "  ‸reamer-2023"))),
    ("unknown-reference", ((M1, "[@nasw-code, 1.07(r)]", "[@‸nasw-cod, 1.07(r)]"),)),
    ("unknown-reference", ((X, "Source: nasw-code", "Source: ‸nasw"),)),
    ("objective-untaught", ((M2, "objectives: [3]\n", ""), (C, "  - Compare", "  - ‸Compare"))),
    ("objective-untested", ((X, "Objective: 3\n", ""), (C, "  - Compare", "  - ‸Compare"))),
    (
        "unknown-objective",
        ((X, "Objective: 1\n", "Objective: ‸4\n"), (X, "Answer: 2017", "Objective: 1\n\nAnswer: 2017")),
    ),
    ("unknown-objective", ((X, "Objective: 3", "Objective: ‸7"),)),
    ("unknown-objective", ((M2, "objectives: [3]", "objectives: [‸7]"),)),
    ("unknown-setting", ((M2, "objectives: [3]", "‸objectivs: [3]"),)),
    ("unknown-setting", ((C, "references:", "‸refrences:"),)),
    ("unknown-setting", ((C, "ethics_areas:", "‸ethic_areas:"),)),
    ("unknown-setting", ((C, "  minutes: 60", "  ‸minuets: 60"),)),
    ("unknown-question-line", ((X, "Objective: 3", "‸Objectve: 3"),)),
    ("unknown-reference", ((M1, "[@reamer-2023]", "[@‸reamer-2032]"),)),
    ("misplaced-feedback", ((M1, "- Let it ring", "‸> Kind?\n- Let it ring"),)),
    ("unknown-objective", ((M1, "[1, 2]", "[1, 2, ‸9]"),)),
    # Modules
    ("unclosed-box", ((M2, "- One", "‸::: note\n- One"),)),
    ("unclosed-box", ((M2, "- One", "‸:::\n\n- One"),)),
    ("unclosed-box", ((M2, "- One", "‸::: note\nA\n\n::: caution\nB\n:::\n\n- One"),)),
    ("unknown-box", ((M1, "::: case The", "::: ‸cases The"),)),
    ("raw-html", ((M2, "Ask [before", "Ask ‸<b>now</b> <i>x</i> [before"),)),
    ("bad-link", ((M2, "(https://www.example.org/search)", "(‸ftp://www.example.org/)"),)),
    ("bad-link", ((M2, "(https://www.example.org/search)", "(‸03-nowhere.md)"),)),
    ("bad-link", ((M1, "(#the-limits)", "(‸#the-limit)"),)),
    ("bad-link", ((M1, "(02-confidentiality.md#searching)", "(‸02-confidentiality.md#search)"),)),
    ("bad-link", ((M2, "(https://www.example.org/search)", "(‸../../etc/passwd)"),)),
    ("bad-link", ((M2, "(https://www.example.org/search)", "(‸)"),)),
    ("heading-skips-level", ((M2, "- One", "‸#### Deep\n\n- One"),)),
    ("missing-alt-text", ((M1, "![](media/photo.png){decorative}", "‸![](media/photo.png)"),)),
    ("missing-media", ((M1, "![](media/photo.png)", "![](‸media/phto.png)"),)),
    ("missing-media", ((M1, "(media/voice.mp3)", "(‸media/photo.png)"),)),
    ("media-outside-course", ((M1, "![](media/photo.png)", "![](‸https://www.example.org/a.png)"),)),
    ("media-outside-course", ((M1, "![](media/photo.png)", "![](‸media/%2e%2e/a.png)"),)),
    ("media-outside-course", ((M1, "![](media/photo.png)", "![](‸data:image/png;base64,AAAA)"),)),
    ("media-outside-course", ((M1, "media/voice.mp3", "‸..\\voice.mp3"),)),
    ("media-outside-course", (("media/consent.svg", "<path", "‸<image href='https://www.example.org/a.png'/><path"),)),
    ("raw-html", (("media/consent.svg", "<path", "‸<script>alert(1)</script><path"),)),
    ("scenario-missing-step", ((M1, "Write a note -> morning", "Write a note -> ‸mornin"),)),
    ("scenario-unreachable-step", ((M1, "### Morning", "### Morning\nx\n\n‸### Evening"),)),
    # Questions
    ("no-answer", ((X, "## When were", "‸## When were"), (X, "Answer: 2017\n", ""))),
    ("no-answer", ((X, "Answer: 2017", "‸Answer:"),)),
    ("no-answer", ((X, "Answer: informed consent | consent", "‸Answer: |"),)),
    ("no-answer", ((X, "___(everyone)___", "___(‸ )___"),)),
    ("no-answer", ((X, "## Match", "‸## Match"), (X, "- Crossing ->", "- ->"), (X, "- Violation ->", "- ->"))),
    (
        "no-answer",
        (
            (X, "## What is the first", "‸## What is the first"),
            (X, "- (x) Name", "– (x) Name"),
            (X, "- ( ) Decide", "– ( ) Decide"),
        ),
    ),
    ("no-right-answer", ((X, "- (x) Name", "- ‸( ) Name"),)),
    ("no-right-answer", ((X, "- [x] A photo", "- ‸[ ] A photo"), (X, "- [x] The date", "- [ ] The date"))),
    ("two-right-answers", ((X, "- ( ) Decide", "- ‸(x) Decide"),)),
    ("mixed-options", ((X, "- ( ) Decide", "- ‸[ ] Decide"),)),
    ("mixed-options", ((X, "- ( ) Decide", "‸-( ) Decide"),)),
    ("mixed-options", ((X, "- ( ) Decide", "‸– ( ) Decide"),)),
    ("mixed-options", ((X, "- ( ) Decide", "    ‸- ( ) Decide"),)),
    ("mixed-options", ((X, "Answer: 2017", "Answer: 2017\n\n- ‸(x) 2018\n- ( ) 2019"),)),
    (
        "one-option",
        (
            (X, "## What is the first", "‸## What is the first"),
            (X, "- ( ) Decide at once, before anyone else is asked\n", ""),
        ),
    ),
    ("duplicate-option", ((X, "- [x] The date and the town", "- ‸[x] a  PHOTO"),)),
    ("duplicate-option", ((X, "- Violation ->", "- ‸crossing ->"),)),
    ("duplicate-question", ((X, "## When were the standards published?", "‸## What is the first step?"),)),
    ("duplicate-question", ((X, "Answer: 45", "Id: ‸what-is-the-first-step\n\nAnswer: 45"),)),
    ("duplicate-question", ((X, "## When were the standards published?", "‸## May Dana accept?"),)),
    ("duplicate-question", ((M1, "### Morning", "### Morning\n\n‸### Talk"),)),
    (
        "text-outside-question",
        (
            (
                X,
                "- ( ) Decide at once, before anyone else is asked\n",
                "- ( ) Decide\n\n‸Some more text.\n\nAnd more.\n",
            ),
        ),
    ),
    (
        "text-outside-question",
        ((X, "- ( ) Decide at once, before anyone else is asked\n", "- ( ) Decide\n\n‸Hint: too late\n"),),
    ),
    ("text-outside-question", ((X, "(draw 2)\n", "(draw 2)\n\n‸Some text.\n"),)),
    ("misplaced-feedback", ((X, "  > Right: begin there.", "‸> Right: begin there."),)),
    ("misplaced-feedback", ((X, "  > Right: begin there.", "      ‸> Right: begin there."),)),
    ("question-wrong-level", ((X, "## When were", "‸### When were"),)),
    ("question-wrong-level", ((M1, "### May Dana", "‸## May Dana"),)),
    ("question-wrong-level", ((X, "#### What now?", "‸##### What now?"),)),
    ("question-wrong-level", ((X, "## What is the first", "‸# What is the first"),)),
    ("bad-pool-heading", ((X, "## Pool: Telehealth (draw 2)", "‸## Pool: Telehealth"),)),
    ("bad-pool-heading", ((X, "## Pool: Telehealth (draw 2)", "‸## Pool: Telehealth (draw 0)"),)),
    ("bad-pool-heading", ((X, "## Pool: Telehealth (draw 2)", "‸## Pool: Telehealth (draw 1 per objective)"),)),
    ("pool-too-small", ((X, "## Pool: Telehealth (draw 2)", "‸## Pool: Telehealth (draw 4)"),)),
    ("unknown-question-line", ((X, "Points: 2", "‸Pionts: 2"),)),
    ("unknown-question-line", ((X, "Answer: 2017", "‸Anwser: 2017"),)),
    ("unknown-question-line", ((X, "Rationale: In that summer.", "‸Rational: In that summer."),)),
    ("bad-question-value", ((X, "Points: 2", "Points: ‸two"),)),
    ("bad-question-value", ((X, "Points: 2", "Points: ‸0"),)),
    ("bad-question-value", ((X, "Points: 2", "Points: ‸101"),)),
    ("bad-question-value", ((X, "Points: 2", "Points: 2\n‸Points: 3"),)),
    ("bad-question-value", ((X, "Credit: partial", "Credit: ‸some"),)),
    ("bad-question-value", ((X, "Words: 50-300", "Words: ‸300-50"),)),
    (
        "bad-question-value",
        ((X, "Objective: 3", "Objective: ‸three"), (X, "Answer: 2017", "Objective: 3\n\nAnswer: 2017")),
    ),
    ("bad-question-value", ((X, "Answer: 45 ± 5", "Answer: ‸45 ± some"),)),
    ("bad-question-value", ((X, "Points: 2", "Waive: ‸negative-stem"),)),
    ("bad-question-value", ((X, "Points: 2", "Waive: ‸no-answer — because"),)),
    ("bad-question-value", ((X, "Points: 2", "Id: ‸What is this"),)),
    # Lint
    ("missing-rationale", ((X, "## When were", "‸## When were"), (X, "Rationale: In that summer.\n", ""))),
    (
        "missing-rationale",
        (
            (M1, "### May", "‸### May"),
            (M1, "  > It keeps the boundary.\n", ""),
            (M1, "  > It opens her private life.\n", ""),
        ),
    ),
    ("negative-stem", ((X, "## When were", "‸## When were not"),)),
    ("negative-stem", ((X, "## What is the first", "‸## What is the first"), (X, "A client sends", "No client sends"))),
    ("all-of-the-above", ((X, "- [ ] A yearly number", "- ‸[ ] All of the above"),)),
    ("too-few-questions", ((C, "method: clock", "method: nasw"), (X, "---\ntitle", "‸---\ntitle"))),
    # Files
    ("not-utf8", ((M2, "- One", "‸\0- One"),)),
]


@pytest.mark.parametrize(("rule", "edits"), MISTAKES, ids=[f"{i}-{rule}" for i, (rule, _) in enumerate(MISTAKES)])
def test_one_mistake_gives_one_message_at_its_place(tmp_path: Path, rule: str, edits: tuple[tuple[str, str, str], ...]):
    files, place = spoiled(*edits)

    found = shown(read(tmp_path, files))

    assert found == [f"{place} {rule}"]


def test_the_sample_course_gives_no_problem(tmp_path: Path):
    reading = read(tmp_path)

    assert shown(reading) == []
    assert reading.course is not None


def test_every_caret_marks_a_place():
    assert all(any(CARET in new for _, _, new in edits) for _, edits in MISTAKES)


ELSEWHERE: list[tuple[str, dict[str, str | bytes | None], str]] = [
    ("missing-file", {X: None}, "exam.md:1:1 missing-file"),
    ("missing-media", {"media/photo.png": None}, "media/photo.png:1:1 missing-media"),
    ("missing-captions", {"media/talk.vtt": None}, "media/talk.vtt:1:1 missing-captions"),
    ("missing-transcript", {"media/talk.md": None}, "media/talk.md:1:1 missing-transcript"),
    ("missing-transcript", {"media/voice.md": None}, "media/voice.md:1:1 missing-transcript"),
    ("unknown-file", {"notes.txt": "x"}, "notes.txt:1:1 unknown-file"),
    ("unknown-file", {"old/01-a.md": "x", "old/02-b.md": "x"}, "old:1:1 unknown-file"),
    ("unknown-file", {"media/a.exe": "x"}, "media/a.exe:1:1 unknown-file"),
    ("unknown-file", {"media/talk.mp3": "x"}, "media/talk.mp4:1:1 unknown-file"),
    ("duplicate-module-number", {"02-more.md": "Text."}, "02-more.md:1:1 duplicate-module-number"),
    (
        "duplicate-module-number",
        {"03-confidentiality.md": "Text."},
        "03-confidentiality.md:1:1 duplicate-module-number",
    ),
    ("empty-module", {"03-empty.md": "# Title\n"}, "03-empty.md:1:1 empty-module"),
    ("empty-module", {"03-empty.md": ""}, "03-empty.md:1:1 empty-module"),
    ("not-utf8", {"03-b.md": b"Text.\nab\xffc"}, "03-b.md:2:3 not-utf8"),
    ("settings-unclosed", {"03-b.md": "\n\n---\ntitle: x\n\nText"}, "03-b.md:1:1 settings-unclosed"),
    ("missing-setting", {"course.md": "Text only."}, "course.md:1:1 missing-setting"),
    ("missing-setting", {"course.md": "---\n---\nText."}, "course.md:2:1 missing-setting"),
    ("settings-unclosed", {"course.md": "---\ntitle: x\n"}, "course.md:1:1 settings-unclosed"),
    ("too-few-questions", {X: "## Reflection: you\n\n____\n\n", C: None}, "exam.md:1:1 too-few-questions"),
]


@pytest.mark.parametrize(("rule", "changes", "expected"), ELSEWHERE)
def test_what_is_missing_or_too_much_is_reported_as_that_file(tmp_path: Path, rule: str, changes, expected: str):
    files = {name: text for name, text in (FILES | changes).items() if text is not None}

    found = shown(read(tmp_path, files))

    assert expected in found
    assert [each for each in found if each.endswith(f" {rule}")] == [expected]
    unrelated = [each for each in found if each != expected and "objective-untested" not in each]
    assert unrelated == [] or C in changes or changes.get(C, "") is None


def test_every_rule_is_seeded_somewhere():
    seeded = {rule for rule, _ in MISTAKES} | {rule for rule, _, _ in ELSEWHERE}
    told_apart = {"duplicate-code", "longest-is-key", "key-position", "too-many-true-false"}  # in tests of their own

    assert seeded | told_apart == set(rules.by_name())
