import { GppModel } from "@iabgpp/cmpapi";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { US_NATIONAL, US_SECTIONS } from "../../src/domain/consent/signals/gpp-sections.ts";
import { readGpp } from "../../src/domain/consent/signals/gpp.ts";

/** The official model is the oracle: it writes random strings, and both read them alike. */

const SECTIONS = [
  [US_NATIONAL, "usnat"],
  ...[...US_SECTIONS].map(([id, { name }]) => [id, name] as const),
] as const;
const OPT_OUTS = ["SaleOptOut", "SharingOptOut", "TargetedAdvertisingOptOut"];
const CHILD = "KnownChildSensitiveDataConsents";

interface Filling {
  readonly values: readonly number[];
  readonly gpc: boolean | null;
}

const filling: fc.Arbitrary<Filling> = fc.record({
  values: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 60, maxLength: 60 }),
  gpc: fc.option(fc.boolean()),
});

/** Sets every two-bit field of a section to the next value, whatever it is called. */
function fill(model: GppModel, name: string, { values, gpc }: Filling): void {
  let next = 0;
  const take = () => values[next++ % values.length] ?? 0;
  model.setFieldValue(name, OPT_OUTS[0] ?? "", take());
  const section = model.getSection(name) as Record<string, unknown>;
  for (const [field, value] of Object.entries(section)) {
    if (/Version|SegmentType|SegmentIncluded|^Gpc$/.test(field)) continue;
    if (field === "MspaCoveredTransaction") model.setFieldValue(name, field, 1 + (take() % 2));
    else if (Array.isArray(value)) model.setFieldValue(name, field, value.map(take));
    else if (typeof value === "number") model.setFieldValue(name, field, take());
  }
  if (!("Gpc" in section)) return;
  model.setFieldValue(name, "GpcSegmentIncluded", gpc !== null);
  if (gpc !== null) model.setFieldValue(name, "Gpc", gpc);
}

function official(text: string, names: readonly string[]) {
  const model = new GppModel(text);
  const read = (name: string, field: string): unknown =>
    model.hasField(name, field) ? (model.getFieldValue(name, field) as unknown) : undefined;
  return {
    sections: model.getSectionIds(),
    optedOut: names.some((name) => OPT_OUTS.some((field) => read(name, field) === 1)),
    gpc: names.some((name) => read(name, "Gpc") === true),
    anyChild: names.some((name) =>
      [read(name, CHILD)].flat().some((value) => value === 1 || value === 2),
    ),
  };
}

describe("GPP strings", () => {
  it.each(SECTIONS)("section %i (%s) is read as the official decoder reads it", (id, name) => {
    fc.assert(
      fc.property(filling, (values) => {
        const model = new GppModel();
        fill(model, name, values);
        const text = model.encode();
        const { anyChild, ...expected } = official(text, [name]);
        const reading = readGpp(text);
        expect(reading).toMatchObject({ state: "read", ...expected, sections: [id] });
        if (reading.state === "read") expect(reading.child !== "no").toBe(anyChild);
      }),
      { numRuns: 60 },
    );
  });

  it("with several sections say the most restrictive of them", () => {
    fc.assert(
      fc.property(
        fc.subarray([...SECTIONS], { minLength: 1 }),
        fc.array(filling, { minLength: 21, maxLength: 21 }),
        (some, values) => {
          const model = new GppModel();
          some.forEach(([, name], at) =>
            fill(model, name, values[at] ?? { values: [0], gpc: null }),
          );
          const text = model.encode();
          const names = some.map(([, name]) => name);
          const { anyChild: _, ...expected } = official(text, names);
          expect(readGpp(text)).toMatchObject({ state: "read", ...expected });
        },
      ),
      { numRuns: 15 },
    );
  });

  it("list sections by Fibonacci ranges as the official decoder reads them", () => {
    // 2 and 6 as singles; 5 and 6 as a group: the specification's own header examples.
    expect(readGpp("DBACNY~CPXxRfA~1YNN")).toMatchObject({
      state: "read",
      sections: [2, 6],
      tcf: "CPXxRfA",
    });
    expect(readGpp("DBABjw~CPXxRfA~1YNN")).toMatchObject({ state: "read", sections: [5, 6] });
  });

  it.each([
    ["1YYN", true],
    ["1YNN", false],
    ["1---", false],
  ])("with the US Privacy section %s are read", (usp, optedOut) => {
    const text = `DBABTA~${usp}`;
    expect(new GppModel(text).getFieldValue("uspv1", "OptOutSale")).toBe(usp[2]);
    expect(readGpp(text)).toMatchObject({ state: "read", optedOut });
  });
});
