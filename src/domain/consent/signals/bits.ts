/**
 * Bits of a base64url string (RFC 4648, table 2), as TCF and GPP pack them: six to a character, most significant first,
 * no padding character. A string is looked at once, and after that any offset costs the same.
 */
export type Sextets = Uint8Array;

/**
 * The segments between dots, or null where there are more than so many, one is empty, or a character is neither a dot
 * nor base64url.
 */
export function segmentsOf(text: string, most: number): Sextets[] | null {
  const values = new Uint8Array(text.length);
  const segments: Sextets[] = [];
  let start = 0;
  for (let at = 0; at <= text.length; at++) {
    const code = at < text.length ? text.charCodeAt(at) : DOT;
    if (code === DOT) {
      if (at === start || segments.length === most) return null;
      segments.push(values.subarray(start, at));
      start = at + 1;
      continue;
    }
    const value = code < 128 ? (VALUES[code] ?? NONE) : NONE;
    if (value === NONE) return null;
    values[at] = value;
  }
  return segments;
}

const DOT = 0x2e;

/** Six bits for each character, or null where the string is empty or has another character. */
export function sextets(text: string): Sextets | null {
  const [only, ...more] = segmentsOf(text, 2) ?? [];
  return only === undefined || more.length > 0 ? null : only;
}

/** How many bits there are. */
export function bitLength(source: Sextets): number {
  return source.length * 6;
}

/** An unsigned integer of up to 48 bits, or -1 where the source ends before it. */
export function bits(source: Sextets, offset: number, width: number): number {
  if (offset + width > source.length * 6) return -1;
  if (width <= WINDOW) return window(source, offset, width);
  // A product, not a shift: dates have 36 bits and shifting stops at 32.
  const rest = width - WINDOW;
  return bits(source, offset, rest) * 2 ** WINDOW + window(source, offset + rest, WINDOW);
}

/** Four characters hold 24 bits; of these at most 5 lie before the first one wanted. */
const WINDOW = 18;

function window(source: Sextets, offset: number, width: number): number {
  const at = (offset / 6) | 0;
  const four =
    (six(source, at) << 18) |
    (six(source, at + 1) << 12) |
    (six(source, at + 2) << 6) |
    six(source, at + 3);
  return (four >> (24 - (offset - at * 6) - width)) & ((1 << width) - 1);
}

/** Beyond the end there are zeros, which no window that lies within the source reaches. */
function six(source: Sextets, at: number): number {
  return at < source.length ? (source[at] ?? 0) : 0;
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

const NONE = 255;

/** Character code → its six bits. */
const VALUES = (() => {
  const table = new Uint8Array(128).fill(NONE);
  for (let value = 0; value < ALPHABET.length; value++) table[ALPHABET.charCodeAt(value)] = value;
  return table;
})();
