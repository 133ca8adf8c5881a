import type { D1Migration } from "@cloudflare/vitest-plugin";
import type { Env } from "../src/env.ts";

declare global {
  namespace Cloudflare {
    interface Env extends UsherEnv {
      TEST_MIGRATIONS: D1Migration[];
      /** Databases beside the product's, for tests of several behind one. */
      TEST_DB_0: D1Database;
      TEST_DB_1: D1Database;
      TEST_DB_2: D1Database;
      TEST_DB_3: D1Database;
      TEST_DB_4: D1Database;
      TEST_DB_5: D1Database;
      TEST_DB_6: D1Database;
      /** A real queue, which the Worker consumes. */
      TEST_EVENTS: Queue;
      /** JSON of the reference scenarios; empty where they are not beside this checkout. */
      MERGE_SCENARIOS: string;
    }
    interface GlobalProps {
      mainModule: typeof import("../src/worker.ts");
    }
  }
}
type UsherEnv = Env;
