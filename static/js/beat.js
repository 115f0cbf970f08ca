// The time with a module: counted while it is in sight and she is at it, and told every half minute as a number of seconds.
// Nothing is told of what she pressed or where she looked. Without this script, the time between opening a module and
// “Done, next” counts up to a limit, and the page says so.

const TICK = 5_000;
const PERIOD = 30_000;
const STILL = 180_000;

const { time, module, code } = document.getElementById("text").dataset;
const form = document.getElementById("done");
const { opened } = form.elements;
const KEPT = `continua-time-${code}`; // before she has marked anything, her time waits in this tab

let owed = 0; // what was counted and nobody has been told yet, in milliseconds
let moved = performance.now();
let last = moved;
let isTelling = false;
let isSent = false; // with the form, so that it need not wait in this tab

for (const act of ["scroll", "keydown", "pointerdown", "pointermove"]) {
  addEventListener(act, () => (moved = performance.now()), { passive: true });
}

function isAtIt() {
  const plays = [...document.querySelectorAll("audio, video")].some((one) => !one.paused);
  return !document.hidden && (plays || performance.now() - moved < STILL);
}

function count(atIt = isAtIt()) {
  const now = performance.now();
  if (atIt) owed += Math.min(now - last, 2 * TICK); // a laptop that slept was not read on
  last = now;
}

function beat() {
  const seconds = Math.floor(owed / 1000);
  return new URLSearchParams({ module, seconds, opened: opened.value, key: `${Date.now()}-${Math.random()}` });
}

async function tell() {
  const sent = beat();
  isTelling = true;
  const answer = await fetch(time, { method: "POST", body: sent, keepalive: true }).catch(() => null);
  isTelling = false;
  if (answer?.ok) owed = Math.max(0, owed - sent.get("seconds") * 1000);
}

setInterval(() => {
  count();
  if (time && owed >= PERIOD && !isTelling) tell();
}, TICK);

// The page is left, or another tab covers it: until this moment it was in sight.
function leave() {
  count(performance.now() - moved < STILL);
  if (isSent) return;
  if (!time) sessionStorage.setItem(KEPT, JSON.stringify({ owed, opened: opened.value }));
  else if (owed >= 1000 && navigator.sendBeacon(time, beat())) owed %= 1000;
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) leave();
  else last = performance.now();
});
addEventListener("pageshow", () => (isSent = false)); // also when she comes back to it by “Back”

// “Done, next” brings what is left along, and is how the time begins for somebody who had marked nothing before.
for (const name of ["seconds", "key"]) form.append(Object.assign(document.createElement("input"), { type: "hidden", name }));
form.elements.seconds.value = 0;

document.addEventListener("submit", (event) => {
  if (event.target !== form || event.defaultPrevented) return;
  count();
  const sent = beat();
  form.elements.seconds.value = sent.get("seconds");
  form.elements.key.value = sent.get("key");
  owed = 0;
  isSent = true;
});

const kept = JSON.parse(sessionStorage.getItem(KEPT));
if (kept) {
  owed += kept.owed;
  opened.value = kept.opened;
  sessionStorage.removeItem(KEPT);
}
