/** Who would gain or lose what under a draft: counted over stored receipts, a part at a time. */
import type { Policy } from "../../domain/consent/policy.ts";
import type { Shift, WhatIf } from "../../domain/consent/simulate.ts";
import { progressOf, type Replay } from "../../privacy/replay.ts";
import type { Session } from "../../http/session.ts";
import { count, percent, whole } from "../numbers.ts";
import { Empty, FormToken, Island, Progress, Section } from "../parts.tsx";
import { Table } from "../table.tsx";
import { DRAFT } from "./nav.tsx";
import { placeName } from "./places.ts";
import { labelOf } from "../../domain/consent/notice.ts";

export interface WhatIfProps {
  session: Session;
  /** Null before anybody looked. */
  replay: Replay | null;
  current: Policy;
  draft: Policy;
}

export const WhatIfSection = ({ session, replay, current, draft }: WhatIfProps) => (
  <Section title="What it costs" id="what-if">
    {replay === null ? (
      <>
        <p class="prose">
          Decides again for every visitor with a receipt, by what their browser sent and what they
          said, and counts who would gain or lose what. Nothing changes by looking.
        </p>
        <form method="post" action={`${DRAFT}/what-if`}>
          <FormToken session={session} />
          <button type="submit">See what it costs</button>
        </form>
      </>
    ) : (
      <>
        {!replay.done && (
          <>
            <Progress
              label="Looking at visitors with a receipt"
              done={Math.round(progressOf(replay) * 100)}
              of="percent"
              href={`${DRAFT}#what-if`}
            />
            <Island name="again" />
          </>
        )}
        <Cost found={replay.found} current={current} draft={draft} done={replay.done} />
      </>
    )}
  </Section>
);

const moves = ({ gain, lose }: Shift): boolean => gain + lose > 0;

/** `−12 +3` */
const shift = ({ gain, lose }: Shift): string =>
  [lose > 0 ? `−${whole(lose)}` : "", gain > 0 ? `+${whole(gain)}` : ""]
    .filter(Boolean)
    .join(" ") || "–";

const Cost = ({
  found,
  current,
  draft,
  done,
}: {
  found: WhatIf;
  current: Policy;
  draft: Policy;
  done: boolean;
}) => {
  if (found.visitors === 0)
    return done ? (
      <Empty title="No visitor has a receipt yet">
        <p>
          So nobody would gain or lose anything by it. New visitors are decided by the new policy.
        </p>
      </Empty>
    ) : null;
  const moved = Object.entries(found.purposes).filter(([, each]) => moves(each));
  const label = (id: string): string =>
    labelOf(draft.purposes.some((each) => each.id === id) ? draft : current, id);
  const regions = Object.entries(found.regions)
    .filter(([, region]) => Object.values(region.purposes).some(moves))
    .toSorted(([, a], [, b]) => b.visitors - a.visitors);
  return (
    <>
      <p class="lead">{verdict(moved, label)}</p>
      {moved.length > 0 && (
        <Table
          caption="By purpose"
          captionShown
          rows={moved}
          columns={[
            { name: "Purpose", cell: ([id]) => label(id) },
            { name: "Lose it", cell: ([, { lose }]) => whole(lose), number: true },
            { name: "Gain it", cell: ([, { gain }]) => whole(gain), number: true },
            {
              name: "Of all looked at",
              cell: ([, { gain, lose }]) => percent((gain + lose) / found.visitors),
              number: true,
            },
          ]}
        />
      )}
      {regions.length > 0 && (
        <Table
          caption="By region"
          captionShown
          rows={regions}
          columns={[
            { name: "Region", cell: ([region]) => capital(placeName(region)) },
            { name: "Visitors", cell: ([, { visitors }]) => whole(visitors), number: true },
            ...moved.map(([id]) => ({
              name: label(id),
              cell: ([, region]: (typeof regions)[number]) =>
                shift(region.purposes[id] ?? { gain: 0, lose: 0 }),
              number: true,
            })),
          ]}
        />
      )}
      <p class="soft">
        {asked(found)} Counted over {count(found.visitors, "visitor")} with a receipt; whoever never
        decided has none, and isn't counted.
      </p>
    </>
  );
};

function verdict(
  moved: readonly (readonly [string, Shift])[],
  label: (id: string) => string,
): string {
  if (moved.length === 0) return "Nobody would gain or lose anything.";
  return moved
    .map(([id, { gain, lose }]) => {
      const parts = [
        ...(lose > 0 ? [`${count(lose, "visitor")} would lose ${label(id)}`] : []),
        ...(gain > 0 ? [`${count(gain, "visitor")} would gain ${label(id)}`] : []),
      ];
      return `${parts.join(", ")}.`;
    })
    .join(" ");
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const asked = ({ asked: { before, after } }: WhatIf): string =>
  before === after
    ? `On their next visit ${count(after, "visitor")} would be asked, as now.`
    : `On their next visit ${count(after, "visitor")} would be asked, instead of ${whole(before)}.`;
