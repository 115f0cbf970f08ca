// What the signed facts of a certificate prove by themselves. app/awards/proofs/checking.py is the same in Python: a test
// lets both judge ten thousand files and compares every word.
/* global SHAPES, WORDS */

import { hexOf, joined, sha256, textOf, unbase64 } from "./bytes.js";
import { entryOf, isSignedBy } from "./keys.js";
import { leadsToRoot, leafHash, readCheckpoint, readNote, readProof, signersOf } from "./register.js";
import { canonical, readCanonical } from "./shapes.js";
import { filled, spoken } from "./words.js";

const COMMITTED = Uint8Array.of(2);
const GRACE = 24 * 60 * 60 * 1000; // clocks differ: a key may sign a little after it was retired

/** Say what a certificate's signed facts, and the proof that came with them, show of themselves. */
export async function check(certificate, proof, keys, revocations = null) {
  let bundle;
  try {
    bundle = readCanonical(certificate, "certificate");
  } catch (unfit) {
    return refused(unfit.reason ?? "not-canonical", keys);
  }
  const flaw = await flawOfBundle(bundle, keys);
  if (flaw) return refused(flaw, keys, bundle.statement.number);
  const { reason, stands } = await placeOf(bundle, proof, keys);
  return told(bundle, weighed(bundle, reason, keys, stands), { keys, stands, revocations });
}

/** Add the answer in a few words. */
export function titled(proven, keys) {
  const { verdict, status, seal } = proven;
  const isGenuine = verdict === "proven" || verdict === "signed-only";
  let words = WORDS.verdicts[verdict];
  if (isGenuine && Object.hasOwn(WORDS.headlines, status)) words = WORDS.headlines[status];
  else if (verdict === "proven" && seal !== "" && seal !== "intact") words = WORDS.headlines.compare;
  return { ...proven, title: filled(words, { provider: keys.provider }) };
}

export function refused(reason, keys, number = "") {
  const [verdict, sentence] = WORDS.reasons[reason];
  const said = filled(sentence, { provider: keys.provider });
  const nothing = { status: "unknown", facts: null, entry: null, size: null, standing: "", warnings: [] };
  return titled({ verdict, reason, number, ...nothing, sentence: said, seal: "", seal_title: "", seal_sentence: "" }, keys);
}

// --- the signature and what it covers

async function flawOfBundle({ statement, personal, salt, signature }, keys) {
  const key = keys.byName.get(signature.key);
  if (!key) return "unknown-key";
  if (key.use !== "statement") return "wrong-use";
  if (!(await isSignedBy(statement, signature, key))) return "signature";
  if (!(await isCommitted(statement, personal, salt))) return "commitment";
  return isAfter(statement.issued_at, key.retired) ? "key-retired" : null;
}

async function isCommitted(statement, personal, salt) {
  if (personal === null || salt === null) return personal === null && salt === null;
  return statement.commitment === hexOf(await sha256(joined(COMMITTED, unbase64(salt), canonical(personal))));
}

const isAfter = (issuedAt, retired) => retired !== null && Date.parse(issuedAt) > Date.parse(retired) + GRACE;

// --- the register

async function placeOf(bundle, raw, keys) {
  if (raw === null) return { reason: "no-proof", stands: null };
  let proof, note, checkpoint;
  try {
    if (raw.length > SHAPES.largest.proof) throw new Error("too large");
    proof = readProof(textOf(raw));
    note = readNote(proof.note);
    checkpoint = readCheckpoint(note.text);
  } catch {
    return { reason: "bad-proof", stands: null };
  }
  if (checkpoint.origin !== keys.origin) return { reason: "another-register", stands: null };
  let signers;
  try {
    signers = await signersOf(note, keys.signing);
  } catch {
    return { reason: "checkpoint-not-signed", stands: null };
  }
  const leads = await leadsToRoot(await leafHash(canonical(bundle.statement)), proof, checkpoint);
  if (!leads) return { reason: "proof-of-another", stands: null };
  const byRevokedKey = signers.every((key) => key.revoked);
  return { reason: "proven", stands: { index: proof.index, checkpoint, byRevokedKey } };
}

/** Let revoked keys count only where a later checkpoint shows that the register had the statement before. */
function weighed(bundle, reason, keys, stands) {
  const key = keys.byName.get(bundle.signature.key);
  let weighty = reason;
  if (key.revoked) {
    const vouched = stands && !stands.byRevokedKey && stands.index < key.trustedSize;
    if (!vouched) return "statement-key-revoked";
    weighty = "proven-before-revocation";
  }
  if (bundle.personal === null) return "unnamed";
  if (!stands) return weighty;
  if (stands.byRevokedKey) return "checkpoint-key-revoked";
  return contradicts(stands.checkpoint, keys.checkpoint) ? "another-history" : weighty;
}

const contradicts = (one, other) => other !== null && one.size === other.size && hexOf(one.root) !== hexOf(other.root);

// --- what is said

async function told(bundle, reason, { keys, stands, revocations }) {
  const [verdict, sentence] = WORDS.reasons[reason];
  const [status, standing] = await statusOf(bundle.statement, revocations);
  const place = stands ? { entry: stands.index + 1, size: stands.checkpoint.size } : {};
  const proven = {
    verdict,
    reason,
    number: bundle.statement.number,
    status,
    facts: factsOf(bundle, status),
    entry: stands ? stands.index : null,
    size: stands ? stands.checkpoint.size : null,
    sentence: filled(sentence, { provider: keys.provider, ...place }),
    standing,
    warnings: warningsOf(bundle, stands, revocations),
    seal: "",
    seal_title: "",
    seal_sentence: "",
  };
  return titled(proven, keys);
}

async function statusOf({ number, issued_at: issuedAt }, revocations) {
  if (!revocations) return statusIn("not-asked", {});
  const asOf = spoken(revocations.asOf);
  const entry = await entryOf(revocations, number);
  if (entry) return statusIn(entry.status, { as_of: asOf, at: spoken(entry.at) });
  return statusIn(issuedAt <= revocations.asOf ? "not-listed" : "not-covered", { as_of: asOf });
}

function statusIn(name, blanks) {
  const [status, sentence] = WORDS.statuses[name];
  return [status, filled(sentence, blanks)];
}

function warningsOf({ statement }, stands, revocations) {
  const until = revocations ? "list" : stands ? "checkpoint" : "issue";
  const limit = filled(WORDS.limits[until], { as_of: revocations ? spoken(revocations.asOf) : "" });
  const today = filled(WORDS.limits.today, { verify_url: statement.verify_url });
  return [`${limit} ${today}`, ...(statement.demonstration ? [WORDS.demonstration] : [])];
}

function factsOf({ statement, personal }, status) {
  const named = personal?.license;
  return {
    number: statement.number,
    status,
    holder: personal?.holder ?? "",
    license: named ? `${named.state} ${named.type}, number ${named.number}` : "",
    course: statement.course.title,
    code: statement.course.code,
    edition: statement.course.edition,
    hours: statement.hours.total,
    hours_by_type: statement.hours.by_type,
    format: statement.format,
    completed_on: statement.completed_on,
    completed_at: statement.completed_at,
    provider: statement.provider.name,
    approvals: statement.approvals,
    presenters: statement.presenters.map(({ name, credentials }) => [name, credentials].filter(Boolean).join(", ")),
    demonstration: statement.demonstration,
  };
}
