import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { expect, test } from "vitest";
import { AttributionPage, type AttributionProps } from "../../../src/console/attribution.tsx";
import { attributeAll } from "../../../src/domain/attribution/attribute.ts";
import { type Journey, underAdvertisingConsent } from "../../../src/domain/attribution/journey.ts";
import { commonPaths } from "../../../src/domain/attribution/paths.ts";
import { returnsOn } from "../../../src/domain/attribution/spend.ts";

const pageOf = (
  coverage: number | null,
  outcome: string | null = null,
  value = 260,
  all = 25,
): string => {
  const journeys: Journey[] = [
    { touches: [{ channel: "google", at: null }], conversions: 13, value, nulls: 4 },
  ];
  const credits = Object.entries(attributeAll(underAdvertisingConsent(journeys)));
  const spend = [{ channel: "google", cost: 80 }];
  const report: AttributionProps["report"] = {
    from: "2026-10-24",
    to: "2026-11-22",
    by: "channel",
    outcome,
    models: Object.fromEntries(credits.map(([model, each]) => [model, returnsOn(each, spend)])),
    paths: commonPaths(journeys, 12),
    outcomes: { all, consented: 20, touched: 13 },
    coverage,
    sampled: false,
  };
  const shown = { report, model: "linear", at: null, counting: null, now: 0, days: 30 } as const;
  return renderToString(h(AttributionPage, { ...shown, names: ["Signed Up", "Ordered"] }));
};

test("what is told of outcomes says once, in its heading, of how many it speaks, and no column repeats it", () => {
  const page = pageOf(0.52);
  const heads = [...page.matchAll(/<th scope="col"[^>]*>(.*?)<\/th>/g)].map(([, name]) => name);
  expect(heads).toHaveLength(18);
  expect(heads.filter((name) => /%|</.test(name ?? ""))).toEqual([]);
  expect(page).not.toMatch(/data-label="[^"]*%/);
  const sections = page.split("<section").slice(1);
  const said = sections.map((each) => each.split("13 of 25 outcomes (52 %)").length - 1);
  expect(said).toEqual([1, 1, 1, 1]);
  expect(page.match(/href="#coverage"/g)).toHaveLength(3);
  expect(page).toContain("site's currency");
});

test("where every outcome is covered, returns aren't said to be higher than shown", () => {
  expect(pageOf(0.52)).toContain("at least as high as shown");
  expect(pageOf(1, null, 260, 13)).not.toContain("at least as high");
});

test("where there is no outcome, no share of them is made up", () => {
  expect(pageOf(null, null, 260, 0)).not.toMatch(/\(\d+ %\)|NaN/);
});

test("an outcome that was chosen goes with every way on, is told in words, and costs rather than returns", () => {
  const page = pageOf(0.52, "Read & <shared", 0);
  const ways = [...page.matchAll(/href="(\/_u\/console\/attribution\?[^"]*)"/g)];
  expect(ways.length).toBeGreaterThan(7);
  for (const [, way] of ways) expect(way).toContain("outcome=Read+%26+%3Cshared");
  expect(page).toContain("An outcome is the event Read &amp; &lt;shared");
  expect(page).toContain("Cost of an outcome");
  expect(page).not.toContain("<dt>Worth</dt>");
  const chosen = [...page.matchAll(/<option[^>]*>([^<]*)/g)].map(([, name]) => name);
  expect(chosen).toEqual([
    "Every event with a value",
    "Read &amp; &lt;shared",
    "Signed Up",
    "Ordered",
  ]);
  expect(pageOf(0.52)).not.toContain("&amp;outcome=");
});
