"""No question file holds a server up: what could be read in the square of its length is read once."""

from __future__ import annotations

import contextlib
import time

import exchanged
import pytest

from app.content.exchange import adding
from app.content.exchange.adding import ExamTakesNone, NotQuestions

LONG = 300_000
HEAD = '<quiz><question type="cloze"><name><text>a</text></name><questiontext format="html"><text>'
HOSTILE = {
    "a brace that never closes": "A. x\nANSWER: A\n{" + "=" * LONG,
    "options without an answer": "x\n" + "A. x\n" * (LONG // 5),
    "blank lines after an option": "A. x\n" + "\n " * (LONG // 2),
    "questions that never close": "<quiz>&" + "<question " * (LONG // 10),
    "quotations that never close": "<quiz>&<question>" + "<![CDATA[" * (LONG // 9) + "</question>",
    "spaces before nothing": "<quiz>" + " " * LONG + "</quiz>",
    "formulas that never close": "::a::[html]" + "\\\\(" * (LONG // 3) + "{T}",
    "gaps that never close": HEAD + "{1:SHORTANSWER:=a" * (LONG // 17) + "</text></questiontext></question></quiz>",
    "a gap of one number": HEAD + "{" + "1" * LONG + "</text></questiontext></question></quiz>",
    "one long line": "::a::" + "word " * (LONG // 5) + "{T}",
    "a head of nothing but spaces": "question,option" + " " * LONG + "!\n",
    "a number after many spaces": "1." + " " * LONG + "x\nA. x\nANSWER: A\n",
    "a row of quotation marks": 'question,option a,option b,answer\n"' + '"' * LONG,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_question_file_is_read_in_reasonable_time(text: str) -> None:
    began = time.process_time()
    with contextlib.suppress(NotQuestions, ExamTakesNone):  # our sentences, and no fault
        adding.plan(exchanged.shelf(), text.encode(), today=exchanged.TODAY)
    assert time.process_time() - began < 15  # seconds of this process: what is slow here is slow for good
