// The exam, sharpened: every answer is kept on this device as it is chosen and saved as soon as the server has it,
// the map stays true, 1 to 9 pick an option, and one question follows another without the network.
// Without this script the same form is saved as a whole by its buttons.

import { sharpen } from "./answering.js";
import { watch } from "./clock.js";
import { forget, listen, newKey, person, put, send, waiting } from "./saving.js";

const TYPING_PAUSE = 600;
const PATIENCE = 15_000;
const ICONS = { saved: "check", saving: "hourglass", unsaved: "cloud-off", remark: "triangle-alert" };

const form = document.getElementById("exam");
const toast = document.getElementById("toast");
const address = new URL(form.action).pathname; // of this attempt's answers: it names the attempt, too
const ahead = Number(form.dataset.serverMs) - Date.now();
let latest = 0;

// Later answers have higher numbers, by the server's clock: hers may be wrong, or be set back.
function nextSequence() {
  latest = Math.max(Date.now() + ahead, latest + 1);
  return latest;
}

class Question {
  constructor(section) {
    this.section = section;
    this.id = section.dataset.question;
    this.fields = [...section.querySelectorAll("input:not([type=hidden]), select, textarea")];
    this.timer = 0;
    this.unsaved = ""; // the key of her newest answer, until it is known what became of it
    section.addEventListener("change", () => this.keep());
    section.addEventListener("input", (event) => this.typed(event));
  }

  get isSafe() {
    return !this.timer && !this.unsaved;
  }

  // What the page came with is saved already.
  get isTouched() {
    return this.fields.some(differs);
  }

  get isAnswered() {
    return this.fields.some((field) => (/radio|checkbox/.test(field.type) ? field.checked : field.value.trim()));
  }

  typed({ target }) {
    if (!isText(target)) return;
    clearTimeout(this.timer);
    this.draw("saving", "Saving …"); // “Saved” would be about the words before these
    this.timer = setTimeout(() => this.keep(), TYPING_PAUSE);
  }

  keep() {
    clearTimeout(this.timer);
    this.timer = 0;
    const sequence = nextSequence();
    this.unsaved = newKey();
    this.draw("saving", "Saving …");
    put({ key: this.unsaved, address, attempt: address, question: this.id, sequence, body: this.body(sequence) });
    drawMap();
  }

  keepWhatIsTyped() {
    if (this.timer) this.keep();
  }

  body(sequence) {
    const sent = new URLSearchParams({ question: this.id, sequence, key: this.unsaved });
    for (const field of this.fields) {
      if (!/radio|checkbox/.test(field.type) || field.checked) sent.append(field.name, field.value);
    }
    return sent.toString();
  }

  // An answer that this device had kept when the page was left stands here again, and is still to be saved.
  restore({ key, body, sequence }) {
    if (this.unsaved || this.isTouched) return; // she has answered it again meanwhile
    const sent = new URLSearchParams(body);
    latest = Math.max(latest, sequence);
    this.unsaved = key;
    for (const field of this.fields) {
      if (/radio|checkbox/.test(field.type)) field.checked = sent.getAll(field.name).includes(field.value);
      else field.value = sent.get(field.name) ?? "";
    }
    this.draw(...wording("unsaved"));
  }

  // What another tab has sent is told here as well; only the newest answer of this page has a line to draw.
  hear(key, state, answer) {
    if (key !== this.unsaved) return;
    if (state === "saved" || state === "refused") this.unsaved = "";
    if (!this.timer) this.show(state, answer);
  }

  show(state, answer) {
    this.draw(...wording(state, answer));
    if (answer?.counts) this.forgetRemark();
    if (answer?.signIn) askToSignIn(answer.signIn);
  }

  draw(look, words) {
    const line = this.section.querySelector(".saved");
    line.className = `saved saved-${look}`;
    line.querySelector("span").textContent = words;
    const drawing = line.querySelector("use");
    drawing.setAttribute("href", drawing.getAttribute("href").replace(/#.*/, `#${ICONS[look]}`));
  }

  // What the page came with was about the answer before this one; the new one's remark stands beside “Saved”.
  forgetRemark() {
    document.getElementById(`error-q.${this.id}`)?.remove();
    document.querySelector(`.error-summary a[href="#${CSS.escape(`field-q.${this.id}`)}"]`)?.closest("li").remove();
    document.querySelector(".error-summary:not(:has(li))")?.remove();
    for (const field of this.fields) field.removeAttribute("aria-invalid");
  }

  // What is saved need not be sent once more with the whole form.
  leaveOut(sent) {
    for (const name of [`was.${this.id}`, ...this.fields.map((field) => field.name)]) sent.delete(name);
  }
}

function wording(state, answer) {
  if (state === "saving") return ["saving", "Saving …"];
  if (state === "unsaved") return ["unsaved", "Not saved yet. We keep trying."];
  if (state === "refused") {
    return answer.signIn ? ["saved", "Kept until you sign in"] : ["unsaved", `Not saved. ${answer.message}`];
  }
  if (!answer.counts) return ["unsaved", "You gave a later answer in another window. Reload to see it."];
  if (answer.remark) return ["remark", `Saved ${answer.saved}. ${answer.remark}`];
  return ["saved", `Saved ${answer.saved}`];
}

function askToSignIn(address) {
  const notice = document.getElementById("signed-out");
  notice.querySelector("a").href = address;
  notice.hidden = false;
}

// Whether a field differs from what the page came with.
function differs(field) {
  if (!field.options) return field.checked !== field.defaultChecked || field.value !== field.defaultValue;
  const chosen = [...field.options].findIndex((option) => option.defaultSelected);
  return field.selectedIndex !== Math.max(chosen, 0);
}

function isText(field) {
  return /^(text|textarea)$/.test(field.type);
}

sharpen(form);
const questions = [...form.querySelectorAll("[data-question]")].map((section) => new Question(section));

function drawMap() {
  for (const question of questions) {
    const place = document.querySelector(`[data-place="${CSS.escape(question.id)}"]`);
    place.classList.toggle("map-answered", question.isAnswered);
    place.querySelector(".unseen").textContent = question.isAnswered ? ", answered" : ", not answered";
  }
  const checked = document.querySelectorAll("#exam .question:not([data-question])").length;
  const answered = checked + questions.filter((question) => question.isAnswered).length;
  for (const count of document.querySelectorAll("[data-count]")) count.textContent = answered;
}

function saveAll() {
  for (const question of questions) question.keepWhatIsTyped();
}

async function allSettled() {
  while (!questions.every((question) => question.isSafe)) await new Promise((go) => setTimeout(go, 50));
}

listen(({ key, attempt, question }, state, answer) => {
  if (attempt === address) questions.find((one) => one.id === question)?.hear(key, state, answer);
});

// Leaving by a button waits until everything has arrived; what then is still on its way holds her back.
form.addEventListener("submit", async (event) => {
  if (questions.every((question) => question.isSafe)) return;
  event.preventDefault();
  saveAll();
  send();
  const pause = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  await Promise.race([pause, allSettled()]);
  if (questions.every((question) => question.isSafe)) form.requestSubmit(event.submitter);
  else toast.textContent = "Not everything is saved yet. Stay on this page: we keep trying.";
});

form.addEventListener("formdata", ({ formData }) => {
  for (const question of questions) question.leaveOut(formData);
});

addEventListener("beforeunload", (event) => {
  if (!isOver && !questions.every((question) => question.isSafe)) event.preventDefault();
});

document.addEventListener("visibilitychange", saveAll);

// A question chosen from the map is read behind it: on a phone the map makes way.
document.getElementById("outline").addEventListener("click", (event) => {
  if (event.target.closest("a")) event.currentTarget.hidePopover?.();
});

document.addEventListener("keydown", (event) => {
  const place = event.target.closest?.("[data-question]");
  if (!place || !/^[1-9]$/.test(event.key) || event.ctrlKey || event.altKey || event.metaKey) return;
  if (isText(event.target) || event.target.tagName === "SELECT") return;
  const option = place.querySelectorAll("input[type=radio], input[type=checkbox]")[event.key - 1];
  option?.focus();
  option?.click();
});

// One at a time: the others are in the page already, so going on needs no network. Answers are saved as ever.
const steps = [...form.querySelectorAll("[data-step]")];

function goTo(number) {
  for (const step of steps) step.hidden = step.dataset.step !== number;
  history.replaceState(null, "", `?at=${number}`);
  const here = steps.find((step) => !step.hidden).querySelector(".choice, .question");
  here.tabIndex = -1;
  here.focus();
  scrollTo(0, 0);
}

function isStep(number) {
  return steps.some((step) => step.dataset.step === number);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-step] button[name=then]");
  const link = event.target.closest("a[data-place]");
  const number = button?.value ?? link?.getAttribute("href").match(/^\?at=(\d+)$/)?.[1];
  if (!isStep(number)) return;
  event.preventDefault();
  saveAll();
  goTo(number);
});

// What came back after “Check this answer” is where she goes on. The browser itself goes to the address first.
addEventListener("load", () => setTimeout(() => document.querySelector(":target .notice")?.focus()));

async function restoreWhatWasKept() {
  await forget((entry) => entry.person !== person);
  for (const entry of await waiting()) {
    if (entry.attempt === address) questions.find((one) => one.id === entry.question)?.restore(entry);
  }
  drawMap();
  send();
}

// Answers she gave while this script was still on its way, or that the browser put back.
restoreWhatWasKept().then(() => {
  for (const question of questions) if (question.isTouched && !question.unsaved) question.keep();
  drawMap();
});

// At the end of her time what is on its way still arrives; then the server submits what it has.
const clock = document.getElementById("clock");

async function endNow() {
  saveAll();
  send();
  await Promise.race([new Promise((go) => setTimeout(go, PATIENCE)), allSettled()]);
  const ending = document.createElement("form");
  ending.method = "post";
  ending.action = form.action.replace(/answers$/, "submit");
  document.body.append(ending);
  isOver = true;
  ending.submit();
}

let isOver = false;
if (clock) watch(clock, { ahead, say: (words) => (toast.textContent = words), end: endNow });

// Coming back by the browser's own button may show the page as it was before she answered.
if (performance.getEntriesByType("navigation")[0]?.type === "back_forward") {
  allSettled().then(() => location.reload());
}
