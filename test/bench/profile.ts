/**
 * Where the CPU goes in a warm single event: V8's sampling profiler inside workerd while a load runs.
 *
 *     profile [--path server|server-all|browser|refused] [--seconds 4] [--visitors 200] [--top 40] [--visits]
 *
 * With `--visits` each visitor is new and sends five events. Shares are of the samples taken while the isolate ran anything. `(program)` is native code of the platform: parsing
 * HTTP, RPC between isolates' contexts, SQLite, serialisation.
 */
import { parseArgs } from "node:util";
import { load, request } from "./load.ts";
import {
  ALL,
  fromBrowser,
  fromServer,
  MEASUREMENT,
  message,
  visiting,
  withKey,
} from "./messages.ts";
import { cpuSeconds, start } from "./runtime.ts";

interface ProfileNode {
  id: number;
  callFrame: { functionName: string; url: string; lineNumber: number };
  children?: number[];
}

interface CpuProfile {
  nodes: ProfileNode[];
  samples: number[];
  timeDeltas: number[];
}

export interface Profiled {
  requests: number;
  perSecond: number;
  /** Microseconds of CPU the whole of workerd used for one request, its D1 included; zero where there is no /proc. */
  cpuPerRequest: number;
  /** Microseconds of one request, running JavaScript or the platform's native code below it. */
  busyPerRequest: number;
  /** Microseconds a request by function: in it alone. */
  self: Record<string, number>;
  /** Microseconds a request by function: with what it called. */
  total: Record<string, number>;
}

export const run = async (args: string[]): Promise<Profiled> => {
  const { values } = parseArgs({
    args,
    options: {
      path: { type: "string" },
      seconds: { type: "string" },
      visitors: { type: "string" },
      top: { type: "string" },
      connections: { type: "string" },
      visits: { type: "boolean" },
    },
  });
  const path = values.path ?? "server";
  const visitors = Array.from({ length: Number(values.visitors ?? 200) }, (_, n) => `v${n}`);
  const connections = Number(values.connections ?? 16);
  const runtime = await start([{ name: "usher", entry: "src/worker.ts", objects: ["Person"] }], {
    inspectorPort: 0,
  });
  try {
    const url = runtime.urls.get("usher") as URL;
    const cookies: string[] = [];
    for (const _ of path === "browser" ? visitors : []) {
      const { headers, body } = fromBrowser({ accept: "all" }, "");
      const answer = await fetch(new URL("/_u/consent", url), { method: "POST", headers, body });
      const pairs = answer.headers.getSetCookie().map((line) => line.split(";", 1)[0]);
      cookies.push(pairs.join("; "));
    }
    let sent = 0;
    const next = (): Buffer => {
      const n = sent++;
      const at = n % visitors.length;
      const words = message(
        values.visits ? visiting(n)[0] : (visitors[at] ?? ""),
        n,
        path === "server" ? MEASUREMENT : path === "server-all" ? ALL : undefined,
      );
      const { headers, body } = path.startsWith("server")
        ? fromServer(words)
        : fromBrowser(withKey(words), cookies[at] ?? "");
      return request(url, "/_u/v1/track", headers, body);
    };
    const some = (count: number): Buffer[] => Array.from({ length: count }, next);
    await load({ url, requests: some(visitors.length * 4), connections });
    const { perSecond } = await load({ url, requests: some(visitors.length * 3), connections });
    const requests = some(Math.ceil(perSecond * Number(values.seconds ?? 4)));

    const inspector = await Inspector.open(
      new URL("/core:user:usher", await runtime.miniflare.getInspectorURL()),
    );
    await inspector.ask("Profiler.enable");
    await inspector.ask("Profiler.setSamplingInterval", { interval: 200 });
    await inspector.ask("Profiler.start");
    const before = await cpuSeconds();
    const measured = await load({ url, requests, connections });
    const after = await cpuSeconds();
    const { profile } = (await inspector.ask("Profiler.stop")) as { profile: CpuProfile };
    inspector.close();
    const counted = count(profile, measured.requests, Number(values.top ?? 40));
    return {
      requests: measured.requests,
      perSecond: Math.round(measured.perSecond),
      cpuPerRequest: Math.round(((after - before) * 1e6) / measured.requests),
      ...counted,
    };
  } finally {
    await runtime.dispose();
  }
};

function count(
  { nodes, samples, timeDeltas }: CpuProfile,
  requests: number,
  top: number,
): Pick<Profiled, "busyPerRequest" | "self" | "total"> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(
    nodes.flatMap((node) => (node.children ?? []).map((id) => [id, node.id])),
  );
  const nameOf = ({ callFrame: { functionName, lineNumber } }: ProfileNode): string =>
    `${functionName || "(anonymous)"}:${lineNumber + 1}`;
  const self = new Map<string, number>();
  const total = new Map<string, number>();
  let busy = 0;
  samples.forEach((id, at) => {
    const node = byId.get(id);
    const micros = timeDeltas[at + 1] ?? 0;
    if (!node || node.callFrame.functionName === "(idle)") return;
    busy += micros;
    self.set(nameOf(node), (self.get(nameOf(node)) ?? 0) + micros);
    const names = new Set<string>();
    for (let up: number | undefined = id; up !== undefined; up = parents.get(up)) {
      const each = byId.get(up);
      if (each) names.add(nameOf(each));
    }
    for (const name of names) total.set(name, (total.get(name) ?? 0) + micros);
  });
  const per = (counts: ReadonlyMap<string, number>): Record<string, number> =>
    Object.fromEntries(
      [...counts]
        .sort(([, a], [, b]) => b - a)
        .slice(0, top)
        .map(([name, micros]) => [name, Math.round((micros / requests) * 10) / 10]),
    );
  return {
    busyPerRequest: Math.round((busy / requests) * 10) / 10,
    self: per(self),
    total: per(total),
  };
}

/** The part of the debugging protocol that is needed: numbered questions, numbered answers. */
class Inspector {
  private readonly socket: WebSocket;
  private readonly waiting = new Map<number, (result: unknown) => void>();
  private asked = 0;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.addEventListener("message", ({ data }) => {
      const { id, result } = JSON.parse(String(data)) as { id?: number; result?: unknown };
      if (id === undefined) return;
      this.waiting.get(id)?.(result);
      this.waiting.delete(id);
    });
  }

  static open(url: URL): Promise<Inspector> {
    const socket = new WebSocket(url);
    return new Promise((resolve, reject) => {
      socket.addEventListener("open", () => resolve(new Inspector(socket)), { once: true });
      socket.addEventListener("error", () => reject(new Error("no inspector there")), {
        once: true,
      });
    });
  }

  ask(method: string, params: object = {}): Promise<unknown> {
    const id = ++this.asked;
    this.socket.send(JSON.stringify({ id, method, params }));
    return new Promise((resolve) => this.waiting.set(id, resolve));
  }

  close(): void {
    this.socket.close();
  }
}

if (import.meta.main)
  process.stdout.write(`${JSON.stringify(await run(process.argv.slice(2)), null, 1)}\n`);
