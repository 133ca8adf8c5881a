/** Every policy that was ever in force, what any two of them differ by, and the way back to one. */
import type { Policy } from "../../domain/consent/policy.ts";
import { type PolicyChange, publish } from "../../domain/consent/policy-change.ts";
import { readDraft } from "../../d1/drafts.ts";
import type { PublishedPolicy } from "../../d1/policies.ts";
import { differences } from "../../http/api/draft.ts";
import { iso, wholeNumber } from "../../http/api/input.ts";
import { requirePolicy, requireVersion, versionsOf } from "../../http/api/policy.ts";
import type { Session } from "../../http/session.ts";
import { Compare } from "../compare.tsx";
import { page, screen } from "../page.tsx";
import { Badge, Notice, Time, Title } from "../parts.tsx";
import { Table } from "../table.tsx";
import { ChangeList } from "./change-list.tsx";
import { PolicyNav, VERSIONS } from "./nav.tsx";
import { BeginDraft, PolicyInWords } from "./policy.tsx";

export type VersionLine = Omit<PublishedPolicy, "document">;

export interface Comparison {
  before: Policy;
  after: Policy;
  changes: readonly PolicyChange[];
  material: readonly string[];
}

export interface VersionsPageProps {
  /** Newest first. */
  versions: readonly VersionLine[];
  /** Two of them, if asked for. */
  compared: Comparison | null;
}

const Published = ({ version: { author, at } }: { version: VersionLine }) =>
  at === 0 ? (
    <>with Usher</>
  ) : (
    <>
      <Time at={iso(at)} /> by the {author}
    </>
  );

export const VersionsPage = ({ versions, compared }: VersionsPageProps) => (
  <>
    <PolicyNav path={VERSIONS} />
    <Title name="Versions of the policy" />
    <Table<VersionLine>
      caption="Versions, newest first"
      rows={versions}
      columns={[
        {
          name: "Version",
          cell: ({ version }) => (
            <>
              <a href={`${VERSIONS}/${version}`}>Version {version}</a>{" "}
              {version === versions[0]?.version && <Badge tone="verified">in force</Badge>}
            </>
          ),
        },
        { name: "Published", cell: (version) => <Published version={version} /> },
        { name: "Why", cell: ({ note }) => note || "–" },
      ]}
    />
    <Compare action={VERSIONS} versions={versions} compared={compared}>
      {compared && <ChangeList {...compared} />}
    </Compare>
  </>
);

export interface VersionPageProps {
  session: Session;
  version: VersionLine;
  policy: Policy;
  /** The version in force. */
  current: number;
  /** Revision of the draft that somebody is writing; 0 for none. */
  draft: number;
}

export const VersionPage = ({ session, version, policy, current, draft }: VersionPageProps) => (
  <>
    <PolicyNav path={VERSIONS} />
    <Title name={`Version ${version.version}`}>
      {version.version !== current && (
        <BeginDraft
          session={session}
          from={version.version}
          revision={draft}
          words="Go back to this version…"
        />
      )}
    </Title>
    {version.version !== current && draft !== 0 && (
      <Notice tone="note">
        <p>Somebody is writing a draft. Going back begins another in its place.</p>
      </Notice>
    )}
    <p class="soft">
      Published <Published version={version} />
      {version.note && <>: {version.note}</>}{" "}
      {version.version !== current && (
        <>
          <a href={`${VERSIONS}?a=${version.version}&b=${current}`}>
            What has changed since, up to version {current}
          </a>
          . Going back begins a draft as this version was; you see what it changes and costs before
          you publish it as a new one.
        </>
      )}
    </p>
    <PolicyInWords policy={policy} />
  </>
);

export const getVersionsPage = page("officer", async (visit) => {
  const { context, request } = visit;
  const versions = await versionsOf(context);
  const [a, b] = [wholeNumber(request, "a"), wholeNumber(request, "b")];
  let compared: Comparison | null = null;
  if (a !== undefined && b !== undefined) {
    const [before, after] = await Promise.all(
      [a, b].map(async (each) => requirePolicy((await requireVersion(context, each)).document)),
    );
    if (before && after) compared = compare(before, after);
  }
  return screen(visit, "Versions", <VersionsPage versions={versions} compared={compared} />);
});

/** Material is what it would be if the second were published after the first. */
function compare(before: Policy, after: Policy): Comparison {
  const about = { author: "", note: "", now: 0 };
  const { material } = publish({ previous: before, draft: after, ...about });
  return { before, after, changes: differences(before, after), material };
}

export const getVersionPage = page("officer", async (visit) => {
  const { context, request, session } = visit;
  const { document, ...version } = await requireVersion(context, Number(request.params["version"]));
  const [[newest], draft] = await Promise.all([
    versionsOf(context),
    readDraft(context.db, "policy"),
  ]);
  return screen(
    visit,
    `Version ${version.version}`,
    <VersionPage
      session={session}
      version={version}
      policy={requirePolicy(document)}
      current={newest?.version ?? 1}
      draft={draft?.revision ?? 0}
    />,
  );
});
