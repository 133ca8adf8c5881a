/** Every version of the merge rules that was ever in force: who saved it when, and what it said. */
import {
  DEFAULT_MERGE_RULES,
  completeRules,
  type MergeRules,
} from "../../domain/identity/rules.ts";
import { Problem } from "../../domain/problem.ts";
import { listSettings, type Setting, settingAt } from "../../d1/settings.ts";
import { forRole } from "../auth.ts";
import { json } from "../respond.ts";
import { iso } from "./input.ts";

/** Versions told of; the older ones can be asked for by their number. */
const LISTED = 200;

export interface RulesVersion extends Omit<Setting, "document"> {
  rules: MergeRules;
}

/** What Usher came with, where nobody has saved anything yet. */
const STARTER = { version: DEFAULT_MERGE_RULES.version, author: "usher", at: 0 } as const;

/** Newest first; never empty. */
export async function rulesVersions(db: D1Database): Promise<Omit<Setting, "document">[]> {
  const saved = await listSettings(db, "merge-rules", LISTED);
  return saved.length === 0 ? [STARTER] : saved;
}

/** @throws Problem `not_found` */
export async function rulesAt(db: D1Database, version: number): Promise<RulesVersion> {
  const saved = Number.isSafeInteger(version) ? await settingAt(db, "merge-rules", version) : null;
  if (saved) {
    const { document, ...about } = saved;
    return { ...about, rules: completeRules(document as unknown as Partial<MergeRules>) };
  }
  if (version === STARTER.version) return { ...STARTER, rules: DEFAULT_MERGE_RULES };
  throw new Problem("not_found", "there is no such version of the merge rules");
}

export const getMergeRulesVersions = forRole("officer", async (_request, { db }) => {
  const versions = await rulesVersions(db);
  return json({ versions: versions.map(({ at, ...about }) => ({ ...about, at: iso(at) })) });
});

export const getMergeRulesVersion = forRole("officer", async (request, { db }) => {
  const { at, ...found } = await rulesAt(db, Number(request.params["version"]));
  return json({ ...found, at: iso(at) });
});
