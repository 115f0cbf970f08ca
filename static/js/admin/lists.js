// Lists of the office: “select all on this page” without a new page, and how many are selected, said out loud.

for (const form of document.querySelectorAll("[data-list]")) {
  const boxes = [...form.querySelectorAll('input[name="id"]')];
  const said = form.querySelector("[data-selected]");
  const link = form.querySelector("[data-select]");
  if (!boxes.length || !said || boxes[0].disabled) continue;

  function tell() {
    const chosen = boxes.filter((box) => box.checked).length;
    said.textContent = chosen ? `${chosen} selected` : "";
    if (link) link.textContent = chosen === boxes.length ? "Select none" : "Select all on this page";
  }

  link?.addEventListener("click", (event) => {
    event.preventDefault();
    const all = boxes.some((box) => !box.checked);
    for (const box of boxes) box.checked = all;
    tell();
  });
  form.addEventListener("change", tell);
  addEventListener("pageshow", tell);  // a browser that goes back checks the boxes again by itself
  tell();
}
