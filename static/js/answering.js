// Questions, sharpened, in exams and knowledge checks alike: an order is made by Up and Down, and words are counted.
// Without this script each item has a list of places to choose from, and nobody counts.

export function sharpen(root) {
  for (const list of root.querySelectorAll("[data-order]")) new Order(list);
  for (const line of root.querySelectorAll("[data-aim]")) new Count(line);
}

// The lists of places stay what is sent; they only step out of sight.
class Order {
  constructor(list) {
    this.list = list;
    this.said = list.nextElementSibling;
    [this.moves, this.keep] = this.said.nextElementSibling.content.cloneNode(true).children;
    list.append(...this.inHerOrder());
    for (const item of this.items) this.giveMoves(item);
    this.keep.addEventListener("click", () => this.keepAsItStands());
    if (!this.isWhole) list.after(this.keep);
    this.draw();
  }

  get items() {
    return [...this.list.children];
  }

  get isWhole() {
    return this.items.every((item, index) => placeOf(item) === index + 1);
  }

  // What has no place yet comes last.
  inHerOrder() {
    const rank = (item) => placeOf(item) || this.items.length + 1;
    return this.items.sort((one, other) => rank(one) - rank(other));
  }

  giveMoves(item) {
    const label = item.querySelector("label");
    const moves = this.moves.cloneNode(true);
    for (const name of moves.querySelectorAll(".unseen")) name.textContent = ` ${label.textContent.trim()}`;
    moves.addEventListener("click", ({ target }) => this.move(item, target.closest("button")?.dataset.move));
    label.removeAttribute("for");
    item.querySelector("select").hidden = true;
    item.append(moves);
  }

  // It is the neighbor that steps over: the item she moves stays where it is in the page, and keeps the focus.
  move(item, way) {
    const neighbor = way === "up" ? item.previousElementSibling : item.nextElementSibling;
    if (!way || !neighbor) return;
    if (way === "up") item.after(neighbor);
    else item.before(neighbor);
    this.settle(`Moved to place ${this.items.indexOf(item) + 1} of ${this.items.length}`);
  }

  keepAsItStands() {
    this.settle("Kept in this order");
    this.list.querySelector("button:not([aria-disabled=true])").focus();
  }

  settle(words) {
    this.items.forEach((item, index) => (item.querySelector("select").value = index + 1));
    this.said.textContent = words;
    this.keep.remove();
    this.draw();
    this.list.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // The first cannot go up, nor the last down. They keep the focus all the same, so they are not truly disabled.
  draw() {
    const last = this.items.length - 1;
    this.items.forEach((item, index) => {
      const [up, down] = item.querySelectorAll("[data-move]");
      up.setAttribute("aria-disabled", index === 0);
      down.setAttribute("aria-disabled", index === last);
    });
  }
}

function placeOf(item) {
  return Number(item.querySelector("select").value);
}

// The number is there to be seen; only reaching the aim, or going beyond it, is also said.
class Count {
  constructor(line) {
    [this.number, this.said] = line.children;
    [this.fewest, this.most] = line.dataset.aim.split("-").map(Number);
    this.text = line.parentElement.querySelector("textarea");
    this.text.addEventListener("input", () => this.draw());
    this.draw();
  }

  draw() {
    const count = countWords(this.text.value);
    this.number.textContent = count === 1 ? "1 word" : `${count} words`;
    const words = this.wording(count);
    if (this.said.textContent !== words) this.said.textContent = words;
  }

  wording(count) {
    if (count > this.most) return `More than the ${this.most} aimed for`;
    return count < this.fewest ? "" : "Within the aim";
  }
}

// As the house counts: pieces between white space that hold a letter or a digit.
function countWords(text) {
  return text.split(/\s+/).filter((piece) => /[\p{L}\p{N}]/u.test(piece)).length;
}
