import { expect, test } from "vitest";
import type { PersonExport } from "../../../src/privacy/export.ts";
import { api, OFFICER_TOKEN } from "../../support/site.ts";
import { everything, moveIn, placesOf } from "./household.ts";

interface Exported {
  id: string;
  state: string;
  about: string;
  visitors: string[];
  maybe: { visitor: string }[];
  due: string;
  at: string;
  data: PersonExport;
}

test("an export has everything that is held, opened, of those that are proven to be the person, and counts the others", async () => {
  const home = await moveIn("exported");
  // One more event that is still on its way to D1.
  await home.jane.tablet.send("track", {
    messageId: "just-now",
    event: "Order Completed",
    properties: { total: 12.5, currency: "EUR" },
  });
  const made = await api("/requests", OFFICER_TOKEN, {
    kind: "export",
    identifier: `email:${home.email.toUpperCase()}`,
  });
  const { data, ...request } = made.body as unknown as Exported;
  expect(request).toMatchObject({ state: "done", about: "email" });
  expect([...request.visitors].sort()).toEqual([...home.jane.visitors].sort());
  expect(request.maybe.map(({ visitor }) => visitor)).toEqual([home.mike.visitor]);

  const events = data.visitors.flatMap((visitor) => visitor.events);
  expect(events.map(({ id }) => id as string).sort()).toEqual(
    [
      "exported-phone-1",
      "exported-server",
      "exported-sign-in-0",
      "exported-sign-in-1",
      "exported-tablet-1",
      "just-now",
    ].sort(),
  );
  expect(events.find(({ id }) => (id as string) === "exported-sign-in-0")).toMatchObject({
    policy: 1,
    purposes: ["advertising", "measurement", "personalization", "recognition"],
    traits: { name: "Jane Doe exported" },
  });
  const identifiers = data.visitors.flatMap((visitor) => visitor.identifiers);
  expect(identifiers).toContainEqual(
    expect.objectContaining({ kind: "email", value: home.email, assurance: "verified" }),
  );
  expect(identifiers).toContainEqual(
    expect.objectContaining({ kind: "anonymous_id", value: "anon-exported-tablet" }),
  );
  const tablet = data.visitors.find(({ id }) => id === home.jane.tablet.visitor);
  const phone = data.visitors.find(({ id }) => id === home.jane.phone.visitor);
  expect(tablet?.receipts).toMatchObject([{ seq: 1, kind: "grant" }]);
  expect(tablet?.consent?.granted).toMatchObject({ measurement: true, recognition: true });
  expect(tablet?.profile[0]).toMatchObject({ topics: { tickets: 1 }, orders: 1 });
  expect(tablet?.traits.at(-1)?.values).toMatchObject({ name: "Jane Doe exported" });
  expect(phone?.hints).toMatchObject([{ slot: "hero", outcome: "shown" }]);
  expect(phone?.hintOutcomes).toMatchObject([{ outcome: "shown" }]);
  expect(data.merges).toHaveLength(2);
  expect(data.merges[0]?.identifier).toMatch(/^(jane\.exported@example\.org|user-exported)$/);
  expect(data.maybe.reduce((sum, { count }) => sum + count, 0)).toBe(1);

  const told = JSON.stringify(data);
  for (const other of [home.mike.visitor, home.kate.visitor, "exported-typed", "kate.exported"])
    expect(told).not.toContain(other ?? "");
  // Nothing of it is kept with the request.
  const stored = placesOf(await everything(), [request.id]);
  expect(stored.length).toBeGreaterThan(0);
  expect(placesOf(await everything(), [home.email])).toEqual([]);
});

test("the answer is due a month later, and an export looked at after an erasure is empty", async () => {
  const home = await moveIn("late");
  const made = await api("/requests", OFFICER_TOKEN, {
    kind: "export",
    identifier: `user_id:${home.userId}`,
  });
  const { id, at, due } = made.body as unknown as Exported;
  const days = (Date.parse(due) - Date.parse(at)) / 86_400_000;
  expect(days).toBeGreaterThanOrEqual(28);
  expect(days).toBeLessThanOrEqual(31);
  await api("/requests", OFFICER_TOKEN, { kind: "erase", identifier: `user_id:${home.userId}` });
  const later = (await api(`/requests/${id}`, OFFICER_TOKEN)).body as unknown as Exported;
  expect(later.data.visitors).toEqual([]);
  expect(later.visitors.every((name) => name.startsWith("erased:"))).toBe(true);
});

test("somebody nobody knows gives an empty export", async () => {
  const made = await api("/requests", OFFICER_TOKEN, {
    kind: "export",
    identifier: "email:nobody@example.org",
  });
  expect(made.body).toMatchObject({ state: "done", visitors: [], maybe: [] });
});
