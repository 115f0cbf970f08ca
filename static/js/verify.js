// Files and numbers are sent a few at a time, and each row of the answer is put into the table when it is found.
// Without this script the same form is posted whole, and the same table comes as a page.

import { table } from "./verify_table.js";

const AT_ONCE = 2;
const MOST_FILES = 6; // in one request: the first ones go alone, so that the first row comes soon
const MOST_BYTES = 8_000_000;
const NUMBERS = 50;
const TRIES = 6;
const LONGEST_WAIT = 90;
const NOT_OURS_TO_READ = /^(\.|thumbs\.db$|desktop\.ini$)/i; // what systems leave in folders

const form = document.querySelector("[data-verify]");
const results = document.getElementById("results");
const most = Number(form.dataset.most);
const largest = (file) => Number(/\.zip$/i.test(file.name) ? form.dataset.largestZip : form.dataset.largest);
const found = table(results, form.dataset.number);
const queue = [];
let total = 0, done = 0, running = 0, sent = 0, waiting = 0;

// --- what is brought

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const field = form.elements.numbers;
  const typed = field?.value.trim() ?? "";
  const files = [...form.querySelectorAll("input[type=file]")].flatMap((one) => [...one.files]);
  if (typed && !files.length && /^[0-9a-z]{4}([ -]?[0-9a-z]{4}){4}$/i.test(typed)) return void form.submit();
  begin(files, typed);
  if (/[\r\n,;]/.test(typed)) field.value = ""; // a list is in the table now; one number stays to be put right
  for (const one of form.querySelectorAll("input[type=file]")) one.value = "";
});

// One whole number is sent by Enter, as from a field of one line; in a list, Enter begins the next line.
form.elements.numbers?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  if (event.target.value.includes("\n") || event.target.value.replace(/[^0-9a-z]/gi, "").length !== 20) return;
  event.preventDefault();
  form.requestSubmit();
});

form.addEventListener("change", (event) => {
  if (event.target.type === "file" && event.target.files.length) form.requestSubmit();
});

const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
for (const kind of ["dragenter", "dragover"]) {
  addEventListener(kind, (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    document.body.classList.add("dropping");
  });
}
addEventListener("dragleave", (event) => { if (!event.relatedTarget) document.body.classList.remove("dropping"); });
addEventListener("drop", async (event) => {
  if (!holdsFiles(event)) return;
  event.preventDefault();
  document.body.classList.remove("dropping");
  begin(await dropped(event.dataTransfer), "");
});

async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.());
  if (!entries.every(Boolean)) return [...transfer.files];
  return (await Promise.all(entries.map(within))).flat();
}

async function within(entry) {
  if (NOT_OURS_TO_READ.test(entry.name)) return [];
  if (entry.isFile) return [await new Promise((take, fail) => entry.file(take, fail))];
  const reader = entry.createReader(), files = [];
  for (;;) { // a reader gives a hundred at a time
    const some = await new Promise((take, fail) => reader.readEntries(take, fail));
    if (!some.length) return files;
    for (const one of some) files.push(...await within(one));
  }
}

// --- what is sent

function begin(files, typed) {
  const numbers = typed.split(/[\r\n\t,;|]+/).filter((cell) => cell.trim());
  if (!files.length && !numbers.length) return void (form.elements.numbers ?? form.elements.files).focus();
  const room = Math.max(0, most - total);
  const taken = files.slice(0, room);
  results.hidden = false;
  found.waits(true);
  if (!queue.length && !running) heading().focus({ preventScroll: true });
  results.scrollIntoView({ block: "start" });
  for (const file of taken) {
    if (file.size <= largest(file)) queue.push({ file });
    else found.unread(file.name, `This is larger than ${largest(file) / 2 ** 20} MB, so it was not sent.`);
  }
  for (let at = 0; at < numbers.length; at += NUMBERS) queue.push({ numbers: numbers.slice(at, at + NUMBERS) });
  total += taken.length + numbers.length;
  done += taken.filter((file) => file.size > largest(file)).length;
  say(taken.length < files.length
    ? `${most} files are checked at a time. ${files.length - taken.length} were left out: load the page again for them.`
    : `Checking ${total}.`);
  tell();
  while (running < AT_ONCE && queue.length) work();
  if (!running) finish(); // nothing was small enough to be sent
}

async function work() {
  running += 1;
  while (queue.length) await send(next());
  running -= 1;
  if (!running) finish();
}

function next() {
  if (queue[0].numbers) return [queue.shift()];
  const batch = [], size = sent++ < AT_ONCE ? 1 : MOST_FILES;
  let bytes = 0;
  while (batch.length < size && queue[0]?.file && (!batch.length || bytes + queue[0].file.size <= MOST_BYTES)) {
    bytes += queue[0].file.size;
    batch.push(queue.shift());
  }
  return batch;
}

async function send(batch) {
  let left = batch;
  for (let tried = 0; left.length; tried += 1) {
    const { later, wait, why } = await ask(left);
    left = later;
    if (!left.length) return;
    if (tried >= TRIES || !wait) {
      if (left.length > 1) { // one of them may be to blame: each by itself
        for (const one of left) await send([one]);
        return;
      }
      for (const line of left[0].numbers ?? [left[0].file.name]) found.unread(line, why);
      count(left[0]);
      return;
    }
    await rest(Math.min(wait * (tried < 2 ? 1 : tried), LONGEST_WAIT));
  }
}

// Gives what is to be sent once more, after how many seconds (0: never), and why.
async function ask(batch) {
  const body = new FormData();
  for (const one of batch) {
    if (one.file) body.append("files", one.file, one.file.name);
    else body.append("numbers", one.numbers.join("\n"));
  }
  let answer, open = batch;
  try {
    answer = await fetch("/verify/rows", { method: "POST", body, headers: { Accept: "application/json" } });
    if (!answer.ok) return await refused(answer, batch);
    open = await read(answer, batch);
  } catch {
    const why = answer ? "The connection broke while this was checked." : "This did not arrive: the network is gone.";
    return { later: open.filter((one) => !one.isDone), wait: 2, why: `${why} Check it again when you are back.` };
  }
  return { later: open, wait: 2, why: "This could not be read just now. Check it again in a few minutes." };
}

async function refused(answer, batch) {
  const told = await answer.json().catch(() => ({}));
  const passes = answer.status === 429 || answer.status === 503;
  const wait = passes ? Number(answer.headers.get("Retry-After")) || 3 : 0;
  if (answer.status === 429) say(told.detail);
  return { later: batch, wait, why: told.detail ?? "We could not check this. Try again in a few minutes." };
}

async function read(answer, batch) {
  const lines = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let held = "", ended = false;
  for (;;) {
    const { value, done: isOver } = await lines.read();
    held += value ?? "";
    const whole = held.split("\n");
    held = whole.pop();
    for (const line of whole) ended = take(JSON.parse(line), batch) || ended;
    if (isOver) break;
  }
  if (!ended) throw new Error("cut off");
  return batch.filter((one) => !one.isDone);
}

function take(line, batch) {
  if (line.row) found.add(line.row);
  if (line.leftOut?.length) found.leftOut(line.leftOut);
  if (line.done !== undefined) count(batch[line.done]);
  if (line.end) batch.filter((one) => one.numbers && !one.isDone).forEach(count);
  tell();
  return Boolean(line.end);
}

function count(one) {
  one.isDone = true;
  done += one.numbers?.length ?? 1;
  tell();
}

function rest(seconds) {
  waiting += 1;
  tell();
  return new Promise((go) => setTimeout(() => { waiting -= 1; go(); }, seconds * 1000));
}

// --- what is told

const heading = () => document.getElementById("results-title");
const say = (words) => { results.querySelector("[data-said]").textContent = words; };

function tell() {
  const progress = results.querySelector("[data-progress]");
  progress.hidden = false;
  progress.querySelector("progress").max = total;
  progress.querySelector("progress").value = done;
  const rows = found.size === done ? "" : ` · ${found.size} results`;
  progress.querySelector("p").textContent = `${done} of ${total} read${rows}${waiting ? " · waiting a moment" : ""}`;
}

function finish() {
  tell();
  found.waits(false);
  say(`${done} of ${total} read. ${found.counted()}`);
}
