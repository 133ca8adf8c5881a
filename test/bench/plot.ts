/**
 * Draws `docs/bench/results.json`: rows written per event by what they are written for, against the budgets.
 *
 *     node test/bench/plot.ts      → docs/bench/rows.svg
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

if (import.meta.main) {
  const { rows } = JSON.parse(await readFile(`${folder}results.json`, "utf8")) as { rows: Rows };
  await writeFile(`${folder}rows.svg`, plotRows(rows));
}
