/** One suggestion: both people side by side, why they may be one, and the decision. */
import type { Difference } from "../../domain/suggestion/differences.ts";
import { TYPE_WORDS } from "../../domain/suggestion/devices.ts";
import { FACT_WORDS } from "../../domain/suggestion/words.ts";
import { approveSuggestion, rejectSuggestion } from "../../http/api/suggestion-decisions.ts";
import { loadSuggestion, type SuggestionAnswer, suggestionIn } from "../../http/api/suggestions.ts";
import type { Session } from "../../http/session.ts";
import { doneAt } from "../done.tsx";
import { Checked, errorsFrom, Field, Tick } from "../field.tsx";
import { count, percent } from "../numbers.ts";
import { action, page, screen, type Visit } from "../page.tsx";
import { Badge, FormToken, Notice, Section, StageBadge, Time, Title } from "../parts.tsx";
import { type Column, Table } from "../table.tsx";
import { SUGGESTIONS_PATH } from "./list.tsx";
import { Waterfall } from "./waterfall.tsx";
import { nameOnSide } from "./words.ts";

const ORIGIN_WORDS = {
  browser: "said in a browser",
  server: "said by the site's server",
  import: "imported",
} as const;

const BASIS_WORDS: Readonly<Record<SuggestionAnswer["basis"], string>> = {
  facts: "what they say of themselves",
  devices: "where their devices are seen",
};

const Person = ({
  person,
  name,
  basis,
}: {
  person: SuggestionAnswer["people"][number];
  name: string;
  basis: SuggestionAnswer["basis"];
}) => (
  <div>
    <p>
      <strong>
        <a href={`/_u/console/people/${person.id}`}>{name}</a>
      </strong>
    </p>
    <p>
      <StageBadge stage={person.stage} />{" "}
      {count(person.visitors, "device or record", "devices or records")}
    </p>
    <p class="soft">
      {basis === "devices" && person.device
        ? `Compared is its ${TYPE_WORDS[person.device]}.`
        : `The compared record was ${ORIGIN_WORDS[person.origin]}.`}
    </p>
  </div>
);

const factColumns: readonly Column<Difference>[] = [
  { name: "Fact", cell: ({ field }) => FACT_WORDS[field] },
  { name: "First", cell: ({ a }) => a ?? "–" },
  { name: "Second", cell: ({ b }) => b ?? "–" },
  {
    name: "Compared",
    cell: ({ a, b, same }) =>
      a === null || b === null ? (
        <span class="soft">one side alone</span>
      ) : (
        <Badge tone={same ? "verified" : "hinted"}>{same ? "same" : "differs"}</Badge>
      ),
  },
];

const Facts = ({ facts }: { facts: readonly Difference[] }) => (
  <Section title="What they say" id="facts">
    <p class="soft">What is the same is masked; what differs is shown in full.</p>
    <Table caption="What both say of themselves" columns={factColumns} rows={facts} />
  </Section>
);

const Decided = ({ suggestion, session, unforced }: DecisionProps) => {
  const { decided, state, people } = suggestion;
  if (!decided) return null;
  const who =
    decided.by === "policy" ? "by the merge rules, without asking" : `by the ${decided.by}`;
  const together = people[0].id === people[1].id;
  return (
    <Section title="Decided" id="decision">
      <p>
        {state === "rejected" ? "They are two people: " : "They are one person: "}
        {who}, <Time at={decided.at} />.
      </p>
      {decided.why !== "" && <p>Why: {decided.why}</p>}
      {state !== "rejected" && !together && (
        <p>They are two again since. It isn't suggested again.</p>
      )}
      {decided.merge !== null && together && (
        <p>
          <a href={`/_u/console/merges/${decided.merge}/undo`}>Undo this merge…</a>
        </p>
      )}
      {!together && <Reconsider {...{ suggestion, session, unforced }} />}
    </Section>
  );
};

/** What was turned down, or undone, may turn out to be so after all. */
const Reconsider = (props: DecisionProps) => (
  <details open={props.unforced !== undefined}>
    <summary>They are one person after all…</summary>
    <DecisionForm {...props} reconsider />
  </details>
);

const Decide = (props: DecisionProps) => (
  <Section title="Your decision" id="decision">
    <DecisionForm {...props} />
  </Section>
);

/** Sent without the second word that the merge policy asks for. */
interface Unforced {
  why: string;
}

const SECOND_WORD = {
  name: "force",
  message: "The merge policy refuses to join them; tick this to join them all the same.",
};

interface DecisionProps {
  suggestion: SuggestionAnswer;
  session: Session;
  unforced?: Unforced | undefined;
}

const DecisionForm = ({
  suggestion,
  session,
  unforced,
  reconsider = false,
}: DecisionProps & { reconsider?: boolean }) => (
  <Checked errors={errorsFrom(unforced ? [SECOND_WORD] : [])}>
    {!suggestion.policy.joins && (
      <Notice tone="note">
        <p>The merge policy refuses to join them: {suggestion.policy.because}.</p>
      </Notice>
    )}
    <form method="post" action={`${SUGGESTIONS_PATH}/${suggestion.id}`} class="stack">
      <FormToken session={session} />
      {reconsider && <input type="hidden" name="reconsider" value="yes" />}
      <Field name="why" label="Why" help="Kept with the decision, for whoever asks later.">
        {(wired) => <input {...wired} maxLength={500} autocomplete="off" value={unforced?.why} />}
      </Field>
      {!suggestion.policy.joins && <Tick name="force" label="Join them all the same" />}
      <p class="soft">
        Joined, both histories are one journey. Nobody sees or decides anything of the other's by
        that: it rests on what is probable. You can undo it.
      </p>
      <div class="actions">
        <button type="submit" name="decision" value="approve">
          They are one person
        </button>
        {!reconsider && (
          <button type="submit" name="decision" value="reject" class="quiet">
            They are two people
          </button>
        )}
      </div>
    </form>
  </Checked>
);

export const SuggestionPage = ({ suggestion, session, unforced }: DecisionProps) => {
  const { people, facts, probability, at, state, basis, reasons } = suggestion;
  const names = [nameOnSide(suggestion, "a"), nameOnSide(suggestion, "b")] as const;
  return (
    <>
      <Title name="Are these one person?">
        <a href={SUGGESTIONS_PATH}>All suggestions</a>
      </Title>
      <p>
        {percent(probability)} sure, by {BASIS_WORDS[basis]}. Found <Time at={at} />.
      </p>
      {basis === "devices" && (
        <Notice tone="note">
          <p>
            Two people who live together and go to the same second place look like this, too. Ask
            them if you can.
          </p>
        </Notice>
      )}
      <div class="pair">
        <Person person={people[0]} name={names[0]} basis={basis} />
        <Person person={people[1]} name={names[1]} basis={basis} />
      </div>
      {state === "open" ? (
        <Decide {...{ suggestion, session, unforced }} />
      ) : (
        <Decided {...{ suggestion, session, unforced }} />
      )}
      {facts.length > 0 && <Facts facts={facts} />}
      <Section title="Why this sure" id="evidence">
        <p class="soft">
          Bits of evidence: each doubles the odds that they are one, or halves them.
        </p>
        {reasons.length > 0 ? (
          <Waterfall {...suggestion} />
        ) : (
          <p>The reasons are gone, since one of the two is no more to be recognised.</p>
        )}
      </Section>
    </>
  );
};

async function show(visit: Visit, unforced?: Unforced): Promise<Response> {
  const { request, context, session } = visit;
  const suggestion = await loadSuggestion(context, suggestionIn(request));
  const body = <SuggestionPage {...{ suggestion, session, unforced }} />;
  return screen(visit, "Are these one person?", body, unforced ? 422 : 200);
}

export const getSuggestionPage = page("officer", (visit) => show(visit));

export const postSuggestionPage = action("officer", async (visit, form) => {
  const { request, context, session } = visit;
  const id = suggestionIn(request);
  const why = (form.get("why") ?? "").trim().slice(0, 500);
  if (form.get("decision") === "reject") {
    await rejectSuggestion(context, id, { why }, session.role);
    return doneAt(SUGGESTIONS_PATH, "rejected");
  }
  const force = form.get("force") === "yes";
  const reconsider = form.get("reconsider") === "yes";
  if (!force) {
    const { policy, state } = await loadSuggestion(context, id);
    if (!policy.joins && (state === "open" || reconsider)) return show(visit, { why });
  }
  const said = { why, force, reconsider, dryRun: false };
  const { people } = await approveSuggestion(context, id, said, session.role);
  return doneAt(`/_u/console/people/${people[0] ?? ""}`, "joined");
});
