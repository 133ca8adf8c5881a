import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { expect, test } from "vitest";
import { CalledBy } from "../../../src/console/consent/purpose-names.tsx";
import { Next } from "../../../src/console/person.tsx";
import { DEFAULT_POLICY } from "../../../src/domain/consent/default-policy.ts";
import type { NextAnswer } from "../../../src/domain/person/people.ts";

test("what keeps an action back is told by what the policy calls the purpose", () => {
  const next: NextAnswer = {
    action: null,
    hint: null,
    stage: "device",
    confidence: 0,
    why: [],
    meter: null,
    others: [
      { id: "a", label: "A", missing: "advertising isn't granted", purpose: "advertising" },
      { id: "b", label: "B", missing: "is over" },
    ],
  };
  const children = h(Next, { next });
  const page = renderToString(h(CalledBy, { policy: DEFAULT_POLICY, children }));
  expect(page).toContain("Advertising isn't allowed");
  expect(page).toContain("is over");
});
