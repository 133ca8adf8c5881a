/** Plays identity scenarios over the wire as a site's own server would send them, and counts the persons that result. */
import { env } from "cloudflare:workers";
import { createIdentifierKeys } from "../../../src/keys/identifiers.ts";
import { isBlocked } from "../../../src/domain/intake/blocked.ts";
import { settle } from "../../support/objects.ts";
import { ALL, api, server } from "../../support/site.ts";

interface Given {
  ids: string[];
  identified: boolean;
  merge_key?: string;
}

type Step =
  | { op: "identify"; id: string; anonymous_id: string }
  | { op: "identify"; ids: string[] }
  | { op: "alias"; id: string; previous_id: string; also_in_payload?: Record<string, unknown> }
  | { op: "create_person"; ids: string[] }
  | { op: "track"; id: string; event: string }
  | { op: "merge_key"; id: string; value: string }
  | { op: "force_merge"; id: string; other_id: string };

export interface Scenario {
  id: string;
  title: string;
  given: Given[];
  steps: Step[];
  expect: { person_count: number; persons: { ids: string[]; merge_key?: string }[] };
}

type Kind = "user_id" | "anonymous_id" | "email";
interface Name {
  kind: Kind;
  value: string;
}

const keys = createIdentifierKeys(
  Uint8Array.from(atob(env.IDENTIFIER_KEY ?? ""), (char) => char.charCodeAt(0)),
);

/** A message as it goes over the wire. */
interface Said {
  userId?: string;
  anonymousId?: string;
  context?: { traits?: { email?: string } };
}

/** Whether everything comes to rest between two calls, or the calls follow each other as fast as they are answered. */
export type Pace = "step by step" | "at once";

/** `aliasIdentifies`: whether the name that an alias gives counts as a user's; the other reading is as good. */
export class Play {
  private readonly scenario: Scenario;
  private readonly pace: Pace;
  private readonly run: string;
  private readonly users: ReadonlySet<string>;
  private messages = 0;
  /** Whoever a message may have made: the source it names, and a second user of that source. */
  private readonly touched = new Set<string>();

  constructor(scenario: Scenario, pace: Pace, aliasIdentifies: boolean) {
    this.scenario = scenario;
    this.pace = pace;
    this.run = `${scenario.id.toLowerCase()}${pace === "at once" ? "q" : "s"}${aliasIdentifies ? "a" : "b"}`;
    this.users = usersOf(scenario, aliasIdentifies);
  }

  /** Ids are the scenario's own, so that runs don't meet; placeholders are what they are. */
  private own(value: string): string {
    return isBlocked(value) ? value : `${this.run}.${value}`;
  }

  private name(id: string): Name {
    const [, kind, value] = /^(user_id|anonymous_id|email):(.*)$/.exec(id) ?? [];
    if (kind !== undefined) return { kind: kind as Kind, value: this.own(value ?? "") };
    return { kind: this.users.has(id) ? "user_id" : "anonymous_id", value: this.own(id) };
  }

  private async send(call: string, body: Record<string, unknown>): Promise<void> {
    const { status } = await server(call, {
      ...body,
      messageId: `${this.run}-${++this.messages}`,
      context: {
        ...(body["context"] as object | undefined),
        consent: { categoryPreferences: ALL },
      },
    });
    if (status !== 200) throw new Error(`${call} was answered ${status}`);
    await this.touch(call, body as Said);
    if (this.pace === "step by step") await this.rest();
  }

  private async touch(call: string, { userId, anonymousId, context }: Said): Promise<void> {
    const email = context?.traits?.email;
    const name: Name | null =
      call !== "alias" && anonymousId !== undefined
        ? { kind: "anonymous_id", value: anonymousId }
        : userId !== undefined && !isBlocked(userId)
          ? { kind: "user_id", value: userId }
          : email === undefined
            ? null
            : { kind: "email", value: email };
    if (!name) return;
    const source = await keys.sourceVisitor(name.kind, name.value);
    this.touched.add(source);
    if (userId !== undefined)
      this.touched.add(await keys.rotatedVisitor(source, await keys.key("user_id", userId)));
  }

  private ids(names: readonly Name[]): Record<string, unknown> {
    const value = (kind: Kind) => names.find((name) => name.kind === kind)?.value;
    return {
      userId: value("user_id"),
      anonymousId: value("anonymous_id"),
      context: { traits: { email: value("email") } },
    };
  }

  async play(): Promise<void> {
    for (const { ids, identified, merge_key } of this.scenario.given) {
      const names = ids.map((id) => this.name(id));
      if (merge_key !== undefined) names.push({ kind: "user_id", value: this.own(merge_key) });
      if (identified) await this.send("identify", this.ids(names));
      else await this.send("track", { ...this.ids(names), event: "Given" });
    }
    for (const step of this.scenario.steps) await this.step(step);
    await this.rest();
  }

  private async step(step: Step): Promise<void> {
    switch (step.op) {
      case "identify":
        if ("ids" in step)
          return this.send("identify", this.ids(step.ids.map((id) => this.name(id))));
        return this.send("identify", {
          userId: this.own(step.id),
          anonymousId: this.own(step.anonymous_id),
        });
      case "alias":
        return this.send("alias", {
          ...step.also_in_payload,
          userId: this.own(step.id),
          previousId: this.own(step.previous_id),
        });
      case "create_person":
        return this.send("track", {
          ...this.ids(step.ids.map((id) => this.name(id))),
          event: "Created",
        });
      case "track":
        return this.send("track", { ...this.ids([this.name(step.id)]), event: step.event });
      case "merge_key":
        return this.send("identify", {
          userId: this.own(step.value),
          anonymousId: this.own(step.id),
        });
      case "force_merge": {
        await this.rest();
        const [a, b] = [await this.persons([step.id]), await this.persons([step.other_id])];
        await api("/merges", undefined, { a: [...a][0], b: [...b][0], force: true });
        return undefined;
      }
    }
  }

  /** Everybody that was spoken of has done what it had to do. */
  private rest(): Promise<void> {
    return settle([...this.touched]);
  }

  private async persons(ids: readonly string[]): Promise<Set<string>> {
    const found = new Set<string>();
    for (const { kind, value } of ids.map((id) => this.name(id))) {
      if (isBlocked(value)) continue;
      const { body } = await api(`/people?identifier=${kind}:${encodeURIComponent(value)}`);
      for (const { id } of body["people"] as { id: string }[]) found.add(id);
    }
    return found;
  }

  /** Which persons there are of the ids that are expected in one each, in that order. */
  async result(): Promise<{ count: number; groups: string[][] }> {
    const { persons } = this.scenario.expect;
    const groups = await Promise.all(
      persons.map(async ({ ids }) => [...(await this.persons(ids))]),
    );
    return { count: new Set(groups.flat()).size, groups };
  }

  /** Persons that the scenario expects for placeholders alone are none here: a placeholder names nobody. */
  get expected(): number {
    const { person_count, persons } = this.scenario.expect;
    return person_count - persons.filter(({ ids }) => ids.every(isBlocked)).length;
  }
}

/** An id that is ever identified is a user's; the others are anonymous. */
function usersOf({ given, steps }: Scenario, aliasIdentifies: boolean): Set<string> {
  const users = new Set(given.filter((each) => each.identified).flatMap((each) => each.ids));
  for (const step of steps) {
    if (step.op === "identify" && "id" in step && step.id !== step.anonymous_id) users.add(step.id);
    if (step.op === "alias" && aliasIdentifies) users.add(step.id);
  }
  return users;
}
