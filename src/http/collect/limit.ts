/** How often one address may call, counted by the platform's limiter where it is bound. */
import { Problem } from "../../domain/problem.ts";
import { lineOf } from "../../domain/suggestion/networks.ts";
import type { Services } from "./services.ts";

/** Seconds. */
const RETRY_AFTER = 10;

/** @throws Problem `rate_limited` */
export async function limit(request: Request, { limiter }: Services): Promise<void> {
  if (!limiter) return;
  const key = lineOf(request.headers.get("cf-connecting-ip") ?? "");
  // A limiter in trouble turns nobody away.
  const { success } = await limiter.limit({ key }).catch(() => ({ success: true }));
  if (!success)
    throw new Problem("rate_limited", "Too many calls from this address.", {
      retryAfter: RETRY_AFTER,
    });
}
