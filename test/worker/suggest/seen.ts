/** Devices that go about, for tests of what is made of it: browsers with a clock and a network of their own. */
import { env } from "cloudflare:workers";
import { getTableName } from "drizzle-orm";
import { bringEverything } from "../../../src/carrier.ts";
import { tables } from "../../../src/d1/schema.ts";
import { DEFAULT_MERGE_RULES, type MergeRules } from "../../../src/domain/identity/rules.ts";
import { DAY_MS, dayOf, type Millis, type VisitorId } from "../../../src/domain/ids.ts";
import { networkPrefix } from "../../../src/domain/suggestion/networks.ts";
import { identifierKeys as identifiers } from "../../support/identifier-keys.ts";
import { settle } from "../../support/objects.ts";
import { api, Browser, OFFICER_TOKEN } from "../../support/site.ts";

export const AGENTS = {
  phone:
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
  computer:
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36",
} as const;

/** With devices compared, and everything else as it is. */
export const COMPARING: MergeRules = {
  ...DEFAULT_MERGE_RULES,
  probable: { ...DEFAULT_MERGE_RULES.probable, devices: "suggest" },
};

/** In the place of whatever is in force. */
export async function saveRules(rules: MergeRules): Promise<void> {
  const next = { ...rules, version: undefined };
  const saved = await api("/merge-rules", OFFICER_TOKEN, next, "PUT");
  if (saved.status !== 200) throw new Error(JSON.stringify(saved.body));
}

/** Days are counted from a fortnight ago. */
const FIRST = dayOf(Date.now()) - 14;
export const timeAt = (day: number, hour: number): Millis =>
  (FIRST + day) * DAY_MS + hour * 3_600_000;

/** Between tests: everything but what was saved as settings. */
export async function clearButRules(): Promise<void> {
  await bringEverything();
  const names = tables.map((table) => getTableName(table)).filter((name) => name !== "settings");
  await env.DB.batch(names.map((name) => env.DB.prepare(`DELETE FROM ${name}`)));
}

let messages = 0;

export class Device {
  readonly browser: Browser;
  /** The messages that were taken. */
  readonly sent: string[] = [];

  constructor(kind: keyof typeof AGENTS) {
    this.browser = new Browser({ "usher-region": "DE", "user-agent": AGENTS[kind] });
  }

  get visitor(): VisitorId {
    return this.browser.visitor as VisitorId;
  }

  headers(day: number, hour: number, address = "203.0.113.9"): Record<string, string> {
    return {
      "usher-now": new Date(timeAt(day, hour)).toISOString(),
      "cf-connecting-ip": address,
    };
  }

  agrees(choice: unknown = { accept: "all" }, day = 0) {
    return this.browser.consent(choice, this.headers(day, 0));
  }

  /** Reads a page there and then. */
  async at(address: string, day: number, hour: number): Promise<void> {
    const messageId = `seen-${++messages}`;
    const said = await this.browser.send("page", { messageId }, this.headers(day, hour, address));
    if (said.body["accepted"] !== 1) throw new Error(JSON.stringify(said.body));
    this.sent.push(messageId);
  }

  /** So many days at these addresses, each in its hour, and once more on the day after, with which it is told. */
  async lives(days: number, places: readonly (readonly [address: string, hour: number])[]) {
    for (let day = 0; day <= days; day++)
      for (const [address, hour] of day < days ? places : places.slice(0, 1))
        await this.at(address, day, hour);
    await settle([this.visitor]);
  }
}

/** The name under which a network stands, if it stands anywhere. */
export const nameOf = (address: string): Promise<string> =>
  identifiers.network(networkPrefix(address) ?? "");
