// Asks validators that this project did not write about badges. Started by badge_validators.py, in a folder of its own.
// In: one JSON object, {who, contexts, did, credentials, keys}. Out: one JSON list of answers, in the same order.
// Nothing is fetched: contexts and the DID document come from the object, and any other address is refused.
import {readFileSync, writeSync} from 'node:fs';

const asked = JSON.parse(readFileSync(0, 'utf8'));
const quiet = () => {};
console.log = quiet; // verifier-core prints; the answer alone goes to standard output
console.error = quiet;

const ours = new Map(Object.entries(asked.contexts));
const [host] = asked.did.id.split(':').slice(2).map(decodeURIComponent);
const didAddress = `https://${host}/.well-known/did.json`;
const refused = new Set();

globalThis.fetch = async address => { // what verifier-core fetches with
  const url = typeof address === 'string' ? address : address.url ?? address.href;
  if (url !== didAddress) {
    refused.add(url);
    throw new Error(`not to be fetched: ${url}`);
  }
  return new Response(JSON.stringify(asked.did), {headers: {'content-type': 'application/json'}});
};

async function documentLoader(url) {
  const method = asked.did.verificationMethod.find(one => one.id === url);
  const document = ours.get(url)
    ?? (url === asked.did.id ? asked.did : undefined)
    ?? (method && {'@context': 'https://w3id.org/security/multikey/v1', ...method});
  if (!document) {
    throw new Error(`not to be loaded: ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document};
}

async function digitalBazaar() {
  const vc = await import('@digitalbazaar/vc');
  const {DataIntegrityProof} = await import('@digitalbazaar/data-integrity');
  const {cryptosuite} = await import('@digitalbazaar/eddsa-rdfc-2022-cryptosuite');
  return {vc, suite: signer => new DataIntegrityProof({cryptosuite, ...signer})};
}

const people = {
  async 'digitalbazaar'(credential) {
    const {vc, suite} = await digitalBazaar();
    const {verified, error} = await vc.verifyCredential({credential, suite: suite(), documentLoader});
    const why = error?.errors?.[0] ?? error;
    return {verified, why: `${why?.name}: ${why?.message}`.slice(0, 300)};
  },

  async 'digitalcredentials'(credential) {
    const {verifyCredential} = await import('@digitalcredentials/verifier-core');
    const {log = [], errors = []} = await verifyCredential({credential, knownDIDRegistries: []});
    const said = Object.fromEntries(log.map(step => [step.id, step.valid]));
    const why = (errors[0] ? `${errors[0].name}: ${errors[0].message}` : JSON.stringify(log)).slice(0, 300);
    return {verified: said.valid_signature === true && errors.length === 0, why};
  },

  async 'issue'(credential, index) {
    const {vc, suite} = await digitalBazaar();
    const multikey = await import('@digitalbazaar/ed25519-multikey');
    const signer = (await multikey.from({type: 'Multikey', ...asked.keys[index % asked.keys.length]})).signer();
    return vc.issue({credential, suite: suite({signer, date: credential.validFrom}), documentLoader});
  },
};

const answers = [];
for (const [index, credential] of asked.credentials.entries()) {
  try {
    answers.push(await people[asked.who](credential, index));
  } catch (stumbled) {
    answers.push({verified: false, why: `${stumbled.name}: ${stumbled.message}`.slice(0, 300)});
  }
}
const answer = Buffer.from(JSON.stringify({answers, refused: [...refused]}));
for (let written = 0; written < answer.length;) {
  written += writeSync(1, answer, written);
}
process.exit(0);
