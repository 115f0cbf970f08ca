// One answer on its way to the server: sent as it is chosen, in order, and again until it has arrived.
//
// A newer answer to the same question takes the place of one that still waits. A repeated sending keeps its
// key, so that the server counts it once; the sequence says which of two answers is the later one.

const LONGEST_PAUSE = 30_000;

export class Saving {
  #waiting = null;
  #isSending = false;
  #failures = 0;
  #timer = 0;
  #idle = [];

  // `send(parcel)` gives the server's answer or throws a `Refused`; `tell(state, answer)` shows how it stands.
  constructor(send, tell) {
    this.send = send;
    this.tell = tell;
  }

  get isSafe() {
    return !this.#waiting && !this.#isSending;
  }

  put(parcel) {
    this.#waiting = parcel;
    this.#failures = 0;
    this.go();
  }

  // Sends what waits, unless it is on its way already.
  async go() {
    clearTimeout(this.#timer);
    if (this.#isSending || !this.#waiting) return;
    const parcel = this.#waiting;
    this.#waiting = null;
    this.#isSending = true;
    this.tell("saving");
    await this.#deliver(parcel);
    this.#isSending = false;
    if (this.#waiting && !this.#failures) this.go();
    else if (this.isSafe) for (const resolve of this.#idle.splice(0)) resolve();
  }

  // Resolves once nothing is on its way any more.
  settled() {
    return this.isSafe ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve));
  }

  async #deliver(parcel) {
    try {
      const answer = await this.send(parcel);
      this.#failures = 0;
      if (!this.#waiting) this.tell("saved", answer);
    } catch (reason) {
      if (reason instanceof Refused) this.tell("refused", reason);
      else this.#tryAgain(parcel);
    }
  }

  #tryAgain(parcel) {
    this.#waiting ??= parcel;
    const pause = Math.min(1000 * 2 ** this.#failures, LONGEST_PAUSE);
    this.#failures += 1;
    this.tell("unsaved");
    this.#timer = setTimeout(() => this.go(), pause);
  }
}

// The server has read it and says no: sending it again would change nothing.
export class Refused extends Error {
  constructor(problem) {
    super(problem.detail ?? "");
    this.signIn = problem.sign_in ?? "";
  }
}

export async function post(address, parcel) {
  const headers = { Accept: "application/json" };
  const answer = await fetch(address, { method: "POST", headers, body: parcel, keepalive: true });
  if (answer.ok) return answer.json();
  if (answer.status === 429 || answer.status >= 500) throw new Error(String(answer.status));
  throw new Refused(await answer.json().catch(() => ({})));
}

// Chrome and Firefox have randomUUID only on https and on the machine itself.
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
