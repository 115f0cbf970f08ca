"""The tree of the register (RFC 6962): one hash that stands for all entries, and short proofs of what is in it.

Only complete subtrees are stored, each by its level and its index there: once written, none ever changes, so that
they live in an append-only table. The checks follow RFC 9162 and share nothing with what makes the proofs, lest a
mistake in one hide behind the same mistake in the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

EMPTY_ROOT = hashlib.sha256(b"").digest()
HASH_BYTES = 32

Node = Callable[[int, int], bytes]  # gives the hash of the complete subtree at (level, index)


class NotInTree(ValueError):
    """A proof was asked for of what the tree does not hold."""


def leaf_hash(entry: bytes) -> bytes:
    """Hash an entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into one."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def completed_by(index: int, leaf: bytes, node: Node) -> list[tuple[int, int, bytes]]:
    """Give the subtrees, as (level, index, hash), that are complete once a leaf hash stands at `index`, itself first.

    `node` is asked only for subtrees that earlier leaves completed, at most one a level.
    """
    level, made = 0, [(0, index, leaf)]
    while index & 1:
        leaf = node_hash(node(level, index - 1), leaf)
        level, index = level + 1, index >> 1
        made.append((level, index, leaf))
    return made


def peaks(size: int) -> list[tuple[int, int]]:
    """Give the largest complete subtrees of the first `size` entries, as (level, index), from left to right.

    The root is made of them, and so is the path of whatever is entered next.
    """
    levels = [level for level in reversed(range(size.bit_length())) if size >> level & 1]
    return [(level, (size >> level) - 1) for level in levels]


def root(size: int, node: Node) -> bytes:
    """Give the root of the first `size` entries."""
    return _subtree(_height(size), 0, size, node) if size else EMPTY_ROOT


def inclusion(index: int, size: int, node: Node) -> list[bytes]:
    """Prove that the entry at `index` is among the first `size`: the hashes beside its way up to their root."""
    if not 0 <= index < size:
        raise NotInTree(f"entry {index} of {size}")
    return _beside(0, index, size, node)


def consistency(old: int, new: int, node: Node) -> list[bytes]:
    """Prove that the first `old` entries are the beginning of the first `new`."""
    if not 0 <= old <= new:
        raise NotInTree(f"{old} of {new} entries")
    if old in {0, new}:
        return []  # the empty tree begins every tree, and a tree is its own beginning: nothing is to be shown
    level, index = 0, old - 1
    while index & 1:
        level, index = level + 1, index >> 1
    # The largest subtree at the old end; where it is the whole old tree, whoever checks has it: it is the old root.
    start = [node(level, index)] if index else []
    return start + _beside(level, index, new, node)


def _beside(level: int, index: int, size: int, node: Node) -> list[bytes]:
    hashes = []
    for above in range(level, _height(size)):
        sibling = index ^ 1
        if sibling << above < size:
            hashes.append(_subtree(above, sibling, size, node))
        index >>= 1
    return hashes


def _subtree(level: int, index: int, size: int, node: Node) -> bytes:
    """Give a subtree's hash; one at the tree's end is not complete, and is made from those below it."""
    if (index + 1) << level <= size:
        return node(level, index)
    left, right = index << 1, (index << 1) + 1
    if right << (level - 1) >= size:
        return _subtree(level - 1, left, size, node)
    return node_hash(node(level - 1, left), _subtree(level - 1, right, size, node))


def _height(size: int) -> int:
    return (size - 1).bit_length()


# --- checks: RFC 9162, sections 2.1.3.2 and 2.1.4.2, step by step --------------------------------------------------


def verify_inclusion(leaf: bytes, proof: Sequence[bytes], *, index: int, size: int, root: bytes) -> bool:
    """Say whether `proof` shows that the leaf hash stands at `index` among the `size` entries under `root`."""
    if not 0 <= index < size or not _are_hashes(leaf, root, *proof):
        return False
    first, second, reached = index, size - 1, leaf
    for beside in proof:
        if second == 0:
            return False
        if first & 1 or first == second:
            reached = node_hash(beside, reached)
            while not first & 1 and first:
                first, second = first >> 1, second >> 1
        else:
            reached = node_hash(reached, beside)
        first, second = first >> 1, second >> 1
    return second == 0 and reached == root


def verify_consistency(
    proof: Sequence[bytes], *, old_size: int, new_size: int, old_root: bytes, new_root: bytes
) -> bool:
    """Say whether `proof` shows that the tree under `old_root` is the beginning of the one under `new_root`."""
    if not 0 <= old_size <= new_size or not _are_hashes(old_root, new_root, *proof):
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    if not old_size & (old_size - 1):
        proof = [old_root, *proof]
    return bool(proof) and _leads_to_both(proof, old_size - 1, new_size - 1) == (old_root, new_root)


def _leads_to_both(proof: Sequence[bytes], first: int, second: int) -> tuple[bytes, bytes] | None:
    while first & 1:
        first, second = first >> 1, second >> 1
    old = new = proof[0]
    for beside in proof[1:]:
        if second == 0:
            return None
        if first & 1 or first == second:
            old, new = node_hash(beside, old), node_hash(beside, new)
            while not first & 1 and first:
                first, second = first >> 1, second >> 1
        else:
            new = node_hash(new, beside)
        first, second = first >> 1, second >> 1
    return (old, new) if second == 0 else None


def _are_hashes(*hashes: bytes) -> bool:
    return all(len(each) == HASH_BYTES for each in hashes)
