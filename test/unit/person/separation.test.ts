/** A word that two visitors are two is said to one of them, and reaches the other one whatever happens meanwhile. */
import { expect, test } from "vitest";
import type { Edge } from "../../../src/domain/identity/evidence.ts";
import type { MergeId, VisitorId } from "../../../src/domain/ids.ts";
import { erase } from "../../../src/person/erase.ts";
import { hasWork, plan } from "../../../src/person/work.ts";
import { EMAIL, entry, LAPTOP, NOW, PHONE, settings, TABLET, Town, two } from "./town.ts";

const edge = (a: VisitorId, b: VisitorId, at: number, evidence: Edge["evidence"]): Edge => ({
  id: `${a}.${at}` as MergeId,
  a,
  b,
  evidence,
  at,
  by: evidence.kind === "command" ? "officer" : "policy",
  because: "",
  rules: 1,
  finder: a,
});
const said = { kind: "claim", identifier: EMAIL } as const;

test("what was said to one of two is known to both, though nobody but its object is left to tell the other", () => {
  const town = two();
  town.separate(PHONE, LAPTOP);
  expect(town.host(PHONE).read(hasWork)).toBe(true);
  town.rest(PHONE, LAPTOP);
  expect(town.doc(PHONE).separate).toEqual([LAPTOP]);
  expect(town.doc(LAPTOP).separate).toEqual([PHONE]);
  expect(town.doc(LAPTOP).history).toEqual([{ ...entry("separate", PHONE) }]);
  for (const home of [PHONE, LAPTOP]) expect(town.doc(home).untold).toBeUndefined();
});

test("a word told twice, with its answer lost the first time, is remembered once", () => {
  const town = two();
  town.separate(PHONE, LAPTOP);
  const [word] = town.words(PHONE);
  town.tell(word!);
  town.rest(PHONE, LAPTOP);
  town.separate(PHONE, LAPTOP);
  expect(town.words(PHONE)).toEqual([]);
  expect(town.doc(LAPTOP).history).toHaveLength(1);
});

test("whoever was erased before the other one was told isn't named by that one when the word comes late", () => {
  const town = two();
  town.separate(PHONE, LAPTOP);
  const [word] = town.words(PHONE);
  town.host(PHONE).transact((tx) => erase(tx, tx.visitors.get(PHONE)!, NOW));
  // It was under way all the time.
  town.tell(word!);
  town.rest(LAPTOP);
  const { pending: _, ...kept } = town.doc(LAPTOP);
  expect(JSON.stringify(kept)).not.toContain(PHONE);
});

test("whoever finds the other one erased doesn't name it any more", () => {
  const town = two();
  town.host(LAPTOP).transact((tx) => erase(tx, tx.visitors.get(LAPTOP)!, NOW));
  town.separate(PHONE, LAPTOP);
  town.rest(PHONE);
  const { pending: _, ...kept } = town.doc(PHONE);
  expect(JSON.stringify(kept)).not.toContain(LAPTOP);
});

test("a word that comes after a newer one was said to its teller doesn't stand", () => {
  const town = two();
  town.separate(PHONE, LAPTOP, "c1");
  const [late] = town.words(PHONE);
  town.unseparate(PHONE, LAPTOP, "c2", NOW + 1);
  town.rest(PHONE, LAPTOP);
  town.tell(late!);
  town.rest(PHONE, LAPTOP);
  expect([town.doc(PHONE).separate, town.doc(LAPTOP).separate]).toEqual([[], []]);
});

test("of what two officers say at once, one to either side, the newer stands at both", () => {
  const town = two();
  town.separate(PHONE, LAPTOP, "c1");
  town.unseparate(LAPTOP, PHONE, "c2", NOW + 1);
  town.rest(PHONE, LAPTOP);
  expect([town.doc(PHONE).separate, town.doc(LAPTOP).separate]).toEqual([[], []]);
  const other = two();
  other.separate(PHONE, LAPTOP, "c1", NOW + 2);
  other.unseparate(LAPTOP, PHONE, "c2", NOW + 1);
  other.rest(PHONE, LAPTOP);
  expect([other.doc(PHONE).separate, other.doc(LAPTOP).separate]).toEqual([[LAPTOP], [PHONE]]);
});

test("what was turned down because they are two is asked again only when nobody would turn it down for that any more", () => {
  const town = two();
  for (const [home, other] of [
    [PHONE, LAPTOP],
    [LAPTOP, PHONE],
  ] as const)
    town.host(home).transact((tx) => {
      const doc = tx.visitors.get(home)!;
      doc.separate = [other];
      doc.claims[EMAIL] = {
        key: EMAIL,
        kind: "email",
        assurance: "verified",
        at: NOW,
        state: "refused",
        reason: "separate",
      };
      tx.changed(doc);
    });
  town.unseparate(PHONE, LAPTOP, "c1", NOW + 1);
  expect(town.doc(PHONE).claims[EMAIL]).toMatchObject({ state: "refused" });
  town.rest(PHONE, LAPTOP);
  for (const home of [PHONE, LAPTOP])
    expect(town.doc(home).claims[EMAIL]).toMatchObject({ state: "waiting" });
});

test("two who became one person just before it was said that they are two part where they were joined last, by whoever said it", () => {
  const town = new Town().settle(
    PHONE,
    [PHONE, TABLET, LAPTOP],
    [edge(TABLET, PHONE, 100, said), edge(LAPTOP, TABLET, 200, said)],
  );
  town.separate(PHONE, LAPTOP, "c1", NOW, PHONE);
  town.host(PHONE).read((tx) => {
    expect(tx.components()).toEqual([[PHONE, TABLET], [LAPTOP]]);
    expect(tx.visitors.get(LAPTOP)).toMatchObject({
      separate: [PHONE],
      severed: {},
      undone: [{ a: LAPTOP, undone: { at: NOW, by: "officer", why: "she told us so" } }],
    });
  });
  expect(town.host(PHONE).transact((tx) => plan(tx, settings))).toContainEqual(
    expect.objectContaining({
      do: "receive",
      to: LAPTOP,
      request: expect.objectContaining({ kind: "split" }),
    }),
  );
});

test("while they are moving they part afterwards", () => {
  const town = new Town().settle(PHONE, [PHONE, LAPTOP], [edge(LAPTOP, PHONE, 100, said)]);
  const moving = { kind: "merge", visitors: [PHONE, LAPTOP], target: TABLET, edge: null } as const;
  town.host(PHONE).transact((tx) => {
    tx.work.outgoing = { id: "m" as never, revision: 1, ...moving, visitors: [PHONE, LAPTOP] };
    tx.changedWork();
  });
  town.separate(PHONE, LAPTOP);
  expect(town.host(PHONE).read((tx) => tx.components())).toHaveLength(1);
  town.host(PHONE).transact((tx) => {
    tx.work.outgoing = null;
    tx.changedWork();
  });
  expect(town.host(PHONE).read(hasWork)).toBe(true);
  town.host(PHONE).transact((tx) => plan(tx, settings));
  expect(town.host(PHONE).read((tx) => tx.components())).toHaveLength(2);
});
