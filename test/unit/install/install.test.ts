import { spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type Answers,
  questionsFor,
  readFlag,
  readFlags,
} from "../../../scripts/install/answers.ts";
import { NOTHING_STANDS, type Standing } from "../../../scripts/install/standing.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const fake = fileURLToPath(new URL("./wrangler.sh", import.meta.url));

let server: Server;
let site = "";
/** What the deployed Worker answers to the event that checks it. */
let verdict: object;
beforeAll(async () => {
  server = createServer((request, response) => {
    const body = request.url === "/_u/health" ? { ok: true, version: "0.2.0" } : verdict;
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

let dir = "";
let state = "";
beforeEach(() => {
  verdict = { success: true, accepted: 0, dropped: [{ messageId: "m", reason: "consent" }] };
  dir = mkdtempSync(join(tmpdir(), "usher-install-"));
  state = join(dir, "state");
  mkdirSync(join(dir, "bin"));
  mkdirSync(join(dir, "scripts"));
  mkdirSync(state);
  copyFileSync(fake, join(dir, "bin", "wrangler"));
  copyFileSync(join(root, "wrangler.toml"), join(dir, "wrangler.toml"));
  writeFileSync(join(dir, "scripts", "build.ts"), "");
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const FLAGS = ["--host", "www.example.org", "--site", 'The "Club"', "--yes"];

/** Beside the test's own: the server has to answer meanwhile. */
async function install(
  flags: readonly string[] = FLAGS,
  env: Record<string, string> = {},
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(
    process.execPath,
    [join(root, "scripts/install.ts"), "--dir", dir, "--url", site, ...flags],
    {
      env: {
        ...process.env,
        PATH: `${join(dir, "bin")}:${process.env["PATH"]}`,
        WRANGLER_STATE: state,
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  const code = await new Promise<number | null>((done) => child.on("close", done));
  return { code, out, err };
}

const calls = (): string[] =>
  existsSync(join(state, "calls"))
    ? readFileSync(join(state, "calls"), "utf8").trim().split("\n")
    : [];
const forgetCalls = (): void => rmSync(join(state, "calls"), { force: true });
const toml = (): string => readFileSync(join(dir, "wrangler.toml"), "utf8");
const comments = (text: string): string[] =>
  text.split("\n").filter((line) => /^# [A-Z]/.test(line));

describe("an installation", () => {
  test("makes what is missing, fills in wrangler.toml and leaves its comments, deploys with secrets, and checks", async () => {
    const before = toml();
    const done = await install([...FLAGS, "--jurisdiction", "eu", "--exports", "--queue"]);
    expect(done.err).toBe("");
    expect(done.code).toBe(0);
    expect(calls().map((call) => call.replace(/\S+upload\S+/, "FILE"))).toEqual([
      "whoami --json",
      "d1 list --json",
      "d1 create usher --jurisdiction eu",
      "r2 bucket info usher-keys --json --jurisdiction eu",
      "r2 bucket info usher-keys --json",
      "r2 bucket create usher-keys --jurisdiction eu",
      "r2 bucket info usher-exports --json --jurisdiction eu",
      "r2 bucket info usher-exports --json",
      "r2 bucket create usher-exports --jurisdiction eu",
      "queues info usher-events",
      "queues create usher-events --jurisdiction eu",
      "queues info usher-events-apart",
      "queues create usher-events-apart --jurisdiction eu",
      "d1 list --json",
      "d1 migrations apply DB --remote",
      "secret list --format json",
      "deploy --secrets-file FILE",
    ]);
    const text = toml();
    expect(comments(text)).toEqual(
      expect.arrayContaining(
        comments(before).filter((line) => !line.startsWith("# On a real zone")),
      ),
    );
    for (const line of [
      '  { pattern = "www.example.org/_u/*", zone_name = "example.org" },',
      'SITE_NAME = "The \\"Club\\""',
      'SITE_ORIGINS = "https://www.example.org"',
      'JURISDICTION = "eu"',
      'database_id = "12345678-1234-4234-8234-123456789abc"',
      'binding = "EXPORTS"',
      'queue = "usher-events"',
      'dead_letter_queue = "usher-events-apart"',
    ])
      expect(text).toContain(line);
    expect(text).toMatch(/WRITE_KEY = "public_[0-9a-f]{16}"/);
    expect(text.match(/jurisdiction = "eu"/g)).toHaveLength(2);
    expect(done.out).toContain("an event without consent is refused");
    expect(done.out).toMatch(
      /<script async src="\/_u\/usher\.js" data-write-key="public_[0-9a-f]{16}">/,
    );
    const secrets = JSON.parse(readFileSync(join(state, "uploaded"), "utf8")) as object;
    expect(Object.keys(secrets)).toHaveLength(7);
    expect(statSync(join(dir, ".usher-secrets.usher.json")).mode & 0o777).toBe(0o600);
    expect(readdirSync(dir).filter((name) => name.includes("upload"))).toEqual([]);
    for (const secret of Object.values(secrets) as string[]) expect(done.out).not.toContain(secret);
  });

  test("run again finds everything, makes nothing, changes no file and no secret", async () => {
    await install();
    const [text, secrets] = [toml(), readFileSync(join(dir, ".usher-secrets.usher.json"), "utf8")];
    forgetCalls();
    const again = await install();
    expect(again.code).toBe(0);
    expect(calls().some((call) => call.includes("create") || call.includes("--secrets-file"))).toBe(
      false,
    );
    expect(toml()).toBe(text);
    expect(readFileSync(join(dir, ".usher-secrets.usher.json"), "utf8")).toBe(secrets);
  });

  test.each([
    ["before", [2, 3, 6, 9, 10]],
    // Those that make something.
    ["after", [3, 6, 10]],
  ] as const)(
    "failed at any call, %s it took effect, says where, and ends the same when it is run again",
    async (when, all) => {
      for (const nth of all) {
        rmSync(state, { recursive: true });
        mkdirSync(state);
        copyFileSync(join(root, "wrangler.toml"), join(dir, "wrangler.toml"));
        rmSync(join(dir, ".usher-secrets.usher.json"), { force: true });
        const failed = await install(FLAGS, {
          WRANGLER_FAILS_AT: String(nth),
          WRANGLER_FAILS: when,
        });
        // A look for what is there may fail: then it is made, unless it was there.
        const isLook = calls()[nth - 1]?.startsWith("r2 bucket info") ?? false;
        expect([failed.code, isLook], `call ${nth}`).toEqual([isLook ? 0 : 1, isLook]);
        if (!isLook) expect(failed.err).toMatch(/run the same again/);
        expect((await install()).code, `call ${nth}`).toBe(0);
        const made = calls().filter((call) => call.startsWith("d1 create"));
        expect(made.length, `call ${nth}`).toBeLessThanOrEqual(
          nth === 3 && when === "before" ? 2 : 1,
        );
        const kept = readFileSync(join(dir, ".usher-secrets.usher.json"), "utf8");
        expect(JSON.parse(kept)).toMatchObject(
          JSON.parse(readFileSync(join(state, "uploaded"), "utf8")) as object,
        );
      }
    },
  );

  test("run again for one thing more, keeps what wrangler.toml says: place, name, origins, routes, limits", async () => {
    await install([...FLAGS, "--jurisdiction", "eu", "--queue"]);
    const edited = toml()
      .replace(
        /^SITE_ORIGINS = .*$/m,
        'SITE_ORIGINS = "https://www.example.org, https://shop.example.org"',
      )
      .replace(
        /^(routes = \[\n(?: .*\n)*)\]/m,
        '$1  { pattern = "www.example.org/*", zone_name = "example.org" }\n]',
      )
      .replace(/limit = 600/, "limit = 5000")
      .replace(
        'bucket_name = "usher-keys"\n',
        'bucket_name = "usher-keys"\npreview_bucket_name = "mine"\n',
      );
    writeFileSync(join(dir, "wrangler.toml"), edited);
    forgetCalls();
    const again = await install(["--exports", "--yes"]);
    expect(again.err).toBe("");
    expect(again.code).toBe(0);
    expect(calls().filter((call) => call.includes("create"))).toEqual([
      "r2 bucket create usher-exports --jurisdiction eu",
    ]);
    const bucket =
      '# Files for the warehouse, written by cron (docs/export.md).\n[[r2_buckets]]\nbinding = "EXPORTS"\nbucket_name = "usher-exports"\njurisdiction = "eu"\n\n';
    const shape = (text: string): string[] => text.split("\n").toSorted();
    expect(toml()).toContain(bucket);
    expect(shape(toml().replace(bucket, ""))).toEqual(shape(edited));
  });

  test("another host is added to the origins and routes that stand", async () => {
    await install([...FLAGS, "--jurisdiction", "eu"]);
    const done = await install(["--host", "shop.example.org", "--yes"]);
    expect(done.code).toBe(0);
    const text = toml();
    expect(text).toContain('SITE_ORIGINS = "https://www.example.org,https://shop.example.org"');
    expect(text).toContain('SITE_NAME = "The \\"Club\\""');
    const [, routes = ""] = /^routes = \[\n((?: .*\n)*)\]/m.exec(text) ?? [];
    expect(routes.match(/pattern = "[^"]+"/g)).toEqual([
      'pattern = "www.example.org/_u/*"',
      'pattern = "www.example.org/.well-known/gpc.json"',
      'pattern = "shop.example.org/_u/*"',
      'pattern = "shop.example.org/.well-known/gpc.json"',
    ]);
    expect((await install()).code).toBe(0);
    expect(toml()).toBe(text);
  });

  test("the place of its data is settled with the first run", async () => {
    await install([...FLAGS, "--jurisdiction", "eu"]);
    const text = toml();
    forgetCalls();
    const done = await install([...FLAGS, "--jurisdiction", "none"]);
    expect(done.code).toBe(1);
    expect(done.err).toMatch(/This one keeps its data in the European Union/);
    expect(calls()).toEqual([]);
    expect(toml()).toBe(text);
  });

  test("failed before the database was there, goes on with the answers of then", async () => {
    await install([...FLAGS, "--jurisdiction", "eu"], {
      WRANGLER_FAILS_AT: "3",
      WRANGLER_FAILS: "before",
    });
    expect((await install(["--yes"])).code).toBe(0);
    expect(calls()).toContain("d1 create usher --jurisdiction eu");
    expect(toml()).toContain('JURISDICTION = "eu"');
  });

  test("in a fresh folder, finds that the keys of this name lie beyond the border, and makes no empty ones", async () => {
    await install([...FLAGS, "--jurisdiction", "eu"]);
    copyFileSync(join(root, "wrangler.toml"), join(dir, "wrangler.toml"));
    forgetCalls();
    const done = await install();
    expect(done.code).toBe(1);
    expect(done.err).toMatch(/one of that name in the European Union.*--jurisdiction eu/);
    expect(calls().some((call) => call.includes("create"))).toBe(false);
  });

  test("signed in to another account, makes no empty database in place of the one that is named", async () => {
    await install();
    forgetCalls();
    rmSync(join(state, "d1"));
    const done = await install();
    expect(done.code).toBe(1);
    expect(done.err).toMatch(/names the database usher .*right one\?/);
    expect(calls()).toEqual(["whoami --json", "d1 list --json"]);
  });

  test("a queue that wasn't made for the European Union is told of", async () => {
    writeFileSync(join(state, "queue-usher-events"), "Queue Name: usher-events\n");
    const done = await install([...FLAGS, "--jurisdiction", "eu", "--queue"]);
    expect(done.code).toBe(0);
    expect(done.out).toMatch(/WARNING: .*European Union.*wrangler queues delete usher-events\b/);
    expect(done.out.match(/WARNING/g)).toHaveLength(1);
  });

  test("every Usher of an account counts calls for itself", async () => {
    await install();
    const [own, number] = /name = "LIMITER"\nnamespace_id = "(\d+)"/.exec(toml()) ?? [];
    expect(own).toBeDefined();
    expect(Number(number)).toBeGreaterThan(0);
    expect(number).not.toBe("1001");
  });

  test("a dry run says every step and command, runs nothing and writes nothing", async () => {
    const before = toml();
    const dry = await install([...FLAGS, "--dry-run", "--jurisdiction", "eu"]);
    expect(dry.code).toBe(0);
    expect(calls()).toEqual([]);
    expect(toml()).toBe(before);
    expect(readdirSync(dir).sort()).toEqual(["bin", "scripts", "state", "wrangler.toml"]);
    for (const line of [
      "wrangler d1 create usher --jurisdiction eu",
      "wrangler r2 bucket create usher-keys --jurisdiction eu",
      "wrangler d1 migrations apply DB --remote",
      "wrangler deploy --secrets-file",
      "GET /_u/health",
      "Nothing was changed.",
    ])
      expect(dry.out).toContain(line);
  });

  test("a deployment that records without consent is not called done", async () => {
    verdict = { success: true, accepted: 1, dropped: [] };
    const done = await install();
    expect(done.code).toBe(1);
    expect(done.err).toMatch(/without consent wasn't refused/);
  });

  test("nobody signed in is told how to", async () => {
    writeFileSync(join(state, "signed-out"), "");
    const done = await install();
    expect(done.code).toBe(1);
    expect(done.err).toMatch(/wrangler login/);
    expect(calls()).toHaveLength(1);
  });

  test("a bad answer is told in plain words, before anything is done", async () => {
    const done = await install(["--host", "https://www.example.org/", "--yes"]);
    expect(done.code).toBe(1);
    expect(done.err).toBe(
      "--host: Only the host, like www.example.org: without https:// and without a path.\n",
    );
    expect(calls()).toEqual([]);
  });
});

/** As the program reads them with `--yes`. */
function read(
  args: readonly string[],
  standing: Standing = NOTHING_STANDS,
): Record<string, unknown> {
  const { given } = readFlags(args, "");
  const known: Record<string, string | boolean> = {};
  for (const question of questionsFor(standing)) {
    const flag = given[question.key];
    const before = known as Partial<Answers>;
    const text = flag ?? question.usual(before);
    known[question.key] = readFlag(question, text, before, flag !== undefined);
  }
  return known;
}

test.each([
  [["--host", "localhost"], /isn't a host/],
  [["--host", "-a.example.org"], /isn't a host/],
  [["--host", "www.example.org", "--zone", "example.com"], /isn't a part of example\.com/],
  [["--host", "www.example.org", "--zone", "ample.org"], /isn't a part of ample\.org/],
  [["--host", "www.example.org", "--jurisdiction", "us"], /eu or none/],
  [["--host", "www.example.org", "--name", "Usher Club!"], /Small letters/],
  [["--host", "www.example.org", "--site", "two\nlines"], /one line/],
  [["--host", "www.example.org", "--site", " "], /1 to 100/],
  [["--host", "www.example.org", "--queue=maybe"], /yes or no/],
  [["--host"], /needs a value/],
  [["--host", "--yes"], /needs a value/],
  [["--host", "www.example.org", "--hots", "x"], /no --hots/],
  [[], /--host is missing/],
])("%j is turned away", (args, words) => {
  expect(() => read(args)).toThrow(words);
});

test("what isn't said is taken as usual", () => {
  expect(read(["--host", "WWW.Example.org.", "--exports"])).toEqual({
    host: "www.example.org",
    zone: "example.org",
    site: "www.example.org",
    jurisdiction: "",
    name: "usher",
    exports: true,
    queue: false,
  });
});

test.each([
  ["www.example.org", "example.org"],
  ["example.org", "example.org"],
  ["a.b.example.de", "example.de"],
  ["www.example.co.uk", "example.co.uk"],
  ["example.com.au", "example.com.au"],
  ["tickets.club.example.or.at", "example.or.at"],
])("the domain of %s is usually %s, also under an ending of two parts", (host, zone) => {
  expect(read(["--host", host])).toMatchObject({ host, zone });
});

const standing = (jurisdiction: "" | "eu"): Standing => ({
  ...NOTHING_STANDS,
  isInstalled: true,
  answers: {
    host: "www.example.org",
    zone: "example.org",
    site: "The Club",
    jurisdiction,
    name: "usher",
    exports: null,
    queue: true,
  },
});

test.each([
  ["eu", ["--jurisdiction", "none"], /--jurisdiction: .*Elsewhere it would find none of it/],
  ["", ["--jurisdiction", "eu"], /--jurisdiction: This one was made without a jurisdiction/],
  ["eu", ["--name", "other"], /--name: wrangler\.toml is that of usher/],
  ["eu", ["--queue=no"], /--queue: wrangler\.toml binds EVENTS/],
] as const)(
  "in one of the place %j, %j is turned away: it would find none of its data",
  (place, args, words) => {
    expect(() => read(args, standing(place))).toThrow(words);
  },
);

test("what stands is usual, and what a flag says goes before it", () => {
  expect(read(["--site", "Rovers"], standing("eu"))).toEqual({
    host: "www.example.org",
    zone: "example.org",
    site: "Rovers",
    jurisdiction: "eu",
    name: "usher",
    exports: false,
    queue: true,
  });
});
