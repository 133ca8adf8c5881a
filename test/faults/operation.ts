/**
 * An operation, tried with every one of its calls to the outside failing, before and after it took effect: D1, R2, calls to
 * objects, the queue. Whoever asked asks again, as real clients do; in the end everything is as if nothing had failed.
 */
import { createExecutionContext, createScheduledController } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { Env } from "../../src/env.ts";
import worker from "../../src/worker.ts";
import { settle } from "../support/objects.ts";
import { watch } from "../support/outside.ts";
import { api, Browser, type Said } from "../support/site.ts";
import { identityToken } from "../worker/identity/tokens.ts";

export interface Operation<World> {
  what: string;
  /** Before anything fails. */
  prepare(name: string): Promise<World>;
  /** What is tried while calls fail. */
  act(world: World): Promise<unknown>;
  /** After it; whatever was left to alarms has run. */
  holds(world: World): Promise<void>;
  visitors(world: World): (string | null)[];
}

/** Asks until it is answered, as clients do after a 5xx. */
export async function insist(ask: () => Promise<Said>): Promise<Said> {
  for (let tries = 0; tries < 6; tries++) {
    const said = await ask().catch(() => null);
    if (said !== null && said.status < 500) return said;
  }
  throw new Error("it was never answered");
}

export const fresh = (): Browser => new Browser({ "usher-region": "DE" });

export async function eventsOf(visitors: readonly (string | null)[]): Promise<string[]> {
  const { results } = await env.DB.prepare(
    "SELECT id FROM events WHERE visitor IN (SELECT value FROM json_each(?)) ORDER BY id",
  )
    .bind(JSON.stringify(visitors))
    .all<{ id: string }>();
  return results.map(({ id }) => id);
}

export interface Person {
  id: string;
  visitors: { id: string }[];
  identifiers: { kind: string; value: string }[];
  merges: { id: string; undone: unknown }[];
}

export const personOf = async (visitor: string | null): Promise<Person> =>
  (await api(`/people/${visitor}`)).body as unknown as Person;

export interface Two {
  name: string;
  devices: [Browser, Browser];
}

export async function signIn(browser: Browser, name: string, n: number): Promise<Said> {
  const token = await identityToken(name, `${name}@example.org`);
  return insist(() =>
    browser.send("identify", {
      messageId: `${name}-in-${n}`,
      userId: name,
      context: { identityToken: token },
    }),
  );
}

export async function twoDevices(name: string): Promise<Two> {
  const devices: [Browser, Browser] = [fresh(), fresh()];
  for (const [n, browser] of devices.entries()) {
    await browser.consent({ accept: "all" });
    await browser.send("track", { messageId: `${name}-was-${n}`, event: "Looked" });
  }
  return { name, devices };
}

export const idsOf = ({ devices }: Two): (string | null)[] =>
  devices.map((browser) => browser.visitor);
export const expected = (name: string): string[] => [
  `${name}-in-0`,
  `${name}-in-1`,
  `${name}-was-0`,
  `${name}-was-1`,
];

export async function cron(often = "*/5 * * * *"): Promise<void> {
  const controller = createScheduledController({ cron: often, scheduledTime: new Date() });
  await worker.scheduled(controller, env as unknown as Env, createExecutionContext());
}

let runs = 0;

async function tryWith<World>(
  operation: Operation<World>,
  nth: number,
  when: "before" | "after",
): Promise<{ done: boolean; hit: string | null }> {
  const world = await operation.prepare(`m${++runs}-${when}-${nth}`);
  const watching = watch({ nth, when });
  try {
    await operation.act(world);
    await settle(operation.visitors(world).filter((id) => id !== null));
  } catch (error) {
    throw new Error(`${operation.what}, ${watching.hit} failing ${when}`, { cause: error });
  } finally {
    watching.stop();
  }
  await settle(operation.visitors(world).filter((id) => id !== null));
  try {
    await operation.holds(world);
  } catch (error) {
    throw new Error(`${operation.what}, after ${watching.hit} failed ${when}`, { cause: error });
  }
  return { done: watching.calls < nth, hit: watching.hit };
}

/** One test before, one after; each goes on until the operation has passed without a fault. */
export function tryEveryCall<World>(operation: Operation<World>): void {
  for (const when of ["before", "after"] as const)
    test(`${operation.what} comes right when its Nth call to the outside fails ${when} it took effect, for every N`, async () => {
      const hits = new Set<string>();
      for (let nth = 1; ; nth++) {
        const { done, hit } = await tryWith(operation, nth, when);
        if (hit) hits.add(hit);
        if (done) break;
        expect(nth).toBeLessThan(150);
      }
      expect(hits.size).toBeGreaterThan(0);
    }, 240_000);
}
