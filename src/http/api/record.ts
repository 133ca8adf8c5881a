/** `GET /_u/api/record`: the record of processing activities. `GET /_u/api/cookies`: the cookie declaration as data. */
import { declareCookies, processingRecord } from "../../privacy/record.ts";
import { forRole } from "../auth.ts";
import { json } from "../respond.ts";

export const getRecord = forRole("officer", async (_request, context) =>
  json(await processingRecord(context, await context.policy(), context.config, context.now)),
);

export const getCookieDeclaration = forRole("officer", async (_request, { policy }) =>
  json(declareCookies(await policy())),
);
