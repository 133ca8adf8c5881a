import { expect, test } from "vitest";
import { pixelMessage } from "../../../src/domain/intake/pixel.ts";
import { take } from "../../../src/domain/intake/take.ts";
import { NOW, pixel } from "./senders.ts";

const message = { event: "Email Opened", userId: "u1", properties: { subject: "Fünf" } };
const data = Buffer.from(JSON.stringify(message)).toString("base64");

test.each([data, data.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")])(
  "a pixel carries its message as base64",
  (written) => {
    expect(pixelMessage("track", new URLSearchParams({ data: written }))).toEqual({
      ...message,
      type: "track",
    });
  },
);

test("a pixel carries its message field by field", () => {
  const query = new URLSearchParams(
    "event=Opened&userId=u1&url=https%3A%2F%2Fclub.example%2F&topic=news&event=Again",
  );
  expect(pixelMessage("track", query)).toEqual({
    type: "track",
    event: "Opened",
    userId: "u1",
    context: { page: { url: "https://club.example/" } },
    properties: { topic: "news" },
  });
});

test.each([
  "data=%%%",
  "data=e30",
  "data=bnVsbA==",
  "data=W10=",
  "data=/w==",
  `data=${"a".repeat(20_000)}`,
  "__proto__=x",
  "",
])("a pixel that can't be read is no event: %s", (query) => {
  const raw = pixelMessage("track", new URLSearchParams(query));
  expect(take(raw, pixel, NOW, () => "new")).toEqual({
    ok: false,
    messageId: "new",
    reason: "invalid",
  });
});
