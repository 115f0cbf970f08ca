// Asks the device for a passkey, and sends what it signed as an ordinary form: the answer is a page like any other.
// A form says with data-passkey where to ask what the device is to sign.

const NONE_HERE = "This browser has no passkeys. Use another way to show that it is you.";
const NOT_DONE = "No passkey was used. Try again, or use another way.";
const THERE_ALREADY = "This device holds a passkey for your account already.";
const NO_ANSWER = "The site did not answer. Check your connection, then try again.";

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const told = form.querySelector("[data-told]");
  told.textContent = window.PublicKeyCredential ? "" : NONE_HERE;
  if (window.PublicKeyCredential) offer(form, told);
}

function offer(form, told) {
  const button = form.querySelector("button");
  button.hidden = false;
  form.addEventListener("submit", async (event) => {
    if (form.elements.credential.value) return;  // signed: let it go
    event.preventDefault();
    button.disabled = true;
    told.textContent = "Follow what your device asks.";
    told.textContent = await sign(form);
    button.disabled = false;
    if (form.elements.credential.value) form.requestSubmit();
  });
}

async function sign(form) {
  const options = await asked(form.dataset.passkey);
  if (typeof options === "string") return options;
  try {
    const credential = options.user ? await make(options) : await use(options);
    form.elements.credential.value = JSON.stringify(written(credential));
    return "";
  } catch (error) {
    return error.name === "InvalidStateError" ? THERE_ALREADY : NOT_DONE;
  }
}

async function asked(address) {
  try {
    const answer = await fetch(address, { method: "POST", headers: { Accept: "application/json" } });
    const told = await answer.json();
    if (told.sign_in) location.assign(told.sign_in);
    return answer.ok ? told : told.detail;
  } catch {
    return NO_ANSWER;
  }
}

const make = (options) => navigator.credentials.create({ publicKey: {
  ...options,
  challenge: bytes(options.challenge),
  user: { ...options.user, id: bytes(options.user.id) },
  excludeCredentials: named(options.excludeCredentials),
} });

const use = (options) => navigator.credentials.get({ publicKey: {
  ...options,
  challenge: bytes(options.challenge),
  allowCredentials: named(options.allowCredentials),
} });

const named = (credentials) => (credentials ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

function written(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response };
}

// Bytes travel as base64url, without padding.
const bytes = (written) => Uint8Array.from(atob(written.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
