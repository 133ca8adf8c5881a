/**
 * The snippet: what a site loads with one script tag. It asks the collector for the visitor's consent first, and until
 * an answer grants something it sends nothing else and stores nothing. It never throws into the page.
 */
import { forget, random } from "./anonymous.ts";
import { onNavigation } from "./navigation.ts";
import { BATCH, outbox, RESET } from "./outbox.ts";
import { request } from "./request.ts";
import type {
  BannerModule,
  ConsentDocument,
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

const start = (): void => {
  const stub = window.usher;
  // Without a queue this is the snippet itself, loaded a second time.
  if (stub && !stub.q) return;

  const tag = (document.currentScript ??
    document.querySelector("script[data-write-key]")) as HTMLScriptElement;
  const { dataset } = tag;
  const host = new URL(tag.src, location.href).origin;
  let { referrer } = document;
  /** Undefined while nobody knows. */
  let consent: ConsentDocument | undefined;
  /** What has to be over before consent is known: a prerendered page is nobody's visit until it is looked at. */
  let known = new Promise<unknown>((done) =>
    document.prerendering ? document.addEventListener("prerenderingchange", done) : done(0),
  );

  let mayMeasure: boolean | undefined;
  let mayPersonalize: boolean | undefined;

  const box = outbox(
    host,
    dataset["writeKey"]!,
    (path) =>
      mayMeasure ||
      (path === RESET && mayPersonalize) ||
      (consent && !consent.ask ? false : undefined),
  );

  const send = async (type: string, fields: object, identityToken?: string): Promise<boolean> => {
    const { href: url, pathname: path, search } = location;
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
            page: { url, path, title: document.title, referrer, search },
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
        (await request<NextAnswer>(`${host}/_u/next?slot=${encodeURIComponent(slot)}`))) || {
        action: null,
      }
    );
  };

  const fill = async (): Promise<void> => {
    if (!mayPersonalize || !document.querySelector("[data-usher-slot]")) return;
    try {
      const slots: SlotsModule = await import(host + "/_u/slots.js");
      slots.fill(next, (path, body) => request(host + path, body));
    } catch {
      // Blocked: the page is shown without next actions.
    }
  };

  const openBanner = async (isWanted = false): Promise<void> => {
    try {
      const banner: BannerModule = await import(host + "/_u/banner.js");
      banner.open(consent!, settle, host, isWanted);
    } catch {
      // Blocked: nobody is asked, so nothing is granted.
    }
  };

  const automatic = (): void => {
    if (dataset["auto"] === "off") return;
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
  const settle = (choice?: object): Promise<ConsentDocument> => {
    const settled = known
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
        void fill();
        if (consent.ask) void openBanner();
        return consent;
      })
      .catch(() => ({}));
    known = settled;
    return settled;
  };

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
    consent: async (choice) => {
      if (choice) {
        const { accept, choices } = choice as { accept?: unknown; choices?: unknown };
        return settle(accept || choices ? choice : { choices: choice });
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
    referrer = from;
    automatic();
    void fill();
  });
};

try {
  start();
} catch {
  // A page so unusual that we can't even start: it works without us.
}
