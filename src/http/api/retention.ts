/** `GET /_u/api/retention`: what the next sweep would remove. Nothing is removed by looking. */
import { drySweep } from "../../privacy/sweep.ts";
import { forRole } from "../auth.ts";
import { json } from "../respond.ts";

export const getRetention = forRole("officer", async (_request, context) =>
  json(await drySweep(context, await context.policy(), context.now)),
);
