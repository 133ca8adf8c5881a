import { expect, test } from "vitest";
import { MARKETER_TOKEN } from "../../support/site.ts";
import { pageOf, signedIn } from "./session.ts";

test("of a range that is longer ago than anything is kept, the page says so, and every way on from it answers", async () => {
  const marketer = await signedIn(MARKETER_TOKEN);
  const page = pageOf(await marketer.call("/_u/console/attribution?from=2024-01-01&to=2024-01-31"));
  expect(page).toContain("Nothing of this range is kept any more");
  const ways = [...page.matchAll(/href="(\/_u\/console\/attribution\?[^"]+)"/g)].map(([, way]) =>
    (way ?? "").replaceAll("&amp;", "&"),
  );
  expect(ways.length).toBeGreaterThan(7);
  const answers = await Promise.all(ways.map((way) => marketer.call(way)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
});
