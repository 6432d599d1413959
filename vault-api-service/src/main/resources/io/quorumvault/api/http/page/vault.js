// Asks the API that served this page, as any client does: with the token of whoever looks at it, or without one.

/** Longer than a request may take there. */
const PATIENCE_MILLIS = 8000;

const NAMESPACE = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const SECRET_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const BEARER = /^[A-Za-z0-9._~+/-]+=*$/;

// The only place where the token is. Not exported, not stored, not shown.
let token = null;
let namespace = "";

export const hasToken = () => token !== null;
export const currentNamespace = () => namespace;
export const isNamespace = (text) => NAMESPACE.test(text);
export const isName = (text) => SECRET_NAME.test(text);
export const isToken = (text) => BEARER.test(text);

export function use(newNamespace, newToken) {
  namespace = newNamespace;
  if (newToken) {
    token = newToken;
  }
}

export function forget() {
  token = null;
}

/** What the token says of itself, which only the vault can judge: its subject, and when it ends. */
export function claims() {
  try {
    const part = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(part), (character) => character.charCodeAt(0));
    const said = JSON.parse(new TextDecoder().decode(bytes));
    return {
      subject: typeof said.sub === "string" ? said.sub : null,
      ends: typeof said.exp === "number" ? new Date(said.exp * 1000) : null,
    };
  } catch {
    return { subject: null, ends: null };
  }
}

/** The path of something in the namespace. */
export function inNamespace(...parts) {
  return ["v1/namespaces", namespace, ...parts].map((part, i) => (i === 0 ? part : encodeURIComponent(part))).join("/");
}

/**
 * Asks. Never throws: an answer has a body, or a problem that can be shown.
 * @param path below where this page is, without a leading slash
 * @param query names and values; those without a value are left out
 */
export async function ask(path, query = {}, anonymous = false) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const target = path + (given.length > 0 ? `?${new URLSearchParams(given)}` : "");
  const headers = { Accept: "application/json" };
  if (!anonymous && token !== null) {
    headers.Authorization = `Bearer ${token}`;
  }
  try {
    const response = await fetch(target, {
      headers,
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(PATIENCE_MILLIS),
    });
    const body = await response.json();
    return response.ok ? { body } : { problem: problemOf(body, response.status) };
  } catch {
    return {
      problem: {
        title: "No answer",
        detail: "The API cannot be reached, or did not answer in time. What is shown may be out of date.",
        code: "",
      },
    };
  }
}

function problemOf(body, status) {
  const text = (member, otherwise) => (typeof body?.[member] === "string" ? body[member] : otherwise);
  return {
    title: text("title", `Status ${status}`),
    detail: text("detail", ""),
    code: text("code", ""),
    requestId: text("requestId", ""),
    status,
  };
}
