// The sentences, from app/awards/proofs/words.json: the program on the server's side says the same.
/* global WORDS */

/** Put words in the places that a sentence leaves for them, and never in what was put there. */
export const filled = (sentence, blanks) => sentence.replace(/\{([a-z_]+)\}/g, (_blank, name) => String(blanks[name]));

/** Say a date as people do: “November 20, 2026”. */
export function dated(date) {
  const [year, month, day] = date.split("-").map(Number);
  return `${WORDS.months[month - 1]} ${day}, ${year}`;
}

/** Say an instant as people do: “November 20, 2026, 6:00 PM (UTC)”. */
export function spoken(instant) {
  const moment = new Date(instant);
  const hours = moment.getUTCHours();
  const minutes = String(moment.getUTCMinutes()).padStart(2, "0");
  return `${dated(instant.slice(0, 10))}, ${hours % 12 || 12}:${minutes} ${hours < 12 ? "AM" : "PM"} (UTC)`;
}
