// Bytes, and the texts they are written as: each in exactly one spelling, or not at all.

export const bytesOf = (text) => new TextEncoder().encode(text);

/** Read UTF-8 as it stands, a mark at its beginning included; anything else throws. */
export const textOf = (bytes) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);

/** Give each byte as one character, so that places in the text are places in the file. */
export function lettersOf(bytes) {
  const pieces = [];
  for (let start = 0; start < bytes.length; start += 32768) {
    pieces.push(String.fromCharCode(...bytes.subarray(start, start + 32768)));
  }
  return pieces.join("");
}

export const hexOf = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export const isSame = (one, other) => one.length === other.length && one.every((byte, place) => byte === other[place]);

export function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let place = 0;
  for (const part of parts) {
    whole.set(part, place);
    place += part.length;
  }
  return whole;
}

export function unbase64(text) {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new Error("not base64");
  const letters = atob(text);
  if (btoa(letters) !== text) throw new Error("base64, but not as it would be written");
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}

export async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
}
