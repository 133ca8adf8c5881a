import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonical, type Canonical } from "../../../src/domain/consent/canonical.ts";
import { decide, type GateInput } from "../../../src/domain/consent/gate.ts";
import {
  anchorOf,
  seal,
  stubText,
  verifyChain,
  type LedgerRow,
  type ReceiptStub,
} from "../../../src/domain/consent/ledger.ts";
import {
  choiceOf,
  evidenceOf,
  receiptOf,
  toDecision,
} from "../../../src/domain/consent/receipt.ts";
import { NO_SIGNALS } from "../../../src/domain/consent/signals/types.ts";
import type { VisitorId } from "../../../src/domain/ids.ts";
import type { Receipt } from "../../../src/domain/person/consent.ts";
import { ask, chosen, DAY, GPP, NOW } from "./support.ts";

const sha256 = async (text: string) => createHash("sha256").update(text).digest("base64url");
const VISITOR = "v1" as VisitorId;

function receipt(gate: GateInput) {
  return receiptOf({
    method: "banner",
    controller: "Club",
    notice: { hash: "n", language: "de" },
    withdrawal: "/_u/me",
    gate,
    result: decide(gate),
  });
}

async function chain(length: number): Promise<Receipt[]> {
  const rows: Receipt[] = [];
  for (let at = 0; at < length; at++) {
    const made = receipt(ask({ choice: chosen("DE", { accept: "all" }), now: NOW + at }));
    if (made === null) throw new Error("no receipt");
    rows.push(
      await seal(
        { visitor: VISITOR, at: NOW + at, policy: 1, ...made },
        rows.at(-1) ?? null,
        sha256,
      ),
    );
  }
  return rows;
}

/** A stand-in for the keyed seal of an erasure. */
const sealOf = (stub: Omit<ReceiptStub, "seal">) => sha256(`key ${stubText(stub)}`);
const check = { sha256, isSealed: async (stub: ReceiptStub) => stub.seal === (await sealOf(stub)) };
const verify = async (rows: LedgerRow[], head: Receipt | null = null) =>
  (await verifyChain(rows, head, check)).map(({ kind, seq }) => `${kind} ${seq}`);

describe("canonical text", () => {
  const value: fc.Arbitrary<Canonical> = fc.letrec<{ value: Canonical }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constant(null),
      fc.boolean(),
      fc.maxSafeInteger(),
      fc.string({ unit: "grapheme" }),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(fc.string(), tie("value"), { maxKeys: 4 }),
    ),
  })).value;

  it("is JSON of the same value, whatever the order of members", () => {
    fc.assert(
      fc.property(value, (one) => {
        const text = canonical(one);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(one)));
        const turned = (part: Canonical): Canonical => {
          if (Array.isArray(part)) return part.map(turned);
          if (part === null || typeof part !== "object") return part;
          return Object.fromEntries(
            Object.entries(part)
              .toReversed()
              .map(([key, member]) => [key, turned(member as Canonical)]),
          );
        };
        expect(canonical(turned(one))).toBe(text);
      }),
    );
  });

  it.each([0.5, Number.NaN, Number.POSITIVE_INFINITY])(
    "refuses %d, which doesn't print alike everywhere",
    (number) => {
      expect(() => canonical({ number })).toThrow(TypeError);
    },
  );
});

describe("a receipt", () => {
  it("carries the fields of ISO/IEC TS 27560 for each purpose", () => {
    const made = receipt(ask({ choice: chosen("DE", { choices: { measurement: true } }) }));
    expect(made?.kind).toBe("grant");
    expect(made?.body).toMatchObject({
      schema: "ISO/IEC TS 27560:2023",
      method: "banner",
      controller: "Club",
      notice: { hash: "n", language: "de" },
      region: "DE",
      regime: "opt-in",
      withdrawal: "/_u/me",
    });
    expect(made?.body).toHaveProperty(["purposes", "1"], {
      purpose: "measurement",
      basis: "consent",
      granted: true,
      state: "granted",
      because: "choice-granted",
      retentionDays: 395,
      validUntil: NOW - DAY + 365 * DAY,
    });
  });

  it("is a withdrawal, an opt-out or a grant; a default leaves none", () => {
    const yes = chosen("DE", { accept: "all" });
    const kind = (gate: GateInput) => receipt(gate)?.kind ?? null;
    expect(kind(ask({ choice: chosen("DE", { accept: "none" }, { previous: yes }) }))).toBe(
      "withdrawal",
    );
    expect(kind(ask({ choice: yes, signals: { ...NO_SIGNALS, gpc: true } }))).toBe("opt-out");
    expect(kind(ask({ choice: yes }))).toBe("grant");
    expect(kind(ask({ choice: chosen("DE", { choices: { measurement: true } }) }))).toBe("grant");
    expect(kind(ask({ choice: chosen("DE", { accept: "none" }) }))).toBe("withdrawal");
    const noAds = chosen("US-CA", { choices: { measurement: true, advertising: false } });
    expect(kind(ask({ region: "US-CA", choice: noAds }))).toBe("opt-out");
    expect(kind(ask({ region: "US-CA" }))).toBeNull();
  });

  it("keeps the evidence it rested on, without the vendors' string", () => {
    const signals = { ...NO_SIGNALS, gpp: { ...GPP, optedOut: true, tcf: "CQraFkA" } };
    const gate = ask({ region: "US-CA", signals });
    const body = receipt(gate)?.body ?? {};
    const evidence = evidenceOf(body);
    expect(JSON.stringify(body)).not.toContain("CQraFkA");
    if (evidence === null) throw new Error("no evidence");
    expect(decide({ ...evidence, policy: gate.policy, now: gate.now })).toEqual(decide(gate));
    expect(evidenceOf({})).toBeNull();
  });
});

describe("the decision a person keeps", () => {
  it("serves a server call as the visitor's own answers, and ages from when they were given", () => {
    const gate = ask({
      choice: chosen("DE", { choices: { measurement: true } }, { at: NOW - 300 * DAY }),
    });
    const kept = toDecision(gate, decide(gate));
    expect(kept).toMatchObject({ at: NOW - 300 * DAY, region: "DE", regime: "opt-in", gpc: false });
    expect(kept.granted).toEqual({
      measurement: true,
      personalization: false,
      recognition: false,
      advertising: false,
    });
    const server = (now: number) =>
      decide(ask({ region: null, browser: false, choice: choiceOf(kept, ["advertising"]), now }));
    expect(server(NOW).decisions["measurement"]?.granted).toBe(true);
    expect(server(NOW + 66 * DAY).decisions["measurement"]?.granted).toBe(false);
  });

  it("keeps GPC and its informed override", () => {
    const server = (gate: GateInput) =>
      decide(
        ask({
          region: null,
          browser: false,
          choice: choiceOf(toDecision(gate, decide(gate)), ["advertising"]),
        }),
      ).decisions["advertising"]?.code;
    const signals = { ...NO_SIGNALS, gpc: true };
    expect(server(ask({ region: "US-CA", signals }))).toBe("gpc-opted-out");
    const overrode = chosen("US-CA", { accept: "all", override: ["gpc"] }, { gpc: true });
    expect(server(ask({ region: "US-CA", signals, choice: overrode }))).toBe("choice-override");
  });
});

describe("a chain of receipts", () => {
  it("verifies as it was written, in any order", async () => {
    const rows = await chain(5);
    expect(await verify(rows.toReversed(), rows[4])).toEqual([]);
    expect(await verify([])).toEqual([]);
  });

  it("shows every changed field", async () => {
    const rows = await chain(3);
    const [first, second, third] = rows as [Receipt, Receipt, Receipt];
    const changes: Partial<Receipt>[] = [
      { at: 1 },
      { kind: "withdrawal" },
      { policy: 2 },
      { body: {} },
      { body: { ...second.body, region: "FR" } },
    ];
    for (const change of changes)
      expect(await verify([first, { ...second, ...change }, third])).toEqual(["changed 2"]);
    expect(await verify([first, { ...second, body: { half: 0.5 } }, third])).toEqual(["changed 2"]);
  });

  it("shows a row that was changed and sealed again", async () => {
    const [first, second, third] = (await chain(3)) as [Receipt, Receipt, Receipt];
    const forged = await seal({ ...second, body: { ...second.body, region: "FR" } }, first, sha256);
    expect(await verify([first, forged, third])).toEqual(["misplaced 3"]);
    const forgedLast = await seal({ ...third, body: {} }, second, sha256);
    expect(await verify([first, second, forgedLast], third)).toEqual(["changed 3"]);
  });

  it("shows a row that is missing anywhere, the last ones by the anchored head", async () => {
    const rows = await chain(4);
    for (const gone of [0, 1, 2, 3]) {
      const left = rows.filter((_, at) => at !== gone);
      expect(await verify(left, rows[3])).toEqual([`missing ${gone + 1}`]);
    }
    expect(await verify([], rows[3])).toEqual(["missing 1", "missing 2", "missing 3", "missing 4"]);
  });

  it("shows a row that stands twice", async () => {
    const rows = await chain(2);
    expect(await verify([...rows, rows[1] as Receipt])).toEqual(["misplaced 2"]);
  });

  it("holds over what an erasure left, and only over that", async () => {
    const [first, second, third] = (await chain(3)) as [Receipt, Receipt, Receipt];
    const bare = {
      erased: true,
      visitor: "keyed",
      seq: second.seq,
      previous: second.previous,
      hash: second.hash,
    } as const;
    const stub: ReceiptStub = { ...bare, seal: await sealOf(bare) };
    expect(await verify([first, stub, third])).toEqual([]);
    expect(await verify([first, { ...stub, seal: "mine" }, third])).toEqual(["changed 2"]);
  });

  it("has one anchor over all heads, whatever their order", async () => {
    const heads = (await chain(3)).map(({ seq, hash }) => ({ visitor: `v${seq}`, seq, hash }));
    const anchor = await anchorOf(heads, sha256);
    expect(await anchorOf(heads.toReversed(), sha256)).toBe(anchor);
    expect(await anchorOf(heads.slice(1), sha256)).not.toBe(anchor);
  });
});
