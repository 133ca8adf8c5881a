/** The builder of conditions: rows of fields, with buttons that send the form to add and remove them. */
import { Field, FieldGroup } from "../field.tsx";
import { addable, type Row, type RowField, shapeOf } from "./rows.ts";

/** Options that aren't in the list any more, or came by the API, stay. */
const withOwn = (
  options: RowField["options"],
  values: readonly string[],
): readonly (readonly [string, string])[] => [
  ...(options ?? []),
  ...values
    .filter((value) => !options?.some(([known]) => known === value))
    .map((value) => [value, value] as const),
];

interface Shown {
  field: RowField;
  name: string;
  values: readonly string[];
}

const Some = ({ field, name, values }: Shown) => (
  <FieldGroup name={name} id={name} label={field.label} class="field">
    <div class="actions">
      {withOwn(field.options, values).map(([value, words]) => (
        <label class="check">
          <input type="checkbox" name={name} value={value} checked={values.includes(value)} />{" "}
          {words}
        </label>
      ))}
    </div>
  </FieldGroup>
);

const One = ({ field, name, values }: Shown) => {
  const [value = ""] = values;
  return (
    <Field name={name} label={field.label} help={field.help}>
      {(wired) =>
        field.type === "one" ? (
          <select {...wired}>
            {withOwn(field.options, values).map(([option, words]) => (
              <option value={option} selected={option === value}>
                {words}
              </option>
            ))}
          </select>
        ) : (
          <input
            {...wired}
            value={value}
            autocomplete="off"
            {...(field.type === "whole" ? { inputmode: "numeric" as const } : {})}
          />
        )
      }
    </Field>
  );
};

const Condition = ({ row: { kind, values }, at }: { row: Row; at: number }) => {
  const { words, fields } = shapeOf(kind);
  return (
    <fieldset class="condition">
      <legend>{words}</legend>
      <input type="hidden" name={`row${at}`} value={kind} />
      <div class="fields">
        {fields.map((field) => {
          const name = `row${at}-${field.name}`;
          const shown = { field, name, values: values[field.name] ?? [] };
          return field.type === "some" ? <Some {...shown} /> : <One {...shown} />;
        })}
      </div>
      <button type="submit" class="quiet" name="do" value={`remove-${at}`}>
        Remove <span class="hidden">“{words}”</span>
      </button>
    </fieldset>
  );
};

export const Builder = ({ rows }: { rows: readonly Row[] }) => (
  <div class="builder">
    {rows.length === 0 ? (
      <p class="soft">No condition yet: everybody of the stage gets it.</p>
    ) : (
      <p class="soft">All of these must hold.</p>
    )}
    {rows.map((row, at) => (
      <Condition row={row} at={at} />
    ))}
    <div class="search">
      <Field name="kind" label="One more condition">
        {(wired) => (
          <select {...wired}>
            {addable(rows).map((kind) => (
              <option value={kind}>{shapeOf(kind).words}</option>
            ))}
          </select>
        )}
      </Field>
      <button type="submit" class="quiet" name="do" value="add">
        Add the condition
      </button>
    </div>
  </div>
);
