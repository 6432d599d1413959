// Searches the audit log: the API gives it page by page, and what is looked for is picked out here.
import { announce, button, byId, el, instant, note, row, table, trouble } from "./elements.js";
import { ask, hasToken, inNamespace } from "./vault.js";

const PAGE = 200;

/** One search looks at so many pages, unless enough was found before. A further one goes on where it stopped. */
const PAGES_AT_ONCE = 10;
const ENOUGH = 100;

const ACTIONS = ["create", "read", "update", "delete", "list", "history", "env", "audit", "exists", "receipt"];

let asked = 0;

export function prepare() {
  byId("action").append(...ACTIONS.map((action) => el("option", {}, action)));
  byId("search").addEventListener("submit", (event) => {
    event.preventDefault();
    search();
  });
}

/** Forgets what was shown for another caller. */
export function clear() {
  asked += 1;
  byId("records").replaceChildren(hasToken()
    ? note("A search looks at up to 2,000 records, newest first, and can go on from there. That you look is recorded, too.")
    : note("Give a namespace and a token with the capability ", el("code", {}, "audit"), " above."));
}

async function search() {
  if (!hasToken()) {
    clear();
    announce("A token is needed");
    return;
  }
  asked += 1;
  const mine = asked;
  const wanted = {
    words: byId("words").value.trim().toLowerCase(),
    action: byId("action").value,
    decision: byId("decision").value,
  };
  const found = [];
  let seen = 0;
  let oldest = null;
  let complete = true;
  const place = byId("records");
  place.replaceChildren(note("Searching …"));
  const on = async (from) => {
    let cursor = from;
    let failure = null;
    const enough = found.length + ENOUGH;
    for (let page = 0; page < PAGES_AT_ONCE && found.length < enough; page += 1) {
      const { body, problem } = await ask(inNamespace("audit"), { limit: PAGE, cursor });
      if (mine !== asked) {
        return;
      }
      if (problem) {
        failure = problem;
        break;
      }
      seen += body.entries.length;
      complete = complete && body.complete;
      oldest = body.entries.at(-1)?.ts ?? oldest;
      found.push(...body.entries.filter((entry) => fits(entry, wanted)));
      cursor = body.nextCursor ?? null;
      if (cursor === null) {
        break;
      }
    }
    place.replaceChildren();
    if (found.length > 0) {
      place.append(table("Audit records", ["Time (UTC)", "Subject", "Action", "Secret", "Decision", "Outcome", "Node", "Request"],
        found.map(recordOf)));
    }
    const count = found.length === 1 ? "1 record fits" : `${found.length.toLocaleString("en")} records fit`;
    if (!failure || seen > 0) {
      place.append(el("p", { class: "note" }, found.length === 0 ? "No record fits" : count,
        `, of ${seen.toLocaleString("en")} looked at`, oldest ? [", back to ", instant(oldest)] : "",
        cursor === null && !failure ? ". There are no older ones." : "."));
    }
    if (!complete) {
      place.append(el("p", { class: "warning" }, "Some nodes could not be asked. Their records are missing here."));
    }
    if (failure) {
      place.append(trouble(failure));
    } else if (cursor !== null) {
      place.append(button("Search further back", () => on(cursor), { class: "quiet more" }));
    }
    announce(failure ? failure.title : complete ? count : `${count}. Some nodes could not be asked`);
  };
  await on(null);
}

function fits(entry, wanted) {
  const text = [entry.subject, entry.name ?? "", entry.requestId, entry.reason].join("\n").toLowerCase();
  return text.includes(wanted.words)
    && (wanted.action === "" || entry.action === wanted.action)
    && (wanted.decision === "" || entry.decision === wanted.decision);
}

function recordOf(entry) {
  const version = entry.version === null ? "" : ` · ${entry.version}`;
  return row(instant(entry.ts), entry.subject, entry.action, entry.name === null ? "" : entry.name + version,
    el("span", { class: entry.decision === "deny" ? "tag bad" : "" }, entry.decision),
    entry.reason === "permitted" ? entry.outcome : `${entry.outcome}: ${entry.reason}`,
    String(entry.node), el("code", {}, entry.requestId));
}
