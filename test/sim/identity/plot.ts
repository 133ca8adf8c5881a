/** The report of a simulation as a picture that is read on light and on dark ground. */
import type { Report } from "./simulate.ts";
import type { Score } from "./score.ts";

const WIDTH = 860;
const LEFT = 380;
const BAR = 14;
const STEP = 24;
/** Middle tones with enough contrast on white and on near-black. */
const WRONG = "#d1495b";
const MISSED = "#4a86b8";
const INK = "#7a7f87";

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

interface Line {
  cause: string;
  pairs: number;
  colour: string;
}

const linesOf = (counts: Record<string, number>, colour: string): Line[] =>
  Object.entries(counts)
    .map(([cause, pairs]) => ({ cause, pairs, colour }))
    .sort((a, b) => b.pairs - a.pairs);

function headline(name: string, { precision, recall, joined, ought }: Score, top: number): string {
  return (
    `<text x="20" y="${top}" font-weight="600">${name}</text>` +
    `<text x="${LEFT}" y="${top}">precision ${percent(precision)} of ${joined} pairs, recall ${percent(recall)} of ${ought}</text>`
  );
}

export function plotIdentity(report: Report): string {
  const { before, after, people, devices, seed, undone } = report;
  const lines = [...linesOf(before.fused, WRONG), ...linesOf(before.missed, MISSED)];
  const most = Math.max(1, ...lines.map(({ pairs }) => pairs));
  const x = (pairs: number): number => (pairs / most) * (WIDTH - LEFT - 60);
  const top = 136;
  const bars = lines.map(
    ({ cause, pairs, colour }, n) =>
      `<text x="${LEFT - 10}" y="${top + n * STEP + 11}" text-anchor="end">${escape(cause)}</text>` +
      `<rect x="${LEFT}" y="${top + n * STEP}" width="${Math.max(1, x(pairs)).toFixed(1)}" height="${BAR}" fill="${colour}"/>` +
      `<text x="${(LEFT + x(pairs) + 6).toFixed(1)}" y="${top + n * STEP + 11}">${pairs}</text>`,
  );
  const height = top + lines.length * STEP + 20;
  const title = `${people} people, ${devices} devices, seed ${seed}`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" ` +
    `font-family="system-ui, sans-serif" font-size="12" fill="${INK}" role="img" aria-label="${title}: wrong and missed pairs by cause">` +
    `<text x="20" y="26" font-size="15" font-weight="600">${title}: pairs of devices, by what went wrong</text>` +
    headline("as merged", before, 54) +
    headline(`after undoing ${undone} wrong merges`, after, 74) +
    `<rect x="20" y="92" width="12" height="12" fill="${WRONG}"/><text x="38" y="102">fused: two people in one person</text>` +
    `<rect x="260" y="92" width="12" height="12" fill="${MISSED}"/><text x="278" y="102">missed: one human in two persons</text>` +
    `${bars.join("")}</svg>\n`
  );
}
