// The switch between light and dark, without a new page: a half-written answer stays as it is.
// Without this script the same form is posted, the server sets the cookie and sends the page again.

const form = document.getElementById("theme");

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  const chosen = event.submitter.value;
  show(chosen);
  // "manual": the cookie comes with the redirect; the page behind it is not needed.
  fetch(form.action, { method: "POST", body: new FormData(form, event.submitter), redirect: "manual" });
});

function show(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  document.querySelector('meta[name="color-scheme"]').content = theme || "light dark";
  for (const button of form.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.value === theme));
  }
}
