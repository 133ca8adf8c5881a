/** What is deployed and what is sent to browsers: bytes, and how long a new isolate takes until its first answer. */
import { gzipSync } from "node:zlib";
import { build as buildAssets } from "../../scripts/build.ts";
import { bundle, start } from "./runtime.ts";

export interface Sizes {
  worker: { minified: number; gzipped: number };
  snippet: number;
  banner: number;
  slots: number;
  /** Milliseconds of the first request of a new isolate and of one when it is warm, on this machine. */
  cold: { first: number; warm: number };
}

export const run = async (): Promise<Sizes> => {
  const { snippet, banner, slots } = await buildAssets();
  const worker = Buffer.from(await bundle("src/worker.ts", true));
  return {
    worker: { minified: worker.length, gzipped: gzipSync(worker, { level: 9 }).length },
    snippet: snippet.gzipped,
    banner: banner.gzipped,
    slots: slots.gzipped,
    cold: await coldStart(),
  };
};

async function coldStart(): Promise<Sizes["cold"]> {
  const runtime = await start([{ name: "usher", entry: "src/worker.ts", objects: ["Person"] }]);
  try {
    const health = new URL("/_u/health", runtime.urls.get("usher"));
    const time = async (): Promise<number> => {
      const from = performance.now();
      await (await fetch(health)).text();
      return performance.now() - from;
    };
    const first = await time();
    const warm: number[] = [];
    for (let n = 0; n < 20; n++) warm.push(await time());
    const round = (ms: number): number => Math.round(ms * 100) / 100;
    return { first: round(first), warm: round(Math.min(...warm)) };
  } finally {
    await runtime.dispose();
  }
}

if (import.meta.main) process.stdout.write(`${JSON.stringify(await run())}\n`);
