// The page as a whole: who asks, and what is looked at.
import * as audit from "./audit.js";
import * as cell from "./cell.js";
import * as contract from "./contract.js";
import { announce, byId, el } from "./elements.js";
import * as secrets from "./secrets.js";
import * as vault from "./vault.js";

/** A page that nobody touches for so long is a page that somebody left. */
const IDLE_MILLIS = 15 * 60 * 1000;

const VIEWS = ["status", "secrets", "audit", "contract"];

function viewOf(hash) {
  const [view, ...part] = hash.slice(1).split("/");
  return VIEWS.includes(view) ? { view, part: decoded(part.join("/")) } : { view: "status", part: "" };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

function turn(moved) {
  const { view, part } = viewOf(location.hash);
  for (const name of VIEWS) {
    byId(`view-${name}`).hidden = name !== view;
  }
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#${view}`) {
      link.setAttribute("aria-current", "page");
    } else {
      link.removeAttribute("aria-current");
    }
  }
  const title = byId(`title-${view}`);
  document.title = `${title.textContent} · Quorum Vault`;
  if (moved && part === "") {
    title.focus();
  }
  if (view === "contract") {
    contract.show(part);
  }
}

function tellHeld(trouble = "") {
  const held = byId("held");
  held.classList.toggle("warning", trouble !== "");
  byId("forget").hidden = !vault.hasToken();
  byId("token").placeholder = vault.hasToken() ? "held; type to replace" : "";
  if (trouble !== "") {
    held.textContent = trouble;
    return;
  }
  if (!vault.hasToken()) {
    held.textContent = "Without a token: status and contract.";
    return;
  }
  const { subject, ends } = vault.claims();
  held.replaceChildren(...[
    "Asking as ", el("strong", {}, subject ?? "the owner of the token"), " in ", el("strong", {}, vault.currentNamespace()),
    ends ? `, until ${ends.toISOString().replace("T", " ").replace(".000Z", "Z")}` : "", ".",
  ]);
}

function refresh() {
  secrets.clear();
  audit.clear();
  return cell.look(false);
}

function forget(why) {
  if (vault.hasToken()) {
    vault.forget();
    tellHeld();
    refresh();
    announce(why);
  }
}

function prepareCaller() {
  const namespace = byId("namespace");
  const token = byId("token");
  byId("caller").addEventListener("submit", (event) => {
    event.preventDefault();
    const typed = token.value.trim();
    token.value = "";
    const room = namespace.value.trim();
    const wrong = !vault.isNamespace(room)
      ? "A namespace is 1 to 63 of a-z 0-9 - and has no - at its beginning or end."
      : typed !== "" && !vault.isToken(typed) ? "This cannot be a token." : "";
    namespace.setAttribute("aria-invalid", String(!vault.isNamespace(room)));
    if (wrong !== "") {
      tellHeld(wrong);
      announce(wrong);
      return;
    }
    vault.use(room, typed);
    tellHeld();
    announce(byId("held").textContent);
    refresh();
  });
  byId("forget").addEventListener("click", () => {
    forget("The token is forgotten");
    token.focus();
  });
  // A page that is left may be kept by the browser and shown again.
  window.addEventListener("pagehide", () => forget("The token is forgotten"));
}

function prepareSkipping() {
  document.querySelector(".skip").addEventListener("click", (event) => {
    // As a link it would be taken for a view.
    event.preventDefault();
    byId("main").focus();
  });
}

function prepareIdling() {
  let touched = Date.now();
  for (const sign of ["keydown", "pointerdown"]) {
    document.addEventListener(sign, () => {
      touched = Date.now();
    }, { passive: true });
  }
  setInterval(() => {
    if (Date.now() - touched >= IDLE_MILLIS) {
      forget("The token is forgotten, since nobody did anything here for a quarter of an hour");
    }
  }, 10_000);
}

secrets.prepare();
audit.prepare();
prepareCaller();
prepareSkipping();
prepareIdling();
tellHeld();
refresh();
window.addEventListener("hashchange", () => turn(true));
turn(false);
cell.watch();
