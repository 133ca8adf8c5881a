import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { testBindings } from "./test/support/bindings.ts";
import { mergeScenarios } from "./test/support/scenarios.ts";

/** Four projects: pure code in Node, the Worker inside workerd, other vendors' clients, and real Chromium. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "node",
          environment: "node",
          include: ["test/{unit,conformance,sim}/**/*.test.ts"],
          testTimeout: 120_000,
        },
      },
      {
        plugins: [
          cloudflareTest(async () => ({
            main: "./src/worker.ts",
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: {
              r2Buckets: ["EXPORTS"],
              // By another name than the product's: only tests of the queue bind it.
              queueProducers: { TEST_EVENTS: { queueName: "usher-events" } },
              d1Databases: Object.fromEntries(
                [0, 1, 2, 3].map((n) => [`TEST_DB_${n}`, `usher-test-${n}`]),
              ),
              queueConsumers: { "usher-events": { maxBatchSize: 100, maxBatchTimeout: 0.2 } },
              bindings: {
                ...testBindings,
                TEST_MIGRATIONS: await readD1Migrations("./migrations"),
                MERGE_SCENARIOS: mergeScenarios(),
              },
            },
          })),
        ],
        test: {
          name: "worker",
          include: ["test/{worker,faults}/**/*.test.ts"],
          setupFiles: ["./test/support/migrate.ts"],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "clients",
          environment: "node",
          include: ["test/clients/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "browser",
          environment: "node",
          include: ["test/browser/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
