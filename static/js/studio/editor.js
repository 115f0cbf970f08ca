// The editor of the Studio, laid over the textarea of a form that works without it.
//
// The textarea stays what is sent: every change is written through to it. What is typed is saved a second after
// the typing stops; the answer brings the problems of the whole course, and the preview follows.

import { Refused, Saving } from "./saving.js";
import { layOver } from "./code.js";
import { Preview } from "./preview.js";
import { choosePanes } from "./panes.js";
import { takeMedia } from "./media.js";

const PAUSE = 1_000; // of typing, before what was typed is saved

const bench = document.getElementById("bench");
const form = document.getElementById("writing");
const field = form.elements.content;
const version = form.elements.revision;
const panes = choosePanes(bench);
const preview = new Preview(document.getElementById("live"));
const previews = new BroadcastChannel("continua-preview"); // those that are open in other windows
const saving = new Saving(send, tell);
let lastSent = null;
let timer = 0;
let isLost = false; // refused, and kept nowhere but on this page

const editor = await layOver(field, {
  bundle: bench.dataset.bundle,
  label: bench.dataset.label,
  onChange: () => { say("unsaved", "Not saved yet"); later(); },
  onSave: now,
});
editor.mark(marks(document.getElementById("problems")));
takeMedia({ editor, zone: bench, dialog: document.getElementById("add-media") });
jumpFromAddress();

// --- saving

function later() {
  clearTimeout(timer);
  timer = setTimeout(put, PAUSE);
}

function now() {
  clearTimeout(timer);
  if (field.value === lastSent && saving.isSafe) return;
  put();
}

function put() {
  timer = 0;
  saving.put(field.value);
}

async function send(text) {
  lastSent = text;
  const answer = await deliver(text);
  if (answer.status === 409) return overtaken(await answer.json());
  if (answer.ok) return answer.json();
  if (answer.status === 429 || answer.status >= 500) throw new Error(String(answer.status));
  throw new Refused(await answer.json().catch(() => ({})));
}

function deliver(text) {
  const parcel = new FormData();
  parcel.set("content", text);
  parcel.set("revision", version.value);
  parcel.set("while_typing", "yes");
  // A browser sends no more than this after its page was closed.
  return fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body: parcel,
                              keepalive: text.length < 20_000 });
}

// Somebody saved in between. If it is what this page had sent itself (kept while she was signed out), nobody did.
async function overtaken(problem) {
  const isOwn = problem.theirs !== undefined && problem.theirs === field.dataset.sent;
  if (!isOwn) throw new Refused(problem);
  version.value = problem.revision;
  return send(field.value);
}

function tell(state, answer) {
  if (answer?.revision) {
    version.value = answer.revision;
    field.dataset.sent = lastSent;
  }
  isLost = state === "refused" && !answer.isKept;
  if (state === "saved") {
    document.getElementById("signed-out").hidden = true;
    document.getElementById("overtaken").hidden = true;
    say("saved", answer.words);
    showProblems(answer);
    preview.follow(answer.is_whole);
    previews.postMessage("saved");
  } else if (state === "refused") {
    field.dataset.sent = lastSent;
    stop(answer);
  } else {
    say(state, state === "saving" ? "Saving …" : "Not saved yet. We are trying again");
  }
}

function stop(reason) {
  if (reason.signIn) {
    document.getElementById("signed-out").hidden = false;
    say("unsaved", "Not saved yet: you have been signed out");
  } else {
    const notice = document.getElementById("overtaken");
    notice.hidden = false;
    notice.querySelector("[data-words]").textContent = reason.message;
    say("unsaved", "Not saved");
  }
}

const drawings = { saved: "check", saving: "hourglass", unsaved: "pencil-line" };

function say(state, words) {
  const place = document.getElementById("saved");
  place.className = `saved saved-${state}`;
  const use = place.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${drawings[state]}`));
  const spoken = place.querySelector("span");
  if (spoken.textContent !== words) spoken.textContent = words;
}

form.addEventListener("submit", () => {
  clearTimeout(timer);
  field.dataset.leaving = "yes";
});

addEventListener("beforeunload", (event) => {
  if (!field.dataset.leaving && (timer || !saving.isSafe || isLost)) event.preventDefault();
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden" && timer) now();
});
addEventListener("online", () => saving.go());
addEventListener("focus", () => {
  // She may have signed in again beside this page.
  if (!document.getElementById("signed-out").hidden) put();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "s" && (event.ctrlKey || event.metaKey) && !event.altKey) {
    event.preventDefault();
    now();
  }
});

// --- problems

function showProblems({ problems, files, count }) {
  document.getElementById("files").innerHTML = files;
  const section = document.getElementById("problems");
  section.innerHTML = problems; // both are our own templates', escaped there
  editor.mark(marks(section));
  panes.count("problems", count);
  const below = bench.querySelector("[data-problem-count]");
  below.hidden = !count;
  below.querySelector("span").textContent = count === 1 ? "1 problem" : `${count} problems`;
}

function marks(section) {
  return [...section.querySelectorAll("[data-here]")].map((link) => ({
    line: Number(link.dataset.line),
    column: Number(link.dataset.column),
    severity: link.dataset.level,
    message: link.closest("li").querySelector("[data-says]").textContent.trim().replace(/\s+/g, " "),
  }));
}

bench.addEventListener("click", (event) => {
  const link = event.target.closest("[data-here]");
  if (!link) return;
  event.preventDefault();
  panes.show("write");
  editor.jump(Number(link.dataset.line), Number(link.dataset.column));
});

function jumpFromAddress() {
  const asked = new URLSearchParams(location.search);
  const line = Number(asked.get("line"));
  if (line > 0) editor.jump(line, Number(asked.get("column")) || 1);
}
