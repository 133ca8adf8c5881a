/** What to put where: the snippet, other vendors' clients, servers; and whether it works. */
import { integrity, stub, version } from "../../../dist/assets.ts";
import type { RefusalCount } from "../../d1/counters.ts";
import { REFUSAL_WORDS } from "../../domain/intake/refusal.ts";
import { count } from "../numbers.ts";
import { Island, Section, Title } from "../parts.tsx";

export interface InstallPageProps {
  /** Of the page that is shown: the collector's own. */
  origin: string;
  writeKey: string;
  /** The purpose that a server's event needs. */
  purpose: string;
  siteOrigins: readonly string[];
  /** Recorded: of pages and apps, and of everything else. Refused: whole calls, by which side called. */
  today: {
    fromPages: number;
    elsewhere: number;
    dropped: number;
    refused: readonly RefusalCount[];
  };
  /** Somebody can be told of the next call at once. */
  live: boolean;
}

/** What a client of another vendor is set to (docs/recipes/clients.md). */
const clients = (origin: string, key: string): readonly { name: string; code: string }[] => [
  {
    name: "Segment, in the browser",
    code: `AnalyticsBrowser.load({ writeKey: "${key}", cdnURL: "${origin}/_u" })`,
  },
  {
    name: "Segment, on a server",
    code: `new Analytics({ writeKey: SERVER_KEY, host: "${origin}", path: "/_u/v1/batch" })`,
  },
  {
    name: "RudderStack, in the browser",
    code: `load("${key}", "${origin}/_u", { configUrl: "${origin}/_u" })`,
  },
  {
    name: "RudderStack, on a server",
    code: `new RudderAnalytics(SERVER_KEY, { dataPlaneUrl: "${origin}/_u" })`,
  },
  { name: "PostHog, in the browser", code: `posthog.init("${key}", { api_host: "${origin}/_u" })` },
  { name: "PostHog, on a server", code: `new PostHog(SERVER_KEY, { host: "${origin}/_u" })` },
  {
    name: "Jitsu",
    code: `jitsuAnalytics({ host: "${origin}/_u", writeKey: "usher:${key}" })`,
  },
];

const Code = ({ label, children }: { label: string; children: string }) => (
  // Reachable by keyboard, so that what is wider than the page can be read.
  <pre class="code" tabindex={0} role="region" aria-label={label}>
    <code>{children}</code>
  </pre>
);

/** Green means the pages: what servers send and mails load arrives without the snippet. */
function lightOf({ fromPages, elsewhere, dropped, refused }: InstallPageProps["today"]): {
  state: string;
  words: string;
} {
  if (fromPages > 0)
    return {
      state: "good",
      words: `It works: ${count(fromPages, "event of pages was", "events of pages were")} recorded today`,
    };
  const [most] = refused.filter(({ sender }) => sender === "browser");
  if (most)
    return {
      state: "note",
      words: `Pages call and are refused, ${count(most.count, "time")} today: ${REFUSAL_WORDS[most.reason]}`,
    };
  if (dropped > 0)
    return {
      state: "note",
      words: `Calls come, and ${count(dropped, "message of today was", "messages of today were")} dropped`,
    };
  if (elsewhere > 0)
    return {
      state: "note",
      words: `${count(elsewhere, "event of servers, mails or files was", "events of servers, mails or files were")} recorded today, and none of a page`,
    };
  // Tokens are for the API, and no data.
  const other = refused.find(({ reason }) => reason !== "wrong_token");
  return other
    ? { state: "note", words: `Calls of servers are refused: ${REFUSAL_WORDS[other.reason]}` }
    : { state: "off", words: "Nothing has come today" };
}

export const InstallPage = (props: InstallPageProps) => {
  const { origin, writeKey, purpose, siteOrigins, today, live } = props;
  const light = lightOf(today);
  return (
    <>
      <Title name="Install" />
      <Section title="Is it working?" id="working">
        <p class="light" id="live-light" data-state={light.state} role="status">
          {light.words}
        </p>
        <p class="soft">
          {live
            ? "Open the site in another window and agree: this light turns green with the first event of a page. "
            : ""}
          <a href="/_u/console/live">Live</a> shows each call with its decision,{" "}
          <a href="/_u/console/setup">Setup</a> what is wrong.
        </p>
        {siteOrigins.length === 0 && (
          <p class="alert">
            SITE_ORIGINS is empty: browsers of no site may send. Set it to the site's addresses.
          </p>
        )}
        {live && <Island name="live" />}
      </Section>
      <Section title="On the pages" id="pages">
        <p>
          Into the head of every page. The first line lets pages call usher before the script has
          come.
        </p>
        <Code label="The snippet">{`<script>${stub}</script>\n<script async src="${origin}/_u/usher.js" data-write-key="${writeKey}"></script>`}</Code>
        <p>
          This version for ever, with its hash: nothing changes on the site until you change it. The
          policy of a strict site allows <code>script-src {origin}</code> and{" "}
          <code>connect-src {origin}</code>, and the first line by{" "}
          <code>'{integrity["stub"] ?? ""}'</code>.
        </p>
        <Code label="The snippet, frozen">{`<script async src="${origin}/_u/usher.${version}.js" integrity="${integrity["snippet"] ?? ""}" crossorigin="anonymous" data-write-key="${writeKey}"></script>`}</Code>
        <p>Where no script runs, as in a mail:</p>
        <Code label="The pixel">{`<img src="${origin}/_u/px.gif?writeKey=${writeKey}&name=Newsletter" alt="" width="1" height="1">`}</Code>
      </Section>
      <Section title="What is there already" id="clients">
        <p>These clients work as they are; only where they send changes.</p>
        <dl class="clients">
          {clients(origin, writeKey).map(({ name, code }) => (
            <>
              <dt>{name}</dt>
              <dd>
                <Code label={name}>{code}</Code>
              </dd>
            </>
          ))}
        </dl>
      </Section>
      <Section title="From a server" id="server">
        <p>
          With <code>SERVER_KEY</code>, which never goes to a page. What it says of people is
          verified; consent is the person's stored decision, else what the call carries, as here:
          without either nothing is recorded where people are asked first.
        </p>
        <Code label="A call from a server">{`curl ${origin}/_u/v1/track -H "Authorization: Bearer $SERVER_KEY" -H "Content-Type: application/json" \\\n  -d '{"userId":"member-81","event":"Order Completed","properties":{"order_id":"o-1","total":49.9},\n       "context":{"consent":{"categoryPreferences":{"${purpose}":true}}}}'`}</Code>
      </Section>
    </>
  );
};
