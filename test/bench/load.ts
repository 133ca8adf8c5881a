/**
 * Load from this process: a fixed number of connections, each with one request under way. It speaks just enough HTTP to
 * be cheap, so that the machine's time goes to the Worker that is measured and not to the client.
 */
import { connect, type Socket } from "node:net";

export interface Load {
  url: URL;
  /** One whole request each, made beforehand; every one is sent once. */
  requests: readonly Buffer[];
  connections: number;
}

export interface Measured {
  requests: number;
  /** Answers other than 2xx. */
  failed: number;
  perSecond: number;
  p50: number;
  p99: number;
}

export function request(
  url: URL,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Buffer {
  const bytes = Buffer.from(body);
  const lines = Object.entries({
    host: url.host,
    ...headers,
    "content-length": String(bytes.length),
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join("")}\r\n`), bytes]);
}

/** @throws Error when a connection breaks */
export async function load({ url, requests, connections }: Load): Promise<Measured> {
  const queue = requests.values();
  const times: number[] = [];
  let failed = 0;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: Math.min(connections, requests.length) }, async () => {
      const line = await Line.open(url);
      try {
        for (const each of queue) {
          const from = performance.now();
          const status = await line.ask(each);
          times.push(performance.now() - from);
          if (status < 200 || status > 299) failed++;
        }
      } finally {
        line.close();
      }
    }),
  );
  const seconds = (performance.now() - began) / 1_000;
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? 0;
  return {
    requests: times.length,
    failed,
    perSecond: times.length / seconds,
    p50: at(0.5),
    p99: at(0.99),
  };
}

/** One connection. */
class Line {
  private readonly socket: Socket;
  private held: Buffer = Buffer.alloc(0);
  private answered: ((status: number) => void) | null = null;
  private broken: ((error: Error) => void) | null = null;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => this.take(chunk));
    socket.on("error", (error) => this.broken?.(error));
    socket.on("close", () => this.broken?.(new Error("the connection was closed")));
  }

  static open(url: URL): Promise<Line> {
    return new Promise((resolve, reject) => {
      const socket = connect(Number(url.port), url.hostname, () => resolve(new Line(socket)));
      socket.once("error", reject);
    });
  }

  ask(bytes: Buffer): Promise<number> {
    return new Promise((resolve, reject) => {
      this.answered = resolve;
      this.broken = reject;
      this.socket.write(bytes);
    });
  }

  close(): void {
    this.broken = null;
    this.socket.destroy();
  }

  private take(chunk: Buffer): void {
    this.held = this.held.length === 0 ? chunk : Buffer.concat([this.held, chunk]);
    const end = this.held.indexOf("\r\n\r\n");
    if (end < 0) return;
    const head = this.held.toString("latin1", 0, end);
    const status = Number(head.slice(9, 12));
    const body = this.held.subarray(end + 4);
    if (!isWhole(head, status, body)) return;
    this.held = Buffer.alloc(0);
    const answered = this.answered;
    this.answered = null;
    answered?.(status);
  }
}

/** With its length said, in chunks, or without a body at all. */
function isWhole(head: string, status: number, body: Buffer): boolean {
  if (status === 204) return true;
  const [, length] = /\r\ncontent-length: (\d+)/i.exec(head) ?? [];
  return length === undefined
    ? body.subarray(-5).equals(Buffer.from("0\r\n\r\n"))
    : body.length >= Number(length);
}
