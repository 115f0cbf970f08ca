// The register: signed notes, checkpoints and proofs as text (C2SP), and the way from an entry up to a root (RFC 9162).
// app/awards/register/notes.py and tree.py are the same in Python, by another hand.

import { bytesOf, hexOf, isSame, joined, sha256, unbase64 } from "./bytes.js";
import { isSigned } from "./signatures.js";

const MOST_SIGNATURES = 16;
const MOST_HASHES = 63;
const KEY_ID_BYTES = 4;
const DASH = "— ";
const PROOF_HEADER = "c2sp.org/tlog-proof@v1";
const NOT_ALLOWED = /[\u0000-\u0009\u000b-\u001f\u007f\ud800-\udfff]/u;
const NOT_IN_NAMES = /[ +\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/u;

export const leafHash = (entry) => sha256(Uint8Array.of(0), entry);

/** Name a key as a note does: its name, and four bytes of a hash over it. */
export async function noteName(name, publicKey) {
  const id = await sha256(bytesOf(name), Uint8Array.of(0x0a, 0x01), publicKey);
  return `${name}\n${hexOf(id.subarray(0, KEY_ID_BYTES))}`;
}

export function readProof(text) {
  const [head, note] = cut(text, text.indexOf("\n\n"));
  const [header, index, ...hashes] = head.split("\n");
  if (header !== PROOF_HEADER || !index?.startsWith("index ") || hashes.length > MOST_HASHES) throw new Error("not a proof");
  return { index: decimal(index.slice("index ".length)), hashes: hashes.map(hash), note };
}

export function readNote(note) {
  const [text, lines] = cut(note, note.lastIndexOf("\n\n"));
  if (NOT_ALLOWED.test(note) || !lines.endsWith("\n")) throw new Error("not a note");
  const signatures = lines.slice(0, -1).split("\n");
  if (signatures.length > MOST_SIGNATURES) throw new Error("too many signatures");
  return { text: `${text}\n`, signatures: signatures.map(signature) };
}

export function readCheckpoint(text) {
  const [origin, size, root, end, ...more] = text.split("\n");
  if (!origin || end !== "" || more.length) throw new Error("a checkpoint has three lines");
  return { origin, size: decimal(size), root: hash(root) };
}

/** Give the known keys that signed. None, or one that is named and did not, throws. */
export async function signersOf(note, known) {
  const named = note.signatures.filter(({ name }) => known.has(name));
  const message = bytesOf(note.text);
  for (const { name, value } of named) {
    if (!(await isSigned(message, value, known.get(name).public))) throw new Error("not by that key");
  }
  if (!named.length) throw new Error("no key that is known signed this");
  return named.map(({ name }) => known.get(name));
}

export async function leadsToRoot(leaf, { index, hashes }, { size, root }) {
  if (index >= size) return false;
  let [first, second, reached] = [BigInt(index), BigInt(size) - 1n, leaf];
  for (const beside of hashes) {
    if (second === 0n) return false;
    if (first & 1n || first === second) {
      reached = await sha256(Uint8Array.of(1), beside, reached);
      while (!(first & 1n) && first) [first, second] = [first >> 1n, second >> 1n];
    } else {
      reached = await sha256(Uint8Array.of(1), reached, beside);
    }
    [first, second] = [first >> 1n, second >> 1n];
  }
  return second === 0n && isSame(reached, root);
}

function signature(line) {
  const rest = line.slice(DASH.length);
  const end = rest.indexOf(" ");
  const name = rest.slice(0, end);
  if (!line.startsWith(DASH) || end < 1 || NOT_IN_NAMES.test(name)) throw new Error("not a signature line");
  const raw = unbase64(rest.slice(end + 1));
  if (raw.length <= KEY_ID_BYTES) throw new Error("a signature line without a signature");
  return { name: `${name}\n${hexOf(raw.subarray(0, KEY_ID_BYTES))}`, value: raw.slice(KEY_ID_BYTES) };
}

function cut(text, gap) {
  if (gap < 0) throw new Error("there is no empty line");
  return [text.slice(0, gap), text.slice(gap + 2)];
}

function decimal(text) {
  if (!/^(?:0|[1-9][0-9]{0,14})$/.test(text ?? "")) throw new Error("not a number as it would be written");
  return Number(text);
}

function hash(text) {
  const raw = unbase64(text ?? "");
  if (raw.length !== 32) throw new Error("not a hash");
  return raw;
}
