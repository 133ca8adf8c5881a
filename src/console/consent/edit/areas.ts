/** The parts of the policy's editor, in the order of the work. */
import type { Area } from "./area.ts";
import { COOKIES } from "./cookies.tsx";
import { DOCUMENT } from "./document.tsx";
import { NOTICE } from "./notice.tsx";
import { PROMISES } from "./promises.tsx";
import { PURPOSES } from "./purposes.tsx";
import { REGIONS } from "./regions.tsx";
import { SIGNALS } from "./signals.tsx";

export const AREAS: readonly Area[] = [
  PURPOSES,
  REGIONS,
  SIGNALS,
  NOTICE,
  COOKIES,
  PROMISES,
  DOCUMENT,
];
