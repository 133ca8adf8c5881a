/** The live view: shows lines as they come, newest first, held to what the reader filters by. Comes back by itself when the line breaks. */
import { localTimes } from "./shared/times.ts";

interface Line {
  at: number;
  type: string;
  name: string;
  path: string;
  sender: string;
  decision: string;
  because: string;
}

const MOST = 300;
const KEEP_MS = 600_000;
const LONGEST_PAUSE_MS = 30_000;
/** What was recorded is counted after so long at the latest. */
const COUNTED_MS = 10_000;

const find = <T extends HTMLElement>(id: string): T | null =>
  document.getElementById(id) as T | null;

const list = find<HTMLTableSectionElement>("live-lines");
const status = find("live-status");
const words = find<HTMLInputElement>("live-words");
const decision = find<HTMLSelectElement>("live-decision");
const hold = find<HTMLButtonElement>("live-hold");
const light = find("live-light");

let held: Line[] | null = null;
let pause = 1_000;
let failures = 0;
let seen = 0;

const say = (text: string): void => {
  if (status && status.textContent !== text) status.textContent = text;
};

/** What is no drop. */
const WHOLE: ReadonlySet<string> = new Set(["accepted", "refused", "more"]);

function shows(row: HTMLTableRowElement): boolean {
  const wanted = decision?.value ?? "";
  const text = (words?.value ?? "").trim().toLowerCase();
  const state = row.dataset["decision"] ?? "";
  const isDropped = !WHOLE.has(state);
  const fits = wanted === "" || state === wanted || (wanted === "dropped" && isDropped);
  return fits && row.textContent.toLowerCase().includes(text);
}

function filter(): void {
  for (const row of list?.rows ?? []) row.hidden = !shows(row);
}

function cell(label: string, text: string, tag: "td" | "th" = "td"): HTMLElement {
  const made = document.createElement(tag);
  if (tag === "th") made.setAttribute("scope", "row");
  else made.dataset["label"] = label;
  made.textContent = text;
  return made;
}

function rowOf(line: Line): HTMLTableRowElement {
  const row = document.createElement("tr");
  row.dataset["decision"] = line.decision;
  const time = document.createElement("time");
  time.dateTime = new Date(line.at).toISOString();
  time.dataset["local"] = "seconds";
  const at = cell("Time", "");
  at.append(time);
  const badge = document.createElement("span");
  const isMore = line.decision === "more";
  badge.className =
    `badge ${line.decision === "accepted" ? "good" : isMore ? "" : "danger"}`.trim();
  badge.textContent = isMore
    ? "not shown"
    : WHOLE.has(line.decision)
      ? line.decision
      : `dropped: ${line.decision.replace("_", " ")}`;
  const decided = cell("Decision", "");
  decided.append(badge);
  row.append(
    cell("What", [line.type, line.name].filter((each) => each !== "").join(": "), "th"),
    decided,
    cell("Why", line.because),
    cell("Page", line.path),
    cell("From", line.sender),
    at,
  );
  localTimes(row);
  row.hidden = !shows(row);
  return row;
}

function show(lines: readonly Line[]): void {
  if (held) {
    held.push(...lines);
    say(`Held, ${held.length} waiting`);
    return;
  }
  seen += lines.length;
  list?.prepend(...lines.map(rowOf).toReversed());
  while (list && list.rows.length > MOST) list.deleteRow(-1);
  find("live-empty")?.toggleAttribute("hidden", seen > 0);
  if (light) shine(light, lines);
}

/** Green is said of a page of the site alone: what a server sends works without the snippet. */
function shine(into: HTMLElement, lines: readonly Line[]): void {
  const single = lines.filter((line) => line.decision !== "more");
  const last = single.findLast(({ sender }) => sender === "browser") ?? single.at(-1);
  const works = lines.some((line) => line.sender === "browser" && line.decision === "accepted");
  if (works) {
    into.dataset["state"] = "good";
    into.textContent = "It works: an event of a page was recorded just now";
  } else if (last && into.dataset["state"] !== "good") {
    const { sender, decision: decided, because } = last;
    const became =
      decided === "accepted" ? "recorded" : decided === "refused" ? decided : "dropped";
    into.dataset["state"] = "note";
    into.textContent = `A call of a ${sender} came and was ${became}${because === "" ? "" : `: ${because}`}`;
  }
}

/** What came before the line was there, or while it was broken, nobody tells: the page is asked for what it would say by now. */
async function reread(into: HTMLElement): Promise<void> {
  if (into.dataset["state"] === "good") return;
  const answer = await fetch(location.href);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const now = page.getElementById(into.id);
  if (now?.dataset["state"] !== "good") return;
  into.dataset["state"] = "good";
  into.textContent = now.textContent;
}

function connect(): void {
  const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/_u/console/live/socket`);
  socket.addEventListener("open", () => {
    pause = 1_000;
    failures = 0;
    say("Watching");
    if (light) setTimeout(() => void reread(light).catch(() => undefined), COUNTED_MS);
  });
  socket.addEventListener("message", ({ data }) => show(JSON.parse(String(data)) as Line[]));
  socket.addEventListener("close", ({ code }) => {
    if (code === 4_001 || ++failures > 5) return say("Not connected. Open the page again");
    say("The line broke; trying again");
    setTimeout(connect, pause);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  });
}

hold?.addEventListener("click", () => {
  const waiting = held;
  held = waiting ? null : [];
  hold.setAttribute("aria-pressed", String(held !== null));
  hold.textContent = held ? "Go on" : "Hold";
  say(held ? "Held" : "Watching");
  if (waiting?.length) show(waiting);
});
words?.addEventListener("input", filter);
decision?.addEventListener("change", filter);

if (list || light) {
  connect();
  // Says that somebody is still there, also while nothing comes.
  const form = document.querySelector<HTMLInputElement>('input[name="form"]')?.value ?? "";
  const keep = (): Promise<unknown> =>
    fetch("/_u/console/live/watch", { method: "POST", body: new URLSearchParams({ form }) });
  setInterval(() => void keep().catch(() => undefined), KEEP_MS);
}
