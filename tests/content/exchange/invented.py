"""Questions of every kind, invented by Hypothesis: any letters, any marks, any mixture of settings."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import strategies as st

from app.content.course import Kind
from app.content.exchange import escaping
from app.content.exchange.building import decimal
from app.content.exchange.items import Choice, Item

LETTERS = "aBz19é日ß *_`[]()<>&|~#{}=:;\\\"'-–→>.!?$%@^+/,“”"
MARKS = """
Answer: no|- (x) yes|1. first
Hint: x|Case: one|a -> b|%50%x|{T}|=right|####|//|<script>alert(1)</script>|&lt;|&amp;nbsp;
[@nasw-code]|```|::: note|___(x)___|$CATEGORY: x|{1:SA:=x}|]]>|<!-- note -->|![x](y)|javascript:alert(1)
"""
WORDS = st.sampled_from(MARKS.strip().replace("\n", "|").split("|"))
BEGINNING = st.sampled_from(["A", "The", "é", "“So", "x"])


@st.composite
def words(draw: st.DrawFn, *, most: int = 24) -> str:
    """Invent a plain text of one line that begins with a word."""
    rest = draw(st.one_of(st.text(st.sampled_from(LETTERS), max_size=most), WORDS))
    return escaping.squeezed(f"{draw(BEGINNING)} {rest}")


def line() -> st.SearchStrategy[str]:
    """Invent a line of Markdown that says such a text, now and then in strong type."""
    plain = words().map(escaping.inline)
    return st.one_of(plain, st.tuples(plain, st.just("**strong** and *soft* end")).map(" ".join))


def paragraphs() -> st.SearchStrategy[str]:
    """Invent no, one or two paragraphs."""
    one = words().map(escaping.blocks)
    return st.one_of(st.just(""), one, st.tuples(one, one).map("\n\n".join), st.just("See:\n\n- one\n- two"))


def typed() -> st.SearchStrategy[str]:
    """Invent what somebody may type for an answer."""
    text = words(most=10).map(lambda text: escaping.squeezed(text.replace("|", "").replace("<!", "")))
    return text.filter(lambda text: decimal(text) is None and "*" not in text[:1])


def gap() -> st.SearchStrategy[tuple[str, ...]]:
    """Invent what a gap accepts."""
    text = typed().map(lambda text: escaping.squeezed(text.replace("(", "").replace(")", "").replace("_", "")))
    return st.lists(text, min_size=1, max_size=3, unique=True).map(tuple)


def different(strategy: st.SearchStrategy[str], least: int, most: int) -> st.SearchStrategy[list[str]]:
    """Invent texts that nobody would take for one another."""
    return st.lists(
        strategy, min_size=least, max_size=most, unique_by=lambda text: "".join(filter(str.isalnum, text.casefold()))
    )


SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "Points": st.sampled_from(["2", "0.5", "1/3", "100"]),
        "Objective": st.sampled_from(["1", "2", "3"]),
        "Source": st.sampled_from(["nasw-code", "nasw-code, 1.07(r)"]),
        "Credit": st.just("partial"),
        "Shuffle": st.sampled_from(["yes", "no"]),
        "Hint": words().map(escaping.inline),
    },
)


@st.composite
def choice(draw: st.DrawFn, text: str, *, right: bool) -> Choice:
    """Invent the feedback on an option."""
    return Choice(text, right, draw(paragraphs()))


@st.composite
def items(draw: st.DrawFn, kind: Kind) -> Item:
    """Invent a question of a kind."""
    heading, prompt, rationale = draw(line()), draw(paragraphs()), draw(paragraphs())
    item = Item(1, kind, heading, prompt, rationale=rationale, settings=draw(SETTINGS))
    return _INVENT[kind](draw, item)


def _options(draw: st.DrawFn, item: Item) -> Item:
    texts = draw(different(line(), 2, 5))
    right = draw(st.integers(0, len(texts) - 1))
    several = draw(st.sets(st.integers(0, len(texts) - 1), min_size=1)) if item.kind is Kind.CHOOSE_ALL else {right}
    return replace(item, choices=tuple(draw(choice(text, right=n in several)) for n, text in enumerate(texts)))


def _truth(draw: st.DrawFn, item: Item) -> Item:
    right = draw(st.booleans())
    return replace(item, choices=(draw(choice("True", right=right)), draw(choice("False", right=not right))))


def _pairs(draw: st.DrawFn, item: Item) -> Item:
    terms = [escaping.no_arrow(text) for text in draw(different(words().map(escaping.inline), 2, 4))]
    meanings = draw(different(words().map(escaping.inline), len(terms) + 1, len(terms) + 1))
    return replace(item, pairs=tuple(zip([*terms, ""], meanings, strict=True)))


def _steps(draw: st.DrawFn, item: Item) -> Item:
    return replace(item, choices=tuple(draw(choice(text, right=False)) for text in draw(different(line(), 2, 5))))


def _short(draw: st.DrawFn, item: Item) -> Item:
    accepted = tuple(draw(st.lists(typed(), min_size=1, max_size=3, unique=True)))
    capitals = {"Capitals": "match"} if draw(st.booleans()) else {}
    return replace(item, accepted=accepted, settings={**item.settings, **capitals})


def _number(draw: st.DrawFn, item: Item) -> Item:
    number = draw(st.decimals(-10_000, 10_000, places=draw(st.integers(0, 4)))).normalize() + 0
    return replace(item, number=number, tolerance=draw(st.sampled_from([Decimal(0), Decimal(5), Decimal("0.25")])))


def _gaps(draw: st.DrawFn, item: Item) -> Item:
    gaps = tuple(draw(st.lists(gap(), min_size=1, max_size=3)))
    text = " ".join(f"so ___({' | '.join(each)})___ then" for each in gaps)
    return replace(item, gaps=gaps, prompt="\n\n".join(filter(None, [item.prompt, f"It is {text} on."])))


def _free(draw: st.DrawFn, item: Item) -> Item:
    words_wanted = {"Words": draw(st.sampled_from(["50-300", "0-10"]))} if draw(st.booleans()) else {}
    kept = {name: value for name, value in item.settings.items() if name in {"Objective", "Source", "Hint"}}
    private = {"Private": "yes"} if draw(st.booleans()) else {}
    return replace(item, settings={**kept, **words_wanted, **private})


_INVENT = {
    Kind.CHOOSE_ONE: _options,
    Kind.TRUE_FALSE: _truth,
    Kind.CHOOSE_ALL: _options,
    Kind.MATCHING: _pairs,
    Kind.ORDERING: _steps,
    Kind.SHORT: _short,
    Kind.NUMBER: _number,
    Kind.GAPS: _gaps,
    Kind.FREE_TEXT: _free,
}
KINDS = sorted(_INVENT)
