/** Draws a long run: memory, and what was accepted and hasn't landed yet, over time. */
import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";

export interface Sample {
  minute: number;
  /** Resident memory of workerd in MB. */
  memory: number;
  /** Messages accepted so far, those of erased people left out. */
  accepted: number;
  /** Rows in D1. */
  landed: number;
}

interface Panel {
  title: string;
  colour: string;
  of: (sample: Sample) => number;
}

const WIDTH = 860;
const HEIGHT = 170;
const LEFT = 60;
const RIGHT = 20;

const PANELS: readonly Panel[] = [
  { title: "Memory of workerd, MB", colour: "#1b4965", of: ({ memory }) => memory },
  {
    title: "Accepted and not in D1 yet, messages",
    colour: "#b3541e",
    of: ({ accepted, landed }) => Math.max(0, accepted - landed),
  },
  { title: "Accepted, messages", colour: "#3d7ea6", of: ({ accepted }) => accepted },
];

export function plotLong(
  samples: readonly Sample[],
  { faults, lost, doubled }: { faults: number; lost: number; doubled: number },
): string {
  const last = Math.max(1, ...samples.map(({ minute }) => minute));
  const x = scaleLinear([0, last], [LEFT, WIDTH - RIGHT]);
  const panels = PANELS.map(({ title, colour, of }, at) => {
    const top = 50 + at * (HEIGHT + 40);
    const y = scaleLinear([0, Math.max(1, ...samples.map(of))], [top + HEIGHT, top]).nice();
    const path =
      line<Sample>(
        ({ minute }) => x(minute),
        (sample) => y(of(sample)),
      )([...samples]) ?? "";
    const rules = y
      .ticks(4)
      .map(
        (tick) =>
          `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(tick)}" y2="${y(tick)}" stroke="#ddd"/><text x="${LEFT - 6}" y="${y(tick) + 4}" text-anchor="end">${tick.toLocaleString("en")}</text>`,
      );
    const minutes = x
      .ticks(8)
      .map(
        (tick) =>
          `<text x="${x(tick)}" y="${top + HEIGHT + 16}" text-anchor="middle">${tick}</text>`,
      );
    return `<text x="${LEFT}" y="${top - 8}" font-size="13">${title}</text>${rules.join("")}${minutes.join("")}<path d="${path}" fill="none" stroke="${colour}" stroke-width="1.5"/>`;
  });
  const height = 50 + PANELS.length * (HEIGHT + 40) + 10;
  const words = `${faults.toLocaleString("en")} faults, ${lost} lost, ${doubled} doubled; minutes`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="11" fill="#222" role="img" aria-label="A long run under faults"><rect width="100%" height="100%" fill="#fff"/><text x="20" y="22" font-size="15">A long run on a platform that fails: ${words}</text>${panels.join("")}</svg>\n`;
}
