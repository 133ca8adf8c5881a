/** The same for sites that bundle their scripts: nothing happens before `start` is called, so it may be imported anywhere. */
import { run } from "./start.ts";
import type { Options, Usher } from "./types.ts";

/** Calls again answer with what was started first. Never throws; where it can't start, calls answer as when refused. */
export const start = ({ writeKey, host, auto }: Options): Usher => {
  try {
    return run(host ?? location.origin, writeKey, auto !== false);
  } catch {
    return silent;
  }
};

const no = async (): Promise<boolean> => false;
const silent: Usher = {
  page: no,
  track: no,
  identify: no,
  reset: no,
  consent: async () => ({}),
  refresh: async () => ({}),
  next: async () => ({ action: null }),
  hint: no,
};
