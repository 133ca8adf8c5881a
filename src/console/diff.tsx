/** What changed between two texts, line by line. */

export type DiffLine = readonly [kind: "same" | "added" | "removed", text: string];

/** Lines around a change that are shown with it. */
const CONTEXT = 3;
/** Cells of the comparison's table: texts beyond that are shown as removed and added whole. */
const CELLS_MAX = 4_000_000;

/** The shortest way from one text to the other, by the longest common subsequence of lines. */
export function diffLines(before: string, after: string): DiffLine[] {
  const [a, b] = [before.split("\n"), after.split("\n")];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end))
    end++;
  return [
    ...a.slice(0, start).map((text) => ["same", text] as const),
    ...changes(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...a.slice(a.length - end).map((text) => ["same", text] as const),
  ];
}

function changes(a: readonly string[], b: readonly string[]): DiffLine[] {
  const removed = a.map((text) => ["removed", text] as const);
  const added = b.map((text) => ["added", text] as const);
  if (a.length * b.length > CELLS_MAX) return [...removed, ...added];
  const width = b.length + 1;
  const common = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      common[i * width + j] =
        a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      lines.push(["same", a[i] ?? ""]);
      i++;
      j++;
    } else if (at(i + 1, j) >= at(i, j + 1)) lines.push(["removed", a[i++] ?? ""]);
    else lines.push(["added", b[j++] ?? ""]);
  }
  return [...lines, ...removed.slice(i), ...added.slice(j)];
}

/** Unchanged lines far from a change are left out; a number says how many. */
function folded(lines: readonly DiffLine[]): (DiffLine | number)[] {
  const near = new Set<number>();
  lines.forEach(([kind], at) => {
    if (kind === "same") return;
    for (let i = at - CONTEXT; i <= at + CONTEXT; i++) near.add(i);
  });
  const shown: (DiffLine | number)[] = [];
  lines.forEach((line, at) => {
    const last = shown.at(-1);
    if (near.has(at)) shown.push(line);
    else if (typeof last === "number") shown[shown.length - 1] = last + 1;
    else shown.push(1);
  });
  return shown;
}

const Line = ({ line: [kind, text] }: { line: DiffLine }) => {
  if (kind === "same")
    return (
      <li>
        <span> </span>
        <span>{text}</span>
      </li>
    );
  const Tag = kind === "added" ? "ins" : "del";
  return (
    <li class={kind}>
      <span aria-hidden="true">{kind === "added" ? "+" : "−"}</span>
      <Tag>
        <span class="hidden">{kind}: </span>
        {text}
      </Tag>
    </li>
  );
};

export const Diff = ({
  label,
  before,
  after,
}: {
  label: string;
  before: string;
  after: string;
}) => {
  const lines = diffLines(before, after);
  if (lines.every(([kind]) => kind === "same")) return <p class="soft">Nothing changes.</p>;
  return (
    <ol class="diff" aria-label={label}>
      {folded(lines).map((each) =>
        typeof each === "number" ? (
          <li class="gap">
            <span> </span>
            <span>… {each === 1 ? "1 line" : `${each} lines`} unchanged</span>
          </li>
        ) : (
          <Line line={each} />
        ),
      )}
    </ol>
  );
};
