/** Every version of the identity rules, what any two differ by, and the way back to one. */
import type { Setting } from "../../d1/settings.ts";
import type { MergeRules } from "../../domain/identity/rules.ts";
import { iso, wholeNumber } from "../../http/api/input.ts";
import { rulesInForce } from "../../http/api/merge-rules.ts";
import { rulesAt, rulesVersions } from "../../http/api/merge-rules-versions.ts";
import { Compare } from "../compare.tsx";
import { page, screen } from "../page.tsx";
import { Badge, Time, Title } from "../parts.tsx";
import { Table } from "../table.tsx";
import { changesBetween } from "./changes.ts";
import { Changes } from "./changes-list.tsx";
import { RULES_EDIT, RULES_VERSIONS, RulesNav } from "./nav.tsx";
import { type About, RulesInWords, SavedBy } from "./page.tsx";

export type VersionLine = Omit<Setting, "document">;

export interface VersionsPageProps {
  /** Newest first. */
  versions: readonly VersionLine[];
  /** Two of them, if asked for. */
  compared: { before: MergeRules; after: MergeRules } | null;
}

export const RulesVersionsPage = ({ versions, compared }: VersionsPageProps) => (
  <>
    <RulesNav path={RULES_VERSIONS} />
    <Title name="Versions of the identity rules" />
    <Table<VersionLine>
      caption="Versions, newest first"
      rows={versions}
      columns={[
        {
          name: "Version",
          cell: ({ version }) => (
            <>
              <a href={`${RULES_VERSIONS}/${version}`}>Version {version}</a>{" "}
              {version === versions[0]?.version && <Badge tone="verified">in force</Badge>}
            </>
          ),
        },
        {
          name: "Saved",
          cell: ({ at }) => (at === 0 ? "with Usher" : <Time at={iso(at)} />),
        },
        { name: "By", cell: ({ author }) => author },
      ]}
    />
    <Compare action={RULES_VERSIONS} versions={versions} compared={compared}>
      {compared && <Changes changes={changesBetween(compared.before, compared.after)} />}
    </Compare>
  </>
);

export interface VersionPageProps {
  rules: MergeRules;
  about: About;
  /** The version in force. */
  current: number;
}

export const RulesVersionPage = ({ rules, about, current }: VersionPageProps) => (
  <>
    <RulesNav path={RULES_VERSIONS} />
    <Title name={`Identity rules, version ${rules.version}`}>
      {rules.version !== current && (
        <a class="button" href={`${RULES_EDIT}?from=${rules.version}`}>
          Bring this version back…
        </a>
      )}
    </Title>
    <p class="soft">
      <SavedBy about={about} />{" "}
      {rules.version === current ? (
        "This version is in force."
      ) : (
        <>
          <a href={`${RULES_VERSIONS}?a=${rules.version}&b=${current}`}>
            What has changed since, up to version {current}
          </a>
          . Bringing it back saves it as a new version; you see what that changes first.
        </>
      )}
    </p>
    <RulesInWords rules={rules} />
  </>
);

export const getRulesVersionsPage = page("officer", async (visit) => {
  const { context, request } = visit;
  const versions = await rulesVersions(context.db);
  const [a, b] = [wholeNumber(request, "a"), wholeNumber(request, "b")];
  let compared: VersionsPageProps["compared"] = null;
  if (a !== undefined && b !== undefined) {
    const [before, after] = await Promise.all([rulesAt(context.db, a), rulesAt(context.db, b)]);
    compared = { before: before.rules, after: after.rules };
  }
  return screen(visit, "Versions", <RulesVersionsPage versions={versions} compared={compared} />);
});

export const getRulesVersionPage = page("officer", async (visit) => {
  const { context, request } = visit;
  const { rules, author, at } = await rulesAt(context.db, Number(request.params["version"]));
  const { version: current } = await rulesInForce(context.db);
  return screen(
    visit,
    `Version ${rules.version}`,
    <RulesVersionPage rules={rules} about={{ author, at }} current={current} />,
  );
});
