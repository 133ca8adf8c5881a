import { expect, test } from "vitest";
import { api, Browser, eventually } from "../../support/site.ts";

test("a withdrawal expires the id cookie in that same response, and the next event is dropped", async () => {
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ accept: "all" });
  expect(browser.visitor).not.toBeNull();
  await browser.send("track", { event: "Looked", messageId: "w1" });
  const old = browser.jar.get("usher")!;
  const withdrawn = await browser.consent({ accept: "none" });
  expect(withdrawn.cookies.get("usher")).toBe("");
  expect(withdrawn.headers.get("set-cookie")).toContain("Max-Age=0");
  expect((await browser.send("track", { event: "Looked", messageId: "w2" })).body).toMatchObject({
    accepted: 0,
    dropped: [{ messageId: "w2", reason: "consent" }],
  });

  // Both old cookies again, as a browser would send them that never saw the answer: the object knows better.
  const { visitor } = { visitor: old.split(".")[1]! };
  const replay = new Browser({ "usher-region": "DE" });
  await replay.consent({ accept: "all" });
  replay.jar.set("usher", old);
  const late = await replay.send("track", { event: "Looked", messageId: "w3" });
  expect(late.body).toMatchObject({ accepted: 0, dropped: [{ reason: "consent" }] });
  const journey = await api(`/people/${visitor}/journey`);
  expect((journey.body["events"] as { id: string }[]).map(({ id }) => id)).toEqual(["w1"]);
});

test("who withdrew and agrees again comes back as a new visitor", async () => {
  const browser = new Browser({ "usher-region": "DE" });
  await browser.consent({ accept: "all" });
  const first = browser.visitor;
  await browser.consent({ accept: "none" });
  await browser.consent({ accept: "all" });
  expect(browser.visitor).not.toBeNull();
  expect(browser.visitor).not.toBe(first);
  expect((await browser.send("track", { event: "Looked", messageId: "n1" })).body).toMatchObject({
    accepted: 1,
  });
});

test("a withdrawal on one device reaches the person's other devices once both are verified", async () => {
  const devices = [
    new Browser({ "usher-region": "DE" }),
    new Browser({ "usher-region": "DE" }),
  ] as const;
  for (const [n, device] of devices.entries()) {
    await device.consent({ accept: "all" });
    await device.send("identify", {
      messageId: `v${n}`,
      userId: "member-1042",
      context: { identityToken: await demoToken("member-1042") },
    });
  }
  await eventually(async () => {
    const person = await api(`/people/${devices[0].visitor}`);
    return (person.body["visitors"] as unknown[]).length === 2;
  });
  await devices[0].consent({ choices: { advertising: false } });
  await devices[1].send("track", { event: "Looked", messageId: "v-after" });
  const journey = await api(`/people/${devices[1].visitor}/journey`);
  const after = (journey.body["events"] as { id: string; purposes: string[] }[]).find(
    ({ id }) => id === "v-after",
  );
  expect(after?.purposes).toEqual(["measurement", "personalization", "recognition"]);
});

/** As the demo's own server signs it. */
async function demoToken(user: string): Promise<string> {
  const { body } = await new Browser().call(`/demo/token?user=${user}`);
  return body["token"] as string;
}
