/** For which purpose something leaves: one of those that people are asked about. */
import type { Policy, PolicyPurpose } from "../../domain/consent/policy.ts";
import { Field } from "../field.tsx";
import { labelOf } from "../../domain/consent/notice.ts";
import { optional } from "./words.ts";

export const PurposeField = ({
  policy,
  chosen,
}: {
  policy: Policy;
  chosen: PolicyPurpose["id"];
}) => (
  <Field name="purpose" label="For">
    {(wired) => (
      <select {...wired}>
        {optional(policy).map(({ id }) => (
          <option value={id} selected={id === chosen}>
            {labelOf(policy, id)}
          </option>
        ))}
      </select>
    )}
  </Field>
);
