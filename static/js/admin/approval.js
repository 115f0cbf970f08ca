// Entering an approval: the sentence as it would print follows what is typed. Without this, a button shows it.

const WAIT = 400;  // milliseconds after the last letter

for (const form of document.querySelectorAll("[data-sentence]")) {
  const shown = form.querySelector("#sentence");
  let waiting = 0;
  let asked = 0;

  async function show() {
    const mine = ++asked;
    const sent = new FormData(form);
    sent.set("act", "preview");
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(sent) });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("#sentence");
      if (fresh && mine === asked) shown.replaceChildren(...document.importNode(fresh, true).childNodes);
    } catch {
      return;  // the button still asks
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, WAIT);
  });
}
