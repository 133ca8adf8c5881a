/**
 * The editor of an action, alive: after a pause the form is sent for a look, and what it would do and how it would look are put
 * in place of what stood there. Nothing is saved by it, and whoever writes keeps their place.
 */

/** Long enough not to ask in the middle of a word. */
const PAUSE_MS = 700;

const form = document.querySelector<HTMLFormElement>("form.offer");
let waiting: ReturnType<typeof setTimeout> | undefined;
let asked: AbortController | undefined;

function bodyOf(of: HTMLFormElement): URLSearchParams {
  const sent = new URLSearchParams();
  for (const [name, value] of new FormData(of))
    if (typeof value === "string") sent.append(name, value);
  sent.set("do", "look");
  return sent;
}

/** What somebody opened stays open, and who is in it stays there. */
function put(here: Element, there: Element): void {
  const isHere = here.contains(document.activeElement);
  const isOpen = here.querySelector("details")?.open === true;
  for (const details of there.querySelectorAll("details")) details.open = isOpen;
  here.replaceChildren(...there.childNodes);
  if (isHere) here.querySelector("summary")?.focus();
}

async function look(of: HTMLFormElement): Promise<void> {
  asked?.abort();
  asked = new AbortController();
  const { signal } = asked;
  // A look that fails leaves what stands there; the form's own button looks again.
  const answer = await fetch(of.action, { method: "POST", body: bodyOf(of), signal }).catch(
    () => null,
  );
  if (!answer?.ok) return;
  const text = await answer.text().catch(() => null);
  if (text === null || signal.aborted) return;
  const page = new DOMParser().parseFromString(text, "text/html");
  for (const here of document.querySelectorAll<HTMLElement>("[data-live]")) {
    const there = page.querySelector(`[data-live="${here.dataset["live"] ?? ""}"]`);
    if (there) put(here, there);
  }
}

form?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => void look(form), PAUSE_MS);
});
form?.addEventListener("submit", () => {
  clearTimeout(waiting);
  asked?.abort();
});
