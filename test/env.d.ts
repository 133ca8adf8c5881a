import type { D1Migration } from "@cloudflare/vitest-plugin";
import type { Env } from "../src/env.ts";

declare global {
  namespace Cloudflare {
    interface Env extends UsherEnv {
      TEST_MIGRATIONS: D1Migration[];
    }
    interface GlobalProps {
      mainModule: typeof import("../src/worker.ts");
    }
  }
}
type UsherEnv = Env;
