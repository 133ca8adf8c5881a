/** Imports in words. */
import type { ImportJob } from "../../http/import/store.ts";
import type { Kind } from "../../http/import/run.ts";

export const IMPORT = "/_u/console/import";

export const KIND_WORDS: Readonly<Record<Kind, string>> = {
  people: "People the organisation knows",
  events: "What happened elsewhere",
  spend: "Money spent on ads",
};

export const STATE_WORDS: Readonly<Record<ImportJob["state"], string>> = {
  running: "running",
  done: "done",
  failed: "stopped",
};
