/**
 * Where each US section of a GPP string keeps what Usher decides by. Bit offsets into the core sub-section, from the
 * sections' own specifications; every field is two bits: 0 not applicable, 1 opted out, 2 did not opt out.
 */
export interface UsSection {
  readonly name: string;
  readonly versions: readonly number[];
  /** Opt-outs of sale, sharing and targeted advertising. */
  readonly optOuts: readonly number[];
  /** Where the fields about known children begin and how many each age band has; null: the law has no such field. */
  readonly child: { readonly at: number; readonly bands: readonly number[] } | null;
  /** Bits of the whole core: a shorter one was cut. */
  readonly length: number;
  /** Has a sub-section that carries GPC. */
  readonly gpc: boolean;
  /** May begin with a section header of its own (drafts of October 2025). */
  readonly headed: boolean;
}

/**
 * The common plan of a state: version, then notices of two bits each, the opt-outs, the sensitive categories, the
 * known-child fields and what the MSPA adds. States differ in how many of each they have.
 */
function state(
  name: string,
  plan: {
    notices: number;
    sensitive: number;
    child: readonly number[];
    tail: number;
    gpc?: boolean;
  },
): UsSection {
  const optOut = 6 + 2 * plan.notices;
  const child = optOut + 4 + 2 * plan.sensitive;
  return {
    name,
    versions: [1],
    optOuts: [optOut, optOut + 2],
    child: { at: child, bands: plan.child },
    length: child + 2 * total(plan.child) + 2 * plan.tail,
    gpc: plan.gpc ?? true,
    headed: false,
  };
}

function total(bands: readonly number[]): number {
  return bands.reduce((sum, fields) => sum + fields, 0);
}

/** The newer plan: MSPA fields first, the sensitive categories in a sub-section of their own. */
function mspaFirst(name: string, plan: { child: readonly number[]; gpc: boolean }): UsSection {
  const optOut = 6 + 4 + 6;
  return {
    name,
    versions: [1],
    optOuts: [optOut, optOut + 2],
    child: plan.child.length === 0 ? null : { at: optOut + 4, bands: plan.child },
    length: optOut + 4 + 2 * total(plan.child) + 2,
    gpc: plan.gpc,
    headed: true,
  };
}

/**
 * Section id → layout. California's two child fields are of one age, but published sample strings consent in one and
 * refuse in the other, so they are read like two bands: such a string isn't taken for knowledge about a child.
 */
export const US_SECTIONS: ReadonlyMap<number, UsSection> = new Map([
  [8, state("usca", { notices: 3, sensitive: 9, child: [1, 1], tail: 4 })],
  [9, state("usva", { notices: 3, sensitive: 8, child: [1], tail: 3, gpc: false })],
  [10, state("usco", { notices: 3, sensitive: 7, child: [1], tail: 3 })],
  [11, state("usut", { notices: 4, sensitive: 8, child: [1], tail: 3, gpc: false })],
  [12, state("usct", { notices: 3, sensitive: 8, child: [1, 2], tail: 3 })],
  [13, state("usfl", { notices: 3, sensitive: 8, child: [1, 1, 1], tail: 4, gpc: false })],
  [14, state("usmt", { notices: 3, sensitive: 8, child: [1, 2], tail: 4 })],
  [15, state("usor", { notices: 3, sensitive: 11, child: [1, 2], tail: 4 })],
  [16, state("ustx", { notices: 3, sensitive: 8, child: [1], tail: 4 })],
  [17, state("usde", { notices: 3, sensitive: 9, child: [1, 2, 2], tail: 4 })],
  [18, state("usia", { notices: 4, sensitive: 8, child: [1], tail: 3 })],
  [19, state("usne", { notices: 3, sensitive: 8, child: [1], tail: 4 })],
  [20, state("usnh", { notices: 3, sensitive: 8, child: [1, 2], tail: 4 })],
  [21, state("usnj", { notices: 3, sensitive: 10, child: [1, 2, 2], tail: 4 })],
  [22, state("ustn", { notices: 3, sensitive: 8, child: [1], tail: 4 })],
  [23, state("usmn", { notices: 3, sensitive: 8, child: [1], tail: 4 })],
  [24, mspaFirst("usmd", { child: [], gpc: true })],
  [25, mspaFirst("usin", { child: [1], gpc: false })],
  [26, mspaFirst("usky", { child: [1], gpc: false })],
  [27, mspaFirst("usri", { child: [1], gpc: false })],
]);

export const US_NATIONAL = 7;

const NATIONAL = {
  name: "usnat",
  versions: [1, 2],
  optOuts: [18, 20, 22],
  gpc: true,
  headed: false,
} as const;

/** Version 1 has 12 sensitive categories and 2 child fields, version 2 has 16 and 3. */
const NATIONAL_1: UsSection = { ...NATIONAL, child: { at: 48, bands: [1, 1] }, length: 60 };
const NATIONAL_2: UsSection = { ...NATIONAL, child: { at: 56, bands: [1, 1, 1] }, length: 70 };

/** Bits of the longest padding that version 1 is written with. */
const NATIONAL_1_LONGEST = 66;

/** The national layout goes by length: strings labelled version 1 in version 2's layout are common. */
export function nationalSection(length: number): UsSection {
  return length <= NATIONAL_1_LONGEST ? NATIONAL_1 : NATIONAL_2;
}
