// Names of secrets, and the history of one. Asks for no value.
import { announce, button, byId, el, instant, note, row, table, trouble } from "./elements.js";
import { ask, hasToken, inNamespace, isName } from "./vault.js";

const PAGE = 100;

let asked = 0;

export function prepare() {
  byId("find").addEventListener("submit", (event) => {
    event.preventDefault();
    list();
  });
  byId("show-history").addEventListener("click", () => history(byId("prefix").value.trim()));
}

/** Forgets what was shown for another caller. */
export function clear() {
  asked += 1;
  byId("names").replaceChildren(hasToken() ? note("List the secrets of the namespace, or give a name and ask for its history.") : noToken());
  byId("history").replaceChildren();
}

function noToken() {
  return note("Give a namespace and a token above: with the capability ", el("code", {}, "list"), " it shows names, with ",
    el("code", {}, "history"), " the versions of one.");
}

async function list() {
  if (!hasToken()) {
    clear();
    announce("A token is needed");
    return;
  }
  const prefix = byId("prefix").value.trim();
  if (prefix !== "" && !isName(prefix)) {
    byId("names").replaceChildren(unfit());
    return;
  }
  asked += 1;
  const mine = asked;
  const names = el("ul", { class: "names" });
  const place = byId("names");
  const more = async (cursor) => {
    const { body, problem } = await ask(inNamespace("secrets"), { prefix, limit: PAGE, cursor });
    if (mine !== asked) {
      return;
    }
    place.querySelector(".more")?.remove();
    if (problem) {
      place.append(trouble(problem));
      announce(problem.title);
      return;
    }
    for (const secret of body.secrets) {
      names.append(el("li", {},
        button(secret.name, () => history(secret.name), { class: "link" }),
        el("span", { class: "note" }, `version ${secret.version}`)));
    }
    announce(names.childElementCount === 1 ? "1 secret" : `${names.childElementCount} secrets`);
    if (names.childElementCount === 0) {
      place.append(note("No secret of this namespace begins so, or none that you may list."));
    }
    if (body.nextCursor) {
      place.append(button("More", () => more(body.nextCursor), { class: "quiet more" }));
    }
  };
  place.replaceChildren(names);
  await more(null);
}

function unfit() {
  announce("This cannot be a name");
  return trouble({
    title: "This cannot be a name",
    detail: "Names are 1 to 128 of A-Z a-z 0-9 _ . - and neither . nor - at the beginning.",
  });
}

async function history(name) {
  const place = byId("history");
  if (!hasToken()) {
    clear();
    announce("A token is needed");
    return;
  }
  if (!isName(name)) {
    place.replaceChildren(unfit());
    return;
  }
  asked += 1;
  const mine = asked;
  const title = el("h3", { tabindex: -1 }, "History of ", el("code", {}, name));
  const rows = [];
  const shown = el("div", {});
  const more = async (cursor) => {
    const { body, problem } = await ask(inNamespace("secrets", name, "versions"), { limit: PAGE, cursor });
    if (mine !== asked) {
      return;
    }
    if (problem) {
      shown.append(trouble(problem));
      announce(problem.title);
      return;
    }
    rows.push(...body.versions.map((version) =>
      row(String(version.version), instant(version.validFrom),
        version.current ? el("span", { class: "tag" }, "current") : version.validTo ? instant(version.validTo) : "")));
    announce(rows.length === 1 ? "1 version" : `${rows.length} versions`);
    shown.replaceChildren(
      table(`Versions of ${name}`, ["Version", "Valid from", "Valid until"], rows),
      note(rows.length === 1 ? "1 version" : `${rows.length} versions`, body.nextCursor ? ", and more" : "", ". Newest first, without values."));
    if (body.nextCursor) {
      shown.append(button("Older versions", () => more(body.nextCursor), { class: "quiet more" }));
    }
  };
  place.replaceChildren(title, shown);
  await more(null);
  if (mine === asked) {
    title.focus({ preventScroll: true });
  }
}
