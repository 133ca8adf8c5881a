/** Reports over more than a page may count: when what is shown was counted, and how far the counting of it has come. */
import { iso } from "../http/api/input.ts";
import type { Shown } from "../http/kept.ts";
import { Island, Progress, Section, Time } from "./parts.tsx";

export type Count = Pick<Shown<unknown>, "at" | "counting">;

export const Counted = ({ at, counting }: Count) => (
  <>
    {counting !== null && (
      <Section title="These figures are being counted" id="counting">
        <Progress label="Events looked at" done={Math.floor(counting * 100)} of="percent" href="" />
        <p class="soft">
          {at === null
            ? "There are many events in this range, and nobody has asked for it before. It is counted once and kept."
            : "Until then you see the figures as they were counted before."}
        </p>
        <Island name="again" />
      </Section>
    )}
    {at !== null && (
      <p class="soft">
        Counted <Time at={iso(at)} />.
      </p>
    )}
  </>
);
