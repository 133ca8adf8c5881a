/**
 * A form's fields with their labels, help and what is wrong with them. What is wrong is said once, to `Checked`, which lists it above
 * the form, where whoever sent it goes on, and hands it to the fields.
 */
import { type ComponentChildren, createContext, type VNode } from "preact";
import { useContext } from "preact/hooks";
import { Notice } from "./parts.tsx";

/** What ties a control to its label, help and error. */
export interface Wired {
  id: string;
  name: string;
  "aria-describedby"?: string;
  "aria-invalid"?: "true";
}

export interface FieldError {
  /** Of the field that is wrong. */
  name: string;
  message: string;
}

/** What is wrong with a form. */
export interface Errors {
  /** As it stands above the form, where nothing else says which field it is. */
  list: readonly FieldError[];
  /** As it stands at the field of that name. */
  byName: ReadonlyMap<string, string>;
}

export const NO_ERRORS: Errors = { list: [], byName: new Map() };

/** `names`: what fields are called above the form; without one the message says itself what it is about. */
export const errorsFrom = (
  errors: readonly FieldError[],
  names: Readonly<Record<string, string>> = {},
): Errors => ({
  list: errors.map(({ name, message }) => {
    const called = Object.hasOwn(names, name) ? names[name] : undefined;
    const told =
      called === undefined
        ? message
        : `${called}: ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
    return { name, message: told };
  }),
  byName: new Map(errors.map(({ name, message }) => [name, message])),
});

const Wrong = createContext(NO_ERRORS.byName);

/** What is wrong with the field of this name; undefined where nothing is. */
const useError = (name: string): string | undefined => useContext(Wrong).get(name);

/** Around a form that may come back. */
export const Checked = ({ errors, children }: { errors: Errors; children: ComponentChildren }) => (
  <Wrong.Provider value={errors.byName}>
    <Summary errors={errors.list} />
    {children}
  </Wrong.Provider>
);

/** How many things are wrong, each a way to its field. It has the focus, so that it is read and is where Tab goes on. */
const Summary = ({ errors }: { errors: readonly FieldError[] }) =>
  errors.length === 0 ? null : (
    <Notice tone="danger" focused>
      <p>
        <strong>
          {errors.length === 1
            ? "One thing is to be mended"
            : `${errors.length} things are to be mended`}
        </strong>
      </p>
      <ul>
        {errors.map(({ name, message }) => (
          <li>
            <a href={`#${name}`}>{message}</a>
          </li>
        ))}
      </ul>
    </Notice>
  );

const describedBy = (...ids: readonly (string | false)[]): string =>
  ids.filter((id) => id !== false).join(" ");

const Below = ({
  name,
  help,
  error,
}: {
  name: string;
  help: ComponentChildren;
  error: string | undefined;
}) => (
  <>
    {help !== undefined && (
      <p id={`${name}-help`} class="soft">
        {help}
      </p>
    )}
    {error !== undefined && (
      <p id={`${name}-error`} class="alert">
        {error}
      </p>
    )}
  </>
);

/** @example <Field name="days" label="Days kept">{(wired) => <input {...wired} type="number" />}</Field> */
export const Field = ({
  name,
  label,
  help,
  grow = false,
  children,
}: {
  name: string;
  label: string;
  help?: ComponentChildren;
  grow?: boolean;
  children: (wired: Wired) => VNode;
}) => {
  const error = useError(name);
  const described = describedBy(
    help !== undefined && `${name}-help`,
    error !== undefined && `${name}-error`,
  );
  return (
    <div class={grow ? "field grow" : "field"}>
      <label for={name}>{label}</label>
      {children({
        id: name,
        name,
        ...(described ? { "aria-describedby": described } : {}),
        ...(error === undefined ? {} : { "aria-invalid": "true" as const }),
      })}
      <Below {...{ name, help, error }} />
    </div>
  );
};

/** Several controls under one headline. What leads to `name` leads to whatever in it has that id. */
export const FieldGroup = ({
  name,
  label,
  help,
  children,
  ...rest
}: {
  name: string;
  label: string;
  help?: ComponentChildren;
  /** Where no control in it has the name for its id. */
  id?: string;
  class?: string;
  children: ComponentChildren;
}) => {
  const error = useError(name);
  const described = describedBy(
    help !== undefined && `${name}-help`,
    error !== undefined && `${name}-error`,
  );
  return (
    <fieldset aria-describedby={described || undefined} {...rest}>
      <legend>{label}</legend>
      {help !== undefined && (
        <p id={`${name}-help`} class="soft">
          {help}
        </p>
      )}
      {children}
      <Below name={name} help={undefined} error={error} />
    </fieldset>
  );
};

/** A box to tick by itself. */
export const Tick = ({
  name,
  label,
  checked = false,
}: {
  name: string;
  label: string;
  checked?: boolean;
}) => {
  const error = useError(name);
  return (
    <div class="field">
      <label class="check" for={name}>
        <input
          type="checkbox"
          id={name}
          name={name}
          value="yes"
          checked={checked}
          {...(error === undefined
            ? {}
            : { "aria-invalid": "true" as const, "aria-describedby": `${name}-error` })}
        />
        {label}
      </label>
      <Below name={name} help={undefined} error={error} />
    </div>
  );
};
