/**
 * Draws `docs/bench/results.json`: rows written per event by what they are written for, against the budgets; and intake as
 * ratios against floors and a peer, beside the goals.
 *
 *     node test/bench/plot.ts      → docs/bench/rows.svg, docs/bench/intake.svg
 */
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Figures, Rows } from "./rows.ts";

const folder = fileURLToPath(new URL("../../docs/bench/", import.meta.url));

const WIDTH = 860;
const LEFT = 210;
const BAR = 16;
const STEP = 24;
/** Rows an event at the right edge. */
const MOST = 6.5;

/** From what an event can't do without to what it could; the colours differ in lightness too. */
const PARTS: readonly { name: string; colour: string; has: (what: string) => boolean }[] = [
  { name: "event in D1", colour: "#1b4965", has: (what) => what === "d1 insert events" },
  { name: "visitor in its object", colour: "#3d7ea6", has: (what) => what.includes(" put ") },
  { name: "alarm", colour: "#8fbcd4", has: (what) => what.includes("Alarm") },
  { name: "anything else in D1", colour: "#e0a458", has: (what) => what.startsWith("d1 ") },
];

const x = (rows: number): number => LEFT + (rows / MOST) * (WIDTH - LEFT - 20);

function bar(label: string, { breakdown, together, budget }: Figures, top: number): string {
  let from = 0;
  const left = new Map(Object.entries(breakdown));
  const pieces = PARTS.map(({ colour, has }) => {
    let rows = 0;
    for (const [what, count] of left)
      if (has(what)) {
        rows += count;
        left.delete(what);
      }
    const piece = `<rect x="${x(from).toFixed(1)}" y="${top}" width="${(x(rows) - LEFT).toFixed(1)}" height="${BAR}" fill="${colour}"/>`;
    from += rows;
    return piece;
  });
  const limit =
    budget === undefined || budget === 0
      ? ""
      : `<line x1="${x(budget)}" x2="${x(budget)}" y1="${top - 3}" y2="${top + BAR + 3}" stroke="#b3261e" stroke-width="2"/>`;
  return `<text x="${LEFT - 8}" y="${top + 12}" text-anchor="end">${label}</text>${pieces.join("")}${limit}<text x="${x(Math.max(from, budget ?? 0)) + 6}" y="${top + 12}">${together}</text>`;
}

export function plotRows(rows: Rows): string {
  const bars = Object.entries(rows).flatMap(([sender, scenarios]) =>
    Object.entries(scenarios)
      .filter(([, figures]) => figures.budget !== 0)
      .map(([name, figures]) => ({ label: `${sender}, ${name}`, figures })),
  );
  const legend = PARTS.map(
    ({ name, colour }, at) =>
      `<rect x="${20 + at * 190}" y="36" width="12" height="12" fill="${colour}"/><text x="${38 + at * 190}" y="46">${name}</text>`,
  );
  const height = 70 + bars.length * STEP;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="12" fill="#222" role="img" aria-label="Rows written per event"><rect width="100%" height="100%" fill="#fff"/><text x="20" y="22" font-size="15">Rows written per event; red: the budget</text>${legend.join("")}${bars.map(({ label, figures }, at) => bar(label, figures, 62 + at * STEP)).join("")}</svg>\n`;
}

interface Goal {
  label: string;
  /** Its name among the ratios. */
  ratio: string;
  goal: number;
  /** Times and processor time are to stay below their goal, events a second to reach it. */
  atMost?: true;
}

const GOALS: readonly Goal[] = [
  {
    label: "refused ÷ bare answer, processor time",
    ratio: "refused CPU ÷ floor-nothing",
    goal: 1.2,
    atMost: true,
  },
  {
    label: "refused ÷ the same read and answered, processor time",
    ratio: "refused CPU ÷ floor-refuse",
    goal: 1.2,
    atMost: true,
  },
  { label: "server, events/s ÷ object row", ratio: "server events/s ÷ floor-object", goal: 0.8 },
  { label: "browser, events/s ÷ object row", ratio: "browser events/s ÷ floor-object", goal: 0.8 },
  {
    label: "batch of five, events/s ÷ object row",
    ratio: "batch events/s ÷ floor-object",
    goal: 0.8,
  },
  {
    label: "server, events/s ÷ object row and D1 row",
    ratio: "server events/s ÷ floor-both",
    goal: 1.8,
  },
  {
    label: "browser, events/s ÷ object row and D1 row",
    ratio: "browser events/s ÷ floor-both",
    goal: 1.8,
  },
  {
    label: "batch of five, events/s ÷ object row and D1 row",
    ratio: "batch events/s ÷ floor-both",
    goal: 5,
  },
  { label: "page views/s ÷ Umami", ratio: "usher events/s ÷ peer", goal: 3 },
  {
    label: "page views/s ÷ Umami with its token",
    ratio: "usher events/s ÷ peer with its token",
    goal: 2.5,
  },
];

const NAMES_END = 350;
const LARGEST = 7;
const across = (ratio: number): number =>
  NAMES_END + (Math.min(ratio, LARGEST) / LARGEST) * (WIDTH - NAMES_END - 60);

export function plotIntake(ratios: Readonly<Record<string, number>>): string {
  const rows = GOALS.filter(({ ratio }) => ratios[ratio] !== undefined).map(
    ({ label, ratio, goal, atMost }, at) => {
      const value = ratios[ratio] ?? 0;
      const top = 42 + at * STEP;
      const isReached = atMost ? value <= goal : value >= goal;
      return [
        `<text x="${NAMES_END - 8}" y="${top + 12}" text-anchor="end">${label}</text>`,
        `<rect x="${NAMES_END}" y="${top}" width="${(across(value) - NAMES_END).toFixed(1)}" height="${BAR}" fill="${isReached ? "#1b4965" : "#e0a458"}"/>`,
        `<line x1="${across(goal)}" x2="${across(goal)}" y1="${top - 3}" y2="${top + BAR + 3}" stroke="#b3261e" stroke-width="2"/>`,
        `<text x="${(across(Math.max(value, goal)) + 6).toFixed(1)}" y="${top + 12}">${value.toFixed(2)}</text>`,
      ].join("");
    },
  );
  const height = 52 + rows.length * STEP;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="12" fill="#222" role="img" aria-label="Intake against floors and a peer"><rect width="100%" height="100%" fill="#fff"/><text x="20" y="22" font-size="15">Intake as ratios of one run; red: the goal, ochre: not reached</text>${rows.join("")}</svg>\n`;
}

interface Results {
  rows: Rows;
  intake: { ratios: Record<string, number> };
  peer?: { ratios: Record<string, number> };
}

if (import.meta.main) {
  const { rows, intake, peer } = JSON.parse(
    await readFile(`${folder}results.json`, "utf8"),
  ) as Results;
  await writeFile(`${folder}rows.svg`, plotRows(rows));
  await writeFile(`${folder}intake.svg`, plotIntake({ ...intake.ratios, ...peer?.ratios }));
}
