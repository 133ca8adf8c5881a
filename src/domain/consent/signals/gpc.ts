/**
 * Global Privacy Control, the `Sec-GPC` request header (W3C GPC, section 3.1). Its only value is exactly `1`.
 * `Headers.get` joins repeated headers with ", ", so any exact `1` in the list is the signal; `"1"`, `1;x=2`, `0`,
 * an empty header and no header are no signal.
 */
export function readGpc(header: string | null | undefined): boolean {
  if (header === null || header === undefined || header.length > MAX_LENGTH) return false;
  return header.split(",").some((value) => value.trim() === "1");
}

/** Characters; a real header has one. Platforms cap headers at 32 KB and more, which nobody needs to split. */
const MAX_LENGTH = 8_192;
