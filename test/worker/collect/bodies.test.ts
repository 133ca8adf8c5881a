import { exports } from "cloudflare:workers";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { Browser, ORIGIN, read, SERVER_KEY, WRITE_KEY } from "../../support/site.ts";

const utf8 = new TextEncoder();

async function post(
  body: BodyInit,
  headers: Record<string, string> = {},
  call = "track",
): Promise<{ status: number; body: Record<string, unknown> }> {
  return read(
    await exports.default.fetch(`${ORIGIN}/_u/v1/${call}`, {
      method: "POST",
      headers: { origin: ORIGIN, "content-type": "application/json", ...headers },
      body,
    }),
  );
}

const deep = (levels: number): string =>
  `{"writeKey":"${WRITE_KEY}","event":"x","properties":${'{"a":'.repeat(levels)}1${"}".repeat(levels)}}`;

test("bodies that are too big, too deep, not JSON or not UTF-8 get the contract's status and leave nothing behind", async () => {
  const events = (): Promise<{ n: number } | null> =>
    env.DB.prepare("SELECT count(*) AS n FROM events").first<{ n: number }>();
  const before = await events();
  const many = {
    writeKey: WRITE_KEY,
    batch: Array.from({ length: 2501 }, () => ({ type: "track", event: "x" })),
  };
  const cases: [name: string, status: number, body: BodyInit, call?: string][] = [
    ["501 KB", 413, `{"writeKey":"${WRITE_KEY}","x":"${"a".repeat(501 * 1024)}"}`],
    ["2,501 messages", 413, JSON.stringify(many), "batch"],
    [
      "one message of 33 KB",
      413,
      JSON.stringify({ writeKey: WRITE_KEY, event: "x", properties: { a: "b".repeat(33 * 1024) } }),
    ],
    ["33 levels", 400, deep(40)],
    ["100,000 levels", 400, deep(100_000).slice(0, 400_000)],
    ["not JSON", 400, `{"writeKey":"${WRITE_KEY}",}`],
    ["nothing", 400, ""],
    ["a list", 400, "[]"],
    [
      "not UTF-8",
      400,
      new Uint8Array([
        ...utf8.encode(`{"writeKey":"${WRITE_KEY}","event":"`),
        0xff,
        0xfe,
        ...utf8.encode('"}'),
      ]),
    ],
    ["a batch without messages", 400, JSON.stringify({ writeKey: WRITE_KEY }), "batch"],
  ];
  for (const [name, status, body, call] of cases) {
    // What can't be read has no key in it, so the key comes in the header: the contract looks at keys first.
    const said = await post(body, { authorization: `Bearer ${SERVER_KEY}` }, call);
    expect([name, said.status]).toEqual([name, status]);
    expect(said.body["error"]).toMatchObject({
      code: status === 413 ? "too_large" : "bad_request",
    });
  }
  expect(await events()).toEqual(before);
});

test("refusals come in the contract's order: size, key, origin, shape", async () => {
  const big = `{"x":"${"a".repeat(501 * 1024)}"}`;
  expect((await post(big, { origin: "https://evil.example" })).status).toBe(413);
  expect((await post("{", { origin: "https://evil.example" })).status).toBe(401);
  expect(
    (await post(`{"writeKey":"wrong","event":"x"}`, { origin: "https://evil.example" })).status,
  ).toBe(401);
  expect(
    (await post(`{"writeKey":"${WRITE_KEY}","event":"x"}`, { origin: "https://evil.example" }))
      .status,
  ).toBe(403);
  const batch = { writeKey: WRITE_KEY };
  expect(
    (await post(JSON.stringify(batch), { origin: "https://evil.example" }, "batch")).status,
  ).toBe(403);
  expect((await post(JSON.stringify(batch), {}, "batch")).status).toBe(400);
});

test("the site's own pages are told what is wrong with a body whose key can't be read, and whoever names a wrong key isn't", async () => {
  for (const body of ["{", deep(40), new Uint8Array([0x22, 0xff, 0x22])]) {
    expect((await post(body)).status).toBe(400);
    expect((await post(body, { authorization: "Bearer wrong" })).status).toBe(401);
  }
  expect((await post(`{"event":"x"}`)).status).toBe(401);
});

test("what is refused as a whole says so in words, too", async () => {
  const answer = await exports.default.fetch(`${ORIGIN}/_u/v1/track`, {
    method: "POST",
    headers: { origin: "https://evil.example" },
    body: `{"writeKey":"${WRITE_KEY}","event":"x"}`,
  });
  await answer.text();
  expect(answer.headers.get("usher-decision")).toBe(
    "not recorded (forbidden_origin): This origin isn't among the site's own.",
  );
});

test("a browser's call without an Origin needs a same-origin Sec-Fetch-Site", async () => {
  const body = `{"writeKey":"${WRITE_KEY}","event":"x"}`;
  const bare = (headers: Record<string, string>): Promise<{ status: number }> =>
    exports.default
      .fetch(`${ORIGIN}/_u/v1/track`, { method: "POST", headers, body })
      .then(async (response) => read(response));
  expect((await bare({})).status).toBe(403);
  expect((await bare({ "sec-fetch-site": "cross-site" })).status).toBe(403);
  expect((await bare({ "sec-fetch-site": "same-origin" })).status).toBe(200);
  // What the browser keeps to itself, as under a referrer policy, is as good as none.
  expect((await bare({ origin: "null", "sec-fetch-site": "same-origin" })).status).toBe(200);
  expect((await bare({ origin: "null", "sec-fetch-site": "cross-site" })).status).toBe(403);
  expect((await bare({ origin: "null" })).status).toBe(403);
  const foreign = { origin: "https://evil.example", "sec-fetch-site": "same-origin" };
  expect((await bare(foreign)).status).toBe(403);
});

test("an item too large for a batch is dropped alone, and the rest is kept", async () => {
  const browser = new Browser({ "usher-region": "US-NY" });
  const said = await browser.call("/_u/v1/batch", {
    writeKey: WRITE_KEY,
    batch: [
      { type: "track", event: "Small", messageId: "small-1" },
      {
        type: "track",
        event: "Large",
        messageId: "large",
        properties: { a: "b".repeat(33 * 1024) },
      },
      { type: "nonsense", messageId: "odd" },
      { type: "track", event: "Small", messageId: "small-2" },
    ],
  });
  expect(said.status).toBe(200);
  expect(said.body).toEqual({
    success: true,
    accepted: 2,
    dropped: [
      { messageId: "large", reason: "invalid" },
      { messageId: "odd", reason: "invalid" },
    ],
  });
});

test("the same batch sent twice is recorded once, and says so", async () => {
  const browser = new Browser({ "usher-region": "US-NY" });
  const body = {
    writeKey: WRITE_KEY,
    batch: [1, 2, 3].map((n) => ({
      type: "track",
      event: "Twice",
      messageId: `twice-${n}`,
      anonymousId: "twice",
    })),
  };
  expect((await browser.call("/_u/v1/batch", body)).body).toMatchObject({ accepted: 3 });
  expect((await browser.call("/_u/v1/batch", body)).body).toMatchObject({
    accepted: 0,
    dropped: [1, 2, 3].map((n) => ({ messageId: `twice-${n}`, reason: "duplicate" })),
  });
});

test("gzip, text/plain and the short forms are understood, an unknown call is not", async () => {
  const text = JSON.stringify({ writeKey: WRITE_KEY, event: "Zipped", messageId: "zip-1" });
  const zipped = await new Response(
    new Blob([text]).stream().pipeThrough(new CompressionStream("gzip")),
  ).arrayBuffer();
  expect(
    (await post(zipped, { "content-encoding": "gzip", "usher-region": "US-NY" })).body,
  ).toMatchObject({ accepted: 1 });
  expect(
    (
      await post(
        text.replace("zip-1", "zip-2"),
        { "content-type": "text/plain", "usher-region": "US-NY" },
        "t",
      )
    ).body,
  ).toMatchObject({ accepted: 1 });
  expect((await post(text, {}, "nothing")).status).toBe(404);
});
