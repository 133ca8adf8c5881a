/** Joining, parting and keeping apart in the console, each with its reason, and the log that tells all of it. */
import { expect, test } from "vitest";
import type { VisitorId } from "../../../src/domain/ids.ts";
import { identifierKeys as sources } from "../../support/identifier-keys.ts";
import { settle } from "../../support/objects.ts";
import { ALL, OFFICER_TOKEN, server } from "../../support/site.ts";
import { pageOf, signedIn } from "./session.ts";

test("an officer joins, parts and keeps two people apart with reasons, which their pages and the log of merges tell", async () => {
  const names = ["merges-a", "merges-b"];
  for (const anonymousId of names)
    await server("track", {
      messageId: anonymousId,
      anonymousId,
      event: "Seen",
      context: { consent: { categoryPreferences: ALL } },
    });
  const ids = await Promise.all(names.map((name) => sources.sourceVisitor("anonymous_id", name)));
  const [a, b] = ids as [VisitorId, VisitorId];
  const officer = await signedIn(OFFICER_TOKEN);
  const form = await officer.formToken();
  const send = async (path: string, fields: Record<string, string>): Promise<void> => {
    const { status } = await officer.form(`/_u/console/${path}`, { form, ...fields });
    expect(status).toBe(303);
    await settle(ids);
  };
  const open = async (path: string) => pageOf(await officer.call(`/_u/console/${path}`));

  expect(await open(`merges/new?a=${a}&b=${b}`)).toContain('name="why"');
  await send("merges", { a, b, why: "one season ticket" });
  const one = await open(`people/${a}`);
  expect(one).toContain("“one season ticket”");
  expect(one).toMatch(/under merge rules \d/);
  const merge = /merges\/([\w.]+)\/undo/.exec(one)?.[1] ?? "";
  expect(await open(`merges/${merge}/undo`)).toContain('name="why"');
  await send(`merges/${merge}/undo`, { why: "it is shared" });
  expect(await open(`people/${a}`)).toContain("The merge was taken back: it is shared.");
  await send(`people/${a}/separate`, { other: b, why: "neighbours" });
  expect(await open(`people/${a}/sides`)).toContain("No longer keep apart");
  await send(`people/${a}/unseparate`, { other: b, why: "married since" });
  expect(await open(`people/${a}/sides`)).not.toContain("No longer keep apart");

  const log = await open("merges");
  const told = ["married since", "neighbours", "it is shared", "one season ticket"];
  const places = told.map((why) => log.indexOf(why));
  expect(places).toEqual(places.toSorted((x, y) => x - y));
  expect(places[0]).toBeGreaterThan(0);
  expect(log).toContain(`/_u/console/people/${b}`);
  expect(log).toContain(`/_u/console/merges/${merge}/undo`);
});

test("an officer says on a person's page that an address isn't the device's, and takes that back", async () => {
  const anonymousId = "merges-own";
  const email = "own@merges.example";
  await server("identify", {
    messageId: anonymousId,
    anonymousId,
    context: { traits: { email }, consent: { categoryPreferences: ALL } },
  });
  const visitor = await sources.sourceVisitor("anonymous_id", anonymousId);
  const officer = await signedIn(OFFICER_TOKEN);
  const form = await officer.formToken();
  const open = async () => pageOf(await officer.call(`/_u/console/people/${visitor}`));
  const say = async (own: string): Promise<void> => {
    const said = `${visitor} email:${email}`;
    const path = `/_u/console/people/${visitor}/identifiers`;
    expect((await officer.form(path, { form, own, said, why: "a typo" })).status).toBe(303);
    await settle([visitor]);
  };
  expect(await open()).toContain("One of these isn't the device's…");
  await say("no");
  const without = await open();
  expect(without).toContain("Kept apart: somebody decided that it isn't this device's.");
  expect(without).toContain("One of these is the device's after all…");
  await say("yes");
  expect(await open()).not.toContain("after all…");
});
