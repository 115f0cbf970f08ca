"""The proof that badges mean the same to others: validators that this project did not write are asked about them.

Two from npm check badges of ours, as did:web, with our DID document and contexts from this disk; one of them signs too,
and what it signs is checked here. A change made to a copy must be found by whoever looks.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import base58
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from proofs.badge_samples import DID, METHODS, credential, spoil

from app.awards import badges, did
from app.awards.badges import rdf
from app.cli.campaign import Found, NoProofs, Trial

PACKAGES = {
    "@digitalbazaar/vc": "7.3.0",
    "@digitalbazaar/data-integrity": "2.5.0",
    "@digitalbazaar/eddsa-rdfc-2022-cryptosuite": "1.3.0",
    "@digitalbazaar/ed25519-multikey": "1.3.1",
    "@digitalcredentials/verifier-core": "1.0.0-beta.11",
}
VALIDATORS = {"digitalbazaar": "@digitalbazaar/vc", "digitalcredentials": "@digitalcredentials/verifier-core"}
SECRET = b"\x80\x26"  # multicodec prefix of a private Ed25519 key
SCRIPT = Path(__file__).with_suffix(".mjs")

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Keys:
    """The provider's keys of three years, and what it publishes of them."""

    private: dict[str, Ed25519PrivateKey]  # by method

    @classmethod
    def drawn(cls, seed: str) -> Keys:
        seeds = {method: sha256(f"{seed} {method}".encode()).digest() for method in METHODS}
        return cls({name: Ed25519PrivateKey.from_private_bytes(secret) for name, secret in seeds.items()})

    @property
    def public(self) -> dict[str, bytes]:
        return {method: key.public_key().public_bytes_raw() for method, key in self.private.items()}

    def document(self) -> dict[str, Any]:
        """Give the DID document, with a seal's key in it as well."""
        point = ec.derive_private_key(7, ec.SECP256R1()).public_key()
        seal = point.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        statements = [
            did.PublicKey(method.partition("#")[2], "statement", "ed25519", public)
            for method, public in self.public.items()
        ]
        return did.document(DID, [*statements, did.PublicKey("seal-2026", "seal", "p256", seal)])

    def as_multikeys(self) -> list[dict[str, str]]:
        """Give the private keys as a library of others takes them."""
        published = {one["id"]: one for one in self.document()["verificationMethod"]}
        return [
            {
                "id": method,
                "controller": DID,
                "publicKeyMultibase": published[method]["publicKeyMultibase"],
                "secretKeyMultibase": f"z{base58.b58encode(SECRET + key.private_bytes_raw()).decode()}",
            }
            for method, key in self.private.items()
        ]


# --- the campaign ------------------------------------------------------------------------------------------------


def validated(*, n: int, seed: int, folder: Path, tell: Tell) -> Found:
    """Have `n` badges of ours, and a changed copy of each, checked by each validator, and check what others sign."""
    install(folder)
    chance, keys = random.Random(seed), Keys.drawn(str(seed))  # noqa: S311 - so that a run can be repeated
    unsigned = [credential(chance) for _ in range(n)]
    sound = [sign(one, keys, index) for index, one in enumerate(unsigned)]
    spoiled = [spoil(badge, chance) for badge in sound]
    trials, controls = [], []
    for who, name in VALIDATORS.items():
        tell(f"{name}: {n} badges and a changed copy of each")
        trials.append(checked_by(who, folder, keys, sound, spoiled))
        others = Keys.drawn(f"not {seed}")
        controls.append(checked_with_other_keys(who, folder, others, sound[:20]))
        controls.append(changed_by_us(who, folder, keys, unsigned[:20], chance))
    tell(f"{VALIDATORS['digitalbazaar']}: signs {n} badges, and we check them")
    trials.append(signed_by_others(folder, keys, unsigned, sound))
    return Found(trials=tuple(trials), controls=tuple(controls))


def checked_by(
    who: str, folder: Path, keys: Keys, sound: Sequence[dict[str, Any]], spoiled: Sequence[tuple[str, dict[str, Any]]]
) -> Trial:
    """Count the sound badges that a validator refuses, and the changed ones that it takes."""
    answers = ask(who, folder, keys, [*sound, *(badge for _how, badge in spoiled)])
    refused = [answer["why"] for answer in answers[: len(sound)] if not answer["verified"]]
    taken = [how for (how, _badge), answer in zip(spoiled, answers[len(sound) :], strict=True) if answer["verified"]]
    return Trial(
        VALIDATORS[who],
        PACKAGES[VALIDATORS[who]],
        "as shipped",
        len(sound),
        len(refused) + len(taken),
        {
            "badges_verified": len(sound) - len(refused),
            "badges_refused": dict(Counter(refused)),
            "changed_copies_refused": len(spoiled) - len(taken),
            "refused_because": dict(Counter(a["why"][:40] for a in answers[len(sound) :] if not a["verified"])),
            "changed_copies_taken": dict(Counter(taken)),
            "ways_to_change": dict(Counter(how for how, _badge in spoiled)),
        },
    )


def checked_with_other_keys(who: str, folder: Path, others: Keys, sound: Sequence[dict[str, Any]]) -> Trial:
    """Control: the DID document lists other keys under the same names, so no badge may pass."""
    refused = sum(not answer["verified"] for answer in ask(who, folder, others, sound))
    what = "the DID document lists other keys under the same names"
    return Trial(VALIDATORS[who], PACKAGES[VALIDATORS[who]], what, len(sound), refused, {"badges_refused": refused})


def changed_by_us(
    who: str, folder: Path, keys: Keys, unsigned: Sequence[dict[str, Any]], chance: random.Random
) -> Trial:
    """Control: who changes the copies has our key, so each must pass for a badge of ours."""
    forged = []
    for index, one in enumerate(unsigned):
        copy = deepcopy(one)
        copy["credentialSubject"]["creditsEarned"] += chance.choice((1, 2, 10))
        forged.append(sign(copy, keys, index))
    taken = sum(answer["verified"] for answer in ask(who, folder, keys, forged))
    what = "whoever changes the copies has our key"
    return Trial(VALIDATORS[who], PACKAGES[VALIDATORS[who]], what, len(forged), taken, {"changed_copies_taken": taken})


def signed_by_others(
    folder: Path, keys: Keys, unsigned: Sequence[dict[str, Any]], sound: Sequence[dict[str, Any]]
) -> Trial:
    """Count what another library signs and we refuse, or sign otherwise than it does: Ed25519 leaves no choice."""
    answers = ask("issue", folder, keys, unsigned)
    proven = [badges.verify(answer, keys.public).proven for answer in answers]
    alike = [
        answer.get("proof", {}).get("proofValue") == badge["proof"][0]["proofValue"]
        for answer, badge in zip(answers, sound, strict=True)
    ]
    failures = sum(not (good and same) for good, same in zip(proven, alike, strict=True))
    counted = {"proven_here": sum(proven), "same_signature_as_ours": sum(alike)}
    what = "signs the same credentials, and we check them"
    return Trial(VALIDATORS["digitalbazaar"], PACKAGES["@digitalbazaar/vc"], what, len(unsigned), failures, counted)


def sign(unsigned: dict[str, Any], keys: Keys, index: int) -> dict[str, Any]:
    """Sign with the key whose turn it is, at the credential's own time."""
    method = list(keys.private)[index % len(keys.private)]
    created = datetime.fromisoformat(unsigned["validFrom"])
    return badges.sign(unsigned, method=method, created=created, sign=keys.private[method].sign)


def install(folder: Path) -> None:
    """Fetch the validators into a folder that is gone afterwards; nothing in them runs while they are fetched."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise NoProofs("The validators are JavaScript and come from npm. Install Node 20 or later, and try again.")
    (folder / "package.json").write_text(json.dumps({"private": True, "type": "module", "dependencies": PACKAGES}))
    shutil.copy(SCRIPT, folder)
    words = ("install", "--ignore-scripts", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error")
    done = subprocess.run([npm, *words], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoProofs(f"The validators could not be fetched with npm: {done.stderr.strip()[-500:]}")


def ask(who: str, folder: Path, keys: Keys, credentials: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Ask one of them about credentials, and give an answer to each."""
    asked = {
        "who": who,
        "contexts": {url: rdf.load(url)["document"] for url in rdf.CONTEXTS},
        "did": keys.document(),
        "credentials": credentials,
        "keys": keys.as_multikeys(),
    }
    done = subprocess.run(
        ["node", SCRIPT.name], cwd=folder, input=json.dumps(asked), capture_output=True, text=True, check=True
    )
    answers: list[dict[str, Any]] = json.loads(done.stdout)["answers"]
    if len(answers) != len(credentials):
        raise AssertionError("a question was left without an answer")
    return answers
