/**
 * Scroll depth and engaged time, where the policy switches them on: one event `Page Left` when the page is left, with the
 * whole seconds it was looked at, the deepest point that was seen in per cent of its height, and its path.
 */
import type { LeaveModule } from "./types.ts";

/** Without a sign of life for so long nobody is looking, though the page may be open. Milliseconds. */
const ATTENTION = 30_000;
const SIGNS = ["pointerdown", "pointermove", "keydown", "scroll", "touchmove"] as const;

export const watch: LeaveModule["watch"] = (track) => {
  let path: string;
  let engaged: number;
  let deepest: number;
  /** When attention was last seen; 0 while nobody looks. */
  let seen: number;

  const see = (): void => {
    const { scrollHeight } = document.documentElement;
    deepest = Math.max(deepest, Math.min(1, (scrollY + innerHeight) / scrollHeight));
    const now = performance.now();
    if (seen) engaged += Math.min(now - seen, ATTENTION);
    seen = document.hidden ? 0 : now;
  };
  const begin = (): void => {
    path = location.pathname;
    engaged = deepest = seen = 0;
    see();
  };
  const leave = (): void => {
    see();
    void track("Page Left", {
      seconds: Math.round(engaged / 1000),
      scroll: Math.round(deepest * 100),
      path,
    });
    begin();
  };

  begin();
  for (const sign of SIGNS) addEventListener(sign, see, { passive: true });
  document.addEventListener("visibilitychange", see);
  // Before the snippet's own listener, which hands over what is unsent.
  addEventListener("pagehide", leave, true);
  addEventListener("pageshow", (event) => event.persisted && begin());
  return leave;
};
