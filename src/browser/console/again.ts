/**
 * Where long work shows its progress: looks again until it is done, without taking the page from its reader. Then the page
 * is loaded anew, since other parts of it may say more.
 */
import { localTimes } from "./shared/times.ts";

const PAUSE_MS = 700;
/** Beyond that a connection or a server is in trouble; the page's own link looks again. */
const FAILURES_MAX = 3;

const working = (root: ParentNode): Element | null =>
  root.querySelector(".progress")?.closest("section[aria-labelledby]") ?? null;

async function look(failures: number): Promise<void> {
  const here = working(document);
  if (!here || failures >= FAILURES_MAX) return;
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok) return look(failures + 1);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!working(page)) return location.reload();
  const name = here.getAttribute("aria-labelledby") ?? "";
  const there = page.querySelector(`section[aria-labelledby="${CSS.escape(name)}"]`);
  if (!there) return;
  localTimes(there);
  here.replaceWith(there);
  return look(0);
}

void look(0);
