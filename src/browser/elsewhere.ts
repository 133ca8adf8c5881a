/**
 * What was decided about consent outside this page: in another tab, on the page of one's own data, or in the site's own
 * tool. It shows in cookies that the page can read, Usher's own and those of consent tools.
 */

/** `usher-consent`, `euconsent-v2`, `OptanonConsent`, `CookieConsent`; `__gpp`; `usprivacy`; `klaro`; `cc_cookie`. */
const SAYING = /[^; ]*(consent|gpp|usprivacy|klaro|cc_cookie)[^;]*/gi;

/** The same where the collector is on another host, whose cookies the page doesn't see. */
const said = (): string => {
  try {
    return String(document.cookie.match(SAYING));
  } catch {
    // A frame that may read no cookies.
    return "";
  }
};

/**
 * Calls `changed` when they say something else than when it was called last: at once where the browser tells of changed
 * cookies, else when somebody comes back to the page.
 */
export const onElsewhere = (changed: () => void, signal?: AbortSignal): void => {
  let seen = said();
  const look = (): void => {
    if (seen !== (seen = said())) changed();
  };
  const options = signal && { signal };
  window.cookieStore?.addEventListener("change", look, options);
  addEventListener("focus", look, options);
  document.addEventListener("visibilitychange", look, options);
};
