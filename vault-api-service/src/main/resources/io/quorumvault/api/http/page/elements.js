// Makes elements. Whatever text is given, from wherever it comes, becomes text and never markup: no other script here
// puts anything into the document.

/**
 * An element.
 * @param attributes true for one without a value, null or false for none
 * @param children elements and texts; null is left out
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) {
      element.setAttribute(name, "");
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, String(value));
    }
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

export const byId = (id) => document.getElementById(id);

/** A button that does something. */
export function button(text, action, attributes = {}) {
  const made = el("button", { type: "button", ...attributes }, text);
  made.addEventListener("click", action);
  return made;
}

/** A table in a room of its own, which scrolls where it is too wide and can be reached with the keyboard. */
export function table(caption, heads, rows) {
  return el("div", { class: "scrolls", role: "region", "aria-label": caption, tabindex: 0 },
    el("table", {},
      el("caption", { class: "unseen" }, caption),
      el("thead", {}, el("tr", {}, heads.map((head) => el("th", { scope: "col" }, head)))),
      el("tbody", {}, rows)));
}

/** A row, whose first cell is its head. */
export function row(first, ...cells) {
  return el("tr", {}, el("th", { scope: "row" }, first), cells.map((cell) => el("td", {}, cell)));
}

/** An instant as people compare it, in UTC. */
export function instant(text) {
  const shown = String(text).replace("T", " ").replace(/\.\d+Z$/, "Z");
  return el("time", { datetime: text }, shown);
}

/** What went wrong, and what to do. */
export function trouble(problem) {
  return el("div", { class: "problem" },
    el("p", {}, el("strong", {}, problem.title)),
    problem.detail ? el("p", {}, problem.detail) : null,
    problem.code ? el("p", { class: "note" },
      el("code", {}, problem.code), problem.status ? ` · ${problem.status}` : "",
      problem.requestId ? [" · request ", el("code", {}, problem.requestId)] : "") : null);
}

export function note(...texts) {
  return el("p", { class: "note" }, texts);
}

/** Says something to those who do not see it. */
export function announce(text) {
  byId("announcer").textContent = text;
}
