"""Moodle XML out: every kind of question that an exam of ours can ask."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from app.content.course import Course, Kind, Option, Question
from app.content.exchange import categories, cloze, leaving, written
from app.content.exchange.leaving import Asked, Export, Sent
from app.content.passages import plain

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TYPES = {
    Kind.CHOOSE_ONE: "multichoice",
    Kind.TRUE_FALSE: "truefalse",
    Kind.CHOOSE_ALL: "multichoice",
    Kind.MATCHING: "matching",
    Kind.ORDERING: "ordering",
    Kind.SHORT: "shortanswer",
    Kind.NUMBER: "numerical",
    Kind.GAPS: "cloze",
    Kind.FREE_TEXT: "essay",
}
_SHARES_MOODLE_TAKES = {*range(1, 11), 20}


def write(course: Course) -> Export:
    """Write the exam of a course."""
    parts = ['<?xml version="1.0" encoding="UTF-8"?>', "<quiz>"]
    sent: list[Sent] = []
    under: tuple[str, ...] = ()
    for asked in leaving.walk(course):
        question = asked.question
        if question.kind not in _TYPES:
            reason = "A scale has no right answer, and Moodle has no such question."
            sent.append(Sent(question.id, question.line, (reason,), out=True))
            continue
        if asked.under != under:
            under = asked.under
            category = f"<category>{_text(categories.path(under))}</category>"
            parts.append(f'  <question type="category">{category}</question>')
        if asked.story:
            parts.append(_story(asked))
        parts.append(_question(question))
        sent.append(Sent(question.id, question.line, tuple(_lost(question))))
    return Export("\n".join([*parts, "</quiz>", ""]), tuple(sent))


def _story(asked: Asked) -> str:
    name, story = _name(asked.under[-1]), _html("questiontext", leaving.html(asked.story))
    return f'  <question type="description">\n    {name}\n    {story}\n  </question>'


def _question(question: Question) -> str:
    lines = [
        _name(question.heading),
        _html("questiontext", leaving.asked_html(question, lambda index: _gap(question, index))),
        _html("generalfeedback", leaving.html(question.rationale_html)),
        f"<defaultgrade>{_worth(question)}</defaultgrade>",
        f"<idnumber>{_plain(question.id)}</idnumber>",
        *_answers(question),
        *([_html("hint", leaving.html(question.hint_html))] if question.hint_html else []),
        *_tags(question),
    ]
    body = "\n".join(f"    {line}" for line in lines)
    return f'  <question type="{_TYPES[question.kind]}">\n{body}\n  </question>'


def _worth(question: Question) -> str:
    return f"{float(question.points):.7f}" if question.graded else "0"


def _tags(question: Question) -> Iterator[str]:
    exact = question.points.denominator in {1, 2, 4, 5, 8, 10, 20, 25, 40, 50, 100, 125, 200, 250, 500, 1000}
    has = {"Points"} if exact or question.kind is Kind.FREE_TEXT else set()
    found = leaving.tags(question, has=frozenset({*has, "Words", "Capitals"}))
    if found:
        yield f"<tags>{''.join(f'<tag>{_text(tag)}</tag>' for tag in found)}</tags>"


def _answers(question: Question) -> Iterator[str]:
    shuffled = 0 if question.shuffle is False else 1
    if question.options:
        yield from _options(question, shuffled)
    elif question.kind is Kind.MATCHING:
        yield f"<shuffleanswers>{shuffled}</shuffleanswers>"
        for pair in question.pairs:
            meaning = f"<answer>{_text(plain(pair.meaning_html))}</answer>"
            yield f'<subquestion format="html">{_text(leaving.html(pair.term_html))}{meaning}</subquestion>'
    elif question.kind is Kind.ORDERING:
        yield from _steps(question)
    elif question.kind is Kind.SHORT:
        yield f"<usecase>{int(question.match_capitals)}</usecase>"
        yield from (
            f'<answer fraction="100">{_text(text.replace("*", f"{chr(92)}*"))}</answer>' for text in question.accepted
        )
    elif question.kind is Kind.NUMBER and question.number is not None:
        tolerance = f"<tolerance>{written.plain(question.tolerance)}</tolerance>"
        yield f'<answer fraction="100">{_text(written.plain(question.number))}{tolerance}</answer>'
    elif question.kind is Kind.FREE_TEXT:
        yield "<responseformat>editor</responseformat>"
        if question.words:
            yield f"<minwordlimit>{question.words[0]}</minwordlimit><maxwordlimit>{question.words[1]}</maxwordlimit>"


def _options(question: Question, shuffled: int) -> Iterator[str]:
    right, wrong = leaving.shares(question) if question.kind is Kind.CHOOSE_ALL else ("100", "0")
    if question.kind is not Kind.TRUE_FALSE:
        yield f"<single>{'true' if question.kind is Kind.CHOOSE_ONE else 'false'}</single>"
        yield f"<shuffleanswers>{shuffled}</shuffleanswers>"
    for option in question.options:
        text = leaving.html(option.html)
        text = plain(option.html).strip().lower() if question.kind is Kind.TRUE_FALSE else text
        yield _answer(option, right if option.right else wrong, text)


def _steps(question: Question) -> Iterator[str]:
    yield "<layouttype>VERTICAL</layouttype><selecttype>ALL</selecttype>"
    yield f"<selectcount>{len(question.items)}</selectcount>"
    yield f"<gradingtype>{'RELATIVE_NEXT_EXCLUDE_LAST' if question.partial_credit else 'ALL_OR_NOTHING'}</gradingtype>"
    for place, item in enumerate(question.items, 1):
        yield _answer(item, f"{place}", leaving.html(item.html))


def _answer(option: Option, weight: str, text: str) -> str:
    feedback = _html("feedback", leaving.html(option.feedback_html)) if option.feedback_html else ""
    return f'<answer fraction="{weight}" format="html">{_text(text)}{feedback}</answer>'


def _gap(question: Question, index: int) -> str:
    return escape(cloze.write(question.gaps[index], capitals=question.match_capitals), quote=False)


def _lost(question: Question) -> Iterator[str]:
    yield from leaving.losses(question)
    if question.kind is not Kind.ORDERING:
        yield from leaving.all_or_nothing(question)
    if question.kind is Kind.CHOOSE_ALL and sum(o.right for o in question.options) not in _SHARES_MOODLE_TAKES:
        yield "Moodle may refuse the share that each right option earns: it knows shares of up to 10, and of 20."


def _name(text: str) -> str:
    return f"<name>{_text(text)}</name>"


def _html(tag: str, text: str) -> str:
    return f'<{tag} format="html">{_text(text)}</{tag}>'


def _text(text: str) -> str:
    text = _NOT_XML.sub(" ", text)
    if set(text) & set("<>&"):
        return f"<text><![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]></text>"
    return f"<text>{text}</text>"


def _plain(text: str) -> str:
    return escape(_NOT_XML.sub(" ", text), quote=False)
