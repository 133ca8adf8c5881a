/** How long what is kept, and what the next night would remove. Nothing is removed by looking. */
import type { Policy } from "../../domain/consent/policy.ts";
import { type DrySweep, drySweep } from "../../privacy/sweep.ts";
import { whole } from "../numbers.ts";
import { page, screen } from "../page.tsx";
import { Empty, Figures, Section, Title } from "../parts.tsx";
import { Table } from "../table.tsx";
import { Days } from "./days.tsx";
import { labelOf } from "../../domain/consent/notice.ts";
import { labelsOf, optional } from "./words.ts";

export interface RetentionPageProps {
  policy: Policy;
  plan: DrySweep;
}

const TABLES: Readonly<Record<string, string>> = { events: "Events", hints: "Hints" };

export const RetentionPage = ({ policy, plan }: RetentionPageProps) => {
  const going = plan.rows.filter(({ rows }) => rows > 0);
  const total = going.reduce((sum, { rows }) => sum + rows, 0);
  const nothing = total + plan.clickIds.rows + plan.said.rows + plan.people.persons === 0;
  return (
    <>
      <Title name="Retention" />
      <p class="prose soft">
        Each purpose ends by itself, counted from the day of recording: from then on what was
        recorded isn't used for it any more. With the last of its purposes a record is removed, at
        night. This page only looks.
      </p>
      <Section title="What the next night would remove" id="plan">
        {nothing ? (
          <Empty title="Nothing has run out" />
        ) : (
          <>
            {!plan.whole && (
              <p class="soft">
                At least: there is more than a page counts, since the policy is new or no night has
                passed yet.
              </p>
            )}
            <Figures
              figures={[
                { name: "Rows", value: whole(total) },
                { name: "Click ids", value: whole(plan.clickIds.rows) },
                { name: "Identities", value: whole(plan.said.rows) },
                { name: "People erased", value: whole(plan.people.persons) },
              ]}
            />
            {going.length > 0 && (
              <Table
                caption="Rows that would go"
                rows={going}
                columns={[
                  { name: "What", cell: ({ table }) => TABLES[table] ?? table },
                  {
                    name: "Recorded for",
                    cell: ({ purposes }) =>
                      purposes === null
                        ? "any purpose"
                        : labelsOf(policy, purposes) || "no purpose",
                  },
                  { name: "Earlier than", cell: ({ before }) => before },
                  { name: "Rows", cell: ({ rows }) => whole(rows), number: true },
                ]}
              />
            )}
            <ul>
              <li>
                Click ids of advertising networks on events before {plan.clickIds.before}:{" "}
                {whole(plan.clickIds.rows)}. The events stay for their other purposes.
              </li>
              <li>
                What somebody said of who they are, sealed with events before {plan.said.before}:{" "}
                {whole(plan.said.rows)}. Identifiers that weren&apos;t said again since then leave
                the index and the person, when the person is next called or within days.
              </li>
              <li>
                People not heard of since {plan.people.before}: {whole(plan.people.persons)}. They
                are erased altogether, within minutes rather than at night.
              </li>
            </ul>
          </>
        )}
      </Section>
      <Section
        title="What the policy says"
        id="policy"
        aside={<a href="/_u/console/policy">Version {policy.version}</a>}
      >
        <Table
          caption="Retention by purpose"
          rows={optional(policy)}
          columns={[
            { name: "Purpose", cell: ({ id }) => labelOf(policy, id) },
            {
              name: "Kept for",
              cell: ({ retentionDays }) => <Days n={retentionDays} />,
              number: true,
            },
          ]}
        />
      </Section>
    </>
  );
};

export const getRetentionPage = page("officer", async (visit) => {
  const { context } = visit;
  const policy = await context.policy();
  const plan = await drySweep(context, policy, context.now);
  return screen(visit, "Retention", <RetentionPage policy={policy} plan={plan} />);
});
