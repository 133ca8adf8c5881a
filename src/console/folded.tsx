/** A form in a fold that comes back where it can't be taken: open, at what is wrong, with what was typed. */
import type { ComponentChildren } from "preact";
import { Problem, type ProblemCode } from "../domain/problem.ts";
import { Checked, errorsFrom, type FieldError, NO_ERRORS } from "./field.tsx";
import { Notice } from "./parts.tsx";
import { sentence } from "./words.ts";

export interface Refused {
  /** By the fields' names on the page. */
  typed: Readonly<Record<string, string>>;
  error: FieldError;
}

export const Folded = ({
  summary,
  refused,
  names,
  children,
}: {
  summary: string;
  refused: Refused | undefined;
  /** What the form's fields are called. */
  names: Readonly<Record<string, string>>;
  children: ComponentChildren;
}) => (
  <details open={refused !== undefined}>
    <summary>{summary}</summary>
    <Checked errors={refused ? errorsFrom([refused.error], names) : NO_ERRORS}>{children}</Checked>
  </details>
);

/** Where there is nothing to choose from, or no longer. */
export const NothingLeft = ({
  refused,
  children,
}: {
  refused: Refused | undefined;
  children?: ComponentChildren;
}) => (
  <>
    {refused && (
      <Notice tone="danger" focused>
        <p>{refused.error.message}</p>
      </Notice>
    )}
    {children !== undefined && <p class="soft">{children}</p>}
  </>
);

/** What whoever sent a form can mend there, or what has changed under their hands. */
const MENDABLE: ReadonlySet<ProblemCode> = new Set([
  "invalid",
  "not_found",
  "conflict",
  "unavailable",
]);

/**
 * Why a form was refused, at the field that it is about.
 * @param fields by path of what was refused, the field's name on the page
 * @param usual the field of what has no such path
 * @throws whatever can't be mended there
 */
export function faultOf(
  error: unknown,
  fields: Readonly<Record<string, string>>,
  usual: string,
): FieldError {
  if (!(error instanceof Problem) || !MENDABLE.has(error.code)) throw error;
  return { name: fields[error.path ?? ""] ?? usual, message: sentence(error.message) };
}
