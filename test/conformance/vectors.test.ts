import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { DEFAULT_POLICY } from "../../src/domain/consent/default-policy.ts";
import { decide } from "../../src/domain/consent/gate.ts";
import { parseRegion } from "../../src/domain/consent/region.ts";
import { readSignals } from "../../src/domain/consent/signals/read.ts";
import { NONE } from "../../src/domain/consent/signals/types.ts";

interface Vector {
  readonly kind: "tcf" | "gpp" | "sec-gpc";
  readonly name?: string;
  readonly string: string;
  readonly expectGate: string;
  readonly expect: { readonly region: string } & Readonly<Record<string, boolean | string>>;
}

const FILE = fileURLToPath(
  new URL("../../../shared/data/consent-vectors.json", import.meta.url).href,
);
const COOKIES = { tcf: "euconsent-v2", gpp: "__gpp", "sec-gpc": null } as const;

/** The vectors lie beside the project, not in it, and are relative to this day. */
const NOW = Date.UTC(2026, 10, 22);

const present = existsSync(FILE);
const vectors: Vector[] = present
  ? (JSON.parse(readFileSync(FILE, "utf8")) as { vectors: Vector[] }).vectors
  : [];

describe.skipIf(!present)("the consent vectors (../shared/data/consent-vectors.json)", () => {
  it("are there", () => expect(vectors.length).toBeGreaterThan(0));

  it.each(
    vectors.map(
      (vector) =>
        [`${vector.kind} ${vector.name ?? JSON.stringify(vector.string)}`, vector] as const,
    ),
  )("%s decides as it says", (_name, vector) => {
    const { region, ...expected } = vector.expect;
    const signals = readSignals({
      secGpc: vector.kind === "sec-gpc" ? vector.string : null,
      cookie: (name) => (name === COOKIES[vector.kind] ? vector.string : null),
    });
    const result = decide({
      policy: DEFAULT_POLICY,
      region: parseRegion(region),
      browser: true,
      signals,
      choice: null,
      carried: NONE,
      subject: { child: false, erased: false },
      now: NOW,
    });
    const decided = Object.fromEntries(
      Object.keys(expected).map((id) => [id, result.decisions[id]?.granted]),
    );
    expect(decided).toEqual(expected);
  });
});
