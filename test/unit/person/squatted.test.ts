/**
 * Somebody typed a victim's address before the victim's own devices did, so that they were joined through that visitor. However
 * it turns out that it isn't theirs, the victim's devices stay one, or find each other again.
 */
import { expect, test } from "vitest";
import type { Claim } from "../../../src/domain/identity/claims.ts";
import { DEFAULT_MERGE_RULES } from "../../../src/domain/identity/rules.ts";
import { severedKey } from "../../../src/domain/identity/evidence.ts";
import type { IdentifierKey, MergeId, VisitorId } from "../../../src/domain/ids.ts";
import { newVisitor, type VisitorDoc } from "../../../src/person/documents.ts";
import { Host } from "../../../src/person/host.ts";
import { meet } from "../../../src/person/merge.ts";
import { record } from "../../../src/person/record.ts";
import { event, keyOf, MapStore, NOW, request } from "../../sim/world/parts.ts";

const idOf = (letter: string): VisitorId => letter.repeat(26) as VisitorId;
const [SQUATTER, PHONE, LAPTOP] = [idOf("a"), idOf("b"), idOf("c")];
const [VICTIMS, OWN, USER] = [keyOf("e1"), keyOf("e9"), keyOf("u9")];

const claim = (key: IdentifierKey, assurance: Claim["assurance"], at = NOW): Claim => ({
  key,
  kind: key.slice(0, key.indexOf(":")) as Claim["kind"],
  assurance,
  at,
  state: "settled",
  ...(key.startsWith("email:") ? { side: "personal" as const } : {}),
});

const visitor = (id: VisitorId, created: number, claims: readonly Claim[]): VisitorDoc => ({
  ...newVisitor(id, created, "browser"),
  claims: Object.fromEntries(claims.map((each) => [each.key, each])),
});

/** Both devices of the victim, and who typed the victim's address first, joined by it. */
function joined(typed: readonly Claim[] = []) {
  const host = new Host(SQUATTER, new MapStore(), (write) => write(), {
    short: () => "s".repeat(12),
  });
  host.transact((tx) => {
    tx.addVisitor(visitor(SQUATTER, 1, [claim(VICTIMS, "asserted", NOW), ...typed]));
    for (const [n, id] of [PHONE, LAPTOP].entries()) {
      tx.addVisitor(visitor(id, 10 + n, [claim(VICTIMS, "asserted", NOW + 10 + n)]));
      tx.addEdge({
        id: `${id}.merge` as MergeId,
        a: id,
        b: SQUATTER,
        evidence: { kind: "claim", identifier: VICTIMS },
        at: NOW + 20,
        by: "policy",
        because: "",
        rules: 1,
        finder: id,
      });
    }
  });
  let said = 0;
  const says = (at: VisitorId, ...claims: readonly Claim[]) =>
    host.transact((tx) => {
      const doc = tx.visitors.get(at) as VisitorDoc;
      const spoken = claims.map(({ key, kind, assurance, side }) => ({
        key,
        kind,
        assurance,
        ...(side ? { side } : {}),
      }));
      const item = { ...event(`m-${said++}`), received: NOW + 60_000 };
      const { outcomes } = record(tx, doc, request(item, spoken), DEFAULT_MERGE_RULES);
      expect(outcomes).toEqual([{ kept: true }]);
    });
  const see = (id: VisitorId) => host.read((tx) => tx.visitors.get(id) as VisitorDoc);
  const apart = (x: VisitorId, y: VisitorId): boolean =>
    see(x).severed[severedKey(VICTIMS, y)] === true ||
    see(y).severed[severedKey(VICTIMS, x)] === true;
  return { says, see, apart, persons: () => host.read((tx) => tx.components()) };
}

test("typing another address in its place", () => {
  const { says, see, apart, persons } = joined();
  says(SQUATTER, claim(OWN, "asserted"));
  expect(persons()).toEqual([[SQUATTER], [PHONE], [LAPTOP]]);
  expect([apart(SQUATTER, PHONE), apart(SQUATTER, LAPTOP)]).toEqual([true, true]);
  expect(apart(PHONE, LAPTOP)).toBe(false);
  expect(see(LAPTOP).claims[VICTIMS]?.state).toBe("waiting");
  expect(see(PHONE).claims[VICTIMS]?.state).toBe("settled");
});

test("proving another address", () => {
  const { says, see, apart, persons } = joined();
  says(SQUATTER, claim(OWN, "verified"), claim(USER, "verified"));
  expect(persons()).toEqual([[SQUATTER], [PHONE], [LAPTOP]]);
  expect([apart(SQUATTER, PHONE), apart(SQUATTER, LAPTOP)]).toEqual([true, true]);
  expect(apart(PHONE, LAPTOP)).toBe(false);
  expect(see(LAPTOP).claims[VICTIMS]?.state).toBe("waiting");
});

test("what keeps the one half of somebody taken apart from a third doesn't keep the other half", () => {
  const host = new Host(PHONE, new MapStore(), (write) => write(), {
    short: () => "s".repeat(12),
  });
  const severed = { [severedKey(VICTIMS, SQUATTER)]: true } as const;
  const meets = host.transact((tx) => {
    const phone = visitor(PHONE, 10, [claim(VICTIMS, "asserted")]);
    tx.addVisitor(phone);
    // Until it has moved out.
    tx.addVisitor({ ...visitor(LAPTOP, 11, [claim(VICTIMS, "asserted")]), severed });
    return meet(
      tx,
      phone,
      {
        visitor: PHONE,
        other: SQUATTER,
        evidence: { kind: "claim", identifier: VICTIMS },
        age: { id: SQUATTER, created: 90 },
        now: NOW,
      },
      { short: () => "t".repeat(12) },
      DEFAULT_MERGE_RULES,
    );
  });
  expect(meets).toMatchObject({ answer: "come", home: PHONE });
});

test("what was parted by rule is joined again by what both have proved since, and by no less", () => {
  const { says, see, apart } = joined([claim(keyOf("u8"), "asserted")]);
  says(PHONE, claim(USER, "verified"));
  expect(apart(PHONE, LAPTOP)).toBe(true);
  says(PHONE, claim(VICTIMS, "verified"));
  expect(apart(PHONE, LAPTOP)).toBe(true);
  says(LAPTOP, claim(VICTIMS, "verified"));
  expect(apart(PHONE, LAPTOP)).toBe(false);
  expect(see(LAPTOP).claims[VICTIMS]?.state).toBe("waiting");
  expect(apart(PHONE, SQUATTER)).toBe(true);
});
