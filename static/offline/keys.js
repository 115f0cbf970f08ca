// What a check stands on: the provider's public keys, and a signed list of what was revoked. As app/awards/proofs/keys.py.
/* global WORDS */

import { bytesOf, hexOf, sha256, unbase64 } from "./bytes.js";
import { noteName, readCheckpoint, readNote, signersOf } from "./register.js";
import { canonical, readShape } from "./shapes.js";
import { isSigned } from "./signatures.js";
import { filled } from "./words.js";

const ALGORITHM = { statement: "ed25519", seal: "p256" }; // a use has one algorithm; no document chooses its own

/** A file that should hold keys, or revocations, holds something else. Its message is a sentence for people. */
export class NotAList extends Error {}

export async function readKeys(raw) {
  try {
    const told = readShape(raw, "keys");
    const list = told.keys.map(keyOf);
    const keys = {
      provider: told.provider, origin: told.origin, asOf: told.as_of, checkpoint: null,
      byName: new Map(list.map((key) => [key.name, key])), signing: new Map(), seals: [],
    };
    for (const key of keys.byName.values()) {
      if (key.use === "statement") keys.signing.set(await noteName(keys.origin, key.public), key);
      if (key.use === "seal") keys.seals.push(key);
    }
    if (told.checkpoint) keys.checkpoint = await opened(told.checkpoint, keys);
    return keys;
  } catch {
    throw new NotAList(WORDS.lists.keys);
  }
}

export async function readRevocations(raw, keys) {
  let told;
  try {
    told = readShape(raw, "revocations");
  } catch {
    throw new NotAList(WORDS.lists.revocations);
  }
  const flaw = await flawOf(told, keys);
  if (flaw) throw new NotAList(filled(WORDS.lists[flaw], { provider: keys.provider }));
  // What was replaced may have been revoked as well, and then it is revoked: the last of a name stays.
  const entries = told.entries.toSorted((one, other) => (one.status === "revoked") - (other.status === "revoked"));
  return { asOf: told.as_of, byNumber: new Map(entries.map((entry) => [entry.number, entry])) };
}

export async function entryOf(revocations, number) {
  return revocations.byNumber.get(hexOf(await sha256(bytesOf(number))));
}

/** Say whether a signature over what is signed, in its one spelling, is by this key. */
export function isSignedBy(signed, signature, key) {
  return isSigned(canonical(signed), unbase64(signature.value), key.public);
}

function keyOf(told) {
  const { key: name, use, algorithm, retired, revoked } = told;
  const raw = unbase64(told.public);
  if (Object.hasOwn(ALGORITHM, use) && algorithm !== ALGORITHM[use]) throw new Error("not an algorithm of this use");
  if (use === "statement" && raw.length !== 32) throw new Error("not an Ed25519 key");
  // Where a key is distrusted from before it was revoked, no size tells what stood in the register by then.
  const trustedSize = told.distrusted_since ? 0 : told.trusted_size ?? 0;
  return { name, use, public: raw, retired, revoked, trustedSize };
}

async function opened(text, keys) {
  const note = readNote(text);
  await signersOf(note, keys.signing);
  const checkpoint = readCheckpoint(note.text);
  if (checkpoint.origin !== keys.origin) throw new Error("a checkpoint of another register");
  return checkpoint;
}

async function flawOf({ signature, ...unsigned }, keys) {
  const key = keys.byName.get(signature.key);
  if (unsigned.origin !== keys.origin) return "revocations-of-another";
  if (key?.use !== "statement" || !(await isSignedBy(unsigned, signature, key))) return "revocations-not-signed";
  return key.revoked ? "revocations-key-revoked" : null;
}
