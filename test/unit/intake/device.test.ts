import { describe, expect, test } from "vitest";
import { isBot } from "../../../src/domain/intake/bots.ts";
import { deviceFromAgent, readDevice } from "../../../src/domain/intake/device.ts";
import { hintsFromHeaders } from "../../../src/domain/intake/sender.ts";
import { AGENTS, browser, importer, server } from "./senders.ts";

test.each([
  ["iphone", { type: "phone", os: "iOS", browser: "Safari" }],
  ["ipad", { type: "tablet", os: "iOS", browser: "Safari" }],
  ["androidPhone", { type: "phone", os: "Android", browser: "Chrome" }],
  ["androidTablet", { type: "tablet", os: "Android", browser: "Chrome" }],
  ["mac", { type: "desktop", os: "macOS", browser: "Safari" }],
  ["windows", { type: "desktop", os: "Windows", browser: "Microsoft Edge" }],
  ["linux", { type: "desktop", os: "Linux", browser: "Firefox" }],
  ["tizen", { type: "tv", os: "Tizen", browser: "Tizen" }],
  ["bravia", { type: "tv", os: "Android", browser: "Chrome" }],
] as const)("the agent of %s is %j", (name, device) => {
  expect(deviceFromAgent(AGENTS[name], {})).toEqual(device);
});

test.each(["", "   ", "x", "\n", "\0", "(".repeat(900)])("the agent %j is some device", (agent) => {
  expect(deviceFromAgent(agent, {}).type).toBe("other");
});

describe("Client Hints", () => {
  const headers = new Map([
    ["sec-ch-ua", '"Chromium";v="142", "Google Chrome";v="142", "Not?A_Brand";v="99"'],
    ["sec-ch-ua-mobile", "?1"],
    ["sec-ch-ua-platform", '"Android"'],
    ["sec-ch-ua-model", '"Pixel 9"'],
    ["sec-ch-ua-form-factors", '"Mobile", "XR"'],
  ]);

  test("are read from their headers", () => {
    expect(hintsFromHeaders((name) => headers.get(name) ?? null)).toEqual({
      brands: [
        { brand: "Chromium", version: "142" },
        { brand: "Google Chrome", version: "142" },
        { brand: "Not?A_Brand", version: "99" },
      ],
      mobile: true,
      platform: "Android",
      model: "Pixel 9",
      formFactors: ["Mobile", "XR"],
    });
  });

  test("say nothing where there are none", () => {
    expect(hintsFromHeaders(() => null)).toEqual({});
  });

  test("settle what the agent leaves open", () => {
    expect(deviceFromAgent(AGENTS.androidTablet, { mobile: true }).type).toBe("phone");
    expect(deviceFromAgent(AGENTS.windows, { formFactors: ["Tablet"] }).type).toBe("tablet");
    expect(deviceFromAgent(AGENTS.linux, { platform: "Chrome OS" }).os).toBe("Chrome OS");
  });

  test("an iPad that says it is a Mac is known by its touch points", () => {
    const ipad = { type: "tablet", os: "iPadOS", browser: "Safari" };
    expect(deviceFromAgent(AGENTS.mac, { touchPoints: 5 })).toEqual(ipad);
    const sender = { ...browser, userAgent: AGENTS.mac };
    expect(readDevice("page", { device: { touchPoints: 5 } }, sender)).toEqual(ipad);
    expect(readDevice("page", { device: { touchPoints: 0 } }, sender)?.type).toBe("desktop");
  });
});

describe("The device of an app", () => {
  test.each([
    [{ library: { name: "analytics-ios" }, device: { model: "iPhone15,2" } }, "phone", "iOS"],
    [{ library: { name: "analytics-swift" }, device: { model: "iPad13,4" } }, "tablet", "iOS"],
    [{ library: { name: "analytics-kotlin" }, os: { name: "Android" } }, "phone", "Android"],
    [
      { library: { name: "analytics-android" }, screen: { width: 1600, height: 2560, density: 2 } },
      "tablet",
      "Android",
    ],
    [
      { library: { name: "analytics-android" }, screen: { width: 1080, height: 2400, density: 3 } },
      "phone",
      "Android",
    ],
    [
      { library: { name: "analytics-android" }, screen: { width: 1080, height: 2400 } },
      "phone",
      "Android",
    ],
    [
      { library: { name: "analytics-swift" }, screen: { width: 820, height: 1180 } },
      "tablet",
      "iOS",
    ],
    [{ library: { name: "analytics-maui" }, os: { name: "Windows" } }, "desktop", "Windows"],
    [{ app: { name: "Club" }, device: { type: "android" } }, "phone", "Android"],
    [{ app: { name: "Club" }, device: { type: "tvos" } }, "tv", "tvOS"],
  ])("is read from what its SDK says: %j", (context, type, os) => {
    expect(readDevice("track", context, server)).toEqual({ type, os, app: true });
  });

  test("is taken from the agent when a screen call says nothing else", () => {
    expect(readDevice("screen", {}, { ...browser, userAgent: AGENTS.iphone })).toEqual({
      type: "phone",
      os: "iOS",
      browser: "Safari",
      app: true,
    });
  });
});

test("a server is a device of its own unless it passes the visitor's agent on", () => {
  expect(readDevice("track", {}, server)).toEqual({ type: "server" });
  expect(readDevice("track", { userAgent: AGENTS.iphone }, server)?.type).toBe("phone");
});

test("an import has no device", () => {
  expect(readDevice("track", { userAgent: AGENTS.iphone }, importer)).toBeNull();
});

test.each([
  [AGENTS.googlebot, true],
  [AGENTS.headless, true],
  ["curl/8.5.0", true],
  ["python-requests/2.32", true],
  [AGENTS.iphone, false],
  [AGENTS.androidPhone, false],
  [AGENTS.bravia, false],
  ["Dalvik/2.1.0 (Linux; U; Android 12; Pixel 6 Build/SD1A)", false],
  ["", false],
])("the agent %j is a bot: %j", (agent, answer) => {
  expect(isBot(agent)).toBe(answer);
});

test.each(["Mozilla/5.0 (", "a", " ", "; ", "/1.", "(Android ", "AppleWebKit/", "tizen"])(
  "an agent of a million characters of %j is read in no time",
  (piece) => {
    const agent = piece.repeat(Math.ceil(1_000_000 / piece.length));
    expect(typeof isBot(agent)).toBe("boolean");
    expect(typeof deviceFromAgent(agent, {}).type).toBe("string");
  },
  2_000,
);
