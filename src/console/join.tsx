/** An officer says that two persons are one: first what would be joined and what the merge policy says, then the merge. */
import type { VisitorId } from "../domain/ids.ts";
import { Problem } from "../domain/problem.ts";
import { requireVisitorId } from "../http/api/identifiers.ts";
import { asked } from "../http/api/input.ts";
import { type MergeOutcome, mergePeople } from "../http/api/merges.ts";
import { describe, loadPerson } from "../http/api/person.ts";
import { whyIn } from "../http/api/why.ts";
import { isAbout } from "../http/audit.ts";
import type { Context } from "../http/context.ts";
import { seeOther } from "../http/respond.ts";
import type { Session } from "../http/session.ts";
import { doneAt } from "./done.tsx";
import { Checked, errorsFrom } from "./field.tsx";
import { type Naming, namingOf } from "./identity.tsx";
import { personOrFault, WhoToJoin } from "./meant.tsx";
import { action, page, screen } from "./page.tsx";
import { FormToken, Title } from "./parts.tsx";
import { Side } from "./side.tsx";
import { WhyField } from "./why.tsx";

const NobodyFound = ({ a, typed, message }: { a: VisitorId; typed: string; message: string }) => (
  <>
    <Title name="Join with another person">
      <a href={`/_u/console/people/${a}`}>Back to the person</a>
    </Title>
    <Checked errors={errorsFrom([{ name: "b", message }])}>
      <WhoToJoin person={a} typed={typed} />
    </Checked>
  </>
);

const Confirm = ({
  a,
  b,
  refusal,
  session,
}: Pick<JoinPageProps, "a" | "b" | "refusal" | "session">) => (
  <form method="post" action="/_u/console/merges" class="stack">
    <FormToken session={session} />
    <input type="hidden" name="a" value={a} />
    <input type="hidden" name="b" value={b} />
    {refusal !== null && <input type="hidden" name="force" value="yes" />}
    <WhyField />
    <div class="actions">
      <button type="submit" class={refusal === null ? "" : "danger"}>
        {refusal === null ? "Join them" : "Join them against the policy"}
      </button>
      <a href={`/_u/console/people/${a}`}>Leave them apart</a>
    </div>
  </form>
);

export interface JoinPageProps {
  a: VisitorId;
  b: VisitorId;
  outcome: MergeOutcome;
  naming: Naming;
  /** Why the merge policy wouldn't. */
  refusal: string | null;
  session: Session;
}

export const JoinPage = ({ outcome, naming, ...confirm }: JoinPageProps) => (
  <>
    <h1>Are these one person?</h1>
    <p>
      Both histories become one journey, each event under the consent it was recorded with. You can
      undo it.
    </p>
    {confirm.refusal !== null && (
      <p class="warning" role="alert">
        The merge policy refuses: {confirm.refusal}.
      </p>
    )}
    <div class="sides">
      {outcome.sides.map((side, index) => (
        <Side side={side} title={index === 0 ? "Stays" : "Comes to it"} words={naming.words} />
      ))}
    </div>
    <Confirm {...confirm} />
  </>
);

/** What the merge policy says against it; null when it says nothing. */
async function preview(
  context: Context,
  both: { a: VisitorId; b: VisitorId },
  by: string,
): Promise<{ outcome: MergeOutcome; refusal: string | null }> {
  const request = { ...both, dryRun: true, force: false };
  try {
    return { outcome: await mergePeople(context, request, by), refusal: null };
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "conflict") throw error;
    const outcome = await mergePeople(context, { ...request, force: true }, by);
    return { outcome, refusal: error.message };
  }
}

export const getJoinPage = page("officer", async (visit) => {
  const { request, context, session } = visit;
  const a = requireVisitorId(asked(request, "a"));
  const typed = asked(request, "b") ?? "";
  const found = await personOrFault(context, typed);
  if (typeof found !== "string") {
    const { message } = found;
    return screen(visit, "Join two people", <NobodyFound {...{ a, typed, message }} />, 422);
  }
  const b = found;
  isAbout(request, [a, b]);
  const { outcome, refusal } = await preview(context, { a, b }, session.role);
  // They are one person already.
  if (outcome.sides.length === 0) return seeOther(`/_u/console/people/${outcome.people[0] ?? a}`);
  const people = await Promise.all(
    outcome.sides.map(async ({ person }) => describe(context, await loadPerson(context, person))),
  );
  const naming = namingOf({ visitors: people.flatMap(({ visitors }) => visitors) });
  return screen(
    visit,
    "Join two people",
    <JoinPage {...{ a, b, outcome, naming, refusal, session }} />,
  );
});

export const postJoin = action("officer", async ({ request, context, session }, form) => {
  const a = requireVisitorId(form.get("a") ?? undefined);
  const b = requireVisitorId(form.get("b") ?? undefined);
  isAbout(request, [a, b]);
  const force = form.get("force") === "yes";
  const wanted = { a, b, force, dryRun: false, why: whyIn(form) };
  const { people } = await mergePeople(context, wanted, session.role);
  return doneAt(`/_u/console/people/${people[0] ?? a}`, "joined");
});
