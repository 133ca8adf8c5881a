/** Fields of the policy's forms, each showing what was sent and what is wrong with it. */
import type { ComponentChildren } from "preact";
import { Field, FieldGroup } from "../../field.tsx";
import type { FormState } from "./area.ts";

interface Control {
  state: Pick<FormState, "fields">;
  name: string;
  label: string;
  help?: ComponentChildren;
}

const wire = ({ name, label, help }: Control) => ({
  name,
  label,
  ...(help === undefined ? {} : { help }),
});

export const Text = (props: Control & { lang?: string }) => (
  <Field {...wire(props)}>
    {(wired) => (
      <input
        {...wired}
        value={props.state.fields.text(props.name)}
        lang={props.lang}
        autocomplete="off"
      />
    )}
  </Field>
);

export const Whole = (props: Control & { min?: number; max?: number }) => (
  <Field {...wire(props)}>
    {(wired) => (
      <input
        {...wired}
        value={props.state.fields.text(props.name)}
        inputmode="numeric"
        autocomplete="off"
        class="short"
      />
    )}
  </Field>
);

export const Lines = (props: Control & { lang?: string; rows?: number; code?: boolean }) => (
  <Field {...wire(props)} grow>
    {(wired) => (
      <textarea
        {...wired}
        rows={props.rows ?? 3}
        lang={props.lang}
        class={props.code ? "code" : "low"}
        spellcheck={props.code ? false : undefined}
      >
        {props.state.fields.text(props.name)}
      </textarea>
    )}
  </Field>
);

export type Options = readonly (readonly [value: string, label: string])[];

export const Choose = (props: Control & { options: Options }) => {
  const chosen = props.state.fields.text(props.name);
  return (
    <Field {...wire(props)}>
      {(wired) => (
        <select {...wired}>
          {props.options.map(([value, label]) => (
            <option value={value} selected={value === chosen}>
              {label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
};

/** One of a few, all in sight. */
export const Radios = ({ state, name, label, options }: Control & { options: Options }) => (
  <FieldGroup {...{ name, label }}>
    {options.map(([value, words], at) => (
      <label class="check" for={at === 0 ? name : `${name}.${value}`}>
        <input
          type="radio"
          id={at === 0 ? name : `${name}.${value}`}
          name={name}
          value={value}
          checked={state.fields.text(name) === value}
        />
        {words}
      </label>
    ))}
  </FieldGroup>
);

/** Any number of a few. */
export const Checks = ({ state, name, label, help, options }: Control & { options: Options }) => {
  const ticked = state.fields.all(name);
  return (
    <FieldGroup {...{ name, label, help }}>
      <div class="checks">
        {options.map(([value, words], at) => (
          <label class="check" for={at === 0 ? name : `${name}.${value}`}>
            <input
              type="checkbox"
              id={at === 0 ? name : `${name}.${value}`}
              name={name}
              value={value}
              checked={ticked.includes(value)}
            />
            {words}
          </label>
        ))}
      </div>
    </FieldGroup>
  );
};

/** A single yes or no. */
export const Check = ({ state, name, label }: Control) => (
  <label class="check" for={name}>
    <input type="checkbox" id={name} name={name} value="yes" checked={state.fields.is(name)} />
    {label}
  </label>
);

/** One row of a list: a part of the form under its own headline, with its own way out. */
export const Row = ({
  list,
  at,
  title,
  fixed = false,
  children,
}: {
  list: string;
  at: number;
  title: string;
  /** Can't be removed. */
  fixed?: boolean;
  children: ComponentChildren;
}) => (
  <fieldset class="card row">
    <legend>{title}</legend>
    <input type="hidden" name={`${list}.${at}.row`} value="" />
    {children}
    {!fixed && (
      <div>
        <button class="quiet" type="submit" name="do" value={`remove:${list}.${at}`}>
          Remove {title}
        </button>
      </div>
    )}
  </fieldset>
);

export const AddRow = ({ list, children }: { list: string; children: ComponentChildren }) => (
  <div>
    <button class="quiet" type="submit" name="do" value={`add:${list}`}>
      {children}
    </button>
  </div>
);
