// What a PDF carries, read without drawing it: the signed facts, their proof, and the seal over the whole file. This is no
// reader of PDFs. It looks for what a certificate of ours must have in the open, and believes none of it: whatever it finds
// is checked against the provider's keys. app/awards/proofs/files.py is the same in Python.
/* global WORDS */

import { isSame, lettersOf, sha256 } from "./bytes.js";
import { check, refused, titled } from "./checking.js";
import { readSeal } from "./cms.js";
import { isSealed } from "./signatures.js";
import { filled } from "./words.js";

// “White space” is what PDF calls so, and not what a browser does.
const spaced = (pattern) => new RegExp(pattern.source.replaceAll("~", "[\\0\\t\\n\\f\\r ]"), pattern.flags);
const EMBEDDED = spaced(/\/Type~*\/EmbeddedFile(?![A-Za-z])/g);
const RANGE = spaced(/\/ByteRange~*\[~*([0-9]{1,10})~+([0-9]{1,10})~+([0-9]{1,10})~+([0-9]{1,10})~*\]/g);
const FLATE = spaced(/\/Filter~*(?:\[~*)?\/FlateDecode(?![A-Za-z])/);
const LENGTH = spaced(/\/Length~+([0-9]{1,9})(?!~+[0-9]+~+R)(?![0-9])/);
const END = spaced(/^~*endstream/);
const NEAR = 4096; // how far the words of one object may lie apart
const MOST_EMBEDDED = 64;
const MOST_RANGES = 16;
const LARGEST_EMBEDDED = 262144;
const LARGEST_SEAL = 131072; // as hexadecimal digits
export const LARGEST_FILE = 33554432;

export const isPdf = (raw) => lettersOf(raw.subarray(0, 1024)).includes("%PDF-");
export const isCertificate = (letters) => letters.startsWith("{") && letters.includes("continua-certificate-1");
export const isProof = (letters) => letters.startsWith("c2sp.org/tlog-proof@");

/** Say what a PDF shows of itself: its signed facts, and whether it is as it was sealed. */
export async function checkPdf(raw, keys, revocations = null) {
  const letters = lettersOf(raw);
  const { certificates, proofs } = await carried(raw, letters);
  const seal = await sealOf(raw, letters, keys);
  const proven = await best(certificates, proofs, { keys, revocations });
  const [title, sentence] = WORDS.seals[seal];
  const blanks = { provider: keys.provider };
  return titled({ ...proven, seal, seal_title: filled(title, blanks), seal_sentence: filled(sentence, blanks) }, keys);
}

/** Check the one certificate, with whichever proof shows most. */
async function best(certificates, proofs, { keys, revocations }) {
  if (!certificates.length) return refused("no-certificate", keys);
  if (certificates.length > 1) return refused("several-certificates", keys);
  let proven = await check(certificates[0], proofs[0] ?? null, keys, revocations);
  for (const proof of proofs.slice(1)) {
    if (proven.verdict === "proven") break;
    proven = await check(certificates[0], proof, keys, revocations);
  }
  return proven;
}

// --- what is attached

async function carried(raw, letters) {
  const [certificates, proofs] = [new Map(), new Map()];
  for (const found of [...letters.matchAll(EMBEDDED)].slice(0, MOST_EMBEDDED)) {
    const content = await embedded(raw, letters, found.index);
    if (!content) continue;
    const inside = lettersOf(content);
    if (isCertificate(inside)) certificates.set(inside, content);
    if (isProof(inside)) proofs.set(inside, content);
  }
  return { certificates: [...certificates.values()], proofs: [...proofs.values()] };
}

/** Give the content of the stream whose dictionary holds a place, or null. */
async function embedded(raw, letters, place) {
  const before = letters.slice(Math.max(0, place - NEAR), place);
  const [begin, length] = [before.lastIndexOf("obj"), letters.slice(place, place + NEAR).indexOf("stream")];
  if (begin < 0 || length < 0) return null;
  const keyword = place + length;
  const told = before.slice(begin) + letters.slice(place, keyword);
  const start = letters.startsWith("\r\n", keyword + 6) ? keyword + 8 : keyword + 7;
  const lengths = lengthsOf(letters, told, start);
  if (!told.includes("/Filter")) return lengths.length && lengths[0] <= LARGEST_EMBEDDED ? raw.slice(start, start + lengths[0]) : null;
  if (!FLATE.test(told) || told.includes("/DecodeParms")) return null;
  for (const each of lengths) {
    const content = await inflated(raw.slice(start, start + each));
    if (content) return content;
  }
  return null;
}

/** Give the lengths that a stream may have: as it says itself, else up to its end, with or without a line's end. */
function lengthsOf(letters, told, start) {
  const said = Number(LENGTH.exec(told)?.[1] ?? -1);
  if (said >= 0 && END.test(letters.slice(start + said, start + said + 12))) return [said];
  const most = letters.slice(start, start + LARGEST_EMBEDDED).indexOf("endstream");
  return [most, most - 1, most - 2].filter((length) => length >= 0);
}

async function inflated(packed) {
  const chunks = [];
  let length = 0;
  try {
    const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      length += step.value.length;
      if (length > LARGEST_EMBEDDED) {
        await reader.cancel();
        return null;
      }
      chunks.push(step.value);
    }
  } catch {
    return null; // cut short, spoiled, or with something behind it
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

// --- the seal

/** Say whether a PDF is, byte for byte, as one of the provider's keys sealed it. */
async function sealOf(raw, letters, keys) {
  const ranges = [...letters.matchAll(RANGE)].slice(0, MOST_RANGES);
  let found = ranges.length ? "broken" : "absent";
  for (const [, ...numbers] of ranges) {
    const one = await sealIn(raw, letters, { range: numbers.map(Number), keys });
    if (one === "intact") return one;
    if (one !== "broken") found = one;
  }
  return found;
}

async function sealIn(raw, letters, { range: [start, gap, after, rest], keys }) {
  const isWhole = start === 0 && gap < after && after - gap <= LARGEST_SEAL && after + rest === raw.length;
  const contents = letters.slice(gap, after);
  if (!isWhole || !/^<(?:[0-9A-Fa-f]{2})+>$/.test(contents)) return "broken";
  let seal;
  try {
    seal = readSeal(Uint8Array.from(contents.slice(1, -1).match(/../g), (pair) => Number.parseInt(pair, 16)));
  } catch {
    return "broken";
  }
  if (!isSame(await sha256(raw.subarray(0, gap), raw.subarray(after)), seal.digest)) return "broken";
  for (const key of keys.seals) {
    if (await isSealed(seal.signed, seal.signature, key.public)) return key.revoked ? "revoked" : "intact";
  }
  return "foreign";
}
