"""The provider's profile, as a form asks for it: what is needed, how long it may be, and policies to begin with.

The policies are a fair beginning for a small provider, in plain words that hold without a lawyer. Whoever runs the
house reads them, changes what is not so here, and answers for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app.identity import people
from app.identity.people import NotAnAddress
from app.kit.errors import Invalid
from app.library.provider import DEMONSTRATION_NAME, DEMONSTRATION_SIGNER, FIELDS, Provider

LINES: Mapping[str, int] = MappingProxyType(
    {"name": 120, "address": 240, "phone": 40, "email": 254, "signer_name": 120, "signer_title": 160}
)
LONGEST_POLICY = 10_000
NEEDED: Mapping[str, str] = MappingProxyType(
    {
        "name": "Enter the name of the provider, as it stands on certificates.",
        "address": "Enter the address, in one line: boards want to know where the provider is.",
        "email": "Enter the address that answers questions. Mail of this site comes from it.",
        "signer_name": "Enter who is responsible for your courses, with credentials.",
        "signer_title": "Enter the title of who signs, such as Director of Continuing Education.",
        "grievance_policy": "Say how somebody complains, who answers, and how soon.",
        "accommodations_policy": "Say how somebody asks for an accommodation.",
        "privacy_policy": "Say what you keep of learners, and who sees it.",
    }
)

BEGINNINGS: Mapping[str, str] = MappingProxyType(
    {
        "refund_policy": (
            "Our courses are free, so there is nothing to refund.\n\n"
            "You may stop a course at any time. What you have done is kept, and you can go on later."
        ),
        "grievance_policy": (
            "If something about a course, its exam, its presenters or the way we treated you is not right, "
            "write or call us at the address on this page. Say what happened, when, and what would put it "
            "right.\n\n"
            "A person reads it, tells you within five working days that it has arrived, and gives you a "
            "decision with its reasons within 30 days. Somebody who was not part of what happened decides. "
            "Nobody is treated differently because of a grievance.\n\n"
            "If you do not agree with the decision, you may ask that the person responsible for our program "
            "looks at it again, and you may take it to your licensing board or to the body that approved the "
            "course."
        ),
        "accommodations_policy": (
            "Our courses can be used with a keyboard, a screen reader, large type and without sound, and exams "
            "have no time limit unless a course says so.\n\n"
            "If something else would help you, ask for it on your account page, or write or call us at the "
            "address on this page. Tell us what would help; you need not tell us why. We answer within five "
            "working days, and it costs you nothing."
        ),
        "privacy_policy": (
            "We keep what your certificates need: your name, your e-mail address, the licenses you enter, what "
            "you read, how long, your answers in exams, and your certificates. Boards may ask for this "
            "evidence, so we keep it for at least seven years.\n\n"
            "Whoever has the number of a certificate can check it, and sees what is printed on it. Licensing "
            "boards that we gave access can look up certificates by license number; you see on your account "
            "page who looked. What you say in evaluations is kept apart from your name. We sell nothing, show "
            "no advertising, and no other company sees what you do here.\n\n"
            "You can download all that is kept of you on your account page, correct it, and ask us to erase "
            "your account. Certificates and the evidence for them stay until the time has passed that boards "
            "may ask for them."
        ),
    }
)


def begin(provider: Provider) -> dict[str, str]:
    """Give what the form shows: what is set, and for what was never set, a beginning."""
    shown = {name: getattr(provider, name) for name in FIELDS}
    if not provider.is_named:
        shown["name"] = "" if provider.name == DEMONSTRATION_NAME else provider.name
        if provider.signer_name in {"", DEMONSTRATION_SIGNER}:
            shown["signer_name"] = shown["signer_title"] = ""
    return {name: value or BEGINNINGS.get(name, "") for name, value in shown.items()}


def read(sent: Mapping[str, str]) -> dict[str, str]:
    """Read the form; raise `Invalid` with a sentence for each field that needs another look."""
    values = {name: " ".join(sent.get(name, "").split()) for name in LINES}
    values |= {name: _paragraphs(sent.get(name, "")) for name in FIELDS if name not in LINES}
    mistakes = {name: words for name, words in NEEDED.items() if not values[name]}
    for name, value in values.items():
        longest = LINES.get(name, LONGEST_POLICY)
        if len(value) > longest:
            mistakes[name] = f"Enter at most {longest:,} letters."
        elif any(not (letter.isprintable() or letter == "\n") for letter in value):
            mistakes[name] = "This holds letters that cannot be printed. Type it again."
    if "email" not in mistakes:
        mistakes |= _mistaken_address(values["email"])
    if values["name"] == DEMONSTRATION_NAME or values["signer_name"] == DEMONSTRATION_SIGNER:
        mistakes["name"] = "Enter the provider’s own name: this one stands for demonstrations."
    if mistakes:
        raise Invalid({name: mistakes[name] for name in FIELDS if name in mistakes})
    return values


def _mistaken_address(email: str) -> dict[str, str]:
    try:
        people.address(email)
    except NotAnAddress as refused:
        return dict(refused.fields)
    return {}


def _paragraphs(typed: str) -> str:
    return "\n".join(line.rstrip() for line in typed.replace("\r\n", "\n").replace("\r", "\n").split("\n")).strip()
