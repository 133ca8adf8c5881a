/** What rules would do with two people: with each identifier that both say, and with an officer's wish to join them. */
import type { EditedRules } from "../../domain/identity/rules-schema.ts";
import { type DryRunAnswer, tryRules } from "../../http/api/merge-rules.ts";
import { isAbout } from "../../http/audit.ts";
import type { Call, Context } from "../../http/context.ts";
import { Checked, errorsFrom, Field } from "../field.tsx";
import { personOrFault } from "../meant.tsx";
import { Badge, Notice } from "../parts.tsx";
import { Table } from "../table.tsx";
import { kindName } from "./words.ts";

/** The two as they were written into the form: ids or identifiers. */
export interface Pair {
  a: string;
  b: string;
  errors: ReadonlyMap<string, string>;
}

export const NOBODY: Pair = { a: "", b: "", errors: new Map() };

export interface Trial {
  /** The rules in force. */
  now: DryRunAnswer;
  /** Those being written, if there are any. */
  changed: DryRunAnswer | null;
}

/** Null with what is wrong where one of the two isn't found. Who is looked at is written into the audit log. */
export async function tryOn(
  request: Call,
  context: Context,
  { a, b }: { a: string; b: string },
  rules?: EditedRules,
): Promise<{ pair: Pair; trial: Trial | null }> {
  const errors = new Map<string, string>();
  const [x, y] = [await personOrFault(context, a), await personOrFault(context, b)];
  if (typeof x !== "string") errors.set("a", x.message);
  if (typeof y !== "string") errors.set("b", y.message);
  if (typeof x !== "string" || typeof y !== "string")
    return { pair: { a, b, errors }, trial: null };
  isAbout(request, [x, y]);
  if (x === y) {
    errors.set("b", "These two are one person already.");
    return { pair: { a, b, errors }, trial: null };
  }
  const now = await tryRules(context, { a: x, b: y });
  const changed = rules ? await tryRules(context, { a: x, b: y, rules }) : null;
  return { pair: { a, b, errors }, trial: { now, changed } };
}

const NAMES = { a: "One person", b: "The other" } as const;

export const PairFields = ({ pair }: { pair: Pair }) => (
  <Checked
    errors={errorsFrom(
      [...pair.errors].map(([name, message]) => ({ name, message })),
      NAMES,
    )}
  >
    <div class="fields">
      {(["a", "b"] as const).map((name) => (
        <Field
          name={name}
          label={NAMES[name]}
          help="An id, or an identifier like email:jane@example.org."
        >
          {(wired) => <input {...wired} value={pair[name]} autocomplete="off" spellcheck={false} />}
        </Field>
      ))}
    </div>
  </Checked>
);

type Said = Pick<DryRunAnswer["decision"], "verdict" | "because">;

const VERDICTS: Readonly<Record<Said["verdict"], readonly [tone: string, words: string]>> = {
  merge: ["verified", "joins them"],
  link: ["hinted", "noted, joins nobody"],
  separate: ["hinted", "two sides of one life"],
  refuse: ["danger", "refused"],
};

const Verdict = ({ said }: { said: Said | undefined }) => {
  if (!said) return <>–</>;
  const [tone, words] = VERDICTS[said.verdict];
  return (
    <>
      <Badge tone={tone}>{words}</Badge> <span class="soft">{said.because}</span>
    </>
  );
};

interface Line {
  what: string;
  now: Said | undefined;
  changed: Said | undefined;
}

export const TrialResult = ({ trial: { now, changed } }: { trial: Trial }) => {
  const [a, b] = now.people;
  const lines: Line[] = [
    ...now.shared.map(({ kind, value, ...said }, at) => ({
      what: `${kindName(kind)} ${value ?? "(its key is gone)"}`,
      now: said,
      changed: changed?.shared[at],
    })),
    { what: "An officer's wish to join them", now: now.decision, changed: changed?.decision },
  ];
  return (
    <div class="aside">
      <p>
        <a href={`/_u/console/people/${a}`}>The first person</a> and{" "}
        <a href={`/_u/console/people/${b}`}>the second</a>. Nothing was changed.
      </p>
      {now.shared.length === 0 && (
        <Notice tone="note">
          <p>They say nothing in common, so no rule joins them by itself.</p>
        </Notice>
      )}
      <Table<Line>
        caption="What the rules would do with these two"
        rows={lines}
        columns={[
          { name: "What both say", cell: ({ what }) => what },
          { name: "In force", cell: ({ now: said }) => <Verdict said={said} /> },
          ...(changed
            ? [
                {
                  name: "As changed",
                  cell: ({ changed: said }: Line) => <Verdict said={said} />,
                },
              ]
            : []),
        ]}
      />
    </div>
  );
};
