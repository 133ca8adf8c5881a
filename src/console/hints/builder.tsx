/** The builder of conditions: rows of fields, with buttons that send the form to add and remove them. */
import { Field, type FieldError } from "../field.tsx";
import { addable, type Row, type RowField, shapeOf } from "./rows.ts";

interface Said {
  values: readonly string[];
  error: string | undefined;
}

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

const Some = ({ field, name, said }: { field: RowField; name: string; said: Said }) => (
  <fieldset class="field" id={name}>
    <legend>{field.label}</legend>
    <div class="actions">
      {withOwn(field.options, said.values).map(([value, words]) => (
        <label class="check">
          <input type="checkbox" name={name} value={value} checked={said.values.includes(value)} />{" "}
          {words}
        </label>
      ))}
    </div>
    {said.error !== undefined && <p class="alert">{said.error}</p>}
  </fieldset>
);

const One = ({ field, name, said }: { field: RowField; name: string; said: Said }) => {
  const [value = ""] = said.values;
  return (
    <Field name={name} label={field.label} help={field.help} error={said.error}>
      {(wired) =>
        field.type === "one" ? (
          <select {...wired}>
            {withOwn(field.options, said.values).map(([option, words]) => (
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

const Condition = ({
  row: { kind, values },
  at,
  errors,
}: {
  row: Row;
  at: number;
  errors: readonly FieldError[];
}) => {
  const { words, fields } = shapeOf(kind);
  return (
    <fieldset class="condition">
      <legend>{words}</legend>
      <input type="hidden" name={`row${at}`} value={kind} />
      <div class="fields">
        {fields.map((field) => {
          const name = `row${at}-${field.name}`;
          const error = errors.find((each) => each.name === name)?.message;
          const said = { values: values[field.name] ?? [], error };
          return field.type === "some" ? (
            <Some field={field} name={name} said={said} />
          ) : (
            <One field={field} name={name} said={said} />
          );
        })}
      </div>
      <button type="submit" class="quiet" name="do" value={`remove-${at}`}>
        Remove <span class="hidden">“{words}”</span>
      </button>
    </fieldset>
  );
};

export const Builder = ({
  rows,
  errors,
}: {
  rows: readonly Row[];
  errors: readonly FieldError[];
}) => (
  <div class="builder">
    {rows.length === 0 ? (
      <p class="soft">No condition yet: everybody of the stage gets it.</p>
    ) : (
      <p class="soft">All of these must hold.</p>
    )}
    {rows.map((row, at) => (
      <Condition row={row} at={at} errors={errors} />
    ))}
    <div class="search">
      <Field
        name="kind"
        label="One more condition"
        error={errors.find(({ name }) => name === "kind")?.message}
      >
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
