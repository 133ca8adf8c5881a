/** Reads the site's own sitemap: of its own hosts alone, and only so much of it. */
import { Problem } from "../domain/problem.ts";
import { plainPath } from "../domain/setup/facts.ts";

const BYTES = 2_000_000;
/** Of an index. */
const FILES = 5;
const PATHS = 2_000;
const TIMEOUT_MS = 10_000;

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * The paths that the sitemap names, each once.
 * @param origins the site's own
 * @throws Problem `invalid` for an address elsewhere, `unavailable` when it can't be had
 */
export async function readSitemap(
  url: string,
  origins: readonly string[],
  fetch: Fetch,
): Promise<string[]> {
  const own = (each: string): boolean =>
    URL.canParse(each) && origins.includes(new URL(each).origin);
  if (!own(url)) throw new Problem("invalid", "must be on the site's own host", { path: "url" });
  const text = await load(url, fetch);
  const places = locations(text);
  const files = /<sitemapindex[\s>]/.test(text) ? places.filter(own).slice(0, FILES) : [];
  const pages =
    files.length === 0
      ? places
      : (await Promise.all(files.map((file) => load(file, fetch)))).flatMap(locations);
  const paths = pages.filter(own).map((page) => plainPath(new URL(page).pathname));
  if (paths.length === 0)
    throw new Problem("invalid", "names no page of this site", { path: "url" });
  return [...new Set(paths)].slice(0, PATHS);
}

async function load(url: string, fetch: Fetch): Promise<string> {
  const failed = new Problem("unavailable", "the sitemap couldn't be read");
  const answer = await fetch(url, {
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => null);
  if (!answer?.ok || !answer.body) throw failed;
  const decoder = new TextDecoder();
  let [text, bytes] = ["", 0];
  for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    bytes += chunk.length;
    if (bytes > BYTES) break;
  }
  return text;
}

/** https://www.sitemaps.org/protocol.html: addresses stand in `<loc>`, with five characters escaped. */
const locations = (xml: string): string[] =>
  [...xml.matchAll(/<loc>\s*([^<\s]{1,2048})\s*<\/loc>/g)].map(([, place = ""]) =>
    place
      .replaceAll("&apos;", "'")
      .replaceAll("&quot;", '"')
      .replaceAll("&gt;", ">")
      .replaceAll("&lt;", "<")
      .replaceAll("&amp;", "&"),
  );
