// Signatures: Ed25519 for statements and checkpoints, P-256 for seals. The browser's own cryptography does the sums; where
// it knows no Ed25519 yet, static/vendor/noble does.
/* global nobleEd25519 */

import { joined } from "./bytes.js";

const ed25519Keys = new Map();
export const ways = { isNative: undefined }; // whether the browser knows Ed25519; tests set it to try the other way

export async function isSigned(message, signature, publicKey) {
  if (signature.length !== 64) return false;
  ways.isNative ??= await knowsEd25519();
  try {
    if (!ways.isNative) return await nobleEd25519.verifyAsync(signature, message, publicKey, { zip215: false });
    return await crypto.subtle.verify("Ed25519", await ed25519Key(publicKey), signature, message);
  } catch {
    return false; // a key or a signature that is no point of the curve
  }
}

async function knowsEd25519() {
  try {
    await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
    return true;
  } catch {
    return false;
  }
}

async function ed25519Key(publicKey) {
  const name = publicKey.join();
  if (!ed25519Keys.has(name)) {
    ed25519Keys.set(name, await crypto.subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"]));
  }
  return ed25519Keys.get(name);
}

/** Check ECDSA over SHA-256. `r` and `s` are whole numbers as DER has them. */
export async function isSealed(message, { r, s }, publicKey) {
  try {
    const curve = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("spki", publicKey, curve, false, ["verify"]);
    return await crypto.subtle.verify(curve, key, joined(in32(r), in32(s)), message);
  } catch {
    return false;
  }
}

function in32(number) {
  const bare = number.subarray(Math.max(0, number.findIndex((byte) => byte !== 0)));
  if (bare.length > 32) throw new Error("too large a number");
  return joined(new Uint8Array(32 - bare.length), bare);
}
