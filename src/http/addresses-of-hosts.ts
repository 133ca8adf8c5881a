/**
 * Safari takes a cookie that a server sets for a tracker's when the server's host has another network address than the page's,
 * and keeps it for seven days. What DNS says is compared as WebKit does: the first half of an address must be equal.
 */
import type { Fetch } from "./sitemap.ts";

/** Cloudflare's resolver, as JSON. */
const RESOLVER = "https://cloudflare-dns.com/dns-query";
const TIMEOUT_MS = 5_000;

export interface HostComparison {
  host: string;
  /** Null when DNS didn't say. */
  sameNetwork: boolean | null;
}

export async function compareHosts(
  collector: string,
  sites: readonly string[],
  fetch: Fetch,
): Promise<HostComparison[]> {
  const own = await networksOf(collector, fetch);
  return Promise.all(
    sites.map(async (host) => {
      const networks = await networksOf(host, fetch);
      const known = own.length > 0 && networks.length > 0;
      return { host, sameNetwork: known ? networks.some((each) => own.includes(each)) : null };
    }),
  );
}

async function networksOf(host: string, fetch: Fetch): Promise<string[]> {
  try {
    const answer = await fetch(`${RESOLVER}?${new URLSearchParams({ name: host, type: "A" })}`, {
      headers: { accept: "application/dns-json" },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const { Answer = [] } = (await answer.json()) as { Answer?: { type: number; data: string }[] };
    return Answer.filter(({ type }) => type === 1).map(({ data }) =>
      data.split(".").slice(0, 2).join("."),
    );
  } catch {
    return [];
  }
}
