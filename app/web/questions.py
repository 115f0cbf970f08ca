"""Questions as a learner meets them: never with a key before it may be shown, and answers as forms send them.

The names of form fields are the question's own: `q.<id>` for a choice or a text, `q.<id>.<n>` where a
question takes several answers. Options travel under the numbers their author gave them, in any order.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

from markupsafe import Markup

from app.assessment.grading import Answer, Mark
from app.assessment.papers import Slot
from app.content.course import Kind, Question
from app.request import Sent
from app.web.render import safe

EMPTY = Markup()


@dataclass(frozen=True, slots=True)
class OptionView:
    """One choice on a page."""

    number: int
    words: Markup
    chosen: bool
    state: str = "plain"  # plain, chosen, right, wrong or missed: anything but plain and chosen gives the key away
    feedback: Markup = EMPTY


@dataclass(frozen=True, slots=True)
class TermView:
    """One term to be matched, or one place in an order, with what was picked for it."""

    name: str  # of its field
    words: Markup
    picked: str
    state: str = "plain"
    right: Markup = EMPTY  # what should have been picked, once that may be shown


@dataclass(frozen=True, slots=True)
class TextView:
    """One line to write in."""

    name: str
    value: str
    state: str = "plain"
    right: str = ""


@dataclass(frozen=True, slots=True)
class QuestionView:
    """One question on a page. `kind` says which of the lists is filled."""

    id: str
    name: str  # of its field, or of its fields up to the last dot
    number: int
    kind: str
    heading: Markup
    prompt: Markup
    hint: Markup
    asks: str  # how to answer, in words: Choose all that apply. …
    worth: str  # 2 points; empty where every question is worth one
    story_title: str  # of the case it opens; empty for the next questions of the same case
    story: Markup
    options: tuple[OptionView, ...]
    terms: tuple[TermView, ...]
    meanings: tuple[tuple[str, str], ...]  # value and words, for the terms
    texts: tuple[TextView, ...]
    was: str  # the answer this page was made with: what has not changed is not sent as new
    answered: bool
    verdict: str = ""  # right, partly, wrong or blank, once that may be shown
    rationale: Markup = EMPTY


ASKS = {
    Kind.CHOOSE_ONE: "Choose one.",
    Kind.TRUE_FALSE: "Choose one.",
    Kind.CHOOSE_ALL: "Choose all that apply.",
    Kind.MATCHING: "Choose the meaning of each term.",
    Kind.ORDERING: "Put these in order: 1 comes first.",
    Kind.SHORT: "Write a short answer.",
    Kind.NUMBER: "Write a number in digits, without units.",
    Kind.GAPS: "Fill each gap.",
    Kind.FREE_TEXT: "Write in your own words. This is not graded.",
    Kind.SCALE: "Choose a number.",
}
PARTIAL = {
    Kind.CHOOSE_ALL: " Each right choice earns part of the credit, and each wrong one takes part of it back.",
    Kind.MATCHING: " Each right match earns part of the credit.",
    Kind.ORDERING: " Each pair of neighbors in the right order earns part of the credit.",
    Kind.GAPS: " Each right gap earns part of the credit.",
}
WHOLE = dict.fromkeys(PARTIAL, " Credit is given for the whole answer only.")
PRIVATE = " Only you see this. Never write anything that could identify a client."


def blank_view(slot: Slot, answer: Answer, *, story: bool = False) -> QuestionView:
    """Show a question to be answered, with what she answered so far and nothing of the key."""
    return _view(slot, answer, story=story, judge=lambda _number: "plain", mark=None)


def marked_view(slot: Slot, mark: Mark, *, story: bool = False) -> QuestionView:
    """Show a question with its key, feedback and rationale: only where the rules allow it."""
    right = {number for number, option in enumerate(slot.question.options, 1) if option.right}
    chosen = _numbers(mark.answer)

    def judge(number: int) -> str:
        if number in chosen:
            return "right" if number in right else "wrong"
        return "missed" if number in right else "plain"

    return _view(slot, mark.answer, story=story, judge=judge, mark=mark)


def read_answer(sent: Sent, slot: Slot) -> Answer:
    """Read the answer to a question from a form; whatever the question does not offer counts as blank."""
    question, name = slot.question, field_name(slot.question)
    if question.kind in {Kind.CHOOSE_ONE, Kind.TRUE_FALSE, Kind.SCALE}:
        return next(iter(_offered(sent.all(name), len(question.options))), None)
    if question.kind == Kind.CHOOSE_ALL:
        return sorted(set(_offered(sent.all(name), len(question.options)))) or None
    if question.kind == Kind.MATCHING:
        return _read_matching(sent, question)
    if question.kind == Kind.ORDERING:
        return _read_ordering(sent, question)
    if question.kind == Kind.GAPS:
        texts = [sent.text(f"{name}.{number}").strip() for number in range(1, len(question.gaps) + 1)]
        return texts if any(texts) else None
    return sent.text(name).strip() or None


def field_name(question: Question) -> str:
    """Give the name under which a question's answer is sent."""
    return f"q.{question.id}"


def _view(slot: Slot, answer: Answer, *, story: bool, judge: Callable[[int], str], mark: Mark | None) -> QuestionView:
    question = slot.question
    return QuestionView(
        id=question.id,
        name=field_name(question),
        number=slot.number,
        kind=str(question.kind),
        heading=safe(question.heading_html),
        prompt=safe(question.prompt_html),
        hint=safe(question.hint_html),
        asks=_asks(question),
        worth="" if question.points == 1 or not question.graded else f"{_points(question)} points",
        story_title=slot.case.title if slot.case and story else "",
        story=safe(slot.case.story_html) if slot.case and story else EMPTY,
        options=_options(slot, answer, judge, shows=mark is not None),
        terms=_terms(slot, answer, shows=mark is not None),
        meanings=_meanings(slot),
        texts=_texts(question, answer, shows=mark is not None),
        was=_was(answer),
        answered=answer is not None,
        verdict=_verdict(mark) if mark else "",
        rationale=safe(question.rationale_html) if mark else EMPTY,
    )


def _asks(question: Question) -> str:
    words = ASKS[question.kind] + (PARTIAL if question.partial_credit else WHOLE).get(question.kind, "")
    if question.words:
        words += f" Aim for {question.words[0]} to {question.words[1]} words."
    return words + PRIVATE if question.private else words


def _points(question: Question) -> str:
    return str(question.points) if question.points.denominator == 1 else f"{float(question.points):g}"


def _verdict(mark: Mark) -> str:
    if mark.is_blank:
        return "blank"
    if mark.is_right:
        return "right"
    return "partly" if mark.share else "wrong"


def _options(slot: Slot, answer: Answer, judge: Callable[[int], str], *, shows: bool) -> tuple[OptionView, ...]:
    chosen = _numbers(answer)
    return tuple(
        OptionView(
            number=number,
            words=safe(option.html),
            chosen=number in chosen,
            state=judge(number),
            feedback=safe(option.feedback_html) if shows else EMPTY,
        )
        for number, option in (slot.options if slot.question.options else ())
    )


def _numbers(answer: Answer) -> set[int]:
    if isinstance(answer, int):
        return {answer}
    return {one for one in answer if isinstance(one, int)} if isinstance(answer, list) else set()


def _terms(slot: Slot, answer: Answer, *, shows: bool) -> tuple[TermView, ...]:
    question, name = slot.question, field_name(slot.question)
    if question.kind == Kind.MATCHING:
        picks = answer if isinstance(answer, dict) else {}
        return tuple(
            _term(f"{name}.{number}", pair.term_html, picks.get(str(number)), pair.meaning, question, shows=shows)
            for number, pair in enumerate(question.pairs, 1)
            if pair.term
        )
    if question.kind != Kind.ORDERING:
        return ()
    places = {number: place for place, number in enumerate(cast("list[int]", answer or []), 1)}
    return tuple(
        _placed(f"{name}.{number}", question.items[number - 1].html, places.get(number), number, shows=shows)
        for number in slot.order
    )


def _term(name: str, words: str, pick: int | None, meaning: str, question: Question, *, shows: bool) -> TermView:
    picked = question.pairs[pick - 1].meaning if pick else ""
    state = ("right" if picked == meaning else "wrong" if picked else "missed") if shows else "plain"
    return TermView(name, safe(words), str(pick or ""), state, Markup.escape(meaning) if shows else EMPTY)


def _placed(name: str, words: str, place: int | None, right: int, *, shows: bool) -> TermView:
    state = ("right" if place == right else "wrong" if place else "missed") if shows else "plain"
    return TermView(name, safe(words), str(place or ""), state, Markup.escape(right) if shows else EMPTY)


def _meanings(slot: Slot) -> tuple[tuple[str, str], ...]:
    question = slot.question
    if question.kind == Kind.ORDERING:
        return tuple((str(place), str(place)) for place in range(1, len(question.items) + 1))
    if question.kind != Kind.MATCHING:
        return ()
    seen: set[str] = set()
    meanings = []
    for number in slot.order:
        meaning = question.pairs[number - 1].meaning
        if meaning not in seen:
            seen.add(meaning)
            meanings.append((str(number), meaning))
    return tuple(meanings)


def _texts(question: Question, answer: Answer, *, shows: bool) -> tuple[TextView, ...]:
    name = field_name(question)
    if question.kind == Kind.GAPS:
        given = [str(text) for text in answer] if isinstance(answer, list) else []
        given += [""] * (len(question.gaps) - len(given))
        return tuple(
            TextView(f"{name}.{number}", given[number - 1], right=" or ".join(accepted) if shows else "")
            for number, accepted in enumerate(question.gaps, 1)
        )
    if question.kind in {Kind.SHORT, Kind.NUMBER, Kind.FREE_TEXT}:
        return (TextView(name, str(answer or ""), right=_right_text(question) if shows else ""),)
    return ()


def _right_text(question: Question) -> str:
    if question.number is not None:
        return f"{question.number}" + (f" ± {question.tolerance}" if question.tolerance else "")
    return " or ".join(question.accepted)


def _was(answer: Answer) -> str:
    return "" if answer is None else json.dumps(answer, sort_keys=True, ensure_ascii=False)


def _offered(values: Sequence[str], count: int) -> list[int]:
    numbers = [int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 4]
    return [number for number in numbers if 1 <= number <= count]


def _read_matching(sent: Sent, question: Question) -> Answer:
    picks = {}
    for number, pair in enumerate(question.pairs, 1):
        pick = _offered([sent.text(f"{field_name(question)}.{number}")], len(question.pairs))
        if pair.term and pick:
            picks[str(number)] = pick[0]
    return picks or None


def _read_ordering(sent: Sent, question: Question) -> Answer:
    placed = []
    for number in range(1, len(question.items) + 1):
        place = _offered([sent.text(f"{field_name(question)}.{number}")], len(question.items))
        if place:
            placed.append((place[0], number))
    # Two items at one place keep the author-blind order of their numbers; the page asks her to mend it.
    return [number for _, number in sorted(placed)] or None
