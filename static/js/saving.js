// Answers on their way to the server. Each is kept on this device until the server has said that it has it.
//
// They are kept in IndexedDB, so that a closed tab or an empty battery loses none; where a browser has none, in
// the page. All tabs share the queue, and one of them sends at a time: in the order in which she answered, each
// under its own key, so that the server counts it once however often it is sent. Each belongs to a person and an
// attempt: what somebody else left on this device is never sent, but removed.

const LONGEST_PAUSE = 30_000;
const LONGEST_SENDING = 20_000;
const NAME = "continua-answers";

export const person = document.body.dataset.person ?? "";

const here = new Map(); // by key: what this page has put, also where nothing can be kept
const held = new Set(); // keys that wait for a sign-in; the server has kept their forms
const listeners = new Set();
const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel(NAME) : null;
let failures = 0;
let timer = 0;
let sending = null;
let again = false;

// Keeps an answer on this device and sends it. One to the same question that still waits makes way for it.
export async function put(entry) {
  const kept = { ...entry, person };
  for (const older of here.values()) if (replaces(kept, older)) here.delete(older.key);
  here.set(kept.key, kept);
  failures = 0;
  await write((answers, all) => {
    for (const older of all) if (replaces(kept, older)) answers.delete(older.key);
    answers.put(kept);
  });
  return send();
}

// Calls back with (entry, state, answer) whenever the standing of an answer changes, in whichever tab.
export function listen(listener) {
  listeners.add(listener);
}

// What waits to be sent, in her order.
export async function waiting() {
  const all = new Map((await read()).map((entry) => [entry.key, entry]));
  for (const entry of here.values()) all.set(entry.key, entry);
  return [...all.values()].filter((entry) => entry.person === person).sort((one, other) => one.sequence - other.sequence);
}

// Sends what waits. Resolves to whether everything has arrived.
export function send() {
  if (sending) again = true;
  else sending = takeTurn(sendAll).finally(goOn);
  return sending;
}

export async function forget(belongs = () => true) {
  for (const entry of here.values()) if (belongs(entry)) here.delete(entry.key);
  await write((answers, all) => {
    for (const entry of all) if (belongs(entry)) answers.delete(entry.key);
  });
}

// Chrome and Firefox have randomUUID only on https and on the machine itself.
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// --- sending

function goOn() {
  sending = null;
  if (!again) return;
  again = false;
  send();
}

function takeTurn(act) {
  return navigator.locks ? navigator.locks.request(NAME, act) : act();
}

async function sendAll() {
  clearTimeout(timer);
  for (;;) {
    const next = (await waiting()).find((entry) => !held.has(entry.key));
    if (!next) return true;
    tell(next, "saving");
    if (!(await deliver(next))) return false;
  }
}

async function deliver(entry) {
  try {
    const answer = await post(entry);
    failures = 0;
    await drop(entry);
    tell(entry, "saved", answer);
  } catch (reason) {
    if (!(reason instanceof Refused)) return tryAgain();
    if (reason.signIn) held.add(entry.key);
    else await drop(entry);
    tell(entry, "refused", { message: reason.message, signIn: reason.signIn });
  }
  return true;
}

async function tryAgain() {
  for (const entry of await waiting()) if (!held.has(entry.key)) tell(entry, "unsaved");
  timer = setTimeout(send, Math.min(1000 * 2 ** failures, LONGEST_PAUSE));
  failures += 1;
  return false;
}

async function post({ address, body }) {
  const headers = { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8" };
  const signal = AbortSignal.timeout?.(LONGEST_SENDING);
  const answer = await fetch(address, { method: "POST", headers, body, keepalive: true, signal });
  if (answer.ok) return answer.json(); // a page that is no answer of ours, such as a hotel's, throws: it stays kept
  const isOurs = answer.headers.get("Content-Type")?.startsWith("application/problem+json");
  if (!isOurs || answer.status === 429 || answer.status >= 500) throw new Error(String(answer.status));
  throw new Refused(await answer.json());
}

// The server has read it and says no: sending it again would change nothing.
class Refused extends Error {
  constructor(problem) {
    super(problem.detail ?? "");
    this.signIn = problem.sign_in ?? "";
  }
}

// --- telling every tab

function tell(entry, state, answer) {
  const told = { key: entry.key, question: entry.question, attempt: entry.attempt, person };
  channel?.postMessage({ told, state, answer });
  for (const listener of listeners) listener(told, state, answer);
}

channel?.addEventListener("message", ({ data: { told, state, answer } }) => {
  if (told.person !== person) return;
  if (state === "saved" || (state === "refused" && !answer.signIn)) here.delete(told.key);
  for (const listener of listeners) listener(told, state, answer);
});

// --- keeping

function replaces(newer, older) {
  return older.attempt === newer.attempt && older.question === newer.question && older.person === newer.person
    && older.sequence < newer.sequence;
}

async function drop(entry) {
  here.delete(entry.key);
  await write((answers) => answers.delete(entry.key));
}

let opening = null;

function open() {
  opening ??= new Promise((resolve) => {
    const asking = indexedDB.open(NAME, 1);
    asking.onupgradeneeded = () => asking.result.createObjectStore("answers", { keyPath: "key" });
    asking.onerror = () => resolve(null);
    asking.onsuccess = () => {
      asking.result.onclose = asking.result.onversionchange = () => (opening = null);
      resolve(asking.result);
    };
  }).catch(() => null);
  return opening;
}

async function read() {
  const database = await open();
  if (!database) return [];
  return new Promise((resolve) => {
    const asking = database.transaction("answers").objectStore("answers").getAll();
    asking.onsuccess = () => resolve(asking.result);
    asking.onerror = () => resolve([]);
  });
}

// Where nothing can be kept, the page holds what it has: it says “Not saved yet” all the same.
async function write(act) {
  const database = await open();
  if (!database) return;
  await new Promise((resolve) => {
    const change = database.transaction("answers", "readwrite", { durability: "strict" });
    change.oncomplete = change.onerror = change.onabort = resolve;
    const answers = change.objectStore("answers");
    const asking = answers.getAll();
    asking.onsuccess = () => act(answers, asking.result);
  });
}

addEventListener("online", send);
document.addEventListener("visibilitychange", send);
