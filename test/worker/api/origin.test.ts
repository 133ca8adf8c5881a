import { exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import { MARKETER_TOKEN, ORIGIN } from "../../support/site.ts";

const put = async (headers: Record<string, string>): Promise<number> => {
  const { status } = await exports.default.fetch(`${ORIGIN}/_u/api/actions`, {
    method: "PUT",
    headers: { authorization: `Bearer ${MARKETER_TOKEN}`, ...headers },
    body: JSON.stringify({ actions: [] }),
  });
  return status;
};

test("a page of another site changes nothing through the API, not even with a token", async () => {
  expect(await put({ origin: "https://evil.example" })).toBe(403);
  expect(await put({ origin: "null" })).toBe(403);
  expect(await put({ origin: ORIGIN })).toBe(200);
  expect(await put({})).toBe(200);
});
