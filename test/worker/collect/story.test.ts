import { expect, test } from "vitest";
import { api, Browser, eventually } from "../../support/site.ts";

interface Person {
  id: string;
  stage: string;
  visitors: { id: string }[];
  merges: { id: string; undone: unknown }[];
}

test("three devices that sign in as one user become one person, and an undo makes two again", async () => {
  const devices = await Promise.all(
    ["tablet", "phone", "laptop"].map(async (name) => {
      const browser = new Browser({ "usher-region": "DE" });
      expect((await browser.consent({ accept: "all" })).status).toBe(200);
      const page = await browser.send("page", {
        messageId: `${name}-page`,
        anonymousId: `anon-${name}`,
        properties: { title: name },
      });
      expect(page.body).toMatchObject({ success: true, accepted: 1, dropped: [] });
      return browser;
    }),
  );
  for (const [n, browser] of devices.entries()) {
    const said = await browser.send("identify", { messageId: `sign-in-${n}`, userId: "john" });
    expect(said.body).toMatchObject({ accepted: 1 });
  }
  const person = await eventually(async () => {
    const { body } = await api("/people?identifier=user_id:john");
    const [first] = body["people"] as { id: string; visitors: number }[];
    if (!first) return null;
    const found = (await api(`/people/${first.id}`)).body as unknown as Person;
    return found.visitors.length === 3 ? found : null;
  });
  expect(person.merges).toHaveLength(2);
  const journey = await api(`/people/${person.id}/journey`);
  const events = journey.body["events"] as { id: string }[];
  expect(events.map((event) => event.id).sort()).toEqual(
    ["tablet", "phone", "laptop"].flatMap((name, n) => [`${name}-page`, `sign-in-${n}`]).sort(),
  );
  const undone = await api(`/merges/${person.merges[0]?.id}/undo`, undefined, {});
  expect(undone.status).toBe(200);
  expect(undone.body["people"]).toHaveLength(2);
});
