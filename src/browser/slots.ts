/**
 * Next actions on the page. Loaded by the snippet only where the visitor has consented to `personalization` and the
 * page has a slot.
 */
import { onElsewhere } from "./elsewhere.ts";
import type { NextAnswer, SlotsModule } from "./types.ts";

type Report = (outcome: "shown" | "taken" | "dismissed") => void;

/**
 * Puts a next action into every `data-usher-slot` element that has none, as plain elements that the site styles. What
 * came filled with the page (proxy mode) is only listened to.
 */
export const fill: SlotsModule["fill"] = (next, send) => {
  for (const slot of document.querySelectorAll<HTMLElement>("[data-usher-slot]")) {
    if (slot.dataset["usherFilled"]) continue;
    slot.dataset["usherFilled"] = "1";
    const reportFor =
      (hint: string): Report =>
      (outcome) =>
        send(`/_u/hints/${encodeURIComponent(hint)}/${outcome}`, "{}");
    const made = slot.querySelector<HTMLElement>("[data-usher-hint]");
    if (made) {
      listen(slot, made, reportFor(made.dataset["usherHint"]!));
      continue;
    }
    void next(slot.dataset["usherSlot"]!).then((answer) => {
      const { action, hint } = answer;
      // Consent may have ended while the answer was on its way.
      if (!action || !hint || !slot.dataset["usherFilled"]) return;
      show(slot, { ...answer, action }, reportFor(hint));
    });
  }
};

function show(
  slot: HTMLElement,
  { action, why }: NextAnswer & { action: NonNullable<NextAnswer["action"]> },
  report: Report,
): void {
  const card = document.createElement("section");
  const add = <Tag extends keyof HTMLElementTagNameMap>(
    tag: Tag,
    text: string,
    to: HTMLElement = card,
  ): HTMLElementTagNameMap[Tag] => {
    const element = document.createElement(tag);
    element.textContent = text;
    to.append(element);
    return element;
  };

  card.className = "usher-hint";
  card.setAttribute("aria-label", action.title);
  if (action.image) {
    const image = add("img", "");
    image.alt = "";
    image.src = action.image;
  }
  add("strong", action.title);
  add("p", action.text);
  const link = add("a", action.label);
  // The catalogue is the marketer's: an address in it may lead somewhere, but not run anything.
  if (/^https?:$/.test(new URL(action.href, location.href).protocol)) link.href = action.href;
  if (why?.length) {
    const details = add("details", "");
    add("summary", slot.dataset["usherWhy"] ?? "Why do I see this?", details);
    add("p", why.join("; "), details);
  }
  const dismiss = add("button", slot.dataset["usherDismiss"] ?? "Not interested");
  dismiss.type = "button";
  slot.append(card);
  listen(slot, card, report);
}

function listen(slot: HTMLElement, card: HTMLElement, report: Report): void {
  card.querySelector("a")!.addEventListener("click", () => report("taken"));
  card.querySelector("button")!.addEventListener("click", () => {
    report("dismissed");
    card.remove();
    // The focused element is gone; the keyboard goes on from where it was.
    slot.tabIndex = -1;
    slot.focus();
  });

  const watch = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watch.disconnect();
      report("shown");
    },
    { threshold: 0.5 },
  );
  watch.observe(card);
}

// Snippets before 0.3 can't ask again.
onElsewhere(() => void window.usher?.refresh?.());

/** Takes the next actions out again when consent to them ends, so that a later consent fills the slots anew. */
document.addEventListener("usher:consent", (event) => {
  if ((event as CustomEvent).detail.open?.includes("hints")) return;
  for (const slot of document.querySelectorAll<HTMLElement>("[data-usher-filled]")) {
    delete slot.dataset["usherFilled"];
    slot.querySelector(".usher-hint")?.remove();
  }
});
