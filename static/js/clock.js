// The time that is left of an exam: shown calmly, folded away by whoever wishes, said aloud when little is left.
// Without this script the page says when it ends, and the server ends it.

const WARNINGS = [30, 10, 5, 1]; // minutes before the end
const MINUTE = 60_000;
const FOLDED = "continua-clock-folded";

export function watch(place, { ahead, say, end }) {
  const ends = Number(place.dataset.endsMs);
  const shown = place.querySelector("strong");
  const fold = place.querySelector("details");
  const left = () => ends - (Date.now() + ahead);
  let toSay = WARNINGS.filter((minutes) => minutes * MINUTE < left());

  place.classList.add("stays");
  fold.open = sessionStorage.getItem(FOLDED) !== "yes";
  fold.addEventListener("toggle", () => sessionStorage.setItem(FOLDED, fold.open ? "no" : "yes"));

  // It stays in sight, and hides nothing that she goes to.
  new ResizeObserver(() => {
    document.documentElement.style.scrollPaddingTop = `${place.offsetHeight + 24}px`;
  }).observe(place);

  function draw() {
    const rest = left();
    shown.textContent = wording(rest);
    const due = toSay.filter((minutes) => rest <= minutes * MINUTE);
    toSay = toSay.filter((minutes) => rest > minutes * MINUTE);
    if (rest <= 0) {
      clearInterval(timer);
      end();
    } else if (due.length) say(`${wording(Math.min(...due) * MINUTE)} left. What you answer is saved as you go.`);
  }

  const timer = setInterval(draw, 1000);
  document.addEventListener("visibilitychange", draw); // a laptop that slept
  draw();
}

// In whole minutes, so that nothing ticks; the last one in words.
function wording(rest) {
  const minutes = Math.ceil(rest / MINUTE);
  if (minutes <= 0) return "No time";
  if (minutes === 1) return rest < MINUTE ? "Less than 1 minute" : "1 minute";
  return `${minutes} minutes`;
}
