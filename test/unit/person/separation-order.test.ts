/** Two words on the same two visitors, said and told in whatever order: the newest one stands. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { VisitorId } from "../../../src/domain/ids.ts";
import type { Word } from "../../../src/person/separation.ts";
import type { Answers } from "../../../src/person/work.ts";
import { LAPTOP, NOW, PHONE, two } from "./town.ts";

/** What happens to two objects: somebody says a word to one, a word is told, its answer comes, or it is told once more. */
const step = fc.oneof(
  fc.record({
    do: fc.constant("say" as const),
    to: fc.constantFrom(PHONE, LAPTOP),
    apart: fc.boolean(),
    later: fc.constantFrom(1, 1, 1, 0),
  }),
  fc.record({ do: fc.constantFrom("tell", "answer", "double"), nth: fc.nat(9) }),
);

test("whatever is said to either, and however words and answers come, both hold the newest for true in the end", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 14 }), (steps) => {
      const town = two();
      const other = (id: VisitorId): VisitorId => (id === PHONE ? LAPTOP : PHONE);
      const told: Word[] = [];
      const answers: [VisitorId, Word, Answers["apart"]][] = [];
      let at = NOW;
      let last: { apart: boolean; sure: boolean } = { apart: false, sure: true };
      for (const [n, each] of steps.entries())
        switch (each.do) {
          case "say": {
            at += each.later;
            const { to, apart } = each;
            if (apart) town.separate(to, other(to), `c${n}`, at);
            else town.unseparate(to, other(to), `c${n}`, at);
            // Of two at once either may stand.
            last = { apart, sure: each.later > 0 || (last.sure && last.apart === apart) };
            break;
          }
          case "tell": {
            const words = [...town.words(PHONE), ...town.words(LAPTOP)];
            const word = words[each.nth % Math.max(1, words.length)];
            if (!word) break;
            told.push(word);
            answers.push([word.other, word, town.tell(word)]);
            break;
          }
          case "answer": {
            const [late] = answers.splice(each.nth % Math.max(1, answers.length), 1);
            if (late) town.answer(...late);
            break;
          }
          case "double": {
            const word = told[each.nth % Math.max(1, told.length)];
            if (word) town.tell(word);
          }
        }
      town.rest(PHONE, LAPTOP);
      const [here, there] = [town.doc(PHONE).separate, town.doc(LAPTOP).separate];
      expect(there.includes(PHONE)).toBe(here.includes(LAPTOP));
      if (last.sure) expect(here.includes(LAPTOP)).toBe(last.apart);
    }),
    { numRuns: 1_500 },
  );
});
