/**
 * A page on its way through: the snippet's tag at the end of its head, next actions in its slots. It streams, and
 * whatever goes wrong on the way, the rest of the page follows as it was.
 */
import type { CardWords } from "./card.ts";
import { Held } from "./held.ts";

/** Texts put into the page; everything else that comes out came in. */
type Insert = (html: string) => string;

export interface PagePlan {
  /** The snippet's tag; put in unless the page's head has one. */
  tag: string;
  /** HTML for a slot, or null to leave it to the browser. Null where nothing may be filled. */
  fill: ((slot: string, words: CardWords) => Promise<string | null>) | null;
}

/** Filled of one page: a comment on it may hold any number of them, each of which would keep the rest waiting. */
const SLOTS_MOST = 16;

/** Stands where bytes aren't UTF-8: on a page of another encoding, which the browser reads better than we do. */
const UNREADABLE = "\ufffd";

const SNIPPET = 'script[src*="/_u/usher"]';

/** Rewrites as `plan` says. Handlers never throw: what fails leaves its place as it was. */
function rewriter({ tag, fill }: PagePlan, insert: Insert): HTMLRewriter {
  let present = false;
  const rewriting = new HTMLRewriter()
    .on(`head ${SNIPPET}`, {
      element() {
        present = true;
      },
    })
    .on("head", {
      element(head) {
        head.onEndTag((end) => {
          if (!present) end.before(insert(tag), { html: true });
          present = true;
        });
      },
    });
  if (!fill) return rewriting;
  let slots = 0;
  return rewriting.on("[data-usher-slot]", {
    async element(slot) {
      if (++slots > SLOTS_MOST) return;
      const words = {
        why: slot.getAttribute("data-usher-why"),
        dismiss: slot.getAttribute("data-usher-dismiss"),
      };
      const name = slot.getAttribute("data-usher-slot") ?? "";
      if (`${name}${words.why}${words.dismiss}`.includes(UNREADABLE)) return;
      const card = await fill(name, words).catch(() => null);
      if (card !== null) slot.append(insert(card), { html: true });
    },
  });
}

/** The page's bytes, rewritten. */
export function rewritten(
  body: ReadableStream<Uint8Array>,
  plan: PagePlan,
): ReadableStream<Uint8Array> {
  const source = body.getReader();
  const held = new Held();
  const insert: Insert = (html) => {
    held.insert(html);
    return html;
  };
  const fed = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await source.read();
      if (done) return controller.close();
      held.add(value.slice());
      controller.enqueue(value);
    },
  });
  const output = rewriter(plan, insert).transform(new Response(fed)).body?.getReader();
  let failed = output === undefined;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (!failed && output) {
        try {
          const { done, value } = await output.read();
          if (done) return controller.close();
          held.release(value);
          return controller.enqueue(value);
        } catch {
          failed = true;
        }
      }
      const rest = held.take();
      if (rest) return controller.enqueue(rest);
      const { done, value } = await source.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel(reason) {
      await Promise.allSettled([output?.cancel(reason), source.cancel(reason)]);
    },
  });
}
