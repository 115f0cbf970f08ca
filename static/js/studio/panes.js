// On narrow screens one part of the bench is shown at a time; these are its tabs. On wide ones all are there.

export function choosePanes(bench) {
  const bar = document.getElementById("panes");
  const buttons = [...bar.querySelectorAll("button")];

  function show(name) {
    bench.dataset.shown = name;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.value === name));
  }

  function count(name, number) {
    const place = bar.querySelector(`[value="${name}"] [data-count]`);
    if (place) place.textContent = number ? ` (${number})` : "";
  }

  bar.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) show(button.value);
  });
  bar.hidden = false;
  show("write");
  return { show, count };
}
