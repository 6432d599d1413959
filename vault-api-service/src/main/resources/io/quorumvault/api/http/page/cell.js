// Whether the vault works, and how its nodes are.
import { announce, byId, el, instant, note, trouble } from "./elements.js";
import { ask, currentNamespace, hasToken, inNamespace } from "./vault.js";

/** The status is asked for so often while somebody sees it. It needs no token and no record. */
const STATUS_MILLIS = 5000;

/** Each look at the nodes is recorded by each of them, so they are only watched while something is wrong. */
const TROUBLED_CELL_MILLIS = 15000;

const SAID = {
  operational: "Everything works",
  degraded: "Works, but not all is well",
  unavailable: "Neither reads nor writes are possible",
};

const STATES = {
  active: "active",
  inactive: "not taking part",
  refusing: "does not tell",
  away: "away",
};

let lastSaid = "";
let lastCellLook = 0;
let nodesDown = 0;
let looks = 0;

/** Begins to watch. */
export function watch() {
  byId("look-again").addEventListener("click", () => look(true));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") {
      tick();
    }
  });
  tick();
}

let timer = 0;

async function tick() {
  clearTimeout(timer);
  if (document.visibilityState === "visible") {
    await status();
  }
  clearTimeout(timer);
  timer = setTimeout(tick, STATUS_MILLIS);
}

async function status() {
  const { body, problem } = await ask("v1/status", {}, true);
  const said = problem ? "silent" : body.status;
  const changed = said !== lastSaid;
  if (changed) {
    announce(problem ? `The API: ${problem.title}` : wordFor(SAID, said));
  }
  byId("service").replaceChildren(problem ? trouble(problem) : serviceOf(body));
  const first = lastSaid === "";
  lastSaid = said;
  const troubled = said === "degraded" || said === "unavailable" || nodesDown > 0;
  const due = troubled && Date.now() - lastCellLook >= TROUBLED_CELL_MILLIS;
  if (hasToken() && !problem && ((changed && !first) || due)) {
    await look(false);
  }
}

function serviceOf(body) {
  return el("div", { class: `verdict ${Object.hasOwn(SAID, body.status) ? body.status : ""}` },
    el("p", { class: "headline" }, el("span", { class: "lamp", "aria-hidden": "true" }), wordFor(SAID, body.status)),
    el("dl", { class: "facts" },
      fact("Reads", body.reads ? "possible" : "not possible"),
      fact("Writes", body.writes ? "possible" : "not possible"),
      fact("Version", body.version),
      fact("As of", instant(body.time))));
}

/** A word that is not known here is shown as it came. */
function wordFor(words, key) {
  return Object.hasOwn(words, key) ? words[key] : String(key);
}

function fact(name, value, more = null) {
  return el("div", {}, el("dt", {}, name), el("dd", {}, value), more ? el("dd", { class: "note" }, more) : null);
}

/** Looks at the nodes. */
export async function look(aloud) {
  const place = byId("cell");
  byId("look-again").hidden = !hasToken();
  if (!hasToken()) {
    nodesDown = 0;
    place.replaceChildren(note("Which nodes there are is shown to callers with the capability ",
      el("code", {}, "audit"), ": give a namespace and a token above."));
    return;
  }
  lastCellLook = Date.now();
  looks += 1;
  const mine = looks;
  const { body, problem } = await ask(inNamespace("cell"));
  if (mine !== looks || !hasToken()) {
    return;
  }
  if (problem) {
    nodesDown = 0;
    place.replaceChildren(trouble(problem));
    announce(`Nodes: ${problem.title}`);
    return;
  }
  const down = body.nodes.filter((node) => node.state !== "active").length;
  if (aloud || down !== nodesDown) {
    announce(`${body.nodes.length - down} of ${body.nodes.length} nodes are active`);
  }
  nodesDown = down;
  place.replaceChildren(...cellOf(body));
}

function cellOf(body) {
  const nodes = body.nodes.length;
  const active = body.nodes.filter((node) => node.state === "active").length;
  const toRead = Math.max(body.threshold, nodes - body.writeQuorum + 1);
  const toWrite = body.writeQuorum;
  const spare = active - Math.max(toRead, toWrite);
  return [
    el("ol", { class: "nodes" }, body.nodes.map(nodeOf)),
    el("dl", { class: "facts" },
      fact("Active", `${active} of ${nodes}`),
      fact("Needed", `${toRead} to read, ${toWrite} to write`, `${body.threshold} shares give a value back`),
      fact("Can still be lost", spare >= 0 ? String(spare) : "none",
        spare > 0 ? "before anything stops" : spare === 0 ? "one more, and something stops" : `${-spare} too few are active`),
      fact("Share margin", body.shareMargin === undefined ? "not known" : String(body.shareMargin),
        body.shareMargin === undefined
          ? "no current version was read in the last minutes"
          : "good shares beyond the threshold, at the least, of what was read in the last minutes"),
      fact("As of", instant(body.time))),
    note("Seen with the token for ", el("code", {}, currentNamespace()), ". Each node records that it was asked, so the nodes",
      " are looked at when you ask, when the status changes, and four times a minute while one is not active."),
  ];
}

function nodeOf(node) {
  const lacking = node.sharesLacking;
  return el("li", { class: `node ${Object.hasOwn(STATES, node.state) ? node.state : "refusing"}` },
    el("span", { class: "lamp", "aria-hidden": "true" }),
    el("span", { class: "name" }, `Node ${node.node}`),
    el("span", { class: "state" }, wordFor(STATES, node.state)),
    el("span", { class: "note" }, lacking === undefined ? "" : lacking === 0 ? "lacks no share" : `lacks ${lacking} shares`));
}
