/** The officer's first page: what waits for them, how people answer, what isn't recorded, and whether the proof is sound. */
import type { Millis } from "../../domain/ids.ts";
import type { Role } from "../../http/auth.ts";
import { iso } from "../../http/api/input.ts";
import {
  type OfficerOverview,
  officerOverview,
  REQUESTS_MOST,
  SUGGESTIONS_MOST,
} from "../../http/api/officer-overview.ts";
import { isSound, verifiedShare } from "../../http/api/verification.ts";
import type { StoredRequest } from "../../privacy/requests.ts";
import { daysBetween } from "../chart.tsx";
import { count, percent, whole } from "../numbers.ts";
import { Consent, Dropped, shareOf, total, Trouble, troubleWords } from "../overview-parts.tsx";
import { page, screen } from "../page.tsx";
import { Empty, type FigureProps, Figures, Section, Time, Title } from "../parts.tsx";
import { QUARANTINE } from "../quarantine.tsx";
import { Ranges, rangeAsked } from "../ranges.tsx";
import { aboutOf, Due, KIND_WORDS, REQUESTS, State } from "../request-words.tsx";
import { SUGGESTIONS_PATH } from "../suggestions/list.tsx";
import { Table } from "../table.tsx";
import { DRAFT, POLICY, RECEIPTS } from "./nav.tsx";
import { VERIFICATION } from "./verification.tsx";

export const CONSENT_OVERVIEW = "/_u/console/consent";

/** Open requests shown: the page of requests has all. */
const REQUESTS_SHOWN = 20;

export interface OfficerOverviewProps {
  found: OfficerOverview;
  role: Role;
  now: Millis;
}

/** `4 points more than before` */
function changeOf(now: number | null, before: number | null): string {
  if (now === null || before === null) return "";
  const points = Math.round((now - before) * 100);
  if (points === 0) return ", as before";
  return `, ${count(Math.abs(points), "point")} ${points > 0 ? "more" : "less"} than before`;
}

function proofWords({ verification: run }: OfficerOverview): string {
  if (run === null) return "never verified";
  if (!run.done) return `${percent(verifiedShare(run))} looked at so far`;
  return isSound(run) ? "each as it was made" : "some not as made";
}

function figuresOf(found: OfficerOverview, now: Millis): FigureProps[] {
  const { choices, requests, dropped, waited, errors, verification } = found;
  const answered = choices.reduce((sum, each) => sum + each.answered, 0);
  const agreed = choices.reduce((sum, each) => sum + each.all + each.some, 0);
  const rate = answered === 0 ? null : agreed / answered;
  const late = requests.filter(({ due }) => due < now).length;
  const refused = total(dropped.filter(({ reason }) => reason === "consent"));
  return [
    {
      name: "Agree when asked",
      value: shareOf(agreed, answered),
      note: `of ${count(answered, "answer")}${changeOf(rate, found.agreedBefore)}`,
      href: "#consent",
    },
    {
      name: "Not recorded for want of consent",
      value: whole(refused),
      note: `of ${whole(total(dropped))} not recorded`,
      href: "#dropped",
    },
    {
      name: "Open requests",
      value:
        requests.length > REQUESTS_MOST
          ? `more than ${whole(REQUESTS_MOST)}`
          : whole(requests.length),
      note: late > 0 ? `${whole(late)} past due` : "none past due",
      href: "#requests",
    },
    {
      name: "Receipts verified",
      value: verification === null ? "–" : whole(verification.receipts),
      note: proofWords(found),
      href: VERIFICATION,
    },
    {
      name: "Late or failed",
      value: whole(total(waited) + total(errors)),
      note: troubleWords(found),
      href: "#trouble",
    },
  ];
}

const Waiting = ({ found: { waiting } }: OfficerOverviewProps) => {
  const { suggestions, origins, draft, quarantined } = waiting;
  const isNothing =
    suggestions === 0 && origins.length === 0 && draft === null && quarantined === 0;
  return (
    <Section title="Waiting for you" id="waiting">
      {isNothing ? (
        <Empty title="Nothing waits for a decision" />
      ) : (
        <ul>
          {suggestions > 0 && (
            <li>
              <a href={SUGGESTIONS_PATH}>
                {suggestions > SUGGESTIONS_MOST
                  ? `More than ${whole(SUGGESTIONS_MOST)} pairs of records`
                  : count(suggestions, "pair of records", "pairs of records")}
              </a>{" "}
              that may be of one person; those of the same two people are decided together
            </li>
          )}
          {quarantined > 0 && (
            <li>
              <a href={QUARANTINE}>{count(quarantined, "identifier")}</a> quarantined within a week,
              since too many devices said {quarantined === 1 ? "it" : "them"}
            </li>
          )}
          {origins.length > 0 && (
            <li>
              <a href="/_u/console/import#origins">
                {count(origins.length, "origin")} of imported files
              </a>{" "}
              to approve: {origins.slice(0, 5).join(", ")}
              {origins.length > 5 && " and others"}
            </li>
          )}
          {draft !== null && (
            <li>
              <a href={DRAFT}>A draft of the next policy</a>, last saved <Time at={iso(draft)} />
            </li>
          )}
        </ul>
      )}
    </Section>
  );
};

const Requests = ({ found: { requests }, now }: OfficerOverviewProps) => (
  <Section title="Open requests" id="requests" aside={<a href={REQUESTS}>All requests</a>}>
    {requests.length === 0 ? (
      <Empty title="Every request is answered" />
    ) : (
      <Table<StoredRequest>
        caption="Open requests, the first due first"
        rows={requests.slice(0, REQUESTS_SHOWN)}
        columns={[
          {
            name: "Request",
            cell: ({ id, kind, about }) => (
              <>
                <a href={`${REQUESTS}/${id}`}>{KIND_WORDS[kind]}</a>
                <p class="soft">by {aboutOf(about)}</p>
              </>
            ),
          },
          { name: "State", cell: (request) => <State request={request} /> },
          { name: "Due", cell: (request) => <Due request={request} now={now} /> },
        ]}
      />
    )}
  </Section>
);

const Proof = ({ found }: OfficerOverviewProps) => {
  const run = found.verification;
  return (
    <Section title="Proof of consent" id="proof" aside={<a href={RECEIPTS}>Receipts</a>}>
      {run === null ? (
        <Empty title="The receipts were never verified">
          <p>
            <a href={VERIFICATION}>Verify them</a>: it takes a few minutes on a large site, and can
            be left and returned to.
          </p>
        </Empty>
      ) : (
        <>
          <p class={run.done ? (isSound(run) ? "verdict-yes" : "verdict-no") : undefined}>
            {run.done && isSound(run)
              ? "Every receipt and every anchor is as it was made."
              : run.done
                ? `${count(run.faults.length + run.anchors.faults.length, "thing")} not as made.`
                : `Under way: ${percent(verifiedShare(run))} looked at.`}
          </p>
          <p class="soft">
            {count(run.receipts, "receipt")} of {count(run.visitors, "visitor")}, last looked at{" "}
            <Time at={iso(run.at)} />. <a href={VERIFICATION}>Verification</a>
          </p>
        </>
      )}
      <p>
        <a href={POLICY}>Version {found.policy} of the policy</a> is in force.
      </p>
    </Section>
  );
};

export const OfficerOverviewPage = (props: OfficerOverviewProps) => {
  const { found, role, now } = props;
  const { from, to } = found;
  return (
    <>
      <Title name="Consent overview">
        <Ranges
          now={now}
          days={daysBetween(from, to).length}
          href={CONSENT_OVERVIEW}
          from={from}
          to={to}
        />
      </Title>
      <Figures figures={figuresOf(found, now)} />
      <div class="sides">
        <Waiting {...props} />
        <Requests {...props} />
        <Consent found={found} role={role} />
        <Dropped found={found} role={role} />
        <Proof {...props} />
        <Trouble found={found} />
      </div>
      <p class="soft">
        Answers, and what wasn't recorded, are counted by day (UTC) without anything that names
        somebody.
      </p>
    </>
  );
};

export const getOfficerOverviewPage = page("officer", async (visit) => {
  const { request, context, session } = visit;
  const found = await officerOverview(context, rangeAsked(request, context.now));
  const props = { found, role: session.role, now: context.now };
  return screen(visit, "Consent overview", <OfficerOverviewPage {...props} />);
});
