// The table of what was found: sorted by a column, narrowed to one outcome, and saved as a receipt.

export function table(results, expected = "") {
  const body = results.querySelector("[data-found]");
  const counts = results.querySelector("[data-counts]");
  const words = JSON.parse(counts.dataset.words);
  const blank = results.querySelector("[data-blank]");
  const rows = [...body.querySelectorAll(".result")];
  let only = "", sorted = null;

  function add(html) {
    const held = document.createElement("template");
    held.innerHTML = html;
    put(held.content.querySelector("tbody"));
  }

  function unread(name, sentence) {
    const row = blank.content.querySelector("tbody").cloneNode(true);
    const title = row.querySelector(".result-name");
    title.textContent = name;
    title.dataset.value = name.toLowerCase();
    row.querySelector(".result-sentence").textContent = sentence;
    put(row);
  }

  function put(row) {
    rows.push(row);
    if (expected && row.dataset.number && row.dataset.number !== expected) {
      row.querySelector(".result-sentence").prepend("Not the certificate of this page. ");
    }
    row.hidden = only !== "" && row.dataset.outcome !== only;
    const after = sorted && [...body.tBodies].find((other) => compare(row, other) < 0);
    body.insertBefore(row, after || null);
    tally();
  }

  function tally() {
    const found = new Map();
    for (const row of rows) found.set(row.dataset.outcome, (found.get(row.dataset.outcome) ?? 0) + 1);
    for (const outcome of Object.keys(words)) {
      if (!found.has(outcome)) continue;
      const button = counts.querySelector(`[data-only="${outcome}"]`) ?? chip(outcome);
      button.textContent = `${found.get(outcome)} ${words[outcome]}`;
    }
  }

  function chip(outcome) {
    const order = Object.keys(words);
    const item = document.createElement("li"), button = document.createElement("button");
    Object.assign(button, { type: "button", className: "count" });
    button.dataset.only = outcome;
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => narrow(only === outcome ? "" : outcome));
    item.append(button);
    const after = [...counts.children].find((other) => order.indexOf(other.firstChild.dataset.only) > order.indexOf(outcome));
    counts.insertBefore(item, after ?? null);
    return button;
  }

  function narrow(outcome) {
    only = outcome;
    for (const row of rows) row.hidden = only !== "" && row.dataset.outcome !== only;
    for (const button of counts.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.dataset.only === only));
    }
  }

  function compare(one, other) {
    const [left, right] = [one, other].map((row) => row.rows[0].cells[sorted.column].dataset.value);
    return sorted.way * left.localeCompare(right, "en", { numeric: true });
  }

  function sort(header) {
    const column = header.cellIndex;
    sorted = { column, way: sorted?.column === column ? -sorted.way : 1 };
    for (const other of body.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", sorted.way > 0 ? "ascending" : "descending");
    body.append(...rows.slice().sort(compare));
  }

  for (const header of body.querySelectorAll("[data-sort]")) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "sort" });
    button.append(...header.childNodes);
    button.addEventListener("click", () => sort(header));
    header.append(button);
  }
  if (rows.length) {
    counts.replaceChildren();
    tally();
  }

  const receipts = [...results.querySelectorAll("[data-receipt] .results-receipt button")];

  // The receipt is fetched, so that the table stays where it is whatever the answer.
  results.querySelector("[data-receipt]").addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter, label = button.lastChild.textContent;
    const said = results.querySelector("[data-said]");
    button.disabled = true;
    button.lastChild.textContent = "Writing the receipt";
    try {
      const address = button.getAttribute("formaction") ?? event.target.action;
      const answer = await fetch(address, { method: "POST", body: new FormData(event.target),
                                                      headers: { Accept: "application/json, application/octet-stream" } });
      if (!answer.ok) throw new Error((await answer.json()).detail);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await answer.blob());
      link.download = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition"))?.[1] ?? "receipt";
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
      said.textContent = "The receipt is saved.";
    } catch (error) {
      const why = error instanceof TypeError ? "The network is gone, so there is no receipt yet. Try again." : error.message;
      said.textContent = document.getElementById("toast").textContent = why;
    } finally {
      button.disabled = false;
      button.lastChild.textContent = label;
    }
  });

  return {
    add,
    unread,
    // A receipt of half the table would look like one of the whole.
    waits(isWaiting) { for (const button of receipts) button.disabled = isWaiting; },
    leftOut(cells) {
      const line = results.querySelector("[data-left-out]");
      const told = line.querySelector("[data-left-out-words]");
      told.textContent = [told.textContent, ...cells].filter(Boolean).join(" · ");
      line.hidden = false;
    },
    counted: () => [...counts.querySelectorAll("button")].map((button) => button.textContent).join(", "),
    get size() { return rows.length; },
  };
}
