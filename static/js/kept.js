// What was answered and not yet saved, on any page of hers but the exam's own: it is sent, and said. And what ends a stay on this
// device, submitting or signing out, waits for it and then clears it.

import { forget, listen, person, send, waiting } from "./saving.js";

const PATIENCE = 8000;
const toast = document.getElementById("toast");

// Somebody else's answers have no business here once she is signed in.
forget((entry) => entry.person !== person);

sendWhatWasLeft();

async function sendWhatWasLeft() {
  let saved = 0;
  let lost = 0;
  listen((_entry, state, answer) => {
    if (state === "saved") saved += 1;
    if (state === "refused" && !answer.signIn) lost += 1;
    const left = lost ? ` ${counted(lost)} came too late and could not be added.` : "";
    if (saved || lost) toast.textContent = `Saved ${counted(saved)} that this device had kept.${left}`;
  });
  if ((await waiting()).length) send();
}

function counted(number) {
  return number === 1 ? "1 answer" : `${number} answers`;
}

for (const form of document.querySelectorAll("form[data-ends]")) {
  let isReady = false;
  let knows = false; // she was told what she would lose
  form.addEventListener("submit", async (event) => {
    if (isReady) return;
    event.preventDefault();
    const { submitter } = event;
    if ((await waiting()).length) {
      send();
      await Promise.race([until(async () => !(await waiting()).length), new Promise((go) => setTimeout(go, PATIENCE))]);
    }
    const left = (await waiting()).length;
    if (left && !knows) {
      knows = form.dataset.ends === "stay";
      toast.textContent = `${counted(left)} on this device ${left === 1 ? "is" : "are"} not saved yet. ${
        knows ? "Signing out now would lose them: press again to do it all the same." : "We keep trying: wait a moment."}`;
      return;
    }
    await forget();
    isReady = true;
    form.requestSubmit(submitter);
  });
}

async function until(isSo) {
  while (!(await isSo())) await new Promise((go) => setTimeout(go, 100));
}
