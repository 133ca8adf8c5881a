/** A form's fields with their labels, help and what is wrong with them. */
import type { ComponentChildren, VNode } from "preact";
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

/** @example <Field name="days" label="Days kept" error={…}>{(wired) => <input {...wired} type="number" />}</Field> */
export const Field = ({
  name,
  label,
  help,
  error,
  grow = false,
  children,
}: {
  name: string;
  label: string;
  help?: ComponentChildren;
  error?: string | undefined;
  grow?: boolean;
  children: (wired: Wired) => VNode;
}) => {
  const [helpId, errorId] = [`${name}-help`, `${name}-error`];
  const described = [...(help ? [helpId] : []), ...(error ? [errorId] : [])].join(" ");
  return (
    <div class={grow ? "field grow" : "field"}>
      <label for={name}>{label}</label>
      {children({
        id: name,
        name,
        ...(described ? { "aria-describedby": described } : {}),
        ...(error ? { "aria-invalid": "true" as const } : {}),
      })}
      {help !== undefined && (
        <p id={helpId} class="soft">
          {help}
        </p>
      )}
      {error !== undefined && (
        <p id={errorId} class="alert">
          {error}
        </p>
      )}
    </div>
  );
};

/** As it stands in the list above a form: there nothing else says which field it is. */
export const withName = (
  { name, message }: FieldError,
  names: Readonly<Record<string, string>>,
): FieldError => ({
  name,
  message: `${names[name] ?? name}: ${message.charAt(0).toLowerCase()}${message.slice(1)}`,
});

/** Above a form that came back: how many things are wrong, each a way to its field. */
export const FormErrors = ({ errors }: { errors: readonly FieldError[] }) =>
  errors.length === 0 ? null : (
    <Notice tone="danger">
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
