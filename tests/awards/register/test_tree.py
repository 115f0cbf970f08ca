"""The tree of RFC 6962: its vectors, every proof of the small sizes, and that a changed hash is refused."""

import pytest

from app.awards.register import tree

SIZES = range(301)

# The leaves and roots of certificate-transparency's merkle_tree_test, which RFC 6962 implementations share.
VECTOR_LEAVES = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
VECTOR_ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
# From the same place: (entry, counted from one; size; its proof).
VECTOR_PATHS = (
    (1, 1, ()),
    (
        1,
        8,
        (
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ),
    ),
    (
        6,
        8,
        (
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ),
    ),
    (3, 3, ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",)),
    (
        2,
        5,
        (
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ),
    ),
)
VECTOR_CONSISTENCIES = (
    (1, 1, ()),
    (
        1,
        8,
        (
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ),
    ),
    (
        6,
        8,
        (
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ),
    ),
    (
        2,
        5,
        (
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ),
    ),
)


class Grown:
    """A tree grown entry by entry, with its root at every size."""

    def __init__(self, entries):
        self.leaves = [tree.leaf_hash(entry) for entry in entries]
        self.nodes = {}
        self.roots = [tree.root(0, self.node)]
        for index, leaf in enumerate(self.leaves):
            for level, place, made in tree.completed_by(index, leaf, self.node):
                assert (level, place) not in self.nodes, "a complete subtree was made twice"
                self.nodes[level, place] = made
            self.roots.append(tree.root(index + 1, self.node))

    def node(self, level, index):
        return self.nodes[level, index]


@pytest.fixture(scope="module")
def grown():
    return Grown(str(number).encode() for number in SIZES)


@pytest.fixture(scope="module")
def vectors():
    return Grown(bytes.fromhex(leaf) for leaf in VECTOR_LEAVES)


def defined(leaves):
    """Give a root as RFC 6962 section 2.1 defines it."""
    if len(leaves) <= 1:
        return leaves[0] if leaves else tree.EMPTY_ROOT
    half = 1 << ((len(leaves) - 1).bit_length() - 1)
    return tree.node_hash(defined(leaves[:half]), defined(leaves[half:]))


def spoiled(proof, chosen):
    return [bytes([each[0] ^ 1]) + each[1:] if place == chosen else each for place, each in enumerate(proof)]


def test_the_roots_are_those_of_the_published_vectors(vectors):
    assert tuple(root.hex() for root in vectors.roots) == VECTOR_ROOTS


@pytest.mark.parametrize(("entry", "size", "path"), VECTOR_PATHS)
def test_inclusion_proofs_are_those_of_the_published_vectors(vectors, entry, size, path):
    assert tuple(each.hex() for each in tree.inclusion(entry - 1, size, vectors.node)) == path


@pytest.mark.parametrize(("old", "new", "path"), VECTOR_CONSISTENCIES)
def test_consistency_proofs_are_those_of_the_published_vectors(vectors, old, new, path):
    assert tuple(each.hex() for each in tree.consistency(old, new, vectors.node)) == path


def test_every_root_is_as_the_standard_defines_it(grown):
    assert all(grown.roots[size] == defined(grown.leaves[:size]) for size in SIZES)


def test_every_inclusion_is_shown_and_none_with_a_changed_hash(grown):
    shown = 0
    for size in SIZES:
        for index in range(size):
            proof, claim = tree.inclusion(index, size, grown.node), {"index": index, "size": size}
            leaf, root = grown.leaves[index], grown.roots[size]
            assert tree.verify_inclusion(leaf, proof, **claim, root=root)
            chosen = (index + size) % max(len(proof), 1)
            assert not proof or not tree.verify_inclusion(leaf, spoiled(proof, chosen), **claim, root=root)
            assert not tree.verify_inclusion(grown.leaves[index - 1], proof, **claim, root=root) or size == 1
            shown += 1
    assert shown == 300 * 301 // 2


def test_every_consistency_is_shown_and_none_with_a_changed_hash(grown):
    shown = 0
    for new in SIZES:
        for old in range(new + 1):
            proof, sizes = tree.consistency(old, new, grown.node), {"old_size": old, "new_size": new}
            roots = {"old_root": grown.roots[old], "new_root": grown.roots[new]}
            assert tree.verify_consistency(proof, **sizes, **roots)
            chosen = (old + new) % max(len(proof), 1)
            assert not proof or not tree.verify_consistency(spoiled(proof, chosen), **sizes, **roots)
            shown += 1
    assert shown == 301 * 302 // 2


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 100, 300])
def test_a_proof_shows_one_place_in_one_tree_only(grown, size):
    for index in range(size):
        proof, leaf = tree.inclusion(index, size, grown.node), grown.leaves[index]
        for other in range(size + 2):
            right = other == index
            root = grown.roots[size]
            assert tree.verify_inclusion(leaf, proof, index=other, size=size, root=root) == right
        longer, shorter = [*proof, bytes(32)], proof[:-1]
        for wrong in (longer, shorter) if proof else (longer,):
            assert not tree.verify_inclusion(leaf, wrong, index=index, size=size, root=grown.roots[size])


@pytest.mark.parametrize(("old", "new"), [(0, 1), (1, 2), (3, 7), (4, 8), (6, 8), (128, 256), (299, 300)])
def test_a_consistency_proof_shows_two_sizes_and_two_roots_only(grown, old, new):
    proof = tree.consistency(old, new, grown.node)
    right = {"old_size": old, "new_size": new, "old_root": grown.roots[old], "new_root": grown.roots[new]}
    assert tree.verify_consistency(proof, **right)
    for wrong in (
        {"old_root": bytes(32)},
        {"new_root": bytes(32)} if old else {"old_root": grown.roots[1]},
        {"old_size": new, "new_size": old},
        {"old_size": -1},
    ):
        assert not tree.verify_consistency(proof, **right | wrong)
    for proof_of_other in ([*proof, bytes(32)], proof[:-1], [b"short", *proof]):
        assert proof_of_other == proof or not tree.verify_consistency(proof_of_other, **right)


def test_a_tree_that_was_rewritten_is_not_consistent_with_what_it_was(grown):
    entries = [str(number).encode() for number in SIZES]
    rewritten = Grown([*entries[:100], b"another", *entries[101:]])
    for old in (101, 128, 200, 299):
        proof = tree.consistency(old, 300, rewritten.node)
        sizes = {"old_size": old, "new_size": 300, "new_root": rewritten.roots[300]}
        assert not tree.verify_consistency(proof, **sizes, old_root=grown.roots[old])
        assert tree.verify_consistency(proof, **sizes, old_root=rewritten.roots[old]), "the control"


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (-1, 3), (3, 2)])
def test_nothing_is_proven_of_what_is_not_there(grown, index, size):
    with pytest.raises(tree.NotInTree):
        tree.inclusion(index, size, grown.node)
    assert not tree.verify_inclusion(bytes(32), [], index=index, size=size, root=bytes(32))


def test_no_tree_begins_with_a_larger_one(grown):
    with pytest.raises(tree.NotInTree):
        tree.consistency(3, 2, grown.node)


def test_an_entry_never_passes_for_two_subtrees(grown):
    inside = grown.leaves[0] + grown.leaves[1]
    assert tree.leaf_hash(inside) != grown.roots[2]
