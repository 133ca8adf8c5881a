import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { leftIds, withLeftIds } from "../../../src/domain/intake/left-cookies.ts";

const ids = (cookies: Record<string, string>): string[] =>
  leftIds(new Map(Object.entries(cookies).map(([name, value]) => [name, [value]])));

const UUID = "4f1c8b1e-6a7c-4f0e-9f57-5c1a4f0f4a11";
const posthog = (state: object): string => encodeURIComponent(JSON.stringify(state));

describe("A name that another tool left", () => {
  test.each([
    ["Segment's", { ajs_anonymous_id: UUID }, [UUID]],
    ["Segment's older, in quotes", { ajs_anonymous_id: `%22${UUID}%22` }, [UUID]],
    [
      "RudderStack's behind its prefix",
      { rl_anonymous_id: `RS_ENC_v3_${btoa(`"${UUID}"`)}` },
      [UUID],
    ],
    [
      "RudderStack's, percent-encoded",
      { rl_anonymous_id: encodeURIComponent(`RS_ENC_v3_${btoa(`"${UUID}"`)}`) },
      [UUID],
    ],
    ["RudderStack's bare", { rl_anonymous_id: UUID }, [UUID]],
    ["Google Analytics'", { _ga: "GA1.2.1033501218.1368477899" }, ["1033501218.1368477899"]],
    [
      "Google Analytics' below a domain of three",
      { _ga: "GA1.1-2.1033501218.1368477899" },
      ["1033501218.1368477899"],
    ],
    ["Snowplow's", { "_sp_id.1fff": `${UUID}.1700000000.3.1700001000.1700000500.x` }, [UUID]],
    [
      "PostHog's, before it knows a user",
      {
        ph_phc_abc_posthog: posthog({
          distinct_id: UUID,
          $device_id: UUID,
          $user_state: "anonymous",
        }),
      },
      [UUID],
    ],
    [
      "PostHog's after it knows a user: the device, not the user",
      {
        ph_phc_abc_posthog: posthog({
          distinct_id: "user-1",
          $device_id: UUID,
          $user_state: "identified",
        }),
      },
      [UUID],
    ],
  ])("is read from its cookie: %s", (_, cookies, expected) => {
    expect(ids(cookies)).toEqual(expected);
  });

  test.each([
    ["nothing", {}],
    ["an empty value", { ajs_anonymous_id: "" }],
    ["a broken encoding", { ajs_anonymous_id: "%E0%A4%A" }],
    [
      "RudderStack's first encryption, before it is opened",
      { rl_anonymous_id: "RudderEncrypt%3AU2FsdGVkX1" },
    ],
    [
      "the first within the third",
      { rl_anonymous_id: `RS_ENC_v3_${btoa('"RudderEncrypt:U2FsdGVkX1"')}` },
    ],
    ["no base64 behind the prefix", { rl_anonymous_id: "RS_ENC_v3_%%%" }],
    ["something else of Google's", { _ga: "GA1.2.x.y", _gid: "GA1.2.1.2" }],
    ["PostHog's without JSON", { ph_x_posthog: "%7B" }],
    ["a cookie that is far too long", { ajs_anonymous_id: "a".repeat(5000) }],
    ["a name that is far too long", { ajs_anonymous_id: "a".repeat(300) }],
  ])("isn't made up from %s", (_, cookies) => {
    expect(ids(cookies)).toEqual([]);
  });

  test("counts once, whoever left it", () => {
    expect(ids({ ajs_anonymous_id: UUID, rl_anonymous_id: UUID })).toEqual([UUID]);
  });

  test("never makes a call fail, whatever is in the cookies", () => {
    const name = fc.constantFrom(
      "ajs_anonymous_id",
      "rl_anonymous_id",
      "ph_x_posthog",
      "_ga",
      "_sp_id.1",
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.string())), (pairs) => {
        for (const id of ids(Object.fromEntries(pairs))) expect(id.length).toBeLessThanOrEqual(200);
      }),
    );
  });
});

test("A message keeps its own external ids beside them", () => {
  const own = { id: "4711", type: "crm" };
  expect(withLeftIds({ type: "page", context: { externalIds: [own] } }, [UUID])).toEqual({
    type: "page",
    context: { externalIds: [own, { id: UUID, type: "anonymous_id" }] },
  });
});
