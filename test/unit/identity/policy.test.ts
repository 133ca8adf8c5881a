import * as v from "valibot";
import { describe, expect, test } from "vitest";
import type {
  Assurance,
  Claim,
  IdentifierKind,
  Side as Life,
} from "../../../src/domain/identity/claims.ts";
import { decideMerge, type Side, type VisitorFacts } from "../../../src/domain/identity/policy.ts";
import {
  completeRules,
  DEFAULT_MERGE_RULES,
  type MergeRules,
} from "../../../src/domain/identity/rules.ts";
import { MergeRulesSchema } from "../../../src/domain/identity/rules-schema.ts";
import { sharingOf, UNUSED, withUser } from "../../../src/domain/identity/sharing.ts";
import type { IdentifierKey, VisitorId } from "../../../src/domain/ids.ts";

type Said = [key: string, assurance?: Assurance, side?: Life];

const claimOf = ([key, assurance = "asserted", side]: Said): Claim => ({
  key: key as IdentifierKey,
  kind: key.slice(0, key.lastIndexOf(":")) as IdentifierKind,
  assurance,
  at: 0,
  state: "waiting",
  ...(side ? { side } : {}),
});

const visitor = (id: string, said: Said[], more: Partial<VisitorFacts> = {}): VisitorFacts => ({
  id: id as VisitorId,
  origin: "browser",
  claims: Object.fromEntries(said.map((each) => [each[0], claimOf(each)])),
  recognition: true,
  separate: [],
  severed: {},
  device: UNUSED,
  ...more,
});

const alone = (at: VisitorFacts, ...others: VisitorFacts[]): Side => ({
  at,
  visitors: [at, ...others],
});
const on = (identifier: string) =>
  ({ kind: "claim", identifier: identifier as IdentifierKey }) as const;
const verdict = (identifier: string, a: Side, b: Side, rules: MergeRules = DEFAULT_MERGE_RULES) => {
  const decided = decideMerge(on(identifier), a, b, rules);
  return decided.verdict === "merge" ? "merge" : decided.reason;
};

describe("unique kinds and limits", () => {
  const a = alone(visitor("a", [["email:1"], ["user_id:1", "verified"]]));
  const b = alone(visitor("b", [["email:1"], ["user_id:2", "verified"]]));

  test("two user ids are two people, whatever address both say", () => {
    expect(verdict("email:1", a, b)).toBe("unique");
  });

  test("whom a human joined with two user ids still gains a device that adds nothing", () => {
    const both = alone(a.at, b.at);
    expect(verdict("user_id:1", both, alone(visitor("c", [["user_id:1", "verified"]])))).toBe(
      "merge",
    );
    const third = alone(visitor("d", [["email:1"], ["user_id:3", "verified"]]));
    expect(verdict("email:1", both, third)).toBe("unique");
  });

  test("what stands against it is told in words, not by the kinds' own ids", () => {
    const why = (identifier: string, x: Side, y: Side): string =>
      decideMerge(on(identifier), x, y, DEFAULT_MERGE_RULES).because;
    expect(why("email:1", a, b)).toBe("one person has one user id; together they would have 2");
    const [many, one] = [
      alone(visitor("m", [["email:1"], ["email:2"], ["email:3"], ["email:4"], ["email:5"]])),
      alone(visitor("n", [["email:1"], ["email:6"]])),
    ];
    expect(why("email:1", many, one)).toBe(
      "one person has at most 5 e-mail addresses; together they would have more",
    );
  });

  test("a sixth address is one too many", () => {
    const many = alone(
      visitor("m", [["email:1"], ["email:2"], ["email:3"], ["email:4"], ["email:5"]]),
    );
    expect(verdict("email:1", many, alone(visitor("n", [["email:1"], ["email:6"]])))).toBe("limit");
    expect(verdict("email:1", many, alone(visitor("n", [["email:1"]])))).toBe("merge");
  });
});

describe("a mail link's record id", () => {
  const known = alone(
    visitor("k", [
      ["esp:mailchimp:x", "verified"],
      ["user_id:1", "verified"],
    ]),
  );

  test("never joins by itself", () => {
    expect(
      verdict("esp:mailchimp:x", known, alone(visitor("c", [["esp:mailchimp:x", "hinted"]]))),
    ).toBe("assurance");
  });

  test("was forwarded when somebody else signs in after following it", () => {
    const friend = alone(
      visitor("f", [
        ["esp:mailchimp:x", "hinted"],
        ["user_id:2", "verified"],
      ]),
    );
    expect(verdict("esp:mailchimp:x", known, friend)).toBe("forwarded");
  });
});

describe("shared devices", () => {
  const used = (...users: string[]) =>
    users.reduce((use, user) => withUser(use, `user_id:${user}` as IdentifierKey), UNUSED);

  test("are told by how many people proved on them who they are, unless somebody said it", () => {
    expect(sharingOf(used("aaa1"), DEFAULT_MERGE_RULES)).toBe("personal");
    expect(sharingOf(used("aaa1", "aaa1"), DEFAULT_MERGE_RULES)).toBe("personal");
    expect(sharingOf(used("aaa1", "bbb1"), DEFAULT_MERGE_RULES)).toBe("shared");
    expect(sharingOf(used("a__", "b__", "c__", "d__", "e__", "f__"), DEFAULT_MERGE_RULES)).toBe(
      "kiosk",
    );
    expect(sharingOf({ ...used("aaa1", "bbb1"), set: "personal" }, DEFAULT_MERGE_RULES)).toBe(
      "personal",
    );
  });

  test("are shared, and no kiosk, where several users are only typed: one more than proven, for ids are given anew", () => {
    const typed = (...users: string[]) =>
      users.reduce((use, user) => withUser(use, `user_id:${user}` as IdentifierKey, false), UNUSED);
    expect(sharingOf(typed("aaa1", "bbb1"), DEFAULT_MERGE_RULES)).toBe("personal");
    expect(sharingOf(typed("aaa1", "bbb1", "ccc1"), DEFAULT_MERGE_RULES)).toBe("shared");
    expect(sharingOf(typed(..."abcdefghi"), DEFAULT_MERGE_RULES)).toBe("shared");
    const one = typed("aaa1");
    expect(withUser(one, "user_id:aaa1" as IdentifierKey, false)).toBe(one);
    const proven = withUser(one, "user_id:aaa1" as IdentifierKey);
    expect(
      sharingOf(withUser(proven, "user_id:bbb1" as IdentifierKey, false), DEFAULT_MERGE_RULES),
    ).toBe("personal");
    expect(
      sharingOf({ ...typed("aaa1", "bbb1", "ccc1"), set: "personal" }, DEFAULT_MERGE_RULES),
    ).toBe("personal");
  });

  test("join nobody on what is typed there, and still join on what is proven", () => {
    const device = used("aaa1", "bbb1");
    const phone = alone(visitor("p", [["email:1"], ["phone:1", "verified"]]));
    const shared = alone(visitor("t", [["email:1"], ["phone:1", "verified"]], { device }));
    expect(verdict("email:1", phone, shared)).toBe("assurance");
    expect(verdict("phone:1", phone, shared)).toBe("merge");
  });
});

describe("personas", () => {
  const home = alone(visitor("h", [["email:home", "asserted", "personal"]]));
  const desk = alone(visitor("d", [["email:desk", "asserted", "work"]]));

  test("a work address doesn't join a person whose other addresses are private", () => {
    const both = alone(
      visitor("b", [
        ["email:home", "asserted", "personal"],
        ["email:desk", "asserted", "work"],
      ]),
    );
    expect(verdict("email:desk", both, desk)).toBe("separate");
    expect(verdict("email:home", home, both)).toBe("separate");
  });

  test("addresses of one side join", () => {
    const second = alone(
      visitor("s", [
        ["email:home", "verified", "personal"],
        ["email:other", "verified", "personal"],
      ]),
    );
    expect(verdict("email:home", home, second)).toBe("merge");
  });

  test("one telephone doesn't join both sides of a life", () => {
    const [mine, office] = (["personal", "work"] as const).map((side) =>
      alone(
        visitor(side, [
          [`email:${side}`, "verified", side],
          ["phone:1", "verified"],
        ]),
      ),
    ) as [Side, Side];
    expect(verdict("phone:1", mine, office)).toBe("separate");
  });

  test("a role's address is work", () => {
    const role = alone(
      visitor("r", [
        ["email:info", "asserted", "role"],
        ["email:home", "asserted", "personal"],
      ]),
    );
    expect(verdict("email:home", home, role)).toBe("separate");
  });

  test("an account that proves both addresses is one person by its own word", () => {
    const account = alone(
      visitor("a", [
        ["email:home", "verified", "personal"],
        ["email:desk", "verified", "work"],
      ]),
    );
    expect(verdict("email:home", home, account)).toBe("merge");
  });

  test("join like any others where the officer wishes it", () => {
    const rules = {
      ...DEFAULT_MERGE_RULES,
      personas: { ...DEFAULT_MERGE_RULES.personas, apart: false },
    };
    const both = alone(
      visitor("b", [
        ["email:home", "asserted", "personal"],
        ["email:desk", "asserted", "work"],
      ]),
    );
    expect(verdict("email:desk", both, desk, rules)).toBe("merge");
  });

  test("stay apart once a human, or a machine, has said so, until a human joins them", () => {
    const apart = alone(visitor("x", [["email:1", "verified"]], { separate: ["y" as VisitorId] }));
    const other = alone(visitor("y", [["email:1", "verified"]]));
    expect(verdict("email:1", apart, other)).toBe("separate");
    const forced = decideMerge(
      { kind: "command", id: "1", by: "officer", force: true },
      apart,
      other,
      DEFAULT_MERGE_RULES,
    );
    expect(forced.verdict).toBe("merge");
  });
});

describe("a human who joins a private address and one of work", () => {
  const home = alone(visitor("h", [["email:home", "asserted", "personal"]]));
  const desk = alone(visitor("d", [["email:desk", "asserted", "work"]]));
  const joined = (a: Side, b: Side, force = false, apart = true) =>
    decideMerge({ kind: "command", id: "1", by: "officer", force }, a, b, {
      ...DEFAULT_MERGE_RULES,
      personas: { ...DEFAULT_MERGE_RULES.personas, apart },
    });

  test("is told that these are two personas, whichever comes first, and may insist", () => {
    for (const [a, b] of [
      [home, desk],
      [desk, home],
    ] as const) {
      expect(joined(a, b)).toMatchObject({
        verdict: "separate",
        reason: "separate",
        because: expect.stringContaining("two personas"),
      });
      expect(joined(a, b, true).verdict).toBe("merge");
    }
  });

  test("is told nothing where the officer's rules don't keep personas apart", () => {
    expect(joined(home, desk, false, false).verdict).toBe("merge");
  });

  test("joins two private addresses, two of work, and what has no address", () => {
    const other = (side: "personal" | "role") =>
      alone(visitor("o", [["email:o", "verified", side]]));
    expect(joined(home, other("personal")).verdict).toBe("merge");
    expect(joined(desk, other("role")).verdict).toBe("merge");
    expect(joined(desk, alone(visitor("n", [["phone:1", "verified"]]))).verdict).toBe("merge");
  });

  test("may add to a person who has both", () => {
    const both = alone(home.at, desk.at);
    expect(joined(both, alone(visitor("o", [["email:o", "asserted", "work"]]))).verdict).toBe(
      "merge",
    );
  });

  test("isn't held up by an address that was refused or is only a mail's hint", () => {
    const refused = visitor("r", [["email:desk", "asserted", "work"]]);
    const [claim] = Object.values(refused.claims);
    const claims = { ["email:desk" as IdentifierKey]: { ...claim, state: "refused" } as Claim };
    expect(joined(home, alone({ ...refused, claims })).verdict).toBe("merge");
    expect(joined(home, alone(visitor("m", [["email:m", "hinted", "work"]]))).verdict).toBe(
      "merge",
    );
  });
});

describe("what is only probable", () => {
  const [a, b] = [alone(visitor("a", [])), alone(visitor("b", []))];
  const on = (by: string, basis?: "devices", force = false) => {
    const inferred = { suggestion: "a.b", probability: 1, ...(basis ? { basis } : {}) };
    const evidence = { kind: "command", id: "1", by, force, inferred } as const;
    const eager = {
      ...DEFAULT_MERGE_RULES,
      probable: { suggestFrom: 0.5, mergeFrom: 0.95, devices: "suggest" },
    } as const;
    const decided = decideMerge(evidence, a, b, eager);
    return decided.verdict === "merge" ? "merge" : decided.reason;
  };

  test("because of where devices are seen joins nobody without a human, however sure it is and whatever the rules say", () => {
    expect(on("policy")).toBe("merge");
    expect(on("policy", "devices")).toBe("assurance");
    expect(on("policy", "devices", true)).toBe("assurance");
    expect(on("officer", "devices")).toBe("merge");
  });

  test("is off for devices, also in rules that were saved before there was such a thing", () => {
    expect(DEFAULT_MERGE_RULES.probable.devices).toBe("off");
    const before = { probable: { suggestFrom: 0.9, mergeFrom: null } } as Partial<MergeRules>;
    expect(completeRules(before).probable).toEqual({
      suggestFrom: 0.9,
      mergeFrom: null,
      devices: "off",
    });
    const { version: _, ...edited } = DEFAULT_MERGE_RULES;
    const said = { ...edited, probable: before.probable };
    expect(v.parse(MergeRulesSchema, said).probable.devices).toBe("off");
    expect(
      v.safeParse(MergeRulesSchema, {
        ...edited,
        probable: { ...edited.probable, devices: "merge" },
      }).success,
    ).toBe(false);
  });
});
