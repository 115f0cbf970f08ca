"""References: the sources of a course as its author lists them, and how a citation names them."""

from __future__ import annotations

import re

YEARS_UNTIL_OLD = 10  # NASW CE approval: references at most ten years old (socialworkers.org, CE approval checklist)
_YEAR = re.compile(r"(?<!\d)(?:1[89]|20)\d\d(?!\d)")
_FIRST_SENTENCE = re.compile(r"(?P<words>.*?[a-z\d)])\.(?:\s|$)")  # “U.S. Department of Education.” is one sentence
_PERSON = re.compile(r"(?:^|[,&]\s*|and\s+)(?P<surname>[^\s,&][^,&]*?),\s+(?:[^\W\d_]\.[\s-]?)+")


def latest_year(text: str, *, until: int) -> int | None:
    """Give the latest year a reference names, none of them still to come."""
    years = [int(year) for year in _YEAR.findall(text)]
    return max((year for year in years if year <= until), default=None)


def label(text: str) -> str:
    """Name a source as a reader knows it: author and year."""
    author, parenthesis, rest = text.partition("(")
    year = _YEAR.match(rest)
    if not parenthesis or not year:
        sentence = _FIRST_SENTENCE.match(author)
        return (sentence["words"] if sentence else author).strip() or text
    return f"{_authors(author.strip())}, {year.group()}"


def _authors(text: str) -> str:
    surnames = [match["surname"] for match in _PERSON.finditer(text)]
    if not surnames:
        return text.rstrip(". ")
    if len(surnames) > 2:
        return f"{surnames[0]} et al."
    return " & ".join(surnames)
