"""`continua handout` draws what is a handout, passes over what describes a picture, and overwrites nothing else."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest
from click.testing import Result
from content.sample_course import FILES, write
from typer.testing import CliRunner

from app.awards.drawing import DrawingRoom, FontsMissing, NotDrawn, PangoMissing
from app.cli.commands import app as continua
from app.kit.errors import Invalid

pytestmark = pytest.mark.xdist_group("drawing")

LOG = """# My decision log

- [ ] Whose story is it?

![A map](map.png)

Talked over with: ______ on ______

See [the Code](https://www.socialworkers.org/).[^1]

[^1]: A note.
"""


@pytest.fixture
def media(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The media folder of a course, with two handouts among its descriptions and transcripts."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "c", dict(FILES))
    folder = tmp_path / "c" / "media"
    (folder / "log.md").write_text(LOG.replace("map.png", "media/photo.png"), encoding="utf-8")
    (folder / "policy.md").write_text("# My policy\n\nName: ____\n", encoding="utf-8")
    return folder


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(continua, ["handout", *map(str, words)], catch_exceptions=False)


def text_of(path: Path) -> str:
    with pypdfium2.PdfDocument(path.read_bytes()) as opened:
        return " ".join(" ".join(page.get_textpage().get_text_range() for page in opened).split())


def test_a_folders_worth_is_drawn_beside_its_texts_and_descriptions_are_passed_over(media: Path) -> None:
    said = run(*sorted(media.glob("*.md")))
    assert said.exit_code == 0
    assert said.stdout == f"{media / 'log.pdf'}\n{media / 'policy.pdf'}\n"
    assert (
        f"{media / 'consent.md'} tells what consent.svg shows or says, so it is no handout: passed over." in said.stderr
    )
    assert said.stderr.count("passed over.") == 3
    printed = text_of(media / "log.pdf")
    for words in ("Whose story is it?", "[Picture: A map]", "the Code (https://www.socialworkers.org/)", "A note."):
        assert words in printed
    assert "The Ethics of Technology: “Who is watching?” · My decision log Page 1 of 1" in printed
    assert [path.name for path in media.iterdir() if path.name.startswith(".")] == []


def test_drawn_again_it_is_the_same_bytes_and_a_new_text_takes_its_place(media: Path) -> None:
    run(media / "policy.md")
    first = (media / "policy.pdf").read_bytes()
    run(media / "policy.md")
    assert (media / "policy.pdf").read_bytes() == first
    (media / "policy.md").write_text("# My other policy\n", encoding="utf-8")
    run(media / "policy.md")
    assert "My other policy" in text_of(media / "policy.pdf")


def test_it_is_written_to_the_file_and_on_the_paper_that_were_named(media: Path, tmp_path: Path) -> None:
    target = tmp_path / "out" / "mine.pdf"
    assert run(media / "policy.md", "--to", target, "--paper", "a4").stdout == f"{target}\n"
    with pypdfium2.PdfDocument(target.read_bytes()) as opened:
        assert round(opened[0].get_size()[0]) == 595
    assert not (media / "policy.pdf").exists()


def test_a_file_that_is_no_handout_of_ours_is_not_written_over(media: Path) -> None:
    (media / "policy.pdf").write_bytes(b"%PDF-1.4 made in a word processor")
    said = run(media / "policy.md")
    assert said.exit_code == 1
    assert "policy.pdf is there already and was not drawn from a handout." in said.stderr
    assert (media / "policy.pdf").read_bytes() == b"%PDF-1.4 made in a word processor"
    assert run(media / "policy.md", "--to", media / "policy.md").exit_code == 1
    assert (media / "policy.md").read_text(encoding="utf-8").startswith("# My policy")


def test_one_that_is_refused_stops_no_other_and_the_status_tells(media: Path) -> None:
    (media / "bad.md").write_text("No title.\n", encoding="utf-8")
    (media / "odd.md").write_text("# T\n\n<b>x</b> [y](nowhere.md)\n", encoding="utf-8")
    said = run(media / "bad.md", media / "odd.md", media / "policy.md")
    assert said.exit_code == 1
    assert said.stdout == f"{media / 'policy.pdf'}\n"
    assert f"continua: {media / 'bad.md'} has no title." in said.stderr
    assert f"continua: {media / 'odd.md'}:3:14: error bad-link" in said.stderr


def test_a_warning_is_said_and_the_handout_drawn(media: Path) -> None:
    (media / "policy.md").write_text("# T\n\n<b>x</b>\n", encoding="utf-8")
    said = run(media / "policy.md")
    assert said.exit_code == 0
    assert f"{media / 'policy.md'}:3:1: warning raw-html" in said.stderr


@pytest.mark.parametrize("words", [("a.md", "b.md", "--to", "x.pdf"), ("a.md", "--paper", "legal")])
def test_what_cannot_be_meant_is_refused_before_anything_is_drawn(words: tuple[str, ...]) -> None:
    with pytest.raises(Invalid):
        run(*words)


@pytest.mark.parametrize(
    ("refused", "complaint"),
    [
        (FontsMissing("𐎀𐎁"), "log.md has letters that no font on this machine has: 𐎀𐎁"),
        (PangoMissing(), "before Pango is installed"),
        (NotDrawn(), "Try again in a minute."),
    ],
)
def test_what_keeps_a_handout_from_being_drawn_is_said_of_a_handout(
    media: Path, monkeypatch: pytest.MonkeyPatch, refused: NotDrawn, complaint: str
) -> None:
    def refuse(*_: object, **__: object) -> bytes:
        raise refused

    monkeypatch.setattr(DrawingRoom, "draw_handout", refuse)
    said = run(media / "log.md")
    assert said.exit_code == 1
    assert complaint in said.stderr
    assert "What you earned" not in said.stderr
    assert not (media / "log.pdf").exists()
