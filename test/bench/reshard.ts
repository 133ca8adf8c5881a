/**
 * `npm run reshard` as one runs it, on the Worker itself with local databases (wrangler alone is played): a site in one
 * database is spread over three, and then over two, while events come. Afterwards every accepted event is in exactly one of
 * those in use once, everybody is listed once, and each journey is whole.
 *
 *     reshard [--visitors 40]
 */
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { boundIn } from "../../scripts/databases.ts";
import { type Account, openAccount } from "../support/account.ts";
import { testBindings } from "../support/bindings.ts";
import { ALL, fromServer, message } from "./messages.ts";
import { type Runtime, start, type WorkerSpec } from "./runtime.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** What isn't landed by then is lost. */
const GIVE_UP_MS = 400_000;

export interface Resharded {
  shards: string[];
  accepted: number;
  /** Of each database that is bound, in their order. */
  events: number[];
  distinct: number;
  people: number;
  inJourneys: number;
  seconds: number;
  balanced: boolean;
}

class Site {
  private readonly account: Account;
  private readonly runtime: Runtime;
  private readonly url: string;
  accepted = 0;

  constructor(account: Account, runtime: Runtime, port: number) {
    this.account = account;
    this.runtime = runtime;
    this.url = `http://127.0.0.1:${port}/_u/`;
  }

  /** One event of everybody. What a deployment cuts off is sent again, as clients do. */
  async visit(visitors: readonly string[], n: number): Promise<void> {
    for (const visitor of visitors) {
      const { headers, body } = fromServer(message(visitor, n, ALL));
      const send = (): Promise<boolean> =>
        fetch(`${this.url}v1/track`, { method: "POST", headers, body }).then(
          ({ ok }) => ok,
          () => false,
        );
      while (!(await send())) await pause(100);
      this.accepted++;
    }
  }

  async api(path: string): Promise<Record<string, unknown>> {
    const headers = { authorization: `Bearer ${testBindings.OWNER_TOKEN}` };
    const answer = await fetch(`${this.url}api/${path}`, { headers });
    return (await answer.json()) as Record<string, unknown>;
  }

  async rows(sql: string): Promise<number[]> {
    const { names } = await boundIn(this.account.config);
    return Promise.all(
      names.map(async (name) => {
        const db = await this.runtime.miniflare.getD1Database(name, "site");
        return (await db.prepare(`SELECT count(*) AS n FROM ${sql}`).first<number>("n")) ?? 0;
      }),
    );
  }

  async landed(): Promise<void> {
    for (const until = Date.now() + GIVE_UP_MS; Date.now() < until; await pause(200))
      if (sum(await this.rows("events")) >= this.accepted) return;
  }

  reshard(count: number): Promise<number | null> {
    const args = [
      "--site",
      this.url.replace("/_u/", ""),
      "--dir",
      this.account.dir,
      "--every",
      "1",
    ];
    const child = spawn("node", ["scripts/reshard.ts", "--to", String(count), ...args], {
      cwd: root,
      env: { ...this.account.env, USHER_TOKEN: testBindings.OWNER_TOKEN },
      stdio: ["ignore", 2, 2],
    });
    return new Promise((done) => child.on("close", done));
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((listening) => server.once("listening", listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

export const run = async (args: string[]): Promise<{ balanced: boolean; rounds: Resharded[] }> => {
  const { values } = parseArgs({ args, options: { visitors: { type: "string" } } });
  const visitors = Array.from({ length: Number(values.visitors ?? 40) }, (_, n) => `visitor-${n}`);
  const worker = async (): Promise<WorkerSpec[]> => {
    const { names } = await boundIn(account.config);
    return [{ name: "site", entry: "src/worker.ts", objects: ["Person"], databases: names }];
  };
  const account = await openAccount(async () => {
    const { shards } = await boundIn(account.config);
    await runtime.redeploy(await worker(), { SHARDS: shards.join() });
  });
  const port = await freePort();
  const runtime = await start(await worker(), { port });
  try {
    const site = new Site(account, runtime, port);
    await site.visit(visitors, 0);
    await site.landed();
    const rounds: Resharded[] = [];
    for (const [n, count] of [3, 2].entries()) {
      const began = performance.now();
      const moving = site.reshard(count);
      await site.visit(visitors, n + 1);
      const failed = (await moving) !== 0;
      const seconds = Math.round((performance.now() - began) / 1_000);
      await site.landed();
      const round = await readAll(site, account, visitors.length, seconds);
      rounds.push({ ...round, balanced: round.balanced && !failed });
      process.stderr.write(`reshard: ${JSON.stringify(round)}\n`);
    }
    return { balanced: rounds.every(({ balanced }) => balanced), rounds };
  } finally {
    await runtime.dispose();
    account.close();
  }
};

async function readAll(
  site: Site,
  account: Account,
  visitors: number,
  seconds: number,
): Promise<Resharded> {
  const { names, shards } = await boundIn(account.config);
  const events = await site.rows("events");
  const distinct = sum(await site.rows("(SELECT DISTINCT visitor, id FROM events)"));
  const { people } = await site.api("people?limit=500");
  const ids = new Set((people as { id: string }[]).map(({ id }) => id));
  let inJourneys = 0;
  for (const id of ids)
    inJourneys += ((await site.api(`people/${id}/journey`))["events"] as unknown[]).length;
  const { accepted } = site;
  const balanced =
    [sum(events), distinct, inJourneys].every((found) => found === accepted) &&
    (people as unknown[]).length === visitors &&
    ids.size === visitors &&
    events.every((found, n) => found > 0 === shards.includes(names[n] ?? ""));
  return {
    shards,
    accepted,
    events,
    distinct,
    people: ids.size,
    inJourneys,
    seconds,
    balanced,
  };
}
