/** A run over every receipt and anchor: is each as it was made? */
import { iso } from "../../http/api/input.ts";
import {
  beginVerification,
  continueVerification,
  isSound,
  lastVerification,
  type VerificationRun,
  verifiedShare,
} from "../../http/api/verification.ts";
import { seeOther } from "../../http/respond.ts";
import type { Session } from "../../http/session.ts";
import { count, whole } from "../numbers.ts";
import { action, page, screen } from "../page.tsx";
import {
  Empty,
  Figures,
  FormToken,
  Island,
  Progress,
  Section,
  Subnav,
  Time,
  Title,
} from "../parts.tsx";
import { Table } from "../table.tsx";
import { RECEIPTS } from "./nav.tsx";
import { dayWords } from "../days.ts";

export const VERIFICATION = `${RECEIPTS}/verification`;

export const ReceiptsNav = ({ path }: { path: string }) => (
  <Subnav
    label="Receipts"
    path={path}
    items={[
      { name: "Receipts", href: RECEIPTS },
      { name: "Verification", href: VERIFICATION },
    ]}
  />
);

export interface VerificationPageProps {
  session: Session;
  /** Null before the first. */
  run: VerificationRun | null;
}

export const VerificationPage = ({ session, run }: VerificationPageProps) => (
  <>
    <ReceiptsNav path={VERIFICATION} />
    <Title name="Are the receipts as they were made?">
      <form method="post" action={VERIFICATION}>
        <FormToken session={session} />
        <button type="submit">{run ? "Verify again" : "Verify all"}</button>
      </form>
    </Title>
    <p class="prose soft">
      Each receipt's hash is made again and held to the one after it; each day's anchor, signed when
      that day was over, is held to what landed then and to its copy outside the database. A
      changed, missing or misplaced receipt shows, and so does an end that was cut off.
    </p>
    {run === null ? (
      <Empty title="Never verified yet" />
    ) : (
      <>
        <Result run={run} />
        {!isSound(run) && <Faults run={run} />}
      </>
    )}
  </>
);

const Result = ({ run }: { run: VerificationRun }) => (
  <Section title={run.done ? "Result" : "Under way"} id="result">
    {!run.done && (
      <>
        <Progress
          label="Verifying receipts"
          done={Math.round(verifiedShare(run) * 100)}
          of="percent"
          href={VERIFICATION}
        />
        <Island name="again" />
      </>
    )}
    {run.done && (
      <p class={`lead ${isSound(run) ? "verdict-yes" : "verdict-no"}`}>
        {isSound(run)
          ? "Every receipt and every anchor is as it was made."
          : `${count(run.faults.length + run.anchors.faults.length, "thing")} not as made.`}
      </p>
    )}
    <Figures
      figures={[
        { name: "Receipts", value: whole(run.receipts) },
        { name: "Visitors", value: whole(run.visitors) },
        { name: "Anchored days", value: whole(run.anchors.anchors) },
        { name: "Faults", value: whole(run.faults.length + run.anchors.faults.length) },
      ]}
    />
    <p class="soft">
      Begun by the {run.by} on <Time at={iso(run.begun)} />
      {run.done && (
        <>
          , done <Time at={iso(run.at)} />
        </>
      )}
      .
    </p>
  </Section>
);

const FAULTS = {
  changed: "isn't what it was when it was made",
  missing: "is gone",
  misplaced: "doesn't follow the one before it",
  added: "has more receipts than landed then",
  cut_off: "is gone, and so are receipts that landed then",
  unsealed: "was never made",
} as const;

const Faults = ({ run }: { run: VerificationRun }) => (
  <Section title="What is wrong" id="faults">
    <Table
      caption="Faults"
      rows={[
        ...run.faults.map(({ kind, visitor, seq }) => ({
          what: (
            <>
              Receipt {seq} of <code>{visitor}</code>
            </>
          ),
          fault: FAULTS[kind],
        })),
        ...run.anchors.faults.map(({ kind, day, because }) => ({
          what: <>The anchor of {dayWords(day)}</>,
          // A run of an older version has no words.
          fault: because || FAULTS[kind],
        })),
      ]}
      columns={[
        { name: "What", cell: ({ what }) => what },
        { name: "Fault", cell: ({ fault }) => fault },
      ]}
    />
    <p class="prose soft">
      Compare with a backup or with an export made earlier. What was changed here can't be mended: a
      chain can't be made again without the days' anchors showing it.
    </p>
  </Section>
);

export const getVerificationPage = page("officer", async (visit) => {
  const { context, session } = visit;
  const last = await lastVerification(context);
  const run = last && (await continueVerification(context, last));
  return screen(visit, "Verification", <VerificationPage session={session} run={run} />);
});

export const postVerification = action("officer", async ({ context, session }) => {
  await beginVerification(context, session.role);
  return seeOther(VERIFICATION);
});
