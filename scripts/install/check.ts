/** Whether what was deployed does what it must: it answers, and records nothing of somebody who said no. */

/** A route takes some seconds to reach every place of Cloudflare. */
const TRIES = 10;
const PAUSE_MS = 3_000;

const BROWSER =
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36";

/** @throws Error with what is wrong */
export async function check(
  url: string,
  writeKey: string,
  say: (line: string) => void,
  pause: number = PAUSE_MS,
): Promise<void> {
  const health = await patiently(() => answer(`${url}/_u/health`), pause);
  if (health["ok"] !== true) throw new Error(`${url}/_u/health: ${JSON.stringify(health)}`);
  say(`  ${url}/_u/health: version ${String(health["version"])}`);
  const tried = await answer(`${url}/_u/v1/track`, {
    method: "POST",
    headers: { "content-type": "text/plain", "user-agent": BROWSER, origin: new URL(url).origin },
    body: JSON.stringify({
      writeKey,
      messageId: `install-${Date.now()}`,
      event: "Installation checked",
      // A no in words, since what the region's law grants without a question depends on where this runs.
      context: { consent: { categoryPreferences: { measurement: false } } },
    }),
  });
  const [drop] = (tried["dropped"] ?? []) as { reason?: string }[];
  if (tried["accepted"] !== 0 || drop?.reason !== "consent")
    throw new Error(`An event without consent wasn't refused: ${JSON.stringify(tried)}`);
  say("  an event without consent is refused");
}

async function patiently<T>(ask: () => Promise<T>, pause: number): Promise<T> {
  for (let left = TRIES; ; left--) {
    try {
      return await ask();
    } catch (error) {
      if (left === 1) throw error;
      await new Promise((later) => setTimeout(later, pause));
    }
  }
}

async function answer(url: string, init?: RequestInit): Promise<Record<string, unknown>> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(10_000) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answers ${response.status}: ${text.slice(0, 200)}`);
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new Error(`${url} isn't answered by Usher. Is the route on the right zone?`);
  }
}
