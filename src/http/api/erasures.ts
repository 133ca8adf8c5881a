/** `POST /_u/api/erasures/reapply`: after a restore of D1 or of objects; to be repeated while the answer has a cursor. */
import { reapplyLedger } from "../../privacy/restore.ts";
import { forRole } from "../auth.ts";
import { json } from "../respond.ts";
import { asked } from "./input.ts";

export const postReapply = forRole("officer", async (request, context) =>
  json(await reapplyLedger(context, asked(request, "cursor"))),
);
