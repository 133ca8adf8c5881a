import { request as ask, type IncomingHttpHeaders } from "node:http";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build } from "../../scripts/build.ts";
import { type Runtime, start } from "../bench/runtime.ts";
import { testBindings } from "../support/bindings.ts";
import { type Origin, PAGE, SLOT, startOrigin, STRANGE } from "./origin.ts";

const TAG = `<script async src="/_u/usher.js" data-write-key="${testBindings.WRITE_KEY}"></script>`;
const WITH_TAG = PAGE.replace("</head>", `${TAG}</head>`);

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** As it is on the wire: nothing is unpacked and nothing followed. */
const fetched = (
  base: URL | string,
  path: string,
  headers: Record<string, string> = {},
  method = "GET",
  body?: string,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const call = ask(new URL(path, base), { method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks),
        }),
      );
      response.on("error", reject);
    });
    call.on("error", reject);
    call.end(body);
  });

const NAVIGATION = {
  accept: "text/html",
  "sec-fetch-dest": "document",
  "accept-encoding": "gzip, br",
  "user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/149.0.0.0 Safari/537.36",
};

let origin: Origin;
let site = "";

beforeAll(async () => {
  origin = await startOrigin();
  site = origin.url;
  await build();
});
afterAll(() => origin?.close());

const worker = (variables: Record<string, string>): Promise<Runtime> =>
  start([{ name: "usher", entry: "src/worker.ts", objects: ["Person"] }], { variables });

const unpacked = ({ headers, body }: Answer): string => {
  const coding = headers["content-encoding"];
  if (coding === "gzip") return gunzipSync(body).toString();
  return (coding === "br" ? brotliDecompressSync(body) : body).toString();
};

describe("With a site behind it", () => {
  let runtime: Runtime;
  let front: URL;
  beforeAll(async () => {
    runtime = await worker({ PROXY: site });
    front = runtime.urls.get("usher")!;
  });
  afterAll(() => runtime?.dispose());

  test.each(["/plain.html", "/gzip.html", "/br.html"])(
    "%s comes with the snippet at the end of its head, and is otherwise the same",
    async (path) => {
      const answer = await fetched(front, path, NAVIGATION);
      expect(answer.status).toBe(200);
      expect(unpacked(answer)).toBe(WITH_TAG);
      expect(answer.headers["cache-control"]).toBe("public, max-age=60");
      expect(answer.headers.etag).toBeUndefined();
    },
  );

  test.each<[string, string, Record<string, string>, string]>([
    ["a file", "/movie.bin", {}, "GET"],
    ["a packed file", "/movie.gz", { "accept-encoding": "gzip" }, "GET"],
    ["a range of it", "/movie.bin", { range: "bytes=1000-1999" }, "GET"],
    ["its head", "/movie.bin", {}, "HEAD"],
    ["a page's head", "/plain.html", NAVIGATION, "HEAD"],
    ["a part that a script fetches", "/plain.html", { "sec-fetch-dest": "empty" }, "GET"],
    [
      "the same packed",
      "/gzip.html",
      { "sec-fetch-dest": "empty", "accept-encoding": "gzip" },
      "GET",
    ],
    [
      "the same in brotli",
      "/br.html",
      { "sec-fetch-dest": "empty", "accept-encoding": "br" },
      "GET",
    ],
    ["a range of a page", "/movie.bin", { ...NAVIGATION, range: "bytes=0-9" }, "GET"],
  ])("%s comes byte for byte as from the site", async (_, path, headers, method) => {
    const [through, direct] = [
      await fetched(front, path, headers, method),
      await fetched(site, path, headers, method),
    ];
    expect(through.status).toBe(direct.status);
    expect(through.body.equals(direct.body)).toBe(true);
    for (const name of [
      "content-type",
      "content-encoding",
      "content-range",
      "content-length",
      "etag",
      "cache-control",
    ])
      expect([name, through.headers[name]]).toEqual([name, direct.headers[name]]);
  });

  test("what is posted goes through, and a redirect to the site's own address stays at the front", async () => {
    const posted = await fetched(
      front,
      "/post?a=1",
      { "content-type": "text/plain" },
      "POST",
      "söng",
    );
    expect([posted.status, posted.body.toString()]).toEqual([201, "söng"]);
    const moved = await fetched(front, "/old", NAVIGATION);
    expect([moved.status, moved.headers.location]).toEqual([301, `${front.origin}/plain.html?x=1`]);
    expect(origin.seen.at(-1)?.headers["x-forwarded-host"]).toBe(front.host);
  });

  test("a page that isn't there has the snippet too, and one with a nonce allows it", async () => {
    const missing = await fetched(front, "/missing", NAVIGATION);
    expect([missing.status, unpacked(missing)]).toEqual([404, WITH_TAG]);
    const strict = await fetched(front, "/nonce.html", NAVIGATION);
    expect(unpacked(strict)).toContain('<script nonce="abc123" async src="/_u/usher.js"');
  });

  test("a page that the rewriter can't read to its end is there to its end", async () => {
    const answer = await fetched(front, "/strange.html", NAVIGATION);
    const wanted = `${WITH_TAG}${STRANGE}`;
    const got = unpacked(answer);
    const differs = [...got].findIndex((char, at) => char !== wanted[at]);
    expect([got.length, differs]).toEqual([wanted.length, -1]);
  });

  test("the visitor's cookie comes on the document where the law's default allows it, and only then", async () => {
    const german = await fetched(front, "/plain.html", { ...NAVIGATION, "usher-region": "DE" });
    expect(german.headers["set-cookie"]).toBeUndefined();
    const american = await fetched(front, "/plain.html", {
      ...NAVIGATION,
      "usher-region": "US-NY",
    });
    expect(american.headers["set-cookie"]?.[0]).toMatch(/^usher=1\..*HttpOnly/);
    expect(american.headers["cache-control"]).toBe("private, no-store");
    const cookie = american.headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
    const again = await fetched(front, "/plain.html", {
      ...NAVIGATION,
      cookie,
      "usher-region": "US-NY",
    });
    expect(again.headers["set-cookie"]).toBeUndefined();
    const bot = await fetched(front, "/plain.html", {
      ...NAVIGATION,
      "user-agent": "Googlebot/2.1",
      "usher-region": "US-NY",
    });
    expect(bot.headers["set-cookie"]).toBeUndefined();
  });

  test("a slot comes filled to a visitor who consented, on a page that is theirs alone", async () => {
    const phone = {
      ...NAVIGATION,
      "user-agent":
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
      origin: front.origin,
    };
    const chosen = await fetched(front, "/_u/consent", phone, "POST", '{"accept":"all"}');
    const cookie = (chosen.headers["set-cookie"] ?? [])
      .map((line) => line.split(";")[0])
      .join("; ");
    const said = await fetched(
      front,
      "/_u/v1/page",
      { ...phone, cookie },
      "POST",
      JSON.stringify({ writeKey: testBindings.WRITE_KEY, messageId: "m1" }),
    );
    expect(JSON.parse(said.body.toString())).toMatchObject({ accepted: 1 });
    const filled = await fetched(front, "/slot.html", { ...phone, cookie });
    const page = unpacked(filled);
    expect(page).toMatch(
      /data-usher-slot="home"[^>]*><section class="usher-hint" data-usher-hint="/,
    );
    expect(page).toContain('<button type="button">No &amp; thanks</button></section></div>');
    expect(filled.headers["cache-control"]).toBe("private, no-store");
    const stranger = unpacked(await fetched(front, "/slot.html", phone));
    expect(stranger).toBe(WITH_TAG.replace("<body>", `<body>${SLOT}`));
  });

  test("Usher's own paths stay its own", async () => {
    const health = await fetched(front, "/_u/health");
    expect(JSON.parse(health.body.toString())).toMatchObject({ ok: true });
  });
});

describe("In trouble", () => {
  test.each([
    ["a database that knows nothing", { PROXY: "SITE" }, true],
    ["a secret that is missing", { PROXY: "SITE", COOKIE_KEYS: "" }, false],
    ["the switch off", { PROXY: "SITE off" }, false],
  ])("with %s the page comes as the site has it", async (_, variables, drop) => {
    const runtime = await worker({ ...variables, PROXY: variables.PROXY.replace("SITE", site) });
    try {
      if (drop) {
        const db = await runtime.miniflare.getD1Database("DB", "usher");
        const { results } = await db
          .prepare(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_*' AND name NOT GLOB 'sqlite_*'",
          )
          .all<{ name: string }>();
        for (const { name } of results) await db.prepare(`DROP TABLE "${name}"`).run();
      }
      const front = runtime.urls.get("usher")!;
      for (const path of ["/plain.html", "/gzip.html"]) {
        const answer = await fetched(front, path, NAVIGATION);
        const direct = await fetched(site, path, NAVIGATION);
        expect([answer.status, answer.body.equals(direct.body)]).toEqual([200, true]);
        expect(answer.headers["set-cookie"]).toBeUndefined();
      }
    } finally {
      await runtime.dispose();
    }
  });

  test("without PROXY there is no site behind it", async () => {
    const runtime = await worker({});
    try {
      expect((await fetched(runtime.urls.get("usher")!, "/plain.html", NAVIGATION)).status).toBe(
        404,
      );
    } finally {
      await runtime.dispose();
    }
  });
});
