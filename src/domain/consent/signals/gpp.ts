import { bitLength, bits, segmentsOf, sextets, type Sextets } from "./bits.ts";
import { nationalSection, US_NATIONAL, US_SECTIONS, type UsSection } from "./gpp-sections.ts";
import { NONE, UNREADABLE, type GppFacts, type GppReading } from "./types.ts";
import { readUsp } from "./usp.ts";

/** IAB Global Privacy Platform, "Consent String Specification" 1.0: a header that lists sections, then the sections. */

/** Characters, as for TCF: a cookie holds no more. */
const MAX_LENGTH = 4_096;

/** Sections a string may list; fewer than thirty exist. */
const MAX_SECTIONS = 64;

const EU_TCF = 2;
const US_PRIVACY = 6;

/** Sections that can't deny anything here: TCF 1, header, integrity, Canadian TCF. */
const IGNORED: ReadonlySet<number> = new Set([1, 3, 4, 5]);

/** Reads a GPP string; `null`, `undefined` and an empty string are no signal. Never throws. */
export function readGpp(text: string | null | undefined): GppReading {
  if (text === null || text === undefined || text === "") return NONE;
  if (text.length > MAX_LENGTH) return UNREADABLE;
  const [header = "", ...bodies] = text.split("~", MAX_SECTIONS + 2);
  const sections = readHeader(header);
  if (sections === null || sections.length !== bodies.length) return UNREADABLE;

  let tcf: string | null = null;
  const found: Findings[] = [];
  for (const [index, id] of sections.entries()) {
    const body = bodies[index] ?? "";
    if (id === EU_TCF) tcf = body;
    else if (!IGNORED.has(id)) {
      const finding = readSection(id, body);
      if (finding === null) return UNREADABLE;
      found.push(finding);
    }
  }
  return { state: "read", sections, tcf, ...combine(found) };
}

type Findings = Pick<GppFacts, "optedOut" | "gpc" | "child">;

/** What several sections say together: the most restrictive. */
function combine(found: readonly Findings[]): Findings {
  return {
    optedOut: found.some(({ optedOut }) => optedOut),
    gpc: found.some(({ gpc }) => gpc),
    child:
      (["known", "unclear"] as const).find((state) => found.some(({ child }) => child === state)) ??
      "no",
  };
}

/** The section ids in the order of the sections: type 3, version 1, then a range of Fibonacci integers. */
function readHeader(text: string): number[] | null {
  const header = sextets(text);
  if (header === null || bits(header, 0, 6) !== 3 || bits(header, 6, 6) !== 1) return null;
  const count = bits(header, 12, 12);
  if (count < 0 || count > MAX_SECTIONS) return null;
  const sections: number[] = [];
  let at = 24;
  let last = 0;
  for (let entry = 0; entry < count; entry++) {
    const group = bits(header, at, 1);
    const start = group < 0 ? null : fibonacci(header, at + 1);
    if (start === null) return null;
    const span = group === 1 ? fibonacci(header, start.end) : { value: 0, end: start.end };
    if (span === null || sections.length + span.value >= MAX_SECTIONS) return null;
    at = span.end;
    last += start.value;
    sections.push(last);
    for (let more = 0; more < span.value; more++) sections.push(++last);
  }
  return sections;
}

/** Bits of the longest number: Fibonacci 17 is 1,597, far above any section id. */
const MAX_FIBONACCI_BITS = 16;

/** A Fibonacci-coded integer: the sum of the places that are set, ended by two ones in a row. */
function fibonacci(source: Sextets, offset: number): { value: number; end: number } | null {
  let value = 0;
  let [place, next] = [1, 2];
  let before = 0;
  for (let at = offset; at < offset + MAX_FIBONACCI_BITS; at++) {
    const bit = bits(source, at, 1);
    if (bit < 0) return null;
    if (bit === 1 && before === 1) return { value, end: at + 1 };
    if (bit === 1) value += place;
    [place, next] = [next, place + next];
    before = bit;
  }
  return null;
}

/** One section, or null when it can't be read; a section Usher doesn't know may opt out, so it can't be either. */
function readSection(id: number, body: string): Findings | null {
  if (id === US_PRIVACY) {
    const usp = readUsp(body);
    return usp.state === "read" ? { optedOut: usp.optedOut, gpc: false, child: "no" } : null;
  }
  const segments = segmentsOf(body, MAX_SEGMENTS);
  if (segments === null) return null;
  const [first] = segments;
  const headed =
    US_SECTIONS.get(id)?.headed === true && first !== undefined && bits(first, 0, 6) === id;
  const [core, ...rest] = headed ? segments.slice(1) : segments;
  if (core === undefined) return null;
  const layout = id === US_NATIONAL ? nationalSection(bitLength(core)) : US_SECTIONS.get(id);
  return layout === undefined ? null : readUsSection(layout, core, rest);
}

/** Header, core, GPC and sensitive data. */
const MAX_SEGMENTS = 4;

function readUsSection(
  layout: UsSection,
  core: Sextets,
  segments: readonly Sextets[],
): Findings | null {
  if (bitLength(core) < layout.length || !layout.versions.includes(bits(core, 0, 6))) return null;
  const optOuts = layout.optOuts.map((at) => bits(core, at, 2));
  if (optOuts.includes(RESERVED)) return null;
  const child = readChild(layout, core);
  if (child === null) return null;
  const gpc =
    layout.gpc &&
    segments.some((segment) => bits(segment, 0, 2) === GPC_SEGMENT && bits(segment, 2, 1) === 1);
  return { optedOut: optOuts.includes(OPTED_OUT), gpc, child };
}

const OPTED_OUT = 1;
const RESERVED = 3;
const GPC_SEGMENT = 1;

/**
 * The known-child fields: 0 no child is known, 1 no consent, 2 consent. One visitor is of one age, so a string that
 * consents in one age band and refuses in another doesn't tell us about a child: like anything that can't be understood
 * it denies what GPP governs, and no more.
 */
function readChild(layout: UsSection, core: Sextets): GppFacts["child"] | null {
  if (layout.child === null) return "no";
  let at = layout.child.at;
  const bands = layout.child.bands.map((fields) =>
    Array.from({ length: fields }, () => bits(core, (at += 2) - 2, 2)),
  );
  const values = bands.flat();
  if (values.includes(RESERVED)) return null;
  const apart = (one: number, other: number): boolean =>
    bands.some(
      (band, i) => band.includes(one) && bands.some((more, j) => i !== j && more.includes(other)),
    );
  if (apart(CONSENT, NO_CONSENT)) return "unclear";
  return values.some((value) => value !== 0) ? "known" : "no";
}

const NO_CONSENT = 1;
const CONSENT = 2;
