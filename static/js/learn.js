// Reading, sharpened: a check or a scenario answers in place, and the paragraph she is at is remembered.
// Without this script a check is a page load to its own place, and modules are remembered by “Done, next”.

import { sharpen } from "./answering.js";

const RESTING = 2000;
const toast = document.getElementById("toast");

sharpen(document);

// Checks and scenarios: fetch the very page that the form or link leads to, and take over the one section.

document.addEventListener("submit", (event) => {
  const { check } = event.target.dataset;
  if (!check) return;
  const address = new URL(event.target.action);
  address.search = new URLSearchParams(new FormData(event.target));
  take(event, check, address, () => event.target.submit());
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-check]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  take(event, link.dataset.check, new URL(link.href), () => location.assign(link.href));
});

async function take(event, id, address, otherwise) {
  event.preventDefault();
  const answer = await fetch(address).catch(sayNotReached);
  if (!answer) return;
  toast.textContent = "";
  try {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = document.adoptNode(page.getElementById(id));
    keepWhatStays(fresh);
    document.getElementById(id).replaceWith(fresh);
    sharpen(fresh);
    show(fresh);
  } catch {
    otherwise();
  }
}

// Going to the page itself would fail as well, and lose what is chosen here.
function sayNotReached() {
  toast.textContent = "The site cannot be reached. Your answer stays here: try again in a moment.";
}

// What is written for oneself was never sent, so the new page does not have it: it is carried over.
function keepWhatStays(fresh) {
  for (const empty of fresh.querySelectorAll("[data-stays]")) empty.replaceWith(document.getElementById(empty.id));
}

// The focus goes to what is new, and a screen reader says it: the step, the verdict, or the first thing to answer.
function show(section) {
  const first = section.querySelector('[id$="-here"], .notice, input:not([type=hidden]), select, textarea');
  if (!first.matches("input, select, textarea")) first.tabIndex = -1;
  first.focus();
}

// Her place: the top-most paragraph in sight, told once she rests there or leaves.

const text = document.getElementById("text");
const blocks = [...text.querySelectorAll("[id]")].filter((block) => /^b\d+$/.test(block.id));
let told = top()?.id; // where the page opened is no news: it must not replace the place she came back for
let timer = 0;

function top() {
  return blocks.find((block) => block.getBoundingClientRect().bottom > 0);
}

function tell() {
  clearTimeout(timer);
  const here = top()?.id;
  if (!here || here === told) return;
  told = here;
  navigator.sendBeacon(text.dataset.place, new URLSearchParams({ module: text.dataset.module, block: here }));
}

if (text.dataset.place) {
  addEventListener("scroll", () => {
    clearTimeout(timer);
    timer = setTimeout(tell, RESTING);
  }, { passive: true });
  document.addEventListener("visibilitychange", tell);
}

// In a long course the outline opens where she is in it.

const outline = document.getElementById("outline");

function showWhereSheIs() {
  const here = outline.querySelector("[aria-current]");
  outline.scrollTop = here.offsetTop - (outline.clientHeight - here.offsetHeight) / 2;
}

outline.addEventListener("toggle", showWhereSheIs);
showWhereSheIs();
