import { describe, expect, test } from "vitest";
import type { Assurance, Claim, IdentifierKind } from "../../../src/domain/identity/claims.ts";
import { correctedBy, isDoubtful, isRefuted } from "../../../src/domain/identity/doubts.ts";
import type { Origin, Side, VisitorFacts } from "../../../src/domain/identity/policy.ts";
import { UNUSED } from "../../../src/domain/identity/sharing.ts";
import type { IdentifierKey, VisitorId } from "../../../src/domain/ids.ts";

const MINUTE_MS = 60_000;
const key = (text: string): IdentifierKey => text as IdentifierKey;

const claim = (text: string, assurance: Assurance, at = 0): Claim => {
  const kind = text.slice(0, text.lastIndexOf(":")) as IdentifierKind;
  return {
    key: key(text),
    kind,
    assurance,
    at,
    state: "settled",
    ...(kind === "email" ? { side: "personal" as const } : {}),
  };
};

function visitor(
  id: string,
  said: Record<string, Assurance>,
  origin: Origin = "browser",
): VisitorFacts {
  const claims = Object.entries(said).map(([text, assurance]) => claim(text, assurance));
  return {
    id: id as VisitorId,
    origin,
    claims: Object.fromEntries(claims.map((each) => [each.key, each])),
    recognition: true,
    separate: [],
    severed: {},
    device: UNUSED,
  };
}

const person = (at: VisitorFacts, ...others: VisitorFacts[]): Side => ({
  at,
  visitors: [at, ...others],
});

const phone = person(visitor("phone", { "email:ann": "asserted" }));

describe("an address that was only typed", () => {
  test("isn't in doubt where it is the only one", () => {
    const laptop = person(visitor("laptop", { "email:ann": "asserted" }));
    expect(isDoubtful(key("email:ann"), phone, laptop)).toBe(false);
  });

  test("is in doubt on a browser on which another was typed", () => {
    const tablet = person(visitor("tablet", { "email:ann": "asserted", "email:ben": "asserted" }));
    expect(isDoubtful(key("email:ann"), phone, tablet)).toBe(true);
    expect(isDoubtful(key("email:ann"), tablet, phone)).toBe(true);
  });

  test("is in doubt where somebody with another proven address signed in", () => {
    const tablet = person(
      visitor("tablet", { "email:ann": "asserted", "user_id:ben": "verified" }),
      visitor("shop", { "user_id:ben": "verified", "email:ben": "verified" }, "server"),
    );
    expect(isDoubtful(key("email:ann"), phone, tablet)).toBe(true);
    expect(isRefuted(key("email:ann"), phone, tablet)).toBe(true);
  });

  test("isn't in doubt for somebody who has proven two addresses", () => {
    const account = person(
      visitor("laptop", { "email:ann": "asserted" }),
      visitor("shop", { "email:ann": "verified", "email:ann2": "verified" }, "server"),
    );
    expect(isDoubtful(key("email:ann"), phone, account)).toBe(false);
    expect(isRefuted(key("email:ann"), phone, account)).toBe(false);
  });

  test("is beyond doubt once it is proven on both", () => {
    const both = visitor("a", { "email:ann": "verified", "email:ben": "asserted" });
    const other = visitor("b", { "email:ann": "verified" });
    expect(isDoubtful(key("email:ann"), person(both), person(other))).toBe(false);
  });
});

describe("a telephone", () => {
  const at = (name: string, said: Record<string, Assurance>): Side =>
    person(visitor(name, { "phone:home": "asserted", ...said }));

  test("joins nobody who is known otherwise and has nothing else in common", () => {
    const [ann, ben] = [
      at("a", { "email:ann": "asserted" }),
      at("b", { "user_id:ben": "verified" }),
    ];
    expect(isDoubtful(key("phone:home"), ann, ben)).toBe(true);
  });

  test("joins whoever said nothing else", () => {
    expect(isDoubtful(key("phone:home"), at("a", { "email:ann": "asserted" }), at("b", {}))).toBe(
      false,
    );
  });
});

describe("an order that the shop's server knows by the browser's anonymous id", () => {
  const order = (email: string): Side =>
    person(
      visitor("order", { "anonymous_id:x": "verified", "user_id:ben": "verified" }, "server"),
      visitor("shop", { "user_id:ben": "verified", [email]: "verified" }, "server"),
    );
  const browser = person(
    visitor("tablet", { "anonymous_id:x": "asserted", "email:ann": "asserted" }),
  );

  test("isn't of whoever typed another address there", () => {
    expect(isDoubtful(key("anonymous_id:x"), order("email:ben"), browser)).toBe(true);
    expect(isRefuted(key("anonymous_id:x"), order("email:ben"), browser)).toBe(true);
  });

  test("is of whoever typed the same", () => {
    expect(isDoubtful(key("anonymous_id:x"), order("email:ann"), browser)).toBe(false);
  });
});

describe("a form sent again within minutes", () => {
  const typed = claim("email:ann", "asserted");

  test("corrects the address that was typed before", () => {
    const wrong = claim("email:anm", "asserted", 0);
    expect(correctedBy(typed, [wrong], MINUTE_MS)).toEqual(["email:anm"]);
  });

  test("corrects nothing that was proven, nor what was typed long before", () => {
    expect(correctedBy(typed, [claim("email:anm", "verified", 0)], MINUTE_MS)).toEqual([]);
    expect(correctedBy(typed, [claim("email:anm", "asserted", 0)], 60 * MINUTE_MS)).toEqual([]);
  });
});

test("an address of a role joins nobody who only typed it, and those who proved it", () => {
  const reads = (id: string, assurance: Assurance): Side => {
    const at = visitor(id, { "email:info": assurance });
    const said = { ...claim("email:info", assurance), side: "role" as const };
    return person({ ...at, claims: { [key("email:info")]: said } });
  };
  expect(isDoubtful(key("email:info"), reads("a", "asserted"), reads("b", "verified"))).toBe(true);
  expect(isDoubtful(key("email:info"), reads("a", "verified"), reads("b", "verified"))).toBe(false);
});
