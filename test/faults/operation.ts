/**
 * An operation, tried with a trouble that strikes at every chance it has, one after the other. Whoever asked asks again, as real
 * clients do; in the end everything is as if nothing had gone wrong.
 */
import {
  createExecutionContext,
  createScheduledController,
  runInDurableObject,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import type { Env } from "../../src/env.ts";
import worker from "../../src/worker.ts";
import type { Host } from "../../src/person/host.ts";
import { hurry } from "../support/hurry.ts";
import { type Account, expectBalance } from "../support/invariants.ts";
import { objectOf, settle } from "../support/objects.ts";
import { unseen } from "../support/outside.ts";
import { api, Browser, goThrough, type Said } from "../support/site.ts";
import { identityToken } from "../worker/identity/tokens.ts";
import type { Trouble } from "./troubles.ts";

export interface Operation<World> {
  what: string;
  /** Before anything fails. */
  prepare(name: string): Promise<World>;
  /** What is tried while something goes wrong. */
  act(world: World): Promise<unknown>;
  /** Who took part, and what must be there in the end. */
  account(world: World): Account;
  /** What else must be true; whatever was left to alarms has run. */
  holds?(world: World): Promise<void>;
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
  separate: string[];
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
export const wasSent = (name: string): string[] => [
  `${name}-in-0`,
  `${name}-in-1`,
  `${name}-was-0`,
  `${name}-was-1`,
];

export async function cron(often = "*/5 * * * *"): Promise<void> {
  const controller = createScheduledController({ cron: often, scheduledTime: new Date() });
  await worker.scheduled(controller, env as unknown as Env, createExecutionContext());
}

/** Whatever waits has an alarm that will see to it, if nobody calls any more; while that rings there is none. */
const expectAlarms = (visitors: readonly string[]): Promise<unknown> =>
  unseen(() =>
    Promise.all(
      visitors.map(async (visitor) => {
        for (let looks = 0; !(await isSeenTo(visitor).catch(() => false)); looks++) {
          if (looks === LOOKS) throw new Error(`${visitor} has work and no alarm`);
          await scheduler.wait(10);
        }
      }),
    ),
  );

/** An alarm that rings is through by then. */
const LOOKS = 200;

const isSeenTo = (visitor: string): Promise<boolean> =>
  runInDurableObject(objectOf(visitor), async (object, { storage }) => {
    const { host } = object as unknown as { host: Host };
    return !(host.hasWork || host.hasOutbox) || (await storage.getAlarm()) !== null;
  });

const told = (when: string, error: unknown): Error =>
  new Error(`${when}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });

/** The messages that the Worker said it has. */
class Answers {
  readonly taken = new Set<string>();
  readonly stop = goThrough((door) => async (request) => {
    const said = request.method === "POST" ? await request.clone().text() : "";
    const response = await door(request);
    const [, id] = /"messageId":"([^"]+)"/.exec(said) ?? [];
    if (id && response.status === 200)
      if (!/"reason":"(?!duplicate)/.test(await response.clone().text())) this.taken.add(id);
    return response;
  });
}

let runs = 0;

async function tryWith<World>(
  operation: Operation<World>,
  trouble: Trouble,
  nth: number,
  outOfTime: AbortSignal,
): Promise<{ done: boolean; hit: string | null }> {
  const answers = new Answers();
  hurry();
  const world = await operation.prepare(`m${++runs}-${nth}`);
  const visitors = (): string[] => {
    const { humans, erased = [] } = operation.account(world);
    return [...humans.flat(), ...erased].filter((id) => id !== null);
  };
  const struck = await trouble.begin(nth, visitors);
  const end = (): void => {
    outOfTime.removeEventListener("abort", late);
    struck.stop();
    answers.stop();
    vi.restoreAllMocks();
  };
  // What hangs then mustn't trouble the tests that follow.
  const late = (): void => {
    console.error(`out of time with ${nth}: ${struck.hit} was struck`);
    end();
  };
  outOfTime.addEventListener("abort", late);
  try {
    await operation.act(world);
    if (!trouble.endsAlarms) await expectAlarms(visitors());
    if (trouble.isOverSoon) struck.stop();
    await settle(visitors(), 0);
  } catch (error) {
    throw told(`${struck.hit} was struck`, error);
  } finally {
    end();
  }
  await settle(visitors(), 0);
  try {
    const account = operation.account(world);
    const isThere = (id: string): boolean => !trouble.mayRefuse || answers.taken.has(id);
    const sent = account.sent.filter(isThere);
    await expectBalance({ ...account, sent }, !trouble.mayRefuse);
    if (sent.length === account.sent.length) await operation.holds?.(world);
  } catch (error) {
    throw told(`after ${struck.hit} was struck`, error);
  }
  return { done: struck.calls < nth, hit: struck.hit };
}

/**
 * One test for each trouble; it goes on until the operation has passed without it.
 * @param strikes whether there is a chance for it at all, so that none is a failure
 */
export function tryAll<World>(
  operation: Operation<World>,
  troubles: readonly Trouble[],
  strikes: "surely" | "perhaps" = "surely",
): void {
  for (const trouble of troubles)
    test(`${operation.what} comes right when ${trouble.what}, for every N`, async ({ signal }) => {
      const hits = new Set<string>();
      for (let nth = 1; ; nth++) {
        signal.throwIfAborted();
        const { done, hit } = await tryWith(operation, trouble, nth, signal);
        if (hit) hits.add(hit);
        if (done) break;
        expect(nth).toBeLessThan(150);
      }
      if (strikes === "surely") expect(hits.size).toBeGreaterThan(0);
    });
}
