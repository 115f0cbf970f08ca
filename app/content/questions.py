"""Questions: the text under a heading becomes a question with its key. Its shape says its kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from app.content import question_lines, question_values
from app.content.course import Kind, Option, Pair, Question
from app.content.findings import Line, Place
from app.content.headings import Heading
from app.content.markdown import Inline, Scribe
from app.content.question_lines import Choice, Sorted
from app.content.shapes import Shape
from app.content.spelling import same, slug

_REFLECTION = re.compile(r"reflection\s*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Draft:
    """A question as read, and where its parts stand: what the lint rules look at."""

    question: Question
    heading: Heading
    last: int  # its last line
    stem: str  # heading and prompt as typed
    places: tuple[Place, ...]  # of its options, at their brackets
    id_place: Place
    texts: tuple[str, ...] = ()  # its options as read, without marks
    broken: bool = False  # its kind is not certain
    explained: bool = True  # a rationale was meant, at least
    named: frozenset[str] = frozenset()  # the settings it makes


def read(head: Heading, lines: Sequence[Line], scribe: Scribe, *, graded: bool = True) -> Draft:
    """Read one question. With `graded` off, as in an evaluation, options need no right one."""
    found = question_lines.sort(lines, scribe.findings)
    return _Writer(head, lines, found, scribe, graded=graded).draft()


class _Writer:
    """Writes one question from its sorted lines, and reports what is missing in it."""

    def __init__(self, head: Heading, lines: Sequence[Line], found: Sorted, scribe: Scribe, *, graded: bool) -> None:
        self._head = head
        self._lines = lines
        self._found = found
        self._scribe = scribe
        self._graded = graded
        self._gaps: list[tuple[str, Place]] = []
        self._texts: tuple[str, ...] = ()
        self._broken = found.broken

    def draft(self) -> Draft:
        found, head = self._found, self._head
        question = self._question()
        self._waive()
        return Draft(
            question,
            head,
            last=self._last,
            stem="\n".join(line.text for line in [head.text, *found.prompt]),
            places=tuple(choice.place for choice in found.choices),
            id_place=found.named["id"].place if "id" in found.named else head.place,
            texts=self._texts,
            broken=self._broken,
            explained=bool(question.rationale_html) or "rationale" in found.meant,
            named=frozenset(found.named) | found.meant,
        )

    @property
    def _last(self) -> int:
        return self._lines[-1].number if self._lines else self._head.line.number

    def _question(self) -> Question:
        title = self._scribe.inline([self._head.text], gaps=self._gaps)
        if not title.text:
            self._add("no-answer", self._head.place, "This heading asks nothing.", "Write the question in it.")
        values = question_values.read(self._found.named, self._scribe)
        prompt = self._scribe.blocks(self._found.prompt, gaps=self._gaps)
        shaped = self._shaped()
        reflection = bool(_REFLECTION.match(title.text))
        ungraded = not self._graded or shaped["kind"] in {Kind.FREE_TEXT, Kind.SCALE} or reflection
        return Question(
            id=values.id or slug(title.text) or "question",
            heading=title.text,
            heading_html=title.html,
            prompt_html=prompt,
            points=values.points,
            partial_credit=values.partial_credit,
            graded=not ungraded,
            objective=values.objective,
            source=values.source,
            shuffle=values.shuffle,
            hint_html=self._named("hint"),
            rationale_html=self._scribe.blocks(self._found.rationale),
            private=values.private or reflection,
            words=values.words,
            match_capitals=values.match_capitals,
            line=self._head.line.number,
            **shaped,
        )

    def _named(self, name: str) -> str:
        line = self._found.named.get(name)
        return self._scribe.blocks([line]) if line else ""

    def _waive(self) -> None:
        for line in self._found.waivers:
            waived = question_values.waiver(line, self._scribe.findings)
            if waived:
                self._scribe.findings.waive(*waived, at=line.number, first=self._head.line.number, last=self._last)

    def _shaped(self) -> dict[str, Any]:
        """Give the fields that the answer's shape fills, its kind first of all."""
        shape = self._found.shape
        if self._gaps and not self._found.broken:
            return self._with_gaps(shape)
        writers: dict[Shape | None, Callable[[], dict[str, Any]]] = {
            Shape.ROUND: self._options,
            Shape.SQUARE: self._options,
            Shape.ARROWS: self._pairs,
            Shape.NUMBERS: self._steps,
            Shape.ANSWER: self._answer,
            Shape.BLANK: self._free_text,
            None: self._free_text if _REFLECTION.match(self._head.text.text) else self._nothing,
        }
        return writers[shape]()

    def _free_text(self) -> dict[str, Any]:
        return {"kind": Kind.FREE_TEXT}

    def _steps(self) -> dict[str, Any]:
        return {"kind": Kind.ORDERING, "items": tuple(self._option(choice) for choice in self._counted())}

    def _nothing(self) -> dict[str, Any]:
        self._broken = True
        slip = self._found.slip
        if self._title() and "answer" not in self._found.meant:
            said = f"The options have {slip}" if slip else "There is nothing to answer"
            self._add(
                "no-answer",
                self._head.place,
                f"{said} in “{self._title()}”.",
                "Write options like - (x) right and - ( ) wrong, or a line “Answer: …”.",
            )
        return {"kind": Kind.CHOOSE_ONE}

    def _title(self) -> str:
        text = self._head.text.text.strip()
        return text if len(text) <= 60 else f"{text[:59].rstrip()}…"

    def _add(self, rule: str, place: Place, message: str, remedy: str) -> None:
        self._scribe.findings.add(rule, place, message, remedy)

    def _with_gaps(self, shape: Shape | None) -> dict[str, Any]:
        if shape is not None:
            self._broken = True
            place = self._found.choices[0].place if self._found.choices else self._second_place()
            self._add(
                "mixed-options",
                place,
                f"This question has gaps above and {shape} here.",
                "Ask one thing at a time: keep the gaps or what follows them.",
            )
        accepted = []
        for text, place in self._gaps:
            accepted.append(_alternatives(text))
            if not accepted[-1]:
                self._add(
                    "no-answer",
                    place,
                    "Nothing is accepted in this gap.",
                    "Write what belongs in it: ___(confidentiality)___",
                )
        return {"kind": Kind.GAPS, "gaps": tuple(accepted)}

    def _second_place(self) -> Place:
        line = self._found.answer or self._found.blank
        return Place(line.number) if line else self._head.place

    def _answer(self) -> dict[str, Any]:
        line = self._found.answer or self._head.text
        accepted = _alternatives(line.text)
        if not accepted:
            self._broken = True
            self._add(
                "no-answer",
                Place(line.number),
                "Nothing stands after “Answer:”.",
                "Write what is right; separate several right answers with |.",
            )
        number = question_values.number(line.text)
        if number is None:
            return {"kind": Kind.SHORT, "accepted": accepted}
        value, tolerance, readable = number
        if not readable:
            self._add(
                "bad-question-value",
                line.place,
                "What stands after ± is not a number.",
                "Write a number and how far an answer may be off: 45 ± 5",
            )
        return {"kind": Kind.NUMBER, "number": value, "tolerance": tolerance}

    def _counted(self) -> list[Choice]:
        """Give the choices, and see that there are at least two, no two of them alike."""
        choices = self._found.choices
        if len(choices) < 2 and not self._broken:
            self._add(
                "one-option",
                self._head.place,
                f"“{self._title()}” has only one option.",
                "Add another, or there is nothing to choose.",
            )
        self._texts = tuple(same(_plain(choice)) for choice in choices)
        self._alike(choices, self._texts)
        return choices

    def _alike(self, choices: Sequence[Choice], texts: Sequence[str]) -> None:
        seen: set[str] = set()
        for choice, text in zip(choices, texts, strict=True):
            if text in seen:
                self._add(
                    "duplicate-option", choice.place, "This option stands above already.", "Reword it or delete it."
                )
            seen.add(text)

    def _option(self, choice: Choice) -> Option:
        written = self._inline(choice.text)
        text = "\n".join(line.text for line in choice.text).strip()
        return Option(text, written.html, choice.right, self._scribe.blocks(choice.feedback))

    def _inline(self, lines: Sequence[Line]) -> Inline:
        end = len(lines)
        while end > 1 and lines[end - 1].blank:
            end -= 1
        return self._scribe.inline(lines[:end])

    def _options(self) -> dict[str, Any]:
        shape = self._found.shape
        choices = self._counted()
        options = tuple(self._option(choice) for choice in choices)
        if not self._graded:
            return {"kind": Kind.SCALE if shape is Shape.ROUND else Kind.CHOOSE_ALL, "options": options}
        self._rights(choices, shape)
        if shape is Shape.SQUARE:
            return {"kind": Kind.CHOOSE_ALL, "options": options}
        true_false = sorted(self._texts) == ["false", "true"]
        return {"kind": Kind.TRUE_FALSE if true_false else Kind.CHOOSE_ONE, "options": options}

    def _rights(self, choices: Sequence[Choice], shape: Shape | None) -> None:
        rights = [choice for choice in choices if choice.right]
        sample = "- (x)" if shape is Shape.ROUND else "- [x]"
        if not rights and not self._broken and len(choices) > 1:
            self._add(
                "no-right-answer",
                choices[0].place,
                f"“{self._title()}” has no right answer.",
                f"Put an x in its brackets: {sample} …",
            )
        if shape is Shape.ROUND and len(rights) > 1 and not self._broken:
            self._add(
                "two-right-answers",
                rights[1].place,
                f"“{self._title()}” has a second right answer here.",
                "Keep one x, or use square brackets on all options: - [x] …",
            )

    def _pairs(self) -> dict[str, Any]:
        choices = self._found.choices
        terms = [choice for choice in choices if choice.text[0].text]
        if not terms:
            self._broken = True
            self._add(
                "no-answer",
                self._head.place,
                f"“{self._title()}” has no term to match.",
                "Write a term before an arrow: - term -> meaning",
            )
        elif len(choices) < 2 and not self._broken:
            self._add(
                "one-option",
                self._head.place,
                f"“{self._title()}” has only one pair.",
                "Add another, or there is nothing to match.",
            )
        self._alike(terms, [same(choice.text[0].text) for choice in terms])
        self._alike_meanings(choices)
        return {"kind": Kind.MATCHING, "pairs": tuple(self._pair(choice) for choice in choices)}

    def _alike_meanings(self, choices: Sequence[Choice]) -> None:
        """See that no extra meaning equals another: that would be a trap. Two terms may share one."""
        extras = [choice for choice in choices if not choice.text[0].text]
        matched = [choice for choice in choices if choice.text[0].text]
        meanings = [same(_meaning(choice).text) for choice in extras]
        taken = {same(_meaning(choice).text) for choice in matched}
        for choice, meaning in zip(extras, meanings, strict=True):
            if meaning in taken:
                self._add(
                    "duplicate-option",
                    choice.place,
                    "This extra meaning belongs to a term or stands twice.",
                    "Reword it or delete it.",
                )
            taken.add(meaning)
        for choice in choices:
            if _meaning(choice).blank:
                self._add("no-answer", choice.place, "This term has no meaning.", "Write it after the arrow.")

    def _pair(self, choice: Choice) -> Pair:
        term, meaning = self._inline(choice.text), self._inline([_meaning(choice)])
        texts = choice.text[0].text.strip(), _meaning(choice).text.strip()
        return Pair(*texts, term_html=term.html, meaning_html=meaning.html)


def _meaning(choice: Choice) -> Line:
    return choice.meaning or choice.text[0]


def _plain(choice: Choice) -> str:
    return " ".join(line.text for line in choice.text)


def _alternatives(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|") if part.strip())
