/** What an officer gives as the reason of a decision: kept with it, for whoever asks later. */
import * as v from "valibot";

/** Characters. */
export const WHY_MAX = 500;

export const Why = v.optional(v.pipe(v.string(), v.trim(), v.maxLength(WHY_MAX)));

/** As it is handed on; an empty reason is none. */
export const reasonIn = ({ why }: { why?: string | undefined }): { why?: string } =>
  why === undefined || why.trim() === "" ? {} : { why: why.trim() };

/** What a form says; `undefined` where its field was left empty. */
export const whyIn = (form: URLSearchParams): string | undefined =>
  form.get("why")?.trim().slice(0, WHY_MAX) || undefined;
