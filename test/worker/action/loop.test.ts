/** The whole loop through the Worker's own doors: hints given, shown, taken or not, learned from by cron, reported. */
import {
  createExecutionContext,
  createScheduledController,
  waitOnExecutionContext,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { seeded } from "../../../src/domain/learning/random.ts";
import type { Env } from "../../../src/env.ts";
import { learning } from "../../../src/http/documents.ts";
import { settle as rest } from "../../support/objects.ts";
import { api } from "../../support/site.ts";
import worker from "../../../src/worker.ts";
import { consenting, idOf, next, offer, settle } from "./stage.ts";

afterEach(() => void vi.restoreAllMocks());

test("cron learns from what was taken and what wasn't, and the reports say so", async () => {
  await offer([
    { id: "good", slots: ["left"], label: "Good" },
    { id: "bad", slots: ["right"], label: "Bad" },
  ]);
  for (let n = 0; n < 12; n++) {
    const browser = await consenting();
    for (const slot of ["left", "right"]) {
      const given = await next(browser, slot);
      expect(idOf(given)).toBe(slot === "left" ? "good" : "bad");
      await settle(browser, given.body["hint"], "shown");
      await settle(browser, given.body["hint"], slot === "left" ? "taken" : "dismissed");
    }
    await rest([browser.visitor ?? ""]);
  }
  const context = createExecutionContext();
  const often = createScheduledController({ cron: "*/5 * * * *", scheduledTime: new Date() });
  await worker.scheduled(often, env as unknown as Env, context);
  await waitOnExecutionContext(context);
  learning.forget(env.DB);
  const { body } = await api("/reports/actions");
  expect(body).toMatchObject({
    quiet: false,
    outcomes: 24,
    actions: [
      { id: "good", shown: 12, taken: 12, rate: 1 },
      { id: "bad", shown: 12, taken: 0, dismissed: 12, rate: 0 },
    ],
  });
  await offer([{ id: "good" }, { id: "bad", prior: 0.9 }]);
  // Choosing is a draw; with the same generator it is the same draw.
  vi.spyOn(Math, "random").mockImplementation(seeded(5));
  const chosen: (string | null)[] = [];
  for (let n = 0; n < 5; n++) chosen.push(idOf(await next(await consenting())));
  expect(chosen).toEqual(["good", "good", "good", "good", "good"]);
  expect((await api("/reports/segments?from=2026-02-31")).status).toBe(422);
  expect((await api("/reports/segments?from=2026-11-01&to=2026-11-20")).status).toBe(200);
  const segments = await api("/reports/segments");
  expect(segments.body).toMatchObject({ people: 0, segments: [] });
});
