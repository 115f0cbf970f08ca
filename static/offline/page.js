// The page: files go in by choice or by drop, and each comes back with what it shows of itself. Nothing is sent anywhere; the
// page's own policy forbids it.
/* global KEYS, WORDS */

import { bytesOf, hexOf, lettersOf, sha256 } from "./bytes.js";
import { check, refused } from "./checking.js";
import { readKeys, readRevocations } from "./keys.js";
import { checkPdf, isCertificate, isPdf, isProof, LARGEST_FILE } from "./pdf.js";
import { ways } from "./signatures.js";
import { dated, spoken } from "./words.js";

const MOST_OPEN = 3; // more results than these are laid out closed, one line each
const at = (id) => document.getElementById(id);
const held = { keys: null, revocations: null, files: [] };
let turn = 0; // what was begun with other keys or other files is given up

globalThis.continua = { check, checkPdf, readKeys, readRevocations, ways }; // for whoever tests this page

start();

async function start() {
  if (!globalThis.crypto?.subtle) {
    say("This browser cannot check signatures on this page. Save the page, and open the file that you saved.");
    return;
  }
  at("files").addEventListener("change", () => take(at("files").files));
  at("keys").addEventListener("change", () => take(at("keys").files));
  at("revocations").addEventListener("change", () => take(at("revocations").files));
  at("clear").addEventListener("click", clear);
  document.addEventListener("dragover", (event) => { event.preventDefault(); at("zone").classList.add("over"); });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) at("zone").classList.remove("over"); });
  document.addEventListener("drop", drop);
  if (KEYS) await useKeys(bytesOf(JSON.stringify(KEYS)), "");
  tellKeys();
  document.documentElement.dataset.ready = "";
}

// --- files

function drop(event) {
  event.preventDefault();
  at("zone").classList.remove("over");
  take(event.dataTransfer.files);
}

/** Sort what was given: keys and lists are used, everything else is checked. */
async function take(files) {
  const notes = [];
  const given = [];
  for (const file of files) {
    if (file.size > LARGEST_FILE) {
      given.push({ name: file.name, raw: null, letters: "" });
      continue;
    }
    const raw = new Uint8Array(await file.arrayBuffer());
    const letters = lettersOf(raw);
    if (letters.includes("continua-keys-1") && !isPdf(raw)) notes.push(await useKeys(raw, file.name));
    else if (letters.includes("continua-revocations-1") && !isPdf(raw)) notes.push(await useRevocations(raw, file.name));
    else given.push({ name: file.name, raw, letters });
  }
  held.files.push(...given);
  tellKeys(notes.filter(Boolean));
  await checkAll();
}

async function useKeys(raw, name) {
  try {
    held.keys = await readKeys(raw);
    held.revocations = null;
    return "";
  } catch (error) {
    return `${name}: ${error.message}`;
  }
}

async function useRevocations(raw, name) {
  if (!held.keys) return `${name}: Choose the provider’s keys first.`;
  try {
    held.revocations = await readRevocations(raw, held.keys);
    return "";
  } catch (error) {
    return `${name}: ${error.message}`;
  }
}

function clear() {
  turn += 1;
  held.files = [];
  for (const id of ["files", "keys", "revocations"]) at(id).value = "";
  at("results").replaceChildren();
  at("clear").hidden = true;
  say("");
  at("files").focus();
}

// --- checking

async function checkAll() {
  const mine = (turn += 1);
  if (!held.files.length) return;
  if (!held.keys) {
    say("Choose the provider’s keys: without them nothing can be checked.");
    return;
  }
  const proofs = held.files.filter(({ letters }) => isProof(letters)).map(({ raw }) => raw);
  const files = held.files.filter(({ letters }) => !isProof(letters));
  const counts = { right: 0, attention: 0, wrong: 0 };
  at("results").replaceChildren();
  at("clear").hidden = false;
  for (const [place, file] of files.entries()) {
    say(`Checking ${place + 1} of ${files.length} …`);
    const proven = await judged(file, proofs);
    if (mine !== turn) return;
    const tone = toneOf(proven);
    counts[tone] += 1;
    at("results").append(card(file.name, proven, { tone, isOpen: files.length <= MOST_OPEN }));
  }
  say(counted(files.length, counts));
}

async function judged({ raw, letters }, proofs) {
  const { keys, revocations } = held;
  if (!raw) return refused("too-large", keys);
  if (isPdf(raw)) return checkPdf(raw, keys, revocations);
  if (!isCertificate(letters)) return refused("not-a-pdf", keys);
  let proven = await check(raw, null, keys, revocations);
  for (const proof of proofs) {
    if (proven.verdict === "proven") break;
    const other = await check(raw, proof, keys, revocations);
    if (proofs.length === 1 || other.verdict === "proven") proven = other;
  }
  return proven;
}

const isAsSealed = ({ seal }) => seal === "" || seal === "intact";
const GOOD = new Set(["proven", "signed-only"]);

function toneOf(proven) {
  if (proven.verdict === "forged" || proven.verdict === "not-ours") return "wrong";
  if (GOOD.has(proven.verdict) && proven.status === "revoked") return "wrong";
  return proven.verdict === "proven" && proven.status !== "superseded" && isAsSealed(proven) ? "right" : "attention";
}

function counted(number, { right, attention, wrong }) {
  const parts = [[right, "genuine"], [attention, "to look at"], [wrong, "not to be accepted"]];
  const words = parts.filter(([count]) => count).map(([count, what]) => `${count} ${what}`);
  return `${number === 1 ? "1 file" : `${number} files`} checked: ${words.join(", ")}.`;
}

// --- what is shown

function say(words) {
  at("said").textContent = words;
}

function made(tag, more = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(more)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function icon(name) {
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#${name}`);
  drawing.append(use);
  return drawing;
}

function drawingOf({ verdict, status }, tone) {
  if (tone === "right") return "shield-check";
  if (GOOD.has(verdict) && status !== "unknown" && status !== "valid") return status === "revoked" ? "shield-x" : "refresh-cw";
  return { proven: "scale", forged: "file-x", "not-ours": "shield-x", unreadable: "circle-question-mark" }[verdict] ?? "triangle-alert";
}

function card(name, proven, { tone, isOpen }) {
  const whose = [proven.facts?.holder, name].filter(Boolean).join(" · ");
  const line = made("summary", {}, icon(drawingOf(proven, tone)),
    made("span", {}, made("strong", {}, proven.title), " ", made("span", { class: "file" }, whose)));
  const shown = made("details", { class: `checked tone tone-${tone}` }, line);
  shown.open = isOpen;
  shown.append(made("div", { class: "stack" }, ...sentences(proven), ...(proven.facts ? [factList(proven)] : [])));
  return shown;
}

function* sentences(proven) {
  yield made("p", {}, proven.sentence);
  if (proven.seal) yield made("p", {}, made("strong", {}, `${proven.seal_title}.`), ` ${proven.seal_sentence}`);
  if (proven.standing) yield made("p", {}, proven.standing);
  for (const warning of proven.warnings) yield made("p", {}, ...linked(warning));
  if (!proven.facts && proven.number) yield made("p", {}, "The number that it names: ", grouped(proven.number));
}

/** The address where a certificate’s status is told is a way out of this page, and taken only by choice. */
function linked(words) {
  const [, before, address, after] = /^(.*?)(https?:\/\/[!-~]+?)(\.?)$/u.exec(words) ?? [];
  if (!address) return [words];
  return [before, made("a", { href: address, rel: "noreferrer noopener", target: "_blank" }, address), after];
}

function factList({ facts }) {
  const hours = Object.entries(facts.hours_by_type).map(([type, amount]) => `${amount} ${type.replaceAll("-", " ")}`);
  const rows = [
    ["Number", grouped(facts.number)],
    ["Holder", facts.holder || "Left out"],
    ["License", facts.license || "None named"],
    ["Course", facts.course],
    ["Course code", facts.code],
    ["Edition", facts.edition],
    ["Contact hours", `${facts.hours} in all: ${hours.join(", ")}`],
    ["Format", Object.hasOwn(WORDS.formats, facts.format) ? WORDS.formats[facts.format] : facts.format],
    ["Completed on", dated(facts.completed_on)],
    ["Completed at", spoken(facts.completed_at)],
    ["Provider", facts.provider],
    ["Approvals", facts.approvals.join(" ") || "Not approved by any board"],
    ["Presenters", facts.presenters.join("; ")],
  ];
  return made("dl", { class: "disclosure" }, ...rows.map(([term, words]) => made("div", {}, made("dt", {}, term), made("dd", {}, words))));
}

function grouped(number) {
  return made("span", { class: "numbers" }, number.match(/.{1,4}/gu).join("-"));
}

async function tellKeys(problems = []) {
  const { keys, revocations } = held;
  at("problems").replaceChildren(...problems.map((words) => made("p", { class: "notice tone tone-wrong" }, icon("circle-alert"), words)));
  at("without-keys").hidden = Boolean(keys);
  at("with-keys").hidden = !keys;
  if (!keys) return;
  at("provider").textContent = keys.provider;
  at("register").textContent = keys.origin;
  at("as-of").textContent = spoken(keys.asOf);
  at("listed").textContent = revocations ? listWords(revocations) : "None given";
  at("fingerprints").replaceChildren(...await Promise.all([...keys.byName.values()].map(keyLine)));
}

function listWords({ byNumber: { size }, asOf }) {
  return `${size === 1 ? "1 certificate" : `${size} certificates`}, as of ${spoken(asOf)}`;
}

async function keyLine({ name, public: publicKey, revoked, retired }) {
  const state = revoked ? "revoked" : retired ? "retired" : "in use";
  const print = hexOf(await sha256(publicKey)).match(/.{8}/gu).join(" ");
  return made("li", {}, made("strong", {}, name), `, ${state}. SHA-256 `, made("code", {}, print));
}
