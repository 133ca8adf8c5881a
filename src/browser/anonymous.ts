/** The random name of this browser, which ties what the browser and the site's server say about one visit. */
const KEY = "usher_id";

let id: string | undefined;

/** Only in secure contexts, which the collector's cookies need as well. */
export const random = (): string => crypto.randomUUID();

/** Reads or makes the id and keeps it. Called only where `measurement` is granted. */
export const anonymousId = (): string => {
  if (!id) {
    id = random();
    try {
      id = localStorage[KEY] ||= id;
    } catch {
      // No storage here: the id lasts as long as the page.
    }
  }
  return id!;
};

export const forget = (): void => {
  id = "";
  try {
    delete localStorage[KEY];
  } catch {
    // Without storage there is nothing to remove.
  }
};
