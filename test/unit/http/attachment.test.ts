import { expect, test } from "vitest";
import { attachment } from "../../../src/http/respond.ts";

test.each([
  ["events-Measurement.ndjson", 'attachment; filename="events-Measurement.ndjson"'],
  [
    "people-Persönliches.csv",
    `attachment; filename="people-Personliches.csv"; filename*=UTF-8''people-Pers%C3%B6nliches.csv`,
  ],
  [
    "events-測定.ndjson",
    `attachment; filename="events-.ndjson"; filename*=UTF-8''events-%E6%B8%AC%E5%AE%9A.ndjson`,
  ],
])("a download called %s keeps its name in every language", (name, header) => {
  expect(attachment(name)).toBe(header);
  expect(new Headers({ "content-disposition": attachment(name) }).get("content-disposition")).toBe(
    header,
  );
});
