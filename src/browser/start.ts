/**
 * What a page gets, by a script tag (snippet.ts) or bundled with the site's own code (module.ts). It asks the collector
 * for the visitor's consent first, and until an answer grants something it sends nothing else and stores nothing.
 */
import { forget, random } from "./anonymous.ts";
import { onNavigation } from "./navigation.ts";
import { BATCH, outbox, RESET } from "./outbox.ts";
import { request } from "./request.ts";
import type {
  BannerModule,
  ConsentDocument,
  LeaveModule,
  NextAnswer,
  QueuedCall,
  SlotsModule,
  Usher,
} from "./types.ts";

declare const USHER_VERSION: string;
declare global {
  interface Window {
    usher?: Usher & { q?: QueuedCall[] };
  }
  interface Document {
    readonly prerendering?: boolean;
  }
}

type Call = (...args: unknown[]) => unknown;

/** @param host the collector's origin */
export const run = (host: string, writeKey: string, isAutomatic: boolean): Usher => {
  const stub = window.usher;
  // Without a queue this is the snippet itself, loaded a second time.
  if (stub && !stub.q) return stub;

  let { referrer } = document;
  /** Undefined while nobody knows. */
  let consent: ConsentDocument | undefined;
  /** What has to be over before consent is known: a prerendered page is nobody's visit until it is looked at. */
  let known = new Promise<unknown>((done) =>
    document.prerendering ? document.addEventListener("prerenderingchange", done) : done(0),
  );

  const may = (what: string): boolean | undefined => consent?.open?.includes(what);
  /** Says how long the page was looked at, once that is measured. */
  let left: (() => void) | undefined;

  const box = outbox(
    host,
    writeKey,
    (path) =>
      may(path === RESET ? "id-cookie" : "events") || (consent && !consent.ask ? false : undefined),
  );

  const send = async (type: string, fields: object, identityToken?: string): Promise<boolean> => {
    try {
      const messageId = random();
      return await box.add(
        BATCH,
        messageId,
        JSON.stringify({
          type,
          messageId,
          timestamp: new Date(),
          ...fields,
          context: {
            page: { url: location.href, title: document.title, referrer },
            // A Mac has none; an iPad that asks for desktop pages does.
            device: { touchPoints: navigator.maxTouchPoints },
            library: { name: "usher.js", version: USHER_VERSION },
            identityToken,
          },
        }),
      );
    } catch {
      // Properties that can't be written as JSON, or no secure context.
      return false;
    }
  };

  const call = <Answer>(path: string, body?: string): Promise<Answer | undefined> =>
    request<Answer>(host + path, body);

  /** Undefined also where hints aren't consented to. */
  const ofHints = async <Answer>(path: string, body?: string): Promise<Answer | undefined> => {
    await known;
    return may("hints") ? call(path, body) : undefined;
  };

  const next = async (slot = ""): Promise<NextAnswer> =>
    (await ofHints<NextAnswer>("/_u/next?slot=" + encodeURIComponent(slot))) ?? { action: null };

  /** Parts that only some pages need. Blocked: the page does without. */
  const part = <Part>(name: string, use: (part: Part) => void): Promise<void> =>
    import(host + "/_u/" + name + ".js").then(use).catch(() => {
      // Nobody is asked, nothing is suggested, nothing is measured.
    });

  const fill = (): void => {
    if (may("hints") && document.querySelector("[data-usher-slot]"))
      void part<SlotsModule>("slots", (slots) => slots.fill(next, call));
  };

  const openBanner = (isWanted: boolean): Promise<void> =>
    part<BannerModule>("banner", (banner) => banner.open(consent!, settle, host, isWanted));

  const automatic = (): void => {
    if (!isAutomatic) return;
    let properties = {};
    try {
      properties = JSON.parse(
        document.querySelector<HTMLElement>("[data-usher-props]")!.dataset["usherProps"]!,
      );
    } catch {
      // Not there, or not JSON: a page without properties.
    }
    void send("page", { properties });
  };

  /** Arrives on the page, stores a choice, or (null) asks again; one after the other, so that the newest answer stands. */
  const settle = (choice?: object | null): Promise<ConsentDocument> =>
    (known = known
      .then(async () => {
        // Nothing is sent on an earlier answer while a newer one is on its way, nor without an answer.
        consent = undefined;
        if (choice === undefined) automatic();
        consent =
          (await call<ConsentDocument>(
            "/_u/consent",
            choice ? JSON.stringify(choice) : undefined,
          )) ?? {};
        if (!may("events")) forget();
        box.pump();
        document.dispatchEvent(new CustomEvent("usher:consent", { detail: consent }));
        fill();
        if (consent.ask) void openBanner(false);
        if (consent.engagement && !left)
          void part<LeaveModule>("leave", ({ watch }) => (left = watch(usher.track)));
        return consent;
      })
      .catch(() => ({}))) as Promise<ConsentDocument>;

  const usher: Usher = {
    page: (name, properties) => send("page", { name, properties }),
    track: (event, properties) => send("track", { event, properties }),
    identify: (userId, traits, options) =>
      send(
        "identify",
        typeof userId === "object" ? { traits: traits ?? userId } : { userId, traits },
        options?.token,
      ),
    reset: () => box.add(RESET, "", "{}"),
    consent: async (choice?: Record<string, unknown>, options?: object) => {
      if (choice) {
        return settle({
          ...(choice["accept"] || choice["choices"] ? choice : { choices: choice }),
          ...options,
        });
      }
      await known;
      await openBanner(true);
      return consent!;
    },
    refresh: () => settle(null),
    next,
    hint: async (hint, outcome) =>
      !!(await ofHints("/_u/hints/" + encodeURIComponent(hint) + "/" + outcome, "{}")),
  };
  window.usher = usher;

  void settle();
  // After the page view, which is what they happened on.
  queueMicrotask(() =>
    stub?.q!.forEach(([name, args, done]) => done((usher[name] as Call)(...args))),
  );

  addEventListener("DOMContentLoaded", fill);
  addEventListener("pagehide", box.leave);
  // A page that comes back from the back-forward cache is a visit, and consent may have changed since.
  addEventListener("pageshow", (event) => event.persisted && settle());
  onNavigation((from) => {
    left?.();
    referrer = from;
    automatic();
    fill();
  });
  return usher;
};
