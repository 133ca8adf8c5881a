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
