import { describe, expect, test } from "vitest";
import { messageOf, openCapture, parseCapture } from "../../../src/http/dialects/posthog.ts";
import { gzipped } from "./wire.ts";
import { api, Browser, eventually, SERVER_KEY, WRITE_KEY } from "../../support/site.ts";
import { exports } from "cloudflare:workers";

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const NOW = Date.UTC(2026, 10, 22, 10);

describe("A capture's body", () => {
  const event = { event: "Gelesen", properties: { token: "k", title: "Süd" } };
  const text = JSON.stringify(event);
  const base64 = btoa(String.fromCharCode(...bytes(text)));

  test.each([
    ["JSON", text],
    ["base64", base64],
    ["a form with base64", `data=${encodeURIComponent(base64)}`],
    ["a form with base64, its plus signs unencoded", `data=${base64}`],
    ["a form with JSON", `data=${encodeURIComponent(text)}&compression=none`],
  ])("is read as %s", (_, body) => {
    expect(parseCapture(bytes(body))).toEqual(event);
  });

  test.each(["", "data=", "data=%%%", "hello world", "\u0000\u0001"])(
    "%j is refused, not guessed at",
    (body) => {
      expect(() => parseCapture(bytes(body))).toThrow(/JSON|UTF-8/);
    },
  );
});

describe("A captured event", () => {
  test("of a list happened as long before it was sent as its offset says", () => {
    const { messages, writeKey } = openCapture(
      [
        {
          event: "A",
          offset: 2_000,
          uuid: "u1",
          properties: { token: "k", distinct_id: "d", $device_id: "d" },
        },
        {
          event: "B",
          offset: 500,
          uuid: "u2",
          properties: { token: "k", distinct_id: "d", $device_id: "d" },
        },
      ],
      100,
      String(NOW),
      NOW + 7,
    );
    expect(writeKey).toBe("k");
    expect(messages).toMatchObject([
      { type: "track", event: "A", messageId: "u1", timestamp: NOW - 2_000, anonymousId: "d" },
      { type: "track", event: "B", messageId: "u2", timestamp: NOW - 500, anonymousId: "d" },
    ]);
  });

  test.each<[string, Parameters<typeof messageOf>[0], object]>([
    [
      "is a device's while it has no user",
      { event: "A", distinct_id: "d1", properties: { $device_id: "d1" } },
      { anonymousId: "d1", userId: undefined },
    ],
    [
      "is a user's on a device",
      { event: "A", distinct_id: "u1", properties: { $device_id: "d1", $is_identified: true } },
      { userId: "u1", anonymousId: "d1" },
    ],
    [
      "is nobody's user after a reset, although the device stays",
      { event: "A", distinct_id: "new", properties: { $device_id: "d1", $is_identified: false } },
      { anonymousId: "new", userId: undefined },
    ],
    [
      "identifies",
      {
        event: "$identify",
        distinct_id: "u1",
        properties: {
          $anon_distinct_id: "d1",
          $set: { email: "a@b.example" },
          $set_once: { plan: "x", $initial_os: "y" },
        },
      },
      {
        type: "identify",
        userId: "u1",
        anonymousId: "d1",
        traits: { email: "a@b.example", $set_once: { plan: "x" } },
      },
    ],
    [
      "gives a person traits",
      { event: "$set", distinct_id: "u1", $set: { plan: "season" }, properties: {} },
      { type: "identify", userId: "u1", traits: { plan: "season" } },
    ],
    [
      "gives another name",
      {
        event: "$create_alias",
        distinct_id: "u1",
        properties: { distinct_id: "u1", alias: "old" },
      },
      { type: "alias", userId: "u1", previousId: "old" },
    ],
    [
      "gives an anonymous device its user's name",
      { event: "$create_alias", properties: { distinct_id: "d1", $device_id: "d1", alias: "u1" } },
      { type: "alias", userId: "u1", previousId: "d1" },
    ],
    [
      "gives another name in Python's words, where the alias is the user",
      {
        event: "$create_alias",
        distinct_id: "old",
        properties: { distinct_id: "old", alias: "u1", $lib: "posthog-python" },
      },
      { type: "alias", userId: "u1", previousId: "old" },
    ],
    [
      "describes a group",
      {
        event: "$groupidentify",
        distinct_id: "$club_north",
        properties: { $group_type: "club", $group_key: "north", $group_set: { seats: 12 } },
      },
      {
        type: "group",
        groupId: "north",
        traits: { seats: 12 },
        anonymousId: "$club_north",
        userId: undefined,
      },
    ],
    [
      "is a view of a page",
      {
        event: "$pageview",
        distinct_id: "d1",
        properties: {
          $current_url: "https://www.example.org/a",
          $referrer: "$direct",
          title: "T",
          section: "news",
        },
      },
      {
        type: "page",
        properties: { section: "news" },
        context: { page: { url: "https://www.example.org/a", title: "T" } },
      },
    ],
    [
      "carries consent beside its own properties",
      {
        event: "A",
        distinct_id: "u1",
        properties: { consent: { categoryPreferences: { measurement: true } }, x: 1 },
      },
      {
        properties: { x: 1 },
        context: { consent: { categoryPreferences: { measurement: true } } },
      },
    ],
  ])("%s", (_, event, message) => {
    const got = messageOf(event, NOW);
    for (const [name, value] of Object.entries(message))
      if (value === undefined) expect(got[name]).toBeUndefined();
      else expect(got).toMatchObject({ [name]: value });
  });

  test("isn't made of a recording of the screen", () => {
    const recording = { event: "$snapshot", properties: { token: "k", distinct_id: "d" } };
    expect(openCapture([recording], 10, null, NOW)).toMatchObject({ messages: [], writeKey: "k" });
  });
});

describe("Capture over the wire", () => {
  const events = (id: string): object[] => [
    {
      event: "$pageview",
      uuid: `${id}-1`,
      properties: { token: WRITE_KEY, distinct_id: id, $device_id: id },
    },
    {
      event: "Looked",
      uuid: `${id}-2`,
      properties: { token: WRITE_KEY, distinct_id: id, $device_id: id, seat: "12A" },
    },
  ];
  const agreeing = async (): Promise<Browser> => {
    const browser = new Browser({ "usher-region": "DE" });
    await browser.consent({ accept: "all" });
    return browser;
  };

  test.each(["/_u/e/", "/_u/i/v0/e/?ip=0&_=1&ver=1.449.2", "/_u/capture/", "/_u/batch/"])(
    "is recorded at %s, and a second time is a duplicate",
    async (path) => {
      const browser = await agreeing();
      const body = events(`ph-${path}`);
      const said = await browser.call(path, body);
      expect([said.status, said.body]).toEqual([200, { status: 1 }]);
      expect(said.headers.get("usher-decision")).toBe("accepted 2");
      const again = await browser.call(path, body);
      expect(again.headers.get("usher-decision")).toContain("dropped 2 (duplicate)");
      const journey = await eventually(async () => {
        const { body: found } = await api(`/people/${browser.visitor}/journey`);
        const list = found["events"] as { type: string; name: string | null }[];
        return list.length === 2 ? list : null;
      });
      expect(journey.map(({ type, name }) => [type, name])).toEqual([
        ["page", null],
        ["track", "Looked"],
      ]);
    },
  );

  test("what is set once stays as it was first, what is unset goes, an address set once is known, and groups are kept", async () => {
    const browser = await agreeing();
    const captured = (uuid: string, event: string, properties: object) => ({
      event,
      uuid,
      properties: { token: WRITE_KEY, distinct_id: "once-1", $device_id: "once-d", ...properties },
    });
    await browser.call("/_u/e/", [
      captured("once-1", "$set", {
        $set: { seat: "12A", plan: "day" },
        $set_once: { first_source: "newspaper", email: "once@example.org" },
      }),
    ]);
    await browser.call("/_u/e/", [
      captured("once-2", "Bought", {
        $set_once: { first_source: "billboard" },
        $unset: ["seat"],
        $groups: { club: "north" },
      }),
    ]);
    const person = await eventually(async () => {
      const { people } = (await api("/people?identifier=email:once@example.org")).body as {
        people: { id: string }[];
      };
      return people[0] ?? null;
    });
    expect((await api(`/people/${person.id}`)).body["traits"]).toEqual({
      plan: "day",
      first_source: "newspaper",
      email: "once@example.org",
    });
    const journey = await api(`/people/${person.id}/journey`);
    expect((journey.body["events"] as { props?: unknown }[]).at(-1)).toMatchObject({
      props: { groups: { club: "north" } },
    });
  });

  test("gzip in text/plain is recorded too", async () => {
    const browser = await agreeing();
    const said = await exports.default.fetch("http://localhost:8787/_u/e/?compression=gzip-js", {
      method: "POST",
      headers: {
        ...browser.headers,
        "content-type": "text/plain",
        cookie: [...browser.jar].map(([name, value]) => `${name}=${value}`).join("; "),
      },
      body: await gzipped(JSON.stringify(events("gz"))),
    });
    expect(said.headers.get("usher-decision")).toBe("accepted 2");
  });

  test("a key that isn't ours, a foreign origin and a server with the public key are refused", async () => {
    const browser = await agreeing();
    expect(
      (await browser.call("/_u/e/", [{ event: "A", properties: { token: "other" } }])).status,
    ).toBe(401);
    const foreign = new Browser({ origin: "https://evil.example" });
    expect((await foreign.call("/_u/e/", events("f"))).status).toBe(403);
    const post = (key: string, headers: Record<string, string> = {}): Promise<Response> =>
      exports.default.fetch("http://localhost:8787/_u/batch/", {
        method: "POST",
        headers,
        body: JSON.stringify({
          api_key: key,
          batch: [{ event: "A", distinct_id: "s1", uuid: "s1" }],
        }),
      });
    expect((await post(WRITE_KEY)).status).toBe(403);
    const trusted = await post(SERVER_KEY);
    expect([trusted.status, trusted.headers.get("usher-decision")]).toEqual([
      200,
      expect.stringContaining("dropped 1 (consent)"),
    ]);
  });

  test.each(["/_u/flags/?v=2", "/_u/decide/?v=3"])("%s has no flags", async (path) => {
    const said = await new Browser().call(path, { api_key: WRITE_KEY, distinct_id: "d" });
    expect(said.body).toMatchObject({
      flags: {},
      featureFlags: {},
      errorsWhileComputingFlags: false,
    });
  });

  test("settings are those of this site's key alone", async () => {
    const browser = new Browser();
    const config = await browser.call(`/_u/array/${WRITE_KEY}/config`);
    expect(config.body).toMatchObject({ token: WRITE_KEY, sessionRecording: false });
    expect((await browser.call("/_u/array/other/config")).status).toBe(404);
    const script = await browser.call(`/_u/array/${WRITE_KEY}/config.js`);
    expect(script.headers.get("content-type")).toContain("javascript");
  });
});
