"""How fast authors are served: a saved file in the preview, a check of every course, an upload, a publication."""

from __future__ import annotations

import hashlib
import io
import os
import random
import shutil
import tracemalloc
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import yaml
from markdown_it import MarkdownIt

from app.cli import bench_preview, check, migrate
from app.cli.bench import Line, Stopwatch, milliseconds, repeated
from app.content import reader, sample
from app.content.folder import OnDisk
from app.kit.clock import system_clock
from app.kit.database import open_database
from app.kit.files import Files

MIB = 1024 * 1024
COURSES, MODULES, WORDS, QUESTIONS = 150, 10, 2_000, 5
CHECKS = 3  # times
UPLOAD = 50 * MIB
PREVIEW_GOAL, UPLOAD_GOAL, PUBLISH_GOAL = 300.0, 5_000.0, 2_000.0  # milliseconds (the authoring issue)
CHECK_RATIO = 1.6  # of drawing the same Markdown and composing the same settings (the performance issue, line “check”)
CHECK_GAIN = 1.7  # how many times as fast with two processors
TOUCHED_GOAL = 60.0  # milliseconds
PARAGRAPH = (
    "Most of what helps at the end of a treatment is said early, in plain words, and more than once, because nobody "
    "hears it the first time.\n\n"
)


def lines() -> Iterator[Line]:
    """Measure them one by one."""
    with TemporaryDirectory(prefix="continua-bench-") as folder:
        root, now = Path(folder), system_clock()
        yield from _preview(root / "preview", now=now)
        yield from _check(root / "check", now=now)
        yield from _upload(root / "upload", now=now)
        yield _publish(root / "publish", now=now)


def course(folder: Path, module: str, *, code: str, now: datetime) -> Path:
    """Write a sound course whose first module is this one."""
    files = sample.files("A Course to Measure", code, today=now.date())
    files["01-why-endings-matter.md"] = module.encode()
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def long_module(questions: int = 30, paragraphs: int = 11) -> str:
    """Write a module of 50 KB with this many questions."""
    parts = ["---\nobjectives: [1]\n---\n# A long module\n\n"]
    for number in range(1, questions + 1):
        parts += [f"## Section {number}\n\n", PARAGRAPH * paragraphs, _question(number)]
    return "".join(parts)


def _question(number: int) -> str:
    return (
        f"::: check Stop and think {number}\n\n### What comes first in situation {number}?\n\n"
        "- (x) Say what you see, and ask\n  > Yes. Asking comes before advising.\n"
        "- ( ) Wait until somebody complains\n  > By then it is late.\n\n"
        f"Rationale: Situation {number} is one in which silence is heard as an answer.\n:::\n\n"
    )


def _preview(folder: Path, *, now: datetime) -> Iterator[Line]:
    module = long_module()
    course(folder, module, code="long-course", now=now)
    reading = repeated(milliseconds(lambda: reader.read(folder, today=now.date())))
    saved = bench_preview.saved_to_seen(folder, folder / "01-why-endings-matter.md")
    if saved is not None:
        yield _line("preview p95", "ms", saved, ("read the course", reading), PREVIEW_GOAL)


def _line(name: str, unit: str, watch: Stopwatch, limit: tuple[str, Stopwatch], goal: float) -> Line:
    return Line(name, unit, watch.value, limit[0], limit[1].value, goal, watch.noisy or limit[1].noisy)


def _check(folder: Path, *, now: datetime) -> Iterator[Line]:
    """Check all courses, beside drawing their Markdown and composing their settings and nothing else."""
    folders = [str(_shelved(folder / f"course-{number}", now=now)) for number in range(COURSES)]

    told = partial(check.check, folders, format="text", today=now.date(), write=_nobody, complain=_nobody)
    alone, together = partial(told, processes=1), partial(told, processes=2)
    drawn = repeated(milliseconds(partial(_draw, folder), clock=process_time), times=CHECKS)
    worked = repeated(milliseconds(alone, clock=process_time), times=CHECKS)
    limit = ("draw the Markdown and compose the YAML", drawn)
    yield _line(f"check {COURSES}x{MODULES}", "ms", worked, limit, CHECK_RATIO * drawn.value)
    checked = repeated(milliseconds(alone), times=CHECKS)
    if check.processors() > 1:
        twice = repeated(milliseconds(together), times=CHECKS)
        yield _line("check with two processors", "ms", twice, ("check with one", checked), checked.value / CHECK_GAIN)
    touched = Path(folders[0])
    again = repeated(milliseconds(lambda: reader.read(touched, today=now.date())))
    yield _line("check one file touched", "ms", again, ("check them all", checked), TOUCHED_GOAL)


def _shelved(folder: Path, *, now: datetime) -> Path:
    """Write a sound course of ten modules, each of the same length and with the same number of questions."""
    modules = [
        f"---\nobjectives: [1]\n---\n# Module {number}\n\n"
        + PARAGRAPH * (WORDS // len(PARAGRAPH.split()))
        + "".join(_question(100 * number + each) for each in range(QUESTIONS))
        for number in range(1, MODULES + 1)
    ]
    course(folder, modules[0], code=folder.name, now=now)
    for number, module in enumerate(modules[3:], 4):
        (folder / f"{number:02}-module-{number}.md").write_text(module, encoding="utf-8")
    return folder


def _draw(folder: Path) -> None:
    """Do what cannot be spared: draw every text, and compose every block of settings."""
    markdown = MarkdownIt()
    for path in folder.rglob("*.md"):
        text = path.read_text(encoding="utf-8")
        markdown.render(text)
        if text.startswith("---\n"):
            with suppress(yaml.YAMLError):  # the settings of a course hold plain text that is no YAML
                yaml.compose(text[4:].partition("\n---\n")[0], Loader=yaml.CSafeLoader)


def _nobody(_text: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class _Upload:
    zipped: bytes
    files: Files

    def take(self) -> None:
        """Take it in, as the Studio does with an upload."""
        from app.library import parcels

        unpacked = parcels.unpack(io.BytesIO(self.zipped), self.files)
        if unpacked.parcel is None:
            raise AssertionError(unpacked.problems)
        reader.read(unpacked.parcel.shelf(self.files), today=system_clock().date())

    def hash_all(self) -> None:
        """Do what cannot be spared: inflate every file, and hash it."""
        with zipfile.ZipFile(io.BytesIO(self.zipped)) as held:
            for name in held.namelist():
                hashlib.sha256(held.read(name)).digest()


def _upload(folder: Path, *, now: datetime) -> Iterator[Line]:
    source = course(folder / "source", long_module(), code="large-course", now=now)
    chance = random.Random(1)  # noqa: S311 - bytes that do not shrink, the same in every run
    for number in range(5):
        (source / "media" / f"handout-{number}.pdf").write_bytes(b"%PDF-1.7\n" + chance.randbytes(UPLOAD // 5))
    upload = _Upload(_zipped(source), Files(folder / "media"))

    def afresh() -> float:
        shutil.rmtree(folder / "media", ignore_errors=True)
        return milliseconds(upload.take)()

    limit = ("inflate and hash", repeated(milliseconds(upload.hash_all)))
    yield _line("upload 50 MB", "ms", repeated(afresh), limit, UPLOAD_GOAL)
    shutil.rmtree(folder / "media", ignore_errors=True)
    tracemalloc.start()
    upload.take()
    peak = tracemalloc.get_traced_memory()[1] / MIB
    tracemalloc.stop()
    yield Line("upload 50 MB, memory", "MB", peak, "the course", UPLOAD / MIB, UPLOAD / MIB, noisy=False)


def _zipped(source: Path) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as zipped:
        for path in sorted(source.rglob("*")):
            if path.is_file():
                zipped.write(path, f"large-course/{path.relative_to(source).as_posix()}")
    return held.getvalue()


def _publish(folder: Path, *, now: datetime) -> Line:
    """Publish a course, beside writing the bytes of its texts to the disk for good."""
    from app import audit
    from app.library import publication

    url = f"sqlite:///{folder / 'bench.db'}"
    folder.mkdir()
    migrate.upgrade(url)
    database, files = open_database(url), Files(folder / "media")
    numbers = iter(range(1_000))

    def once() -> float:
        number = next(numbers)
        source = course(folder / f"course-{number}", long_module(), code=f"course-{number}", now=now)

        def publish() -> None:
            shelf = OnDisk(source)
            reading = reader.read(shelf, today=now.date())
            with database.write() as db:
                publication.publish(db, shelf, reading, by=audit.HOUSE, files=files, over=None, now=now)

        return milliseconds(publish)()

    published = repeated(once)
    database.close()
    written = repeated(milliseconds(lambda: _write_down(folder / "bytes", long_module().encode())))
    return _line("publish", "ms", published, ("write and fsync", written), PUBLISH_GOAL)


def _write_down(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
