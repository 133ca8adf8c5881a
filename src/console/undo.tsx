/** Taking a merge back: first who would be on which side with what, then, confirmed, the undo itself. */
import type { MergeOutcome } from "../http/api/merges.ts";
import { describe, loadPerson } from "../http/api/person.ts";
import { undoMerge } from "../http/api/undo.ts";
import { isAbout } from "../http/audit.ts";
import { whyIn } from "../http/api/why.ts";
import { seeOther } from "../http/respond.ts";
import type { Session } from "../http/session.ts";
import { type Naming, namingOf } from "./identity.tsx";
import { action, page, screen } from "./page.tsx";
import { FormToken } from "./parts.tsx";
import { Side } from "./side.tsx";
import { WhyField } from "./why.tsx";

export interface UndoPageProps {
  merge: string;
  outcome: MergeOutcome;
  naming: Naming;
  session: Session;
}

/** Who would be on which side with what. */
export const UndoPage = ({ merge, outcome, naming, session }: UndoPageProps) => (
  <>
    <h1>Undo this merge?</h1>
    <p>
      One person becomes two, each with its own devices, identifiers and history. Nothing is lost.
      What both sides said doesn't join them again; other evidence may.
    </p>
    <div class="sides">
      {outcome.sides.map((side, index) => (
        <Side
          side={side}
          title={index === 0 ? "Keeps this page" : "Becomes a person of its own"}
          words={naming.words}
        />
      ))}
    </div>
    <form method="post" action={`/_u/console/merges/${merge}/undo`} class="stack">
      <FormToken session={session} />
      <WhyField />
      <div class="actions">
        <button type="submit" class="danger">
          Undo the merge
        </button>
        <a href={`/_u/console/people/${outcome.people[0] ?? ""}`}>Leave it as it is</a>
      </div>
    </form>
  </>
);

export const getUndoPage = page("officer", async (visit) => {
  const { request, context, session } = visit;
  const merge = request.params["id"] ?? "";
  const outcome = await undoMerge(context, merge, { dryRun: true }, session.role);
  isAbout(request, outcome.people);
  const [person, other] = outcome.people;
  // Undone by somebody in the meantime: there is nothing to confirm.
  if (outcome.sides.length === 0 || !person) return parted(person ?? "", other);
  const naming = namingOf(await describe(context, await loadPerson(context, person)));
  return screen(
    visit,
    "Undo a merge",
    <UndoPage merge={merge} outcome={outcome} naming={naming} session={session} />,
  );
});

export const postUndoPage = action("officer", async ({ request, context, session }, form) => {
  const merge = request.params["id"] ?? "";
  const wanted = { dryRun: false, why: whyIn(form) };
  const outcome = await undoMerge(context, merge, wanted, session.role);
  isAbout(request, outcome.people);
  const [person, other] = outcome.people;
  return parted(person ?? "", other);
});

const parted = (person: string, other: string | undefined): Response =>
  seeOther(
    `/_u/console/people/${person}${other ? `?${new URLSearchParams({ parted: other })}` : ""}`,
  );
