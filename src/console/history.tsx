/** What was decided about who a person is: by whom, when, why and on what evidence. */
import type { HistoryLine, HistoryLineOp } from "../http/api/history.ts";
import { Empty, Section, Time } from "./parts.tsx";
import { refusalWords } from "./words.ts";

export const OP_WORDS: Readonly<Record<HistoryLineOp, string>> = {
  merge: "Joined",
  undo: "Taken apart",
  link: "Noted, joins nobody",
  refuse: "Kept apart",
  separate: "Kept as two",
  unseparate: "No longer kept as two",
  disown: "Not this device's",
  own: "This device's after all",
  device: "Device",
  release: "Released",
  block: "Blocked",
  reject: "Suggestion turned down",
  approve: "Suggestion taken up again",
  permit: "May be contacted",
  suppress: "Not to be contacted",
};

export const upper = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}`;

/** Of a claim the policy's code is known, of all else the words. */
const because = ({ op, because: words }: HistoryLine): string =>
  op === "link" || op === "refuse" ? refusalWords(words) : words;

const Line = ({ line }: { line: HistoryLine }) => (
  <li>
    <p>
      <strong>{OP_WORDS[line.op]}.</strong> {upper(because(line))}.
    </p>
    <p class="soft">
      <Time at={line.at} />, {line.by === "policy" ? "by the merge policy" : `by the ${line.by}`}
      {line.evidence !== "human" && `, on ${line.evidence}`}
    </p>
  </li>
);

export const History = ({ history }: { history: readonly HistoryLine[] }) => (
  <Section title="Decisions about who this is" id="history">
    {history.length === 0 ? (
      <Empty title="Nothing had to be decided" />
    ) : (
      <details>
        <summary>All of them ({history.length})</summary>
        <ol class="reasons">
          {history.map((line) => (
            <Line line={line} />
          ))}
        </ol>
      </details>
    )}
  </Section>
);
