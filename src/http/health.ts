/** `/_u/health` and the statement on Global Privacy Control. */
import { version } from "../../dist/assets.ts";
import type { Services } from "./collect/services.ts";
import { json } from "./respond.ts";

/** What is wrong, if anything is: by name, without details that would help somebody else. */
export async function health(_request: Request, { db, bucket }: Services): Promise<Response> {
  const checks = {
    d1: db.prepare("SELECT 1 FROM events LIMIT 1").first(),
    r2: bucket.head("health"),
  };
  const wrong: string[] = [];
  await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      await Promise.resolve(check).catch(() => wrong.push(name));
    }),
  );
  const ok = wrong.length === 0;
  return json({ ok, version, ...(ok ? {} : { wrong }) }, ok ? 200 : 503);
}

/** https://globalprivacycontrol.org: this site honours the signal. */
export const gpcStatement = (): Response =>
  new Response(JSON.stringify({ gpc: true, lastUpdate: "2026-11-22" }), {
    headers: { "content-type": "application/json", "cache-control": "public, max-age=86400" },
  });
