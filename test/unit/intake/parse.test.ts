import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEPTH_MAX, isTooDeep, parseJson } from "../../../src/domain/intake/parse.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const nested = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);
const refusal = (body: Uint8Array): unknown => {
  try {
    return parseJson(body);
  } catch (problem) {
    return (problem as { code?: string }).code;
  }
};

describe("A body", () => {
  test("of 32 levels is read, of 33 not", () => {
    expect(refusal(bytes(nested(DEPTH_MAX)))).toBeTypeOf("object");
    expect(refusal(bytes(nested(DEPTH_MAX + 1)))).toBe("bad_request");
  });

  test("of 200,000 levels is refused like any other", () => {
    expect(refusal(bytes(nested(200_000)))).toBe("bad_request");
    expect(refusal(bytes('{"a":'.repeat(90_000)))).toBe("bad_request");
  });

  test.each(['["[[[["]', '{"a":"\\"[[[["}', '"\\\\"', '["\\\\","[","\\"{"]'])(
    "has no levels in its strings: %s",
    (text) => {
      expect(isTooDeep(text, 1)).toBe(false);
      expect(parseJson(bytes(text))).toEqual(JSON.parse(text));
    },
  );

  test.each(["", "{", "undefined", "{'a':1}", "[1,]", "NaN", '{"a":1}{"b":2}', '"\\"'])(
    "that is no JSON is refused: %j",
    (text) => {
      expect(refusal(bytes(text))).toBe("bad_request");
    },
  );

  test.each([
    [[0x22, 0xff, 0x22]],
    [[0x22, 0xc3, 0x28, 0x22]],
    [[0x22, 0xed, 0xa0, 0x80, 0x22]],
    [[0x22, 0xc0, 0x80, 0x22]],
    [[0x22, 0xe2, 0x82]],
  ])("that is no UTF-8 is refused: %j", (body) => {
    expect(refusal(Uint8Array.from(body))).toBe("bad_request");
  });

  test("may begin with a byte order mark", () => {
    expect(parseJson(Uint8Array.from([0xef, 0xbb, 0xbf, ...bytes("{}")]))).toEqual({});
  });

  test.each([
    '{"__proto__":{"x":1},"a":1}',
    '{"\\u005f_proto__":{"x":1},"a":1}',
    '{"constructor":1,"prototype":2,"a":1}',
  ])("loses keys that could reach a prototype: %s", (text) => {
    const value = parseJson(bytes(text)) as Record<string, unknown>;
    expect(Object.keys(value)).toEqual(["a"]);
    expect("x" in value).toBe(false);
  });

  test("is otherwise what JSON says it is", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 8 }), (text) => {
        const parsed = parseJson(bytes(text));
        if (!/proto|constructor/.test(text)) expect(parsed).toEqual(JSON.parse(text));
      }),
    );
  });
});

test.each(['"', "\\", '\\"', "[", "]", '"\\', "[]"])(
  "half a megabyte of %j is measured in one pass",
  (piece) => {
    expect(typeof isTooDeep(piece.repeat(250_000))).toBe("boolean");
  },
  2_000,
);
