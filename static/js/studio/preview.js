// The preview beside the editor: after each save its page is fetched and its content changed in place,
// so that it stays where she had scrolled to.

export class Preview {
  #frame;
  #isFetching = false;
  #isStale = false;

  constructor(frame) {
    this.#frame = frame;
  }

  // While the course has errors there is no new page: the last one stays, and a word says that it is not the newest.
  follow(isWhole) {
    document.getElementById("live-stale").hidden = isWhole;
    if (isWhole) this.refresh();
  }

  async refresh() {
    if (!this.#page()) return;
    this.#isStale = true;
    if (this.#isFetching) return;
    this.#isFetching = true;
    while (this.#isStale) {
      this.#isStale = false;
      await this.#fetch().catch(() => {}); // the next save tries again
    }
    this.#isFetching = false;
  }

  #page() {
    return this.#frame.contentDocument?.querySelector("main");
  }

  async #fetch() {
    const { contentDocument: shown, contentWindow } = this.#frame;
    const answer = await fetch(contentWindow.location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!fresh.querySelector("main")) return;
    const [x, y] = [contentWindow.scrollX, contentWindow.scrollY];
    shown.title = fresh.title;
    shown.body.replaceChildren(...shown.importNode(fresh.body, true).childNodes);
    contentWindow.scrollTo(x, y);
  }
}
