/** Who may be cut off at any moment, and then never says that it is over: nobody waits for them longer than a term. */
import type { Millis } from "./ids.ts";

/** Whether it is. A clock may go back, and who began then would be waited for until it has caught up. */
export const isOver = (since: Millis, term: Millis, now: Millis): boolean =>
  Math.abs(now - since) >= term;
