/** The trusted API on one screen (CONTRACT.md, "API"). */
import type { Route } from "../context.ts";
import { getJourney } from "./journey.ts";
import { postMerge } from "./merges.ts";
import { getNext, getPeople, getPerson } from "./people.ts";
import { postUndo } from "./undo.ts";

export const apiRoutes: readonly Route[] = [
  ["GET", "/_u/api/people", getPeople],
  ["GET", "/_u/api/people/:id", getPerson],
  ["GET", "/_u/api/people/:id/journey", getJourney],
  ["GET", "/_u/api/people/:id/next", getNext],
  ["POST", "/_u/api/merges", postMerge],
  ["POST", "/_u/api/merges/:id/undo", postUndo],
];
