"""The long forms of the proofs, for `./run campaign`: what each claims, how it is tried, and with which control."""

from __future__ import annotations

import math
import platform
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import mkdtemp
from unittest import mock

from playwright.sync_api import sync_playwright
from proofs import (
    api_long,
    badge_validators,
    bundles,
    damaged_pdfs,
    databases,
    drawn_certificates,
    power_cuts,
    scripts_long,
    sittings,
    tampering,
)
from proofs import completions as completing
from proofs import injections as injecting
from proofs import issuers as issuing
from proofs import kills as killing
from proofs import mutations as mutating
from sqlalchemy import text
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session

from app.cli.campaign import Found, LongForm, Trial
from app.kit.database import open_database
from app.learning import enrollments
from app.learning.enrollments import Enrollment

MUTATED_CONTROL_N = 100
INJECTED_CONTROL_N = 6
CONTROL_N = 10  # what is unprotected breaks at nearly every try
UNPROTECTED = "the enrollment is not held while it is settled, and the index that allows one certificate is dropped"

Tell = Callable[[str], None]


# --- killed while saving -----------------------------------------------------------------------------------------


def kills(*, n: int, seed: int, folder: Path, tell: Tell) -> Found:
    """Kill the server `n` times on SQLite and, since it is the same server, a sixth as often on PostgreSQL."""

    def trial(kind: str, what: str, times: int) -> Trial:
        tell(f"{kind}, {what}:")
        place = Path(mkdtemp(dir=folder))
        with databases.migrated(kind, place) as url:
            outcome = killing.run(url, place, kills=times, seed=seed, what=what, tell=tell)
            return Trial(kind, databases.version(url), what, times, outcome.failures, asdict(outcome))

    return Found(
        trials=(
            trial(databases.SQLITE, killing.AS_SHIPPED, n),
            trial(databases.POSTGRESQL, killing.AS_SHIPPED, math.ceil(n / 6)),
        ),
        controls=tuple(trial(kind, killing.HASTY, CONTROL_N) for kind in databases.KINDS),
    )


# --- issuers who are killed ---------------------------------------------------------------------------------------


def issue(*, n: int, seed: int, folder: Path, tell: Tell) -> Found:
    """Kill ten issuers `n` times on each kind of database, and a few times with a protection switched off."""

    def trial(kind: str, what: str, times: int) -> Trial:
        tell(f"{kind}, {what}, {times} times")
        place = Path(mkdtemp(dir=folder))
        with databases.migrated(kind, place) as url:
            if what == issuing.UNORDERED:
                issuing.unconstrained(url)
            outcome = issuing.run(url, place, kills=times, seed=seed, what=what)
            return Trial(kind, databases.version(url), what, times, outcome.failures, asdict(outcome))

    # SQLite itself lets one writer in at a time, whatever the house does: only PostgreSQL can be tried without order.
    controls = [trial(kind, issuing.EARLY, CONTROL_N) for kind in databases.KINDS]
    controls.append(trial(databases.POSTGRESQL, issuing.UNORDERED, CONTROL_N))
    trials = tuple(trial(kind, issuing.AS_SHIPPED, n) for kind in databases.KINDS)
    return Found(trials=trials, controls=tuple(controls))


# --- completed by several acts at once ---------------------------------------------------------------------------


def completions(*, n: int, folder: Path, tell: Tell) -> Found:
    """Let `n` learners complete on each kind of database, by the threads of one process and of two."""

    def trial(kind: str, what: str, learners: int, processes: int) -> Trial:
        tell(f"{kind}, {what}, {learners} learners, processes: {processes}")
        with databases.migrated(kind, Path(mkdtemp(dir=folder))) as url:
            if what == UNPROTECTED:
                drop_index(url)
            outcome = completing.prove(url, learners=learners, processes=processes)
            counted = {"callers": completing.CALLERS, "processes": processes, **asdict(outcome)}
            return Trial(kind, databases.version(url), what, learners, _too_many_or_few(outcome), counted)

    trials = tuple(trial(kind, killing.AS_SHIPPED, n, processes) for kind in databases.KINDS for processes in (1, 2))
    with nothing_held():
        controls = tuple(trial(kind, UNPROTECTED, CONTROL_N, 1) for kind in databases.KINDS)
    return Found(trials=trials, controls=controls)


def _too_many_or_few(outcome: completing.Outcome) -> int:
    """Count whatever is there once too often or not at all."""
    due = asdict(completing.once_each(outcome.learners))
    return sum(abs(there - due[what]) for what, there in asdict(outcome).items())


def drop_index(url: str) -> None:
    """Take away the index that allows one first certificate for an enrollment."""
    database = open_database(url)
    with database.writing.begin() as connection:
        connection.execute(text("DROP INDEX uq_certificate_enrollment_first"))
    database.close()


@contextmanager
def nothing_held() -> Iterator[None]:
    """Let no act of this process hold an enrollment, and each take itself for the first that completes it."""

    def glance(_db: Session, enrollment: Enrollment) -> Enrollment:
        set_committed_value(enrollment, "completed_at", None)
        return enrollment

    with mock.patch.object(enrollments, "locked", glance):
        yield


# --- attempts against a model ------------------------------------------------------------------------------------


def sit(*, n: int, folder: Path, tell: Tell) -> Found:
    """Tell `n` stories of two tabs and two processes on each kind of database."""

    def trial(kind: str, what: str) -> Trial:
        tell(f"{kind}, {what}, {n} stories")
        with databases.migrated(kind, Path(mkdtemp(dir=folder))) as url:
            failures, acts = 0, 0
            try:
                acts = sittings.run(url, stories=n, same_each_time=False, own_process=what == killing.AS_SHIPPED)
            except AssertionError:
                failures = 1  # the first story that ends otherwise ends the trial
            return Trial(kind, databases.version(url), what, n, failures, {"acts": acts})

    trials = tuple(trial(kind, killing.AS_SHIPPED) for kind in databases.KINDS)
    with mock.patch.object(*sittings.COUNTS_BY_ARRIVAL):
        controls = tuple(trial(kind, "the answer counts that arrived last") for kind in databases.KINDS)
    return Found(trials=trials, controls=controls)


# --- the power is cut --------------------------------------------------------------------------------------------


def cut_power(*, n: int, seed: int, folder: Path, tell: Tell) -> Found:
    """Cut the power at `n` moments while SQLite saves answers, and as often in the control."""

    def trial(what: str) -> Trial:
        tell(f"{databases.SQLITE}, {what}, {n} cuts")
        place = Path(mkdtemp(dir=folder))
        with databases.migrated(databases.SQLITE, place) as url:
            outcome = power_cuts.run(url, place, cuts=n, seed=seed, what=what)
            return Trial(databases.SQLITE, databases.version(url), what, n, outcome.failures, asdict(outcome))

    return Found(trials=(trial(power_cuts.AS_SHIPPED),), controls=(trial(power_cuts.NORMAL),))


# --- mutated courses ---------------------------------------------------------------------------------------------


def mutated(*, n: int, seed: int, folder: Path, tell: Tell) -> Found:
    """Read `n` mutated courses, and as many as a bug needs to be found with a bug planted."""

    def trial(what: str, times: int) -> Trial:
        tell(f"{what}: {times} courses")
        outcome = mutating.prove(times, seed=seed)
        return Trial("Python", platform.python_version(), what, times, outcome.failures, outcome.told())

    trials = (trial("as shipped", n),)
    with mutating.trusting():
        trusting = trial("a reader that trusts settings to be YAML", MUTATED_CONTROL_N)
    with mutating.careless():
        careless = trial("a reader that does not keep places within their file", MUTATED_CONTROL_N)
    return Found(trials=trials, controls=(trusting, careless))


# --- scripts in every text ---------------------------------------------------------------------------------------


def injected(*, n: int, seed: int, folder: Path, tell: Tell) -> Found:
    """Open courses with `n` of the payloads in each of their texts, and some without the sanitizer."""
    payloads = injecting.payloads()
    random.Random(seed).shuffle(payloads)  # noqa: S311 - so that each run has other neighbors
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        tell(f"Chromium {browser.version}: {min(n, len(payloads))} payloads")
        outcome = injecting.prove(browser, payloads[:n])
        trial = Trial("Chromium", browser.version, "as shipped", outcome.payloads, outcome.failures, outcome.told())
        with injecting.unguarded():
            outcome = injecting.prove(browser, payloads[:INJECTED_CONTROL_N], together=1)
        what = "nothing is cleaned or escaped where Markdown is written"
        control = Trial("Chromium", browser.version, what, outcome.payloads, outcome.failures, outcome.told())
        browser.close()
    return Found(trials=(trial,), controls=(control,))


LONG_FORMS = {
    "badges": LongForm(
        claim="Validators that this project did not write verify every badge, found by did:web, and refuse every copy "
        "with one thing changed in it; and what one of them signs is verified here, and is what is signed here.",
        not_tried="The network: contexts and the DID document come from the disk. 1EdTech’s own validator and JSON "
        "schema. Key types and proofs of others. Wallets. Signatures are the same for a seed, refusals may be told in "
        "other words.",
        usual_n=500,
        try_it=badge_validators.validated,
    ),
    "certificates": LongForm(
        claim="A certificate that is issued, drawn and sealed says on its page, in its statement and by its seal what "
        "is on record.",
        not_tried="Only poppler reads the pages. Scripts written from right to left are tested apart.",
        usual_n=500,
        try_it=drawn_certificates.try_it,
    ),
    "bundles": LongForm(
        claim="Whatever is done without the provider’s keys to the signed facts and the proof that a certificate "
        "carries, no fact is believed that the provider did not sign, and nothing is called proven that is not in its "
        "register.",
        not_tried="The PDF around them. Forgers who have a key that nobody has revoked yet. The verifier in a browser, "
        "which the tests hold against this one. Salts are not drawn from a seed here, so each run hashes others.",
        usual_n=200_000,
        try_it=bundles.try_it,
    ),
    "damaged-pdfs": LongForm(
        claim="However a sealed certificate is damaged, by accident or by design, it is not found to say what was "
        "issued with a word, a shape or a signed fact of it changed, as another program (poppler) reads and paints it.",
        not_tried="Files built so that PDFium and poppler agree and a third program shows something else. Scans. "
        "Two accidents that need a certain third. Salts are not drawn from a seed, so each run damages other bytes.",
        usual_n=15_000,
        try_it=damaged_pdfs.try_it,
    ),
    "tampering": LongForm(
        claim="No way to tamper with a certificate that we know of is ok, and no honest way to copy one is called "
        "altered.",
        not_tried="Ways that we do not know of. Programs that are not on the machine are told. Acrobat and Preview.",
        usual_n=tampering.WAYS,
        try_it=tampering.try_it,
        draws_chance=False,
    ),
    "injections": LongForm(
        claim="No script that stands in any text of a course runs in a browser that no policy restrains: none calls "
        "home, asks another site for anything, or is left as a handler or an address that would.",
        not_tried="Other browsers. Files of the media folder, which tests of their own look into. What a person types "
        "who is no author.",
        usual_n=len(injecting.payloads()),
        try_it=injected,
    ),
    "typed-texts": LongForm(
        claim="Nothing that anybody types, anywhere, runs in a browser that no policy restrains: stored, on each kind "
        "of page, in letters, files and PDFs, or sent back at once by a form, an address, a header or a refusal. No "
        "cell of a table is a program, and no PDF holds one.",
        not_tried="Other browsers. Texts alone: up to two dozen payloads stand side by side in each, and one of them "
        "in each text of a course, which `injections` tries with all. In addresses and headers, in PDFs, packs and "
        "exports, as every visitor, and with our own scripts at work: only a part of the payloads, as counted; each "
        "form and parameter with a third of those. Files that authors upload, which tests of their own look into. What "
        "a mail program makes of a letter: its parts are opened as what they say they are. Spreadsheets themselves: "
        "cells are looked at, not opened. Output of the command line. What is kept and shown on no page.",
        usual_n=len(injecting.payloads()),
        try_it=scripts_long.try_it,
    ),
    "mutations": LongForm(
        claim="Whatever a course file holds, the reader gives a course, or problems at places that are in the file: it "
        "raises nothing, takes less than two seconds and bounded memory.",
        not_tried="Files over a megabyte, which are refused by their size. Folders on a disk that fails. Two accidents "
        "that need a certain third.",
        usual_n=10_000,
        try_it=mutated,
    ),
    "api": LongForm(
        claim="Whatever is sent to the API or to any page, as nobody, as a learner, an instructor or an administrator, "
        "is answered without a fault, and the API answers as it is described.",
        not_tried="Several requests that belong together: stories and tests of single pages do. What a proxy in front "
        "makes of a request. Waiting: no limit by the minute holds here.",
        usual_n=50_000,
        try_it=api_long.try_it,
    ),
    "issuers": LongForm(
        claim="However ten processes that issue, correct and revoke certificates at once are killed, the register has "
        "neither a gap nor a fork, every signature in it is right, and no act that was acknowledged is missing.",
        not_tried="A killed PostgreSQL, and a power cut. The web server around the acts: kills of answers try it. "
        "Drawing. Several machines: the processes share one folder of keys and one memory of the register.",
        usual_n=300,
        try_it=issue,
    ),
    "kills": LongForm(
        claim="An answer that the server said is saved is there after kill -9, at whatever moment that comes.",
        not_tried="A power cut: what the operating system was given survives a killed program, and not a cut. "
        "A killed PostgreSQL: only the application was killed. A full disk. Submissions and certificates.",
        usual_n=300,
        try_it=kills,
    ),
    "completions": LongForm(
        claim="However many acts complete a course at the same instant, the learner has one certificate and one "
        "letter, and every act is told of that certificate.",
        not_tried="A server that dies while it settles. Acts that revoke the certificate meanwhile. Either "
        "protection alone, which the tests try.",
        usual_n=completing.LEARNERS,
        try_it=completions,
        draws_chance=False,
    ),
    "sittings": LongForm(
        claim="Whatever two tabs send, in whatever order it arrives and through whichever process, the record is what "
        "a model of a few lines says: the checked answer counts, else the latest by her own sequence; each once; "
        "none after the end; no attempt too many; no paper with questions she has seen while there are others.",
        not_tried="Acts at the same instant: these come one after the other, and tests of their own let them race. "
        "A browser: journeys do that. Chance is not drawn from a seed here, so each run tells other stories.",
        usual_n=300,
        try_it=sit,
        draws_chance=False,
    ),
    "power-cuts": LongForm(
        claim="An answer that was acknowledged is there after a power cut, and the database is sound, at whatever "
        "moment the power goes.",
        not_tried="A real disk that is really cut off: what was asked of it is written down under SQLite, and laid "
        "out as a disk could hold it. A disk that says “synced” and is not. A file whose name is not on the disk "
        "yet. Writes that damage what stands beside them. PostgreSQL, which has proofs of its own.",
        usual_n=20_000,
        try_it=cut_power,
    ),
}
