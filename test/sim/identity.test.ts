import { expect, test, vi } from "vitest";

vi.mock("cloudflare:workers", () => ({
  DurableObject: class {
    readonly ctx: unknown;
    readonly env: unknown;
    constructor(ctx: unknown, env: unknown) {
      this.ctx = ctx;
      this.env = env;
    }
  },
}));

/** `npm run bench -- identity` plays 5,000 people with 12,000 devices in under a minute. */
test("in a town of 400 people whose tablets, mail, typing errors and two lives would fuse them, hardly anybody is one with somebody else, nearly everybody is one with themselves, and undoing what is wrong leaves nothing wrong", async () => {
  const { simulate } = await import("./identity/simulate.ts");
  const { before, after } = await simulate({ seed: 3, people: 400, devices: 960 });
  expect(before.ought).toBeGreaterThan(400);
  expect(before.precision).toBeGreaterThanOrEqual(0.999);
  expect(before.recall).toBeGreaterThanOrEqual(0.95);
  expect(after.precision).toBe(1);
});
