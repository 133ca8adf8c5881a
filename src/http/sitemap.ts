/** Reads the site's own sitemap: of its own hosts alone, and only so much of it. */
import { Problem } from "../domain/problem.ts";
import { cleanUrl } from "../domain/intake/page.ts";
import { pagePath, type Sitemap } from "../domain/setup/facts.ts";

const BYTES = 2_000_000;
/** Of an index. */
const FILES = 5;
const PATHS = 2_000;
const TIMEOUT_MS = 10_000;

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * The paths that the sitemap names, each once and spelled as recorded pages are.
 * @param origins the site's own
 * @throws Problem `invalid` for an address elsewhere, `unavailable` when it can't be had
 */
export async function readSitemap(
  url: string,
  origins: readonly string[],
  fetch: Fetch,
): Promise<Omit<Sitemap, "at">> {
  const own = (each: string): boolean =>
    URL.canParse(each) && origins.includes(new URL(each).origin);
  if (!own(url)) throw new Problem("invalid", "must be on the site's own host", { path: "url" });
  const index = await load(url, fetch);
  const places = locations(index.text);
  const listed = /<sitemapindex[\s>]/.test(index.text) ? places.filter(own) : [];
  const files = await Promise.all(listed.slice(0, FILES).map((file) => load(file, fetch)));
  const pages = files.length === 0 ? places : files.flatMap(({ text }) => locations(text));
  const found = pages.filter(own).flatMap((page) => cleanUrl(page)?.path ?? []);
  const paths = [...new Set(found.map(pagePath))];
  if (paths.length === 0)
    throw new Problem("invalid", "names no page of this site", { path: "url" });
  const isCut =
    paths.length > PATHS || listed.length > FILES || [index, ...files].some(({ cut }) => cut);
  return { paths: paths.slice(0, PATHS), cut: isCut };
}

/** `cut`: it is longer than what is read of it. */
async function load(url: string, fetch: Fetch): Promise<{ text: string; cut: boolean }> {
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
    if (bytes > BYTES) return { text, cut: true };
  }
  return { text, cut: false };
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
