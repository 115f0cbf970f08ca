"""Notes, checkpoints and proofs: the examples of their specifications, and that each has one spelling."""

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.awards.register import notes
from app.awards.register.notes import BadNote, Checkpoint, Note, Proof

ORIGIN = "ce.example.org/register"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
KEYS = notes.known_as(ORIGIN, [PUBLIC])
CHECKPOINT = Checkpoint(ORIGIN, 109482, hashlib.sha256(b"root").digest())

# The example of c2sp.org/signed-note: a verifier key, and a note that it verifies.
EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE_NOTE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""
# The example of c2sp.org/tlog-checkpoint.
EXAMPLE_CHECKPOINT = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
"""  # noqa: E501 - as it is published


def signed(checkpoint=CHECKPOINT, key=KEY):
    public = key.public_key().public_bytes_raw()
    return notes.signed(checkpoint, name=ORIGIN, public=public, sign=key.sign)


def example_keys():
    public = base64.b64decode(EXAMPLE_KEY.split("+", 2)[2])[1:]
    return notes.known_as("example.com/foo", [public])


def test_the_published_note_is_by_the_published_key():
    note = Note.read(EXAMPLE_NOTE)
    assert [name for name, _ in note.signers(example_keys())] == ["example.com/foo"]
    ((_, public),) = example_keys().items()
    assert notes.verifier_key("example.com/foo", public) == EXAMPLE_KEY


def test_the_published_note_with_another_letter_is_not():
    with pytest.raises(BadNote, match="not by that key"):
        Note.read(EXAMPLE_NOTE.replace("example message", "example massage")).signers(example_keys())


def test_the_published_checkpoint_is_read_and_written_alike():
    note = Note.read(EXAMPLE_CHECKPOINT)
    checkpoint = Checkpoint.read(note.text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.text() == note.text
    assert note.signatures[0].key_id.hex() == "033de0ae"


def test_what_is_signed_is_opened():
    assert notes.opened(signed(), KEYS) == CHECKPOINT


def test_a_note_with_any_bit_turned_is_refused():
    raw = bytearray(signed().encode())
    for bit in range(len(raw) * 8):
        raw[bit // 8] ^= 1 << bit % 8
        with pytest.raises(ValueError):  # noqa: PT011 - what is not UTF-8 any more is a ValueError too
            notes.opened(raw.decode(), KEYS)
        raw[bit // 8] ^= 1 << bit % 8


def test_unknown_signatures_are_passed_over_up_to_sixteen():
    line = signed(key=Ed25519PrivateKey.generate()).splitlines(keepends=True)[-1]
    assert notes.opened(signed() + line * 15, KEYS) == CHECKPOINT
    with pytest.raises(BadNote, match="more than 16"):
        notes.opened(signed() + line * 16, KEYS)


def test_a_key_of_another_name_or_another_key_of_the_name_is_not_known():
    with pytest.raises(BadNote, match="no key that is known"):
        notes.opened(signed(key=Ed25519PrivateKey.generate()), KEYS)
    with pytest.raises(BadNote, match="no key that is known"):
        notes.opened(signed(), notes.known_as("other.example/register", [PUBLIC]))


def test_a_wrong_signature_in_the_name_of_a_known_key_spoils_a_right_one():
    other = base64.b64encode(notes.key_id(ORIGIN, PUBLIC) + bytes(64)).decode()
    with pytest.raises(BadNote, match="not by that key"):
        notes.opened(f"{signed()}— {ORIGIN} {other}\n", KEYS)


def test_a_colliding_key_id_is_not_enough():
    stranger = Ed25519PrivateKey.generate()
    forged = base64.b64encode(notes.key_id(ORIGIN, PUBLIC) + stranger.sign(CHECKPOINT.text().encode())).decode()
    with pytest.raises(BadNote, match="not by that key"):
        notes.opened(f"{CHECKPOINT.text()}\n— {ORIGIN} {forged}\n", KEYS)


ROOT = base64.b64encode(CHECKPOINT.root).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        f"{ORIGIN}\n3\n{ROOT}",
        f"{ORIGIN}\n3\n{ROOT}\n\n",
        f"{ORIGIN}\n3\n{ROOT}\nextension\n",
        f"{ORIGIN}\n03\n{ROOT}\n",
        f"{ORIGIN}\n+3\n{ROOT}\n",
        f"{ORIGIN}\n-3\n{ROOT}\n",
        f"{ORIGIN}\n 3\n{ROOT}\n",
        f"{ORIGIN}\n3 \n{ROOT}\n",
        f"{ORIGIN}\n3.0\n{ROOT}\n",
        f"{ORIGIN}\n٣\n{ROOT}\n",
        f"{ORIGIN}\n\n{ROOT}\n",
        f"{ORIGIN}\n{10**15}\n{ROOT}\n",
        f"\n3\n{ROOT}\n",
        f"{ORIGIN}\n3\n{ROOT[:-1]}\n",
        f"{ORIGIN}\n3\n{ROOT} \n",
        f"{ORIGIN}\n3\n{ROOT[:-2]}/=\n",
        f"{ORIGIN}\n3\n{base64.b64encode(bytes(31)).decode()}\n",
        f"{ORIGIN}\r\n3\r\n{ROOT}\r\n",
    ],
)
def test_a_checkpoint_has_one_spelling(text):
    with pytest.raises(BadNote):
        Checkpoint.read(text)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda note: note[:-1],
        lambda note: note + "\n",
        lambda note: "\n" + note,
        lambda note: "\ufeff" + note,
        lambda note: note.replace("\n", "\r\n"),
        lambda note: note.replace("— ", "- "),
        lambda note: note.replace("— ", "—  "),
        lambda note: note.replace("— ", "—\u00a0"),
        lambda note: note.replace(f"— {ORIGIN} ", f"— {ORIGIN}\u2003 "),
        lambda note: note.replace(f"— {ORIGIN} ", f"— {ORIGIN}+x "),
        lambda note: note.replace(f"— {ORIGIN} ", "— "),
        lambda note: note.replace("109482\n", "109482\t\n"),
        lambda note: note[:-2] + "\n",
        lambda note: note[:-3] + "A=\n",
        lambda note: note.replace("\n\n", "\n"),
        lambda note: note.split("\n\n")[0] + "\n\n",
        lambda note: note.split("\n\n")[0] + f"\n\n— {ORIGIN} {base64.b64encode(bytes(4)).decode()}\n",
        lambda note: note.replace("register\n", "register\ud800\n"),
    ],
)
def test_a_note_has_one_spelling(spoil):
    assert spoil(signed()) != signed()
    with pytest.raises(BadNote):
        notes.opened(spoil(signed()), KEYS)


def test_no_origin_is_signed_that_no_reader_accepts():
    for origin in ("", "two\nlines", "two words", "a+b", "a\tb"):
        with pytest.raises(BadNote):
            notes.signed(Checkpoint(origin, 1, bytes(32)), name=origin, public=PUBLIC, sign=KEY.sign)


# --- proofs ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, 17])
def test_a_proof_is_read_as_it_was_written(count):
    proof = Proof(73894, tuple(bytes([number]) * 32 for number in range(count)), signed())
    assert Proof.read(proof.text()) == proof
    assert proof.text().splitlines()[:2] == ["c2sp.org/tlog-proof@v1", "index 73894"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[:0],
        lambda text: "\n" + text,
        lambda text: text.replace("@v1", "@v2"),
        lambda text: text.replace("index 5", "index 05"),
        lambda text: text.replace("index 5", "index  5"),
        lambda text: text.replace("index 5", "index"),
        lambda text: text.replace("index 5", "Index 5"),
        lambda text: text.replace("index 5", "index 5\nindex 5"),
        lambda text: text.replace("index 5", "extra YWdl\nindex 5"),
        lambda text: text.replace("index 5\n", "index 5\r\n"),
        lambda text: text.replace("AA=\n", "AB=\n", 1),
        lambda text: text.replace("AA=\n", "A==\n", 1),
        lambda text: text.replace("AA=\n", "AA= \n", 1),
        lambda text: text.replace("index 5\n", "index 5\n" + f"{ROOT}\n" * 64),
        lambda text: text.split("\n\n")[0],
    ],
)
def test_a_proof_has_one_spelling(spoil):
    text = Proof(5, (bytes(32), bytes(32)), signed()).text()
    assert spoil(text) != text
    with pytest.raises(BadNote):
        Proof.read(spoil(text))
