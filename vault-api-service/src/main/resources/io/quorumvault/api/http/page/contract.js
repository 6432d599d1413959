// Shows the contract that the API serves: operations, parameters, schemas, codes of problems.
import { announce, byId, el, note, row, table, trouble } from "./elements.js";
import { ask } from "./vault.js";

const METHODS = ["get", "post", "put", "delete"];

let loaded = null;

/** Shows the contract, and of it what the address names: `operation/ID` or `schema/NAME`. */
export async function show(part) {
  loaded ??= load();
  if (!(await loaded)) {
    loaded = null;
    return;
  }
  const target = part ? byId(`contract-${part.replace("/", "-")}`) : null;
  if (target) {
    target.hidden = false;
    target.open = true;
    target.querySelector("summary").focus();
    target.scrollIntoView();
  }
}

async function load() {
  const place = byId("contract");
  place.replaceChildren(note("Loading …"));
  const { body, problem } = await ask("openapi", { format: "json" }, true);
  place.replaceChildren(...(problem ? [trouble(problem)] : documentOf(body)));
  return !problem;
}

function documentOf(doc) {
  const operations = Object.entries(doc.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => ({ path, method, ...item[method] })));
  const filter = el("input", { id: "pick", type: "search", autocomplete: "off", spellcheck: "false", maxlength: 64 });
  filter.addEventListener("input", () => pick(filter.value.trim().toLowerCase()));
  return [
    el("p", { class: "lead" }, doc.info.summary, " OpenAPI ", doc.openapi, ", version ", doc.info.version, ": ",
      el("a", { href: "openapi?format=yaml" }, "YAML"), ", ", el("a", { href: "openapi?format=json" }, "JSON"), "."),
    el("details", {}, el("summary", {}, "What it promises"), el("div", { class: "inside prose" }, prose(doc.info.description, "h3"))),
    el("div", { class: "line" }, el("div", { class: "field grows" },
      el("label", { for: "pick" }, "Operations, codes and schemas that contain"), filter)),
    el("div", { id: "parts" },
      doc.tags.map((tag) => {
        const own = operations.filter((operation) => operation.tags.includes(tag.name));
        return own.length === 0 ? null : el("section", { "aria-labelledby": `tag-${tag.name}` },
          el("h3", { id: `tag-${tag.name}` }, tag.name), note(tag.description),
          own.map((operation) => operationOf(operation, doc)));
      }),
      el("section", { "aria-labelledby": "tag-codes" },
        el("h3", { id: "tag-codes" }, "Codes of problems"),
        note("Every failure is one problem document, whose code says what happened."),
        Object.entries(doc.components.examples ?? {}).map(([code, example]) => codeOf(code, example.value, doc, operations))),
      el("section", { "aria-labelledby": "tag-schemas" },
        el("h3", { id: "tag-schemas" }, "Schemas"),
        Object.entries(doc.components.schemas).map(([name, schema]) => schemaOf(name, schema)))),
  ];
}

/** Leaves what contains the text, and says how much that is. */
function pick(text) {
  let left = 0;
  for (const section of byId("parts").children) {
    let here = 0;
    for (const part of section.querySelectorAll(":scope > details")) {
      part.hidden = text !== "" && !part.textContent.toLowerCase().includes(text);
      here += part.hidden ? 0 : 1;
    }
    section.hidden = here === 0;
    left += here;
  }
  announce(left === 1 ? "1 is left" : `${left} are left`);
}

const nameOf = (ref) => ref.slice(ref.lastIndexOf("/") + 1);

/** What a reference within the document leads to; anything else is what it is. */
function resolved(part, doc) {
  return part?.$ref
    ? part.$ref.slice(2).split("/").reduce((place, name) => place?.[name], doc)
    : part;
}

function schemaLink(schema) {
  if (!schema) {
    return "";
  }
  if (schema.$ref) {
    const name = nameOf(schema.$ref);
    return el("a", { href: `#contract/schema/${encodeURIComponent(name)}` }, name);
  }
  return [schema.type].flat().join(" or ") + (schema.format ? ` (${schema.format})` : "");
}

function operationOf(operation, doc) {
  const id = operation.operationId;
  const parameters = (operation.parameters ?? []).map((parameter) => resolved(parameter, doc));
  const body = resolved(operation.requestBody, doc);
  return el("details", { class: "operation", id: `contract-operation-${id}` },
    el("summary", {}, el("span", { class: `method ${operation.method}` }, operation.method.toUpperCase()), " ",
      el("code", {}, operation.path), " ", el("span", { class: "says" }, operation.summary)),
    el("div", { class: "inside" },
      prose(operation.description, "h5"),
      note(el("code", {}, id), operation.security?.length === 0 ? " · for anybody" : " · needs a bearer token"),
      parameters.length === 0 ? null : [
        el("h4", {}, "Parameters"),
        table(`Parameters of ${id}`, ["Name", "In", "Schema", "Meaning"], parameters.map((parameter) =>
          row([el("code", {}, parameter.name), parameter.required ? el("span", { class: "note" }, " required") : null],
            parameter.in, schemaLink(parameter.schema), inline(parameter.description ?? "")))),
      ],
      body ? [
        el("h4", {}, "Body"),
        el("p", {}, body.description ?? "", " ", Object.entries(body.content).map(([type, content]) =>
          [el("code", {}, type), " ", schemaLink(content.schema)])),
      ] : null,
      el("h4", {}, "Answers"),
      table(`Answers of ${id}`, ["Status", "Body", "Meaning"], Object.entries(operation.responses).map(([status, given]) => {
        const response = resolved(given, doc);
        return row(status, Object.values(response.content ?? {}).map((content) => schemaLink(content.schema)),
          inline(response.description ?? ""));
      }))));
}

/** Those who can fail so, too. */
function codeOf(code, problem, doc, operations) {
  const users = operations.filter((operation) => Object.values(operation.responses).some((given) =>
    Object.values(resolved(given, doc).content ?? {}).some((content) => content.examples && code in content.examples)));
  return el("details", { id: `contract-code-${code}` },
    el("summary", {}, el("code", {}, code), " ", el("span", { class: "says" }, `${problem.status} · ${problem.title}`)),
    el("div", { class: "inside" },
      el("p", {}, problem.detail),
      note(problem.retryable ? "The same request can succeed later." : "The same request fails again.",
        problem.outcome ? ` Outcome of a write: ${problem.outcome}.` : ""),
      el("p", {}, "Of ", users.map((operation, i) => [i === 0 ? "" : ", ",
        el("a", { href: `#contract/operation/${encodeURIComponent(operation.operationId)}` }, operation.operationId)]), ".")));
}

function schemaOf(name, schema) {
  const properties = Object.entries(schema.properties ?? {});
  return el("details", { id: `contract-schema-${name}` },
    el("summary", {}, el("code", {}, name), " ", el("span", { class: "says" }, [schema.type].flat().join(" or "))),
    el("div", { class: "inside" },
      prose(schema.description ?? "", "h5"),
      bounds(schema),
      properties.length === 0 ? null : table(`Members of ${name}`, ["Member", "Schema", "Meaning"],
        properties.map(([member, property]) =>
          row([el("code", {}, member), schema.required?.includes(member) ? el("span", { class: "note" }, " required") : null],
            property.items ? ["list of ", schemaLink(property.items)] : schemaLink(property), inline(property.description ?? "")))),
      schema.items ? el("p", {}, "List of ", schemaLink(schema.items), ".") : null,
      schema.enum ? el("p", {}, "One of ", schema.enum.map((word, i) => [i === 0 ? "" : ", ", el("code", {}, word)]), ".") : null,
      schema.examples ? [el("h4", {}, "Example"),
        el("pre", { tabindex: 0, role: "region", "aria-label": `Example of ${name}` },
          schema.examples.map((example) => typeof example === "string" ? example : JSON.stringify(example, null, 2)).join("\n"))] : null));
}

function bounds(schema) {
  const words = ["format", "pattern", "minLength", "maxLength", "minimum", "maximum", "maxItems", "maxProperties", "default"]
    .filter((word) => schema[word] !== undefined);
  return words.length === 0 ? null
    : el("p", {}, words.map((word, i) => [i === 0 ? "" : " · ", word, " ", el("code", {}, String(schema[word]))]));
}

/** Headings, lists, paragraphs and code of a description. Not all of CommonMark: what the contract uses. */
function prose(text, heading) {
  const blocks = [];
  for (const block of text.split(/\n{2,}/)) {
    if (block.startsWith("## ")) {
      blocks.push(el(heading, {}, block.slice(3)));
    } else if (block.startsWith("- ")) {
      blocks.push(el("ul", {}, block.slice(2).split(/\n- /).map((item) => el("li", {}, inline(item)))));
    } else if (block.trim() !== "") {
      blocks.push(el("p", {}, inline(block)));
    }
  }
  return blocks;
}

function inline(text) {
  return text.split("`").map((part, i) => (i % 2 === 1 ? el("code", {}, part) : part));
}
