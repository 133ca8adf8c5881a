/**
 * E-mail addresses out of everything that is stored in the clear: sites put them into URLs, titles and properties without
 * meaning to. In linear time: from each `@` the address is walked outwards, at most as far as an address can reach and
 * never past the next `@`.
 */

/** What stands where an address was. */
export const SCRUBBED = "[email]";

/** `@` plain, percent-encoded once or more often, as HTML entity or escape, and its full-width forms. */
const AT = /@|%(?:25)*40|＠|﹫|&#0*64;|&#x0*40;|&commat;|\\u0040/gi;

/** Every spelling begins with one of these, and most texts hold none. */
const MAYBE = /[@%＠﹫&\\]/;

/** Local part and domain may be percent-encoded and then take three characters for each. */
const LOCAL_REACH = 64 * 3;
const DOMAIN_REACH = 255;

const LOCAL = /[\p{L}\p{N}\p{M}!#$%'*+.^_`{|}~\\-]/u;
const DOMAIN = /[\p{L}\p{N}\p{M}%._。．-]/u;
/** A dot with something behind it: `jane@example.org`, not `Lions@Bears`. */
const DOTTED = /(?:[.。．]|%(?:25)*2e)[^.。．]/i;

/** Half a surrogate pair is taken for a letter: the walk goes by UTF-16 units. */
const isSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdfff;

function localStart(text: string, at: number, floor: number): number {
  // A quoted local part may hold anything, even blanks: back to its opening quote.
  if (text[at - 1] === '"') {
    const reach = text.slice(Math.max(floor, at - LOCAL_REACH), at - 1);
    const open = reach.lastIndexOf('"');
    return open < 0 ? at : at - 1 - reach.length + open;
  }
  let start = at;
  while (start > floor && at - start < LOCAL_REACH) {
    const char = text.charAt(start - 1);
    if (!isSurrogate(char.charCodeAt(0)) && !LOCAL.test(char)) break;
    start--;
  }
  return start;
}

function domainEnd(text: string, from: number, ceiling: number): number {
  const last = Math.min(ceiling, from + DOMAIN_REACH);
  let end = from;
  while (end < last) {
    const char = text.charAt(end);
    if (!isSurrogate(char.charCodeAt(0)) && !DOMAIN.test(char)) break;
    end++;
  }
  return end;
}

/** An address inside the quotes of another is found first; the outer one then needs a second look, and so on. */
const PASSES = 8;

/** The text with every e-mail address replaced by `[email]`. */
export function scrub(text: string): string {
  let scrubbed = once(text);
  for (let pass = 1, before = text; pass < PASSES && scrubbed !== before; pass++) {
    before = scrubbed;
    scrubbed = once(before);
  }
  return scrubbed;
}

function once(text: string): string {
  if (!MAYBE.test(text)) return text;
  let out = "";
  let kept = 0;
  let floor = 0;
  AT.lastIndex = 0;
  for (let sign = AT.exec(text), next = sign; sign !== null; sign = next) {
    next = AT.exec(text);
    const behind = sign.index + sign[0].length;
    const start = localStart(text, sign.index, floor);
    floor = behind;
    if (start === sign.index) continue;
    const end = domainEnd(text, behind, next?.index ?? text.length);
    if (!DOTTED.test(text.slice(behind, end))) continue;
    out += text.slice(kept, start) + SCRUBBED;
    kept = end;
    floor = end;
  }
  return kept === 0 ? text : out + text.slice(kept);
}

export const hasEmail = (text: string): boolean => scrub(text) !== text;
