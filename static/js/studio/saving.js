// A text on its way to the server: one sending at a time, the newest text next, and again until it has arrived.

const LONGEST_PAUSE = 30_000;

export class Saving {
  #waiting = null;
  #isSending = false;
  #failures = 0;
  #timer = 0;

  // `send(text)` gives the server's answer or throws a `Refused`; `tell(state, answer)` shows how it stands.
  constructor(send, tell) {
    this.send = send;
    this.tell = tell;
  }

  get isSafe() {
    return this.#waiting === null && !this.#isSending;
  }

  put(text) {
    this.#waiting = text;
    this.#failures = 0;
    this.go();
  }

  // Sends what waits, unless something is on its way already.
  async go() {
    clearTimeout(this.#timer);
    if (this.#isSending || this.#waiting === null) return;
    const text = this.#waiting;
    this.#waiting = null;
    this.#isSending = true;
    this.tell("saving");
    await this.#deliver(text);
    this.#isSending = false;
    if (this.#waiting !== null && !this.#failures) this.go();
  }

  async #deliver(text) {
    try {
      const answer = await this.send(text);
      this.#failures = 0;
      this.tell(this.#waiting === null ? "saved" : "saving", answer);
    } catch (reason) {
      if (reason instanceof Refused) this.tell("refused", reason);
      else this.#tryAgain(text);
    }
  }

  #tryAgain(text) {
    this.#waiting ??= text;
    const pause = Math.min(1000 * 2 ** this.#failures, LONGEST_PAUSE);
    this.#failures += 1;
    this.tell("unsaved");
    this.#timer = setTimeout(() => this.go(), pause);
  }
}

// The server has read it and says no: sending it again would change nothing.
export class Refused extends Error {
  constructor(problem) {
    super(problem.message ?? problem.detail ?? "");
    this.signIn = problem.sign_in ?? "";
    this.isKept = Boolean(this.signIn) || problem.theirs !== undefined; // until she signs in, or beside theirs
  }
}
