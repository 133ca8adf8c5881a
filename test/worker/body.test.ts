import { describe, expect, test } from "vitest";
import { BODY_MAX, readJson, receiveBody } from "../../src/http/body.ts";
import { Problem } from "../../src/domain/problem.ts";

type Bytes = Uint8Array<ArrayBuffer>;
const utf8 = (text: string): Bytes => new TextEncoder().encode(text) as Bytes;

async function gzip(bytes: Bytes): Promise<Bytes> {
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

const post = (body: BodyInit | null, headers: Record<string, string> = {}): Request =>
  new Request("https://club.example/_u/v1/track", { method: "POST", body, headers });

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return "read";
  } catch (problem) {
    return problem instanceof Problem ? problem.code : `not a problem: ${String(problem)}`;
  }
};

const json = (bytes: number): string => `"${"x".repeat(bytes - 2)}"`;

describe("A body", () => {
  test.each([
    "application/json",
    "text/plain",
    "text/plain;charset=UTF-8",
    "application/octet-stream",
    "",
  ])("is JSON whatever its content type says: %j", async (type) => {
    expect(await readJson(post('{"a":"ü"}', { "content-type": type }))).toEqual({ a: "ü" });
  });

  test("of 500 KB is read, of a byte more refused", async () => {
    expect(await codeOf(readJson(post(json(BODY_MAX))))).toBe("read");
    expect(await codeOf(readJson(post(json(BODY_MAX + 1))))).toBe("too_large");
  });

  test("that only says it is too large is refused unread", async () => {
    const request = post("{}", { "content-length": String(BODY_MAX + 1) });
    expect(await codeOf(readJson(request))).toBe("too_large");
  });

  test("that never ends is cancelled soon after the limit", async () => {
    let pulled = 0;
    let cancelled = false;
    const endless = new ReadableStream<Bytes>({
      pull(controller) {
        pulled++;
        controller.enqueue(new Uint8Array(16 * 1024));
      },
      cancel() {
        cancelled = true;
      },
    });
    expect(await codeOf(readJson(post(endless)))).toBe("too_large");
    expect(cancelled).toBe(true);
    expect(pulled).toBeLessThan(40);
  });

  test.each(["", "{", "undefined", '{"a":1}x'])(
    "that is no JSON is a bad request: %j",
    async (text) => {
      expect(await codeOf(readJson(post(text)))).toBe("bad_request");
    },
  );

  test("that is missing is a bad request", async () => {
    expect(await codeOf(readJson(post(null)))).toBe("bad_request");
  });

  test("that is no UTF-8 is a bad request", async () => {
    expect(await codeOf(readJson(post(Uint8Array.from([0x22, 0xff, 0x22]))))).toBe("bad_request");
  });

  test("that is nested 100,000 deep is a bad request", async () => {
    expect(await codeOf(readJson(post("[".repeat(100_000))))).toBe("bad_request");
  });

  test("loses keys that could reach a prototype", async () => {
    const value = await readJson(post('{"__proto__":{"polluted":1},"a":{"constructor":2,"b":3}}'));
    expect(value).toEqual({ a: { b: 3 } });
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});

describe("A gzip body", () => {
  test("is unpacked when its header says so, and when nothing does", async () => {
    const body = await gzip(utf8('{"a":"ü"}'));
    expect(await readJson(post(body, { "content-encoding": "gzip" }))).toEqual({ a: "ü" });
    expect(await readJson(post(body))).toEqual({ a: "ü" });
  });

  test("that a proxy has unpacked already is read as it is", async () => {
    expect(await readJson(post("{}", { "content-encoding": "gzip" }))).toEqual({});
  });

  test("of 500 KB unpacked is read, of a byte more refused", async () => {
    expect((await receiveBody(post(await gzip(utf8(json(BODY_MAX)))))).bytes).toBe(BODY_MAX);
    expect(await codeOf(readJson(post(await gzip(utf8(json(BODY_MAX + 1))))))).toBe("too_large");
  });

  test("that unpacks to 200 MB is refused", async () => {
    const megabyte = new Uint8Array(1024 * 1024);
    let left = 200;
    const zeros = new ReadableStream<Bytes>({
      pull(controller) {
        if (left-- > 0) controller.enqueue(megabyte);
        else controller.close();
      },
    });
    const bomb = await new Response(zeros.pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
    expect(bomb.byteLength).toBeLessThan(BODY_MAX);
    expect(await codeOf(readJson(post(bomb)))).toBe("too_large");
  });

  test("that is cut short, broken or has something behind it is a bad request", async () => {
    const body = await gzip(utf8(JSON.stringify({ a: "x".repeat(2_000), b: "y".repeat(2_000) })));
    const broken = body.slice();
    broken.fill(0xff, 12, 30);
    expect(await codeOf(readJson(post(body.slice(0, -9))))).toBe("bad_request");
    expect(await codeOf(readJson(post(broken)))).toBe("bad_request");
    expect(await codeOf(readJson(post(Uint8Array.from([0x1f, 0x8b]))))).toBe("bad_request");
    expect(await codeOf(readJson(post(Uint8Array.from([...body, 1, 2, 3]))))).toBe("bad_request");
  });

  test("in another coding is a bad request", async () => {
    expect(await codeOf(readJson(post("{}", { "content-encoding": "br" })))).toBe("bad_request");
  });
});

describe("Received for a call whose refusals have an order", () => {
  test("a body that can't be read waits with its problem", async () => {
    expect(await receiveBody(post("{"))).toMatchObject({
      json: null,
      problem: { code: "bad_request" },
    });
  });

  test("a body that is too large is refused at once", async () => {
    expect(await codeOf(receiveBody(post(json(BODY_MAX + 1))))).toBe("too_large");
  });

  test("a good body says its size", async () => {
    expect(await receiveBody(post('{"a":1}'))).toEqual({ json: { a: 1 }, bytes: 7, problem: null });
  });
});
