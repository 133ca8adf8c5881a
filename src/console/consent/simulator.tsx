/** What the gate would decide of a visitor that the officer describes, and by which rule. The description is the address. */
import { REASONS } from "../../domain/consent/because.ts";
import type { Policy } from "../../domain/consent/policy.ts";
import { type Simulation, simulate } from "../../domain/consent/simulate.ts";
import { Problem } from "../../domain/problem.ts";
import { loadDraft } from "../../http/api/draft.ts";
import { query } from "../../http/api/input.ts";
import { policyInForce } from "../../http/api/policy.ts";
import type { Context } from "../../http/context.ts";
import { Checked, errorsFrom } from "../field.tsx";
import { page, screen } from "../page.tsx";
import { Section, Title } from "../parts.tsx";
import { Table } from "../table.tsx";
import { type Described, readSituation } from "./situation.ts";
import { SituationForm } from "./situation-form.tsx";
import { placeName } from "./places.ts";
import { regionAround } from "./within.ts";
import { signalsInWords } from "./signal-words.ts";
import { labelOf } from "../../domain/consent/notice.ts";
import { REGIME_NAMES } from "./words.ts";

export interface SimulatorProps {
  described: Described;
  /** Decided by: the policy in force, or the draft. */
  policy: Policy;
  isDraft: boolean;
  /** There is a draft to try it against. */
  hasDraft: boolean;
  /** Null before anything was asked, or where the description can't be read. */
  found: Simulation | null;
}

export const SimulatorPage = ({ described, policy, isDraft, hasDraft, found }: SimulatorProps) => (
  <>
    <Title name="Simulator" />
    <p class="prose soft">
      Describe a visitor, and see what would be decided and why. Nothing is recorded. The address of
      this page holds the description, so it can be handed on: describe, don't paste somebody's ids.
    </p>
    <Checked errors={errorsFrom(described.errors)}>
      <div class="columns">
        <SituationForm {...{ described, policy, hasDraft }} />
        {found === null ? (
          <Section title="Decision" id="decision">
            <p class="soft">Describe a visitor and press “Decide”.</p>
          </Section>
        ) : (
          <Outcome {...{ found, policy, isDraft }} within={within(described)} />
        )}
      </div>
    </Checked>
  </>
);

/** The part of a region that was named, whose rule is that of the whole; null where the region itself was. */
const within = (described: Described): string | null => {
  const named = described.text("region");
  return regionAround(named) === null ? null : named;
};

const Outcome = ({
  found,
  policy,
  isDraft,
  within,
}: {
  found: Simulation;
  policy: Policy;
  isDraft: boolean;
  within: string | null;
}) => (
  <div class="aside">
    <Section title="Decision" id="decision">
      <p class="lead">{verdict(found, policy)}</p>
      <p class="soft">
        {isDraft ? "By the draft" : `By version ${policy.version}, in force`}; in{" "}
        {placeName(found.region)}, where the rule is “
        {REGIME_NAMES[found.result.regime].toLowerCase()}
        ”.{within !== null && ` There is no other rule for ${within}.`}
      </p>
      <Table<string>
        caption="Decisions by purpose"
        rows={Object.keys(found.result.decisions)}
        columns={[
          { name: "Purpose", cell: (id) => <strong>{labelOf(policy, id)}</strong> },
          {
            name: "Decision",
            cell: (id) =>
              found.result.decisions[id]?.granted ? (
                <span class="verdict-yes">yes</span>
              ) : (
                <span class="verdict-no">no</span>
              ),
          },
          {
            name: "Because",
            cell: (id) => {
              const decision = found.result.decisions[id];
              const rule = decision && REASONS[decision.code];
              return (
                <>
                  {decision?.because}
                  <p class="soft">
                    Rule <code>{decision?.code}</code>
                    {rule && `: ${SOURCES[rule.source]}`}
                  </p>
                </>
              );
            },
          },
        ]}
      />
    </Section>
    <Section title="What was read" id="read">
      <ul>
        {signalsInWords(found.signals, found.result.gpc).map((words) => (
          <li>{words}</li>
        ))}
      </ul>
    </Section>
  </div>
);

const SOURCES: Readonly<Record<(typeof REASONS)[keyof typeof REASONS]["source"], string>> = {
  law: "the law, whatever anybody said",
  gpc: "Global Privacy Control",
  gpp: "the GPP string",
  usp: "the US Privacy string",
  choice: "the visitor's own answer here",
  tcf: "the TCF string",
  cmp: "the site's own consent tool",
  default: "the region's default",
  fault: "an error, which counts as a no",
};

function verdict({ result }: Simulation, policy: Policy): string {
  const granted = Object.keys(result.decisions).filter(
    (id) =>
      result.decisions[id]?.granted === true &&
      policy.purposes.some((purpose) => purpose.id === id && !purpose.required),
  );
  const may =
    granted.length === 0
      ? "Nothing that can be refused may happen."
      : `Allowed: ${granted.map((id) => labelOf(policy, id)).join(", ")}.`;
  return `${may} ${result.ask ? "The notice is shown." : "The notice isn't shown."}`;
}

export async function simulatorProps(
  context: Context,
  params: URLSearchParams,
): Promise<SimulatorProps> {
  const [current, draft] = await Promise.all([policyInForce(context), loadDraft(context)]);
  const isDraft = params.get("against") === "draft" && draft?.policy != null;
  const policy = isDraft && draft?.policy ? draft.policy : current;
  const described = readSituation(params, policy, context.now);
  const isAsked = [...params.keys()].length > 0 && described.situation !== null;
  const found =
    isAsked && described.situation ? simulate(policy, described.situation, context.now) : null;
  return { described, policy, isDraft, hasDraft: draft?.policy != null, found };
}

/** Longer addresses don't come through everywhere. */
const ADDRESS_MAX = 16_000;

export const getSimulatorPage = page("officer", async (visit) => {
  if (visit.request.url.length > ADDRESS_MAX)
    throw new Problem("too_large", "this description is too long for an address");
  const props = await simulatorProps(visit.context, query(visit.request));
  return screen(
    visit,
    "Simulator",
    <SimulatorPage {...props} />,
    props.described.errors.length > 0 ? 422 : 200,
  );
});
