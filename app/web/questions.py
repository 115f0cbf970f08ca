"""Questions as a learner meets them: never with a key before it may be shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from string import ascii_uppercase

from markupsafe import Markup

from app.assessment import grading
from app.assessment.grading import Answer, Mark
from app.assessment.papers import Slot
from app.content.course import Kind, Question
from app.web import answers, asking
from app.web.answers import field_name
from app.web.render import safe

EMPTY = Markup()
FITS_A_PHONE = 28  # letters of a list's choice at 320 pixels
GAP = re.compile(r'<span\b[^>]*\bdata-gap="(\d+)"[^>]*>[^<]*</span>')


@dataclass(frozen=True, slots=True)
class OptionView:
    """One choice on a page."""

    value: str  # what its field sends: its place on her paper, and nothing of the author's order
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
    given: str = ""  # what was picked, in words; as HTML where it is a meaning
    state: str = "plain"
    right: str = ""  # what should have been picked, once that may be shown
    feedback: Markup = EMPTY


@dataclass(frozen=True, slots=True)
class TextView:
    """One line to write in."""

    name: str
    value: str
    number: int = 1
    state: str = "plain"
    right: str = ""
    in_prompt: bool = False  # a gap that stands in its sentence


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a prompt, and the gap it leads up to."""

    words: Markup
    gap: TextView | None = None


@dataclass(frozen=True, slots=True)
class QuestionView:
    """One question on a page. `kind` says which of the lists is filled."""

    id: str
    name: str  # of its field, or of its fields up to the last dot
    number: int
    kind: str
    heading: Markup
    prompt: tuple[Piece, ...]
    hint: Markup
    asks: str  # how to answer, in words: Choose all that apply. …
    privacy: str  # who sees what is written; empty where that is as usual
    worth: str  # 2 points; empty where every question is worth one
    story_title: str  # of the case it opens; empty for the next questions of the same case
    story: Markup
    options: tuple[OptionView, ...]
    terms: tuple[TermView, ...]
    meanings: tuple[tuple[str, str], ...]  # value and words, for the terms
    lists_meanings: bool  # long ones are also listed in full, under the letters that their choices begin with
    texts: tuple[TextView, ...]
    was: str  # the answer this page was made with: what has not changed is not sent as new
    answered: bool
    graded: bool
    remark: str  # what keeps her answer from being read as it was meant; empty where nothing does
    aim: str  # fewest and most words, as 50-300; empty where any number will do
    stays: bool = False  # what is written stays in the browser: it is neither sent nor kept
    verdict: str = ""  # right, partly, wrong or blank, once that may be shown; empty where nothing is graded
    earned: str = ""  # 1 of 2 points, where that is part of them
    rationale: Markup = EMPTY  # with the key; beside what stays, to be opened
    source: str = ""  # where the course's author found it, with the result
    corrected: str = ""  # that its key is another one since, with the result


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


def practice_view(slot: Slot, answer: Answer) -> QuestionView:
    """Show a question of a knowledge check: nothing is earned, and what is free or private stays in her browser."""
    question = slot.question
    if stays(question):
        privacy, rationale = asking.privacy_of_what_stays(question), safe(question.rationale_html)
        view = replace(blank_view(slot, None), stays=True, privacy=privacy, rationale=rationale)
    elif answer is None or answers.remark(slot, answer):
        view = blank_view(slot, answer)
    else:
        view = marked_view(slot, grading.mark(question, answer))
    return replace(view, asks=asking.plainly(question), worth="", earned="")


def stays(question: Question) -> bool:
    """Say whether an answer to a knowledge check has no business in an address, where histories and logs keep it."""
    return question.private or question.kind == Kind.FREE_TEXT


def _view(slot: Slot, answer: Answer, *, story: bool, judge: Callable[[int], str], mark: Mark | None) -> QuestionView:
    question, texts = slot.question, _texts(slot.question, answer, mark)
    return QuestionView(
        id=question.id,
        name=field_name(question),
        number=slot.number,
        kind=str(question.kind),
        heading=safe(question.heading_html),
        prompt=tuple(_pieces(question.prompt_html, texts)),
        hint=safe(question.hint_html),
        asks=asking.how(question),
        privacy=asking.privacy(question),
        worth=asking.worth(question),
        story_title=slot.case.title if slot.case and story else "",
        story=safe(slot.case.story_html) if slot.case and story else EMPTY,
        options=_options(slot, answer, judge, shows=mark is not None),
        terms=_terms(slot, answer, shows=mark is not None),
        meanings=_meanings(slot),
        lists_meanings=slot.question.kind == Kind.MATCHING and _are_long([words for _, words in _meanings(slot)]),
        texts=texts,
        was=answers.as_kept(slot, answer),
        answered=answer is not None,
        graded=question.graded,
        remark="" if mark else answers.remark(slot, answer),
        aim="{}-{}".format(*question.words) if question.words else "",
        verdict=_verdict(mark) if mark else "",
        earned=asking.earned(mark) if mark else "",
        rationale=safe(question.rationale_html) if mark else EMPTY,
    )


def _verdict(mark: Mark) -> str:
    if not mark.question.graded:
        return ""
    if mark.is_blank:
        return "blank"
    if mark.is_right:
        return "right"
    return "partly" if mark.share else "wrong"


def _options(slot: Slot, answer: Answer, judge: Callable[[int], str], *, shows: bool) -> tuple[OptionView, ...]:
    chosen = _numbers(answer)
    return tuple(
        OptionView(
            value=f"{answers.PLACED}{answers.on_paper(slot, number)}",
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


def _pieces(prompt: str, texts: tuple[TextView, ...]) -> Iterator[Piece]:
    """Divide a prompt at its gaps."""
    end = 0
    for gap in GAP.finditer(prompt):
        yield Piece(safe(prompt[end : gap.start()]), texts[int(gap[1]) - 1])
        end = gap.end()
    if prompt[end:]:
        yield Piece(safe(prompt[end:]))


def _terms(slot: Slot, answer: Answer, *, shows: bool) -> tuple[TermView, ...]:
    if slot.question.kind == Kind.MATCHING:
        picks = answer if isinstance(answer, dict) else {}
        pairs = enumerate(slot.question.pairs, 1)
        return tuple(_term(slot, number, picks.get(str(number)), shows=shows) for number, pair in pairs if pair.term)
    if slot.question.kind != Kind.ORDERING:
        return ()
    places = answers.places(answer)
    # With its key, a sequence is read from its first item to its last.
    shown = grading.right_order(slot.question) if shows else slot.order
    return tuple(_placed(slot, number, places.get(number), shows=shows) for number in shown)


def _term(slot: Slot, number: int, pick: int | None, *, shows: bool) -> TermView:
    pairs = slot.question.pairs
    pair, picked = pairs[number - 1], pairs[pick - 1] if pick else None
    right = pairs[grading.right_order(slot.question)[number - 1] - 1]
    is_right = picked is not None and picked.meaning == right.meaning
    return TermView(
        name=f"{field_name(slot.question)}.{number}",
        words=safe(pair.term_html),
        picked=str(answers.on_paper(slot, pick)) if pick else "",
        given=safe(picked.meaning_html) if picked else "",
        state=("right" if is_right else "wrong" if picked else "missed") if shows else "plain",
        right=safe(right.meaning_html) if shows else "",
    )


def _placed(slot: Slot, number: int, place: int | None, *, shows: bool) -> TermView:
    item, right = slot.question.items[number - 1], grading.right_order(slot.question).index(number) + 1
    # Where neighbors earn credit, an item is not wrong for standing one place off.
    off = "chosen" if slot.question.partial_credit else "wrong"
    return TermView(
        name=f"{field_name(slot.question)}.{answers.on_paper(slot, number)}",
        words=safe(item.html),
        picked=str(place or ""),
        given=f"Place {place}" if place else "",
        state=("right" if place == right else off if place else "missed") if shows else "plain",
        right=f"Place {right}" if shows else "",
        feedback=safe(item.feedback_html) if shows else EMPTY,
    )


def _meanings(slot: Slot) -> tuple[tuple[str, str], ...]:
    if slot.question.kind == Kind.ORDERING:
        return tuple((str(place), str(place)) for place in range(1, len(slot.question.items) + 1))
    if slot.question.kind != Kind.MATCHING:
        return ()
    # Two terms may share a meaning: it is offered once.
    numbers = {slot.question.pairs[number - 1].meaning: number for number in reversed(slot.order)}
    mixed = sorted(numbers.values(), key=slot.order.index)
    words = [safe(slot.question.pairs[number - 1].meaning_html).striptags() for number in mixed]
    if _are_long(words):
        words = [f"{letter}. {one}" for letter, one in zip(ascii_uppercase, words, strict=False)]
    return tuple((str(answers.on_paper(slot, number)), one) for number, one in zip(mixed, words, strict=True))


def _are_long(words: Sequence[str]) -> bool:
    """Say whether a closed list on a phone would cut one of these short."""
    return any(len(one) > FITS_A_PHONE for one in words) and len(words) <= len(ascii_uppercase)


def _texts(question: Question, answer: Answer, mark: Mark | None) -> tuple[TextView, ...]:
    if question.kind == Kind.GAPS:
        given = [str(text) for text in answer] if isinstance(answer, list) else []
        given += [""] * (len(question.gaps) - len(given))
        return tuple(_gap(question, number, text, shows=mark is not None) for number, text in enumerate(given, 1))
    if question.kind not in {Kind.SHORT, Kind.NUMBER, Kind.FREE_TEXT}:
        return ()
    text = TextView(field_name(question), str(answer or ""))
    if mark is None:
        return (text,)
    verdict = _verdict(mark)
    states = {"right": "right", "wrong": "wrong", "blank": "missed"}
    return (
        replace(text, state=states.get(verdict, "chosen"), right="" if verdict == "right" else _right_text(question)),
    )


def _gap(question: Question, number: int, text: str, *, shows: bool) -> TextView:
    held = any(int(gap[1]) == number for gap in GAP.finditer(question.prompt_html))
    view = TextView(f"{field_name(question)}.{number}", text, number, in_prompt=held)
    if not shows:
        return view
    is_right = grading.gap_is_right(question, number, text)
    state = "right" if is_right else "wrong" if text else "missed"
    return replace(view, state=state, right="" if is_right else " or ".join(question.gaps[number - 1]))


def _right_text(question: Question) -> str:
    if question.number is not None:
        return f"{question.number}" + (f" ± {question.tolerance}" if question.tolerance else "")
    return " or ".join(question.accepted)
