/** The versions of the catalogue: who saved what when, and what changed. */
import { STARTER_CATALOGUE } from "../../domain/action/starter.ts";
import type { Json } from "../../domain/json.ts";
import { Problem } from "../../domain/problem.ts";
import { asked, iso } from "../../http/api/input.ts";
import type { Context } from "../../http/context.ts";
import { listSettings, settingAt } from "../../d1/settings.ts";
import { Diff } from "../diff.tsx";
import { page, screen } from "../page.tsx";
import { Empty, Section, Time, Title } from "../parts.tsx";
import { Table } from "../table.tsx";

const SHOWN = 50;

export interface VersionLine {
  version: number;
  author: string;
  at: string;
}

export interface VersionsProps {
  versions: readonly VersionLine[];
  /** Two versions as texts; null where none is looked at. */
  compared: { version: number; before: string; after: string } | null;
}

const Versions = ({ versions, compared }: VersionsProps) => (
  <Table
    caption="Versions of the catalogue, the newest first"
    rows={versions}
    columns={[
      {
        name: "Version",
        cell: ({ version }) => (
          <a
            href={`/_u/console/actions/versions?version=${version}`}
            aria-current={compared?.version === version ? "true" : undefined}
          >
            {version}
          </a>
        ),
      },
      {
        name: "Saved",
        cell: ({ at, version }) =>
          version === 1 ? <span class="soft">as Usher came</span> : <Time at={at} />,
      },
      { name: "By", cell: ({ author }) => author },
    ]}
  />
);

export const VersionsPage = (props: VersionsProps) => (
  <>
    <Title name="Versions of the catalogue">
      <a href="/_u/console/actions">Back to the catalogue</a>
    </Title>
    {props.versions.length === 0 ? (
      <Empty title="The catalogue is as Usher came with it">
        <p>The first change makes version 2, and each later one a version more.</p>
      </Empty>
    ) : (
      <Versions {...props} />
    )}
    {props.compared && (
      <Section title={`What version ${props.compared.version} changed`} id="changed">
        <Diff
          label={`What version ${props.compared.version} changed`}
          before={props.compared.before}
          after={props.compared.after}
        />
      </Section>
    )}
  </>
);

const written = (document: unknown): string =>
  JSON.stringify({ ...(document as Record<string, Json>), version: undefined }, null, 2);

/** @throws Problem `not_found` where there is no such version */
async function compare({ db }: Context, text: string): Promise<VersionsProps["compared"]> {
  const version = Number(text);
  const saved = Number.isSafeInteger(version) ? await settingAt(db, "catalogue", version) : null;
  if (!saved) throw new Problem("not_found", "there is no such version");
  const before = await settingAt(db, "catalogue", version - 1);
  return {
    version,
    before: version === 1 ? written({}) : written(before?.document ?? STARTER_CATALOGUE),
    after: written(saved.document),
  };
}

export const getVersionsPage = page("marketer", async (visit) => {
  const { context, request } = visit;
  const version = asked(request, "version");
  const [listed, compared] = await Promise.all([
    listSettings(context.db, "catalogue", SHOWN),
    version === undefined ? null : compare(context, version),
  ]);
  const versions = listed.map(({ at, ...line }) => ({ ...line, at: iso(at) }));
  return screen(visit, "Versions", <VersionsPage versions={versions} compared={compared} />);
});
