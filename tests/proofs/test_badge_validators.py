"""What `./run campaign badges` shows to validators of others, checked by our own: tests fetch nothing."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from proofs import badge_samples, badge_validators
from proofs.badge_validators import Keys

from app.awards import badges
from app.cli.campaign import NoProofs

SEED = 20_261_120

pytestmark = pytest.mark.campaign


def test_every_badge_is_proven_and_every_changed_copy_is_refused() -> None:
    chance, keys = random.Random(SEED), Keys.drawn("a")  # noqa: S311 - the same each time
    ways = set()
    for index in range(150):
        badge = badge_validators.sign(badge_samples.credential(chance), keys, index)
        how, copy = badge_samples.spoil(badge, chance)
        ways.add(how)
        assert badges.verify(badge, keys.public).proven
        assert not badges.verify(copy, keys.public).proven, how
    assert ways == set(badge_samples.CHANGES)


def test_control_other_keys_under_the_same_names_prove_nothing() -> None:
    chance = random.Random(SEED)  # noqa: S311 - the same each time
    badge = badge_validators.sign(badge_samples.credential(chance), Keys.drawn("a"), 0)
    assert not badges.verify(badge, Keys.drawn("b").public).proven


def test_without_node_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoProofs, match="Node"):
        badge_validators.install(tmp_path)
