// Pictures and recordings, dropped or pasted into the text: a description is asked for, then the file is sent,
// and the line that shows it stands where the cursor was.

export function takeMedia({ editor, zone, dialog }) {
  const form = dialog.querySelector("form");
  const field = form.elements.file;
  const alt = form.elements.alt;
  const trouble = dialog.querySelector("[data-trouble]");
  const sight = dialog.querySelector("[data-sight]");

  function ask(files) {
    if (files?.length) field.files = files;
    look();
    trouble.hidden = true;
    if (!dialog.open) dialog.showModal();
    (field.files.length ? alt : field).focus();
  }

  function look() {
    const [file] = field.files;
    sight.replaceChildren();
    if (!file?.type.startsWith("image/") || file.size > 20_000_000) return;
    const reader = new FileReader();
    reader.onload = () => {
      const picture = new Image();
      picture.src = reader.result;
      picture.alt = "The picture you chose";
      sight.replaceChildren(picture);
    };
    reader.readAsDataURL(file);
  }

  async function send() {
    const button = form.querySelector("[type=submit]");
    button.disabled = true;
    try {
      const answer = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" },
                                                body: new FormData(form) });
      const told = await answer.json();
      if (!answer.ok) return refuse(Object.values(told.fields ?? {})[0] ?? told.detail);
      dialog.close();
      form.reset();
      editor.insert(told.line);
    } catch {
      refuse("It did not arrive: the network is gone. Try again.");
    } finally {
      button.disabled = false;
    }
  }

  function refuse(words) {
    trouble.hidden = false;
    trouble.querySelector("[data-words]").textContent = words;
  }

  const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
  zone.addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    zone.dataset.dropping = "yes";
  });
  zone.addEventListener("dragleave", (event) => {
    if (!zone.contains(event.relatedTarget)) delete zone.dataset.dropping;
  });
  // Before the editor sees it: it would take the file for text.
  zone.addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    event.stopPropagation();
    delete zone.dataset.dropping;
    editor.place(event.clientX, event.clientY);
    ask(event.dataTransfer.files);
  }, { capture: true });
  zone.addEventListener("paste", (event) => {
    if (!event.clipboardData?.files.length || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    event.stopPropagation();
    ask(event.clipboardData.files);
  }, { capture: true });

  field.addEventListener("change", look);
  form.addEventListener("submit", (event) => { event.preventDefault(); send(); });
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  for (const link of document.querySelectorAll("[data-add-media]")) {
    link.addEventListener("click", (event) => { event.preventDefault(); ask(null); });
  }
}
