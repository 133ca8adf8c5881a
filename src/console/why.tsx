/** Where somebody who decides about people says why. */
import { WHY_MAX } from "../http/api/why.ts";
import { Field } from "./field.tsx";

export const WhyField = () => (
  <Field name="why" label="Why" help="Kept in the history.">
    {(wired) => <input {...wired} type="text" maxLength={WHY_MAX} autocomplete="off" />}
  </Field>
);
