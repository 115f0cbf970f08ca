// The desk around a preview, sharpened: what is saved is seen at once and where she was, and the ribbon follows the page.
// Without this script each link of the ribbon is a page load, and the browser's own reload shows what was saved.

import { sharpen } from "./answering.js";

const frames = document.getElementById("frames");
const frame = frames.querySelector("iframe");
const said = document.getElementById("said");
const { site, changes } = document.body.dataset;
const CONTAINERS = "main, article, form.done, .prose"; // looked into; whatever else has changed is replaced whole

let came = null; // the page in the frame, as the server last sent it
let turn = 0;

frame.addEventListener("load", arrived);
if (frame.contentDocument?.readyState === "complete") arrived();

function here() {
  const { pathname, search } = frame.contentWindow.location;
  return pathname.startsWith(`${site}/`) ? pathname.slice(site.length) + search : "";
}

// She went to another page inside the frame: the ribbon and the address of the desk go with her.
async function arrived() {
  const mine = ++turn;
  came = null;
  const at = here();
  if (!at) return;
  const address = new URL(location.href);
  address.search = new URLSearchParams({ at, ...(isPhone() && { width: "phone" }) });
  history.replaceState(null, "", address);
  // From the browser's own store: what the frame shows, and nothing newer.
  const [page] = await Promise.all([pageAt(frame.contentWindow.location.href, { cache: "force-cache" }), drawRibbon()]);
  if (mine === turn) came = page;
}

function isPhone() {
  return frames.classList.contains("desk-phone");
}

async function pageAt(address, how) {
  const answer = await fetch(address, how).catch(() => null);
  return answer && new DOMParser().parseFromString(await answer.text(), "text/html");
}

// The ribbon as the server draws it for this address; lists that are open stay open.
async function drawRibbon() {
  const fresh = await pageAt(location.href);
  const ribbon = fresh?.getElementById("ribbon");
  if (!ribbon) return false;
  const open = [...document.querySelectorAll("[popover]:popover-open")].map((list) => list.id);
  const focus = document.activeElement.closest?.("#ribbon") ? markOf(document.activeElement) : "";
  document.getElementById("ribbon").replaceWith(document.adoptNode(ribbon));
  document.title = fresh.title;
  for (const id of open) document.getElementById(id)?.showPopover();
  if (focus) document.querySelector(focus)?.focus();
  return true;
}

// How to find a thing of the ribbon again in the next one.
function markOf(element) {
  if (element.id) return `#${CSS.escape(element.id)}`;
  const list = element.getAttribute("popovertarget");
  return list ? `[popovertarget="${list}"]` : "#ribbon a";
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-page], a[data-width]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  link.closest("[popover]")?.hidePopover();
  if (link.dataset.page) frame.src = link.dataset.page;
  else setWidth(link.dataset.width);
});

function setWidth(width) {
  frames.className = width === "phone" ? "desk-phone" : "desk-wide";
  arrived();
}

// Something was saved: first what has changed of the page, then the ribbon.
async function refresh() {
  const address = frame.contentWindow.location.href;
  const mine = ++turn;
  if (came) {
    const page = await pageAt(address);
    if (mine !== turn) return;
    if (page) show(page);
  } else if (frame.contentDocument?.readyState === "complete" && address !== "about:blank") {
    frame.contentWindow.location.reload(); // the source of a file
  }
  const goesOn = await drawRibbon();
  const remark = document.querySelector(".ribbon-remark strong")?.textContent ?? "The preview shows what you saved.";
  said.textContent = goesOn ? remark : "The preview has ended. Start it again to go on.";
}

// What is as it was is left alone, with whatever she has typed into it.
function show(page) {
  const shown = frame.contentDocument;
  shown.title = page.title;
  const old = came;
  came = page;
  const place = placeIn(shown);
  for (const part of ["main", ".outline"]) {
    const [live, was, fresh] = [shown, old, page].map((one) => one.querySelector(part));
    if (live && was && fresh) update(live, was, fresh);
    else if (live || fresh) return shown.location.reload();
  }
  place();
}

// What she sees stays where it is, whatever has grown above it; gives the function that sees to that.
function placeIn(shown) {
  shown.documentElement.style.overflowAnchor = "none"; // the browser would do it as well
  const marks = [...shown.querySelectorAll("main [id]")].map((one) => ({ one, top: one.getBoundingClientRect().top }));
  marks.sort((one, other) => Math.abs(one.top) - Math.abs(other.top));
  return () => {
    const mark = marks.find(({ one }) => one.isConnected && one.matches("p, h2, h3, h4, li, figure, table"));
    if (mark) shown.defaultView.scrollBy({ top: mark.one.getBoundingClientRect().top - mark.top, behavior: "instant" });
  };
}

function update(live, was, fresh) {
  if (was.isEqualNode(fresh)) return;
  for (const { name, value } of fresh.attributes) live.setAttribute(name, value);
  const [old, now, here] = [was, fresh, live].map((one) => [...one.childNodes]);
  if (old.length !== here.length) return put(here, now, live);
  const most = Math.min(old.length, now.length);
  let [first, last] = [0, 0];
  while (first < most && isSame(old[first], now[first])) first += 1;
  while (last < most - first && isSame(old.at(-1 - last), now.at(-1 - last))) last += 1;
  for (let index = 0; index < first; index += 1) renumber(here[index], now[index]);
  for (let index = 1; index <= last; index += 1) renumber(here.at(-index), now.at(-index));
  const [gone, come, instead] = [old, now, here].map((all) => all.slice(first, all.length - last));
  if (gone.length === come.length) come.forEach((node, index) => change(instead[index], gone[index], node));
  else put(instead, come, live, here[here.length - last]);
}

// Paragraphs are numbered through a module: one more makes all that follow others by number alone.
function isSame(one, other) {
  return one.isEqualNode(other) || (one.outerHTML && wordsOf(one) === wordsOf(other));
}

function wordsOf(element) {
  return element.outerHTML?.replace(/ id="b\d+"/g, "");
}

function renumber(live, fresh) {
  if (live.nodeType !== Node.ELEMENT_NODE) return;
  const [old, now] = [live, fresh].map((one) => [one, ...one.querySelectorAll("*")].filter(({ id }) => /^b\d+$/.test(id)));
  old.forEach((one, index) => (one.id = now[index]?.id ?? one.id));
}

function change(live, was, fresh) {
  if (isSame(was, fresh)) return renumber(live, fresh);
  if (was.nodeName === fresh.nodeName && was.matches?.(CONTAINERS)) update(live, was, fresh);
  else put([live], [fresh], live.parentNode);
}

function put(instead, come, parent, before = null) {
  const nodes = come.map((node) => parent.ownerDocument.importNode(node, true));
  const holder = parent.ownerDocument.createDocumentFragment();
  holder.append(...nodes);
  sharpen(holder);
  parent.insertBefore(holder, instead[0] ?? before);
  for (const node of instead) node.remove();
}

// `continua preview` tells of saved files itself; the Studio's editor calls across the channel.
if (changes) {
  const told = new EventSource(changes);
  told.addEventListener("message", refresh);
  told.addEventListener("open", refresh); // also after the line was down: something may have been missed
}
new BroadcastChannel("continua-preview").addEventListener("message", refresh);
