// Drives a browser over the page, as people use it, and says what is not as it should be. Reads on standard input what it
// needs to know, ends with 0 if everything held.
import { createRequire } from "node:module";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

const task = JSON.parse(readFileSync(0, "utf8"));
const required = createRequire(join(task.modules, "package.json"));
const { chromium } = required("playwright-core");
const AXE = readFileSync(required.resolve("axe-core/axe.min.js"), "utf8");
const ORIGIN = new URL(task.api).origin;
const PAGE = `${ORIGIN}/ui`;
const PATIENCE_MILLIS = 60_000;
const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 360, height: 740 };

/** Reflows at 400 % of a window of 1280, as WCAG asks. */
const ZOOMED = { width: 320, height: 256 };

mkdirSync(task.shots, { recursive: true });

class Failure extends Error {}

function holds(what, condition, more = "") {
  if (!condition) {
    throw new Failure(`${what} ${more}`);
  }
}

async function becomes(what, look) {
  const end = Date.now() + PATIENCE_MILLIS;
  let last;
  while (Date.now() < end) {
    last = await look();
    if (last === true) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Failure(`never: ${what}; last seen: ${JSON.stringify(last)}`);
}

const browser = await chromium.launch({
  executablePath: task.chromium,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});

/** Everything the browser complains of, and every request that leaves this origin, in any page. */
const complaints = [];
let aborting = false;
let trespassing = false;

async function opened(options = {}) {
  const context = await browser.newContext({ viewport: WIDE, serviceWorkers: "block", ...options });
  await context.addInitScript(() => {
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) => {
      window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MILLIS);
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("console", (message) => {
    // What the API refuses, the browser tells there, too: that is as it should be.
    const refused = /Failed to load resource: the server responded with a status of (4\d\d|5\d\d)/.test(message.text());
    const cut = aborting && /net::ERR_FAILED/.test(message.text());
    const blocked = trespassing && /requires 'TrustedHTML' assignment/.test(message.text());
    if (message.type() === "error" && !refused && !cut && !blocked) {
      complaints.push(`console: ${message.text()}`);
    }
  });
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== ORIGIN) {
      complaints.push(`asks elsewhere: ${request.url()}`);
    }
    if (request.url().includes(task.token) || (request.headers()["referer"] ?? "") !== "") {
      complaints.push(`tells too much: ${request.url()} ${request.headers()["referer"]}`);
    }
  });
  return page;
}

async function content(page) {
  await page.goto(PAGE);
  await page.locator("#service .verdict, #service .problem").waitFor();
}

async function ends(page) {
  holds("the page kept to its own policy:", (await page.evaluate("window.violations")).length === 0,
    JSON.stringify(await page.evaluate("window.violations")));
  await page.context().close();
}

async function axe(page, what) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => window.axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  }));
  holds(`axe-core finds nothing in: ${what}`, violations.length === 0,
    JSON.stringify(violations.map((one) => [one.id, one.help, one.nodes.map((node) => node.target + node.failureSummary)]), null, 1));
}

/** Everything is there without scrolling sideways. */
async function fits(page, what) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  holds(`nothing sticks out sideways in: ${what}`, wide <= 0, `by ${wide}`);
}

async function shot(page, name, whole = false) {
  await page.screenshot({ path: join(task.shots, `${name}.png`), fullPage: whole });
}

async function enter(page, token = task.token, namespace = task.namespace) {
  await page.fill("#namespace", namespace);
  await page.fill("#token", token);
  await page.press("#token", "Enter");
}

async function view(page, name) {
  await page.click(`nav a[href="#${name}"]`);
  await page.locator(`#view-${name}`).waitFor();
}

/** Where an element with the focus is, whether that is seen, and what it is called. */
const focused = (page) => page.evaluate(() => {
  const element = document.activeElement;
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  return {
    id: element.id || `${element.tagName.toLowerCase()}:${element.textContent.trim().slice(0, 30)}`,
    ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
});

async function tab(page, expected, key = "Tab") {
  await page.keyboard.press(key);
  const at = await focused(page);
  holds(`${key} goes to ${expected}:`, at.id === expected, `it went to ${at.id}`);
  holds(`the focus on ${expected} is seen:`, at.ring && at.seen, JSON.stringify(at));
}

const said = (page, text) => becomes(`it is said: ${text}`, async () => {
  const now = await page.locator("#announcer").textContent();
  return now.includes(text) ? true : now;
});

const shows = (page, place, text) => becomes(`${place} shows: ${text}`, async () => {
  const now = await page.locator(place).innerText();
  return now.includes(text) ? true : now;
});

const CASES = {
  /** With the keyboard alone, from the top of the page to every view. */
  async keyboard() {
    const page = await opened();
    await content(page);
    await tab(page, "a:To the content");
    await page.keyboard.press("Enter");
    await becomes("the focus is on the content", async () => (await focused(page)).id === "main");
    await page.reload();
    await page.locator("#service .verdict").waitFor();
    await tab(page, "a:To the content");
    for (const name of ["Status", "Secrets", "Audit", "Contract"]) {
      await tab(page, `a:${name}`);
    }
    await tab(page, "namespace");
    await page.keyboard.type(task.namespace);
    await tab(page, "token");
    await page.keyboard.type(task.token);
    await page.keyboard.press("Enter");
    await shows(page, "#cell", "5 of 5");
    await tab(page, "button:Use");
    await tab(page, "forget");
    await tab(page, "look-again");
    await page.keyboard.press("Enter");
    await said(page, "5 of 5 nodes are active");
    for (const name of ["forget", "button:Use", "token", "namespace", "a:Contract", "a:Audit", "a:Secrets"]) {
      await tab(page, name, "Shift+Tab");
    }
    await page.keyboard.press("Enter");
    await becomes("the focus is on the view", async () => (await focused(page)).id === "title-secrets");
    await tab(page, "prefix");
    await page.keyboard.type("page-");
    await page.keyboard.press("Enter");
    await said(page, "2 secrets");
    await tab(page, "button:List");
    await tab(page, "show-history");
    await tab(page, "button:page-long");
    await page.keyboard.press("Enter");
    await shows(page, "#history", "100 versions");
    holds("the focus is on the history", (await focused(page)).id.startsWith("h3:History of page-long"));
    await ends(page);
  },

  /** Every view, in every size and both colours. */
  async looks() {
    for (const colorScheme of ["light", "dark"]) {
      const page = await opened({ colorScheme, reducedMotion: "reduce" });
      await content(page);
      await shows(page, "#service", "Everything works");
      await axe(page, `status without a token, ${colorScheme}`);
      await shot(page, `status-without-token-${colorScheme}`);
      await enter(page);
      await shows(page, "#cell", "Share margin");
      holds("the share margin is known", /Share margin\s+-?\d/.test(await page.locator("#cell").innerText()));
      const nodes = await page.locator(".node").allInnerTexts();
      holds("five nodes are active", nodes.length === 5 && nodes.every((text) => text.includes("active")), nodes.join());
      const moves = await page.evaluate(() => getComputedStyle(document.querySelector("nav a")).transitionDuration);
      holds("nothing moves for those who asked for that:", moves === "0s", moves);
      await view(page, "secrets");
      await page.fill("#prefix", "page-");
      await page.click("#find button[type=submit]");
      await page.click("#names button:has-text('page-long')");
      await shows(page, "#history", "100 versions, and more");
      await view(page, "audit");
      await page.selectOption("#action", "create");
      await page.click("#search button");
      await shows(page, "#records", "page-long · 1");
      await view(page, "contract");
      await page.locator("#contract-operation-getSecret").waitFor();
      await page.click("#contract-operation-getSecret summary");
      for (const [size, viewport] of Object.entries({ wide: WIDE, narrow: NARROW, zoomed: ZOOMED })) {
        await page.setViewportSize(viewport);
        for (const name of ["status", "secrets", "audit", "contract"]) {
          await page.evaluate((hash) => { location.hash = hash; }, `#${name}`);
          await page.locator(`#view-${name}`).waitFor();
          await fits(page, `${name} ${size} ${colorScheme}`);
          if (size === (colorScheme === "light" ? "wide" : "narrow")) {
            await axe(page, `${name} ${size} ${colorScheme}`);
          }
          if (size !== "zoomed") {
            await page.evaluate(() => scrollTo(0, 0));
            await shot(page, `${name}-${size}-${colorScheme}`);
          }
        }
      }
      await ends(page);
    }
  },

  /** The token is in the memory of the page, and nowhere that outlasts it. */
  async token() {
    const page = await opened();
    await content(page);
    await enter(page);
    await shows(page, "#cell", "5 of 5");
    await shows(page, "#held", "Asking as");
    for (const name of ["secrets", "audit", "contract", "status"]) {
      await view(page, name);
      const kept = await page.evaluate(async (token) => ({
        document: document.documentElement.outerHTML.includes(token),
        fields: [...document.querySelectorAll("input")].some((field) => field.value.includes(token)),
        globals: Object.keys(window).some((key) => typeof window[key] === "string" && window[key].includes(token)),
        address: location.href.includes(token) || JSON.stringify(history.state)?.includes(token) === true,
        stored: localStorage.length + sessionStorage.length + (await indexedDB.databases()).length + (await caches?.keys() ?? []).length,
        cookies: document.cookie,
      }), task.token);
      holds("the token is nowhere else:", !kept.document && !kept.fields && !kept.globals && !kept.address
        && kept.stored === 0 && kept.cookies === "", JSON.stringify(kept));
    }
    holds("no cookie is set", (await page.context().cookies()).length === 0);
    await page.click("#forget");
    await said(page, "forgotten");
    await shows(page, "#cell", "give a namespace and a token");
    await enter(page);
    await shows(page, "#cell", "5 of 5");
    await page.reload();
    await shows(page, "#held", "Without a token");
    await ends(page);

    const left = await opened();
    await left.clock.install();
    await content(left);
    await enter(left);
    await shows(left, "#cell", "5 of 5");
    await left.clock.fastForward("16:00");
    await shows(left, "#held", "Without a token");
    await ends(left);
  },

  /** What the API refuses is said in its words, and what cannot be asked is not asked. */
  async refusals() {
    const page = await opened();
    await content(page);
    await enter(page, task.reader);
    await shows(page, "#cell", "forbidden");
    await said(page, "Nodes:");
    await axe(page, "403");
    await shot(page, "forbidden");
    await view(page, "audit");
    await page.click("#search button");
    await shows(page, "#records", "forbidden");
    await enter(page, task.token, "nothing-here");
    await view(page, "secrets");
    await page.click("#find button[type=submit]");
    await shows(page, "#names", "namespace-not-found");
    await enter(page, "not.a.token");
    await page.click("#find button[type=submit]");
    await shows(page, "#names", "unauthenticated");
    await enter(page, "no token at all");
    await shows(page, "#held", "cannot be a token");
    await enter(page, task.token, "../x");
    await shows(page, "#held", "A namespace is");
    holds("the field says so, too", await page.getAttribute("#namespace", "aria-invalid") === "true");
    await enter(page);
    await page.fill("#prefix", "../../status");
    await page.click("#show-history");
    await shows(page, "#history", "cannot be a name");
    await page.fill("#prefix", "page-not-there");
    await page.click("#show-history");
    await shows(page, "#history", "secret-not-found");
    await view(page, "audit");
    await page.fill("#words", "nobody asked for this");
    await page.click("#search button");
    await shows(page, "#records", "No record fits");
    await axe(page, "an empty audit");
    await shot(page, "audit-empty");
    await ends(page);
  },

  /** Whatever texts there are, they stay texts. */
  async hostile() {
    const page = await opened();
    await content(page);
    await enter(page);
    await view(page, "audit");
    await page.selectOption("#decision", "deny");
    await page.fill("#words", "onerror");
    await page.click("#search button");
    await shows(page, "#records", task.hostile);
    await shot(page, "audit-hostile");

    // And if the API itself were hostile.
    const markup = `"><img src=x onerror="alert(1)"><script>alert(2)</script><a href="javascript:alert(3)">x</a>`;
    const answer = (body, status = 200) => (route) =>
      route.fulfill({ status, contentType: "application/json", body: JSON.stringify(body) });
    const problem = { title: markup, detail: markup, code: markup, requestId: markup };
    await page.route("**/v1/namespaces/*/secrets?*", answer({ secrets: [{ name: markup, version: markup, validFrom: markup }] }));
    await page.route("**/v1/namespaces/*/cell", answer({
      threshold: 1, writeQuorum: 1, time: markup, shareMargin: markup,
      nodes: [{ node: markup, state: markup, sharesLacking: markup }] }));
    await page.route("**/v1/namespaces/*/audit?*", answer(problem, 500));
    await page.route("**/v1/status", answer({ status: markup, reads: true, writes: true, version: markup, time: markup }));
    const contract = await (await page.request.get(`${ORIGIN}/openapi?format=json`)).json();
    contract.info.description = `${markup}\n\n## ${markup}\n\n- ${markup}\n- \`${markup}\``;
    contract.tags[0].description = markup;
    contract.paths["/v1/status"].get.summary = markup;
    contract.paths["/v1/status"].get.description = markup;
    contract.components.schemas[markup] = { type: markup, description: markup, enum: [markup], examples: [markup],
      properties: { [markup]: { $ref: `#/components/schemas/${markup}` } } };
    await page.route("**/openapi?*", answer(contract));
    await page.click("#search button");
    await shows(page, "#records", markup);
    await view(page, "secrets");
    await page.click("#find button[type=submit]");
    await shows(page, "#names", markup);
    await view(page, "status");
    await page.click("#look-again");
    await shows(page, "#cell", markup);
    await shows(page, "#service", markup);
    await view(page, "contract");
    await page.locator("#contract details").first().waitFor();
    const made = await page.evaluate(() => ({
      images: document.querySelectorAll("main img").length,
      scripts: document.scripts.length,
      links: [...document.links].filter((link) => link.protocol === "javascript:").length,
    }));
    holds("no markup came of it:", made.images === 0 && made.scripts === 1 && made.links === 0, JSON.stringify(made));
    await ends(page);

    // The page could not make markup of it if it wanted to.
    trespassing = true;
    const trying = await opened();
    await content(trying);
    const refused = await trying.evaluate(() => {
      try {
        document.body.innerHTML = "<p>x</p>";
        return false;
      } catch {
        return true;
      }
    });
    holds("the browser refuses markup from text", refused);
    await trying.context().close();
    trespassing = false;
  },

  /** The contract can be found, filtered and followed. */
  async contract() {
    const page = await opened();
    await page.goto(`${PAGE}#contract/operation/getCell`);
    await page.locator("#contract-operation-getCell[open]").waitFor();
    await becomes("the operation has the focus", async () => (await focused(page)).id.startsWith("summary:GET"));
    const served = await (await page.request.get(`${ORIGIN}/openapi?format=json`)).json();
    const operations = Object.values(served.paths).flatMap((item) => Object.keys(item));
    holds("every operation is there", await page.locator("details.operation").count() === operations.length);
    const ids = await page.evaluate(() => [...document.querySelectorAll("#contract details[id]")].map((part) => part.id));
    for (const [kind, parts] of Object.entries({ schema: served.components.schemas, code: served.components.examples })) {
      for (const name of Object.keys(parts)) {
        holds(`${kind} ${name} is there once`, ids.filter((id) => id === `contract-${kind}-${name}`).length === 1);
      }
    }
    await page.click("#contract-operation-getCell a:has-text('CellStatus')");
    await page.locator("#contract-schema-CellStatus[open]").waitFor();
    await page.fill("#pick", "Idempotency-Key");
    await said(page, "are left");
    holds("only what fits is left", await page.locator("details.operation:visible").count() < operations.length);
    await page.fill("#pick", "nothing of this kind");
    await said(page, "0 are left");
    await page.fill("#pick", "");
    await axe(page, "the contract with its parts open");
    await ends(page);
  },

  /** Nodes are killed, one after the other, while somebody looks. */
  async away() {
    const page = await opened();
    await content(page);
    await enter(page);
    await shows(page, "#cell", "5 of 5");
    const kill = (index) => process.kill(task.nodes[index - 1], "SIGKILL");
    kill(2);
    await shows(page, "#service", "not all is well");
    await shows(page, "#cell", "4 of 5");
    await said(page, "4 of 5 nodes are active");
    holds("it says who", (await page.locator(".node.away").allInnerTexts()).join().startsWith("Node 2"));
    await axe(page, "one node away");
    await shot(page, "one-away-wide");
    kill(4);
    // The status stays what it was; the nodes are watched while one is away.
    await shows(page, "#cell", "3 of 5");
    await shows(page, "#cell", "one more, and something stops");
    await shot(page, "two-away-wide");
    await page.emulateMedia({ colorScheme: "dark" });
    await page.setViewportSize(NARROW);
    await axe(page, "two nodes away, narrow and dark");
    await shot(page, "two-away-narrow-dark", true);
    await page.setViewportSize(WIDE);
    await page.emulateMedia({ colorScheme: "light" });
    await view(page, "audit");
    await page.click("#search button");
    await shows(page, "#records", "Some nodes could not be asked");
    await view(page, "secrets");
    await page.fill("#prefix", "page-long");
    await page.click("#show-history");
    await shows(page, "#history", "100 versions");
    kill(5);
    await view(page, "status");
    await shows(page, "#service", "Neither reads nor writes");
    await shows(page, "#cell", "too few are active");
    await axe(page, "too few nodes");
    await shot(page, "too-few-wide");
    await view(page, "secrets");
    await page.click("#show-history");
    await shows(page, "#history", "503");
    await ends(page);

    const cut = await opened();
    await content(cut);
    aborting = true;
    await cut.route("**/v1/**", (route) => route.abort());
    await shows(cut, "#service", "No answer");
    await axe(cut, "no API");
    await shot(cut, "no-api");
    await ends(cut);
    aborting = false;
  },
};

let exit = 0;
try {
  for (const name of task.cases) {
    const began = Date.now();
    await CASES[name]();
    holds(`nobody complains in ${name}:`, complaints.length === 0, complaints.join("\n"));
    console.log(`${name}: ${Date.now() - began} ms`);
  }
} catch (failure) {
  exit = 1;
  console.error(failure instanceof Failure ? failure.message : failure.stack);
  console.error(complaints.join("\n"));
} finally {
  await browser.close();
}
process.exit(exit);
