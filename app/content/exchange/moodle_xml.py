"""Moodle XML in: what a Moodle site exports, and many others too. Each question is read by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from app.content.exchange import building, categories, cloze, escaping, html_tree, texts, xml_tree
from app.content.exchange.building import Start, Weighed
from app.content.exchange.items import Choice, Item, LeftOut, Piece, Remark, Skip, Story
from app.content.exchange.xml_tree import Broken, Declares, Tag

_FORMS = {"html": "html", "markdown": "markdown", "plain_text": "plain", "moodle_auto_format": "moodle"}
_USUAL_PENALTIES = {Decimal(0), Decimal(1), Decimal("0.1"), Decimal("0.3333333")}
_USUAL_FEEDBACK = {
    "your answer is correct.",
    "your answer is partially correct.",
    "your answer is incorrect.",
}
_ELSEWHERE = {
    "calculated": "Its numbers are computed for each learner",
    "calculatedsimple": "Its numbers are computed for each learner",
    "calculatedmulti": "Its numbers are computed for each learner",
    "ddimageortext": "Things are dragged onto a picture",
    "ddmarker": "Things are dragged onto a picture",
    "ddwtos": "Words are dragged into its text",
    "gapselect": "Words are chosen in its text",
    "random": "It draws other questions",
    "randomsamatch": "It draws other questions",
    "coderunner": "It runs programs",
    "stack": "It computes with formulas",
}


def read(text: str) -> Iterator[Piece]:
    """Read a Moodle XML file, piece by piece; of a broken one, every question that is whole."""
    place = categories.Place()
    try:
        root = xml_tree.read(text)
    except Declares:
        yield Remark(1, "This file declares a document type or entities. Such files are not opened: export it again.")
        return
    except Broken as broken:
        yield from _pieces_of_broken(text, broken, place)
        return
    tags = root.all("question") if root.name == "quiz" else [root] if root.name == "question" else []
    if not tags:
        yield Remark(root.line, f"There is no <question> directly in <{root.name[:40]}>. Is this Moodle XML?")
    for tag in tags:
        yield from _pieces(tag, place)


def _pieces_of_broken(text: str, broken: Broken, place: categories.Place) -> Iterator[Piece]:
    yield Remark(broken.line, f"This file is no well-formed XML ({broken}). Each question that is whole is read.")
    try:
        for line, found in xml_tree.questions(text):
            if isinstance(found, Broken):
                yield LeftOut(line, "Question", f"It is not well-formed XML: {found}, in line {found.line}.")
            else:
                yield from _pieces(found, place)
    except Declares:
        return


def _pieces(tag: Tag, place: categories.Place) -> Iterator[Piece]:
    if tag.attributes.get("type") == "category":
        path = _plain(tag.words("category", "text"))
        yield from (Remark(tag.line, said) for said in place.go(path))
        return
    try:
        yield _Question(tag, place).piece()
    except Skip as reason:
        name = _plain(tag.words("name", "text") or html_tree.read(tag.words("questiontext", "text")).text())
        yield LeftOut(tag.line, name[:80], f"{reason}")


def _plain(text: str) -> str:
    """Give a text that Moodle keeps without format: what looks like a tag in it is none."""
    return escaping.squeezed(escaping.without_private(text))


class _Question:
    """One <question>."""

    def __init__(self, tag: Tag, place: categories.Place) -> None:
        self._tag = tag
        self._kind = tag.attributes.get("type", "")
        self._start = Start(tag.line, name=_plain(tag.words("name", "text")), under=place.under)

    def piece(self) -> Piece:
        if self._kind == "description":
            return self._story()
        build = self._builder()
        self._whatever_its_kind()
        return build()

    def _builder(self) -> Callable[[], Item]:
        builders: dict[str, Callable[[], Item]] = {
            "multichoice": self._options,
            "multichoiceset": self._options_or_nothing,
            "oumultiresponse": self._options,
            "truefalse": self._truth,
            "shortanswer": self._short,
            "numerical": self._number,
            "matching": self._pairs,
            "essay": self._free,
            "cloze": self._gaps,
            "ordering": self._order,
        }
        if self._kind not in builders:
            why = _ELSEWHERE.get(self._kind, "Its kind is not known here")
            raise Skip(f"{why} (“{self._kind[:40]}”), and no kind of question here does the same.")
        return builders[self._kind]

    def _story(self) -> Piece:
        if self._start.under and self._start.under[-1].startswith("Case:"):
            parts = self._blocks(self._tag.first("questiontext"))
            return Story(self._tag.line, texts.joined(parts), self._start.under, tuple(self._start.losses.found))
        raise Skip("It asks nothing: it is a description. Write it into a module, or as the story of a case.")

    def _whatever_its_kind(self) -> None:
        """Read what every kind may say."""
        tag, start = self._tag, self._start
        for each in tag.first("tags").all("tag") if tag.first("tags") else ():  # type: ignore[union-attr]
            start.tag(_plain(each.words("text")))
        start.id(_plain(tag.words("idnumber")))
        if self._kind != "cloze":
            start.parts = self._blocks(tag.first("questiontext"))
        start.rationale = texts.joined(self._blocks(tag.first("generalfeedback")))
        if self._kind != "essay":
            building.points(start, tag.words("defaultgrade"))
        if tag.words("shuffleanswers").lower() in {"0", "false"}:
            start.settings.setdefault("Shuffle", "no")
        self._hints()
        self._told()

    def _hints(self) -> None:
        hints = [texts.joined(self._blocks(hint)) for hint in self._tag.all("hint")]
        hints = [escaping.squeezed(hint) for hint in hints if hint]
        if hints:
            self._start.settings["Hint"] = " ".join(hints)
        if len(hints) > 1:
            self._start.losses.add("Its hints, given one by one after wrong tries, are one hint here.")

    def _told(self) -> None:
        """Say what of the file has no place here."""
        tag, losses = self._tag, self._start.losses
        penalty = building.decimal(tag.words("penalty") or "0")
        if penalty not in _USUAL_PENALTIES:
            losses.add(f"Its penalty for a second try ({tag.words('penalty')}) has no place here.")
        for name in ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback"):
            said = _plain(html_tree.read(tag.words(name, "text")).text())
            if said and said.lower() not in _USUAL_FEEDBACK:
                losses.add(f"What is said to every {name.removesuffix('feedback')} answer was not carried over.")
        if _holds(tag, "file"):
            losses.add("Files within it (pictures, sound) were not carried over.")
        if tag.words("graderinfo", "text") or tag.words("responsetemplate", "text"):
            losses.add("Notes for graders and the template of an answer were not carried over.")

    def _blocks(self, tag: Tag | None) -> list[str]:
        """Write a text with its format."""
        if tag is None:
            return []
        return texts.blocks(tag.words("text"), self._form(tag), self._start.losses)

    def _form(self, tag: Tag) -> str:
        return _FORMS.get(tag.attributes.get("format", "moodle_auto_format"), "html")

    def _inline(self, tag: Tag) -> str:
        return texts.inline(tag.words("text"), self._form(tag), self._start.losses)

    def _weighed(self, answer: Tag, *, plain: bool = False) -> Weighed:
        weight = building.decimal(answer.attributes.get("fraction", "0"))
        text = _plain(answer.words("text")) if plain else self._inline(answer)
        return Weighed(text, weight or Decimal(0), texts.joined(self._blocks(answer.first("feedback"))))

    def _answers(self, *, plain: bool = False) -> list[Weighed]:
        return [self._weighed(answer, plain=plain) for answer in self._tag.all("answer")]

    def _options(self) -> Item:
        single = self._tag.words("single").lower() in {"true", "1"} and self._kind == "multichoice"
        return building.options(self._start, self._answers(), single=single)

    def _options_or_nothing(self) -> Item:
        self._start.settings["Credit"] = "all"
        return building.options(self._start, self._answers(), single=False)

    def _truth(self) -> Item:
        answers = {answer.text.lower(): answer for answer in self._answers(plain=True)}
        if set(answers) != {"true", "false"}:
            raise Skip("Its answers are not “true” and “false”.")
        right = answers["true"].weight > answers["false"].weight
        if answers["true"].weight == answers["false"].weight:
            raise Skip("It has no right answer.")
        said = {name: answer.feedback for name, answer in answers.items()}
        return building.true_false(self._start, right=right, if_true=said["true"], if_false=said["false"])

    def _short(self) -> Item:
        if self._tag.words("usecase") == "1":
            self._start.settings.setdefault("Capitals", "match")
        return building.short(self._start, self._answers(plain=True))

    def _number(self) -> Item:
        found = []
        for answer, weighed in zip(self._tag.all("answer"), self._answers(plain=True), strict=True):
            value = building.decimal(weighed.text)
            if value is None and weighed.text != "*":
                raise Skip(f"“{weighed.text[:40]}” is not a number.")
            if value is not None:
                found.append(
                    (value, abs(building.decimal(answer.words("tolerance") or "0") or Decimal(0)), weighed.weight)
                )
        if _holds(self._tag, "unit"):
            self._start.losses.add("Its units were not carried over: a number is answered in digits alone.")
        return building.numeric(self._start, found, self._answers(plain=True))

    def _pairs(self) -> Item:
        pairs = [
            (self._inline(each), escaping.inline(_plain(each.words("answer", "text"))))
            for each in self._tag.all("subquestion")
        ]
        return building.matching(self._start, pairs)

    def _order(self) -> Item:
        answers = self._tag.all("answer")
        steps = [
            Choice(self._inline(each), feedback=texts.joined(self._blocks(each.first("feedback")))) for each in answers
        ]
        places = [building.decimal(each.attributes.get("fraction", "")) for each in answers]
        order = list(range(len(steps)))
        if None not in places and len(set(places)) == len(places):
            order.sort(key=lambda index: places[index] or Decimal(0))
        partial = self._tag.words("gradingtype") != "ALL_OR_NOTHING"
        return building.ordering(self._start, [steps[index] for index in order], partial=partial)

    def _free(self) -> Item:
        fewest, most = self._tag.words("minwordlimit"), self._tag.words("maxwordlimit")
        if most.isdigit():
            self._start.settings.setdefault("Words", f"{int(fewest) if fewest.isdigit() else 0}-{int(most)}")
        if self._tag.words("attachments") not in {"", "0"}:
            self._start.losses.add("Files cannot be handed in here.")
        return building.free(self._start, ours=self._tag.words("defaultgrade").strip("0.") == "")

    def _gaps(self) -> Item:
        asked = self._tag.first("questiontext")
        form = self._form(asked) if asked else "html"
        text = escaping.without_private(asked.words("text")) if asked else ""
        gaps = cloze.read(text, self._start, lambda marked: cloze.paragraphs(marked, form, self._start))
        return building.gapped(self._start, gaps)


def _holds(tag: Tag, name: str) -> bool:
    return any(child.name == name or _holds(child, name) for child in tag.children)
