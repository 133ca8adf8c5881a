/** Segments: people with similar journeys, what sets them apart in words, and what goes together. */
import {
  segmentExamples,
  type SegmentExamples,
  segmentReport,
} from "../../http/api/segment-report.ts";
import { isAbout } from "../../http/audit.ts";
import { count, percent, whole } from "../numbers.ts";
import { page, screen } from "../page.tsx";
import { Empty, Id, Section, Time, Title } from "../parts.tsx";
import { Table } from "../table.tsx";

export interface SegmentsProps {
  report: Awaited<ReturnType<typeof segmentReport>>;
  examples: SegmentExamples;
}

type Segment = SegmentsProps["report"]["segments"][number];

const Traits = ({ traits }: Pick<Segment, "traits">) =>
  traits.length === 0 ? (
    <p class="soft">Nothing sets them apart from the others.</p>
  ) : (
    <table class="shares">
      <caption class="hidden">What sets them apart</caption>
      <thead class="hidden">
        <tr>
          <th scope="col">What they did</th>
          <th scope="col">Share here, and among the others</th>
        </tr>
      </thead>
      <tbody>
        {traits.map(({ words, inside, outside }) => (
          <tr>
            <th scope="row">
              {words}
              <meter min={0} max={1} value={inside} aria-hidden="true" />
            </th>
            <td>
              {percent(inside)} <span class="soft">others {percent(outside)}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );

const SegmentCard = ({
  segment,
  of,
  at,
  examples,
}: {
  segment: Segment;
  /** All people. */
  of: number;
  at: number;
  examples: readonly string[];
}) => (
  <Section
    title={segment.name}
    id={`segment-${at}`}
    aside={
      <span class="soft">
        <a href={`/_u/console/people?${new URLSearchParams({ segment: segment.name })}`}>
          {count(segment.people, "person", "people")}
        </a>
        , {percent(segment.people / Math.max(1, of))}
      </span>
    }
  >
    <Traits traits={segment.traits} />
    {examples.length === 0 ? (
      <p class="soft">Nobody of those last seen is in it.</p>
    ) : (
      <p>
        <span class="soft">Such as</span>{" "}
        {examples.map((id) => (
          <>
            <a href={`/_u/console/people/${id}`}>
              <Id id={id} />
            </a>{" "}
          </>
        ))}
      </p>
    )}
  </Section>
);

export const SegmentsPage = ({ report, examples }: SegmentsProps) => (
  <>
    <Title name="Segments">
      {report.at !== null && (
        <span class="soft">
          Found <Time at={report.at} /> among {count(report.people, "person", "people")}
        </span>
      )}
    </Title>
    {report.segments.length === 0 ? (
      <Empty title="There are too few people to tell groups apart">
        <p>
          Segments are found once twenty people or more read, did or bought something with consent
          to suggestions; a job looks every hour at first, later every night.
        </p>
      </Empty>
    ) : (
      <>
        <p class="prose">
          People with similar journeys over 90 days. Each hint remembers the segment its person was
          in, so <a href="/_u/console/performance">performance</a> is told apart by it.
        </p>
        <div class="sides">
          {report.segments.map((segment, at) => (
            <SegmentCard
              segment={segment}
              of={report.people}
              at={at}
              examples={examples.people.get(segment.name) ?? []}
            />
          ))}
        </div>
      </>
    )}
    <Section title="People like this" id="affinities">
      {report.affinities.length === 0 ? (
        <p class="soft">Nothing goes together more often than by chance yet.</p>
      ) : (
        <>
          <p class="soft">
            What people did after something else, where both go together more often than by chance
            (p &lt; 0.001). Actions give these as reasons.
          </p>
          <Table
            caption="What goes together"
            rows={report.affinities}
            columns={[
              { name: "What goes together", cell: ({ words }) => words },
              {
                name: "People",
                number: true,
                cell: ({ both, people }) => `${whole(both)} of ${whole(people)}`,
              },
              { name: "How sure", number: true, cell: ({ llr }) => sureness(llr) },
            ]}
          />
        </>
      )}
    </Section>
  </>
);

/** Log-likelihood ratio as words: chi-square with one degree of freedom. */
const sureness = (llr: number): string =>
  llr >= 50 ? "beyond doubt" : llr >= 24 ? "very sure" : "sure";

export const getSegmentsPage = page("marketer", async (visit) => {
  const { context } = visit;
  const [report, examples] = await Promise.all([
    segmentReport(context.db),
    segmentExamples(context),
  ]);
  isAbout(visit.request, [...examples.people.values()].flat());
  return screen(visit, "Segments", <SegmentsPage report={report} examples={examples} />);
});
