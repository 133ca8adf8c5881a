/** Identifiers that join nobody: too many said them, or an officer blocked them. Released here, and blocked by hand. */
import type { IdentifierKey } from "../domain/ids.ts";
import { Problem } from "../domain/problem.ts";
import {
  blockIdentifier,
  quarantineOf,
  type QuarantineLine,
  releaseIdentifier,
} from "../http/api/quarantine.ts";
import { whyIn } from "../http/api/why.ts";
import type { Session } from "../http/session.ts";
import { doneAt } from "./done.tsx";
import { Checked, errorsFrom, Field } from "./field.tsx";
import { count } from "./numbers.ts";
import { action, page, screen, type Visit } from "./page.tsx";
import { Badge, Empty, FormToken, Section, Time, Title } from "./parts.tsx";
import { RULES } from "./rules/nav.tsx";
import { kindName } from "./rules/words.ts";
import { type Column, Table } from "./table.tsx";

export const QUARANTINE = "/_u/console/quarantine";

/** So many are shown; the API has more. */
export const SHOWN = 100;

export interface QuarantinePageProps {
  session: Session;
  /** Newest first. */
  held: readonly QuarantineLine[];
  /** The form to block one, as it was sent, where it can't be taken. */
  refused?: { identifier: string; why: string; error: string } | undefined;
}

export const QuarantinePage = ({ session, held, refused }: QuarantinePageProps) => (
  <>
    <Title name="Quarantine" />
    <p class="prose">
      Identifiers that join nobody further: too many devices said them within a short time or in
      all, as <a href={`${RULES}#crowds`}>the identity rules</a> have it, or an officer blocked
      them. Who was joined before stays joined.
    </p>
    {held.length === 0 ? (
      <Empty title="Nothing is held">
        <p>What suddenly comes from too many devices shows here, and waits for you.</p>
      </Empty>
    ) : (
      <Table caption="What is held, newest first" columns={columnsFor(session)} rows={held} />
    )}
    {held.length === SHOWN && <p class="soft">These are the newest {SHOWN}.</p>}
    <BlockForm session={session} refused={refused} />
  </>
);

const Named = ({ line: { kind, value, person } }: { line: QuarantineLine }) => (
  <>
    <span class="soft">{kindName(kind)}</span>{" "}
    <strong class="value">{value ?? "nobody can tell which any more"}</strong>
    {person !== null && (
      <p class="soft">
        Had by <a href={`/_u/console/people/${person}`}>this person</a> first.
      </p>
    )}
  </>
);

const Why = ({ line: { blocked, proven, visitors, by, why } }: { line: QuarantineLine }) =>
  blocked ? (
    <>
      <Badge tone="danger">blocked</Badge> {by === null ? "by an officer" : `by the ${by}`}
      {why !== null && `: ${why}`}
    </>
  ) : (
    <>
      <Badge tone="hinted">too many</Badge> {count(visitors, "device")}{" "}
      {proven ? "proved it; who proved it before keeps it" : "said it"}
    </>
  );

const Release = ({ session, line }: { session: Session; line: QuarantineLine }) => (
  <details>
    <summary class="nowrap">
      Release…<span class="hidden"> {line.value ?? line.kind}</span>
    </summary>
    <form method="post" action={`${QUARANTINE}/release`} class="stack">
      <FormToken session={session} />
      <input type="hidden" name="id" value={line.id} />
      <div class="field">
        <label for={`why-${line.id}`}>Why</label>
        <input id={`why-${line.id}`} name="why" maxLength={500} autocomplete="off" />
      </div>
      <button type="submit" class="quiet">
        Let it join people again
      </button>
    </form>
  </details>
);

const columnsFor = (session: Session): Column<QuarantineLine>[] => [
  { name: "Identifier", cell: (line) => <Named line={line} /> },
  { name: "Why", cell: (line) => <Why line={line} /> },
  { name: "Since", cell: ({ at }) => <Time at={at} /> },
  { name: "Decide", cell: (line) => <Release session={session} line={line} /> },
];

const BlockForm = ({ session, refused }: Pick<QuarantinePageProps, "session" | "refused">) => (
  <Section title="Block one by hand" id="block">
    <Checked
      errors={errorsFrom(refused ? [{ name: "identifier", message: refused.error }] : [], {
        identifier: "Identifier",
      })}
    >
      <form method="post" action={QUARANTINE} class="stack">
        <FormToken session={session} />
        <Field
          name="identifier"
          label="Identifier"
          help="A kind and a value, like email:desk@club.example. Many alike are blocked by values and patterns in the identity rules."
        >
          {(wired) => (
            <input
              {...wired}
              value={refused?.identifier ?? ""}
              maxLength={600}
              autocomplete="off"
              spellcheck={false}
              required
            />
          )}
        </Field>
        <Field name="why" label="Why" help="Kept with it, for whoever asks later.">
          {(wired) => (
            <input {...wired} value={refused?.why ?? ""} maxLength={500} autocomplete="off" />
          )}
        </Field>
        <button type="submit" class="danger">
          Block it
        </button>
      </form>
    </Checked>
  </Section>
);

async function show(visit: Visit, refused?: QuarantinePageProps["refused"]): Promise<Response> {
  const { context, session, request } = visit;
  const held = await quarantineOf(request, context, SHOWN);
  return screen(
    visit,
    "Quarantine",
    <QuarantinePage {...{ session, held, refused }} />,
    refused ? 422 : 200,
  );
}

export const getQuarantinePage = page("officer", (visit) => show(visit));

export const postQuarantinePage = action("officer", async (visit, form) => {
  const identifier = (form.get("identifier") ?? "").trim().slice(0, 600);
  const why = whyIn(form);
  try {
    await blockIdentifier(visit.context, { identifier, why }, visit.session.role);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "invalid") throw error;
    return show(visit, { identifier, why: why ?? "", error: error.message });
  }
  return doneAt(QUARANTINE, "blocked");
});

export const postReleasePage = action("officer", async ({ context, session }, form) => {
  const id = (form.get("id") ?? "") as IdentifierKey;
  await releaseIdentifier(context, id, whyIn(form), session.role);
  return doneAt(QUARANTINE, "released");
});
