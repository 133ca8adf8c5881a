/**
 * Which network an address belongs to: coarse enough for a household, a company or a café, and never one device. Only its
 * keyed name is ever stored.
 */

/**
 * `4:203.0.113` for a /24 of IPv4, `6:20010db80001` for a /48 of IPv6. Null for what names no place that others could be
 * seen at: private, shared and reserved ranges, tunnels, and what isn't an address.
 */
export function networkPrefix(address: string): string | null {
  const text = address.trim();
  if (text.length > ADDRESS_MAX) return null;
  if (!text.includes(":")) return prefixOf4(text);
  const groups = groupsOf(text);
  if (!groups) return null;
  const [first = 0, second = 0, third = 0] = groups;
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff)
    return prefixOf4(dotted(groups[6] ?? 0, groups[7] ?? 0));
  // 2000::/3 is all there is of public IPv6; 2001::/32 and 2002::/16 are tunnels, which say nothing of where one is.
  const isPublic = first >> 13 === 1;
  const isTunnel = first === 0x2002 || (first === 0x2001 && second === 0);
  return isPublic && !isTunnel ? `6:${[first, second, third].map(hex).join("")}` : null;
}

/**
 * What one line to the internet has, for counting calls: an IPv4 address, and a /64 of IPv6, out of which any device takes as
 * many addresses as it likes. What isn't an address is its own.
 */
export function lineOf(address: string): string {
  const groups = address.includes(":") && address.length <= ADDRESS_MAX ? groupsOf(address) : null;
  // Addresses of the first group 0 are embedded ones of IPv4.
  return groups?.[0] ? groups.slice(0, 4).map(hex).join(":") : address;
}

/** With an embedded IPv4 address, and no zone. */
const ADDRESS_MAX = 45;

const hex = (group: number): string => group.toString(16).padStart(4, "0");
const dotted = (high: number, low: number): string =>
  [high >> 8, high & 255, low >> 8, low & 255].join(".");

function prefixOf4(text: string): string | null {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return null;
  const bytes = text.split(".").map(Number);
  if (bytes.some((byte) => byte > 255) || isReserved(bytes)) return null;
  return `4:${bytes.slice(0, 3).join(".")}`;
}

/** RFC 6890: private, loopback, link-local, shared by carriers, multicast and what was never given out. */
function isReserved([a = 0, b = 0]: readonly number[]): boolean {
  if (a === 0 || a === 10 || a === 127 || a >= 224) return true;
  if (a === 172) return b >= 16 && b < 32;
  if (a === 100) return b >= 64 && b < 128;
  return (a === 192 && b === 168) || (a === 169 && b === 254);
}

/** The eight groups of an IPv6 address; null when it isn't one. */
function groupsOf(text: string): number[] | null {
  const plain = text.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...parts: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = parts.slice(0, 4).map(Number);
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });
  const halves = plain.split("::");
  if (halves.length > 2) return null;
  const [head = [], tail = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...head, ...Array.from({ length: missing }, () => "0"), ...tail];
  return groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))
    ? groups.map((group) => Number.parseInt(group, 16))
    : null;
}
