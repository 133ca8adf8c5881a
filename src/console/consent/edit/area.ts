/** One part of the policy with a form of its own. */
import type { VNode } from "preact";
import type { Policy, PolicyFault } from "../../../domain/consent/policy.ts";
import type { Errors } from "../../field.tsx";
import type { Fields, Pair } from "./fields.ts";

export interface FormState {
  fields: Fields;
  /** The draft as it is stored, for the names of its purposes and languages. */
  policy: Policy;
}

export interface Reading {
  /** The draft with this part as the form says it; perhaps not a policy. */
  document: unknown;
  /** What the form itself finds wrong. */
  faults?: readonly PolicyFault[];
}

export interface Area {
  id: string;
  name: string;
  about: string;
  /** Whether a fault at this path is mended here. */
  owns: readonly (keyof Policy)[];
  /** Lists whose rows are added and removed. */
  rows: readonly string[];
  write(policy: Policy): Iterable<Pair>;
  read(fields: Fields, policy: Policy): Reading;
  /** The field to go to, where it isn't named like the path. */
  place?(path: string, fields: Fields): string;
  /** What fields are called that are no part of the policy. */
  names?: Readonly<Record<string, string>>;
  /** The field that saving has just made, to go on there; null where there is none. */
  made?(fields: Fields): string | null;
  Form: (state: FormState) => VNode;
}

export const owns = (area: Area, { path }: PolicyFault): boolean =>
  area.owns.some((part) => path === part || path.startsWith(`${part}.`));

/** Faults as the form shows them: at the field, and above it with where that is. */
export function errorsOf(area: Area, faults: readonly PolicyFault[], fields: Fields): Errors {
  const byName = new Map<string, string>();
  const list = faults.map(({ path, message }) => {
    const name = area.place?.(path, fields) ?? path;
    if (!byName.has(name)) byName.set(name, `This ${message}.`);
    return { name, message: `${area.names?.[path] ?? pathWords(path)} ${message}` };
  });
  return { list, byName };
}

const ROWS: Readonly<Record<string, string>> = { purposes: "Purpose", cookies: "Cookie" };

/** `purposes.2.retentionDays` → `Purpose 3, retention days` */
export function pathWords(path: string): string {
  const parts = path.split(".").filter((part) => part !== "");
  const row = ROWS[parts[0] ?? ""];
  const said =
    row !== undefined && /^\d+$/.test(parts[1] ?? "")
      ? [`${row} ${Number(parts[1]) + 1}`, ...parts.slice(2)]
      : parts;
  const words = said.map((part, at) =>
    at === 0
      ? part.charAt(0).toUpperCase() + part.slice(1)
      : part.replaceAll(/(?<=[a-z])([A-Z])/g, (upper) => ` ${upper.toLowerCase()}`),
  );
  return words.length === 0 ? "The document" : words.join(", ");
}
