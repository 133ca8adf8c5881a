/** What was read from a call's signals, in words; the same in the simulator and in receipts. */
import type { Signals } from "../../domain/consent/signals/types.ts";

const UNREADABLE = "could not be read, so it counts as a no";

export function signalsInWords(
  { gpc, gpp, usp, tcf, cmp }: Signals,
  seen?: { seen: boolean; honoured: boolean },
): string[] {
  const words: string[] = [];
  words.push(
    gpc
      ? "Global Privacy Control was sent."
      : seen?.seen
        ? "Global Privacy Control was not sent now, but before; that counts."
        : "No Global Privacy Control.",
  );
  if (seen?.seen)
    words.push(
      seen.honoured
        ? "It is honoured."
        : "It isn't honoured: the visitor overruled it, told of the conflict, or it governs nothing.",
    );
  if (gpp.state === "unreadable") words.push(`The GPP string ${UNREADABLE}.`);
  if (gpp.state === "read")
    words.push(
      `GPP, sections ${gpp.sections.join(", ") || "none"}: ${gpp.optedOut ? "an opt-out" : "no opt-out"}${gpp.gpc ? ", with GPC" : ""}${gpp.child === "no" ? "" : `, a child is ${gpp.child}`}.`,
    );
  if (usp.state === "unreadable") words.push(`The US Privacy string ${UNREADABLE}.`);
  if (usp.state === "read")
    words.push(`US Privacy: ${usp.optedOut ? "an opt-out" : "no opt-out"}.`);
  if (tcf.state === "unreadable") words.push(`The TCF string ${UNREADABLE}.`);
  if (tcf.state === "read") {
    const purposes = numbersIn(tcf.publisher ?? tcf.consents);
    words.push(
      `TCF, from ${new Date(tcf.lastUpdated).toISOString().slice(0, 10)}${tcf.publisher === null ? "" : ", the publisher's own segment"}: consent to purposes ${purposes.join(", ") || "none"}.`,
    );
  }
  if (cmp.state === "unreadable") words.push(`The site's consent tool's cookie ${UNREADABLE}.`);
  if (cmp.state === "read")
    words.push(
      `The site's consent tool: ${Object.entries(cmp.categories)
        .map(([name, yes]) => `${name} ${yes ? "yes" : "no"}`)
        .join(", ")}.`,
    );
  return words;
}

/** Bit n − 1 → n. */
const numbersIn = (bits: number): number[] =>
  Array.from({ length: 24 }, (_, at) => at + 1).filter((n) => (bits & (1 << (n - 1))) !== 0);
