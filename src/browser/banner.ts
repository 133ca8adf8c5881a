/**
 * The consent banner. A region of the page, not a trap: the page stays usable while it is open, and it comes first in
 * the order of the keyboard. It lives in a shadow root with a constructed style sheet and builds plain elements, so it
 * works under a strict Content-Security-Policy and with Trusted Types.
 */
import css from "./banner.css";
import { onElsewhere } from "./elsewhere.ts";
import type { Answer, BannerModule, ConsentDocument } from "./types.ts";
import { FAILED, WORDS } from "./words.ts";

let close: (() => void) | undefined;

/** `isWanted`: the visitor asked for it, so it takes the focus and gives it back; else it waits to be noticed. */
export const open: BannerModule["open"] = (consent, decide, host, isWanted) => {
  close?.();
  const words = { ...WORDS, ...consent.policy?.notice };
  const purposes = consent.policy?.purposes ?? [];
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
  });
  const title = add(card, "h2", words.title, { id: "title", tabindex: "-1" });
  add(card, "p", words.body, { id: "body" });
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
    const { decisions } = await decide({ ...answer, policy: consent.policy?.version });
    // An answer closes the banner through the event that comes with it.
    for (const each of all) each.removeAttribute("aria-disabled");
    if (!decisions) failure.textContent = FAILED;
  };
  const isIdle = (): boolean => !buttons.querySelector("[aria-disabled]");

  button(words.refuseAll, () => isIdle() && send({ accept: "none" }));
  button(words.acceptAll, () => isIdle() && send({ accept: "all" }));
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
    if (event.key === "Escape") close?.();
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
