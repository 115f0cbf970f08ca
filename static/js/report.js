// A report of a question, sent in place: the page stays, and so does every answer on it.
// Without this script its form opens a page of its own in a new tab.

document.addEventListener("submit", async (event) => {
  if (event.target.id !== "reports" || event.defaultPrevented) return;
  event.preventDefault();
  const place = event.submitter.closest(".report");
  const said = place.querySelector("[role=status]");
  const text = place.querySelector("textarea");
  said.textContent = "Sending …";
  const body = new URLSearchParams({ question: event.submitter.value, [text.name]: text.value });
  const answer = await fetch(event.target.action, { method: "POST", headers: { accept: "application/json" }, body })
    .catch(() => undefined);
  const told = await answer?.json().catch(() => undefined);
  if (answer?.ok) text.value = "";
  said.textContent = told?.told ?? told?.fields?.words ?? told?.detail
    ?? "Not sent: the site cannot be reached. Your words stay here; send them again in a moment.";
});
