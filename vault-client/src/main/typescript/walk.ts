// Calls every operation of the contract with the generated client, and provokes every failure that a
// caller can. Writes what it met to standard output, a line each: operation, status, and the code of
// the problem if it was one. Ends with 1 when a call ends otherwise than it should.
//
//   node built/walk.js ROUTE, a file with the members of Route below
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import {
  AuditApi,
  Configuration,
  Encoding,
  EnvApi,
  EnvDialect,
  EnvMode,
  FetchError,
  ProblemFromJSON,
  ResponseError,
  SecretsApi,
  StatusApi,
  type ApiResponse,
  type Middleware,
  type Problem,
} from './vault/index.js';

interface Route {
  scene: string;
  codes: string[];
  crowd: number;
  rounds: number;
  api: string;
  namespace: string;
  token: string;
  reader: string;
  prefix: string;
}

type Ask = () => Promise<ApiResponse<unknown>>;

const route = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf-8')) as Route;
const namespace = route.namespace;

// On a busy machine the vault may have to say "not now".
const notNow = new Set([
  'insufficient-shares',
  'write-not-accepted',
  'write-outcome-unknown',
  'concurrent-write',
  'deadline-exceeded',
  'rate-limited',
]);
const triesMax = 60;
const pauseMillis = 1000;
const tooLarge = 'x'.repeat((1 << 20) + 1);

const met = new Set<string>();
let made = 0;

function name(): string {
  return `${route.prefix}_${made++}`;
}

function key(): string {
  return `${route.prefix}-key-${made++}`;
}

function told(operation: string, status: number, code = ''): void {
  met.add(code);
  console.log(`${operation} ${status} ${code}`.trimEnd());
}

function configuration(token: string, pre?: Middleware['pre'], api = route.api): Configuration {
  return new Configuration({
    basePath: api,
    accessToken: token,
    middleware: pre === undefined ? [] : [{ pre }],
  });
}

const good = configuration(route.token);

function sending(change: RequestInit & { headers?: Record<string, string> }): Configuration {
  return configuration(route.token, async ({ url, init }) => ({
    url,
    init: { ...init, ...change, headers: { ...(init.headers as Record<string, string>), ...change.headers } },
  }));
}

async function problem(operation: string, refused: ResponseError): Promise<Problem> {
  const one = ProblemFromJSON(await refused.response.json());
  assert.equal(one.status, refused.response.status, operation);
  assert.equal(one.type, `urn:quorumvault:problem:${one.code}`);
  return one;
}

async function patiently<T>(operation: string, ask: () => Promise<ApiResponse<T>>, expected: string):
    Promise<ApiResponse<T> | Problem> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (refused) {
      if (refused instanceof ResponseError) {
        const one = await problem(operation, refused);
        if (one.code === expected || !notNow.has(one.code) || tries === triesMax) {
          return one;
        }
      } else if (!(refused instanceof FetchError) || tries === triesMax) {
        throw refused; // Otherwise a connection was being closed, after a refusal, when it was taken again.
      }
      await new Promise((resume) => setTimeout(resume, pauseMillis));
    }
  }
}

function isAnswer<T>(outcome: ApiResponse<T> | Problem): outcome is ApiResponse<T> {
  return 'raw' in outcome;
}

async function succeeds<T>(operation: string, status: number, ask: () => Promise<ApiResponse<T>>): Promise<T> {
  const outcome = await patiently(operation, ask, '');
  if (!isAnswer(outcome)) {
    throw new Error(`${operation} failed with ${outcome.code}: ${outcome.detail}`);
  }
  assert.equal(outcome.raw.status, status, operation);
  told(operation, status);
  // What has no body has no value to ask for.
  return status === 204 ? (undefined as T) : outcome.value();
}

async function fails(operation: string, code: string, ask: Ask): Promise<void> {
  const outcome = await patiently(operation, ask, code);
  if (isAnswer(outcome)) {
    throw new Error(`${operation} succeeded (expected: ${code})`);
  }
  assert.equal(outcome.code, code, operation);
  told(operation, outcome.status, code);
}

async function existing(value = 'v1'): Promise<string> {
  const created = name();
  const idempotencyKey = key();
  await succeeds('createSecret', 201, () =>
    new SecretsApi(good).createSecretRaw({ namespace, newSecret: { name: created, value }, idempotencyKey }));
  return created;
}

async function useEverything(): Promise<void> {
  const value = 'za\u017c\u00f3\u0142\u0107 \u{1f511} "quoted"\n\u0001 and on';
  const secrets = new SecretsApi(good);
  const used = name();
  let idempotencyKey = key();
  const first = await succeeds('createSecret', 201, () =>
    secrets.createSecretRaw({ namespace, newSecret: { name: used, value }, idempotencyKey }));
  assert.equal(first.version, 1);
  assert.equal(first.validTo, null);
  idempotencyKey = key();
  const second = await succeeds('updateSecret', 200, () =>
    secrets.updateSecretRaw({
      namespace,
      name: used,
      newValue: { value: '/wD+', encoding: Encoding.Base64 },
      ifMatch: '"1"',
      idempotencyKey,
    }));
  assert.equal(second.version, 2);

  const now = await succeeds('getSecret', 200, () =>
    secrets.getSecretRaw({ namespace, name: used, xRequestId: 'a.request-1' }));
  assert.equal(now.value, '/wD+');
  assert.equal(now.encoding, Encoding.Base64);
  const then = await succeeds('getSecret', 200, () =>
    secrets.getSecretRaw({ namespace, name: used, at: first.validFrom }));
  assert.equal(then.value, value);
  const before = await succeeds('getSecretVersion', 200, () =>
    secrets.getSecretVersionRaw({ namespace, name: used, version: 1 }));
  assert.equal(before.value, value);
  assert.deepEqual(before.validTo, now.validFrom);

  const newest = await succeeds('listSecretVersions', 200, () =>
    secrets.listSecretVersionsRaw({ namespace, name: used, limit: 1 }));
  assert.equal(newest.versions[0]?.version, 2);
  const oldest = await succeeds('listSecretVersions', 200, () =>
    secrets.listSecretVersionsRaw({ namespace, name: used, limit: 1, cursor: newest.nextCursor }));
  assert.equal(oldest.versions[0]?.version, 1);
  const page = await succeeds('listSecrets', 200, () =>
    secrets.listSecretsRaw({ namespace, prefix: used, limit: 10 }));
  assert.equal(page.secrets[0]?.name, used);

  await useFiles();

  const log = await succeeds('listAuditEntries', 200, () =>
    new AuditApi(good).listAuditEntriesRaw({ namespace, limit: 5 }));
  assert.equal(log.entries.length, 5);
  const status = await succeeds('getStatus', 200, () =>
    new StatusApi(new Configuration({ basePath: route.api })).getStatusRaw({}));
  assert.equal(status.reads, true);

  const cell = await succeeds('getCell', 200, () => new StatusApi(good).getCellRaw({ namespace }));
  assert.ok(cell.nodes.length > cell.threshold);

  const receipt = await succeeds('deleteSecret', 200, () =>
    secrets.deleteSecretRaw({
      namespace,
      name: used,
      ifMatch: '"2"',
      idempotencyKey: `${route.prefix}-receipt`,
      prefer: 'return=representation',
    }));
  assert.equal(receipt?.name, used);
  const plain = await existing();
  const last = key();
  await succeeds('deleteSecret', 204, () =>
    secrets.deleteSecretRaw({ namespace, name: plain, idempotencyKey: last }));
}

async function useFiles(): Promise<void> {
  const env = new EnvApi(good);
  const sealedName = name();
  const idempotencyKey = key();
  const sealed = await succeeds('processEnv', 200, () =>
    env.processEnvRaw({
      namespace,
      envFile: {
        content: `A=enc(${sealedName})\n`,
        mode: EnvMode.Seal,
        values: { [sealedName]: 'of the "file"' },
      },
      idempotencyKey,
    }));
  assert.equal(sealed.content, `A=secret(${sealedName})\n`);
  assert.equal(sealed.created[0]?.name, sealedName);
  const opened = await succeeds('processEnv', 200, () =>
    env.processEnvRaw({ namespace, envFile: { content: `A=secret(${sealedName})\n`, dialect: EnvDialect.Node } }));
  assert.ok(opened.content?.includes('of the "file"'));
  assert.equal(opened.expanded[0]?.version, 1);

  const other = name();
  const otherKey = key();
  const file = await succeeds('processEnvFile', 200, () =>
    env.processEnvFileRaw({
      namespace,
      body: `B=enc(${other}:two words)\n`,
      mode: EnvMode.Seal,
      dialect: EnvDialect.Posix,
      allowUnsafe: false,
      idempotencyKey: otherKey,
    }));
  assert.equal(file, `B=secret(${other})\n`);
  const text = await succeeds('processEnvFile', 200, () =>
    env.processEnvFileRaw({ namespace, body: `B=secret(${other})\n`, mode: EnvMode.Open }));
  assert.ok(text.includes('two words'));
}

// A call of every operation that belongs to a namespace, good but for what the configuration does to it.
function everything(using: Configuration, inside: string, used: string): Map<string, Ask> {
  const secrets = new SecretsApi(using);
  const env = new EnvApi(using);
  const created = name();
  const file = `A=enc(${created}:v)`;
  return new Map<string, Ask>([
    ['createSecret', () => secrets.createSecretRaw({ namespace: inside, newSecret: { name: created, value: 'v' } })],
    ['updateSecret', () => secrets.updateSecretRaw({ namespace: inside, name: used, newValue: { value: 'v2' } })],
    ['getSecret', () => secrets.getSecretRaw({ namespace: inside, name: used })],
    ['getSecretVersion', () => secrets.getSecretVersionRaw({ namespace: inside, name: used, version: 1 })],
    ['listSecretVersions', () => secrets.listSecretVersionsRaw({ namespace: inside, name: used })],
    ['listSecrets', () => secrets.listSecretsRaw({ namespace: inside })],
    ['deleteSecret', () =>
      secrets.deleteSecretRaw({ namespace: inside, name: used, prefer: 'return=representation' })],
    ['processEnv', () => env.processEnvRaw({ namespace: inside, envFile: { content: file } })],
    ['processEnvFile', () => env.processEnvFileRaw({ namespace: inside, body: file })],
    ['getCell', () => new StatusApi(using).getCellRaw({ namespace: inside })],
    ['listAuditEntries', () => new AuditApi(using).listAuditEntriesRaw({ namespace: inside })],
  ]);
}

async function allFail(code: string, calls: Map<string, Ask>, operations: Iterable<string> = calls.keys()):
    Promise<void> {
  for (const operation of operations) {
    const ask = calls.get(operation);
    assert.ok(ask, operation);
    await fails(operation, code, ask);
  }
}

async function beRefusedForWhoAsks(): Promise<void> {
  const used = await existing();
  await allFail('unauthenticated', everything(configuration('nobody.knows.this'), namespace, used));
  await allFail('forbidden', everything(configuration(route.reader), namespace, used));
  await allFail('namespace-not-found', everything(good, 'elsewhere', used));
}

async function beRefusedForTheForm(): Promise<void> {
  const used = await existing();
  await allFail('invalid-request', everything(good, 'Not_A_Namespace', used));
  await allFail('not-acceptable', everything(sending({ headers: { Accept: 'image/png' } }), namespace, used));
  await allFail('malformed-json', everything(sending({ body: '{' }), namespace, used),
    ['createSecret', 'updateSecret', 'processEnv']);
  await allFail('unsupported-media-type',
    everything(sending({ headers: { 'Content-Type': 'image/png' } }), namespace, used),
    ['createSecret', 'updateSecret', 'processEnv', 'processEnvFile']);
  const secrets = new SecretsApi(good);
  await fails('createSecret', 'payload-too-large', () =>
    secrets.createSecretRaw({ namespace, newSecret: { name: name(), value: tooLarge } }));
  await fails('updateSecret', 'payload-too-large', () =>
    secrets.updateSecretRaw({ namespace, name: used, newValue: { value: tooLarge } }));
  await file(`#${tooLarge}`, 'payload-too-large');

  await fails('getSecret', 'resource-not-found', () =>
    new SecretsApi(configuration(route.token, undefined, `${route.api}/nowhere`))
      .getSecretRaw({ namespace, name: used }));
  await fails('getSecret', 'method-not-allowed', () =>
    new SecretsApi(sending({ method: 'PATCH' })).getSecretRaw({ namespace, name: used }));
  await fails('getSecret', 'uri-too-long', () => secrets.getSecretRaw({ namespace, name: 'x'.repeat(9_000) }));
  await fails('getSecret', 'headers-too-large', () =>
    secrets.getSecretRaw({ namespace, name: used, xRequestId: 'x'.repeat(40_000) }));
}

async function beRefusedForWhatIsThere(): Promise<void> {
  const secrets = new SecretsApi(good);
  await allFail('secret-not-found', everything(good, namespace, name()),
    ['updateSecret', 'getSecret', 'getSecretVersion', 'listSecretVersions', 'deleteSecret']);
  const used = await existing();
  await fails('getSecretVersion', 'version-not-found', () =>
    secrets.getSecretVersionRaw({ namespace, name: used, version: 99 }));
  await fails('getSecret', 'version-not-found', () =>
    secrets.getSecretRaw({ namespace, name: used, at: new Date(0) }));
  await fails('createSecret', 'secret-already-exists', () =>
    secrets.createSecretRaw({ namespace, newSecret: { name: used, value: 'v' } }));
  await file(`A=enc(${used}:v)`, 'secret-already-exists');
  await fails('updateSecret', 'version-mismatch', () =>
    secrets.updateSecretRaw({ namespace, name: used, newValue: { value: 'v2' }, ifMatch: '"99"' }));
  await fails('deleteSecret', 'version-mismatch', () =>
    secrets.deleteSecretRaw({ namespace, name: used, ifMatch: '"99"' }));

  const idempotencyKey = key();
  await succeeds('updateSecret', 200, () =>
    secrets.updateSecretRaw({ namespace, name: used, newValue: { value: 'v2' }, idempotencyKey }));
  await fails('updateSecret', 'idempotency-key-reused', () =>
    secrets.updateSecretRaw({ namespace, name: used, newValue: { value: 'v3' }, idempotencyKey }));
  await fails('deleteSecret', 'idempotency-key-reused', () =>
    secrets.deleteSecretRaw({ namespace, name: used, idempotencyKey }));
  const once = name();
  const createKey = key();
  await succeeds('createSecret', 201, () =>
    secrets.createSecretRaw({ namespace, newSecret: { name: once, value: 'v' }, idempotencyKey: createKey }));
  await fails('createSecret', 'idempotency-key-reused', () =>
    secrets.createSecretRaw({ namespace, newSecret: { name: once, value: 'other' }, idempotencyKey: createKey }));
}

async function beRefusedForTheFile(): Promise<void> {
  const one = name();
  await file(`A=secret(${one})`, 'unresolved-reference');
  await file(`A=secret(${one}`, 'env-syntax');
  await file(`A=enc(${one}:v)`, 'env-mode', EnvMode.Open);
  await file(`A=enc(${one})`, 'env-value-missing');
  await file(`A=enc(${one}:one)\nB=enc(${one}:two)`, 'env-value-conflict');
  await file(`A=enc(${one}:v)\nB=secret(${one})`, 'env-self-reference');
  await file(`A=secret(${await existing("it's $5")})`, 'env-not-representable');
}

// A file that both operations for files refuse.
async function file(content: string, code: string, mode: EnvMode = EnvMode.Default): Promise<void> {
  const env = new EnvApi(good);
  await fails('processEnv', code, () => env.processEnvRaw({ namespace, envFile: { content, mode } }));
  await fails('processEnvFile', code, () => env.processEnvFileRaw({ namespace, body: content, mode }));
}

// Calls in crowds until these codes came, among whatever else comes.
async function meet(codes: string[]): Promise<void> {
  const secrets = new SecretsApi(good);
  const used = `${route.prefix}_0`;
  for (let round = 0; round < route.rounds && codes.some((code) => !met.has(code)); round++) {
    await new Promise((resume) => setTimeout(resume, pauseMillis));
    const newSecret = { name: `${route.prefix}_written_${round}`, value: 'v' };
    // A crowd is refused for being one, so it comes last.
    const crowded = codes.every((code) => code === 'rate-limited' || met.has(code));
    await Promise.all(Array.from({ length: crowded ? route.crowd : route.crowd / 50 }, (_, number) =>
      number % 2 === 0 && !crowded
        ? tried('createSecret', () => secrets.createSecretRaw({ namespace, newSecret }))
        : tried('getSecret', () => secrets.getSecretRaw({ namespace, name: used }))));
  }
  assert.deepEqual(codes.filter((code) => !met.has(code)), [], `did not come, but these did: ${[...met]}`);
}

async function tried(operation: string, ask: Ask): Promise<void> {
  try {
    told(operation, (await ask()).raw.status);
  } catch (refused) {
    if (refused instanceof ResponseError) {
      const one = await problem(operation, refused);
      told(operation, one.status, one.code);
    } else if (!(refused instanceof FetchError)) {
      throw refused; // Otherwise the connection went: a crowd may be too much for a machine.
    }
  }
}

if (route.scene === 'HEALTHY') {
  await useEverything();
  await beRefusedForWhoAsks();
  await beRefusedForTheForm();
  await beRefusedForWhatIsThere();
  await beRefusedForTheFile();
} else {
  await meet(route.codes);
}
