/**
 * Parts of a request's address without parsing all of it: the hot calls need its path, and of the rest no more than what is
 * the same for every call to this host.
 */
import { remembered } from "../domain/intake/remembered.ts";

export interface Place {
  /** As browsers name it in `Origin`. */
  origin: string;
  /** Plain http on this machine: where browsers take no `__Host-` cookies, and in development headers stand for the clock. */
  isLocal: boolean;
  isPlain: boolean;
}

/** More names than one Worker answers to; anybody may send any `Host`. */
const HOSTS_KEPT = 64;

const LOCAL_NAMES: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

const placeAt = remembered(HOSTS_KEPT, (base): Place => {
  const url = new URL(base);
  return { origin: url.origin, isLocal: isLocal(url), isPlain: url.protocol === "http:" };
});

export const isLocal = ({ hostname }: URL): boolean => LOCAL_NAMES.has(hostname);

/** Where the path begins: behind `scheme://host`. */
const pathStart = (url: string): number => {
  const slash = url.indexOf("/", url.indexOf("://") + 3);
  return slash < 0 ? url.length : slash;
};

export const placeOf = ({ url }: Request): Place => placeAt(url.slice(0, pathStart(url)));

/** The path as it was sent, without the query. It is only good for comparing: dots and escapes are as they came. */
export function rawPath(url: string): string {
  const start = pathStart(url);
  const query = url.indexOf("?", start);
  return query < 0 ? url.slice(start) : url.slice(start, query);
}
