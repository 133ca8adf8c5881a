import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { unstable_readConfig as readConfig } from "wrangler";
import { bundled } from "./test/support/bundled.ts";
import { testBindings } from "./test/support/bindings.ts";
import { mergeScenarios } from "./test/support/scenarios.ts";

/** Milliseconds. Limits are for what never comes: a machine several times slower than ours must not meet them. */
const TEST_LIMIT = 300_000;
const STATE_LIMIT = 90_000;
/** A whole site with a browser, or a client as it comes from npm: one file after the other, on ports of their own. */
const driving = {
  environment: "node",
  fileParallelism: false,
  testTimeout: TEST_LIMIT,
  hookTimeout: TEST_LIMIT,
  expect: { poll: { timeout: STATE_LIMIT } },
} as const;

const WRANGLER = "./wrangler.toml";
/** The product's own in `stores`, and those beside it. */
const TEST_DATABASES = Object.fromEntries(
  [0, 1, 2, 3, 4, 5, 6].map((n) => [`TEST_DB_${n}`, `usher-test-${n}`]),
);

/**
 * Tests of parts of the Worker that never call the Worker itself nor an object: they run against real databases and buckets
 * in a runtime where there are neither, so nothing goes on but what a test waits for. That is why their files may share one,
 * emptied before each; starting one for each takes most of their time.
 */
const STORES = [
  "test/worker/d1/!(upgrade).test.ts",
  "test/worker/keys/*.test.ts",
  "test/worker/body.test.ts",
  "test/worker/collect/{answer,remembered}.test.ts",
  "test/worker/action/{kept,reports}.test.ts",
  "test/worker/api/{actions,merges,openapi,overview,people,policy}.test.ts",
  "test/worker/console/console.test.ts",
];

const STORYBOOK = "test/browser/storybook.test.ts";

/** Pure code in Node; stores and the Worker inside workerd; other vendors' clients; and real Chromium. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "node",
          environment: "node",
          include: ["test/{unit,conformance,sim}/**/*.test.ts"],
          testTimeout: TEST_LIMIT,
        },
      },
      {
        plugins: [
          cloudflareTest(async () => {
            const { compatibility_date: compatibilityDate, vars } = readConfig({
              config: WRANGLER,
            });
            return {
              miniflare: {
                ...(compatibilityDate ? { compatibilityDate } : {}),
                d1Databases: { DB: "usher", ...TEST_DATABASES },
                r2Buckets: ["KEYS", "EXPORTS"],
                bindings: {
                  ...vars,
                  ...testBindings,
                  TEST_MIGRATIONS: await readD1Migrations("./migrations"),
                },
              },
            };
          }),
        ],
        test: {
          name: "stores",
          maxWorkers: 2,
          isolate: false,
          include: STORES,
          setupFiles: ["./test/support/afresh.ts", "./test/support/migrate.ts"],
          testTimeout: TEST_LIMIT,
          hookTimeout: TEST_LIMIT,
        },
      },
      {
        plugins: [
          bundled(),
          cloudflareTest(async () => ({
            main: "./src/worker.ts",
            wrangler: { configPath: WRANGLER },
            miniflare: {
              r2Buckets: ["EXPORTS"],
              // By another name than the product's: only tests of the queue bind it.
              queueProducers: { TEST_EVENTS: { queueName: "usher-events" } },
              d1Databases: TEST_DATABASES,
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
          // Each file has a runtime of its own, and both starting one and what its tests do is half waiting.
          maxWorkers: 3,
          include: ["test/{worker,faults}/**/*.test.ts"],
          exclude: STORES,
          setupFiles: ["./test/support/migrate.ts"],
          testTimeout: TEST_LIMIT,
          hookTimeout: TEST_LIMIT,
        },
      },
      { test: { ...driving, name: "clients", include: ["test/clients/**/*.test.ts"] } },
      {
        test: {
          ...driving,
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          exclude: [STORYBOOK],
        },
      },
      // As long as all of the others, so that they may run beside each other.
      { test: { ...driving, name: "storybook", include: [STORYBOOK] } },
    ],
  },
});
