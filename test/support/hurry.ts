/** What is put off for a moment, so that more of it comes together, isn't: until mocks are restored. */
import { vi } from "vitest";

const { wait } = scheduler;
const MOST_MS = 10;

export function hurry(): void {
  vi.spyOn(scheduler, "wait").mockImplementation((ms) =>
    wait.call(scheduler, Math.min(ms, MOST_MS)),
  );
}
