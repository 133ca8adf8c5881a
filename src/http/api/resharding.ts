/**
 * `GET` and `POST /_u/api/resharding`: moving rows to other shards, a few seconds of work a call; `npm run reshard` makes the
 * calls (docs/growing.md).
 */
import * as v from "valibot";
import { beginResharding, continueResharding, undoResharding } from "../../d1/resharding.ts";
import { readResharding, type Resharding } from "../../d1/resharding-state.ts";
import { type Layout, layoutOf } from "../../d1/shards.ts";
import { forRole } from "../auth.ts";
import { json } from "../respond.ts";
import { iso, readBody } from "./input.ts";

export const ReshardingRequest = v.optional(
  v.strictObject({
    /** Bindings of the databases to move to: begins. */
    to: v.optional(v.pipe(v.array(v.pipe(v.string(), v.regex(/^DB(?:_\d+)?$/))), v.minLength(1))),
    /** Takes back what hasn't been switched to. */
    undo: v.optional(v.boolean()),
  }),
  {},
);

export const getResharding = forRole("owner", async (_request, { db }) =>
  json(told(await readResharding(db), layoutOf(db))),
);

export const postResharding = forRole("owner", async (request, { config, db, now }) => {
  const { to, undo } = await readBody(request, ReshardingRequest);
  const state = to
    ? await beginResharding(db, to, now)
    : undo
      ? await undoResharding(db, now)
      : await continueResharding(db, now, config.production ? {} : { settle: 0 });
  return json(told(state, layoutOf(db)));
});

function told(state: Resharding | null, { names: shards, bound: databases }: Layout) {
  const bound = [...databases.keys()];
  if (state === null) return { step: null, shards, bound };
  const { step, from, to, began, expected, found, wrong } = state;
  const rows = (of: Resharding["found"]) =>
    Object.fromEntries(Object.entries(of).map(([table, tally]) => [table, tally.rows]));
  return {
    step,
    shards,
    bound,
    from,
    to,
    began: iso(began),
    copied: rows(expected),
    checked: rows(found),
    ...(wrong === null ? {} : { wrong }),
  };
}
