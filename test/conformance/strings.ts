/** Writes TC strings bit by bit, so that tests can make any of them, valid or not. */

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Ones and zeros as base64url, padded with zeros to whole bytes and then to whole characters, as encoders do. */
export function pack(bits: string): string {
  const bytes = bits.padEnd(Math.ceil(bits.length / 8) * 8, "0");
  const padded = bytes.padEnd(Math.ceil(bytes.length / 6) * 6, "0");
  return (padded.match(/.{6}/g) ?? []).map((six) => ALPHABET[parseInt(six, 2)]).join("");
}

export function int(value: number, width: number): string {
  return value.toString(2).padStart(width, "0");
}

/** Ids that are set → a bit for each of 1…width. */
export function field(ids: readonly number[], width: number): string {
  return Array.from({ length: width }, (_, at) => (ids.includes(at + 1) ? "1" : "0")).join("");
}

/** A vendor section, by bits or by ranges. Ranges must be ascending and apart. */
export interface Vendors {
  readonly ranges: readonly (readonly [from: number, to: number])[];
  readonly asRanges: boolean;
}

function entries(ranges: Vendors["ranges"]): string {
  const each = ranges.map(([from, to]) =>
    from === to ? `0${int(from, 16)}` : `1${int(from, 16)}${int(to, 16)}`,
  );
  return int(ranges.length, 12) + each.join("");
}

function vendors({ ranges, asRanges }: Vendors): string {
  const max = Math.max(0, ...ranges.map(([, to]) => to));
  if (asRanges) return `${int(max, 16)}1${entries(ranges)}`;
  const set = Array.from({ length: max }, (_, at) =>
    ranges.some(([from, to]) => at + 1 >= from && at + 1 <= to) ? "1" : "0",
  );
  return `${int(max, 16)}0${set.join("")}`;
}

export interface TcfParts {
  readonly version: number;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly lastUpdated: number;
  readonly policyVersion: number;
  readonly serviceSpecific: boolean;
  readonly consents: readonly number[];
  readonly interests: readonly number[];
  readonly vendorConsents: Vendors;
  readonly vendorInterests: Vendors;
  readonly restrictions: readonly {
    readonly purpose: number;
    readonly type: number;
    readonly ranges: Vendors["ranges"];
  }[];
  readonly disclosed: Vendors | null;
  readonly publisher: { readonly consents: readonly number[]; readonly custom: number } | null;
}

export const NO_VENDORS: Vendors = { ranges: [], asRanges: false };

export const TCF_PARTS: TcfParts = {
  version: 2,
  created: Date.UTC(2026, 9, 1),
  lastUpdated: Date.UTC(2026, 9, 1),
  policyVersion: 5,
  serviceSpecific: true,
  consents: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
  interests: [],
  vendorConsents: NO_VENDORS,
  vendorInterests: NO_VENDORS,
  restrictions: [],
  disclosed: {
    ranges: [
      [1, 2],
      [755, 755],
    ],
    asRanges: true,
  },
  publisher: null,
};

export function writeTcf(parts: TcfParts): string {
  const core = [
    int(parts.version, 6),
    int(parts.created / 100, 36),
    int(parts.lastUpdated / 100, 36),
    int(31, 12),
    int(1, 12),
    int(1, 6),
    int(4, 6) + int(13, 6),
    int(100, 12),
    int(parts.policyVersion, 6),
    parts.serviceSpecific ? "1" : "0",
    "0",
    int(0, 12),
    field(parts.consents, 24),
    field(parts.interests, 24),
    "0",
    int(3, 6) + int(4, 6),
    vendors(parts.vendorConsents),
    vendors(parts.vendorInterests),
    int(parts.restrictions.length, 12),
    ...parts.restrictions.map(
      ({ purpose, type, ranges }) => int(purpose, 6) + int(type, 2) + entries(ranges),
    ),
  ].join("");
  const segments = [pack(core)];
  if (parts.disclosed !== null) segments.push(pack(int(1, 3) + vendors(parts.disclosed)));
  if (parts.publisher !== null) {
    const { consents, custom } = parts.publisher;
    segments.push(
      pack(
        int(3, 3) + field(consents, 24) + field([], 24) + int(custom, 6) + "1".repeat(2 * custom),
      ),
    );
  }
  return segments.join(".");
}
