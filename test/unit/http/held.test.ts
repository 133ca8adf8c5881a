import fc from "fast-check";
import { expect, test } from "vitest";
import { Held } from "../../../src/http/proxy/held.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A text cut at these places, each taken modulo what is left. */
function cutAt(text: string, cuts: readonly number[]): string[] {
  const pieces: string[] = [];
  let left = text;
  for (const cut of cuts) {
    const at = left.length === 0 ? 0 : cut % left.length;
    pieces.push(left.slice(0, at));
    left = left.slice(at);
  }
  return [...pieces, left];
}

const part = fc.string({ unit: fc.constantFrom("<", "s", "/", "p", ">", "x"), maxLength: 12 });
const cuts = fc.array(fc.nat(50), { maxLength: 6 });

test("what came out and what is left are the whole page, however the pieces are cut and wherever it stopped", () => {
  fc.assert(
    fc.property(part, part, part, cuts, cuts, fc.nat(60), (a, b, c, inCuts, outCuts, stop) => {
      const insertions = ["<script>1</script>", "<section>2</section>"];
      const held = new Held();
      for (const piece of cutAt(a + b + c, inCuts)) held.add(bytes(piece));
      for (const text of insertions) held.insert(text);
      const marked = `${a}${insertions[0]}${b}${insertions[1]}${c}`;
      const came = marked.slice(0, stop);
      for (const piece of cutAt(came, outCuts)) held.release(bytes(piece));
      let rest = "";
      for (let piece = held.take(); piece; piece = held.take())
        rest += new TextDecoder().decode(piece);
      const whole = came + rest;
      const cleaned = insertions.reduce((text, each) => text.replace(each, ""), whole);
      expect(cleaned).toBe(a + b + c);
    }),
    { numRuns: 2_000 },
  );
});
