// The desk around a preview, sharpened: a saved file is seen at once and where she was, and the ribbon follows the page.
// Without this script each link of the ribbon is a page load, and the browser's own reload shows what was saved.
//
// A new version of a page is laid out behind the old one, scrolled to where she was, and only then takes its place.

const frames = document.getElementById("frames");
const said = document.getElementById("said");
const { site, changes } = document.body.dataset;
const PATIENCE = 5000;

let shown = frames.querySelector("iframe");
let seen = ""; // the page as it was last fetched: what has not changed is left alone
let turn = 0;

shown.addEventListener("load", () => arrived(shown));

function here() {
  const { pathname, search } = shown.contentWindow.location;
  return pathname.startsWith(site) ? pathname.slice(site.length) + search : "";
}

// She went to another page inside the frame: the ribbon and the address of the desk go with her.
async function arrived(frame) {
  if (frame !== shown) return;
  const at = here();
  if (!at) return;
  const address = new URL(location.href);
  address.search = new URLSearchParams({ at, ...(isPhone() && { width: "phone" }) });
  history.replaceState(null, "", address);
  const loaded = textOf(shown.contentWindow.location.href, { cache: "force-cache" }); // what the frame shows, not newer
  [seen] = await Promise.all([loaded, drawRibbon()]);
}

function isPhone() {
  return frames.classList.contains("desk-phone");
}

async function textOf(address, how) {
  const answer = await fetch(address, how).catch(() => null);
  return answer ? answer.text() : "";
}

// The ribbon as the server draws it for this address; lists that are open stay open.
async function drawRibbon() {
  const text = await textOf(location.href);
  if (!text) return;
  const fresh = new DOMParser().parseFromString(text, "text/html");
  const open = [...document.querySelectorAll("[popover]:popover-open")].map((list) => list.id);
  const focus = document.activeElement.closest?.("#ribbon") ? markOf(document.activeElement) : "";
  document.getElementById("ribbon").replaceWith(document.adoptNode(fresh.getElementById("ribbon")));
  document.title = fresh.title;
  for (const id of open) document.getElementById(id)?.showPopover();
  if (focus) document.querySelector(focus)?.focus();
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
  if (link.dataset.page) shown.src = link.dataset.page;
  else setWidth(link.dataset.width);
});

function setWidth(width) {
  frames.className = width === "phone" ? "desk-phone" : "desk-wide";
  arrived(shown);
}

// What was saved: draw the ribbon, and the page if it has changed.
export async function refresh() {
  const mine = ++turn;
  const address = shown.contentWindow.location.href;
  const [text] = await Promise.all([textOf(address), drawRibbon()]);
  if (mine !== turn) return;
  if (!seen) seen = text; // the frame has only just come
  if (!text || text === seen) return tell(text);
  await replaceBy(address, mine);
  if (mine === turn) seen = text;
  tell(text);
}

function tell(text) {
  if (!text) said.textContent = "The preview has ended. Start it again to go on.";
  else said.textContent = document.querySelector(".ribbon-remark strong")?.textContent ?? "The preview shows what you saved.";
}

async function replaceBy(address, mine) {
  const next = shown.cloneNode();
  next.inert = true; // behind the one that is shown, but laid out
  next.src = address;
  const loaded = new Promise((resolve) => next.addEventListener("load", resolve, { once: true }));
  frames.append(next);
  await Promise.race([loaded, new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
  if (mine !== turn) {
    next.remove();
    return;
  }
  scrollAsBefore(shown.contentWindow, next.contentWindow);
  const old = shown;
  shown = next;
  next.inert = false;
  old.remove();
  next.addEventListener("load", () => arrived(next));
}

// The heading she is below stays where it was, whatever has grown above it.
function scrollAsBefore(from, to) {
  const marks = [...from.document.querySelectorAll("main [id]")].filter((one) => /^H\d$|^SECTION$/.test(one.tagName));
  const mark = marks.findLast((one) => one.getBoundingClientRect().top <= 80);
  const same = mark && to.document.getElementById(mark.id);
  const top = same ? same.getBoundingClientRect().top + to.scrollY - mark.getBoundingClientRect().top : from.scrollY;
  to.scrollTo({ left: from.scrollX, top, behavior: "instant" });
  const open = [...from.document.querySelectorAll("main details")].map((one) => one.open);
  [...to.document.querySelectorAll("main details")].forEach((one, index) => (one.open = open[index] ?? one.open));
}

// `continua preview` tells of saved files itself; the Studio's editor calls across the channel.
if (changes) {
  const told = new EventSource(changes);
  told.addEventListener("message", refresh);
  told.addEventListener("open", refresh); // also after the line was down: something may have been missed
}
new BroadcastChannel("continua-preview").addEventListener("message", refresh);
