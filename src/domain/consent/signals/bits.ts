/**
 * Bits straight from a base64url string (RFC 4648, table 2), as TCF and GPP pack them: six to a character, most
 * significant first, no padding character. Nothing is copied or expanded, so reading costs what is read.
 */
export function isBase64Url(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (sextet(text, at) < 0) return false;
  return text.length > 0;
}

/** Bits in the string. */
export function bitLength(text: string): number {
  return text.length * 6;
}

/** An unsigned integer of up to 48 bits, or -1 where the string ends before it or holds another character. */
export function bits(text: string, offset: number, width: number): number {
  if (offset + width > text.length * 6) return -1;
  let value = 0;
  let at = offset;
  const end = offset + width;
  while (at < end) {
    const inside = at % 6;
    const take = Math.min(6 - inside, end - at);
    const six = sextet(text, (at - inside) / 6);
    if (six < 0) return -1;
    // A product, not a shift: dates have 36 bits and shifting stops at 32.
    value = value * 2 ** take + ((six >> (6 - inside - take)) & ((1 << take) - 1));
    at += take;
  }
  return value;
}

function sextet(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code < 128 ? (SEXTETS[code] ?? -1) : -1;
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Character code → its six bits, or -1. */
const SEXTETS = (() => {
  const table = new Int8Array(128).fill(-1);
  for (let value = 0; value < ALPHABET.length; value++) table[ALPHABET.charCodeAt(value)] = value;
  return table;
})();
