// When the network is gone, the page says so quietly, and a form is not sent into nowhere: it stays as it was written.
// Without this script the browser says it with a page of its own; its Back brings the form again as it was.

const toast = document.getElementById("toast");
const words = document.querySelector("[data-offline]")?.dataset.offline
  ?? "You are offline. You can read on here; other pages open when you are back.";

function tell() {
  toast.textContent = navigator.onLine ? "" : words;
}

addEventListener("online", tell);
addEventListener("offline", tell);
if (!navigator.onLine) tell();

document.addEventListener("submit", (event) => {
  if (navigator.onLine || event.defaultPrevented) return;
  event.preventDefault();
  toast.textContent = "You are offline, so this was not sent. It stays here: send it again when you are back.";
});
