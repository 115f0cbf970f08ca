// An exam that is only tried out, in a preview: nothing is saved, so nothing is sent before the form is.
// Orders, word counts and the map are as sharp as in the exam itself.

import { sharpen } from "./answering.js";

const form = document.getElementById("exam");

function isAnswered(section) {
  const fields = [...section.querySelectorAll("input:not([type=hidden]), select, textarea")];
  return fields.some((field) => (/radio|checkbox/.test(field.type) ? field.checked : field.value.trim()));
}

function drawMap() {
  const sections = [...form.querySelectorAll("[data-question]")];
  for (const section of sections) {
    const place = document.querySelector(`[data-place="${CSS.escape(section.dataset.question)}"]`);
    place.classList.toggle("map-answered", isAnswered(section));
    place.querySelector(".unseen").textContent = isAnswered(section) ? ", answered" : ", not answered";
  }
  const answered = sections.filter(isAnswered).length;
  for (const count of document.querySelectorAll("[data-count]")) count.textContent = answered;
}

sharpen(form);
form.addEventListener("input", drawMap);
form.addEventListener("change", drawMap);
drawMap();
