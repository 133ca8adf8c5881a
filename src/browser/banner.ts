/**
 * The consent banner. A region of the page, not a trap: the page stays usable while it is open, and it comes first in
 * the order of the keyboard. It lives in a shadow root with a constructed style sheet and builds plain elements, so it
 * works under a strict Content-Security-Policy and with Trusted Types.
 */
import css from "./banner.css";
import { onElsewhere } from "./elsewhere.ts";
import type { Answer, ConsentDocument } from "./types.ts";
import { FAILED, WORDS } from "./words.ts";

/** What the collector says to the banner alone, whatever the snippet's version. */
interface Shown extends ConsentDocument {
  policy?: ConsentDocument["policy"] & { direction?: string };
  /** Nobody is asked here, but this is to be said, with a button that closes it. */
  tell?: { body: string; close: string; language: string };
}

/** `seen`: the notice was closed. `anonymousId`: the same for an answer that is given again because the first was lost. */
type Said = (Answer & { anonymousId?: string }) | { seen: true; policy?: number | undefined };

let close: (() => void) | undefined;

const isGrant = (answer: Answer): boolean =>
  "choices" in answer
    ? Object.values(answer.choices).includes(true)
    : "accept" in answer && answer.accept === "all";

/** `isWanted`: the visitor asked for it, so it takes the focus and gives it back; else it waits to be noticed. */
export const open = (
  consent: Shown,
  decide: (said: Said) => Promise<ConsentDocument>,
  host: string,
  isWanted: boolean,
): void => {
  // Asked again, the open one stays: somebody may be choosing on it, and it says which version it shows.
  if (close && !isWanted) return;
  close?.();
  const words = { ...WORDS, ...consent.policy?.notice };
  const purposes = consent.policy?.purposes ?? [];
  // Who opens it has read the notice.
  const tell = isWanted ? undefined : consent.tell;
  const name = crypto.randomUUID?.();
  const before = document.activeElement;
  const frame = document.createElement("div");
  const root = frame.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];

  const add = <Tag extends keyof HTMLElementTagNameMap>(
    to: Node,
    tag: Tag,
    text = "",
    attributes: Record<string, string> = {},
  ): HTMLElementTagNameMap[Tag] => {
    const element = document.createElement(tag);
    element.textContent = text;
    for (const name in attributes) element.setAttribute(name, attributes[name]!);
    to.appendChild(element);
    return element;
  };

  const card = add(root, "div", "", {
    class: "card",
    role: "dialog",
    "aria-modal": "false",
    "aria-labelledby": "title",
    "aria-describedby": "body",
    lang: consent.policy?.language ?? (document.documentElement.lang || "en"),
    dir: consent.policy?.direction ?? "auto",
  });
  const title = add(card, "h2", words.title, { id: "title", tabindex: "-1" });
  add(card, "p", tell?.body ?? words.body, { id: "body", ...(tell && { lang: tell.language }) });
  if (consent.gpcHonoured) add(card, "p", words.gpcHonoured);

  const list = add(card, "ul", "", { id: "purposes" });
  list.hidden = true;
  const choice = (label: string, description?: string): HTMLInputElement => {
    const item = add(list, "li");
    const line = add(item, "label");
    const box = add(line, "input", "", { type: "checkbox" });
    add(line, "span", label);
    if (description) {
      const id = `about-${list.childElementCount}`;
      box.setAttribute("aria-describedby", id);
      add(item, "p", description, { id });
    }
    return box;
  };
  const boxes = purposes.map(({ id, label, description, required }) => {
    const box = choice(label, description);
    box.disabled = required;
    // What holds now, which under opt-in is nothing.
    box.checked = required || !!consent.decisions?.[id]?.granted;
    return { id, required, box };
  });
  const override = consent.signals?.gpc ? choice(words.gpcOverride) : undefined;

  add(card, "a", words.ownData, { href: host + "/_u/me" });
  const failure = add(card, "p", "", { role: "alert" });
  const buttons = add(card, "div", "", { class: "buttons" });
  const button = (text: string, press: () => void, look = ""): HTMLButtonElement => {
    const element = add(buttons, "button", text, { type: "button", class: look });
    element.addEventListener("click", press);
    return element;
  };

  const send = async (answer: Answer): Promise<void> => {
    const all = [...buttons.children] as HTMLButtonElement[];
    for (const each of all) each.setAttribute("aria-disabled", "true");
    failure.textContent = "";
    const { decisions } = await decide({
      ...answer,
      policy: consent.policy?.version,
      // A refusal names nobody.
      ...(name && isGrant(answer) ? { anonymousId: name } : {}),
    });
    // An answer closes the banner through the event that comes with it.
    for (const each of all) each.removeAttribute("aria-disabled");
    if (!decisions) failure.textContent = FAILED;
  };
  const isIdle = (): boolean => !buttons.querySelector("[aria-disabled]");

  const dismiss = (): void => {
    if (tell) void decide({ seen: true, policy: consent.policy?.version });
    close?.();
  };
  if (tell) button(tell.close, dismiss).lang = tell.language;
  else {
    button(words.refuseAll, () => isIdle() && send({ accept: "none" }));
    button(words.acceptAll, () => isIdle() && send({ accept: "all" }));
  }
  const more = button(
    words.choose,
    () => {
      if (list.hidden) {
        list.hidden = false;
        more.textContent = words.save;
        boxes.find(({ required }) => !required)?.box.focus();
      } else if (isIdle()) {
        void send({
          choices: Object.fromEntries(
            boxes.filter(({ required }) => !required).map(({ id, box }) => [id, box.checked]),
          ),
          ...(override?.checked ? { override: ["gpc"] } : {}),
        });
      }
    },
    "quiet",
  );

  const scroll = document.documentElement.style;
  const { scrollPaddingBottom } = scroll;
  const onConsent = (event: Event): void => {
    const { ask, decisions } = (event as CustomEvent<ConsentDocument>).detail;
    if (decisions && !ask) close?.();
  };
  // An answer of its own comes with its event. Snippets before 0.3 can't ask again.
  const showing = new AbortController();
  onElsewhere(() => isIdle() && void window.usher?.refresh?.(), showing.signal);
  close = () => {
    close = undefined;
    showing.abort();
    const hadFocus = document.activeElement === frame;
    document.removeEventListener("usher:consent", onConsent);
    scroll.scrollPaddingBottom = scrollPaddingBottom;
    frame.remove();
    if ((hadFocus || isWanted) && before instanceof HTMLElement) before.focus();
  };
  document.addEventListener("usher:consent", onConsent);
  card.addEventListener("keydown", (event) => {
    if (event.key === "Escape") dismiss();
  });

  const show = (): void => {
    document.body.prepend(frame);
    // What gets the focus behind the banner must not stay behind it.
    scroll.scrollPaddingBottom = `${card.offsetHeight + 24}px`;
    if (isWanted) title.focus();
  };
  // A page that arrives slowly may not have a body yet.
  if (document.body) show();
  else document.addEventListener("DOMContentLoaded", show, { once: true });
};
