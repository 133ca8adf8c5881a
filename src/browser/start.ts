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

  let mayMeasure: boolean | undefined;
  let mayPersonalize: boolean | undefined;
  /** Says how long the page was looked at, once that is measured. */
  let left: (() => void) | undefined;

  const box = outbox(
    host,
    writeKey,
    (path) =>
      mayMeasure ||
      (path === RESET && mayPersonalize) ||
      (consent && !consent.ask ? false : undefined),
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
            page: {
              url: location.href,
              path: location.pathname,
              title: document.title,
              referrer,
              search: location.search,
            },
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

  const next = async (slot = ""): Promise<NextAnswer> => {
    await known;
    return (
      (mayPersonalize &&
        (await request<NextAnswer>(host + "/_u/next?slot=" + encodeURIComponent(slot)))) || {
        action: null,
      }
    );
  };

  /** Parts that only some pages need. Blocked: the page does without. */
  const part = async <Part>(name: string, use: (part: Part) => void): Promise<void> => {
    try {
      use(await import(host + "/_u/" + name + ".js"));
    } catch {
      // Nobody is asked, nothing is suggested, nothing is measured.
    }
  };

  const fill = (): void => {
    if (mayPersonalize && document.querySelector("[data-usher-slot]"))
      void part<SlotsModule>("slots", (slots) =>
        slots.fill(next, (path, body) => request(host + path, body)),
      );
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

  /** Arrives on the page, or stores a choice; one after the other, so that the newest answer stands. */
  const settle = (choice?: object): Promise<ConsentDocument> =>
    (known = known
      .then(async () => {
        // Nothing is sent on an earlier answer while a newer one is on its way, nor without an answer.
        consent = mayMeasure = mayPersonalize = undefined;
        if (!choice) automatic();
        consent = (await request(host + "/_u/consent", choice && JSON.stringify(choice))) ?? {};
        mayMeasure = consent.decisions?.["measurement"]?.granted;
        mayPersonalize = consent.decisions?.["personalization"]?.granted;
        if (!mayMeasure) forget();
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
    consent: async (choice?: Record<string, unknown>) => {
      if (choice) {
        return settle(choice["accept"] || choice["choices"] ? choice : { choices: choice });
      }
      await known;
      await openBanner(true);
      return consent!;
    },
    next,
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
