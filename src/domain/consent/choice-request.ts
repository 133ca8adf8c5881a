import * as v from "valibot";
import { type ChoiceRequest, isAnswer } from "./choice.ts";
import { PURPOSE_ID } from "./purposes.ts";

/** Characters; as long as any id of the wire. */
const ANONYMOUS_ID_MAX = 200;

/**
 * The body of `POST /_u/consent`: `{choices}` or `{accept}`, and `{override:["gpc"]}` with either, or `[]` to end it; `{seen:true}` says
 * that the notice was closed where nobody is asked. `policy` is the version that was on the screen, `anonymousId` what the browser's events name it by.
 */
const ChoiceRequestSchema = v.pipe(
  v.strictObject({
    choices: v.optional(v.record(v.pipe(v.string(), v.regex(PURPOSE_ID)), v.boolean())),
    accept: v.optional(v.picklist(["all", "none"])),
    override: v.optional(v.pipe(v.array(v.picklist(["gpc"])), v.maxLength(1))),
    seen: v.optional(v.literal(true)),
    policy: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
    anonymousId: v.optional(
      v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(ANONYMOUS_ID_MAX)),
    ),
  }),
  v.check((request) => isAnswer(request) || request.seen === true),
);

/** The request, or the path of what is wrong (empty for the body itself). */
export type ChoiceRequestResult =
  | { readonly ok: true; readonly request: ChoiceRequest }
  | { readonly ok: false; readonly path: string };

export function parseChoiceRequest(body: unknown): ChoiceRequestResult {
  const parsed = v.safeParse(ChoiceRequestSchema, body);
  if (parsed.success) return { ok: true, request: parsed.output };
  return {
    ok: false,
    path: (parsed.issues[0].path ?? []).map((item) => String(item.key)).join("."),
  };
}
