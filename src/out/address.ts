/**
 * Where we may send to: https on the public internet, by name. A name that leads to a private address is turned away by
 * the platform, whose Workers reach no private network; numbers, local names and credentials are turned away here.
 */

/** Names of networks of one's own, and those reserved for examples and tests (RFC 2606, 6761, 6762, 8375). */
const LOCAL =
  /(?:^|\.)(?:localhost|local|localdomain|internal|intranet|lan|home|corp|arpa|test|invalid|onion)$/;

/** Null when it may be sent to, else what is wrong, in words. */
export function addressFault(text: string): string | null {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return "isn't an address";
  }
  if (url.protocol !== "https:") return "must begin with https://";
  if (url.username !== "" || url.password !== "") return "must not hold a name or password";
  if (url.port !== "") return "must not name a port";
  // The parser has turned every spelling of a number (0x7f.1, 2130706433) into the usual one.
  const host = url.hostname.replace(/\.+$/, "");
  if (/^[\d.]+$/.test(host) || host.startsWith("[")) return "must be a name, not a number";
  if (!host.includes(".") || LOCAL.test(host)) return "must be reachable from the internet";
  return null;
}
