// Shows the buttons that print. Without a script they are not there: the browser's own menu prints the same.

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
