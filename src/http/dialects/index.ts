/** Every dialect that is spoken here. A new one is one more file, and one more name in this list. */
import type { DialectRoute } from "./dialect.ts";
import { jitsu } from "./jitsu.ts";
import { posthog } from "./posthog.ts";
import { rudderstack } from "./rudderstack.ts";
import { segment } from "./segment.ts";

export const dialectRoutes: readonly DialectRoute[] = [
  ...segment,
  ...rudderstack,
  ...posthog,
  ...jitsu,
];
