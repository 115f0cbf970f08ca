"""The `continua` command: a family of words for operators and authors, each thin over the same verbs as the web."""

from __future__ import annotations

import sys

import typer
from pydantic import ValidationError

from app.cli import (
    approvals,
    audit,
    bench,
    campaign,
    certificates,
    courses,
    demo,
    describe,
    doctor,
    evidence,
    grade,
    handout,
    keys,
    new,
    overlap,
    people,
    preview,
    provider,
    publish,
    questions,
    readmit,
    regrades,
    restore,
    sbom,
    serve,
    show,
    verify,
)
from app.kit.errors import Invalid, Refusal

app = typer.Typer(
    name="continua",
    help="Continuing education for social workers: courses, exams, certificates.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve.serve)
app.command("demo")(demo.demo)
app.command("new")(new.new)
app.command("check")(courses.check)
app.command("describe")(describe.describe)
app.command("overlap")(overlap.overlap)
app.command("handout")(handout.handout)
app.command("preview")(preview.preview)
app.command("publish")(publish.publish)
app.command("show")(show.show)
app.command("evidence")(evidence.evidence)
app.command("grade")(grade.grade)
app.command("verify")(verify.verify)
app.command("audit")(audit.audit)
app.command("restore")(restore.restore)
app.command("doctor")(doctor.doctor)
app.command("sbom")(sbom.sbom)
app.command("campaign")(campaign.campaign)
app.command("bench")(bench.bench)
app.add_typer(courses.app, name="courses")
app.add_typer(questions.app, name="questions")
app.add_typer(regrades.app, name="regrade")
app.add_typer(provider.app, name="provider")
app.add_typer(approvals.app, name="approvals")
app.add_typer(people.app, name="people")
certificates.app.command("readmit")(readmit.readmit)
app.add_typer(certificates.app, name="certificates")
app.add_typer(keys.app, name="keys")


def continua() -> None:
    """Run a command; a refusal is one sentence on stderr and exit status 1."""
    try:
        app()
    except ValidationError as error:
        sys.stderr.writelines(f"continua: {one['msg'].removeprefix('Value error, ')}\n" for one in error.errors())
        sys.exit(2)
    except Refusal as refusal:
        told = refusal.fields.values() if isinstance(refusal, Invalid) else [refusal.message]
        sys.stderr.write("".join(f"continua: {sentence}\n" for sentence in told))
        sys.exit(1)
