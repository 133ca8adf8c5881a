/** What an import's rows share: whose file it is, whether its consent counts, and how a row is named and spoken for. */
import type { Policy } from "../../domain/consent/policy.ts";
import type { Sender } from "../../domain/intake/sender.ts";
import type { JsonObject } from "../../domain/json.ts";
import type { ImportedPerson } from "../../import/rows.ts";
import type { Services } from "../collect/services.ts";
import { sha256 } from "../secrets.ts";

export interface Import {
  services: Services;
  policy: Policy;
  origin: string;
  /** An officer approved the origin: its consent and its permissions count. */
  approved: boolean;
}

/** What became of one row: null when it stands. */
export type Outcome = { as: "invalid" | "dropped"; message: string } | null;

export const SENDER: Sender = {
  kind: "import",
  assurance: "asserted",
  userAgent: "",
  hints: {},
  sentAt: null,
  channel: "offline",
};

/** Stable names: the same row is the same message, and another one once its consent counts. */
export const nameOf = async (job: Import, row: unknown): Promise<string> =>
  `import:${(await sha256(JSON.stringify([job.origin, job.approved, row]))).slice(0, 27)}`;

export function idsOf({
  userId: users,
  anonymousId: names,
  ...rest
}: ImportedPerson["ids"]): JsonObject {
  const [userId] = users ?? [];
  const [anonymousId] = names ?? [];
  const { email = [], phone = [], crm = [], ...elsewhere } = rest;
  const others = Object.entries({ email, phone, crm, ...elsewhere }).flatMap(([type, values]) =>
    values.map((id: string) => ({ type, id })),
  );
  return {
    ...(userId === undefined ? {} : { userId }),
    ...(anonymousId === undefined ? {} : { anonymousId }),
    context: { externalIds: others },
  };
}
