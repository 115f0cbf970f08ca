// The seal of a PDF as it is encoded (CMS, RFC 5652, in DER): what it says it is over, and the signature itself. Only what a
// seal of ours has is read: one signer, SHA-256, ECDSA. Anything else throws.

import { hexOf } from "./bytes.js";

const SEQUENCE = 0x30;
const SET = 0x31;
const OBJECT_ID = 0x06;
const INTEGER = 0x02;
const OCTETS = 0x04;
const FIRST = 0xa0; // “[0]”, whatever it stands for where it stands

const SIGNED_DATA = "2a864886f70d010702";
const PLAIN_DATA = "2a864886f70d010701";
const CONTENT_TYPE = "2a864886f70d010903";
const MESSAGE_DIGEST = "2a864886f70d010904";
const SHA256 = "608648016503040201";
const ECDSA_SHA256 = "2a8648ce3d040302";

/** Give the digest that was sealed, the bytes that the signature is over, and the signature. */
export function readSeal(der) {
  const outermost = tagged(read(der, 0), SEQUENCE);
  if (der.subarray(outermost.whole.length).some(Boolean)) throw new Error("something behind it");
  const [type, content] = inside(outermost);
  expect(type, OBJECT_ID, SIGNED_DATA);
  const [wrapped] = inside(tagged(content, FIRST));
  const [, , over, ...more] = inside(tagged(wrapped, SEQUENCE));
  expect(inside(tagged(over, SEQUENCE))[0], OBJECT_ID, PLAIN_DATA);
  const [signer, ...others] = inside(tagged(more.at(-1), SET));
  if (others.length) throw new Error("more than one signer");
  const [, , digestOf, attributes, signatureOf, value] = inside(tagged(signer, SEQUENCE));
  expect(inside(tagged(digestOf, SEQUENCE))[0], OBJECT_ID, SHA256);
  expect(inside(tagged(signatureOf, SEQUENCE))[0], OBJECT_ID, ECDSA_SHA256);
  const [r, s] = inside(tagged(read(tagged(value, OCTETS).content, 0), SEQUENCE));
  return {
    digest: digestIn(tagged(attributes, FIRST)),
    signed: asSet(attributes.whole),
    signature: { r: positive(r), s: positive(s) },
  };
}

function digestIn(attributes) {
  const found = new Map();
  for (const attribute of inside(attributes)) {
    const [type, values] = inside(tagged(attribute, SEQUENCE));
    const name = hexOf(tagged(type, OBJECT_ID).content);
    if (found.has(name)) throw new Error("an attribute twice");
    found.set(name, inside(tagged(values, SET)));
  }
  const [digests, types] = [found.get(MESSAGE_DIGEST), found.get(CONTENT_TYPE)];
  if (digests?.length !== 1 || types?.length !== 1) throw new Error("no digest, or more than one");
  expect(types[0], OBJECT_ID, PLAIN_DATA);
  return tagged(digests[0], OCTETS).content;
}

/** The attributes are signed under the tag of a set, and stand in the seal under another. */
function asSet(whole) {
  const set = whole.slice();
  set[0] = SET;
  return set;
}

function positive(number) {
  const { content } = tagged(number, INTEGER);
  if (!content.length || content[0] & 0x80) throw new Error("not a positive number");
  return content;
}

function expect(part, tag, hex) {
  if (hexOf(tagged(part, tag).content) !== hex) throw new Error("not what a seal has there");
}

function tagged(part, tag) {
  if (part?.tag !== tag) throw new Error("not what stands there in a seal");
  return part;
}

function inside({ content }) {
  const parts = [];
  for (let place = 0; place < content.length; place += parts.at(-1).whole.length) parts.push(read(content, place));
  return parts;
}

function read(der, place) {
  const [tag, first] = [der[place], der[place + 1]];
  const more = first < 0x80 ? 0 : first & 0x7f;
  if (first === undefined || first === 0x80 || more > 3) throw new Error("not DER");
  let length = first;
  if (more) length = der.subarray(place + 2, place + 2 + more).reduce((sum, byte) => sum * 256 + byte, 0);
  const start = place + 2 + more;
  if (start + length > der.length) throw new Error("cut short");
  return { tag, content: der.subarray(start, start + length), whole: der.subarray(place, start + length) };
}
