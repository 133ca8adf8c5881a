/** The live view: messages as they come, with what was decided about each. */
import type { ComponentChildren } from "preact";
import type { RefusalCount } from "../../d1/counters.ts";
import type { Overview } from "../../http/api/overview.ts";
import { DROP_REASONS } from "../../domain/event.ts";
import { REFUSAL_WORDS, senderWords } from "../../domain/intake/refusal.ts";
import { count } from "../numbers.ts";
import { Empty, Island, Notice, Section, Title } from "../parts.tsx";
import { Fit, Shares } from "../table.tsx";
import { dropWords } from "../words.ts";

export const LIVE = "/_u/console/live";

export interface LivePageProps {
  bound: boolean;
  /** Whether there is something to connect to: pictures of the page have nothing. */
  connect: boolean;
  /** Lines that are there from the start; the page's script puts what comes before them. */
  lines?: ComponentChildren;
  dropped: Overview["dropped"];
  refused: readonly RefusalCount[];
}

export const LivePage = ({ bound, connect, lines, dropped, refused }: LivePageProps) => (
  <>
    <Title name="Live" />
    {bound ? <Lines connect={connect} lines={lines} /> : <NotBound />}
    <Section title="Dropped today" id="dropped">
      {dropped.length === 0 ? (
        <Empty title="Nothing was dropped today" />
      ) : (
        <Shares
          caption="Messages dropped today, by reason"
          of="Messages"
          rows={dropped.map(({ reason, regime, count: times }) => ({
            name: dropWords(reason, regime),
            value: times,
          }))}
        />
      )}
    </Section>
    {refused.length > 0 && (
      <Section
        title="Refused today"
        id="refused"
        aside={<a href="/_u/console/setup#finding-refused">What to do</a>}
      >
        <Shares
          caption="Calls refused today, by reason and sender"
          of="Calls"
          rows={refused.map(({ reason, sender, count: times }) => ({
            name: `${senderWords(sender)}: ${REFUSAL_WORDS[reason]}`,
            value: times,
          }))}
        />
      </Section>
    )}
  </>
);

const NotBound = () => (
  <Notice tone="note">
    This installation has no live view: add the binding <code>LIVE</code> from wrangler.toml and
    deploy again.
  </Notice>
);

const Lines = ({ connect, lines }: Pick<LivePageProps, "connect" | "lines">) => (
  <Section title="As they come" id="lines">
    <noscript>
      <Notice tone="note">
        This page shows messages as they come, which needs a script. The reasons below do without.
      </Notice>
    </noscript>
    <div class="live-tools">
      <div class="field grow">
        <label for="live-words">Show lines with</label>
        <input id="live-words" type="search" autocomplete="off" />
      </div>
      <div class="field">
        <label for="live-decision">Decision</label>
        <select id="live-decision">
          <option value="">All</option>
          <option value="accepted">Accepted</option>
          <option value="refused">Refused</option>
          <option value="dropped">Dropped</option>
          {DROP_REASONS.map((reason) => (
            <option value={reason}>{`Dropped: ${reason.replace("_", " ")}`}</option>
          ))}
        </select>
      </div>
      <button id="live-hold" type="button" class="quiet" aria-pressed="false">
        Hold
      </button>
    </div>
    <p id="live-status" role="status" class="soft">
      Connecting
    </p>
    <Fit rem={55}>
      <table class="list live">
        <caption class="hidden">Messages as they come, newest first</caption>
        <thead>
          <tr>
            {["What", "Decision", "Why", "Page", "From", "Time"].map((name) => (
              <th scope="col">{name}</th>
            ))}
          </tr>
        </thead>
        <tbody id="live-lines">{lines}</tbody>
      </table>
    </Fit>
    <div id="live-empty" hidden={lines !== undefined}>
      <Empty title="Nothing has come since you opened this page">
        <p>Open the site in another window, and what it sends shows here within seconds.</p>
      </Empty>
    </div>
    <p class="soft">
      Shown and not kept: names of events, pages without what may name somebody, and the decision.
      At most {count(20, "request")} a second of each place.
    </p>
    {connect && <Island name="live" />}
  </Section>
);
