/** Choosing two versions of a document, and what they differ by. */
import type { ComponentChildren } from "preact";
import { Section } from "./parts.tsx";

interface Numbered {
  version: number;
}

export interface CompareProps {
  /** Page that the form asks, with `a` and `b`. */
  action: string;
  /** Newest first. */
  versions: readonly Numbered[];
  /** Those asked for; null: the newest two are offered. */
  compared: { before: Numbered; after: Numbered } | null;
  /** What they differ by. */
  children?: ComponentChildren;
}

export const Compare = ({ action, versions, compared, children }: CompareProps) => {
  const chosen = {
    a: compared?.before.version ?? versions[1]?.version,
    b: compared?.after.version ?? versions[0]?.version,
  };
  return (
    <>
      {versions.length > 1 && (
        <form method="get" action={action} class="search">
          {(["a", "b"] as const).map((name) => (
            <div class="field">
              <label for={name}>{name === "a" ? "Compare" : "with"}</label>
              <select id={name} name={name}>
                {versions.map(({ version }) => (
                  <option value={version} selected={version === chosen[name]}>
                    Version {version}
                  </option>
                ))}
              </select>
            </div>
          ))}
          <button type="submit">Compare</button>
        </form>
      )}
      {compared && (
        <Section
          title={`From version ${compared.before.version} to ${compared.after.version}`}
          id="compared"
        >
          {children}
        </Section>
      )}
    </>
  );
};
