/**
 * A list of any length as lines of JSON: made page by page as fast as the reader takes it, so that it never stands in
 * memory. The last line is `{"next":…}`: where to go on, or null at the end. Without it the connection was cut, and the
 * last line that did arrive says where.
 */
import { nameNow, openingsOf } from "../../domain/consent/openings.ts";
import type { Policy } from "../../domain/consent/policy.ts";
import { type Day, dayNamed, dayOf } from "../../domain/ids.ts";
import { Problem } from "../../domain/problem.ts";
import { purposesOf } from "../../out/line.ts";
import { attachment, PRIVATE_FILE } from "../respond.ts";
import { asked } from "../api/input.ts";
import { readDay, REVERSED } from "../api/reports.ts";

export interface Page {
  lines: readonly object[];
  /** Where to go on; null at the end. */
  next: string | null;
}

/** @param page makes the page after a cursor; `spent` says that this answer has done as much as one may. */
export function ndjson(
  name: string,
  from: string | null,
  page: (after: string | null) => Promise<Page>,
  spent: () => boolean,
): Response {
  const utf8 = new TextEncoder();
  const write = (lines: readonly object[]): Uint8Array =>
    utf8.encode(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  let cursor = from;
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { lines, next } = await page(cursor);
        cursor = next;
        const isLast = next === null || spent();
        controller.enqueue(write(isLast ? [...lines, { next }] : lines));
        if (isLast) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, {
    headers: {
      ...PRIVATE_FILE,
      "content-type": "application/x-ndjson; charset=utf-8",
      "content-disposition": attachment(name),
    },
  });
}

/** What every export is asked with. */
export interface Asked {
  purpose: string;
  from: Day;
  to: Day;
  after: string | null;
}

/** @throws Problem `invalid` with the name of the parameter */
export function readAsked(request: Request, policy: Policy, now: number): Asked {
  const purpose = nameNow(openingsOf(policy), asked(request, "purpose") ?? "");
  if (!purposesOf(policy).includes(purpose))
    throw new Problem("invalid", `must be one of ${purposesOf(policy).join(", ")}`, {
      path: "purpose",
    });
  const from = readDay(request, "from") ?? 0;
  // A clock may be ahead of ours, and what is today somewhere is tomorrow here.
  const to = readDay(request, "to") ?? dayOf(now) + 1;
  if (from > to) throw new Problem("invalid", REVERSED, { path: "from" });
  return { purpose, from, to, after: asked(request, "after") ?? null };
}

/** `<day>.<visitor>` and what follows, as the lines themselves say it. @throws Problem `invalid` */
export function readAfter(after: string): { day: Day; visitor: string; id: string } {
  const [, day = "", visitor = "", id = ""] =
    /^(\d{4}-\d{2}-\d{2})\.([a-z2-7]{26})(?:\.(.{1,200}))?$/su.exec(after) ?? [];
  const read = dayNamed(day);
  if (read === null)
    throw new Problem("invalid", "must be what the answer before ended with", { path: "after" });
  return { day: read, visitor, id };
}
