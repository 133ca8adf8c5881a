/** The identity rules in force, in plain sentences, and who saved them when. */
import type { Setting } from "../../d1/settings.ts";
import type { MergeRules } from "../../domain/identity/rules.ts";
import { asked, iso } from "../../http/api/input.ts";
import { rulesInForce } from "../../http/api/merge-rules.ts";
import { rulesAt } from "../../http/api/merge-rules-versions.ts";
import { page, screen } from "../page.tsx";
import { Notice, Section, Time, Title } from "../parts.tsx";
import { RULES, RULES_EDIT, RulesNav } from "./nav.tsx";
import { partsOf, type Sentence } from "./words.ts";

export type About = Pick<Setting, "author" | "at">;

export interface RulesPageProps {
  rules: MergeRules;
  about: About;
  /** They were saved a moment ago. */
  fresh?: boolean;
}

export const RulesPage = ({ rules, about, fresh = false }: RulesPageProps) => (
  <>
    <RulesNav path={RULES} />
    <Title name={`Identity rules, version ${rules.version}`}>
      <a class="button" href={RULES_EDIT}>
        Change the rules
      </a>
    </Title>
    {fresh && (
      <Notice tone="good">
        <p>
          Saved. Whoever comes is decided by them within ten seconds. Who was joined before stays
          joined.
        </p>
      </Notice>
    )}
    <p class="soft">
      By these rules Usher decides who is one person. <SavedBy about={about} />
    </p>
    <RulesInWords rules={rules} />
  </>
);

export const SavedBy = ({ about: { author, at } }: { about: About }) =>
  at === 0 ? (
    <>They are those that Usher came with.</>
  ) : (
    <>
      Saved by the {author} on <Time at={iso(at)} />.
    </>
  );

/** So many of a list are read at once. */
const READ = 8;

const Rule = ({ sentence: { words, items = [] } }: { sentence: Sentence }) => (
  <li>
    {words} {items.length > 0 && items.length <= READ && `${items.join(", ")}.`}
    {items.length > READ && (
      <details>
        <summary>All {items.length}</summary>
        <p class="soft">{items.join(", ")}</p>
      </details>
    )}
  </li>
);

/** The whole document, readable by those who didn't write it. */
export const RulesInWords = ({ rules }: { rules: MergeRules }) => (
  <>
    <div class="sides">
      {partsOf(rules).map(({ id, title, sentences }) => (
        <Section title={title} id={id}>
          <ul>
            {sentences.map((sentence) => (
              <Rule sentence={sentence} />
            ))}
          </ul>
        </Section>
      ))}
    </div>
    <details>
      <summary>The document</summary>
      <pre tabindex={0} aria-label="The rules as JSON">
        {JSON.stringify(rules, null, 2)}
      </pre>
    </details>
    <p class="soft">
      What each rule means, with its default, stands in <code>docs/identity/rules.md</code>.
    </p>
  </>
);

export const getRulesPage = page("officer", async (visit) => {
  const { context, request } = visit;
  const rules = await rulesInForce(context.db);
  const { author, at } = await rulesAt(context.db, rules.version);
  const fresh = asked(request, "saved") === String(rules.version);
  return screen(
    visit,
    "Identity rules",
    <RulesPage rules={rules} about={{ author, at }} fresh={fresh} />,
  );
});
