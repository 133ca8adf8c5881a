/** Trying the rules in force on two people. */
import { asked } from "../../http/api/input.ts";
import { page, screen } from "../page.tsx";
import { Section, Title } from "../parts.tsx";
import { RULES_EDIT, RULES_TRY, RulesNav } from "./nav.tsx";
import { NOBODY, type Pair, PairFields, type Trial, TrialResult, tryOn } from "./trial.tsx";

export const TryPage = ({ pair, trial }: { pair: Pair; trial: Trial | null }) => (
  <>
    <RulesNav path={RULES_TRY} />
    <Title name="Try the rules on two people" />
    <p class="prose soft">
      See what each identifier that both of them say would do, and why. Nothing is changed. Rules
      that aren't saved yet are tried where they are <a href={RULES_EDIT}>changed</a>, before
      saving.
    </p>
    <form method="get" action={RULES_TRY} class="stack wide">
      <PairFields pair={pair} />
      <button type="submit">Try</button>
    </form>
    {trial && (
      <Section title="By the rules in force" id="tried">
        <TrialResult trial={trial} />
      </Section>
    )}
  </>
);

export const getTryPage = page("officer", async (visit) => {
  const { request, context } = visit;
  const said = { a: asked(request, "a") ?? "", b: asked(request, "b") ?? "" };
  const isAsked = said.a !== "" || said.b !== "";
  const found = isAsked ? await tryOn(request, context, said) : { pair: NOBODY, trial: null };
  const status = found.pair.errors.size > 0 ? 422 : 200;
  return screen(visit, "Try the rules", <TryPage {...found} />, status);
});
