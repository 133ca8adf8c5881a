/**
 * Intake beside a peer's, on the same machine in the same run, as ratios: Umami, an open collector of the same purpose, which
 * anyone can install (docs/bench/README.md says how).
 *
 *     peer --url http://127.0.0.1:3000 --website ID [--rounds 3] [--seconds 3] [--connections 16] [--visitors 200]
 *
 * The same number of connections, the same visitors, and page views of the same page; rounds take turns. The peer's own
 * client keeps a token between calls, with which it looks up less: `peer with its token`.
 */
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { load, type Measured, request } from "./load.ts";
import { AGENT, type Body, fromBrowser, message, withKey } from "./messages.ts";
import { start } from "./runtime.ts";

export interface Beside {
  /** Requests a second and milliseconds, medians; for orientation. */
  figures: Record<string, Pick<Measured, "perSecond" | "p50" | "p99">>;
  /** Events a second of ours against the peer's. */
  ratios: Record<string, number>;
  events: { accepted: number; landed: number; failed: number };
}

const OWN = "usher";
const PLAIN = "peer";
const TOKEN = "peer with its token";

export const run = async (args: string[]): Promise<Beside> => {
  const { values } = parseArgs({
    args,
    options: {
      url: { type: "string" },
      website: { type: "string" },
      rounds: { type: "string" },
      seconds: { type: "string" },
      connections: { type: "string" },
      visitors: { type: "string" },
    },
  });
  const { url: address, website } = values;
  if (!address || !website)
    throw new Error("say where the peer is, and for which site: --url http://… --website ID");
  const rounds = Number(values.rounds ?? 3);
  const seconds = Number(values.seconds ?? 3);
  const connections = Number(values.connections ?? 16);
  const visitors = Array.from({ length: Number(values.visitors ?? 200) }, (_, n) => `v${n}`);
  const peer = new Peer(new URL(address), website);
  const runtime = await start([{ name: OWN, entry: "src/worker.ts", objects: ["Person"] }]);
  try {
    const own = runtime.urls.get(OWN) as URL;
    const cookies = await chosen(own, visitors);
    await peer.meet(visitors);
    const paths: Record<string, (visitor: string, n: number) => Buffer> = {
      [OWN]: (visitor, n) => {
        const body = withKey(message(visitor, n));
        return asked(own, "/_u/v1/page", fromBrowser(body, cookies.get(visitor) ?? ""));
      },
      [PLAIN]: (visitor, n) => asked(peer.url, "/api/send", peer.view(visitor, n, false)),
      [TOKEN]: (visitor, n) => asked(peer.url, "/api/send", peer.view(visitor, n, true)),
    };
    const sent = new Map<string, number>();
    let [accepted, failed] = [0, 0];
    const send = async (name: string, count: number): Promise<Measured> => {
      const from = sent.get(name) ?? 0;
      sent.set(name, from + count);
      const requests = Array.from({ length: count }, (_, at) => {
        const n = from + at;
        return (paths[name] as (typeof paths)[string])(
          visitors[n % visitors.length] ?? "",
          Math.floor(n / visitors.length),
        );
      });
      const measured = await load({ url: name === OWN ? own : peer.url, requests, connections });
      if (name === OWN) accepted += count - measured.failed;
      failed += measured.failed;
      return measured;
    };
    const counts = new Map<string, number>();
    for (const name of Object.keys(paths)) {
      await send(name, visitors.length);
      counts.set(name, Math.ceil((await send(name, visitors.length)).perSecond * seconds));
    }
    const measured = new Map<string, Measured[]>(Object.keys(paths).map((name) => [name, []]));
    for (let round = 0; round < rounds; round++)
      for (const name of Object.keys(paths))
        measured.get(name)?.push(await send(name, counts.get(name) ?? 1));
    const db = await runtime.miniflare.getD1Database("DB", OWN);
    let landed = 0;
    for (let tries = 0; tries < 90 && landed < accepted; tries++) {
      if (tries > 0) await pause(1_000);
      landed = (await db.prepare("SELECT count(*) AS n FROM events").first<number>("n")) ?? 0;
    }
    return { ...summed(measured), events: { accepted, landed, failed } };
  } finally {
    await runtime.dispose();
  }
};

const asked = (url: URL, path: string, { headers, body }: Body): Buffer =>
  request(url, path, headers, body);

async function chosen(url: URL, visitors: readonly string[]): Promise<Map<string, string>> {
  const cookies = new Map<string, string>();
  for (const visitor of visitors) {
    const { headers, body } = fromBrowser({ accept: "all" }, "");
    const answer = await fetch(new URL("/_u/consent", url), { method: "POST", headers, body });
    const pairs = answer.headers.getSetCookie().map((line) => line.split(";", 1)[0] ?? "");
    cookies.set(visitor, pairs.join("; "));
  }
  return cookies;
}

/** Umami's collector as its own client calls it. */
class Peer {
  readonly url: URL;
  private readonly website: string;
  private readonly tokens = new Map<string, string>();

  constructor(url: URL, website: string) {
    this.url = url;
    this.website = website;
  }

  view(visitor: string, n: number, withToken: boolean): Body {
    const token = withToken ? this.tokens.get(visitor) : undefined;
    return {
      headers: {
        "content-type": "application/json",
        "user-agent": AGENT,
        ...(token === undefined ? {} : { "x-umami-cache": token }),
      },
      body: JSON.stringify({
        type: "event",
        payload: {
          website: this.website,
          id: visitor,
          hostname: "www.example.org",
          language: "en-GB",
          screen: "1440x900",
          title: "A new left back",
          url: `/news/article-${n % 7}?utm_source=newsletter&utm_campaign=week-46`,
          referrer: "https://www.example.org/",
        },
      }),
    };
  }

  /** @throws Error when the peer doesn't take a view */
  async meet(visitors: readonly string[]): Promise<void> {
    for (const visitor of visitors) {
      const { headers, body } = this.view(visitor, 0, false);
      const answer = await fetch(new URL("/api/send", this.url), { method: "POST", headers, body });
      const said = (await answer.json()) as { cache?: string };
      if (!answer.ok || !said.cache) throw new Error(`the peer answered ${answer.status}`);
      this.tokens.set(visitor, said.cache);
    }
  }
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** A ratio of each round, then their median. */
function summed(
  measured: ReadonlyMap<string, readonly Measured[]>,
): Pick<Beside, "figures" | "ratios"> {
  const figures = Object.fromEntries(
    [...measured].map(([name, rounds]) => [
      name,
      {
        perSecond: Math.round(median(rounds.map((each) => each.perSecond))),
        p50: Math.round(median(rounds.map((each) => each.p50)) * 100) / 100,
        p99: Math.round(median(rounds.map((each) => each.p99)) * 100) / 100,
      },
    ]),
  );
  const own = measured.get(OWN) ?? [];
  const against = (name: string): number =>
    Math.round(
      median(
        (measured.get(name) ?? []).map(
          (each, round) => (own[round]?.perSecond ?? 0) / each.perSecond,
        ),
      ) * 100,
    ) / 100;
  return {
    figures,
    ratios: {
      [`${OWN} events/s ÷ ${PLAIN}`]: against(PLAIN),
      [`${OWN} events/s ÷ ${TOKEN}`]: against(TOKEN),
    },
  };
}

if (import.meta.main) process.stdout.write(`${JSON.stringify(await run(process.argv.slice(2)))}\n`);
