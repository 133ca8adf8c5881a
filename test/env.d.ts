import type { D1Migration } from "@cloudflare/vitest-plugin";
import type { Env } from "../src/env.ts";

declare global {
  namespace Cloudflare {
    interface Env extends UsherEnv {
      TEST_MIGRATIONS: D1Migration[];
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
